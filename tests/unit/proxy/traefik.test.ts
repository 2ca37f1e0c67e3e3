import { parse } from "yaml";

import { publicContainer, TraefikSettings, traefikSecrets, traefikSpec } from "../../../components/proxy/traefik";
import { CERTIFICATE, CERTIFICATE_KEY, DASHBOARD, TRAEFIK } from "../../support/fixtures";

/** Traefik's settings of the authority. */
function acme(settings: Partial<TraefikSettings>) {
  const { files } = traefikSpec({ ...TRAEFIK, ...settings }, CERTIFICATE);
  const text = files.find(({ path }) => path.endsWith("/traefik.yaml"))?.text ?? "";
  const { certificatesResolvers } = parse(text) as {
    certificatesResolvers: { acme: { acme: { storage: string; certificatesDuration: number; caServer: string } } };
  };
  return certificatesResolvers.acme.acme;
}

describe("the life of a certificate, by which it is renewed", () => {
  test.each([
    ["nothing", {}, 1080],
    ["the profile classic", { profile: "classic" }, 1080],
    ["the profile tlsserver", { profile: "tlsserver" }, 1080],
    ["the profile shortlived", { profile: "shortlived" }, 160],
    ["a number of hours", { profile: "shortlived", lifetimeHours: 72 }, 72],
  ])("with %s in the settings", (_, settings, hours) => {
    expect(acme(settings).certificatesDuration).toBe(hours);
  });
});

const DNS_01 = { wildcard: undefined, apiUrl: undefined };
const WILDCARD = { ...DNS_01, wildcard: "example.org" };

describe("the storage of certificates", () => {
  const kinds: Partial<TraefikSettings>[] = [
    { directory: "staging" },
    { directory: "production" },
    { directory: "https://acme.test:14000/dir" },
    { directory: "https://acme.test:14000/other" },
    { directory: "production", profile: "shortlived" },
    { directory: "production", dnsChallenge: WILDCARD },
    { directory: "production", dnsChallenge: { ...WILDCARD, wildcard: "example.net" } },
  ];

  test("is another file for each authority, profile and wildcard", () => {
    expect(new Set(kinds.map((kind) => acme(kind).storage)).size).toBe(kinds.length);
  });

  test("stays the same when only the time of renewals changes", () => {
    expect(acme({ lifetimeHours: 72 }).storage).toBe(acme({}).storage);
  });
});

describe("with DNS-01", () => {
  const env = (dnsChallenge: TraefikSettings["dnsChallenge"]): readonly string[] =>
    publicContainer({ ...TRAEFIK, dnsChallenge }).environment;

  test("certificates from before stay in use", () => {
    expect(acme({ dnsChallenge: DNS_01 }).storage).toBe(acme({}).storage);
  });

  test("the proxy gets the path of its token, and the URL of an API that is not Cloudflare's own", () => {
    expect(env(undefined)).toEqual([]);
    expect(env(WILDCARD)).toEqual(["CF_DNS_API_TOKEN_FILE=/etc/traefik/secrets/dns-token"]);
    expect(env({ ...DNS_01, apiUrl: "https://api.test/client/v4" })).toContain(
      "CLOUDFLARE_BASE_URL=https://api.test/client/v4",
    );
  });

  test("the watch gets it, and the wildcard", () => {
    const watched = (dnsChallenge: TraefikSettings["dnsChallenge"]): string[] | undefined =>
      traefikSpec({ ...TRAEFIK, dnsChallenge }, CERTIFICATE)
        .files.find(({ path }) => path.endsWith("/certificates.conf"))
        ?.text.split("\n")
        .slice(2, -1);
    expect([undefined, DNS_01, WILDCARD].map(watched)).toEqual([
      [],
      ["challenge dns-01"],
      ["challenge dns-01", "wildcard example.org"],
    ]);
  });

  test("the token is a file that the proxy alone reads", () => {
    expect(traefikSecrets(CERTIFICATE_KEY, DASHBOARD, "TOKEN").files).toContainEqual({
      path: "/etc/homeport/traefik/secrets/dns-token",
      text: "TOKEN",
      mode: "0400",
      owner: "65532:65532",
    });
    expect(traefikSecrets(CERTIFICATE_KEY, DASHBOARD).files.map(({ path }) => path)).not.toContainEqual(
      expect.stringContaining("dns-token"),
    );
  });
});

describe("the proxy's secrets", () => {
  const { files } = traefikSecrets(CERTIFICATE_KEY, DASHBOARD);

  test("have the login of the dashboard in a file that the proxy alone reads", () => {
    expect(files).toContainEqual({
      path: "/etc/homeport/traefik/secrets/users",
      text: `${DASHBOARD.user}:${DASHBOARD.hash}`,
      mode: "0400",
      owner: "65532:65532",
    });
  });

  test("have no hash in a file that others read", () => {
    const readable = files.filter(({ mode }) => mode !== "0400");
    expect(readable.length).toBeGreaterThan(0);
    for (const { text } of readable) expect(text).not.toContain(DASHBOARD.hash);
  });
});
