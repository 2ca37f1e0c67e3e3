import fc from "fast-check";

import { renderBundle } from "../../../components/machine/bundle";
import { EMPTY_SPEC } from "../../../components/machine/host-spec";
import { hostSpec } from "../../support/arbitraries";

const HEADER = { name: "base", owner: "homeport/dev", revision: "r1" };

test("the order of files and packages makes no difference", () => {
  const shuffled = hostSpec.chain((spec) =>
    fc.record({
      spec: fc.constant(spec),
      files: fc.shuffledSubarray([...spec.files], { minLength: spec.files.length }),
      packages: fc.shuffledSubarray([...spec.packages], { minLength: spec.packages.length }),
    }),
  );
  fc.assert(
    fc.property(shuffled, ({ spec, files, packages }) => {
      expect(renderBundle(HEADER, { ...EMPTY_SPEC, files, packages })).toBe(
        renderBundle(HEADER, { ...EMPTY_SPEC, ...spec }),
      );
    }),
  );
});

test("every line of a file is indented, so that no content can be read as a directive, and comes back whole", () => {
  fc.assert(
    fc.property(hostSpec, (spec) => {
      const found = readFiles(renderBundle(HEADER, { ...EMPTY_SPEC, ...spec }));
      expect(found).toEqual(Object.fromEntries(spec.files.map((file) => [file.path, file.text])));
    }),
  );
});

// As the host script reads it.
function readFiles(bundle: string): Record<string, string> {
  const found: Record<string, string> = {};
  let path = "";
  for (const line of bundle.split("\n")) {
    if (line.startsWith("  ")) found[path] = `${found[path] ?? ""}${line.slice(2)}\n`;
    else path = /^file (\S+) /.exec(line)?.[1] ?? "";
  }
  return found;
}
