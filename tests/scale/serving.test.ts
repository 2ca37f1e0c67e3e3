import { tlsTests } from "../lab/site/tls";
import { changing } from "../support/lab-group";
import { balancingTests } from "./serving/balancing";
import { closedTests } from "./serving/closed";
import { deployTests } from "./serving/deploys";
import { siteTests } from "./serving/site";
import { visitorTests } from "./serving/visitor";

// HOMEPORT_LAB_TOPOLOGY=scale says which lab; `npm run test:scale` does.
changing("three servers behind the edge:", () => {
  describe("the visitor", visitorTests);
  describe("TLS", tlsTests);
  describe("the site", siteTests);
  describe("what is open", closedTests);
  describe("a deploy", deployTests);
  describe("balancing", balancingTests);
});
