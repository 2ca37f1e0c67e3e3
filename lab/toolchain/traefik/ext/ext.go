// Package ext stands for the module of the same name in Traefik's own repository. It is a hook for Traefik's
// vendors, empty in the open source version, and module archives leave nested modules out, so the Go module
// proxy does not have it.
package ext

// HTTP is embedded in Traefik's HTTP configuration and adds nothing.
type HTTP struct{}

// Router is embedded in each Traefik router and adds nothing.
type Router struct{}
