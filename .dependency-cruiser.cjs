// Which room may import which. `npm run structure` checks it and draws docs/rooms.svg.

/** From the top down: a room may import rooms of the lines below its own, and nothing else. */
const FLOORS = [
  ["index.ts", "commands"],
  ["setup"],
  ["components/index.ts"],
  ["components/site"],
  ["components/database", "components/services"],
  ["components/app"],
  ["components/proxy"],
  ["components/docker", "components/dns", "components/tunnel", "components/watch", "components/backup"],
  ["components/firewall"],
  ["components/machine"],
  ["plan", "project", "settings", "state"],
  ["lib"],
];

const pathOf = (room) => (room.endsWith(".ts") ? `^${room.replace(".", "\\.")}$` : `^${room}/`);

const upward = FLOORS.flatMap((floor, level) =>
  floor.map((room) => ({
    name: `${room} imports what is beside or above it`,
    severity: "error",
    from: { path: pathOf(room) },
    to: {
      path: FLOORS.slice(0, level + 1)
        .flat()
        .filter((other) => other !== room)
        .map(pathOf),
    },
  })),
);

/** Rooms whose index.ts says what the others may use. */
const ROOMS = FLOORS.flat().filter((room) => /^(components\/\w+|plan|project|settings|state)$/.test(room));

const throughIndex = ROOMS.map((room) => ({
  name: `${room} is entered by its index.ts`,
  severity: "error",
  from: { pathNot: [`^${room}/`, "^tests/"] },
  // state/in-program.ts loads the SDK, which commands and lab do without.
  to: { path: `^${room}/`, pathNot: [`^${room}/index\\.ts$`, "^state/in-program\\.ts$"] },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    { name: "no circle", severity: "error", from: {}, to: { circular: true } },
    ...upward,
    ...throughIndex,
    {
      name: "the product knows neither its lab nor its tests",
      severity: "error",
      from: { pathNot: "^(lab|tests|packages)/" },
      to: { path: "^(lab|tests|packages)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "node_modules" },
    tsPreCompilationDeps: true,
    parser: "swc",
    reporterOptions: {
      archi: {
        collapsePattern: "^(components/[^/]+|lib|plan|project|settings|setup|state|commands)",
        theme: { graph: { rankdir: "TB", splines: "true" } },
      },
    },
  },
};
