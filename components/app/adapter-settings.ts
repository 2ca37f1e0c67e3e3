import { DATA } from "./contract";

/** A bucket of an S3 API, for uploads. */
export interface ObjectStorage {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  /** Where browsers find the files; undefined: at the endpoint. */
  readonly publicUrl?: string | undefined;
  /** Whether URLs of uploads are signed and expire. */
  readonly signed: boolean;
  /** ACL of each file that visitors may read; undefined: the bucket's policy decides. */
  readonly acl?: "public-read" | undefined;
  /** PEM of the authority that signed the endpoint's certificate; undefined: a public one did. */
  readonly caPem: string | undefined;
}

/** What the adapter in the application's containers knows of the site; `adapter/README.md` describes it. */
export interface AdapterSettings {
  /** Name of the application on the servers. */
  readonly app: string;
  readonly adminUser: string;
  /** Paths of the admin. */
  readonly adminPath: readonly string[];
  /** Names of the admin, besides those of the site. */
  readonly adminHosts: readonly string[];
  /** How long, and for which names, browsers insist on HTTPS. */
  readonly hsts: { readonly seconds: number; readonly includeSubdomains: boolean; readonly preload: boolean };
  /** Lowest level that is logged, such as INFO. */
  readonly logLevel: string;
  /** The database in use, and whether PostgreSQL runs beside SQLite. */
  readonly engine: "sqlite" | "postgresql";
  readonly postgres: boolean;
  /** Undefined: files are kept in the volume. */
  readonly storage: ObjectStorage | undefined;
  /** Paths inside the containers that are kept, besides /data. */
  readonly volumes: readonly string[];
  /** Largest body of a visitor who is not logged in, of 2^20 bytes each. */
  readonly publicUploadMaxMb: number;
  /** Parts of the adapter that set nothing over; "all": there is no adapter. */
  readonly adapter: "all" | readonly string[];
}

/** The text of HOMEPORT_SITE. */
export function renderSite(settings: AdapterSettings, hosts: readonly string[], trustedProxies: string): string {
  const { app, adminUser, adminPath, adminHosts, hsts, logLevel, engine, postgres, storage, volumes } = settings;
  const { publicUploadMaxMb, adapter } = settings;
  return JSON.stringify({
    app,
    hosts: hosts.filter((host) => !adminHosts.includes(host)),
    adminHosts,
    adminPaths: adminPath,
    adminUser,
    proxies: trustedProxies.split(","),
    hsts,
    logLevel,
    data: DATA,
    volumes,
    database: { engine, both: postgres },
    publicUploadMb: publicUploadMaxMb,
    storage: storage === undefined ? null : storageOf(storage),
    keep: adapter === "all" ? [] : adapter,
  });
}

function storageOf({ endpoint, bucket, region, publicUrl, signed, acl }: ObjectStorage): object {
  return { endpoint, bucket, region, publicUrl: publicUrl ?? null, signed, acl: acl ?? null };
}
