import { BridgedResource } from "../support/bridged";
import { asText } from "../support/values";
import { algorithmOf, readPrivateKey, selfSign } from "./certificate";
import { HOLDER_ATTRIBUTES, holderOf } from "./holder";
import { adjust, issued, newTerms, TERMS_ATTRIBUTES } from "./terms";

/** `tls.SelfSignedCert`: a certificate whose holder is its own authority. */
export const selfSignedCertResource = new BridgedResource(
  { ...TERMS_ATTRIBUTES, ...HOLDER_ATTRIBUTES, setAuthorityKeyId: { default: false, replaces: true } },
  {
    async create(plan) {
      const terms = { ...newTerms(plan), setAuthorityKeyId: plan.setAuthorityKeyId === true };
      const privateKeyPem = asText(plan.privateKeyPem);
      const { id, computed } = issued(terms, await selfSign(privateKeyPem, holderOf(plan), terms));
      return { id, computed: { ...computed, keyAlgorithm: algorithmOf(readPrivateKey(privateKeyPem)) } };
    },
    adjust,
  },
);
