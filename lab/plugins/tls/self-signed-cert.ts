import { randomBytes } from "node:crypto";

import { BridgedResource } from "../support/bridged";
import type { PropertyMap, PropertyValue } from "../support/values";
import { asText, isMap } from "../support/values";
import { algorithmOf, readPrivateKey, selfSign } from "./certificate";

/** Milliseconds in an hour: the periods of a certificate are given in hours. */
const HOUR = 3_600_000;

/** Parts of a subject: the names here and in the certificate, in the order in which Go's library writes them. */
const SUBJECT_PARTS = [
  ["country", "C"],
  ["organization", "O"],
  ["organizationalUnit", "OU"],
  ["locality", "L"],
  ["province", "ST"],
  ["streetAddresses", "2.5.4.9"],
  ["postalCode", "2.5.4.17"],
  ["commonName", "CN"],
  ["serialNumber", "2.5.4.5"],
] as const;

/** Switches that are off where the state does not name them. */
const SWITCHES = ["isCaCertificate", "setAuthorityKeyId", "setSubjectKeyId"] as const;

/** `tls.SelfSignedCert`: everything but `earlyRenewalHours` makes a new certificate, and so does the coming end of the old. */
export const selfSignedCertResource = new BridgedResource(
  {
    allowedUses: {
      required:
        "List of key usages allowed for the issued certificate. Values are defined in " +
        "[RFC 5280](https://datatracker.ietf.org/doc/html/rfc5280) and combine flags defined by both " +
        "[Key Usages](https://datatracker.ietf.org/doc/html/rfc5280#section-4.2.1.3) and " +
        "[Extended Key Usages](https://datatracker.ietf.org/doc/html/rfc5280#section-4.2.1.12).",
      replaces: true,
    },
    dnsNames: { replaces: true },
    earlyRenewalHours: { default: 0 },
    ipAddresses: { replaces: true },
    isCaCertificate: { default: false, replaces: true },
    maxPathLength: { computed: true, replaces: true },
    privateKeyPem: {
      required:
        "Private key in [PEM (RFC 1421)](https://datatracker.ietf.org/doc/html/rfc1421) format, " +
        "that the certificate will belong to.",
      replaces: true,
      secret: true,
    },
    readyForRenewal: { default: false, replaces: (ready) => ready === true },
    setAuthorityKeyId: { default: false, replaces: true },
    setSubjectKeyId: { default: false, replaces: true },
    subject: { replaces: true },
    uris: { replaces: true },
    validityPeriodHours: {
      required: "Number of hours, after initial issuing, that the certificate will remain valid for.",
      replaces: true,
    },
    id: { computed: true },
    certPem: { computed: true },
    keyAlgorithm: { computed: true },
    validityEndTime: { computed: true },
    validityStartTime: { computed: true },
  },
  { create, adjust },
);

function adjust(plan: PropertyMap, state: PropertyMap | undefined): PropertyMap {
  if (state === undefined) return plan;
  const absent = SWITCHES.filter((name) => state[name] === undefined && plan[name] === false);
  const kept = Object.entries(plan).filter(([name]) => !absent.some((other) => other === name));
  const renewal = Date.parse(asText(state.validityEndTime)) - Number(plan.earlyRenewalHours) * HOUR;
  return { ...Object.fromEntries(kept), readyForRenewal: Date.now() >= renewal };
}

async function create(plan: PropertyMap): Promise<{ id: string; computed: PropertyMap }> {
  const notBefore = new Date();
  const notAfter = new Date(notBefore.getTime() + Number(plan.validityPeriodHours) * HOUR);
  const serialNumber = randomBytes(16).toString("hex");
  const privateKeyPem = asText(plan.privateKeyPem);
  const certPem = await selfSign({
    privateKeyPem,
    subject: subjectOf(plan.subject),
    dnsNames: texts(plan.dnsNames),
    ipAddresses: texts(plan.ipAddresses),
    uris: texts(plan.uris),
    allowedUses: texts(plan.allowedUses),
    serialNumber,
    notBefore,
    notAfter,
    isCa: plan.isCaCertificate === true,
    maxPathLength:
      plan.isCaCertificate === true && typeof plan.maxPathLength === "number" ? plan.maxPathLength : undefined,
    setSubjectKeyId: plan.setSubjectKeyId === true,
    setAuthorityKeyId: plan.setAuthorityKeyId === true,
  });
  const id = BigInt(`0x${serialNumber}`).toString();
  return {
    id,
    computed: {
      id,
      certPem,
      keyAlgorithm: algorithmOf(readPrivateKey(privateKeyPem)),
      validityStartTime: notBefore.toISOString(),
      validityEndTime: notAfter.toISOString(),
    },
  };
}

function texts(value: PropertyValue | undefined): string[] {
  return Array.isArray(value) ? value.map((item) => asText(item)) : [];
}

function subjectOf(subject: PropertyValue | undefined): [string, string][] {
  if (!isMap(subject)) return [];
  return SUBJECT_PARTS.flatMap(([name, attribute]) => {
    const value = subject[name];
    const values = Array.isArray(value) ? texts(value) : value === undefined || value === null ? [] : [asText(value)];
    return values.map((text): [string, string] => [attribute, text]);
  });
}
