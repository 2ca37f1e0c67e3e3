import { spawnSync } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";

import { DnsRecord } from "./record";
import { cloudflareApi } from "./server";
import { RecordStore } from "./store";
import { renderZone } from "./zone";

/** The service as it runs on the lab's `dns` host: records in a file, and as a zone that Unbound serves. */
const DIRECTORY = "/var/lib/homeport-lab";

/** The port of the API on the `dns` host. */
const PORT = 8787;

function publish(domain: string, address: string, records: readonly DnsRecord[]): void {
  const zone = `${DIRECTORY}/zone`;
  writeFileSync(`${zone}.new`, renderZone(domain, address, records, Math.floor(Date.now() / 1000)));
  renameSync(`${zone}.new`, zone);
  // At boot Unbound is not there yet and reads the file when it starts.
  spawnSync("unbound-control", ["auth_zone_reload", `${domain}.`], { stdio: "ignore" });
}

const { DOMAIN = "", ADDRESS = "", ZONE_ID = "" } = process.env;
const records = new RecordStore(`${DIRECTORY}/records.json`, (all) => {
  publish(DOMAIN, ADDRESS, all);
});
cloudflareApi({ id: ZONE_ID, domain: DOMAIN, records }).listen(PORT, "0.0.0.0");
