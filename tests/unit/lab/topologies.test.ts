import { DOMAIN } from "../../../lab/domain";
import { labHosts, LOGINS } from "../../../lab/hosts/hosts";
import type { LabHost } from "../../../lab/hosts/host";
import { pythonSetting } from "../../../lab/images/python";
import { labAddresses } from "../../../lab/network/lab-addresses";
import { SERVICE_DOMAINS } from "../../../lab/services/service";
import { TOPOLOGIES } from "../../../lab/topologies/all";
import { SINGLE } from "../../../lab/topologies/single";
import { SCALE } from "../../../lab/topologies/scale";
import type { LabTopology } from "../../../lab/topologies/lab-topology";

const ADDRESSES = labAddresses("198.51.100.0/24", "192.168.77.0/24");

function hostsOf(topology: LabTopology): LabHost[] {
  return labHosts({
    topology,
    addresses: ADDRESSES,
    images: { host: "host:1", services: "services:1" },
    programs: (name) => {
      if (!topology.programs.includes(name)) throw new Error(`${topology.name} does not name ${name}`);
      return `/built/${name}`;
    },
    cloudflareApi: "/built/cloudflare-api.js",
    certificate: (service) => ({ certificate: `/made/${service}.pem`, key: `/made/${service}.key` }),
    authority: "/made/ca.pem",
  });
}

describe.each(TOPOLOGIES)("the topology $name", (topology) => {
  const hosts = hostsOf(topology);

  it("names every program, and starts the names first", () => {
    expect(hosts.map(({ name }) => name)).toEqual(topology.hosts);
    expect(hosts[0]?.name).toBe("dns");
  });

  it("has no address twice", () => {
    const all = hosts.flatMap(({ attachments }) => attachments.map(({ address }) => address));
    expect(new Set(all).size).toBe(all.length);
  });

  it("has each server among its hosts, with a login, and a Docker of its own", () => {
    for (const { name } of topology.servers) {
      const host = hosts.find((one) => one.name === name);
      expect(host).toMatchObject({ login: LOGINS[name], image: "host:1", volumes: ["/var/lib/docker"] });
      expect(host?.login).not.toBe("");
    }
  });

  it("has a host for each service, and tells its name server of it", () => {
    const dns = hosts.find(({ name }) => name === "dns");
    const lines = (dns?.role?.parameters.SERVICES ?? "").split("\n").filter((line) => line !== "");
    expect(lines).toEqual(topology.services.map((name) => `${SERVICE_DOMAINS[name]} ${ADDRESSES[name]}`));
    for (const name of topology.services) expect(topology.hosts).toContain(name);
  });

  it("puts a server at a provider's on the internet, and the others behind the router", () => {
    for (const { name, place } of topology.servers) {
      const networks = hosts.find((one) => one.name === name)?.attachments.map(({ network }) => network);
      expect(networks).toEqual([place === "public" ? "internet" : "home"]);
    }
  });
});

describe("the topologies together", () => {
  it("have names, stacks and suffixes of their own, and one has no settings beside the usual ones", () => {
    for (const field of ["name", "stack", "suffix"] as const) {
      expect(new Set(TOPOLOGIES.map((one) => one[field])).size).toBe(TOPOLOGIES.length);
    }
    expect(SINGLE.settings("/ca.pem")).toEqual({});
  });

  it("name services that are no part of the site's domain", () => {
    const storage: unknown = SCALE.settings("/ca.pem").storage;
    expect(storage).toMatchObject({ endpoint: "https://s3.lab.test", caFile: "/ca.pem" });
    for (const name of Object.values(SERVICE_DOMAINS)) expect(name.endsWith(DOMAIN)).toBe(false);
  });
});

describe("the setting of Python's image", () => {
  it("is one reference for one platform, and one for each of several", () => {
    expect(pythonSetting([["linux/arm/v7", "a"]])).toBe("a");
    expect(
      pythonSetting([
        ["linux/arm/v7", "a"],
        ["linux/amd64", "b"],
      ]),
    ).toEqual({ "linux/arm/v7": "a", "linux/amd64": "b" });
  });
});
