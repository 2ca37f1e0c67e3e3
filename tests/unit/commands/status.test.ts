import { adapterReport, machinesOf } from "../../../commands/status";
import { SharedHost } from "../../../components/site/shared-host";
import { HOST_KEYS } from "../../support/fixtures";

const LOGIN = { port: 22, user: "pi", hostKey: HOST_KEYS.pi, tunnelAddress: "10.77.0.2" };
const SERVER = { ...LOGIN, platform: "linux/arm64", sshOverTunnel: false };
const HOST: SharedHost = {
  owner: "homeport/dev",
  names: ["www.example.org"],
  ingress: "server",
  edge: { ...LOGIN, name: "vps", address: "198.51.100.10", hostKey: HOST_KEYS.vps },
  server: { ...SERVER, name: "pi", address: "192.168.77.10" },
  others: [{ ...SERVER, name: "one", address: "198.51.100.11" }],
  network: "web",
  subnet: "172.18.0.0/16",
};

/** What each machine is asked for. */
const parts = (ingress: SharedHost["ingress"]): Record<string, readonly string[]> =>
  Object.fromEntries(machinesOf({ host: { ...HOST, ingress } }).map((one) => [one.name, one.parts]));

test("certificates are asked for at the first server where TLS ends there", () => {
  expect(parts("server")).toEqual({ pi: ["containers", "certificates", "data"], one: ["containers", "data"], vps: [] });
});

test("certificates are asked for at the edge where TLS ends there, and the edge's proxy is shown", () => {
  expect(parts("edge")).toEqual({
    pi: ["containers", "data"],
    one: ["containers", "data"],
    vps: ["containers", "certificates"],
  });
});

test("what was set over is told in a line each, with notes; nothing where there is no adapter", () => {
  const adapter = { setOver: { DEBUG: "True -> False (why)" }, notes: ["an admin at /en/admin/"] };
  expect(adapterReport({ adapter })).toEqual([
    "settings that Homeport set over in the project (app.adapter)",
    "  DEBUG: True -> False (why)",
    "  note: an admin at /en/admin/",
  ]);
  expect(adapterReport({ adapter: undefined })).toEqual([]);
});
