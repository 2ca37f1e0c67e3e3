import { serve } from "../support/serve";
import { asText } from "../support/values";
import { configureApi } from "./api";
import { dnsRecordResource } from "./dns-record";
import { getDnsRecords } from "./dns-records";

void serve({
  name: "cloudflare",
  version: "6.17.0",
  acceptSecrets: false,
  resources: { "cloudflare:index/dnsRecord:DnsRecord": dnsRecordResource },
  invokes: { "cloudflare:index/getDnsRecords:getDnsRecords": getDnsRecords },
  configure({ apiToken, baseUrl }) {
    configureApi({ apiToken: asText(apiToken), baseUrl: asText(baseUrl) });
  },
});
