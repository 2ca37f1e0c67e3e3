import { mkdir } from "node:fs/promises";

import { AuthorsPython } from "./tools";

/** What Django writes for a new project, and nothing more: no packages listed, no Dockerfile. */
export async function makeStartproject(directory: string): Promise<void> {
  const python = await AuthorsPython.with(["Django==5.2.19"]);
  await mkdir(directory, { recursive: true });
  await python.run(directory, "-m", "django", "startproject", "mysite", ".");
}
