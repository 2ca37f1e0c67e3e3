import { dockerFaults } from "../../../components/machine/docker-setup";
import { preflight } from "../../../components/machine/preflight";
import { deployed, EDGE, facts, server } from "../../support/machine-facts";

const withSettings = (settings: object) => facts(`docker-settings ${JSON.stringify(settings)}`);

test.each([
  {},
  { "userland-proxy": false },
  { "data-root": "/srv/docker" },
  { iptables: true, "ip-forward": true },
  { "log-driver": "journald", "log-opts": { tag: "x" } },
  { "log-opts": { "max-size": "10m" } },
  { "live-restore": true, "storage-driver": "btrfs", "userns-remap": "", icc: false },
  { hosts: ["unix:///var/run/docker.sock", "tcp://127.0.0.1:2375"] },
])("Docker set up by %j carries a site", (settings) => {
  expect(dockerFaults(withSettings(settings))).toEqual([]);
});

test.each([
  [
    { iptables: false },
    /every visitor for the machine itself: remove "iptables" in \/etc\/docker\/daemon\.json, then 'systemctl restart docker'/,
  ],
  [{ "ip-forward": false }, /nothing would reach the containers: remove "ip-forward"/],
  [{ "ip-masq": false }, /remove "ip-masq"/],
  [{ "userns-remap": "default" }, /could not read their secrets.*remove "userns-remap"/],
  [{ "log-opts": { "max-size": "1m", tag: "x", compress: "true" } }, /\(tag, compress\).*remove them from "log-opts"/],
  [{ hosts: ["tcp://0.0.0.0:2375"] }, /remove "hosts"/],
])("Docker set up by %j does not, with the remedy", (settings, message) => {
  expect(dockerFaults(withSettings(settings))).toEqual([expect.stringMatching(message)]);
});

test("arguments of dockerd count like its file", () => {
  expect(dockerFaults(facts("docker-arguments /usr/sbin/dockerd -H fd:// --iptables=false"))).toEqual([
    expect.stringContaining("remove --iptables of dockerd"),
  ]);
  expect(dockerFaults(facts("docker-arguments /usr/sbin/dockerd -H fd:// --userland-proxy=false"))).toEqual([]);
});

test("a file that is none is named", () => {
  expect(dockerFaults(facts("docker-settings { iptables: false }"))).toEqual([expect.stringContaining("is no JSON")]);
});

test.each([
  ["package docker-ce", "docker-ce"],
  ["package podman-docker", "apt-get remove podman-docker"],
  ["package snap/docker", "snap remove docker"],
  ["package kubernetes", "k3s-uninstall.sh"],
  ["docker-context pi rootless", "'docker context use default' there as pi"],
])(
  "%s stands in the way on a server, before and after the first deploy, and is no matter on an edge",
  (line, remedy) => {
    for (const seen of [facts(line), deployed(line)])
      expect(preflight(seen, server()).errors).toEqual([expect.stringContaining(remedy)]);
    expect(preflight(facts(line), EDGE).errors).toEqual([]);
  },
);

test("a login shell that prints is refused where Docker is reached through it", () => {
  const seen = { ...facts(), greeting: "Welcome to pi" };
  expect(preflight(seen, server()).errors).toEqual([expect.stringContaining("('Welcome to pi')")]);
  expect(preflight(seen, EDGE).errors).toEqual([]);
});

test("room is measured where Docker keeps its data", () => {
  const lines = ["docker-data /srv/docker", "free 50000 /", "free 12 /srv/docker"];
  expect(preflight(facts(...lines), server()).errors).toEqual([
    expect.stringMatching(/^it has only 12 MB free at \/srv\/docker and needs /),
  ]);
  expect(preflight(facts("docker-data /srv/docker", "free 12 /", "free 50000 /srv/docker"), server()).errors).toEqual(
    [],
  );
});
