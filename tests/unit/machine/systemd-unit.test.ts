import { managed } from "../../../components/machine/managed";
import { renderSysctl } from "../../../components/machine/sysctl";
import { renderUnit } from "../../../components/machine/systemd-unit";

test("a unit has its sections in order, and a line for each value of a list", () => {
  expect(
    renderUnit("x.ts", { Unit: { Description: "D" }, Service: { ExecReload: ["", "/bin/a %i"], Type: "oneshot" } }),
  ).toBe(`${managed("x.ts")}[Unit]\nDescription=D\n\n[Service]\nExecReload=\nExecReload=/bin/a %i\nType=oneshot\n`);
});

test("kernel settings are sorted, whatever their order", () => {
  const text = renderSysctl("x.ts", { "net.b": 2, "net.a": 1 });
  expect(text).toBe(`${managed("x.ts")}net.a = 1\nnet.b = 2\n`);
  expect(renderSysctl("x.ts", { "net.a": 1, "net.b": 2 })).toBe(text);
});

test("the first line of a file can be written as any comment", () => {
  expect(managed("x.ts", "//")).toMatch(/^\/\/ Managed by Homeport \(components\/x\.ts\)[^\n]*\n$/);
});
