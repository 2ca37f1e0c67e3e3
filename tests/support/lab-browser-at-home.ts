import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Page, visitFromHome } from "./lab-visitor";

/** Seconds an answer of an admin may take: the password is hashed a million times. */
const ANSWER_SECONDS = "90";

/** Fields of a form: a text, or the path of a file to upload. */
export type Fields = Readonly<Record<string, string | { readonly file: string; readonly type: string }>>;

/** A browser of somebody at home, with its cookies and the headers that a browser sends with a form. */
export class BrowserAtHome {
  private constructor(
    private readonly origin: string,
    private readonly address: string,
    private readonly directory: string,
  ) {}

  /** Opens one for an action. `origin`: of the admin. `address`: of the server at home, which its name leads to. */
  public static async open<T>(
    origin: string,
    address: string,
    action: (browser: BrowserAtHome) => Promise<T>,
  ): Promise<T> {
    const directory = await mkdtemp(join(tmpdir(), "homeport-browser-"));
    try {
      return await action(new BrowserAtHome(origin, address, directory));
    } finally {
      await rm(directory, { recursive: true });
    }
  }

  /** Reads a page. */
  public async get(path: string): Promise<Page> {
    return this.ask(path, []);
  }

  /** Fills the form of a page in and sends it, as if it stood on a page of `origin`. */
  public async submit(path: string, fields: Fields, origin = this.origin): Promise<Page> {
    const { status, body } = await this.get(path);
    const token = /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(body)?.[1];
    if (token === undefined) throw new Error(`${path} answered ${status} and no form:\n${body.slice(0, 1000)}`);
    const parts = Object.entries<Fields[string]>({ csrfmiddlewaretoken: token, ...fields }).flatMap(([name, value]) =>
      typeof value === "string"
        ? ["--form-string", `${name}=${value}`]
        : ["--form", `${name}=@${value.file};type=${value.type}`],
    );
    return this.ask(path, ["--header", `Origin: ${origin}`, "--referer", `${origin}${path}`, ...parts]);
  }

  private async ask(path: string, options: readonly string[]): Promise<Page> {
    const jar = join(this.directory, "cookies");
    const { hostname, port } = new URL(this.origin);
    return visitFromHome(
      `${this.origin}${path}`,
      ...["--connect-to", `${hostname}:${port}:${this.address}:${port}`, "--max-time", ANSWER_SECONDS],
      ...["--cookie", jar, "--cookie-jar", jar, ...options],
    );
  }
}
