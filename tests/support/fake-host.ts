import { renderBundle, renderChecks } from "../../components/machine/bundle";
import { EMPTY_SPEC, HostSpec, UnitAction } from "../../components/machine/host-spec";
import { Facts, readFacts } from "../../components/machine/facts";
import { Observation, readObservation } from "../../components/machine/observation";
import { hostScript } from "../../components/machine/scripts";
import { Sandbox } from "./sandbox";
import { Ended } from "./tools";

/** systemd as files: active and enabled units, broken ones, and a log of every call. */
const SYSTEMCTL = `cd /run/fake
mkdir -p active enabled broken
while [ $# -gt 0 ]; do
  case $1 in
    -q) ;;
    --now) now=yes ;;
    *) if [ -z "$verb" ]; then verb=$1; else unit=$1; fi ;;
  esac
  shift
done
case $verb in
  is-active) [ -e "active/$unit" ]; exit ;;
  is-enabled) [ -e "enabled/$unit" ]; exit ;;
esac
echo "$verb $unit" >>log
[ ! -f "broken/$unit" ] || exit 1
# A timer of systemd-run is not there after a restart, and what is not there cannot be stopped.
[ "$verb/$unit" != stop/homeport-revert.timer ] || [ -e "active/$unit" ] || exit 5
case $verb/$unit/$now in
  stop/firewall.service/* | disable/firewall.service/yes) nft delete table inet test 2>/dev/null ;;
esac
case $verb in
  enable) : >"enabled/$unit" ;;
  disable) rm -f "enabled/$unit"; [ -z "$now" ] || rm -f "active/$unit" ;;
  stop) rm -f "active/$unit" ;;
  start | restart | reload) : >"active/$unit"; [ "$unit" != firewall.service ] || nft -f /etc/test/firewall.nft; [ ! -f "does-$unit" ] || . "./does-$unit" ;;
esac
`;

/**
 * Docker as files: a container each, of which `worker` and what begins so serves no visitors; its content the state where it does not run; `published-PORT`, the container behind a port; and images, the
 * newest first, of which those in `used` are named by containers (`silent`: it does not answer): Docker removes such a name if another application shares the image.
 */
const DOCKER = `cd /run/fake
mkdir -p containers
[ ! -e silent ] || exit 1
case $* in
  *publish=*) port=\${*#*publish=}; cat "published-\${port%% *}" 2>/dev/null ;;
  *State*) for name in $(ls containers); do state=$(cat "containers/$name"); echo "$name \${state:-running}"; done ;;
  "ps "*.Image*) [ ! -e used ] || cat used ;;
  "ps "*role=web*) ls containers | grep -v ^worker || : ;;
  "ps "*role=process*) ls containers | grep ^worker || : ;;
  "ps "*) ls containers ;;
  "rm "*) rm "containers/$3" ;;
  "image ls"*) [ ! -e images ] || cat images ;;
  "image rm"*) grep -vx "$3" images >left; mv left images ;;
esac
`;

const PROGRAMS = {
  systemctl: SYSTEMCTL,
  "systemd-run": `echo "$*" >/run/fake/timer; : >/run/fake/active/homeport-revert.timer\n`,
  docker: DOCKER,
  journalctl: `echo "journal of $2"\n`,
  "dpkg-query": `for name; do :; done; [ ! -e "/run/fake/installed-$name" ] || printf installed\n`,
  "apt-cache": `[ -e "/run/fake/provided-$2" ] || { [ -e "/run/fake/offered-$2" ] && echo "Package: $2"; }\n`,
  "apt-get": `echo "apt-get $*" >>/run/fake/log\n[ "$1" = update ] || [ ! -e /run/fake/broken/apt-get ] || exit 1\nfor name; do case $name in -*) ;; *) : >"/run/fake/installed-$name" ;; esac; done\n`,
};

/** The host script without the time that a real host gets to start, to drain and for others' packages; it reports progress every second. */
export const FAST_SCRIPT = hostScript()
  .replace("CHECK_SECONDS=60", "CHECK_SECONDS=0")
  .replace("DRAIN_SECONDS=2", "DRAIN_SECONDS=0")
  .replace("APT_SECONDS=300", "APT_SECONDS=2")
  .replace("APT_RETRY_SECONDS=3", "APT_RETRY_SECONDS=1")
  .replace("PROGRESS_SECONDS=10", "PROGRESS_SECONDS=1");

/** The owner stack unless a test says otherwise. */
export const OWNER = "homeport/dev";

/** A machine on which the host script runs for real, with files, nftables and a fake systemd. */
export class FakeHost {
  public readonly sandbox = new Sandbox();

  /** `played`: further fake programs, as shell scripts by name. */
  public constructor(private readonly played: Readonly<Record<string, string>> = {}) {}

  public async start(): Promise<void> {
    await this.sandbox.start({ ...PROGRAMS, ...this.played });
  }

  /** Applies a bundle. */
  public apply(spec: Partial<HostSpec>, revision = "r1", owner = OWNER, name = "base"): Ended {
    return this.verb("apply", bundle(spec, revision, owner, name));
  }

  /** Verifies its checks. */
  public verify(checks: HostSpec["checks"] = [], name = "base"): Ended {
    return this.verb("verify", renderChecks({ name, owner: OWNER, revision: "r1" }, { checks }, "digest"));
  }

  public remove(spec: Partial<HostSpec> = {}, owner = OWNER, name = "base"): Ended {
    return this.verb("remove", bundle(spec, "r1", owner, name));
  }

  public probe(owner = OWNER): Observation {
    return readObservation(`reached\n${this.verb("probe", "").stdout}`, owner);
  }

  /** Calls of systemd and apt since the last call of this. */
  public log(): string[] {
    return this.sandbox.sh("cat /run/fake/log 2>/dev/null || true; rm -f /run/fake/log").split("\n").filter(Boolean);
  }

  /** The machine's facts. */
  public facts(owner = OWNER, now = Date.now() / 1000): Facts {
    return readFacts(this.verb("probe", "").stdout, owner, now);
  }

  private verb(verb: string, bundle: string): Ended {
    return this.sandbox.run(["bash", "-s", verb], FAST_SCRIPT + bundle);
  }
}

/** The host of a group of tests: new for each of them. `played`: as of FakeHost. */
export function hostForEach(played: Readonly<Record<string, string>> = {}): FakeHost {
  const host = new FakeHost(played);
  beforeEach(() => host.start());
  afterEach(() => host.sandbox.stop());
  return host;
}

/** A bundle's text. */
export function bundle(spec: Partial<HostSpec>, revision = "r1", owner = OWNER, name = "base"): string {
  return renderBundle({ name, owner, revision }, { ...EMPTY_SPEC, ...spec });
}

/** The unit's action when its file changes. */
export const reload = (unit: string): UnitAction => ({ unit, action: "reload" });

/** A run that ended well and wrote this, a regular expression. */
export const done = (text: string): unknown => ({ code: 0, stdout: expect.stringMatching(text) as string, stderr: "" });

/** A run that failed and said this. */
export const failed = (message: string): unknown =>
  expect.objectContaining({ code: 1, stderr: expect.stringContaining(message) as string });
