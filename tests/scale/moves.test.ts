import { outputs, provideLab, theLab } from "../support/lab";
import { spread } from "../support/lab-replies";
import { command } from "../support/lab-command";
import { changing } from "../support/lab-group";
import { siteIsBack, whileVisited } from "../support/lab-site";
import { SettingValues } from "../support/lab-stack";
import { visit } from "../support/lab-visitor";

/** What a login to a machine takes, as the settings have it. */
interface Login {
  readonly address: string;
  readonly user: string;
  readonly hostKey: string;
}

changing("a move", () => {
  it("the edge moves to another machine by a new login, and back", async () => {
    const lab = await theLab();
    const { vps, one, visitor } = lab.machines;
    const servers = (await lab.stack.setting("homeport:servers")) as readonly (Login & { readonly name: string })[];
    const login = servers.find(({ name }) => name === "one");
    if (login === undefined) throw new Error("the lab's settings have no server one");
    const { address, user, hostKey } = login;
    const alone: SettingValues = { "homeport:servers": [{}] };
    await lab.stack.deploy(alone);
    // What Docker has set in the kernel goes with a restart; preview would name it.
    await one.restart();
    await lab.stack.deploy({ ...alone, "homeport:edge": { address, user, hostKey } });
    await siteIsBack(lab);
    const { url, dnsRecords } = await outputs(lab);
    expect(addressesOf(dnsRecords)).toEqual([one.address]);
    expect((await visit(visitor, url)).status).toBe(200);
    // Nothing was removed from the old one, which normally goes back to its provider: here it takes over again, as a machine without containers.
    await vps.run("docker ps -aq | xargs docker rm --force");
    await lab.stack.deploy(alone);
    await siteIsBack(lab);
    expect(addressesOf((await outputs(lab)).dnsRecords)).toEqual([vps.address]);
    // The same here: the lab makes the machine anew, and deploys what it is.
    await one.throwAway();
    await provideLab();
    expect(await lab.stack.preview("--expect-no-changes")).toMatchObject({ code: 0, changed: [] });
  });

  it("a server that is gone for good is removed by a command, the others serve, and another machine replaces it", async () => {
    const lab = await theLab();
    const { two } = lab.machines;
    const without = { "homeport:servers": [{}, {}] };
    const refused = await command(lab, "forget", ["two", "--yes"]);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining("answers, so 'pulumi up' can clean it up"),
    ]);
    await two.throwAway();
    const forgotten = await command(lab, "forget", ["two", "--yes"]);
    expect([forgotten.code, forgotten.stderr]).toEqual([0, ""]);
    const { failures } = await whileVisited(lab, () => lab.stack.deploy(without));
    expect(failures).toEqual([]);
    expect((await spread(lab, 30)).counts.size).toBe(2);
    await provideLab();
    expect((await spread(lab, 30)).counts.size).toBe(3);
  });
});

function addressesOf(records: readonly { readonly type: string; readonly content: string }[]): string[] {
  return [...new Set(records.filter(({ type }) => type === "A").map(({ content }) => content))];
}
