import { LabMachine } from "./lab-machine";
import { siteContainers } from "./lab-site";

// Keys, certificates, the endings of names that Docker or Pulumi gives, and the digest of a route with such names, are new in every deploy, so each is named by its kind. Of what not everybody may read only the
// place, mode and owner are listed. The list of installed packages depends on what the host lacked at that time.
const FINGERPRINT = `
plain() { sed -E '/^-----BEGIN/,/^-----END/d; s#[A-Za-z0-9+/]{43}=#KEY#g; s#\\b([a-z]+-(web|release)|traefik|traefik-web)-[0-9a-f]{7}\\b#\\1-NAME#g; s/(dashboard-login-|# certificate |\\/\\.homeport\\/route\\/)[0-9a-f]+/\\1DIGEST/'; }
echo '# files'
cat /var/lib/homeport/*/manifest | cut -d' ' -f6- | sort -u | while read -r path; do
  stat -c '%n %a %u:%g' "$path"
  case $(stat -c %a "$path") in *[4567]) plain <"$path" ;; esac
done
echo '# what the host keeps of it'
find /var/lib/homeport -type f ! -name packages -printf '%P %m %u:%g\\n' | sort
find /etc /usr/local /var/lib/homeport -name '*.homeport-new'
find /run -maxdepth 1 -type d -name 'homeport.*'
echo '# units'
cat /var/lib/homeport/*/units | sort -u | xargs systemctl show -p Id,ActiveState,UnitFileState
systemctl list-units --all --plain --no-legend 'homeport-*' | awk '{ print $1, $3, $4 }'
echo '# network'
nft list tables
nft -s list table inet homeport
{ wg show all allowed-ips && wg show all persistent-keepalive; } | plain
ip -o -4 addr show dev wg0 | awk '{ print $2, $4 }'
ip rule
echo '# kernel'
sed -n 's/^sysctl \\([^ ]*\\) .*/\\1/p' /var/lib/homeport/*/watches | while read -r key; do
  echo "$key = $(cat "/proc/sys/$(echo "$key" | tr . /)")"
done
if command -v docker >/dev/null; then
  echo '# docker'
  docker network ls --format '{{.Name}} {{.Driver}}' | plain | sort
  docker volume ls --format '{{.Name}}' | sort
fi`;

/** The label that is a digest of generated secrets. */
const DIGEST = "homeport.secrets";

/** What a host has been made to be, as text: the same after any two deploys of the same settings, however often they were interrupted. */
export async function fingerprint(host: LabMachine): Promise<string> {
  const text = await host.run(FINGERPRINT);
  return host.name === "pi" ? `${text}# containers\n${await containers(host)}` : text;
}

async function containers(pi: LabMachine): Promise<string> {
  const all = (await siteContainers(pi)).map(({ Name, State, Config, HostConfig, Mounts, NetworkSettings }) => ({
    name: Name.replace(/-[0-9a-f]{7}$/, ""),
    running: State.Running,
    user: Config.User,
    // Docker gives a network the next subnet that it has not given lately.
    environment: Config.Env.map((value) => value.replace(/\b172\.\d+\.0\.0\/16\b/g, "SUBNET")).sort(),
    labels: Object.entries(Config.Labels)
      .filter(([label]) => label !== DIGEST)
      .sort(),
    limits: [HostConfig.ReadonlyRootfs, HostConfig.Privileged, HostConfig.CapAdd, HostConfig.CapDrop],
    security: HostConfig.SecurityOpt,
    mounts: Mounts.map(({ Source }) => Source).sort(),
    networks: Object.keys(NetworkSettings.Networks)
      .map((network) => network.replace(/-[0-9a-f]{7}$/, ""))
      .sort(),
  }));
  return JSON.stringify(all, undefined, 1);
}
