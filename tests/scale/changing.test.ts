import { provideLab } from "../support/lab";
import { capacityTests } from "./capacity";
import { certificateTests } from "./certificates";
import { destroyTests } from "./destroy";
import { faultTests } from "./faults";
import { growingTests } from "./growing";
import { ingressServerTests } from "./ingress-server";
import { internalAuthorityTests } from "./internal-authority";
import { FIRST_LAB, ONE_TEST } from "./limits";
import { moveTests } from "./moves";
import { ownDatabaseTests } from "./own-database";
import { proxiedTests } from "./proxied";

jest.setTimeout(ONE_TEST);

// The lab is one: see tests/lab/lab.test.ts. What is deployed there in each part is taken back at its end.
describe("three servers behind the edge, and other settings", () => {
  beforeAll(provideLab, FIRST_LAB);

  describe("what goes wrong", faultTests);
  describe("the internal authority", internalAuthorityTests);
  describe("Cloudflare's proxy", proxiedTests);
  describe("a database of our own", ownDatabaseTests);
  describe("growing", growingTests);
  describe("ingress at a server", ingressServerTests);
  describe("certificates", certificateTests);
  describe("capacity", capacityTests);
  describe("a move", moveTests);
  describe("destroy", destroyTests);
});
