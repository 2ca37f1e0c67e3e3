import { HostAddress } from "../../../settings/host-address";
import { unreachedMessage } from "../../../components/machine/probe";
import { HOST } from "../../support/fixtures";

describe("a refused login", () => {
  const told = (host: HostAddress, agent?: string) =>
    unreachedMessage(host, { reached: false, failure: "login", reason: "Permission denied" }, agent);

  test("names the key file of the settings", () => {
    expect(told({ ...HOST, privateKeyFile: "~/.ssh/pi" })).toContain("The public half of ~/.ssh/pi has to stand in");
  });

  test("names the agent where there is one", () => {
    expect(told(HOST, "/run/agent")).toContain(
      "refused. A key of your ssh agent has to stand in ~pi/.ssh/authorized_keys",
    );
  });

  test("tells that nobody has a key where there is neither", () => {
    expect(told(HOST)).toContain("There is no ssh agent here (SSH_AUTH_SOCK is not set)");
  });
});
