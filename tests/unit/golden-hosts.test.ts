import { stringify } from "yaml";

import { jobsSpec } from "../../components/app/scheduled-jobs";
import { certificateNames, ROUTES } from "../../components/proxy/certificate-watch";
import { HostSpec, mergeSpecs } from "../../components/machine/host-spec";
import { script } from "../../components/machine/scripts";
import { renderRoute } from "../../components/proxy/routes";
import { serverSpec } from "../../components/site/server";
import { traefikSecrets, traefikSpec } from "../../components/proxy/traefik";
import { tunnelPeer, tunnelSecrets } from "../../components/tunnel/tunnel";
import { vpsSecrets, vpsSpec } from "../../components/site/vps";
import {
  CERTIFICATE,
  CERTIFICATE_KEY,
  DASHBOARD,
  FAKE_KEYS,
  SERVER_PLAN,
  TRAEFIK,
  TUNNEL,
  VPS_PLAN,
} from "../support/fixtures";
import { expectGolden, expectGoldenTree } from "../support/golden";

/** Where a host's programs are, each a script of ours as it is: a copy in `golden/` would only repeat it. */
const PROGRAMS = "/usr/local/lib/homeport/";

/** The script that each of them is. */
const SCRIPTS: Readonly<Record<string, string>> = {
  "certificate-watch": "proxy/certificate-watch.sh",
  jobs: "app/scheduled-job.sh",
  "tunnel-endpoints": "tunnel/tunnel-endpoints.sh",
  "tunnel-reload": "tunnel/tunnel-reload.sh",
  "tunnel-resolve": "tunnel/tunnel-resolve.sh",
  "tunnel-watch": "tunnel/tunnel-watch.sh",
  "tunnel-sync": "tunnel/tunnel-sync.sh",
};
const isProgram = (path: string): boolean => path.startsWith(PROGRAMS);

/** Everything of a spec but the texts of its files: with the tree of files this is the whole desired state. */
const REST = "spec.yaml";

const HOSTS: Readonly<Record<string, HostSpec>> = {
  vps: vpsSpec(VPS_PLAN),
  "vps-secrets": vpsSecrets(TUNNEL, FAKE_KEYS.edgePrivate),
  "vps-peer": tunnelPeer(
    TUNNEL,
    "pi",
    { publicKey: FAKE_KEYS.serverPublic, allowedIps: ["10.77.0.2/32"] },
    FAKE_KEYS.shared,
  ),
  pi: mergeSpecs(serverSpec(SERVER_PLAN), traefikSpec(TRAEFIK, CERTIFICATE)),
  "pi-secrets": mergeSpecs(
    tunnelSecrets(TUNNEL, FAKE_KEYS.serverPrivate, { vps: FAKE_KEYS.shared }),
    traefikSecrets(CERTIFICATE_KEY, DASHBOARD),
  ),
  "vps-restricted": vpsSpec({
    ...VPS_PLAN,
    sshPort: 2222,
    sshFrom: ["198.51.100.0/24", "10.0.0.0/8"],
    tunnel: { ...TUNNEL, interface: "tunnel0", port: 443, mtu: 1280 },
  }),
  "pi-open": serverSpec({
    ...SERVER_PLAN,
    sshPort: 2222,
    sshOverTunnel: true,
    open: ["53/udp", "53/tcp", "445/tcp"],
    hub: { ...SERVER_PLAN.hub, endpoint: "edge.example.org:51820" },
  }),
  // Behind an edge where TLS ends, with the database.
  "public-inner": serverSpec({
    ...SERVER_PLAN,
    user: "admin",
    sshFrom: ["198.51.100.0/24"],
    place: "public",
    terminatesTls: false,
    inner: [
      { from: "10.77.0.2-10.77.0.254", to: "10.77.0.2", port: 5432 },
      { from: "10.77.0.1", to: "10.77.0.2", port: 8444 },
    ],
    innerPorts: [8444, 5432],
  }),
  "pi-own-authority": traefikSpec(
    { ...TRAEFIK, directory: "https://acme.test:14000/dir", caPem: CERTIFICATE, profile: "shortlived" },
    CERTIFICATE,
  ),
  "pi-jobs": jobsSpec("homeport-dev", [
    { name: "clean-up", schedule: "*-*-* 03:30", command: "python manage.py clearsessions" },
    {
      name: "news",
      schedule: "Mon..Fri 07:00 Europe/Berlin",
      command: "echo 100% $HOME\n\npython manage.py 'send news'",
    },
  ]),
};

describe.each(Object.entries(HOSTS))("the desired state of %s", (host, spec) => {
  const rendered = spec.files.filter(({ path }) => !isProgram(path));

  // As it stands on the host, where every line is ended.
  test.each(rendered.map((file) => [file.path, file.text]))("%s", (path, text) => {
    expectGolden(`${host}${path}`, text.replace(/\n?$/, "\n"));
  });

  test("its programs are the scripts as they are", () => {
    for (const { path, text } of spec.files.filter((file) => isProgram(file.path))) {
      expect(text).toBe(script(SCRIPTS[path.slice(PROGRAMS.length).replace(/^jobs\/.*/, "jobs")] ?? ""));
    }
  });

  test("everything beside the files' texts", () => {
    expectGolden(`${host}/${REST}`, stringify(withoutTexts(spec), { lineWidth: 0 }));
  });

  test("nothing more", () => {
    expectGoldenTree(host, [REST, ...rendered.map((file) => file.path.slice(1))]);
  });

  test("no path twice", () => {
    const paths = spec.files.map((file) => file.path);
    expect(new Set(paths).size).toBe(paths.length);
  });
});

test("the route of a site", () => {
  const path = `${ROUTES}/homeport-dev.yaml`;
  expectGolden(
    `route${path}`,
    renderRoute({
      app: "homeport-dev",
      hosts: ["www.example.org", "example.org"],
      adminHosts: ["192.168.77.10"],
      backends: [{ url: "http://app-web-1a2b3c4:8000", weight: 1 }],
      adminPath: ["/admin/"],
      health: { path: "/.homeport/health", status: 200, forwarded: false },
      hsts: { seconds: 3600, includeSubdomains: false, preload: false },
      proxied: false,
      uploadMaxMb: 4096,
      compress: false,
    }),
  );
  const names = certificateNames({
    app: "homeport-dev",
    hosts: ["www.example.org", "example.org"],
    edge: "198.51.100.10",
  });
  expectGolden(`route${names.path}`, names.text);
  expectGoldenTree("route", [path.slice(1), names.path.slice(1)]);
});

function withoutTexts(spec: HostSpec): unknown {
  return { ...spec, files: spec.files.map((file) => ({ ...file, text: undefined })) };
}
