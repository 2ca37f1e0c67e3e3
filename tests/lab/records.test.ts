import { SITE_HOSTS, STACK } from "../../lab/domain";
import { recordMark } from "../../components/dns/record-mark";
import { theLab } from "../support/lab";
import { changing } from "../support/lab-group";
import { LabStack } from "../support/lab-stack";
import { LabZone } from "../support/lab-zone";

/** An address of the lab's internet at which nobody is. */
const ELSEWHERE = "198.51.100.77";

const WWW = SITE_HOSTS[1];

changing("records of the site's names", () => {
  describe("a record that somebody else made at a name of the site", () => {
    let zone: LabZone;
    beforeAll(async () => {
      zone = new LabZone(await theLab());
      await zone.add({ type: "A", name: WWW, content: ELSEWHERE });
    });

    it("is reported with the remedy before anything changes, and stays", async () => {
      const { stack } = await theLab();
      for (const run of [await stack.preview(), await stack.up()]) {
        expect(run.code).not.toBe(0);
        expect(run.output).toMatch(/dns: 1 record\(s\) at the site's names belong to others:/);
        expect(run.output).toContain(`A ${WWW} ${ELSEWHERE}`);
        expect(run.output).toContain("set dns.adopt to true");
        expect(run.changed).toEqual([]);
      }
      expect(await zone.contents(WWW, "A")).toContain(ELSEWHERE);
    });

    it("is replaced with dns.adopt, as the preview says, and the next preview is clean", async () => {
      const { stack, addresses } = await theLab();
      await stack.withSettings({ "homeport:dns": { adopt: true } }, async () => {
        const preview = await stack.preview();
        expect(preview.output).toMatch(new RegExp(`\\w{32} A ${WWW} ${ELSEWHERE}`));
        expect(preview.changed).toEqual(["dns-adoption-removal"]);
        const up = await stack.up();
        expect(up).toMatchObject({ code: 0, changed: ["dns-adoption-removal"] });
        expect(await zone.contents(WWW, "A")).toEqual([addresses.vps]);
        expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0, changed: [] });
      });
      expect(await stack.up()).toMatchObject({ code: 0, changed: ["dns-adoption-removal"] });
      expect(await zone.contents(WWW, "A")).toEqual([addresses.vps]);
    });
  });

  describe("a record of this stack that its state does not know", () => {
    let zone: LabZone;
    beforeAll(async () => {
      zone = new LabZone(await theLab());
      await zone.add({
        type: "A",
        name: WWW,
        content: ELSEWHERE,
        comment: recordMark(`homeport/${STACK}`),
      });
    });

    it("is removed by an up, as the preview says", async () => {
      const { stack, addresses } = await theLab();
      const preview = await stack.preview();
      expect(preview.output).toContain(`its state does not know: A ${WWW} ${ELSEWHERE}`);
      expect(preview.output).toMatch(new RegExp(`\\w{32} A ${WWW} ${ELSEWHERE}`));
      expect(preview.changed).toEqual(["dns-forgotten-removal"]);
      expect(await stack.up()).toMatchObject({ code: 0, changed: ["dns-forgotten-removal"] });
      expect(await zone.contents(WWW, "A")).toEqual([addresses.vps]);
    });
  });

  // What Cloudflare itself refuses is among the bad luck.
  it("a missing token is reported in one message, and nothing changes", async () => {
    const { settings, stack } = await theLab();
    const run = await new LabStack(settings.instance, { ...stack.env, CLOUDFLARE_API_TOKEN: "" }).preview();
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("dns: the token for Cloudflare is missing: export CLOUDFLARE_API_TOKEN, or:");
    expect(run.output).not.toContain("unhandled exception");
    expect(run.changed).toEqual([]);
  });
});
