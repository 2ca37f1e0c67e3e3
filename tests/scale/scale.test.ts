import { provideLab } from "../support/lab";
import { balancingTests } from "./balancing";
import { capacityTests } from "./capacity";
import { certificateTests } from "./certificates";
import { closedTests } from "./closed";
import { deployTests } from "./deploys";
import { destroyTests } from "./destroy";
import { growingTests } from "./growing";
import { ingressServerTests } from "./ingress-server";
import { internalAuthorityTests } from "./internal-authority";
import { moveTests } from "./moves";
import { ownDatabaseTests } from "./own-database";
import { proxiedTests } from "./proxied";
import { siteTests } from "./site";
import { visitorTests } from "./visitor";
import { tlsTests } from "../lab/guide-one/tls";

/** Milliseconds. On an empty cache the toolchain is built first. */
const FIRST_LAB = 60 * 60_000;

/** Milliseconds one test may take; every wait inside has a shorter deadline of its own. */
const ONE_TEST = 15 * 60_000;

jest.setTimeout(ONE_TEST);

// The lab is one: see tests/lab/lab.test.ts. HOMEPORT_LAB_TOPOLOGY=scale says which; `npm run test:scale` does.
describe("three servers behind the edge", () => {
  beforeAll(provideLab, FIRST_LAB);

  describe("the visitor", visitorTests);
  describe("TLS", tlsTests);
  describe("the site", siteTests);
  describe("what is open", closedTests);
  describe("a deploy", deployTests);
  describe("a database of our own", ownDatabaseTests);
  describe("the internal authority", internalAuthorityTests);
  describe("Cloudflare's proxy", proxiedTests);
  describe("growing", growingTests);
  describe("ingress at a server", ingressServerTests);
  describe("balancing", balancingTests);
  describe("certificates", certificateTests);
  describe("capacity", capacityTests);
  describe("a move", moveTests);
  describe("destroy", destroyTests);
});
