import { recovers, suffer } from "../support/bad-luck";
import { changing } from "../support/lab-group";
import { BAD_MACHINES } from "./bad-luck/machines";
import { BAD_RECORDS } from "./bad-luck/records";
import { BAD_SETTINGS } from "./bad-luck/settings";

// A clear error, and nothing to do for the next `up`.
changing("a fault found before anything changes:", () => {
  it.each([...BAD_SETTINGS, ...BAD_MACHINES, ...BAD_RECORDS])("$name", suffer);

  it("leaves nothing to do for the next up", () => recovers([]));
});
