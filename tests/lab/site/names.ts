import { CAA_ISSUER, SITE_HOSTS } from "../../../lab/domain";
import { theLab } from "../../support/lab";

/** Where the site's names lead. */
export function nameTests(): void {
  it("the visitor is led to the edge by every name, and finds no IPv6 address", async () => {
    const { machines, addresses } = await theLab();
    for (const name of SITE_HOSTS) {
      expect(await machines.visitor.lines(`dig +short A ${name}`)).toEqual([addresses.vps]);
      expect(await machines.visitor.lines(`dig +short AAAA ${name}`)).toEqual([]);
    }
  });

  it("CAA records let only the stack's authority issue certificates, and do not bind the whole domain", async () => {
    const { machines } = await theLab();
    expect(await machines.visitor.lines(`dig +short CAA ${SITE_HOSTS[1]}`)).toEqual([`0 issue "${CAA_ISSUER}"`]);
    expect(await machines.visitor.lines(`dig +short CAA ${SITE_HOSTS[0]}`)).toEqual([]);
  });
}
