import { parse } from "yaml";

import { TraefikSettings, traefikSecrets, traefikSpec } from "../../components/traefik";
import { CERTIFICATE, CERTIFICATE_KEY, DASHBOARD, TRAEFIK } from "../support/fixtures";

/** What Traefik is told about the authority. */
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

describe("the storage of certificates", () => {
  const kinds: Partial<TraefikSettings>[] = [
    { directory: "staging" },
    { directory: "production" },
    { directory: "https://acme.test:14000/dir" },
    { directory: "https://acme.test:14000/other" },
    { directory: "production", profile: "shortlived" },
  ];

  test("is another file for each authority and profile", () => {
    expect(new Set(kinds.map((kind) => acme(kind).storage)).size).toBe(kinds.length);
  });

  test("stays the same when only the time of renewals changes", () => {
    expect(acme({ lifetimeHours: 72 }).storage).toBe(acme({}).storage);
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
