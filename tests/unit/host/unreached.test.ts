import { HostAddress } from "../../../components/host/connection";
import { unreachedMessage } from "../../../components/host/probe";
import { HOST_KEYS } from "../../support/fixtures";

const PI: HostAddress = {
  name: "pi",
  address: "198.51.100.7",
  port: 22,
  user: "pi",
  hostKey: HOST_KEYS.pi,
  privateKeyFile: undefined,
  privateKey: undefined,
};

describe("a refused login", () => {
  const told = (host: HostAddress, agent?: string) =>
    unreachedMessage(host, { reached: false, failure: "login", reason: "Permission denied" }, agent);

  test("names the key file of the settings", () => {
    expect(told({ ...PI, privateKeyFile: "~/.ssh/pi" })).toContain("The public half of ~/.ssh/pi has to stand in");
  });

  test("names the agent where there is one", () => {
    expect(told(PI, "/run/agent")).toContain(
      "refused. A key of your ssh agent has to stand in ~pi/.ssh/authorized_keys",
    );
  });

  test("tells that nobody has a key where there is neither", () => {
    expect(told(PI)).toContain("There is no ssh agent here (SSH_AUTH_SOCK is not set)");
  });
});
