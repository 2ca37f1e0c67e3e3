import execa from "execa";

import { LabMachine } from "./lab-machine";

/** An answer over HTTP. */
export interface Page {
  /** Of HTTP, such as `2`. */
  readonly version: string;
  readonly status: number;
  /** By name in lower case; of repeated headers the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Seconds a page may take; processors are emulated. */
const PAGE_SECONDS = 20;

/** A page as the visitor gets it with curl: by the name servers and the authorities it has. Every redirect is an answer of its own. */
export async function visit(visitor: LabMachine, url: string, ...options: string[]): Promise<Page> {
  const words = [...OPTIONS, ...options, url].map((word) => `'${word}'`).join(" ");
  return readPage(await visitor.run(`curl ${words}`));
}

/** A page as somebody at home gets it, whose workstation this machine is. Who answers is not checked: at home it is the default certificate. */
export async function visitFromHome(url: string, ...options: string[]): Promise<Page> {
  const { stdout } = await execa("curl", [...OPTIONS, "--insecure", ...options, url], { stripFinalNewline: false });
  return readPage(stdout);
}

/** The same for who logs in with a password; it stands in no process list. */
export async function logInFromHome(url: string, user: string, password: string): Promise<Page> {
  const { stdout } = await execa("curl", [...OPTIONS, "--insecure", "--config", "-", url], {
    input: `user = "${user}:${password}"\n`,
    stripFinalNewline: false,
  });
  return readPage(stdout);
}

const OPTIONS = ["--silent", "--show-error", "--include", "--max-time", String(PAGE_SECONDS)];

/** Reads what `curl --include` wrote. `100 Continue` stands before the answer that counts. */
export function readPage(text: string): Page {
  const { head, body } = splitHead(text);
  const [first = "", ...lines] = head.split(/\r?\n/);
  const [protocol = "", code] = first.split(" ");
  const status = Number(code);
  if (status === 100) return readPage(body);
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return {
    version: protocol.replace("HTTP/", ""),
    status,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body,
  };
}

function splitHead(text: string): { head: string; body: string } {
  const end = /\r?\n\r?\n/.exec(text);
  if (end === null) throw new Error(`not an answer over HTTP: ${text.slice(0, 200)}`);
  return { head: text.slice(0, end.index), body: text.slice(end.index + end[0].length) };
}
