import { LabMachine } from "./lab-machine";

/** Seconds until a scan is given up. All ports of one address take about 15. */
const SCAN_SECONDS = 120;

/** Without names, without asking first whether the target is there, one repetition. */
const OPTIONS = ["-n", "-Pn", "--max-retries", "1", "-oG", "-"];

/** Packets a second for all 65,535 ports; many more are lost on the way and would be taken for closed ports. */
export const ALL_PORTS = ["-p-", "--min-rate", "10000", "--max-rate", "15000"];

/** Scans with nmap and gives what is open, each as `address port`. */
export async function openPorts(from: LabMachine, targets: readonly string[], ...options: string[]): Promise<string[]> {
  const words = [...OPTIONS, "--host-timeout", `${SCAN_SECONDS}s`, ...options, ...targets];
  const lines = await from.lines(`nmap ${words.map((word) => `'${word}'`).join(" ")}`);
  if (lines.some((line) => line.includes("Status: Timeout"))) throw new Error(`nmap gave up:\n${lines.join("\n")}`);
  return lines
    .flatMap((line) => {
      const [, address, ports] = /^Host: (\S+) .*\tPorts: ([^\t]*)/.exec(line) ?? [];
      return (ports ?? "").split(", ").flatMap((port) => {
        const [number, state] = port.trim().split("/");
        return address !== undefined && number !== undefined && state === "open" ? [`${address} ${number}`] : [];
      });
    })
    .sort();
}

/** Gives the answer no time: for packets that are counted where they arrive. */
const IN_PASSING = ["--initial-rtt-timeout", "100ms", "--max-rtt-timeout", "100ms", "--min-rate", "200"];

/** Sends what a scan sends and ignores the answers. */
export async function knock(from: LabMachine, targets: readonly string[], ...options: string[]): Promise<void> {
  const words = ["-n", "--max-retries", "0", ...IN_PASSING, ...options, ...targets];
  await from.run(`nmap ${words.map((word) => `'${word}'`).join(" ")}`);
}
