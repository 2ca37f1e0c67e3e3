import { mkdir } from "node:fs/promises";

import { AuthorsPython } from "./tools";

/** What Wagtail writes for a new project, with its own Dockerfile, which installs packages of Debian. */
export async function makeWagtail(directory: string): Promise<void> {
  // Its requirements ask for a newer Django, which the author's Python may be too old for.
  const python = await AuthorsPython.with(["wagtail==7.4.4", "Django==5.2.19"]);
  await mkdir(directory, { recursive: true });
  await python.program(directory, "wagtail", "start", "mysite", ".");
}
