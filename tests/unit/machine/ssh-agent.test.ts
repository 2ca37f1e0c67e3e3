import { once } from "node:events";
import { createServer } from "node:net";
import * as path from "node:path";

import { refuseDeadAgent } from "../../../components/machine/ssh-agent";
import { temporaryDirectory } from "../../support/directory";

const directory = temporaryDirectory();

test.each([undefined, ""])("no agent is no fault here: %j", async (socket) => {
  await expect(refuseDeadAgent(socket)).resolves.toBeUndefined();
});

test("an agent that answers is right", async () => {
  const socket = path.join(directory, "agent");
  const agent = createServer().listen(socket);
  await once(agent, "listening");
  await expect(refuseDeadAgent(socket)).resolves.toBeUndefined();
  agent.close();
});

test("one that is gone is refused, with what to unset", async () => {
  await expect(refuseDeadAgent(path.join(directory, "gone"))).rejects.toThrow(
    /^no ssh agent answers at \/.*\/gone, which SSH_AUTH_SOCK names .*ENOENT.*: run 'unset SSH_AUTH_SOCK' if all machines have a privateKeyFile/,
  );
});
