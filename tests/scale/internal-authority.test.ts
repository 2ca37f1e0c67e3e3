import { Lab, theLab } from "../support/lab";
import { unaskedPage, untilAnsweredBy } from "../support/lab-replies";
import { changing } from "../support/lab-group";
import { siteIsBack } from "../support/lab-site";
import { stateResources } from "../support/lab-state";

/** Seconds until the last proxy has read its new certificate, and the edge has asked it again. */
const KNOWN = 60;

changing("the internal authority", () => {
  it("is recreated with every certificate in one run, and the servers trust each other again", async () => {
    const lab = await theLab();
    const before = await authorities(lab);
    const key = (await stateResources(lab.stack)).find(({ name }) => name === "internal-key")?.urn ?? "";
    await lab.stack.deploy({}, "--replace", key);
    await siteIsBack(lab);
    const after = await authorities(lab);
    expect([new Set(before).size, new Set(after).size]).toEqual([1, 1]);
    expect(after).not.toEqual(before);
    await untilAnsweredBy(lab, await unaskedPage(lab), 3, { times: 9, seconds: KNOWN });
  });
});

/** The authority that the edge's and each server's proxy believes, by the digest of its certificate. */
async function authorities({ machines: { vps, pi, one, two } }: Lab): Promise<string[]> {
  return Promise.all(
    [vps, pi, one, two].map((machine) => machine.run("sha256sum </etc/homeport/traefik/inner-ca.pem")),
  );
}
