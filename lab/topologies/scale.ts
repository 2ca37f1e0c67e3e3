import { PI_PLATFORM } from "../platform";
import { BUCKET, REGION, SERVICE_DOMAINS } from "../services/service";
import type { LabTopology } from "./lab-topology";

/** Three servers behind the edge, two of them at a provider's, with a database and an object storage that are somebody else's. */
export const SCALE: LabTopology = {
  name: "scale",
  stack: "scale",
  suffix: "-scale",
  hosts: ["dns", "router", "acme", "db", "s3", "vps", "pi", "one", "two", "visitor"],
  servers: [
    { name: "pi", platform: PI_PLATFORM },
    { name: "one", platform: "linux/amd64", place: "public" },
    { name: "two", platform: "linux/amd64", place: "public" },
  ],
  programs: ["pebble", "versitygw"],
  services: ["db", "s3"],
  settings: (caFile) => ({
    database: { engine: "postgresql", caFile },
    storage: {
      endpoint: `https://${SERVICE_DOMAINS.s3}`,
      bucket: BUCKET,
      region: REGION,
      // Static files are anyone's to read, uploads have an address for an hour.
      publicUrl: `https://${SERVICE_DOMAINS.s3}/${BUCKET}`,
      signed: true,
      caFile,
    },
  }),
};
