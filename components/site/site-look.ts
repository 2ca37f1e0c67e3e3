import { resolve4, resolve6 } from "node:dns/promises";
import * as https from "node:https";
import type { TLSSocket } from "node:tls";

import { messageOf } from "../../lib/errors";

/** Days before a certificate's end from which it should have been renewed: Traefik renews 10 days before it (2 days, of those of 6 days). */
const RENEWED_DAYS = 2;

/** Time for the resolver's answer, milliseconds: it is a remark beside the site's own answer. */
const RESOLVER_MS = 1500;

/** Where a site is, and how it is asked. */
export interface SiteAddress {
  /** Its first page. */
  readonly url: URL;
  /** All its names. */
  readonly names: readonly string[];
  /** The edge's public address. */
  readonly edge: string;
  /** Whether the names point to Cloudflare's proxy instead. */
  readonly proxied: boolean;
  /** For an answer, seconds. */
  readonly seconds: number;
}

/** A site as the internet has it. */
export interface SiteLook {
  readonly answer: Answer | { readonly failed: string };
  /** Addresses of each name, of both kinds, as this workstation's resolver says; empty: it does not resolve from here. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
}

/** What a visitor gets. */
interface Answer {
  readonly status: number;
  readonly issuer: string;
  /** The certificate's end, as Node writes it. */
  readonly until: string;
  /** Why this workstation does not trust it; undefined: it does. */
  readonly distrust: string | undefined;
}

/** Asks the site by its name at the edge, and the resolver for the name. Fails never, and ends within the seconds given. */
export async function lookAtSite({ url, names, edge, seconds }: SiteAddress): Promise<SiteLook> {
  const [answer, addresses] = await Promise.all([
    visit(url, edge, seconds).catch((error: unknown) => ({ failed: messageOf(error) })),
    Promise.all(names.map(async (name) => [name, await addressesOf(name)] as const)),
  ]);
  return { answer, addresses: Object.fromEntries(addresses) };
}

/** What is wrong, a sentence each with its remedy. */
export function siteProblems(
  { url, edge, proxied }: SiteAddress,
  { answer, addresses }: SiteLook,
  now: Date,
): string[] {
  return [
    ...(proxied ? [] : Object.entries(addresses).flatMap(([name, found]) => strayAddresses(name, found, edge))),
    ...answerProblems(url, edge, answer, now),
  ];
}

function strayAddresses(name: string, found: readonly string[], edge: string): string[] {
  const stray = found.filter((address) => address !== edge);
  if (stray.length === 0) return [];
  return [
    `${name} points to ${stray.join(", ")}, ${found.includes(edge) ? "and not only" : "not"} to the edge ${edge}, so visitors ${found.includes(edge) ? "who take that address do not come" : "do not come"} here: correct the record (pulumi stack output dnsRecords), or wait until resolvers have the new one`,
  ];
}

function answerProblems(url: URL, edge: string, answer: SiteLook["answer"], now: Date): string[] {
  if ("failed" in answer)
    return [
      `${url.href} does not answer visitors: ${answer.failed} (asked ${edge}, port 443). What else is said here may be the cause; if nothing is, look at the VPS's firewall at its provider`,
    ];
  const left = (Date.parse(answer.until) - now.getTime()) / 86_400_000;
  return [
    ...(answer.status >= 500
      ? [
          `${url.href} answers visitors ${answer.status}: ${answer.status === 500 ? "its own error is in 'npm run logs'" : "the proxy reaches no container that works: 'npm run status' names it, 'pulumi up' makes another"}`,
        ]
      : []),
    ...(left < RENEWED_DAYS
      ? [
          `the certificate of ${url.hostname} ${left < 0 ? "has ended" : `ends in ${Math.floor(left)} day(s)`} (${answer.until}) and was not renewed: 'npm run status' shows what it waits for`,
        ]
      : []),
  ];
}

/** The look for a person, a line each. */
export function siteLines({ answer, addresses }: SiteLook): string[] {
  return [
    ...("failed" in answer
      ? []
      : [
          `answers visitors: ${answer.status}`,
          `certificate by ${answer.issuer}, valid until ${answer.until} (${answer.distrust === undefined ? "trusted here" : `not trusted here: ${answer.distrust}`})`,
        ]),
    ...Object.entries(addresses).map(([name, found]) =>
      found.length === 0 ? `DNS: ${name} does not resolve from here` : `DNS: ${name} is ${found.join(", ")}`,
    ),
  ];
}

async function addressesOf(name: string): Promise<string[]> {
  const late = new Promise<string[]>((resolve) => {
    setTimeout(() => {
      resolve([]);
    }, RESOLVER_MS).unref();
  });
  const none = (): string[] => [];
  const both = Promise.all([resolve4(name).catch(none), resolve6(name).catch(none)]);
  return Promise.race([both.then((all) => all.flat()), late]);
}

function visit(url: URL, edge: string, seconds: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = https.get(
      {
        ...{ host: edge, port: 443, servername: url.hostname, path: url.pathname, agent: false },
        headers: { host: url.hostname, "user-agent": "homeport status" },
        // Judged by its end: a site with a wrong certificate still tells what else is wrong.
        rejectUnauthorized: false,
        signal: AbortSignal.timeout(seconds * 1000),
      },
      (answer) => {
        const socket = answer.socket as TLSSocket;
        const { issuer, valid_to: until } = socket.getPeerCertificate();
        const reason: unknown = socket.authorizationError;
        resolve({
          status: answer.statusCode ?? 0,
          issuer: String(issuer.O ?? issuer.CN),
          until,
          distrust: socket.authorized ? undefined : String(reason),
        });
        // The body is of no interest, and can be long.
        answer.destroy();
      },
    );
    sent.on("error", (error) => {
      const late = error.name === "AbortError" || error.name === "TimeoutError";
      reject(late ? new Error(`no answer within ${seconds} s`) : error);
    });
  });
}
