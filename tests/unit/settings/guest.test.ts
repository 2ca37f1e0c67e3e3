import { readGuestSettings } from "../../../settings/load";
import { SECRET } from "../../../settings/secrets";
import { changed } from "../../support/settings";

describe("a stack on the machines of another one", () => {
  const GUEST = { host: { stack: "production" }, domain: "staging.example.org", dns: { provider: "none" } };
  const guestFaults = (values: Record<string, unknown>): string => {
    try {
      readGuestSettings(values);
      return "";
    } catch (error) {
      return String(error);
    }
  };

  test("needs a few settings only", () => {
    expect(readGuestSettings(GUEST)).toMatchObject({
      host: { stack: "production" },
      hosts: ["www.staging.example.org", "staging.example.org"],
      app: { memoryMb: 512 },
    });
  });

  test("takes the empty values that Pulumi.yaml gives what it leaves out", () => {
    const empty = { edge: {}, servers: [], tunnel: {}, tls: {}, images: {} };
    expect(readGuestSettings({ ...GUEST, ...empty })).toEqual(readGuestSettings(GUEST));
  });

  test.each([
    ["edge", { address: "198.51.100.10" }],
    ["servers", [{}]],
    ["tunnel", { port: 443 }],
    ["tls", { email: "operator@example.org" }],
    ["dnsToken", SECRET],
    ["images/traefik", "traefik:v3.7.13"],
  ])("may not set %s: that is reported in one line", (at, value) => {
    expect(guestFaults(changed(GUEST, at, value))).toContain(
      ` has 1 fault(s):\n  ${at.replace("/", ".")}: ${typeof value === "string" && value !== SECRET ? `"${value}" ` : ""}is set by the stack in host.stack: remove it here, or change it there\n`,
    );
  });

  test.each(["a b", "a/b/c/d", "../x y"])("fails where '%s' stands for the stack", (stack) => {
    expect(guestFaults({ ...GUEST, host: { stack } })).toContain(
      `  host.stack: "${stack}" is not the name of a stack, such as `,
    );
  });
});
