import { changing } from "../support/lab-group";
import { containerTests } from "./attack/containers";
import { loginTests } from "./attack/login";
import { ownershipTests } from "./attack/ownership";
import { portTests } from "./attack/ports";
import { slowTests } from "./attack/slow";
import { tunnelFilterTests } from "./attack/tunnel-filter";

changing("an attacker:", () => {
  describe("what is open", portTests);
  describe("the tunnel", tunnelFilterTests);
  describe("the VPS", loginTests);
  describe("a host", ownershipTests);
  describe("the application's container", containerTests);
  describe("a slow connection:", slowTests);
});
