import { resolve4 } from "node:dns/promises";
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
  /** Addresses of its name, as this workstation's resolver says; empty: it does not resolve from here. */
  readonly addresses: readonly string[];
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
export async function lookAtSite({ url, edge, seconds }: SiteAddress): Promise<SiteLook> {
  const [answer, addresses] = await Promise.all([
    visit(url, edge, seconds).catch((error: unknown) => ({ failed: messageOf(error) })),
    addressesOf(url.hostname),
  ]);
  return { answer, addresses };
}

/** What is wrong, a sentence each with its remedy. */
export function siteProblems(
  { url, edge, proxied }: SiteAddress,
  { answer, addresses }: SiteLook,
  now: Date,
): string[] {
  return [
    ...(addresses.length === 0 || proxied || addresses.includes(edge)
      ? []
      : [
          `${url.hostname} points to ${addresses.join(", ")}, not to the edge ${edge}: correct the record (pulumi stack output dnsRecords), or wait until resolvers have the new one`,
        ]),
    ...answerProblems(url, edge, answer, now),
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
export function siteLines({ answer, addresses }: SiteLook, name: string): string[] {
  return [
    ...("failed" in answer
      ? []
      : [
          `answers visitors: ${answer.status}`,
          `certificate by ${answer.issuer}, valid until ${answer.until} (${answer.distrust === undefined ? "trusted here" : `not trusted here: ${answer.distrust}`})`,
        ]),
    addresses.length === 0 ? "DNS: the name does not resolve from here" : `DNS: ${name} is ${addresses.join(", ")}`,
  ];
}

async function addressesOf(name: string): Promise<string[]> {
  const late = new Promise<string[]>((resolve) => {
    setTimeout(() => {
      resolve([]);
    }, RESOLVER_MS).unref();
  });
  return Promise.race([resolve4(name).catch((): string[] => []), late]);
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
