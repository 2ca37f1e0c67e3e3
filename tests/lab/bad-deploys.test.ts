import { recovers, suffer } from "../support/bad-luck";
import { changing } from "../support/lab-group";
import { BAD_DEPLOYS } from "./bad-luck/deploys";
import { BAD_PROJECTS } from "./bad-luck/projects";

// A clear error, nothing lost, and the next good `up` fixes it.
changing("a fault in the middle of a deploy:", () => {
  it.each(BAD_DEPLOYS)("$name, fixed by the next up", async (row) => {
    await suffer(row);
    await recovers(row.touches);
  });
});

changing("a project that no visitor could use:", () => {
  it.each(BAD_PROJECTS)("$name", suffer);

  it("is followed by a good one", () => recovers());
});
