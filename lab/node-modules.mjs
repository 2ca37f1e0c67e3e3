// Ends with 0 if node_modules holds what package-lock.json says, else with 1. npm writes down what it has installed in
// node_modules/.package-lock.json; packages for other processors are in the one and not in the other.
import { readFileSync } from "node:fs";

const packagesOf = (path) => {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return {};
  }
};

const wanted = Object.entries(packagesOf("package-lock.json")).filter(
  ([path, entry]) => path !== "" && !entry.optional,
);
const present = packagesOf("node_modules/.package-lock.json");
const same = wanted.every(
  ([path, entry]) => present[path]?.version === entry.version && present[path]?.integrity === entry.integrity,
);
process.exit(wanted.length > 0 && same ? 0 : 1);
