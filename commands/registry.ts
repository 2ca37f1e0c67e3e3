import { UserError } from "../lib/errors";

/** A tagged image, with the digest that pins it, if any. */
export interface ImageReference {
  /** Without a scheme; undefined is Docker Hub. */
  readonly registry: string | undefined;
  readonly repository: string;
  readonly tag: string;
  /** The part before the digest. */
  readonly name: string;
  readonly digest: string | undefined;
}

/** Where Docker Hub's registry answers. */
export const DOCKER_HUB = "https://registry-1.docker.io";

/** For one answer of a registry. Milliseconds. */
const TIMEOUT = 15_000;

/** The list of an image's platforms first: the digest of one platform's image fits no other machine. */
const KINDS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** Reads `[registry/]repository:tag[@digest]` as Docker does. */
export function parseImage(reference: string): ImageReference {
  const [name = "", digest] = reference.split("@");
  const [, path, tag] = /^(.+):([\w][\w.-]*)$/.exec(name) ?? [];
  if (path === undefined || tag === undefined) {
    throw new UserError(`${reference}: has no tag: write name:tag`);
  }
  const [first = "", ...rest] = path.split("/");
  // A first part with a dot or a port is a registry, as Docker reads it.
  if (rest.length > 0 && (/[.:]/.test(first) || first === "localhost")) {
    return { registry: first, repository: rest.join("/"), tag, name, digest };
  }
  return { registry: undefined, repository: rest.length === 0 ? `library/${path}` : path, tag, name, digest };
}

/** Asks a registry for a tag's current digest. `hub` is Docker Hub's URL, or a mirror's. */
export async function currentDigest(image: ImageReference, hub: string): Promise<string> {
  const registry = image.registry === undefined ? hub : `https://${image.registry}`;
  const url = `${registry}/v2/${image.repository}/manifests/${image.tag}`;
  const ask = async (authorization?: string): Promise<Response> =>
    // HEAD: Docker Hub counts each GET of a manifest as a pull.
    request(image, url, { method: "HEAD", headers: { Accept: KINDS, ...(authorization && { authorization }) } });
  let response = await ask();
  const challenge = response.headers.get("www-authenticate");
  if (response.status === 401 && challenge !== null) {
    response = await ask(`Bearer ${await token(image, challenge)}`);
  }
  if (!response.ok) throw new UserError(`${image.name}: ${url} answers ${response.status}`);
  const digest = response.headers.get("docker-content-digest") ?? "";
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new UserError(`${image.name}: ${url} gives no digest (docker-content-digest is "${digest}")`);
  }
  return digest;
}

/** Gets the token for reading that a registry's 401 asks for. */
async function token(image: ImageReference, challenge: string): Promise<string> {
  const fields = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]));
  const realm = fields.get("realm");
  if (!/^bearer /i.test(challenge) || realm === undefined) {
    throw new UserError(`${image.name}: the registry asks for an unsupported authentication scheme: ${challenge}`);
  }
  const url = new URL(realm);
  url.searchParams.set("service", fields.get("service") ?? "");
  url.searchParams.set("scope", fields.get("scope") ?? `repository:${image.repository}:pull`);
  const response = await request(image, url.href, {});
  if (!response.ok) throw new UserError(`${image.name}: ${url.origin} gives no token: it answers ${response.status}`);
  const answer = (await response.json()) as { token?: string; access_token?: string };
  const given = answer.token ?? answer.access_token;
  if (given === undefined) throw new UserError(`${image.name}: ${url.origin} answers without a token`);
  return given;
}

async function request(image: ImageReference, url: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...options, signal: AbortSignal.timeout(TIMEOUT) });
  } catch (error) {
    // fetch's own message has no reason; with several addresses the cause has only a code.
    const { cause } = error as { cause?: { message?: string; code?: string } };
    const why = [cause?.message, cause?.code].find((text) => text !== undefined && text !== "") ?? String(error);
    throw new UserError(`${image.name}: ${new URL(url).origin} does not answer: ${why}`);
  }
}
