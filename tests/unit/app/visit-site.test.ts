import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, Server } from "node:https";
import { AddressInfo } from "node:net";
import * as path from "node:path";

import { script } from "../../../components/machine/scripts";
import { temporaryDirectory } from "../../support/directory";
import { Ended } from "../../support/tools";

const root = temporaryDirectory();

const NAME = "www.example.org";
const MARK = "/.homeport/route/0123456789ab";
const FORM = '<input type="hidden" name="csrfmiddlewaretoken" value="TOKEN">';

/** Answers by method and path: status, body. What is not there is 404. */
type Answers = Readonly<Record<string, readonly [number, string]>>;

const WELL: Answers = { "GET /": [200, "hello"], [`GET ${MARK}`]: [200, ""] };

let server: Server;
let answers: Answers = {};
let posted: Readonly<Record<string, unknown>> = {};

beforeAll(async () => {
  const [key, cert] = [path.join(root, "key.pem"), path.join(root, "cert.pem")];
  const made = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"],
    ...["-subj", `/CN=${NAME}`, "-keyout", key, "-out", cert],
  ]);
  expect(made.status).toBe(0);
  server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
    expect(request.headers.host).toBe(NAME);
    if (request.method === "POST") posted = request.headers;
    const [status, body] = answers[`${request.method ?? ""} ${request.url ?? ""}`] ?? [404, "not here"];
    response.writeHead(status, { "Set-Cookie": "csrftoken=COOKIE; Secure" }).end(body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterAll(() => {
  server.close();
});

/** A visit of a site with these answers. */
async function visit(site: Answers, login = ""): Promise<Ended> {
  answers = site;
  posted = {};
  const text = script("app/visit-site.mjs").replace("const UNTIL_ROUTED = 20_000;", "const UNTIL_ROUTED = 600;");
  expect(text).toContain("UNTIL_ROUTED = 600");
  const child = spawn(process.execPath, ["--input-type=module", "--eval", text], {
    env: {
      ...{ EDGE: "127.0.0.1", EDGE_PORT: String((server.address() as AddressInfo).port), NAME, PATH_OF_CHECK: "/" },
      ...{ STATUSES: "", CLOSED: "/admin/,/django-admin/", LOGIN: login, MARK },
    },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (part) => (stdout += String(part)));
  child.stderr.on("data", (part) => (stderr += String(part)));
  const [code] = (await once(child, "close")) as [number];
  return { code, stdout, stderr };
}

test("a site that answers, with its admin closed, is visited well", async () => {
  expect(await visit(WELL)).toEqual({ code: 0, stdout: `https://${NAME}/ answers visitors\n`, stderr: "" });
});

test.each([
  [
    "a route that the proxy has not taken",
    { ...WELL, [`GET ${MARK}`]: [404, ""] },
    "the proxy has not taken the new route",
  ],
  [
    "an error",
    { ...WELL, "GET /": [502, "Bad Gateway"] },
    "answers 502, asked at the edge (127.0.0.1:443) as a visitor would",
  ],
  ["an open admin", { ...WELL, "GET /django-admin/": [302, ""] }, `https://${NAME}/django-admin/ answers 302, not 404`],
] as const)("%s fails the deploy, with what a visitor meets", async (_, site, message) => {
  const { code, stderr } = await visit(site);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr).toContain("ulumi up' again");
});

test("a form is sent as a browser sends it, without a name and a password", async () => {
  const site = { ...WELL, "GET /login/": [200, FORM], "POST /login/": [200, ""] } as const;
  expect((await visit(site, "/login/")).code).toBe(0);
  expect(posted).toMatchObject({ origin: `https://${NAME}`, cookie: "csrftoken=COOKIE", "content-length": "25" });
});

test("a refused form fails the deploy; one behind the closed admin is not asked for", async () => {
  const site = { ...WELL, "GET /login/": [200, FORM], "POST /login/": [403, ""] } as const;
  expect((await visit(site, "/login/")).stderr).toContain("forms are refused");
  expect((await visit(WELL, "/admin/login/")).code).toBe(0);
  expect(posted).toEqual({});
});
