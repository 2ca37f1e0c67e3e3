// Package absent stands for the providers that the lab's Traefik is built without. One that is configured all the same fails at
// its start and says so.
package absent

import (
	"errors"

	ptypes "github.com/traefik/paerser/types"
	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	"github.com/traefik/traefik/v3/pkg/safe"
)

const (
	ProviderName = "absent"
	DockerName   = "docker"
	SwarmName    = "swarm"
)

var errAbsent = errors.New("the lab's Traefik is built without this provider")

// Provider has the fields that the static configuration reads of one provider or another.
type Provider struct {
	HTTPClientTimeout      ptypes.Duration
	RefreshSeconds         ptypes.Duration
	EntryPoints            map[string]Entrypoint
	NonTLSEntryPoints      []string
	DefaultRuleSyntax      string
	WatchNamespace         string
	WatchNamespaceSelector string
}

type (
	ProviderBuilder = Provider
	SwarmProvider   = Provider
)

// Entrypoint is what the Gateway API provider is given of an entry point.
type Entrypoint struct {
	Address        string
	HasHTTPTLSConf bool
}

func (p *Provider) Init() error { return errAbsent }

func (p *Provider) Provide(chan<- dynamic.Message, *safe.Pool) error { return errAbsent }

func (p *Provider) BuildProviders() []*Provider { return []*Provider{p} }

func (p *Provider) FillExtensionBuilderRegistry(*Provider) {}
