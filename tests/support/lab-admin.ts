import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import execa from "execa";

import { StackOutputs } from "./lab";
import { Page, readPage } from "./lab-visitor";

/** A post as its author writes it. */
export interface NewPost {
  readonly title: string;
  readonly slug: string;
  readonly picture: Buffer;
}

/** Seconds an answer of the admin may take: an emulated processor hashes the password a million times. */
const ANSWER_SECONDS = 90;

/** The author at home, with a browser's cookies. */
export class AdminBrowser {
  private constructor(
    private readonly admin: StackOutputs["admin"],
    private readonly directory: string,
  ) {}

  /** Opens a browser for an action. */
  public static async open<T>(admin: StackOutputs["admin"], action: (browser: AdminBrowser) => Promise<T>): Promise<T> {
    const directory = await mkdtemp(join(tmpdir(), "homeport-admin-"));
    try {
      return await action(new AdminBrowser(admin, directory));
    } finally {
      await rm(directory, { recursive: true });
    }
  }

  /** Logs in and gives whether the password was taken. */
  public async logIn(password: string): Promise<boolean> {
    const url = new URL("login/?next=/admin/", this.admin.url).href;
    const form = new URLSearchParams({
      csrfmiddlewaretoken: await this.token(url),
      username: this.admin.user,
      password,
      next: "/admin/",
    });
    const page = await this.curl(url, ["--referer", url, "--data-binary", "@-"], form.toString());
    return page.status === 302;
  }

  /** Whether the first page of the admin knows who asks. */
  public async isLoggedIn(): Promise<boolean> {
    return (await this.curl(this.admin.url, [])).status === 200;
  }

  /** Publishes a post. */
  public async publish({ title, slug, picture }: NewPost): Promise<void> {
    const url = new URL("weblog/post/add/", this.admin.url).href;
    const file = join(this.directory, "picture.jpg");
    await writeFile(file, picture);
    const [date = "", time = ""] = new Date().toISOString().slice(0, 19).split("T");
    const fields = {
      csrfmiddlewaretoken: await this.token(url),
      title,
      slug,
      summary: "Written by a test.",
      body: "It is removed again.",
      picture_alt: "Dunes",
      published_0: date,
      published_1: time,
      picture: `@${file};type=image/jpeg`,
    };
    const forms = Object.entries(fields).flatMap(([name, value]) => ["--form", `${name}=${value}`]);
    const page = await this.curl(url, ["--referer", url, ...forms]);
    if (page.status !== 302) throw new Error(`the post was not taken: ${page.status}\n${page.body.slice(0, 3000)}`);
  }

  private async token(url: string): Promise<string> {
    const page = await this.curl(url, []);
    const token = /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(page.body)?.[1];
    if (token === undefined) throw new Error(`${url} answered ${page.status} and no form`);
    return token;
  }

  private async curl(url: string, options: string[], input = ""): Promise<Page> {
    const jar = join(this.directory, "cookies");
    const common = ["--silent", "--show-error", "--include", "--insecure", "--max-time", String(ANSWER_SECONDS)];
    const { stdout } = await execa("curl", [...common, "--cookie", jar, "--cookie-jar", jar, ...options, url], {
      input,
      stripFinalNewline: false,
    });
    return readPage(stdout);
  }
}
