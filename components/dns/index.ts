/** Records of the site's names in a zone at Cloudflare, or as a list for you to enter. */
export { dnsChallenge } from "./challenge";
export type { DnsChallenge } from "./challenge";
export { CloudflareFault } from "./cloudflare-fault";
export { isProxied, proxyRanges } from "./cloudflare-ranges";
export { Dns } from "./dns";
export { caaIssuer } from "./entries";
export { stateOfRecords } from "./known-records";
export type { StateOfRecords } from "./known-records";
export { planRecords } from "./plan";
export type { DnsPlan } from "./plan";
export { recordLine, recordMark } from "./record-mark";
export { API_TOKEN, listRecords, zoneApi } from "./zone-client";
export type { ZoneRecord } from "./zone-page";
