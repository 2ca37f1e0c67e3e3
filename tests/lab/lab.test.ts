import { provideLab } from "../support/lab";
import { badDeployTests, badLuckTests } from "./bad-luck";
import { destroyTests } from "./destroy";
import { driftTests } from "./drift";
import { failedDeployTests } from "./failed-deploy";
import { adminCommandTests } from "./guide-one/admin";
import { browserTests } from "./guide-one/browser";
import { certificateTests } from "./guide-one/certificates";
import { checklistTests } from "./guide-one/checklist";
import { containerTests } from "./guide-one/containers";
import { databaseTests } from "./guide-one/database";
import { dnsChallengeTests } from "./guide-one/dns-challenge";
import { dnsTests } from "./guide-one/dns";
import { environmentTests } from "./guide-one/environments";
import { gunicornTests } from "./guide-one/gunicorn";
import { imageTests } from "./guide-one/image";
import { piTests } from "./guide-one/pi";
import { staticMediaTests } from "./guide-one/static-media";
import { templateTests } from "./guide-one/template";
import { tlsTests } from "./guide-one/tls";
import { traefikTests } from "./guide-one/traefik";
import { vpsTests } from "./guide-one/vps";
import { wireguardTests } from "./guide-one/wireguard";
import { idleTests } from "./idle";
import { interruptionTests } from "./interruptions";
import { lockoutTests } from "./lockout";
import { ownershipTests } from "./ownership";
import { portTests } from "./ports";
import { postTests } from "./post";
import { restartTests } from "./restart";
import { secretTests } from "./secrets";
import { settingsChangeTests } from "./settings-change";
import { adminTests, siteTests } from "./site";
import { tunnelFilterTests } from "./tunnel-filter";
import { twoUpsTests } from "./two-ups";
import { unreachableTests } from "./unreachable";
import { visitorAddressTests } from "./visitor-address";

/** Milliseconds. On an empty cache the toolchain is built first. */
const FIRST_LAB = 45 * 60_000;

/** Milliseconds one test may take; every wait inside has a shorter deadline of its own. */
const ONE_TEST = 10 * 60_000;

jest.setTimeout(ONE_TEST);

// The lab is one, and what is done to it has an order: looking comes first, what is broken on purpose later, and at the end all of it is removed
// and made again. So there is one sequence and not a file for each part, which jest would run in an order of its own.
describe("the lab", () => {
  beforeAll(provideLab, FIRST_LAB);

  describe("the site", siteTests);
  describe("the admin", adminTests);
  describe("the address that Django sees", visitorAddressTests);
  describe("a post", postTests);
  describe("an idle stack", idleTests);
  describe("a changed setting", settingsChangeTests);
  describe("what is open", portTests);
  describe("the tunnel", tunnelFilterTests);
  describe("a host", ownershipTests);
  describe("what was changed by hand", driftTests);
  describe("a machine that does not answer", unreachableTests);
  describe("guide one: Traefik", traefikTests);
  describe("TLS", tlsTests);
  describe("guide one: certificates", certificateTests);
  describe("certificates by records of the DNS", dnsChallengeTests);
  describe("guide one: deployment checklist", checklistTests);
  describe("guide one: static and media", staticMediaTests);
  describe("guide one: containers", containerTests);
  describe("guide one: database", databaseTests);
  describe("guide one: Gunicorn", gunicornTests);
  describe("guide one: image", imageTests);
  describe("guide one: browser", browserTests);
  describe("guide one: DNS", dnsTests);
  describe("guide one: pulumi new", templateTests);
  describe("guide one: VPS", vpsTests);
  describe("guide one: WireGuard", wireguardTests);
  describe("guide one: Pi", piTests);
  describe("guide one: admin", adminCommandTests);
  describe("guide one: environments", environmentTests);
  describe("a restart", restartTests);
  describe("a lockout", lockoutTests);
  describe("bad luck:", badLuckTests);
  describe("bad luck in the middle of a deploy:", badDeployTests);
  describe("a failed deploy", failedDeployTests);
  describe("two deploys at once", twoUpsTests);
  describe("an update that is cut off", interruptionTests);
  describe("secrets", secretTests);
  describe("destroy", destroyTests);
});
