package metrics

import (
	"context"

	"github.com/rs/zerolog/log"
	otypes "github.com/traefik/traefik/v3/pkg/observability/types"
)

// RegisterInfluxDB2 refuses: the lab's Traefik is built without InfluxDB.
func RegisterInfluxDB2(ctx context.Context, _ *otypes.InfluxDB2) Registry {
	log.Ctx(ctx).Error().Msg("the lab's Traefik is built without InfluxDB")
	return nil
}

func StopInfluxDB2() {}
