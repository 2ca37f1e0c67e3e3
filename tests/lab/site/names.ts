import { CAA_ISSUER, SITE_HOSTS } from "../../../lab/domain";
import { theLab } from "../../support/lab";

/** Where the site's names lead. */
export function nameTests(): void {
  it("every name resolves to the edge, and to no IPv6 address", async () => {
    const { machines, addresses } = await theLab();
    for (const name of SITE_HOSTS) {
      expect(await machines.visitor.lines(`dig +short A ${name}`)).toEqual([addresses.vps]);
      expect(await machines.visitor.lines(`dig +short AAAA ${name}`)).toEqual([]);
    }
  });

  it("CAA records let only the stack's authority issue certificates, and leave the rest of the domain unbound", async () => {
    const { machines } = await theLab();
    expect(await machines.visitor.lines(`dig +short CAA ${SITE_HOSTS[1]}`)).toEqual([`0 issue "${CAA_ISSUER}"`]);
    expect(await machines.visitor.lines(`dig +short CAA ${SITE_HOSTS[0]}`)).toEqual([]);
  });
}
