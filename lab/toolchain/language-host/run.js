// What the lab's language host starts. It is older than the options of Pulumi.yaml (`typescript: false`) and would load a compiler that nobody needs.
delete process.env.PULUMI_NODEJS_TYPESCRIPT;
require("@pulumi/pulumi/cmd/run");
