// Package dns stands for lego's package of the same path, which links the clients of two hundred DNS providers into
// Traefik, more than half of what has to be compiled. The lab has one of them: the provider whose API its name server speaks.
package dns

import (
	"fmt"

	"github.com/go-acme/lego/v5/challenge"
	"github.com/go-acme/lego/v5/providers/dns/cloudflare"
)

// NewDNSChallengeProviderByName knows Cloudflare and refuses every other provider by name.
func NewDNSChallengeProviderByName(name string) (challenge.Provider, error) {
	if name == "cloudflare" {
		return cloudflare.NewDNSProvider()
	}
	return nil, fmt.Errorf("this Traefik was built without the DNS provider %q: use cloudflare, or HTTP-01", name)
}
