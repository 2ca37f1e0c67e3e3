import { PI_USER } from "../../../lab/hosts/hosts";
import { theLab } from "../../support/lab";
import { snapshot } from "../../support/lab-snapshot";
import { ssh } from "../../support/lab-ssh";
import { stateResources } from "../../support/lab-state";

const OTHER = "homeport/other";

/** A host belongs to one stack. */
export function ownershipTests(): void {
  it.each([
    { name: "vps", user: "root" },
    { name: "pi", user: PI_USER },
  ] as const)("of $name is kept: the same deploy from another stack is refused and changes nothing", async (host) => {
    const lab = await theLab();
    const machine = lab.machines[host.name];
    const files = (await stateResources(lab.stack)).find(({ name }) => name === `${host.name}-files`);
    const { create, stdin } = (files?.inputs ?? {}) as { create?: string; stdin?: string };
    const before = await snapshot(machine);
    const others = (stdin ?? "").replace(/^owner (.*)$/m, `owner ${OTHER}`);
    const { code, stderr } = await ssh(lab, `${host.user}@${machine.address}`, create ?? "", others);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(
      new RegExp(
        `homeport: this host's 'base' belongs to the stack homeport/dev, not to ${OTHER}: destroy it there first`,
      ),
    );
    expect(await snapshot(machine)).toBe(before);
  });
}
