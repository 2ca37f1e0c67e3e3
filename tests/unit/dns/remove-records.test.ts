import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, Server } from "node:http";
import { text } from "node:stream/consumers";

import { script } from "../../../components/machine/scripts";
import { close, listen } from "../lab/loopback";

const TOKEN = "TOKEN-OF-CLOUDFLARE-01234567890123456789";

/** Answers by the record's id. */
const ANSWERS: Readonly<Record<string, readonly [number, string]>> = {
  refused: [403, '{"errors":[{"code":10000,"message":"Authentication error"}]}'],
  gone: [404, '{"errors":[{"code":81044,"message":"Record does not exist."}]}'],
  broken: [502, "<html>bad gateway</html>"],
};

describe("the removal of records", () => {
  const asked: string[] = [];
  let server: Server;
  let api: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method ?? ""} ${request.url ?? ""} ${request.headers.authorization ?? ""}`);
      const [status, body] = ANSWERS[request.url?.split("/").at(-1) ?? ""] ?? [200, "{}"];
      response.writeHead(status).end(body);
    });
    api = await listen(server);
  });
  afterAll(() => close(server));
  beforeEach(() => {
    asked.length = 0;
  });

  /** As the command provider runs it. */
  async function remove(stdin: string): Promise<{ code: unknown; stdout: string; stderr: string }> {
    const child = spawn("node", ["--input-type=module", "--eval", script("dns/remove-records.mjs")], {
      env: { PATH: process.env["PATH"], API_URL: api, ZONE_ID: "zone", CLOUDFLARE_API_TOKEN: TOKEN },
    });
    child.stdin.end(stdin);
    const [stdout, stderr, ended] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
    return { code: ended[0] as unknown, stdout, stderr };
  }

  it("takes away each by its id, with the token, and none for an empty list", async () => {
    expect(await remove("")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(asked).toEqual([]);
    expect(await remove("a1 A www.example.org 198.51.100.77\nb2 CNAME example.org x.test\n")).toEqual({
      code: 0,
      stdout: "removed A www.example.org 198.51.100.77\nremoved CNAME example.org x.test\n",
      stderr: "",
    });
    expect(asked).toEqual([
      `DELETE /zones/zone/dns_records/a1 Bearer ${TOKEN}`,
      `DELETE /zones/zone/dns_records/b2 Bearer ${TOKEN}`,
    ]);
  });

  it("is content with one that is gone", async () => {
    expect(await remove("gone A www.example.org 198.51.100.77\n")).toMatchObject({
      code: 0,
      stdout: "gone already: A www.example.org 198.51.100.77\n",
    });
  });

  it.each([
    ["refused", "403, Authentication error (10000)"],
    ["broken", "502"],
  ])("fails with the record and the answer, without the token: %s", async (id, said) => {
    const ended = await remove(`${id} A www.example.org 198.51.100.77\n`);
    expect(ended).toEqual({
      code: 1,
      stdout: "",
      stderr: `homeport: Cloudflare did not remove the record A www.example.org 198.51.100.77: ${said}\n`,
    });
  });
});
