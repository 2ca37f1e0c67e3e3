import { Facts, readFacts } from "../../components/machine/facts";
import { serverExpectation } from "../../components/site/server";
import { expectedPorts } from "../../components/proxy/proxy";
import { PUBLIC_PORTS } from "../../components/proxy/traefik";
import { edgeExpectation } from "../../components/site/vps";
import { TUNNEL } from "./fixtures";

const ADDRESS = "192.168.77.10";

/** What an edge without a proxy has to be like. */
export const EDGE = edgeExpectation(TUNNEL, undefined);

/** What a server has to be like that takes the visitors. */
export const server = (platform = "linux/arm/v7") =>
  serverExpectation({ address: ADDRESS, platform }, TUNNEL, expectedPorts({ ports: PUBLIC_PORTS }));

/** What the probe finds on a machine that was never told anything, in its own words without `fact`. */
export const facts = (...lines: string[]): Facts =>
  readFacts(
    ["machine 0123abcd at 1700000000", ...lines.map((line) => `fact ${line}`)].join("\n"),
    "homeport/dev",
    1_700_000_000,
  );

/** The same on a machine that is deployed. */
export const told = (...lines: string[]): Facts => ({ ...facts(...lines), told: true });
