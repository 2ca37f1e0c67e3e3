import { LabMachine } from "./lab-machine";

// Inode and both times of every file that is managed or keeps the desired state, the rules with their handles (a table that is loaded again
// has new ones), the tunnel without its traffic, each unit's start, and each container's.
const SNAPSHOT = `
{ find /var/lib/homeport; cat /var/lib/homeport/*/manifest | cut -d' ' -f6-; } | sort -u | xargs -d '\\n' stat -c '%n %i %Y %Z %a %u:%g'
nft -s -a list ruleset 2>/dev/null
for what in public-key peers allowed-ips preshared-keys persistent-keepalive fwmark; do wg show all $what | sha256sum; done
# A timer changes its state whenever it fires.
cat /var/lib/homeport/*/units | sort -u | grep -v '\\.timer$' | xargs systemctl show -p Id,InvocationID,StateChangeTimestampMonotonic
cat /var/lib/homeport/*/units | sort -u | grep '\\.timer$' | xargs -r systemctl show -p Id,InvocationID
if command -v docker >/dev/null; then
  docker ps -aq --no-trunc | sort | xargs -r docker inspect -f '{{.Id}} {{.State.StartedAt}} {{.RestartCount}}'
  docker image ls -aq --no-trunc | sort
fi`;

/** Everything about a host that an idle run must leave alone, as text that can be compared. */
export async function snapshot(host: LabMachine): Promise<string> {
  return host.run(SNAPSHOT);
}

/** The mode and owner of every directory that is near the root, as text that can be compared. */
export async function directories(host: LabMachine): Promise<string> {
  return host.run(`find / -xdev -maxdepth ${DEPTH} -type d -printf '%p %m %u:%g\\n' | sort`);
}

/** Levels below the root: as deep as the directories of what is managed. */
const DEPTH = 4;
