import { changing } from "../support/lab-group";
import { cutOffTests } from "./interruption/cut-off";

// Ctrl-C: the CLI ends by itself what it has begun.
changing("an update that is cut off", () => {
  cutOffTests("SIGINT");
});
