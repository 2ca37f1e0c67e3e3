import { Facts, readFacts } from "../../components/machine/facts";
import { serverExpectation } from "../../components/site/server";
import { expectedPorts } from "../../components/proxy/proxy";
import { PUBLIC_PORTS } from "../../components/proxy/traefik";
import { edgeExpectation } from "../../components/site/vps";
import { ServerSettings } from "../../settings";
import { TUNNEL } from "./fixtures";

const ADDRESS = "192.168.77.10";

/** Expectation of an edge without a proxy. */
export const EDGE = edgeExpectation({ name: "vps", port: 22 }, TUNNEL, undefined);

/** Expectation of a server that terminates TLS. */
export const server = (platform: ServerSettings["platform"] = "linux/arm/v7", other: Partial<ServerSettings> = {}) =>
  serverExpectation(
    { name: "pi", address: ADDRESS, platform, port: 22, open: [], place: "home", ...other },
    TUNNEL,
    expectedPorts({ ports: PUBLIC_PORTS }),
  );

/** Facts of a machine that was never deployed, from lines of the probe without `fact`. */
export const facts = (...lines: string[]): Facts =>
  readFacts(
    ["machine 0123abcd at 1700000000", ...lines.map((line) => `fact ${line}`)].join("\n"),
    "homeport/dev",
    1_700_000_000,
  );

/** The same on a deployed machine. */
export const deployed = (...lines: string[]): Facts => ({ ...facts(...lines), deployed: true });
