import { tlsTests } from "../lab/guide-one/tls";
import { provideLab } from "../support/lab";
import { balancingTests } from "./balancing";
import { closedTests } from "./closed";
import { deployTests } from "./deploys";
import { FIRST_LAB, ONE_TEST } from "./limits";
import { siteTests } from "./site";
import { visitorTests } from "./visitor";

jest.setTimeout(ONE_TEST);

// The lab is one: see tests/lab/lab.test.ts. HOMEPORT_LAB_TOPOLOGY=scale says which; `npm run test:scale` does.
describe("three servers behind the edge", () => {
  beforeAll(provideLab, FIRST_LAB);

  describe("the visitor", visitorTests);
  describe("TLS", tlsTests);
  describe("the site", siteTests);
  describe("what is open", closedTests);
  describe("a deploy", deployTests);
  describe("balancing", balancingTests);
});
