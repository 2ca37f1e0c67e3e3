import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, Server } from "node:https";
import { AddressInfo } from "node:net";
import * as path from "node:path";

import { script } from "../../../components/machine/scripts";
import { temporaryDirectory } from "../../support/directory";

const root = temporaryDirectory();
const NAME = "www.example.org";

let server: Server;
let asked: (string | undefined)[];

beforeAll(async () => {
  const [key, cert] = [path.join(root, "key.pem"), path.join(root, "cert.pem")];
  const made = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"],
    ...["-subj", "/CN=default", "-keyout", key, "-out", cert],
  ]);
  expect(made.status).toBe(0);
  server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
    asked.push(request.headers.host);
    response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
beforeEach(() => {
  asked = [];
});
afterAll(() => {
  server.close();
});

async function ask(port: number): Promise<{ code: number; text: string }> {
  const program = script("dns/ask-edge.mjs").replace("const UNTIL_ANSWERED = 60_000;", "const UNTIL_ANSWERED = 300;");
  expect(program).toContain("UNTIL_ANSWERED = 300");
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    env: { EDGE: "127.0.0.1", EDGE_PORT: String(port), NAME },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (text += String(part)));
  const [code] = (await once(child, "close")) as [number];
  return { code, text };
}

test("an edge that answers, whatever it says and whatever its certificate is, takes the names", async () => {
  const { port } = server.address() as AddressInfo;
  expect(await ask(port)).toEqual({ code: 0, text: "the edge 127.0.0.1 leads to the proxy\n" });
  expect(asked).toEqual([NAME]);
});

test("an edge that answers nobody leaves the names where they are, and says what to do", async () => {
  const { code, text } = await ask(9);
  expect(code).toBe(1);
  expect(text).toMatch(
    /^homeport: the edge 127\.0\.0\.1 answers no visitor \(port 443: .*\), so the site's names stay where they are/,
  );
  expect(text).toContain("provider's firewall");
});
