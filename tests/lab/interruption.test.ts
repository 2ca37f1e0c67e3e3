import { changing } from "../support/lab-group";
import { cutOffTests } from "./interruption/cut-off";

changing("an update that is cut off", () => {
  cutOffTests("SIGKILL");
});
