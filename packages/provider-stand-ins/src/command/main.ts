import { serve } from "../support/serve";
import { localCommand, localRun } from "./local";
import { remoteCommand } from "./remote";

void serve({
  name: "command",
  version: "1.2.1",
  resources: { "command:local:Command": localCommand, "command:remote:Command": remoteCommand },
  invokes: { "command:local:run": localRun },
});
