import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, IncomingMessage, Server, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { images, ownPins } from "../../../commands/images";
import { parseImage } from "../../../commands/registry";
import { close, listen } from "../lab/loopback";

const OLD = `sha256:${"0".repeat(64)}`;
const NEW = `sha256:${"1".repeat(64)}`;
const OTHER = `sha256:${"2".repeat(64)}`;
const TOKEN = "token-for-reading";

/** What the registry has, by repository and tag. */
const TAGS: Readonly<Record<string, string>> = {
  "/v2/library/traefik/manifests/v3": NEW,
  "/v2/library/python/manifests/3.13": OTHER,
  "/v2/library/python/manifests/3.13-slim": NEW,
  "/v2/someone/else/manifests/1": OLD,
  "/v2/library/broken/manifests/1": "not a digest",
};

let server: Server;
let hub: string;
let directory: string;
let asked: string[];
let printed: string;

/** A registry that hands out a token to everybody, as Docker Hub does, and answers nothing without one. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? "/", hub);
  asked.push(`${request.method ?? ""} ${pathname}`);
  if (pathname === "/token") {
    const words = `${searchParams.get("service") ?? ""} ${searchParams.get("scope") ?? ""}`;
    const known = /^registry\.test repository:[a-z/]+:pull$/.test(words);
    response.writeHead(known ? 200 : 400).end(JSON.stringify({ token: TOKEN }));
    return;
  }
  if (request.headers.authorization !== `Bearer ${TOKEN}`) {
    const repository = pathname.replace("/v2/", "").replace(/\/manifests\/.*/, "");
    const challenge = `Bearer realm="${hub}/token",service="registry.test",scope="repository:${repository}:pull"`;
    response.writeHead(401, { "www-authenticate": challenge }).end();
    return;
  }
  const digest = TAGS[pathname];
  const index = request.headers.accept?.startsWith("application/vnd.oci.image.index") === true;
  if (digest === undefined || !index) response.writeHead(404).end();
  else response.writeHead(200, { "docker-content-digest": digest }).end();
}

beforeEach(async () => {
  asked = [];
  printed = "";
  directory = mkdtempSync(join(tmpdir(), "images-"));
  server = createServer(answer);
  hub = await listen(server);
  jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterEach(async () => {
  jest.restoreAllMocks();
  rmSync(directory, { recursive: true });
  await close(server);
});

function file(text: string): string {
  const path = join(directory, "versions");
  writeFileSync(path, text);
  return path;
}

test("each pin gets the digest that its tag has now, and keeps the tag", async () => {
  const path = file(`a: "traefik:v3",\nb: "python:3.13@${OLD}",\nARG C=python:3.13-slim\nd: "someone/else:1@${OLD}"\n`);
  const references = ["traefik:v3", `python:3.13@${OLD}`, "python:3.13-slim", `someone/else:1@${OLD}`];
  await images(
    references.map((reference) => ({ file: path, reference })),
    hub,
  );
  expect(readFileSync(path, "utf8")).toBe(
    `a: "traefik:v3@${NEW}",\nb: "python:3.13@${OTHER}",\nARG C=python:3.13-slim@${NEW}\nd: "someone/else:1@${OLD}"\n`,
  );
  expect(printed).toBe(
    `traefik:v3\n  old (no digest)\n  new ${NEW}\n` +
      `python:3.13\n  old ${OLD}\n  new ${OTHER}\n` +
      `python:3.13-slim\n  old (no digest)\n  new ${NEW}\n` +
      `someone/else:1  unchanged, ${OLD}\n`,
  );
  // A GET of a manifest counts as a pull.
  expect(asked.filter((line) => line.includes("/v2/")).every((line) => line.startsWith("HEAD "))).toBe(true);
});

test("a tag without a digest is not taken for the start of a longer one", async () => {
  const path = file(`"python:3.13-slim" "python:3.13"\n`);
  await images([{ file: path, reference: "python:3.13" }], hub);
  expect(readFileSync(path, "utf8")).toBe(`"python:3.13-slim" "python:3.13@${OTHER}"\n`);
});

test.each([
  ["a tag that is gone", "traefik:v9", "traefik:v9: HUB/v2/library/traefik/manifests/v9 answers 404"],
  ["an answer without a digest", "broken:1", 'gives no digest (docker-content-digest is "not a digest")'],
  ["a reference without a tag", "traefik", "traefik: has no tag: write name:tag"],
])("%s leaves every file as it is", async (_what, reference, message) => {
  const path = file(`"traefik:v3" "${reference}"\n`);
  const pins = ["traefik:v3", reference].map((one) => ({ file: path, reference: one }));
  await expect(images(pins, hub)).rejects.toThrow(message.replace("HUB", hub));
  expect(readFileSync(path, "utf8")).toBe(`"traefik:v3" "${reference}"\n`);
});

test("a registry that does not answer is named", async () => {
  await close(server);
  const path = file(`"traefik:v3"\n`);
  await expect(images([{ file: path, reference: "traefik:v3" }], hub)).rejects.toThrow(
    `traefik:v3: ${hub} does not answer: connect ECONNREFUSED`,
  );
  server = createServer();
  await listen(server);
});

test.each([
  ["traefik:v3", { registry: undefined, repository: "library/traefik", tag: "v3" }],
  ["me/site:1.2", { registry: undefined, repository: "me/site", tag: "1.2" }],
  ["ghcr.io/me/site:1", { registry: "ghcr.io", repository: "me/site", tag: "1" }],
  ["localhost:5000/site:1", { registry: "localhost:5000", repository: "site", tag: "1" }],
])("%s is read as Docker reads it", (reference, parts) => {
  expect(parseImage(`${reference}@${OLD}`)).toEqual({ ...parts, name: reference, digest: OLD });
});

test("every image that Homeport names has a tag, in a file that names it", async () => {
  const pins = await ownPins();
  expect(pins.map(({ reference }) => parseImage(reference).repository).sort()).toEqual([
    "library/postgres",
    "library/python",
    "library/python",
    "library/redis",
    "library/traefik",
  ]);
  for (const pin of pins) expect(readFileSync(pin.file, "utf8")).toContain(pin.reference);
});
