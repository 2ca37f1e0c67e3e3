/** What a lab can have beside the site's machines: a database server and an object storage, as a provider would run them. */
export const SERVICE_NAMES = ["db", "s3"] as const;

/** One of them; the name is its host's. */
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** Names by which the stack reaches them. They are the same in every lab, so that the committed settings can say them. */
export const SERVICE_DOMAINS: Readonly<Record<ServiceName, string>> = { db: "db.lab.test", s3: "s3.lab.test" };

/**
 * The site's own part of each. The passwords are the same in every lab and no secrets: Pulumi.scale.yaml has them too, encrypted with the
 * passphrase of the lab's stacks, as yours would.
 */
export const DATABASE = { name: "weblog", user: "weblog", password: "homeport-lab-database-7Qm2" } as const;

/** The bucket of the site. */
export const BUCKET = "weblog";

/** What the storage calls its region. */
export const REGION = "us-east-1";

/** The keys of the storage; they have the form of Amazon's. */
export const STORAGE_KEYS = {
  access: "HOMEPORTLAB00ACCESS0",
  secret: "homeport-lab-storage-0123456789abcdefghi",
} as const;

/** What anyone may read without a signature; the rest of the bucket is for who has the keys. */
export const PUBLIC_PREFIX = "static/";
