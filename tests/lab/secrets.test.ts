import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import execa from "execa";

import { STACK } from "../../lab/domain";
import { CHECKOUT, theLab } from "../support/lab";
import { changing } from "../support/lab-group";
import { LabMachine } from "../support/lab-machine";
import { secrets } from "../support/lab-secrets";
import { webContainer } from "../support/lab-site";

/** The resources that carry secrets to the hosts. */
const CARRIERS = ["app-secrets", "pi-secrets", "vps-secrets"];

/** Where the server has the key of the application. */
const KEY_FILE = `/etc/homeport/apps/homeport-${STACK}/django_secret_key`;

/** A secret set with appSecrets. */
const OWN = "homeport-lab-mail-8Qw2";

changing("secrets", () => {
  // First what fills the places in which the rest looks.
  it("stay out of every process's arguments and environment on the hosts during an up, appSecrets among them", async () => {
    const lab = await theLab();
    const { stack, machines } = lab;
    const { vps, pi } = machines;
    // A host that has drifted gets everything again.
    for (const host of [vps, pi]) await host.run("echo '# changed by hand' >>/etc/homeport/firewall.nft");
    const watched = await vps.watchingProcesses(() =>
      pi.watchingProcesses(() =>
        stack.withSecret("homeport:appSecrets.MAIL_PASSWORD", OWN, (options) => stack.up(...options)),
      ),
    );
    const run = watched.result.result;
    expect(run).toMatchObject({ code: 0, changed: expect.arrayContaining(CARRIERS) as string[] });
    expect(run.output).not.toContain(OWN);
    const hidden = [...(await secrets(lab)), OWN];
    for (const { seen } of [watched, watched.result]) {
      expect(seen).toContain("bash");
      expect(hidden.filter((secret) => seen.includes(secret)).length).toBe(0);
    }
    // The application's own processes have as variables what a project reads there, and no more.
    const { inContainers } = watched.result;
    const key = (await machines.pi.run(`cat ${KEY_FILE}`)).trim();
    expect(hidden.filter((secret) => inContainers.includes(secret)).sort()).toEqual([OWN, key].sort());
    expect(watched.inContainers).toBe("");
  });

  it("from appSecrets are files that the application reads, and are removed with their setting", async () => {
    const { stack, machines } = await theLab();
    const { pi } = machines;
    const { Name } = await webContainer(pi);
    const look = 'cat "$MAIL_PASSWORD_FILE" && stat -c "%a %u:%g" "$MAIL_PASSWORD_FILE"';
    expect(await pi.lines(`docker exec ${Name.slice(1)} sh -c '${look}'`)).toEqual([OWN, "440 0:10001"]);
    expect(await linesWith([OWN], pi, "docker ps -aq | xargs docker inspect")).toBe(0);
    expect((await stack.up()).code).toBe(0);
    expect(await pi.run("find /etc/homeport -name mail_password")).toBe("");
  });

  it("are not in Pulumi's output", async () => {
    const lab = await theLab();
    const { instance } = lab.settings;
    const said = [lab.stack.transcript, join(instance.directory, "up.log")];
    expect((await readFile(lab.stack.transcript, "utf8")).length).toBeGreaterThan(0);
    expect(await filesWith(await secrets(lab), said)).toEqual([]);
  });

  it("are encrypted in the state, in its history and in its backups", async () => {
    const lab = await theLab();
    expect(await filesWith(await secrets(lab), [join(lab.settings.instance.directory, "backend")])).toEqual([]);
  });

  it("are in no generated file of the checkout", async () => {
    const lab = await theLab();
    const options = ["ls-files", "-z", "--others", "--exclude-standard"];
    const { stdout } = await execa("git", options, { cwd: CHECKOUT });
    // Only a Dockerfile that was written for a project is in it, or a state that a command has kept.
    const own = existsSync(join(CHECKOUT, ".homeport")) ? [".homeport"] : [];
    const files = [...stdout.split("\0").filter((file) => file !== ""), ...own, `Pulumi.${STACK}.local.yaml`];
    expect(await filesWith(await secrets(lab), files)).toEqual([]);
  });

  it.each(["vps", "pi"] as const)("are not in the journal of %s", async (name) => {
    const lab = await theLab();
    expect(await linesWith(await secrets(lab), lab.machines[name], "journalctl --no-pager --all -o export")).toBe(0);
  });

  it("are neither in what Docker reports of the site nor in the application's log", async () => {
    const lab = await theLab();
    const reports = `docker ps -aq | xargs docker inspect
docker image ls -q | xargs docker image inspect
docker image ls -q | xargs -n 1 docker history --no-trunc
docker network ls -q | xargs docker network inspect
docker volume ls -q | xargs docker volume inspect
for container in $(docker ps -aq); do docker logs $container 2>&1; done`;
    expect(await linesWith(await secrets(lab), lab.machines.pi, reports)).toBe(0);
  });

  it.each(["vps", "pi"] as const)("are in no world-readable file on %s", async (name) => {
    const lab = await theLab();
    const { stdout, stderr } = await searched(
      await secrets(lab),
      lab.machines[name],
      (needles) => `chmod 0644 ${needles}
runuser -u nobody -- grep -rlaFs -D skip -f ${needles} /boot /etc /home /opt /root /run /srv /tmp /var /usr/local | grep -v ${needles} || true`,
    );
    expect([stdout, stderr]).toEqual(["", ""]);
  });
});

/** The files on this machine that hold one of the texts. */
async function filesWith(needles: readonly string[], paths: readonly string[]): Promise<string[]> {
  const { stdout, exitCode, stderr } = await execa("grep", ["-rlaF", "-f", "-", "--", ...paths], {
    cwd: CHECKOUT,
    input: `${needles.join("\n")}\n`,
    reject: false,
  });
  if (exitCode > 1) throw new Error(stderr);
  return stdout.split("\n").filter((line) => line !== "");
}

/** How many lines of what a script on a host writes hold one of the texts. */
async function linesWith(needles: readonly string[], host: LabMachine, script: string): Promise<number> {
  const { stdout } = await searched(
    needles,
    host,
    (file) => `{ ${script}
} >/dev/shm/homeport-lab-tests.text
wc -c </dev/shm/homeport-lab-tests.text
grep -caF -f ${file} /dev/shm/homeport-lab-tests.text || true
rm /dev/shm/homeport-lab-tests.text`,
  );
  const [bytes = 0, lines = 0] = stdout.trim().split("\n").map(Number);
  if (bytes === 0) throw new Error(`${host.name}: nothing to search in\n${script}`);
  return lines;
}

/** Runs a script that searches for the texts in a file; the file is gone afterwards. */
async function searched(needles: readonly string[], host: LabMachine, script: (file: string) => string) {
  const file = "/dev/shm/homeport-lab-tests.needles";
  return host
    .attempt(
      `umask 077
trap 'rm -f ${file}' EXIT
cat >${file} <<'NEEDLES'
${needles.join("\n")}
NEEDLES
${script(file)}`,
    )
    .then((ended) => {
      if (ended.code !== 0) throw new Error(`${host.name}: exited with ${ended.code}\n${ended.stderr}`);
      return ended;
    });
}
