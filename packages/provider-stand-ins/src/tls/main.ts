import { serve } from "../support/serve";
import { certRequestResource } from "./cert-request";
import { locallySignedCertResource } from "./locally-signed-cert";
import { privateKeyResource } from "./private-key";
import { selfSignedCertResource } from "./self-signed-cert";

void serve({
  name: "tls",
  version: "5.5.1",
  acceptSecrets: false,
  resources: {
    "tls:index/certRequest:CertRequest": certRequestResource,
    "tls:index/locallySignedCert:LocallySignedCert": locallySignedCertResource,
    "tls:index/privateKey:PrivateKey": privateKeyResource,
    "tls:index/selfSignedCert:SelfSignedCert": selfSignedCertResource,
  },
});
