import { relative } from "node:path";

import { SITE_HOSTS } from "../domain";
import { LabSettings } from "../settings";
import { ServerReplies, REQUESTS, repliesText } from "../stack/server-replies";
import { siteCaFile } from "../stack/authorities";
import { StackOutputs } from "../stack/deploy";
import { Visit } from "../stack/visit";
import { TOPOLOGIES } from "../topologies/all";

/** What the visitor saw; nothing of it where nothing was deployed. */
export interface Seen {
  readonly visit: Visit | undefined;
  /** Undefined where there is one server. */
  readonly replies: ServerReplies | undefined;
}

/** What `npm run lab` says at its end: what is up, how to inspect it, and what to try next. */
export function ending(settings: LabSettings, outputs: StackOutputs, seen: Seen, time: string): string {
  const { instance, topology, addresses } = settings;
  const { visit, replies } = seen;
  const file = (path: string): string => relative(process.cwd(), path);
  const env = file(`${instance.directory}/env`);
  const authority = siteCaFile(instance);
  const base = instance.name.slice(0, instance.name.length - topology.suffix.length);
  const own = [
    process.argv.includes("--instance") ? `--instance ${base} ` : "",
    topology.name === TOPOLOGIES[0].name ? "" : `--topology ${topology.name} `,
  ].join("");
  const command = (name: string): string => (own === "" ? `npm run ${name}` : `npm run ${name} -- ${own.trim()}`);
  const lines = [`The lab ${instance.name} is up (${time}).`];
  if (visit !== undefined) {
    const { hostname, origin } = new URL(visit.url);
    lines.push(
      "",
      `  Site     ${visit.url}`,
      `           the visitor in the lab has just read "${visit.title}" (${visit.bytes} bytes, certificate checked)`,
      ...(replies === undefined
        ? []
        : [
            `  Servers  ${repliesText(replies)}`,
            `           ${replies.good} of the visitor's ${REQUESTS} requests succeeded`,
          ]),
      "",
      "Open it from this machine",
      `  curl     curl --cacert ${file(authority)} --resolve ${hostname}:443:${addresses.vps} ${origin}/`,
      `  browser  add this line to /etc/hosts:    ${addresses.vps} ${SITE_HOSTS.join(" ")}`,
      `           and trust this authority:       ${authority}`,
    );
  }
  if (outputs.admin !== undefined) {
    const { url, forwarded, fromAnywhere = "" } = outputs.admin;
    const way = url === forwarded ? `after ${fromAnywhere}` : "on the home network only, so from this machine";
    lines.push(
      "",
      "Write a post",
      `  Admin    ${url}   (${way})`,
      `  Login    ${outputs.admin.user}   password: ${outputs.adminPassword ?? "see `pulumi stack output adminPassword --show-secrets`"}`,
    );
  }
  lines.push(
    "",
    "Three things to try next",
    `  1. Change a machine by hand and see Pulumi report the drift:`,
    `       npm run lab:shell -- ${own}vps sysctl -w net.ipv4.ip_forward=0     then   . ${env} && pulumi preview --stack ${instance.stack}`,
    `  2. Cut the Raspberry Pi's power and watch the site come back:`,
    `       npm run lab:shell -- ${own}pi sudo systemctl reboot     then   ${command("lab:status")}`,
    `  3. Edit app/weblog, then deploy it without a dropped request:`,
    `       . ${env} && pulumi up --stack ${instance.stack}`,
    "",
    `Status: ${command("lab:status")}    Shell on a host: npm run lab:shell -- ${own}HOST    Remove the lab: ${command("lab:down")}`,
    "",
  );
  return `\n${lines.join("\n")}`;
}
