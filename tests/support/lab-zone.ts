import { ZONE_ID } from "../../lab/domain";
import { Lab } from "./lab";

/** A record as somebody enters it. */
export interface NewRecord {
  readonly type: string;
  readonly name: string;
  readonly content: string;
  readonly comment?: string;
}

/** A record as the zone has it. */
interface ZoneRecord extends NewRecord {
  readonly proxied: boolean;
  readonly ttl: number;
}

/** Seconds; short, so that nobody remembers a record of a test. */
const TTL = 60;

/** The lab's zone at its DNS provider, as its owner has it in the dashboard: whatever Pulumi knows of it. */
export class LabZone {
  private readonly url: string;
  private readonly headers: Readonly<Record<string, string>>;

  public constructor({ addresses, stack }: Lab) {
    this.url = `http://${addresses.dns}:8787/client/v4/zones/${ZONE_ID}/dns_records`;
    this.headers = { authorization: `Bearer ${stack.env["CLOUDFLARE_API_TOKEN"] ?? ""}` };
  }

  /** Gives the new record's id. */
  public async add(record: NewRecord): Promise<string> {
    const body = JSON.stringify({ ...record, ttl: TTL });
    const answer = await fetch(this.url, { method: "POST", headers: this.headers, body });
    if (!answer.ok) throw new Error(`the zone took no record: ${await answer.text()}`);
    return ((await answer.json()) as { result: { id: string } }).result.id;
  }

  /** Does something while the zone has one record more. */
  public async with<T>(record: NewRecord, action: () => Promise<T>): Promise<T> {
    const id = await this.add(record);
    try {
      return await action();
    } finally {
      await fetch(`${this.url}/${id}`, { method: "DELETE", headers: this.headers });
    }
  }

  /** Gives the first record of a name and type another content. */
  public async change(name: string, type: string, content: string): Promise<void> {
    const found = await fetch(`${this.url}?name=${name}&type=${type}`, { headers: this.headers });
    const [record] = ((await found.json()) as { result: readonly { id: string }[] }).result;
    const body = JSON.stringify({ content });
    const answer = await fetch(`${this.url}/${record?.id ?? ""}`, { method: "PATCH", headers: this.headers, body });
    if (!answer.ok) throw new Error(`the zone took no change of ${name}: ${await answer.text()}`);
  }

  /** All records of a type. */
  public async records(type: string): Promise<readonly ZoneRecord[]> {
    const answer = await fetch(`${this.url}?type=${type}`, { headers: this.headers });
    return ((await answer.json()) as { result: readonly ZoneRecord[] }).result;
  }

  /** What the records of a name and type say, sorted. */
  public async contents(name: string, type: string): Promise<string[]> {
    const answer = await fetch(`${this.url}?name=${name}&type=${type}`, { headers: this.headers });
    const { result } = (await answer.json()) as { result: readonly NewRecord[] };
    return result.map(({ content }) => content).sort();
  }
}
