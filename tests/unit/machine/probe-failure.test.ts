import { HostAddress } from "../../../settings/host-address";
import { unreachedMessage } from "../../../components/machine/probe-failure";
import { HOST } from "../../support/fixtures";

describe("a refused login", () => {
  const message = (host: HostAddress, agent?: string) =>
    unreachedMessage(host, { reached: false, failure: "login", reason: "Permission denied" }, agent);

  test("names the key file of the settings", () => {
    expect(message({ ...HOST, privateKeyFile: "~/.ssh/pi" })).toContain(
      "Add the public half of ~/.ssh/pi to ~pi/.ssh/authorized_keys",
    );
  });

  test("names the agent where there is one", () => {
    expect(message(HOST, "/run/agent")).toContain("refused. Add a key of your ssh agent to ~pi/.ssh/authorized_keys");
  });

  test("says that no key was offered where there is neither", () => {
    expect(message(HOST)).toContain("there is no ssh agent (SSH_AUTH_SOCK is not set)");
  });
});
