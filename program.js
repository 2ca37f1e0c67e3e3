// What Pulumi starts: index.ts through tsx, like the commands and the lab. Here and not in the options of Pulumi.yaml, because some language hosts ignore those.
require("tsx/cjs");
module.exports = require("./index.ts");
