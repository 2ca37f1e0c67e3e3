import { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";

import { StackOutputs } from "./lab";

/** Certificates are not looked at: at home it is the default one. */
const agent = new Agent({ rejectUnauthorized: false });

/** What the admin answers to the form. */
export interface FormAnswer {
  readonly status: number;
  readonly body: string;
}

/** A login form whose sender pauses in the middle: the request is at work in the application until the rest is sent. */
export class SlowForm {
  private constructor(
    private readonly rest: string,
    private readonly sending: ReturnType<typeof request>,
    private readonly answered: Promise<FormAnswer>,
  ) {}

  /** Sends the first half of a login without name and password, which is answered without the work of checking one. */
  public static async begin(admin: StackOutputs["admin"]): Promise<SlowForm> {
    const url = new URL("login/", admin.url).href;
    const page = await get(url);
    const token = /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(page.body)?.[1];
    if (token === undefined) throw new Error(`${url} has no form:\n${page.body}`);
    const form = new URLSearchParams({ csrfmiddlewaretoken: token, username: "", password: "" }).toString();
    const half = Math.floor(form.length / 2);
    const sending = request(url, {
      agent,
      method: "POST",
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": form.length,
        Cookie: page.cookie,
        Referer: url,
      },
    });
    const answered = answerOf(sending);
    // It is looked at when the rest is sent.
    answered.catch(() => undefined);
    await new Promise<void>((resolve) => {
      sending.write(form.slice(0, half), () => {
        resolve();
      });
    });
    return new SlowForm(form.slice(half), sending, answered);
  }

  /** Sends the rest. */
  public async end(): Promise<FormAnswer> {
    this.sending.end(this.rest);
    return this.answered;
  }
}

async function get(url: string): Promise<FormAnswer & { readonly cookie: string }> {
  const asking = request(url, { agent });
  let cookie = "";
  asking.on("response", (response) => {
    cookie = (response.headers["set-cookie"] ?? []).map((one) => one.split(";")[0] ?? "").join("; ");
  });
  const answered = answerOf(asking);
  asking.end();
  return { ...(await answered), cookie };
}

function answerOf(asking: ReturnType<typeof request>): Promise<FormAnswer> {
  return new Promise((resolve, reject) => {
    asking.on("error", reject);
    asking.on("response", (response: IncomingMessage) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        body += text;
      });
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, body });
      });
    });
  });
}
