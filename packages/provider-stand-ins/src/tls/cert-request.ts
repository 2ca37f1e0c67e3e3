import { createHash } from "node:crypto";

import { BridgedResource } from "../support/bridged";
import { asText } from "../support/values";
import { algorithmOf, readPrivateKey, requestCertificate } from "./certificate";
import { HOLDER_ATTRIBUTES, holderOf } from "./holder";

/** `tls.CertRequest`: every change of an input makes a new request. */
export const certRequestResource = new BridgedResource(
  {
    ...HOLDER_ATTRIBUTES,
    // The real plugin describes it here in more words than at the self-signed certificate.
    privateKeyPem: {
      ...HOLDER_ATTRIBUTES.privateKeyPem,
      required: `${HOLDER_ATTRIBUTES.privateKeyPem.required} This can be read from a separate file using the \`file\` interpolation function.`,
    },
    id: { computed: true },
    certRequestPem: { computed: true },
  },
  {
    async create(plan) {
      const privateKeyPem = asText(plan.privateKeyPem);
      const { pem, der } = await requestCertificate(privateKeyPem, holderOf(plan));
      const id = createHash("sha1").update(withoutTrailingSpace(der)).digest("hex");
      const keyAlgorithm = algorithmOf(readPrivateKey(privateKeyPem));
      return { id, computed: { id, certRequestPem: pem, keyAlgorithm } };
    },
  },
);

/** The real plugin takes the bytes for a text and trims it before it makes the id. */
function withoutTrailingSpace(der: Uint8Array): Uint8Array {
  const last = der.at(-1);
  const space = last === 0x20 || (last !== undefined && last >= 0x09 && last <= 0x0d);
  return space ? withoutTrailingSpace(der.subarray(0, -1)) : der;
}
