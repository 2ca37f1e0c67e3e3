import { randomUUID } from "node:crypto";

import { until } from "../../../lab/process";
import { outputs, theLab } from "../../support/lab";
import { webContainer } from "../../support/lab-site";
import { visit } from "../../support/lab-visitor";

/** A line about a request. */
interface Access {
  readonly logger?: string;
  readonly path?: string;
  readonly client?: string;
  readonly method?: string;
  readonly status?: number;
  readonly ms?: number;
}

/** Seconds a line may take into the log. */
const SOON = 20;

/** What is written down of a request. */
export function logTests(): void {
  it("logs who asked for what and how long it took, and neither queries nor cookies nor logins", async () => {
    const lab = await theLab();
    const { pi, visitor } = lab.machines;
    const [path, secret] = [`/posts/${randomUUID()}/`, randomUUID()];
    await visit(
      visitor,
      new URL(`${path}?token=${secret}`, (await outputs(lab)).url).href,
      ...["--header", `Authorization: Bearer ${secret}`, "--cookie", `sessionid=${secret}`],
      ...["--referer", `https://elsewhere.example/?${secret}`, "--user-agent", secret],
    );
    const { Name } = await webContainer(pi);
    const access = await until(`a line about ${path}`, SOON, async () => {
      const lines = await pi.lines(`docker logs --since 5m ${Name.slice(1)} 2>&1 | grep -F ${path} || true`);
      return lines.map((line) => JSON.parse(line) as Access).find(({ logger }) => logger === "homeport_django.request");
    });
    expect(access).toMatchObject({ path, method: "GET", status: 404, client: lab.addresses.visitor });
    expect(access.ms).toBeGreaterThan(0);
    expect(await pi.lines(`docker logs --since 5m ${Name.slice(1)} 2>&1 | grep -F ${secret} || true`)).toEqual([]);
  });
}
