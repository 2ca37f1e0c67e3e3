import { looking } from "../support/lab-group";
import { checklistTests } from "./application/checklist";
import { containerTests } from "./application/containers";
import { databaseTests } from "./application/database";
import { logTests } from "./application/log";

looking("the application:", () => {
  describe("Django's deployment checklist", checklistTests);
  describe("containers", containerTests);
  describe("the database", databaseTests);
  describe("the log", logTests);
});
