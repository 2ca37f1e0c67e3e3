import { script } from "../../../components/machine/scripts";
import { Sandbox } from "../../support/sandbox";
import { describeWhere } from "../../support/tools";

const EDGE = "198.51.100.10";
const WWW = "www.example.org";
const APEX = "example.org";
const RIGHT = { [WWW]: EDGE, [APEX]: EDGE };

// The world as the script sees it is in /run/fake: addresses by name, the CA's health, who has a certificate, Traefik's log, and the clock.
const PROGRAMS = {
  getent: `[ "$1" = -A ] || exit 3
case $2.$3 in
  ahostsv4.${EDGE}) echo "${EDGE} STREAM" ;;
  ahostsv4.*) sed 's/$/ STREAM/' "/run/fake/a/$3" 2>/dev/null || exit 2 ;;
  ahostsv6.*) { sed 's/^/::ffff:/; s/$/ STREAM/' "/run/fake/a/$3"; sed 's/$/ STREAM/' "/run/fake/aaaa/$3"; } 2>/dev/null; exit 0 ;;
esac`,
  curl: `echo "$*" >>/run/fake/curl; [ -f /run/fake/ca ] && echo '{"newOrder":"https://ca.test/order"}' && if [ -f /run/fake/more ]; then cat /run/fake/more; fi`,
  openssl: `case $1 in
  s_client) [ -f /run/fake/proxy ] && echo "$5" ;;
  x509)
    read -r name || exit 1
    if [ -f "/run/fake/issued/$name" ] || [ -f "/run/fake/issued/*.\${name#*.}" ]; then
      echo "issuer=C = US, CN = R11"; echo "notAfter=$(cat /run/fake/end)"; echo "Hostname $name does match certificate"
    else
      echo "issuer=CN = unknown host"; echo "notAfter=$(cat /run/fake/end)"; echo "Hostname $name does NOT match certificate"
    fi ;;
esac`,
  docker: `case $1 in ps) echo traefik ;; logs) cat /run/fake/log 2>/dev/null ;; esac`,
  date: `case "$*" in +%s) cat /run/fake/now ;; *) exec /bin/date "$@" ;; esac`,
  // A second passes in which the CA answers. What is longer is the pause between two rounds: the script ends there.
  sleep: `[ "$1" = 1 ] || exit 1
echo $(($(cat /run/fake/now) + 1)) >/run/fake/now
sed -n 's/.*\\[{ main: \\(.*\\) }\\].*/\\1/p' /etc/homeport/traefik/dynamic/certificate-blog.yaml | tr -d '"[],' | sed 's/sans: //' | while read -r names; do
  grep -qsxF "$names" /run/fake/orders || echo "$names" >>/run/fake/orders
  for name in $names; do
    [ -f "/run/fake/grants/$name" ] && touch "/run/fake/issued/$name"
  done
done
true`,
};

describeWhere("the watch over certificates", Sandbox.missing(), () => {
  const sandbox = new Sandbox();

  beforeAll(async () => {
    await sandbox.start(PROGRAMS);
    sandbox.run(["sh", "-c", "cat >/tmp/watch"], script("proxy/certificate-watch.sh"));
  });
  afterAll(async () => {
    await sandbox.stop();
  });

  beforeEach(() => {
    sandbox.sh(`rm -rf /run/fake/* /run/homeport /var/lib/homeport-certificates /etc/homeport
mkdir -p /run/fake/a /run/fake/aaaa /run/fake/issued /run/fake/grants /run/homeport /var/lib/homeport-certificates /etc/homeport/certificates /etc/homeport/traefik/dynamic
echo 'directory https://ca.test/dir' >/etc/homeport/certificates.conf
printf 'edge ${EDGE}\\nname ${WWW}\\nname ${APEX}\\n' >/etc/homeport/certificates/blog
echo 1800000000 >/run/fake/now
echo 'Jan 20 12:00:00 2037 GMT' >/run/fake/end
touch /run/fake/ca /run/fake/proxy /run/fake/grants/${WWW} /run/fake/grants/${APEX}`);
    point(RIGHT);
  });

  function point(records: Readonly<Record<string, string>>): void {
    sandbox.sh(`rm -f /run/fake/a/*`);
    for (const [name, address] of Object.entries(records))
      sandbox.sh(`printf '%s\\n' ${address.split(" ").join(" ")} >/run/fake/a/${name}`);
  }

  /** One round; what was ordered in it, and what it says of the names. */
  function round(): { ordered: string[]; status: string[]; journal: string } {
    const { stderr } = sandbox.run(["bash", "/tmp/watch"]);
    const ordered = sandbox.sh("cat /run/fake/orders 2>/dev/null || true; rm -f /run/fake/orders");
    const status = sandbox.sh("cat /run/homeport/certificate-blog.status 2>/dev/null || true");
    const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
    return { ordered: lines(ordered), status: lines(status), journal: stderr };
  }

  const ISSUED = "issued by R11 until 2037-01-20 12:00 UTC";

  test("requests certificates for names that point here, and withdraws the request when they are issued", () => {
    const { ordered, status } = round();
    expect(ordered).toEqual([WWW, APEX]);
    expect(status).toEqual([`${WWW}: ${ISSUED}`, `${APEX}: ${ISSUED}`]);
    expect(sandbox.sh("ls -A /etc/homeport/traefik/dynamic")).toBe("");
  });

  test("leaves names alone that have a certificate, and says nothing twice", () => {
    round();
    const { ordered, journal } = round();
    expect([ordered, journal]).toEqual([[], ""]);
    expect(sandbox.sh("wc -l </run/fake/curl").trim()).toBe("1");
  });

  test.each([
    [
      "another address",
      { [WWW]: EDGE, [APEX]: "203.0.113.7" },
      `${APEX} points to 203.0.113.7, not to ${EDGE}: correct its A record`,
    ],
    [
      "another address as well",
      { [WWW]: EDGE, [APEX]: `${EDGE} 203.0.113.7` },
      `${APEX} points to ${EDGE}, 203.0.113.7, not to ${EDGE}: correct its A record`,
    ],
    ["no address", { [WWW]: EDGE }, `${APEX} has no address: add an A record with ${EDGE}`],
  ])("requests nothing for a name with %s, but for the others", (_, records, why) => {
    point(records);
    const { ordered, status, journal } = round();
    expect(ordered).toEqual([WWW]);
    expect(status).toEqual([`${WWW}: ${ISSUED}`, `${APEX}: waiting: ${why}`]);
    expect(journal).toContain(`${APEX}: waiting: ${why}\n`);
    point(RIGHT);
    expect(round().ordered).toEqual([APEX]);
  });

  test("behind Cloudflare's proxy names point there, and need not point here", () => {
    sandbox.sh(`printf 'edge ${EDGE}\\nproxied yes\\nname ${WWW}\\nname ${APEX}\\n' >/etc/homeport/certificates/blog
echo 2606:4700::1111 >/run/fake/aaaa/${WWW}`);
    point({ [WWW]: "104.16.1.1 104.16.2.1" });
    const { ordered, status } = round();
    expect(ordered).toEqual([WWW]);
    expect(status[1]).toBe(`${APEX}: waiting: ${APEX} has no address: add an A record with ${EDGE}`);
  });

  describe("with DNS-01", () => {
    beforeEach(() => {
      sandbox.sh("echo 'challenge dns-01' >>/etc/homeport/certificates.conf; rm -f /run/fake/a/*");
    });

    function wildcard(): void {
      sandbox.sh(`echo 'wildcard ${APEX}' >>/etc/homeport/certificates.conf; touch '/run/fake/grants/*.${APEX}'`);
    }

    test("asks wherever names point to, if anywhere", () => {
      point({ [WWW]: "203.0.113.7" });
      expect(round().ordered).toEqual([WWW, APEX]);
    });

    test("waits for the CA all the same", () => {
      sandbox.sh("rm /run/fake/ca");
      expect(round()).toMatchObject({
        ordered: [],
        status: [WWW, APEX].map((name) => `${name}: waiting: the CA does not answer: https://ca.test/dir`),
      });
    });

    test("asks once for the wildcard, and by itself for a name that it is not for", () => {
      wildcard();
      const deep = `a.b.${APEX}`;
      sandbox.sh(`echo 'name ${deep}' >>/etc/homeport/certificates/blog; touch /run/fake/grants/${deep}`);
      const { ordered, status } = round();
      expect(ordered).toEqual([`${APEX} *.${APEX}`, deep]);
      expect(status).toEqual([WWW, APEX, deep].map((name) => `${name}: ${ISSUED}`));
      expect(sandbox.sh("ls -A /run/homeport")).toBe("certificate-blog.status\n");
    });

    test("counts the tries for a wildcard together, and keeps the count where the domain is no name of the site", () => {
      wildcard();
      sandbox.sh(`rm /run/fake/grants/*
printf 'edge ${EDGE}\\nname ${WWW}\\nname shop.${APEX}\\n' >/etc/homeport/certificates/blog
cat >/run/fake/log <<'LOG'
2026-11-21T17:06:17Z ERR Unable to obtain ACME certificate for domains error="unable to generate a certificate for the domains [${APEX} *.${APEX}]: cloudflare: failed to find zone" ACME CA=https://ca.test/dir domains=["${APEX}","*.${APEX}"]
LOG`);
      const { ordered, status } = round();
      expect(ordered).toEqual([`${APEX} *.${APEX}`]);
      for (const line of status) expect(line).toMatch(/: refused: .*: cloudflare: failed to find zone; next try/);
      expect(status.length).toBe(2);
      expect(round().ordered).toEqual([]);
      expect(sandbox.sh("cat /var/lib/homeport-certificates/tries")).toBe(`${APEX} 1800000000\n`);
    });

    test("has more patience than with HTTP-01", () => {
      sandbox.sh(`rm /run/fake/grants/*; echo 'edge ${EDGE}\nname ${WWW}' >/etc/homeport/certificates/blog`);
      const { status } = round();
      expect(Number(sandbox.sh("cat /run/fake/now")) - 1800000000).toBe(300);
      expect(status[0]).toContain("refused: Traefik gave no reason");
    });
  });

  test("requests nothing for a name that a CA would reach by IPv6 elsewhere", () => {
    sandbox.sh(`echo 2001:db8::7 >/run/fake/aaaa/${APEX}`);
    const { ordered, status } = round();
    expect(ordered).toEqual([WWW]);
    expect(status[1]).toBe(
      `${APEX}: waiting: ${APEX} points to 2001:db8::7 as well, where this site does not answer: remove the AAAA record`,
    );
  });

  test("waits for a CA that does not answer, and asks as soon as it does", () => {
    sandbox.sh("rm /run/fake/ca");
    expect(round()).toMatchObject({
      ordered: [],
      status: [WWW, APEX].map((name) => `${name}: waiting: the CA does not answer: https://ca.test/dir`),
    });
    expect(sandbox.sh("wc -l </run/fake/curl").trim()).toBe("1");
    sandbox.sh("touch /run/fake/ca");
    expect(round().ordered).toEqual([WWW, APEX]);
  });

  test("takes an answer of any length for one", () => {
    sandbox.sh("head -c 1000000 /dev/zero | tr '\\0' x >/run/fake/more");
    expect(round().ordered).toEqual([WWW, APEX]);
  });

  test("believes the CA by the authority that the settings name", () => {
    sandbox.sh("echo 'ca /etc/homeport/traefik/acme-ca.pem' >>/etc/homeport/certificates.conf");
    round();
    expect(sandbox.sh("cat /run/fake/curl")).toBe(
      "-sf --max-time 10 --cacert /etc/homeport/traefik/acme-ca.pem https://ca.test/dir\n",
    );
  });

  test("waits for the proxy", () => {
    sandbox.sh("rm /run/fake/proxy");
    expect(round()).toMatchObject({
      ordered: [],
      status: [WWW, APEX].map((name) => `${name}: waiting: the proxy does not answer on port 443`),
    });
  });

  test("asks no sooner after a restart of the machine", () => {
    sandbox.sh(`rm /run/fake/grants/*; echo 'edge ${EDGE}\nname ${WWW}' >/etc/homeport/certificates/blog`);
    expect(round().ordered).toEqual([WWW]);
    sandbox.sh("rm -rf /run/homeport; mkdir /run/homeport; echo 1800000030 >/run/fake/now");
    const { ordered, status } = round();
    expect(ordered).toEqual([]);
    expect(status[0]).toContain(`${WWW}: waiting: an earlier request had no answer; next try`);
  });

  test("asks four times in an hour after refusals, with growing pauses, and says what the CA said", () => {
    point({ [WWW]: EDGE });
    sandbox.sh(`rm /run/fake/grants/${WWW}
cat >/run/fake/log <<'LOG'
2026-11-21T17:06:17Z ERR Unable to obtain ACME certificate for domains error="unable to generate a certificate for the domains [${APEX}]: other" ACME CA=https://ca.test/dir domains=["${APEX}"]
2026-11-21T17:06:17Z ERR Unable to obtain ACME certificate for domains error="unable to generate a certificate for the domains [${WWW}]: acme: error: 403 :: CAA forbids" ACME CA=https://ca.test/dir domains=["${WWW}"]
LOG`);
    const first = round();
    expect(first.ordered).toEqual([WWW]);
    expect(first.status[0]).toMatch(
      new RegExp(`^${WWW}: refused: .*\\[${WWW}\\]: acme: error: 403 :: CAA forbids; next try at \\d\\d:\\d\\d UTC$`),
    );
    const asked = [30, 70, 360, 380, 1270, 1290, 3590, 3610].filter((second) => {
      sandbox.sh(`echo $((1800000000 + ${second})) >/run/fake/now`);
      return round().ordered.length > 0;
    });
    expect(asked).toEqual([70, 380, 1290, 3610]);
  });

  test("asks at once where a certificate is gone that was there", () => {
    round();
    sandbox.sh("rm /run/fake/issued/*");
    expect(round().ordered).toEqual([WWW, APEX]);
  });

  test("says that a certificate has ended", () => {
    sandbox.sh(
      `touch /run/fake/issued/${WWW} /run/fake/issued/${APEX}; echo 'Jan 20 12:00:00 2026 GMT' >/run/fake/end`,
    );
    expect(round().status[0]).toBe(
      `${WWW}: expired on 2026-01-20 12:00 UTC, and was not renewed: Traefik gave no reason, see its log`,
    );
  });

  test("forgets an application that is gone, and takes a new name up", () => {
    round();
    sandbox.sh("echo 'name shop.example.org' >>/etc/homeport/certificates/blog");
    point({ ...RIGHT, "shop.example.org": EDGE });
    sandbox.sh("touch /run/fake/grants/shop.example.org");
    expect(round().ordered).toEqual(["shop.example.org"]);
    sandbox.sh("rm /etc/homeport/certificates/blog");
    round();
    expect(sandbox.sh("ls -A /run/homeport; cat /var/lib/homeport-certificates/tries")).toBe("");
  });

  test("ignores a request of an earlier run", () => {
    sandbox.sh("touch /etc/homeport/traefik/dynamic/certificate-gone.yaml");
    round();
    expect(sandbox.sh("ls -A /etc/homeport/traefik/dynamic")).toBe("");
  });
});
