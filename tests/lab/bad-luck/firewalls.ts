import { BadLuck } from "../../support/bad-luck";
import { LabMachine } from "../../support/lab-machine";
import { PROGRAMS, whileReplaced } from "../../support/lab-replaced-file";
import { StackRun } from "../../support/lab-stack";

/** A table as an image brings it that lets ssh in and rejects everything else. */
const IMAGE_RULES = `nft -f - <<'RULES'
table ip filter {
	chain INPUT {
		type filter hook input priority filter; policy accept;
		ct state established,related accept
		tcp dport 22 accept
		reject with icmp type host-prohibited
	}
}
RULES`;

/** A hand-made set-up: sends the site's ports into a tunnel, and hides visitors behind its near end. */
const HAND_MADE_NAT = `nft -f - <<'RULES'
table inet homeport-lab-tests {
	chain in {
		type nat hook prerouting priority dstnat;
		iifname "eth0" tcp dport { 80, 443 } dnat ip to 10.0.0.2
	}
	chain out {
		type nat hook postrouting priority srcnat;
		oifname "wg0" masquerade
	}
}
RULES`;

const HAND_MADE_TUNNEL = "/etc/wireguard/wg0.conf";

/** Created while the hosts are probed, in the first of these only; they are in the state and nowhere else. */
const GENERATED = ["app-admin-password", "app-django-key"];

/** Foreign firewalls and tunnels on a new VPS; each is reported before Homeport's own is loaded. */
export const FOREIGN_FIREWALLS: readonly BadLuck[] = [
  {
    name: "ufw",
    broken: ({ machines: { vps } }, action) =>
      whileReplaced(vps, `${PROGRAMS}/ufw`, "#!/bin/sh\necho 'Status: active'", action),
    says: ({ machines }) => [`vps (${machines.vps.address})`, "ufw is active", "'ufw disable'"],
    touches: GENERATED,
  },
  {
    name: "rules of the image that reject",
    broken: ({ machines: { vps } }, action) => between(vps, IMAGE_RULES, action, "nft delete table ip filter"),
    says: ({ machines }) => [
      `vps (${machines.vps.address})`,
      "nft table ip filter rejects what Homeport's firewall accepts",
      "'nft delete table ip filter'",
    ],
  },
  {
    name: "Docker",
    broken: ({ machines: { vps } }, action) =>
      between(
        vps,
        `cp "$(command -v sleep)" ${PROGRAMS}/dockerd
systemd-run --quiet --collect --unit=homeport-lab-tests-docker ${PROGRAMS}/dockerd infinity`,
        action,
        `systemctl stop homeport-lab-tests-docker; rm ${PROGRAMS}/dockerd`,
      ),
    says: ({ machines }) => [`vps (${machines.vps.address})`, "Docker runs on the edge", "or use another machine"],
  },
  {
    name: "forwarding that was set up by hand",
    broken: ({ machines: { vps } }, action) =>
      between(vps, HAND_MADE_NAT, action, "nft delete table inet homeport-lab-tests"),
    says: ({ machines }) => [
      `vps (${machines.vps.address})`,
      "sends the site's ports elsewhere",
      "hides visitors' addresses",
      /'nft delete rule inet homeport-lab-tests out handle \d+'/,
    ],
  },
  {
    name: "a tunnel that was set up by hand",
    broken: ({ machines: { vps } }, action) =>
      between(
        vps,
        `mkdir -p /etc/wireguard && echo '[Interface]' >${HAND_MADE_TUNNEL}`,
        action,
        `rm ${HAND_MADE_TUNNEL} && rmdir --ignore-fail-on-non-empty /etc/wireguard`,
      ),
    says: ({ machines }) => [
      `vps (${machines.vps.address})`,
      `its own WireGuard configuration ${HAND_MADE_TUNNEL} would be overwritten`,
      "or set tunnel.interface to another name",
    ],
  },
];

async function between(
  host: LabMachine,
  before: string,
  action: () => Promise<StackRun>,
  after: string,
): Promise<StackRun> {
  await host.run(before);
  try {
    return await action();
  } finally {
    await host.run(after);
  }
}
