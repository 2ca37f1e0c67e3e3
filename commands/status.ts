import { Finding, lookAtStack } from "./look";
import { DeployedStack, deployedStack } from "./stack";

/** `npm run status`: the current state of site and machines, what is wrong, and what to do next. Changes nothing; exits 1 unless all is well. */
export async function status(asked: string | undefined): Promise<number> {
  const stack = await deployedStack(asked);
  const sections = await lookAtStack(stack);
  for (const { title, lines, findings } of sections) {
    const all = [...lines, ...findings.map((one) => `${LABELS[one.kind]}: ${one.text}`)];
    process.stdout.write(`${title}\n${all.map((line) => `  ${line}\n`).join("")}`);
  }
  const { well, text } = verdict(
    sections.flatMap(({ findings }) => findings),
    stack.name,
  );
  process.stdout.write([...adapterReport(stack), "", text].map((line) => `${line}\n`).join(""));
  return well ? 0 : 1;
}

const LABELS: Readonly<Record<Finding["kind"], string>> = {
  drift: "PROBLEM",
  problem: "PROBLEM",
  blind: "PROBLEM",
  note: "note",
};

/** The last lines of a status: whether all is well, and the next command. */
export function verdict(found: readonly Finding[], stack: string): { readonly well: boolean; readonly text: string } {
  const wrong = found.filter(({ kind }) => kind !== "note");
  if (wrong.length === 0) return { well: true, text: "all well" };
  const repaired = wrong.some(({ kind }) => kind === "drift");
  const next = repaired
    ? `next: 'pulumi up --stack ${stack}' repairs what has drifted`
    : "next: follow the remedy in the lines above; 'npm run logs' has the site's own errors";
  return { well: false, text: `${wrong.length} problem(s), see PROBLEM above\n${next}` };
}

/** What the adapter set over in the project's settings, as the last deploy has reported it. */
export function adapterReport({ adapter }: Pick<DeployedStack, "adapter">): readonly string[] {
  if (adapter === undefined) return [];
  const set = Object.entries(adapter.setOver).map(([setting, text]) => `  ${setting}: ${text}`);
  return [
    ...(set.length === 0 ? [] : ["settings that Homeport set over in the project (app.adapter)", ...set]),
    ...adapter.notes.map((note) => `  note: ${note}`),
  ];
}
