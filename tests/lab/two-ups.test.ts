import { join } from "node:path";

import { PI_USER } from "../../lab/hosts/hosts";
import { until } from "../../lab/process";
import { stackLocks } from "../../state";
import { Lab, theLab } from "../support/lab";
import { changing } from "../support/lab-group";
import { Ended } from "../support/lab-machine";
import { ssh } from "../support/lab-ssh";
import { StackRun } from "../support/lab-stack";
import { stateResources } from "../support/lab-state";

/** Seconds until a run has come to where it waits. */
const PATIENCE = 60;

/** Holds the lock of a host, as a run at work there does. */
const HOLDER = "homeport-lab-tests-lock";

changing("two deploys at once", () => {
  it("to one stack: Pulumi refuses the second, and says what to do", async () => {
    const { stack, settings } = await theLab();
    const backend = join(settings.instance.directory, "backend");
    let second: StackRun | undefined;
    const first = await stack.upMeanwhile(async () => {
      await until("the lock of the stack", PATIENCE, async () => {
        return (await stackLocks(backend)).length > 0 ? true : undefined;
      });
      second = await stack.up();
    });
    expect(first.code).toBe(0);
    expect(second).toMatchObject({ code: 1, changed: [] });
    expect(second?.output).toMatch(/the stack is currently locked by 1 lock\(s\).*pulumi cancel/);
  });

  it("to one host from two backends take turns", async () => {
    const lab = await theLab();
    const { pi } = lab.machines;
    await pi.run(`systemd-run --quiet --collect --unit=${HOLDER} flock /run/homeport.lock sleep infinity`);
    let runs: Promise<Ended[]>;
    try {
      const bundle = await bundleOf(lab, "pi-files");
      const applyAgain = (): Promise<Ended> => ssh(lab, `${PI_USER}@${pi.address}`, bundle.create, bundle.stdin);
      runs = Promise.all([applyAgain(), applyAgain()]);
      await until("both to wait for the lock", PATIENCE, async () => {
        const { stdout } = await pi.attempt("pgrep -fc '^flock -w'");
        return stdout.trim() === "2" ? true : undefined;
      });
    } finally {
      await pi.run(`systemctl stop ${HOLDER}`);
    }
    for (const { code, stdout } of await runs) {
      expect(code).toBe(0);
      expect(stdout).toContain("another run is active on this host, waiting");
    }
  });
});

/** The desired state that a host got last, and the command that applies it. */
async function bundleOf({ stack }: Lab, name: string): Promise<{ create: string; stdin: string }> {
  const found = (await stateResources(stack)).find((resource) => resource.name === name);
  const { create, stdin } = (found?.inputs ?? {}) as { create?: string; stdin?: string };
  if (create === undefined || stdin === undefined) throw new Error(`the state has no command ${name}`);
  return { create, stdin };
}
