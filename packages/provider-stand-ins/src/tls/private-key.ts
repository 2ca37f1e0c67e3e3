import { BridgedResource } from "../support/bridged";
import { asText } from "../support/values";
import { newKeyPair } from "./key-pair";

/** `tls.PrivateKey`: every change of an input makes a new key. */
export const privateKeyResource = new BridgedResource(
  {
    algorithm: {
      required:
        "Name of the algorithm to use when generating the private key. " +
        "Currently-supported values are: `RSA`, `ECDSA`, `ED25519`. ",
      oneOf: ["RSA", "ECDSA", "ED25519"],
      replaces: true,
    },
    ecdsaCurve: { default: "P224", oneOf: ["P224", "P256", "P384", "P521"], replaces: true },
    rsaBits: { default: 2048, replaces: true },
    id: { computed: true },
    privateKeyOpenssh: { computed: true, secret: true },
    privateKeyPem: { computed: true, secret: true },
    privateKeyPemPkcs8: { computed: true, secret: true },
    publicKeyFingerprintMd5: { computed: true },
    publicKeyFingerprintSha256: { computed: true },
    publicKeyOpenssh: { computed: true },
    publicKeyPem: { computed: true },
  },
  {
    create(plan) {
      const forms = newKeyPair(asText(plan.algorithm), asText(plan.ecdsaCurve), Number(plan.rsaBits));
      return { id: forms.id, computed: { ...forms } };
    },
    // The real plugin reads the key again out of a state before it compares, and fails on one that is none.
    adjust(plan, state) {
      if (typeof state?.privateKeyPem === "string" && !state.privateKeyPem.includes("-----BEGIN ")) {
        const length = Buffer.byteLength(state.privateKeyPem);
        throw new Error(
          `Unable to parse key from PEM: failed to decode PEM block: decoded bytes 0, undecoded ${length}`,
        );
      }
      return plan;
    },
  },
);
