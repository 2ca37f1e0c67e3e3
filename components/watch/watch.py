#!/usr/bin/python3
"""Looks once at this machine and at the site, and tells who wants to know when something goes wrong: once, and once more when it is good again.

Reads  /etc/homeport/watch/APP.json      what to look at (watch.ts)
       /etc/homeport/watch/APP.urls      who is told: URLs of Apprise, a line each
Writes /run/homeport-watch/APP.json      what is known; in memory, because a look a minute would wear out an SD card
       /var/lib/homeport-watch/APP.json  the same, when something was told
       /var/lib/homeport-watch/APP.days  at the edge, a line a day: date, checks, good ones, milliseconds in all, slowest
Arguments: APP [--test]. Runs as root, by a timer. One file, because it is installed on each machine as one program.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

SETTINGS = Path("/etc/homeport/watch")
MEMORY = Path("/run/homeport-watch")
KEPT = Path("/var/lib/homeport-watch")

# Looks without a problem before it counts as over: one good answer between two bad ones is no recovery.
GOOD_LOOKS = 3
# A problem that was told this often within an hour flaps: that is told once, and nothing more until it has been quiet for an hour.
FLAPS = 3
HOUR = 3600
# After a change by Pulumi nothing new is told for so long, seconds: containers and tunnels come and go in a deploy.
DEPLOY = 300
# Messages that could not be delivered are kept for the next look, the newest of them.
UNSENT = 20
# Days of history.
DAYS = 92
# WireGuard gives a key up after 180 s (whitepaper, section 6.1).
SILENT = 200
# Traefik renews 30 days before the end.
CERTIFICATE_DAYS = 14
# A backup is made every night; one that is older is late.
BACKUP_HOURS = 36
# A Raspberry Pi slows down from 80 degrees Celsius on (its documentation, "Frequency management and thermal control").
HOT = 80


@dataclass
class Problem:
    """Something that is wrong now."""

    key: str
    text: str
    # Tells at night as well.
    urgent: bool = False
    # Looks in a row before it is told.
    patience: int = 2
    # Something that has happened and is over: told once, with no all-clear.
    event: bool = False


@dataclass
class Known:
    """What is known of a problem."""

    text: str
    since: float
    urgent: bool = False
    event: bool = False
    seen: int = 0
    absent: int = 0
    told: bool = False
    # When it was told.
    times: List[float] = field(default_factory=list)


@dataclass
class Message:
    title: str
    body: str


State = Dict[str, Any]


def judge(
    state: State, problems: List[Problem], now: float, *, host: str, deploying: bool = False, quiet: bool = False
) -> List[Message]:
    """What is to be told now; `state` is brought up to date."""
    known: Dict[str, Known] = {key: Known(**one) for key, one in state.get("known", {}).items()}
    held: List[str] = state.get("held", [])
    messages: List[Message] = []

    def tell(title: str, body: str, urgent: bool) -> None:
        if quiet and not urgent:
            held.append(f"{title}: {body}")
        else:
            messages.append(Message(f"{host}: {title}", body))

    for problem in problems:
        one = known.setdefault(problem.key, Known(problem.text, now, problem.urgent, problem.event))
        one.text, one.urgent, one.absent = problem.text, problem.urgent, 0
        if one.seen == 0:
            one.since = now
        one.seen += 1
        if one.told or one.seen < problem.patience or (deploying and not problem.event):
            continue
        one.times = [at for at in one.times if now - at < HOUR] + [now]
        one.told = True
        if len(one.times) < FLAPS:
            tell(problem.key, problem.text, problem.urgent)
        elif len(one.times) == FLAPS:
            tell(f"{problem.key} comes and goes", f"{problem.text} Nothing more is told of it until it has been good for an hour", problem.urgent)

    present = {problem.key for problem in problems}
    for key, one in list(known.items()):
        if key in present:
            continue
        one.absent += 1
        flaps = len([at for at in one.times if now - at < HOUR]) >= FLAPS
        if not one.told or one.absent >= GOOD_LOOKS:
            if one.told and not flaps and not one.event:
                tell(f"{key}: good again", f"after {minutes(now - one.since)}", one.urgent)
            one.seen, one.told = 0, False
            if not one.times or now - one.times[-1] > HOUR:
                del known[key]
    if held and not quiet:
        messages.append(Message(f"{host}: while it was quiet", "\n".join(held)))
        held = []
    state["known"] = {key: asdict(one) for key, one in known.items()}
    state["held"] = held
    return messages


def minutes(seconds: float) -> str:
    whole = round(seconds / 60)
    return f"{whole} min" if whole < 120 else f"{round(whole / 60)} h"


def is_quiet(hours: Optional[str], hour: int) -> bool:
    """Whether an hour of the day is in `22-7`."""
    if hours is None:
        return False
    begin, end = (int(one) for one in hours.split("-"))
    return begin <= hour < end if begin <= end else hour >= begin or hour < end


def count_day(lines: List[str], date: str, good: bool, milliseconds: int) -> List[str]:
    """The history with one more check."""
    last = lines[-1].split() if lines else []
    if not last or last[0] != date:
        lines, last = [*lines, ""], [date, "0", "0", "0", "0"]
    checks, fine, total, slowest = (int(one) for one in last[1:])
    if good:
        fine, total, slowest = fine + 1, total + milliseconds, max(slowest, milliseconds)
    return [*lines[:-1], f"{date} {checks + 1} {fine} {total} {slowest}"][-DAYS:]


# --- looks ---------------------------------------------------------------------------------------------------------------------------


def run(*words: str, seconds: int = 20) -> str:
    """The output of a program; empty where it fails."""
    try:
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode(errors="replace") if done.returncode == 0 else ""


def has_address(address: str) -> bool:
    """Whether an address is one of this machine's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def ask(settings: State, address: str) -> Tuple[int, float]:
    """Status and seconds of the site's page at an address; status 0: no answer."""
    site, source = settings["site"], []
    try:
        address = socket.gethostbyname(address)
        if settings["role"] == "edge" and not address.startswith("127."):
            public = socket.gethostbyname(settings["edge"])
            # Out of the tunnel a server takes nothing from private addresses. A cloud's machine may not have its public one; its network then leads back to it.
            if has_address(public):
                source = ["--interface", public]
            else:
                address = public
    except OSError:
        return 0, 0.0
    words = ["curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code} %{time_total}", "--max-time", "20"]
    if not settings["trusted"]:
        words.append("--insecure")
    done = subprocess.run(
        [*words, *source, "--resolve", f"{site}:443:{address}", f"https://{site}{settings['path']}"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False,
    )
    status, seconds = (done.stdout.decode() or "0 0").split()
    return (int(status) if done.returncode == 0 else 0), float(seconds)


def look_at_site(settings: State, address: str, state: State) -> List[Problem]:
    status, seconds = ask(settings, address)
    state["answer"] = [status, round(seconds * 1000)]
    site, way = settings["site"], settings["way"]
    if status == 0:
        return [Problem("site", f"{site} does not answer {way}: run 'npm run status'.", urgent=True, patience=3)]
    if status >= 500:
        return [Problem("site", f"{site} answers {status} {way}: run 'npm run logs'.", urgent=True, patience=3)]
    if seconds > settings["slowSeconds"]:
        return [Problem("slow", f"{site} took {seconds:.1f} s {way}.", patience=5)]
    return []


def look_at_dns(settings: State) -> List[Problem]:
    def addresses(name: str) -> set:
        try:
            return {info[4][0] for info in socket.getaddrinfo(name, 443, socket.AF_INET)}
        except OSError:
            return set()

    if settings["proxied"]:
        return []
    there, here = addresses(settings["edge"]), addresses(settings["site"])
    if not here:
        return [Problem("dns", f"{settings['site']} has no address here: is this machine online, is the record there?", patience=10)]
    if there and not here <= there:
        return [Problem("dns", f"{settings['site']} points to {', '.join(sorted(here))}, not to {', '.join(sorted(there))}: correct the record.", urgent=True, patience=10)]
    return []


def look_at_tunnel(settings: State, now: float) -> List[Problem]:
    lines = [line.split() for line in run("wg", "show", settings["tunnel"], "latest-handshakes").splitlines()]
    if not lines:
        return [Problem("tunnel", f"{settings['tunnel']} is not there: 'systemctl status wg-quick@{settings['tunnel']}'.", urgent=True)]
    silent = [now - int(at) for _, at in lines if now - int(at) > SILENT]
    if not silent:
        return []
    return [Problem("tunnel", f"{len(silent)} of {len(lines)} peers are silent: is the other end on, is UDP open at the VPS?", urgent=True)]


def look_at_disks() -> List[Problem]:
    problems = []
    for path in dict.fromkeys(os.path.realpath(one) for one in ("/", "/var/lib/docker")):
        try:
            disk = os.statvfs(path)
        except OSError:
            continue
        free = disk.f_bavail * disk.f_frsize // 10**6
        used = 100 - 100 * disk.f_bavail // max(disk.f_blocks, 1)
        # A large disk is not full at 90 %.
        if used >= 90 and free < 5000:
            problems.append(Problem(f"disk {path}", f"{used} % used, {free} MB free: 'docker image prune -a' removes old images.", urgent=free < 500))
    return problems


def look_at_memory() -> List[Problem]:
    facts = {line.split(":")[0]: int(line.split()[1]) for line in Path("/proc/meminfo").read_text().splitlines() if ":" in line}
    if facts["MemAvailable"] * 20 < facts["MemTotal"]:
        return [Problem("memory", f"{facts['MemAvailable'] // 1024} of {facts['MemTotal'] // 1024} MB are left: soon processes are killed.", patience=5)]
    return []


def look_at_kills(state: State) -> List[Problem]:
    """Processes that the kernel has ended for want of memory since the last look."""
    found = re.search(r"^oom_kill (\d+)$", Path("/proc/vmstat").read_text(), re.M)
    if found is None:
        return []
    before, state["kills"] = state.get("kills", int(found[1])), int(found[1])
    if state["kills"] <= before:
        return []
    return [Problem("out of memory", f"{state['kills'] - before} process(es) were ended for want of memory: see 'journalctl -k'.", patience=1, event=True)]


def look_at_heat() -> List[Problem]:
    problems = []
    for zone in Path("/sys/class/thermal").glob("thermal_zone*/temp"):
        try:
            degrees = int(zone.read_text()) // 1000
        except (OSError, ValueError):
            continue
        if degrees >= HOT:
            problems.append(Problem("heat", f"{degrees} degrees Celsius: it slows down. Give it air.", patience=5))
            break
    found = re.search(r"0x([0-9a-f]+)", run("vcgencmd", "get_throttled"))
    # Bit 0: the voltage is too low now.
    if found is not None and int(found[1], 16) & 1:
        problems.append(Problem("power", "the voltage is too low: take the power supply that belongs to it.", patience=2))
    return problems


def look_at_units() -> List[Problem]:
    failed = [line.split()[0] for line in run("systemctl", "list-units", "--failed", "--plain", "--no-legend", "homeport-*", "wg-quick@*", "docker.service", "nftables.service").splitlines()]
    return [Problem("unit", f"{', '.join(failed)} failed: 'systemctl status {failed[0]}'.", patience=3)] if failed else []


def look_at_clock() -> List[Problem]:
    if run("timedatectl", "show", "--property=NTPSynchronized", "--value").strip() == "no":
        return [Problem("clock", "it is not synchronised: certificates and handshakes fail when it is far off. See 'timedatectl'.", patience=60)]
    return []


def look_at_reboot() -> List[Problem]:
    return [Problem("reboot", "an update waits for a restart: 'sudo reboot', the site comes back by itself.", patience=1)] if Path("/run/reboot-required").exists() else []


def look_at_certificates(app: str, now: float) -> List[Problem]:
    try:
        text = Path(f"/run/homeport/certificate-{app}.status").read_text()
    except OSError:
        return []
    problems = []
    for name, status in re.findall(r"^(\S+): (.*)$", text, re.M):
        found = re.search(r"issued by .* until (\d{4}-\d\d-\d\d)", status)
        if status.startswith("expired"):
            problems.append(Problem(f"certificate of {name}", f"{status}.", urgent=True, patience=1))
        elif found is not None:
            left = (time.mktime(time.strptime(found[1], "%Y-%m-%d")) - now) / 86400
            if left < CERTIFICATE_DAYS:
                problems.append(Problem(f"certificate of {name}", f"it ends in {int(left)} day(s) and was not renewed: run 'npm run status'.", urgent=left < 3, patience=1))
    return problems


def look_at_backup(app: str, now: float) -> List[Problem]:
    """What the last run left (backup.py); nothing where there are no backups."""
    if not Path(f"/etc/homeport/backup/{app}.json").exists():
        return []
    try:
        state, at, text = Path(f"/var/lib/homeport-backup/{app}.line").read_text().strip().split(" ", 2)
    except (OSError, ValueError):
        return [Problem("backup", "there is none yet: 'npm run backup' makes the first.", patience=BACKUP_HOURS * 60)]
    if state != "good":
        return [Problem("backup", f"the last one {text}. Try again: 'npm run backup'.", patience=1)]
    hours = int((now - int(at)) / HOUR)
    return [Problem("backup", f"the last proven one is {hours} h old: 'npm run backup' makes one now.", patience=1)] if hours > BACKUP_HOURS else []


def look_at_containers(settings: State, state: State) -> List[Problem]:
    shown = "{{.ID}} {{.State}} {{.Label \"homeport.role\"}} {{.Names}}"
    lines = [line.split(" ", 3) for line in run("docker", "ps", "--all", "--filter", f"label=homeport.owner={settings['owner']}", "--format", shown).splitlines()]
    serving = [one for one in lines if one[2] not in ("release", "job")]
    down = [f"{name} is {status}" for _, status, _, name in serving if status != "running"]
    problems = [Problem("container", f"{', '.join(down)}: 'npm run logs', then 'pulumi up'.", urgent=True, patience=3)] if down else []
    if serving:
        counts = dict(line.split() for line in run("docker", "inspect", "--format", "{{.Name}} {{.RestartCount}}", *(one[0] for one in serving)).splitlines())
        before, state["restarts"] = state.get("restarts", {}), counts
        again = [name.lstrip("/") for name, count in counts.items() if int(count) > int(before.get(name, count))]
        if again:
            problems.append(Problem(f"{again[0]} restarted", f"{', '.join(again)} ended and was started again: 'npm run logs'.", patience=1, event=True))
    return problems


def looks(settings: State, state: State, now: float) -> List[Problem]:
    """All problems of this machine; a look that fails is one itself."""
    app = settings["app"]
    all_looks: List[Callable[[], List[Problem]]] = [
        lambda: look_at_tunnel(settings, now),
        look_at_disks,
        look_at_memory,
        lambda: look_at_kills(state),
        look_at_heat,
        look_at_units,
        look_at_clock,
        look_at_reboot,
        lambda: look_at_certificates(app, now),
        lambda: look_at_backup(app, now),
    ]
    if settings["address"] is not None:
        all_looks.append(lambda: look_at_site(settings, settings["address"], state))
    if settings["role"] == "server" and settings["address"] is not None:
        all_looks.append(lambda: look_at_dns(settings))
    if settings["engine"]:
        all_looks.append(lambda: look_at_containers(settings, state))
    problems: List[Problem] = []
    for look in all_looks:
        try:
            problems += look()
        except Exception as error:  # noqa: BLE001
            problems.append(Problem("watch", f"a look failed: {error!r}.", patience=5))
    return problems


def deploying(now: float) -> bool:
    """Whether Pulumi has changed this machine a moment ago."""
    return any(now - os.stat(path).st_mtime < DEPLOY for path in Path("/var/lib/homeport").glob("*/*"))


# --- telling -------------------------------------------------------------------------------------------------------------------------


def recipients(app: str) -> Dict[str, str]:
    """The URLs by a digest of each: they are secrets themselves."""
    urls = Path(f"{SETTINGS / app}.urls").read_text().split()
    return {hashlib.sha256(url.encode()).hexdigest()[:12]: url for url in urls}


def deliver(everybody: Dict[str, str], message: Message) -> List[str]:
    """Tells everybody; returns the digests of those who could not be told."""
    if not everybody:
        return []
    import apprise  # Takes a second: only where something is to be told.

    failed = []
    for number, (digest, url) in enumerate(everybody.items(), 1):
        to = apprise.Apprise()
        if not to.add(url):
            print(f"alertUrls: the URL number {number} is none that Apprise knows", file=sys.stderr)
            failed.append(digest)
        elif not to.notify(title=message.title, body=message.body):
            print(f"alertUrls: the URL number {number} did not take the message", file=sys.stderr)
            failed.append(digest)
    return failed


def deliver_all(app: str, state: State, messages: List[Message]) -> None:
    """Tells what is new to everybody, and what is left of before to whom it did not reach."""
    everybody = recipients(app)
    waiting = [(Message(title, body), digests) for title, body, digests in state.get("unsent", [])]
    unsent = []
    for message, digests in [*waiting, *((one, list(everybody)) for one in messages)]:
        failed = deliver({one: everybody[one] for one in digests if one in everybody}, message)
        if failed:
            unsent.append([message.title, message.body, failed])
    state["unsent"] = unsent[-UNSENT:]


def read(path: Path) -> State:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return {}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    new.write_text(text)
    new.replace(path)


def beat(url: str) -> None:
    """Says that all is well; whoever misses it raises the alarm."""
    try:
        urllib.request.urlopen(url, timeout=10).close()
    except OSError as error:
        print(f"the heartbeat does not reach its URL: {error}", file=sys.stderr)


def lasting(state: State) -> str:
    """What has to outlast a restart: what was told, and what is still to be told."""
    told = sorted(key for key, one in state.get("known", {}).items() if one["told"])
    return json.dumps([state.get("held"), state.get("unsent"), told])


def look(app: str, settings: State) -> None:
    now = time.time()
    memory, kept = MEMORY / f"{app}.json", KEPT / f"{app}.json"
    state = read(memory) or read(kept)
    before = lasting(state)
    problems = looks(settings, state, now)
    for problem in problems:
        print(f"{problem.key}: {problem.text}")
    host = f"{settings['site']} ({settings['host']})"
    quiet = is_quiet(settings["quietHours"], time.localtime(now).tm_hour)
    messages = judge(state, problems, now, host=host, deploying=deploying(now), quiet=quiet)
    deliver_all(app, state, messages)
    write(memory, json.dumps(state))
    if lasting(state) != before:
        write(kept, json.dumps(state))
    if settings["role"] == "edge":
        status, milliseconds = state.get("answer", [0, 0])
        days = KEPT / f"{app}.days"
        lines = days.read_text().splitlines() if days.exists() else []
        write(days, "\n".join(count_day(lines, time.strftime("%Y-%m-%d", time.gmtime(now)), 0 < status < 500, milliseconds)) + "\n")
    if settings["heartbeat"] is not None and not any(one["told"] for one in state["known"].values()):
        beat(settings["heartbeat"])


def main(app: str, *words: str) -> int:
    settings = json.loads((SETTINGS / f"{app}.json").read_text())
    if words == ("--test",):
        failed = deliver(recipients(app), Message(f"{settings['site']} ({settings['host']}): a test", "This is how an alert arrives. Nothing is wrong."))
        print("it was not delivered" if failed else "sent")
        return 1 if failed else 0
    look(app, settings)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
