import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

import { ApiError, DnsRecord, RecordInput, contentOf } from "./record";

/** The types that say where a name leads; a CNAME tolerates no other of them. */
const ADDRESSES: readonly string[] = ["A", "AAAA", "CNAME"];

/** The records of one zone, kept in a file. */
export class RecordStore {
  private records: DnsRecord[];

  /** Reads what is there. `onChange` is called after each change, before its answer is sent. */
  constructor(
    private readonly path: string,
    private readonly onChange: (records: readonly DnsRecord[]) => void,
  ) {
    this.records = read(path);
    onChange(this.records);
  }

  /** All records, or those that match every given field exactly. */
  list(filter: Partial<Pick<DnsRecord, "name" | "type" | "content">>): DnsRecord[] {
    return this.records.filter(
      (record) =>
        (filter.name ?? record.name) === record.name &&
        (filter.type ?? record.type) === record.type &&
        (filter.content ?? record.content) === record.content,
    );
  }

  /** One record. */
  get(id: string): DnsRecord {
    const record = this.records.find((candidate) => candidate.id === id);
    if (record === undefined) {
      throw new ApiError(404, 81044, "Record does not exist.");
    }
    return record;
  }

  /** Makes a record. */
  create(input: RecordInput): DnsRecord {
    this.refuseConflict(input);
    const now = new Date().toISOString();
    const record = recordOf(randomBytes(16).toString("hex"), input, now, now);
    this.save([...this.records, record]);
    return record;
  }

  /** Replaces a record as a whole. */
  replace(id: string, input: RecordInput): DnsRecord {
    const old = this.get(id);
    this.refuseConflict(input, id);
    const record = recordOf(id, input, old.created_on, new Date().toISOString());
    this.save(this.records.map((candidate) => (candidate.id === id ? record : candidate)));
    return record;
  }

  /** Removes a record. */
  remove(id: string): void {
    const gone = this.get(id);
    this.save(this.records.filter((candidate) => candidate !== gone));
  }

  /** Cloudflare refuses a CNAME beside an address and the same record again; a second address of a name it takes. */
  private refuseConflict(input: RecordInput, self?: string): void {
    const others = this.records.filter((record) => record.id !== self && record.name === input.name);
    if (others.some((record) => record.type === input.type && record.content === contentOf(input))) {
      throw new ApiError(400, 81058, "An identical record already exists.");
    }
    if (input.type === "CNAME" && others.some((record) => ADDRESSES.includes(record.type))) {
      throw new ApiError(400, 81053, "An A, AAAA, or CNAME record with that host already exists.");
    }
    if (ADDRESSES.includes(input.type) && others.some((record) => record.type === "CNAME")) {
      throw new ApiError(400, 81054, "A CNAME record with that host already exists.");
    }
  }

  private save(records: DnsRecord[]): void {
    this.records = records;
    writeFileSync(`${this.path}.new`, JSON.stringify(records, undefined, 2));
    renameSync(`${this.path}.new`, this.path);
    this.onChange(records);
  }
}

function recordOf(id: string, input: RecordInput, created: string, modified: string): DnsRecord {
  return {
    id,
    name: input.name,
    type: input.type,
    content: contentOf(input),
    ttl: input.proxied === true ? 1 : input.ttl,
    proxied: input.proxied ?? false,
    proxiable: ADDRESSES.includes(input.type),
    comment: input.comment ?? null,
    tags: input.tags ?? [],
    settings: input.settings ?? {},
    meta: {},
    ...(input.priority === undefined ? {} : { priority: input.priority }),
    ...(input.data === undefined ? {} : { data: input.data }),
    created_on: created,
    modified_on: modified,
  };
}

function read(path: string): DnsRecord[] {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as DnsRecord[]) : [];
}
