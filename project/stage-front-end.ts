import { joined } from "./folder";
import { FrontEnd } from "./front-end";
import { copies, run } from "./instructions";

/** Node.js where the project names none: the series with long-term support until April 2027 (nodejs.org/en/about/previous-releases). */
export const NODE = "22";

/** Installs what a lock file says, and nothing else. */
const INSTALL = {
  npm: { locked: "npm ci --no-audit --no-fund", unlocked: "npm install --no-audit --no-fund" },
  yarn: {
    locked: "{ corepack yarn install --immutable || corepack yarn install --frozen-lockfile; }",
    unlocked: "corepack yarn install",
  },
  pnpm: { locked: "corepack pnpm install --frozen-lockfile", unlocked: "corepack pnpm install" },
} as const;

/** Builds the front end on the building machine's own processor; the whole project is there, because style sheets are made from templates. */
export function frontEndStage({ folder, manager, lock, files, wholeProject }: FrontEnd): string[] {
  const { locked, unlocked } = INSTALL[manager];
  const command = manager === "npm" ? "npm run build" : `corepack ${manager} run build`;
  return [
    "FROM --platform=$BUILDPLATFORM $NODE_IMAGE AS front-end",
    "ENV COREPACK_ENABLE_DOWNLOAD_PROMPT=0",
    `WORKDIR /${joined("app", folder)}`,
    ...(wholeProject ? ["COPY . /app"] : copies(files.map((file) => joined(folder, file)))),
    run(
      [lock === undefined ? unlocked : locked],
      `the packages of ${joined(folder, "package.json")} cannot be installed, see above; where its version of Node.js is wrong, name one in .nvmrc`,
    ),
    ...(wholeProject ? [] : ["COPY . /app"]),
    run(
      [command, "rm -rf node_modules"],
      `'${command}' failed in ${folder === "" ? "the project" : folder}, see above`,
    ),
  ];
}
