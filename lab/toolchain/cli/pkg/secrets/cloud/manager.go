package cloud

import (
	"encoding/json"
	"errors"

	"github.com/pulumi/pulumi/pkg/v3/secrets"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
)

// Type is how a state names secrets that a cloud's key service has encrypted.
const Type = "cloud"

var errAbsent = errors.New("the lab's Pulumi is built without the key services of clouds: use a passphrase")

func EditProjectStack(*workspace.ProjectStack, json.RawMessage) error { return errAbsent }

func NewCloudSecretsManagerFromState(json.RawMessage) (secrets.Manager, error) { return nil, errAbsent }

func NewCloudSecretsManager(*workspace.ProjectStack, string, bool) (secrets.Manager, error) {
	return nil, errAbsent
}
