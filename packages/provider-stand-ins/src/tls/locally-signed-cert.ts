import { BridgedResource } from "../support/bridged";
import { asText } from "../support/values";
import { algorithmOf, readPrivateKey, signRequest } from "./certificate";
import { adjust, issued, newTerms, TERMS_ATTRIBUTES } from "./terms";

/** How the real plugin names the form of its texts. */
const PEM = "in [PEM (RFC 1421)](https://datatracker.ietf.org/doc/html/rfc1421) format.";

/** `tls.LocallySignedCert`: what a request asks for, signed by an authority whose key is at hand. */
export const locallySignedCertResource = new BridgedResource(
  {
    ...TERMS_ATTRIBUTES,
    caCertPem: { required: `Certificate data of the Certificate Authority (CA) ${PEM}`, replaces: true },
    caPrivateKeyPem: {
      required: `Private key of the Certificate Authority (CA) used to sign the certificate, ${PEM}`,
      replaces: true,
      secret: true,
    },
    certRequestPem: { required: `Certificate request data ${PEM}`, replaces: true },
    caKeyAlgorithm: { computed: true },
  },
  {
    async create(plan) {
      const terms = newTerms(plan);
      const privateKeyPem = asText(plan.caPrivateKeyPem);
      const authority = { certificatePem: asText(plan.caCertPem), privateKeyPem };
      const { id, computed } = issued(terms, await signRequest(asText(plan.certRequestPem), authority, terms));
      return { id, computed: { ...computed, caKeyAlgorithm: algorithmOf(readPrivateKey(privateKeyPem, "CA ")) } };
    },
    adjust,
  },
);
