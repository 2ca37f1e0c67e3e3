// Package absent stands for what the lab's Pulumi is built without: environments of Pulumi Cloud and buckets of Amazon's.
package absent

import (
	"errors"

	"github.com/pulumi/esc"
)

// CopyObjectInput is what Amazon's buckets are asked with; no other bucket has one.
type CopyObjectInput struct{ CopySource *string }

// PrepareOptions says how an environment's variables are shown.
type PrepareOptions struct{ Pretend, Redact bool }

// PrepareEnvironment refuses: only Pulumi Cloud has environments.
func PrepareEnvironment(*esc.Environment, *PrepareOptions) (files, environ, secrets []string, err error) {
	return nil, nil, nil, errors.New("the lab's Pulumi is built without environments of Pulumi Cloud")
}
