import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { AuthorsPython } from "./tools";

/** The code that a guide to a weblog of one's own has its reader type, word by word with its slips; `part-one` stands for what its first part made. */
const GUIDE = join(__dirname, "guide");

/** The line of `startproject` up to which the guide has the settings replaced. */
const LAST_REPLACED = "ALLOWED_HOSTS = []\n";

/** The middleware behind which the guide puts WhiteNoise's. */
const BEFORE = /^ {4}['"]django\.middleware\.security\.SecurityMiddleware['"],\n/m;

/** The weblog of the guide: Django, WhiteNoise and Gunicorn, with everything in the folder that its author had there, also what no image should have. */
export async function makeGuide(directory: string): Promise<void> {
  const text = (name: string): Promise<string> => readFile(join(GUIDE, name), "utf8");
  const requirements = await text("requirements.txt");
  const python = await AuthorsPython.with(requirements.trim().split("\n"));
  await mkdir(directory, { recursive: true });
  await python.run(directory, "-m", "django", "startproject", "mysite", ".");

  for (const folder of ["mysite", "weblog"])
    await cp(join(GUIDE, "part-one", folder), join(directory, folder), { recursive: true });
  for (const file of ["Dockerfile", "requirements.txt"]) await cp(join(GUIDE, file), join(directory, file));
  const key = await python.run(
    directory,
    ...["-c", "from django.core.management.utils import get_random_secret_key as key; print(key(), end='')"],
  );
  await writeFile(
    join(directory, ".env"),
    (await text("env")).replace(/>>.*<</, () => key),
  );

  const file = join(directory, "mysite", "settings.py");
  const settings = await readFile(file, "utf8");
  const end = settings.indexOf(LAST_REPLACED);
  if (end < 0 || !BEFORE.test(settings)) throw new Error(`${file} is not as Django 5.2 writes it:\n${settings}`);
  const rest = settings.slice(end + LAST_REPLACED.length);
  const middleware = (await text("settings-middleware.py")).split("\n").filter((line) => /^ {4}"/.test(line));
  await writeFile(
    file,
    [
      await text("settings-beginning.py"),
      rest.replace(BEFORE, () => `${middleware.join("\n")}\n`),
      await text(join("part-one", "settings-end.py")),
    ].join(""),
  );

  // As its author tried it out at home.
  for (const words of [["makemigrations", "weblog"], ["migrate"], ["collectstatic", "--noinput"]])
    await python.run(directory, "manage.py", ...words);
}
