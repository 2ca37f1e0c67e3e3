import { provideLab } from "../support/lab";
import { balancingTests } from "./balancing";
import { capacityTests } from "./capacity";
import { certificateTests } from "./certificates";
import { closedTests } from "./closed";
import { deployTests } from "./deploys";
import { growingTests } from "./growing";
import { ingressServerTests } from "./ingress-server";
import { moveTests } from "./moves";
import { ownDatabaseTests } from "./own-database";
import { visitorTests } from "./visitor";

/** Milliseconds. On an empty cache the toolchain is built first. */
const FIRST_LAB = 60 * 60_000;

/** Milliseconds one test may take; every wait inside has a shorter deadline of its own. */
const ONE_TEST = 15 * 60_000;

jest.setTimeout(ONE_TEST);

// The lab is one: see tests/lab/lab.test.ts. HOMEPORT_LAB_TOPOLOGY=scale says which; `npm run test:scale` does.
describe("three servers behind the edge", () => {
  beforeAll(provideLab, FIRST_LAB);

  describe("the visitor", visitorTests);
  describe("what is open", closedTests);
  describe("a deploy", deployTests);
  describe("a database of our own", ownDatabaseTests);
  describe("growing", growingTests);
  describe("ingress at a server", ingressServerTests);
  describe("balancing", balancingTests);
  describe("certificates", certificateTests);
  describe("capacity", capacityTests);
  describe("a move", moveTests);
});
