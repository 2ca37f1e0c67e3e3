import { quote } from "../lib/quote";
import { joined } from "./folder";

/** A RUN whose commands go on while each succeeds; else the build ends with `message`, which says what to do. */
export function run(commands: readonly string[], message: string, mount = ""): string {
  return `RUN ${mount}${[...commands].join(" \\\n    && ")} \\\n    || { echo ${quote(`homeport: ${message}`)} >&2; exit 1; }`;
}

/** COPYs of files into the same places below /app, one for each directory. */
export function copies(files: readonly string[]): string[] {
  const directories = [...new Set(files.map((file) => joined(file, "..")))];
  return directories.map((directory) => {
    const inside = files.filter((file) => joined(file, "..") === directory);
    return `COPY ${JSON.stringify([...inside, `/${joined("app", directory)}/`])}`;
  });
}

/** Installs packages of Debian, unless `present`, a command, succeeds. */
export function aptInstall(packages: readonly string[], present?: string): string {
  const install = `apt-get update -qq && apt-get install -y -qq --no-install-recommends ${packages.join(" ")} && rm -rf /var/lib/apt/lists/*`;
  return present === undefined ? install : `{ ${present} || { ${install}; }; }`;
}

/** That the system has libpq, which psycopg loads where it brings none. */
export const HAS_LIBPQ = `python3 -c "import ctypes; ctypes.CDLL('libpq.so.5')" 2>/dev/null`;

/** A choice by the processor, which BuildKit names: linux/arm/v7 has ready-made packages (wheels) of few projects. */
export function onArm32(yes: string, no: string): string {
  return `case "$TARGETARCH$TARGETVARIANT" in (armv7) ${yes} ;; (*) ${no} ;; esac`;
}

/** What onArm32 reads; to be declared in each stage. */
export const TARGET = ["ARG TARGETARCH", "ARG TARGETVARIANT"];
