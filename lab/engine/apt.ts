import { UserError } from "../../lib/errors";
import { run, succeeds } from "../process";
import { Report } from "../progress";

/** Installs Debian packages that are missing on this machine, as root or by sudo without a password. */
export async function installPackages(names: readonly string[], report: Report): Promise<void> {
  const missing: string[] = [];
  for (const name of names) {
    if (!(await isInstalled(name))) {
      missing.push(name);
    }
  }
  if (missing.length === 0) {
    return;
  }
  if (!(await succeeds("apt-get", ["--version"]))) {
    throw new UserError(
      `needs ${missing.join(", ")}, and this machine has no apt-get: install them with your system's package manager, then start again`,
    );
  }
  report(`apt-get install ${missing.join(" ")}`);
  await asRoot(["apt-get", "update", "-qq"], `install the packages ${missing.join(" ")} yourself`);
  await asRoot(
    ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0", ...missing],
    `install the packages ${missing.join(" ")} yourself`,
    report,
  );
}

/** Runs a command of this machine as root. `otherwise` says what to do instead without root. */
export async function asRoot(command: readonly string[], otherwise: string, report?: Report): Promise<string> {
  const root = process.getuid?.() === 0;
  if (!root && !(await succeeds("sudo", ["-n", "true"]))) {
    throw new UserError(
      `needs root to run "${command.join(" ")}": start the lab as root or with passwordless sudo, or ${otherwise}`,
    );
  }
  const [program = "", ...args] = root
    ? ["env", "DEBIAN_FRONTEND=noninteractive", ...command]
    : ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive", ...command];
  return run(program, args, report === undefined ? {} : { onLine: report });
}

async function isInstalled(name: string): Promise<boolean> {
  const status = await run("dpkg-query", ["-W", "-f", "${Status}", name]).catch(() => "");
  return status === "install ok installed";
}
