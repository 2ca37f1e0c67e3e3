import { resolve4 } from "node:dns/promises";
import * as https from "node:https";
import type { TLSSocket } from "node:tls";

/** Time for the site's answer, seconds. */
const ANSWER_SECONDS = 10;

/** Days before a certificate's end from which it should have been renewed: Traefik renews 30 days before, of short ones a third. */
const RENEWED_DAYS = 2;

/** What a visitor gets. */
interface Answer {
  readonly status: number;
  readonly certificate: { readonly issuer: string; readonly until: string; readonly trusted: string };
}

/** The site as the internet has it: by its name, at the edge's public address. Lines for a person; what is wrong begins with `problem: `. */
export async function siteStatus(url: URL, edge: string, proxied: boolean): Promise<string> {
  const [dns, answer] = await Promise.all([
    dnsLine(url.hostname, edge, proxied),
    visit(url, edge).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error)))),
  ]);
  if (answer instanceof Error)
    return `problem: the site does not answer visitors: ${answer.message} (asked ${edge}, port 443): see the tunnel and the containers below\n${dns}`;
  const { issuer, until, trusted } = answer.certificate;
  const left = (Date.parse(until) - Date.now()) / 86_400_000;
  return [
    answer.status >= 500
      ? `problem: visitors get an error: ${url.href} answers ${answer.status}: see 'npm run logs', then run 'pulumi up --refresh'`
      : `answers visitors: ${answer.status}`,
    `certificate by ${issuer}, valid until ${until} (${trusted})`,
    left < RENEWED_DAYS
      ? `problem: the certificate ends in ${Math.max(0, Math.floor(left))} day(s) and was not renewed: see the certificates below`
      : "",
    dns,
  ].join("\n");
}

/** Where the name points to, as this workstation's resolver says. */
async function dnsLine(name: string, edge: string, proxied: boolean): Promise<string> {
  const found = await resolve4(name).catch((): string[] => []);
  if (found.length === 0) return "DNS: the name does not resolve from here";
  if (proxied || found.includes(edge)) return `DNS: ${name} is ${found.join(", ")}`;
  return `problem: ${name} points to ${found.join(", ")}, not to the edge ${edge}: correct the record (pulumi stack output dnsRecords), or wait until resolvers have the new one`;
}

function visit(url: URL, edge: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = https.get(
      {
        ...{ host: edge, port: 443, servername: url.hostname, path: url.pathname, agent: false },
        headers: { host: url.hostname, "user-agent": "homeport status" },
        // Judged below: a site with a wrong certificate still tells what else is wrong.
        rejectUnauthorized: false,
        signal: AbortSignal.timeout(ANSWER_SECONDS * 1000),
      },
      (answer) => {
        const socket = answer.socket as TLSSocket;
        const { issuer, valid_to: until } = socket.getPeerCertificate();
        const reason: unknown = socket.authorizationError;
        const trusted = socket.authorized ? "trusted here" : `not trusted here: ${String(reason)}`;
        answer.resume();
        answer.on("end", () => {
          resolve({
            status: answer.statusCode ?? 0,
            certificate: { issuer: String(issuer.O ?? issuer.CN), until, trusted },
          });
        });
        answer.on("error", reject);
      },
    );
    sent.on("error", (error) => {
      const late = error.name === "AbortError" || error.name === "TimeoutError";
      reject(late ? new Error(`no answer within ${ANSWER_SECONDS} s`) : error);
    });
  });
}
