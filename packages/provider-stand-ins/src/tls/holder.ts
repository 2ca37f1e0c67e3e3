import type { Attribute } from "../support/bridged";
import type { PropertyMap, PropertyValue } from "../support/values";
import { asText, isMap } from "../support/values";
import type { Holder } from "./certificate";

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

/** The properties that say whom a certificate is for; a change of any makes a new one. */
export const HOLDER_ATTRIBUTES = {
  dnsNames: { replaces: true },
  ipAddresses: { replaces: true },
  privateKeyPem: {
    required:
      "Private key in [PEM (RFC 1421)](https://datatracker.ietf.org/doc/html/rfc1421) format, " +
      "that the certificate will belong to.",
    replaces: true,
    secret: true,
  },
  subject: { replaces: true },
  uris: { replaces: true },
  keyAlgorithm: { computed: true },
} as const satisfies Readonly<Record<string, Attribute>>;

/** Reads them out of a plan. */
export function holderOf(plan: PropertyMap): Holder {
  return {
    subject: subjectOf(plan.subject),
    dnsNames: texts(plan.dnsNames),
    ipAddresses: texts(plan.ipAddresses),
    uris: texts(plan.uris),
  };
}

/** A list of texts; empty where there is none. */
export function texts(value: PropertyValue | undefined): string[] {
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
