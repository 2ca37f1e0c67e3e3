import { messageOf, UserError } from "../lib/errors";
import { serversOf, Ssh } from "./ssh";
import { deployedStack } from "./stack";

/** `npm run alerts -- --test`: has every machine send a test to whom the settings name. Exits 1 where one could not. */
export async function alerts(
  asked: string | undefined,
  { test = false }: { readonly test?: boolean },
): Promise<number> {
  if (!test) throw new UserError("say what to do: npm run alerts -- --test sends a test from every machine");
  const stack = await deployedStack(asked);
  const names = [stack.host.edge, ...serversOf(stack)].map(({ name }) => name);
  const sent = await Promise.allSettled(
    names.map(async (name) => (await Ssh.to(stack, name)).run("send-test.sh", stack.app)),
  );
  let failed = 0;
  for (const [index, name] of names.entries()) {
    const one = sent[index];
    if (one?.status === "rejected") failed++;
    const text = one?.status === "rejected" ? messageOf(one.reason) : `${name}: ${(one?.value ?? "").trim()}`;
    process.stdout.write(`${text}\n`);
  }
  return failed === 0 ? 0 : 1;
}
