import { randomBytes } from "node:crypto";

import type { Attribute } from "../support/bridged";
import type { PropertyMap } from "../support/values";
import { asText } from "../support/values";
import type { Terms } from "./certificate";
import { texts } from "./holder";

/** Milliseconds in an hour: the periods of a certificate are given in hours. */
const HOUR = 3_600_000;

/** Switches that are off where the state does not name them. */
const SWITCHES = ["isCaCertificate", "setAuthorityKeyId", "setSubjectKeyId"] as const;

/**
 * The properties of a certificate that its authority decides. All but `earlyRenewalHours` make a new certificate,
 * and so does the coming end of the old.
 */
export const TERMS_ATTRIBUTES = {
  allowedUses: {
    required:
      "List of key usages allowed for the issued certificate. Values are defined in " +
      "[RFC 5280](https://datatracker.ietf.org/doc/html/rfc5280) and combine flags defined by both " +
      "[Key Usages](https://datatracker.ietf.org/doc/html/rfc5280#section-4.2.1.3) and " +
      "[Extended Key Usages](https://datatracker.ietf.org/doc/html/rfc5280#section-4.2.1.12).",
    replaces: true,
  },
  earlyRenewalHours: { default: 0 },
  isCaCertificate: { default: false, replaces: true },
  maxPathLength: { computed: true, replaces: true },
  readyForRenewal: { default: false, replaces: (ready) => ready === true },
  setSubjectKeyId: { default: false, replaces: true },
  validityPeriodHours: {
    required: "Number of hours, after initial issuing, that the certificate will remain valid for.",
    replaces: true,
  },
  id: { computed: true },
  certPem: { computed: true },
  validityEndTime: { computed: true },
  validityStartTime: { computed: true },
} as const satisfies Readonly<Record<string, Attribute>>;

/** Sets `readyForRenewal` by the clock, and leaves out a switch that is off and that the state does not know. */
export function adjust(plan: PropertyMap, state: PropertyMap | undefined): PropertyMap {
  if (state === undefined) return plan;
  const absent = SWITCHES.filter((name) => state[name] === undefined && plan[name] === false);
  const kept = Object.entries(plan).filter(([name]) => !absent.some((other) => other === name));
  const renewal = Date.parse(asText(state.validityEndTime)) - Number(plan.earlyRenewalHours) * HOUR;
  return { ...Object.fromEntries(kept), readyForRenewal: Date.now() >= renewal };
}

/** The terms of a new certificate that begins now. */
export function newTerms(plan: PropertyMap): Terms {
  const notBefore = new Date();
  const isCa = plan.isCaCertificate === true;
  return {
    allowedUses: texts(plan.allowedUses),
    serialNumber: randomBytes(16).toString("hex"),
    notBefore,
    notAfter: new Date(notBefore.getTime() + Number(plan.validityPeriodHours) * HOUR),
    isCa,
    maxPathLength: isCa && typeof plan.maxPathLength === "number" ? plan.maxPathLength : undefined,
    setSubjectKeyId: plan.setSubjectKeyId === true,
  };
}

/** What both kinds of certificate tell of themselves. */
export function issued(terms: Terms, certPem: string): { id: string; computed: PropertyMap } {
  const id = BigInt(`0x${terms.serialNumber}`).toString();
  return {
    id,
    computed: {
      id,
      certPem,
      validityStartTime: terms.notBefore.toISOString(),
      validityEndTime: terms.notAfter.toISOString(),
    },
  };
}
