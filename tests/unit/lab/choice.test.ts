import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { DEFAULT_NETWORKS, chooseNetworks, rememberNetworks, rememberedNetworks } from "../../../lab/network/choice";

describe("networks of a lab", () => {
  const other = [
    { cidr: "198.51.100.0/24", owner: "Docker network hp-000000-internet" },
    { cidr: "192.168.77.0/24", owner: "Docker network hp-000000-home" },
  ];

  it("are the documented ones on a machine that has neither", () => {
    expect(chooseNetworks({}, [{ cidr: "192.168.1.0/24", owner: "route of eth0" }])).toEqual(DEFAULT_NETWORKS);
  });

  it("are the next free ones beside another lab", () => {
    expect(chooseNetworks({}, other)).toEqual({ internet: "198.18.1.0/24", home: "192.168.78.0/24" });
  });

  it("are the chosen ones, taken or not: an overlap is refused later, by name", () => {
    const chosen = { home: "192.168.77.0/24" };
    expect(chooseNetworks(chosen, other)).toEqual({ internet: "198.18.1.0/24", home: "192.168.77.0/24" });
  });

  it("are the documented ones where nothing is free", () => {
    expect(chooseNetworks({}, [{ cidr: "0.0.0.0/0", owner: "route of tun0" }])).toEqual(DEFAULT_NETWORKS);
  });

  it("are remembered for the other commands", async () => {
    const instance = { directory: join(mkdtempSync(join(tmpdir(), "homeport-choice-")), "hp-000001") };
    expect(rememberedNetworks(instance)).toEqual({});
    await rememberNetworks(instance, DEFAULT_NETWORKS);
    expect(rememberedNetworks(instance)).toEqual(DEFAULT_NETWORKS);
  });
});
