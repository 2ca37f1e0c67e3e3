package plugins

import (
	"context"
	"errors"
	"net/http"

	"github.com/traefik/traefik/v3/pkg/provider"
)

var errAbsent = errors.New("the lab's Traefik is built without plugins")

type (
	// Constructor makes a plugin's middleware.
	Constructor func(context.Context, http.Handler) (http.Handler, error)

	Builder                   struct{}
	Manager                   struct{}
	ManagerOptions            struct{ Output string }
	RegistryDownloader        struct{}
	RegistryDownloaderOptions struct {
		HTTPClient   *http.Client
		ArchivesPath string
	}
)

func NewBuilder(*Manager, map[string]Descriptor, map[string]LocalDescriptor) (*Builder, error) {
	return &Builder{}, nil
}

func (*Builder) Build(string, map[string]any, string) (Constructor, error) { return nil, errAbsent }

func (*Builder) BuildProvider(string, map[string]any) (provider.Provider, error) {
	return nil, errAbsent
}

func NewRegistryDownloader(RegistryDownloaderOptions) (*RegistryDownloader, error) {
	return nil, errAbsent
}

func NewManager(*RegistryDownloader, ManagerOptions) (*Manager, error) { return nil, errAbsent }

func SetupRemotePlugins(*Manager, map[string]Descriptor) error { return errAbsent }

func SetupLocalPlugins(map[string]LocalDescriptor) error { return errAbsent }
