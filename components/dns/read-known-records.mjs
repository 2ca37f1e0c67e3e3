// Tells what the state of a stack knows of its DNS records: a line `record ID` each, and `made NAME` for each command of a name that is asked for.
// Parameters by environment: STACK, its full name; COMMAND, the name of a command. Nothing else of the state is handed on.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const { STACK, COMMAND } = process.env;

/** A state has some hundred kilobytes; bytes. */
const LARGEST_STATE = 2 ** 28;

const told = await promisify(execFile)("pulumi", ["stack", "export", "--non-interactive", "--stack", STACK], {
  maxBuffer: LARGEST_STATE,
}).catch(({ stderr, message }) => {
  console.error(`homeport: the state of ${STACK} cannot be read: ${(stderr || message).trim()}`);
  process.exit(1);
});
// Of a stack that was never deployed there is none.
for (const { type, id, urn } of JSON.parse(told.stdout).deployment?.resources ?? []) {
  if (type === "cloudflare:index/dnsRecord:DnsRecord") console.log(`record ${id}`);
  if (type === "command:local:Command" && urn.endsWith(`::${COMMAND}`)) console.log(`made ${COMMAND}`);
}
