#!/usr/bin/python3
"""Saves an application's data with restic, and proves each backup by what it gives back.

Reads  /etc/homeport/backup/APP.json      what is saved, where to, and for how long (backup-spec.ts)
       /etc/homeport/backup/APP.env       secrets, NAME=VALUE a line, as restic takes them
Writes /var/lib/homeport-backup/APP.json  what is known: the repository, its proven backups, when it was tidied
       /var/lib/homeport-backup/APP.line  the same for the probe: `good|bad EPOCH TEXT`
       /var/lib/homeport-backup/APP/      scratch; gone after each run
Arguments: APP run|list|plan [ID]|restore [ID] [--if-empty]; with --from, stdin has the settings and secrets of another stack's backups.
Runs as root, by a timer or by hand. Exits 3 where the backup that was asked for is none of this machine's. One file, because it is installed as one program.
"""

from __future__ import annotations

import contextlib
import fcntl
import glob
import hashlib
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Sequence

SETTINGS = Path("/etc/homeport/backup")
KEPT = Path("/var/lib/homeport-backup")

# First bytes of a SQLite database, and what lies beside one (sqlite.org/fileformat2.html, tempfiles.html).
MAGIC = b"SQLite format 3\x00"
BESIDE = ("-wal", "-shm", "-journal")
# For another machine to end its work on the repository, and between two looks whether it has, seconds. restic 0.14 does not wait itself.
LOCKED_SECONDS, LOCKED_PAUSE = 1200, 5
# Files of which a proof compares the content.
SAMPLE = 50
# Days between two thorough looks into the repository, and between two times that it is tidied: both read much of it.
CHECK_DAYS, PRUNE_DAYS = 30, 7
DAY = 86400
# Bytes that a restore leaves free.
SPARE = 256 * 10**6
# Proofs that are remembered.
REMEMBERED = 500
# A volume's own marks (volumes.sh, the adapter's volume.py).
MARKS = (".homeport-volume", ".homeport")
# Where the list of proofs lies in a backup of its own.
PROOFS = "/proofs.json"
PROOF_DATABASE = "homeport_proof"

State = Dict[str, Any]


class Failure(Exception):
    """Something that a person has to know: what, and what to do."""


class NotHere(Failure):
    """A backup of another machine of the site, or of none."""


# The exit code for it: another machine may have it.
NOT_HERE = 3

# What restic says, and what it means.
REMEDIES = (
    (r"wrong password|no key found", "it was made with another key: set the right one (backupKey), or choose an empty place"),
    (r"no space left|quota|disk full|insufficient storage", "it is full: make room there, or keep fewer backups (backup.keep)"),
    (r"read-only file system|permission denied|access ?denied|403 forbidden", "it cannot be written to: check its mount and its permissions"),
    (r"there were \d+ errors?|unexpected eof|pack .* (does not exist|not found)|ciphertext verification", "what is kept there cannot be read back: look after its disk, and run 'restic check'"),
    (r"already locked", "another program is working on it: try again later"),
    (
        r"no such host|connection (refused|reset|timed out)|i/o timeout|unreachable|could not resolve|temporary failure|host key verification|connection closed|context deadline",
        "it does not answer: is it on, is the address right?",
    ),
    (r"signature|invalid ?access ?key|no such bucket|nosuchbucket|401 unauthorized", "it refuses the login: check backupEnvironment and the bucket's name"),
)


def say(text: str) -> None:
    print(text, flush=True)


def shown(repository: str) -> str:
    """An address without its login."""
    return re.sub(r"://[^/@\s]*@", "://", repository)


def meaning(repository: str, said: str) -> str:
    """restic's message as a sentence with what to do."""
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["no reason given"]
    # restic ends with its reason, which it begins with this word, and with hints behind it.
    reason = next((line for line in lines if line.startswith("Fatal:")), lines[-1])
    for pattern, remedy in REMEDIES:
        if re.search(pattern, said, re.I):
            return f"{shown(repository)}: {remedy} ({reason[:200]})"
    return f"{shown(repository)}: {reason[:300]}"


class Backup:
    """The backups of one application on this machine."""

    def __init__(self, app: str, source: Optional[str] = None) -> None:
        self.app = app
        self.settings: State = json.loads((SETTINGS / f"{app}.json").read_text())
        # Whose backups are read: by default its own.
        self.of: State = self.settings
        environment = (SETTINGS / f"{app}.env").read_text()
        if source is not None:
            settings, environment = source.split("\n\n", 1)
            self.of = json.loads(settings)
        secrets = (line.split("=", 1) for line in environment.splitlines() if "=" in line)
        self.environment = {
            **os.environ,
            # A collector that runs often, on two cores: half the memory for a little more work (restic's manual, "Tuning").
            **{"GOGC": "20", "GOMAXPROCS": "2", "HOME": "/root", "RESTIC_CACHE_DIR": "/var/cache/homeport-backup", "LC_ALL": "C"},
            **{name: value for name, value in secrets},
        }
        self.repository: str = self.environment["RESTIC_REPOSITORY"]
        self.scratch = KEPT / app
        # There while a restore is at work, or was killed.
        self.begun = KEPT / f"{app}.restoring"
        self.state = read(KEPT / f"{app}.json")

    # --- restic ---

    def restic(self, *words: str, allowed: Sequence[int] = (0,), given: bytes = b"") -> str:
        """restic's output; a Failure that says what to do where it does not end well. Another machine's work on the repository is waited for."""
        deadline = time.monotonic() + LOCKED_SECONDS
        while True:
            done = subprocess.run(["restic", *words], env=self.environment, input=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
            said = done.stderr.decode(errors="replace")
            if done.returncode in allowed:
                return done.stdout.decode(errors="replace")
            if "already locked" not in said or time.monotonic() > deadline:
                raise Failure(meaning(self.repository, said))
            time.sleep(LOCKED_PAUSE)

    def id(self) -> str:
        """The repository's own mark; fails where there is none that our key opens."""
        return json.loads(self.restic("cat", "config"))["id"]

    def open(self) -> None:
        """Makes sure that the repository is ours. A new one is made only where none was known: an unmounted disk is no empty one."""
        try:
            found = self.id()
        except Failure as failure:
            if not re.search(r"does not exist|unable to open config|is there a repository|no such file|404|specified key", str(failure), re.I):
                raise
            if self.state.get("repository"):
                raise Failure(
                    f"{self.repository}: the repository is gone: is the disk mounted? To begin another one there, remove {KEPT / self.app}.json"
                ) from None
            if self.repository.startswith("/") and not Path(self.repository).parent.is_dir():
                raise Failure(f"{self.repository}: there is no folder {Path(self.repository).parent}: is the disk mounted?") from None
            say(f"making a repository at {self.repository}")
            self.restic("init")
            found = self.id()
        self.state["repository"] = found
        # Of runs that were killed: restic knows by the process and by age which locks are stale.
        self.restic("unlock")

    def snapshots(self) -> List[State]:
        return json.loads(self.restic("snapshots", "--json", *self.own()) or "[]") or []

    def own(self) -> List[str]:
        return ["--host", self.of["machine"], "--tag", self.of["app"]]

    # --- saving ---

    def run(self) -> None:
        began = time.time()
        with self.alone():
            try:
                self.open()
                result = self.save()
                self.note(began, {**result, **self.prove(result)})
                self.keep_proofs()
                if not result["odd"]:
                    self.thin_out()
                self.check()
            except Exception as failure:
                reason = str(failure) if isinstance(failure, Failure) else f"{type(failure).__name__}: {failure}"
                self.note(began, {"error": reason})
                raise Failure(reason) from None
            finally:
                shutil.rmtree(self.scratch, ignore_errors=True)

    def save(self) -> State:
        """One moment: databases first, then files, because a row is written after the file that it names."""
        stage = self.scratch / "stage"
        shutil.rmtree(self.scratch, ignore_errors=True)
        stage.mkdir(mode=0o700, parents=True)
        volumes = self.volumes()
        found = [one for name, place in volumes.items() for one in self.copy_databases(name, Path(place), stage)]
        databases = [one for one in found if "damaged" not in one]
        odd = [f"{one['volume']}/{one['path']}" for one in found if "damaged" in one]
        dumped = self.dump_postgres(stage)
        live = [str(Path(volumes[one["volume"]]) / one["path"]) for one in databases]
        excluded = [escaped(path + end) for path in live for end in ("", *BESIDE)] + [escaped(f"{place}/uploads/*.upload*") for place in volumes.values()]
        (self.scratch / "exclude").write_text("".join(f"{path}\n" for path in excluded))
        # Bounded, whatever the volumes hold: their files' names are read once.
        sample = self.sample(volumes, set(live))
        manifest = {"app": self.app, "volumes": volumes, "sqlite": databases, "postgres": dumped, "sample": sample}
        (stage / "manifest.json").write_text(json.dumps(manifest))
        extra = [path for pattern in self.settings["files"] for path in glob.glob(pattern)]
        say("saving: " + ", ".join([*volumes, *(["PostgreSQL"] if dumped else [])]))
        words = ["backup", "--json", *self.own(), "--exclude-file", str(self.scratch / "exclude"), str(stage), *volumes.values(), *extra]
        # 3: a file could not be read, such as one that went meanwhile; what counts is saved, and the proof says whether it is.
        said = self.restic(*words, allowed=(0, 3))
        summary = next((one for one in map(parsed, said.splitlines()) if one.get("message_type") == "summary"), None)
        if summary is None or not summary.get("snapshot_id"):
            raise Failure(f"{self.repository}: restic made no backup")
        return {"snapshot": summary["snapshot_id"][:8], "bytes": summary["total_bytes_processed"], "manifest": manifest, "odd": odd}

    def volumes(self) -> Dict[str, str]:
        """Mount points by name of the application's volumes and its services'; PostgreSQL's is dumped instead."""
        if not self.settings["volumes"]:
            return {}
        listed = docker("volume", "ls", "--filter", f"label=homeport.owner={self.settings['owner']}", "--format", "{{.Name}} {{.Label \"homeport.app\"}}")
        names = [name for name, _, of in (line.partition(" ") for line in listed.splitlines()) if of == self.app or of.startswith(f"{self.app}-")]
        if f"{self.app}-data" not in names:
            raise Failure(f"there is no volume {self.app}-data here: run 'pulumi up' first")
        return {name: str(mount_point(name)) for name in sorted(names)}

    def copy_databases(self, volume: str, place: Path, stage: Path) -> List[State]:
        """Copies of all SQLite databases of a volume by SQLite's own backup, while they are written to. The API copies pages, so its version does not matter.

        One that cannot be read as a database, such as an upload that only looks like one, is saved as the file that it is.
        """
        found = []
        for path in sorted(place.rglob("*")):
            if path.is_symlink() or not path.is_file() or not is_sqlite(path):
                continue
            to = stage / "sqlite" / volume / path.relative_to(place)
            to.parent.mkdir(parents=True, exist_ok=True)
            owner = path.stat()
            named = {"volume": volume, "path": str(path.relative_to(place))}
            try:
                with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=60)) as live, contextlib.closing(sqlite3.connect(to)) as copy:
                    live.backup(copy)
                rows = rows_of(to)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise Failure(f"{path}: {error}") from None
                found.append({**named, "damaged": str(error)})
                to.unlink()
                continue
            found.append(
                {**named, "rows": rows, **{"uid": owner.st_uid, "gid": owner.st_gid, "mode": owner.st_mode & 0o777}}
            )
        return found

    def postgres(self) -> Optional[str]:
        if not self.settings["postgres"]:
            return None
        labels = (f"label=homeport.owner={self.settings['owner']}", f"label=homeport.app={self.app}", "label=homeport.role=postgres")
        found = docker("ps", "--quiet", *(word for label in labels for word in ("--filter", label))).split()
        if not found:
            raise Failure("PostgreSQL does not run here: run 'npm run status'")
        return found[0]

    def dump_postgres(self, stage: Path) -> bool:
        container = self.postgres()
        if container is None:
            return False
        with (stage / "postgres.dump").open("wb") as dump:
            words = ["docker", "exec", container, "pg_dump", "--username", "postgres", "--format", "custom", self.settings["postgres"]]
            done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=dump, stderr=subprocess.PIPE, check=False)
        if done.returncode != 0 or not (stage / "postgres.dump").stat().st_size:
            raise Failure(f"pg_dump failed: {done.stderr.decode(errors='replace').strip()[-300:]}")
        return True

    def sample(self, volumes: Dict[str, str], live: "set[str]") -> Dict[str, str]:
        """Digests of some files, by path."""
        paths = [
            path
            for place in volumes.values()
            for folder, _, names in os.walk(place)
            for path in (os.path.join(folder, name) for name in names)
            if os.path.isfile(path) and not os.path.islink(path) and path not in live and not path.endswith(BESIDE) and not is_unfinished(path)
        ]
        return {path: digest for path in random.sample(paths, min(SAMPLE, len(paths))) for digest in [digest_of(path)] if digest}

    # --- proving ---

    def prove(self, result: State) -> State:
        """Gives the backup back, out of where it is kept, beside the site: databases whole, and the files of the sample."""
        say(f"proving {result['snapshot']}")
        manifest, target = result.pop("manifest"), self.scratch / "proof"
        stage = self.scratch / "stage"
        included = [word for path in [str(stage), *manifest["sample"]] for word in ("--include", escaped(path))]
        self.restic("restore", result["snapshot"], "--target", str(target), *included)
        rows = 0
        back = target / str(stage).lstrip("/")
        for one in manifest["sqlite"]:
            path = back / "sqlite" / one["volume"] / one["path"]
            with contextlib.closing(sqlite3.connect(path)) as database:
                (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
            if verdict != "ok":
                raise Failure(f"the backup {result['snapshot']} is damaged: {one['path']}: {verdict}")
            if rows_of(path) != one["rows"]:
                raise Failure(f"the backup {result['snapshot']} is damaged: {one['path']} has {rows_of(path)} rows, and had {one['rows']}")
            rows += one["rows"]
        if manifest["postgres"]:
            rows += self.prove_postgres(back / "postgres.dump")
        for path, digest in manifest["sample"].items():
            # A file that was changed meanwhile may be as it is now.
            if digest_of(str(target) + path) not in (digest, digest_of(path)):
                raise Failure(f"the backup {result['snapshot']} is damaged: {path} is another file")
        return {"rows": rows, "files": len(manifest["sample"])}

    def prove_postgres(self, dump: Path) -> int:
        container = self.postgres() or ""
        drop = f"DROP DATABASE IF EXISTS {PROOF_DATABASE}"
        query(container, "postgres", drop)
        query(container, "postgres", f"CREATE DATABASE {PROOF_DATABASE}")
        try:
            with dump.open("rb") as text:
                ended(["docker", "exec", "--interactive", container, "pg_restore", "--username", "postgres", "--no-owner", "--no-privileges", "--exit-on-error", "--dbname", PROOF_DATABASE], text)
            count = (
                "SELECT coalesce(sum((xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM %I.%I', schemaname, relname), "
                "false, true, '')))[1]::text::bigint), 0) FROM pg_stat_user_tables"
            )
            return int(query(container, PROOF_DATABASE, count) or 0)
        finally:
            query(container, "postgres", drop)

    # --- keeping ---

    def proofs(self) -> Dict[str, int]:
        """Rows by backup that was proven. A new machine finds what the old one has left in the repository."""
        if self.of is self.settings and self.state.get("proofs"):
            return self.state["proofs"]
        try:
            return json.loads(self.restic("dump", "--host", self.of["machine"], "--tag", f"{self.of['app']}-proofs", "latest", PROOFS))
        except (Failure, ValueError):
            return {}

    def keep_proofs(self) -> None:
        words = ["--host", self.settings["machine"], "--tag", f"{self.app}-proofs"]
        self.restic("backup", *words, "--stdin", "--stdin-filename", PROOFS, given=json.dumps(self.state["proofs"]).encode())
        self.restic("forget", *words, "--group-by", "host", "--keep-last", "1")

    def thin_out(self) -> None:
        """Only after a proven backup: retention never takes the last good one."""
        known = self.state.get("proofs", {})
        unproven = [one["short_id"] for one in self.snapshots() if one["short_id"] not in known]
        if unproven:
            self.restic("forget", *unproven)
        keep = [word for name, count in self.settings["keep"].items() if count for word in (f"--keep-{name}", str(count))]
        due = time.time() - self.state.get("pruned", 0) > PRUNE_DAYS * DAY
        self.restic("forget", *self.own(), "--group-by", "host", *keep, *(["--prune"] if due else []))
        if due:
            self.state["pruned"] = time.time()
            self.write()

    def check(self) -> None:
        if time.time() - self.state.get("checked", 0) <= CHECK_DAYS * DAY:
            return
        say("checking the whole repository, as once a month")
        self.restic("check")
        self.state["checked"] = time.time()
        self.write()

    def note(self, began: float, result: State) -> None:
        now = time.time()
        good = "error" not in result
        odd = result.get("odd", [])
        shrunk = good and result["bytes"] * 2 < self.state.get("bytes", 0)
        if good:
            self.state["bytes"] = result["bytes"]
            proofs = {**self.state.get("proofs", {}), result["snapshot"]: result["rows"]}
            self.state["proofs"] = dict(list(proofs.items())[-REMEMBERED:])
            what = f"{size(result['bytes'])}, {result['rows']} rows and {result['files']} files compared, {round(now - began)} s"
            text = f"{result['snapshot']} is proven: {what}" + (" - less than half of the one before" if shrunk else "")
            if odd:
                text += f" - but {', '.join(odd[:3])} is a damaged SQLite database, or only looks like one: mend or remove it; until then no older backup is removed"
        else:
            text = f"failed: {result['error']}"
        self.write()
        line = f"{'bad' if shrunk or odd or not good else 'good'} {int(now)} {' '.join(text.split())}\n"
        write(KEPT / f"{self.app}.line", line)
        say(text)

    def write(self) -> None:
        write(KEPT / f"{self.app}.json", json.dumps(self.state))

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """One run at a time; the kernel gives the lock back where one is killed."""
        KEPT.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (KEPT / f"{self.app}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                say("another run is at work: waiting for its end")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    # --- giving back ---

    def list(self) -> None:
        self.restic("unlock")
        proofs = self.proofs()
        for one in reversed(self.snapshots()):
            name = one["short_id"]
            proven = f"proven, {proofs[name]} rows" if name in proofs else "not proven here"
            say(f"{name}  {one['time'][:16].replace('T', ' ')}  {proven}")

    def restore(self, asked: str, if_empty: bool) -> None:
        with self.alone():
            # A restore that was killed has left a part.
            if if_empty and not self.begun.exists() and not self.is_empty():
                say("there is data here, which stays")
                return
            self.restic("unlock")
            snapshot = self.chosen(asked)["short_id"]
            if self.of is self.settings and not self.state.get("repository"):
                self.state["repository"] = self.id()
                self.write()
            try:
                self.give_back(snapshot)
            finally:
                shutil.rmtree(self.scratch, ignore_errors=True)

    def chosen(self, asked: str) -> State:
        """A backup by the beginning of its id, or the newest that is proven, or else the newest."""
        all_of_them = self.snapshots()
        if asked == "latest":
            known = self.proofs()
            proven = [one for one in all_of_them if one["short_id"] in known]
            found = (proven or all_of_them)[-1:]
        else:
            found = [one for one in all_of_them if one["id"].startswith(asked)]
        if not found:
            raise (Failure if asked == "latest" else NotHere)(f"there is no backup {asked} of {self.of['app']} on {self.of['machine']}: 'npm run backups' lists them")
        return found[0]

    def plan(self, asked: str) -> None:
        """What a restore would replace."""
        self.restic("unlock")
        one = self.chosen(asked)
        manifest = json.loads(self.restic("dump", one["short_id"], f"{KEPT / self.of['app']}/stage/manifest.json"))
        say(f"{one['short_id']} of {one['time'][:16].replace('T', ' ')} replaces on {self.settings['machine']}:")
        for name in manifest["volumes"] if self.settings["volumes"] else []:
            say(f"  the files and SQLite databases of the volume {self.here(name)}")
        if manifest["postgres"] and self.settings["postgres"]:
            say(f"  the PostgreSQL database {self.settings['postgres']}")
        say(f"the site is down meanwhile; what is there now is kept in {KEPT}")

    def here(self, volume: str) -> str:
        """The name of a volume of the backup on this machine."""
        return f"{self.app}{volume[len(self.of['app']) :]}"

    def is_empty(self) -> bool:
        """Whether nobody's data is here: the volume has nothing but marks, and PostgreSQL no table."""
        place = subprocess.run(["docker", "volume", "inspect", "--format", "{{.Mountpoint}}", f"{self.app}-data"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        if self.settings["volumes"] and place.returncode == 0 and has_data(Path(place.stdout.decode().strip())):
            return False
        container = self.postgres()
        if container is None:
            return True
        count = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        return int(query(container, self.settings["postgres"], count)) == 0

    def give_back(self, snapshot: str) -> None:
        say(f"fetching {snapshot} from {shown(self.repository)}")
        target = self.scratch / "restore"
        shutil.rmtree(self.scratch, ignore_errors=True)
        target.mkdir(mode=0o700, parents=True)
        needed = json.loads(self.restic("stats", snapshot, "--json"))["total_size"]
        # Fetched, and put in place beside what is kept.
        if shutil.disk_usage(self.scratch).free < 2 * needed + SPARE:
            raise Failure(f"{snapshot} needs {size(2 * needed + SPARE)} free in {KEPT} while it is put back: make room")
        self.restic("restore", snapshot, "--target", str(target))
        stage = target / str(KEPT / self.of["app"] / "stage").lstrip("/")
        manifest: State = json.loads((stage / "manifest.json").read_text())
        # Where the database has a machine of its own, each gets its part.
        volumes: Dict[str, str] = manifest["volumes"] if self.settings["volumes"] else {}
        before = KEPT / f"{self.app}-before-{time.strftime('%Y%m%d-%H%M%S')}"
        before.mkdir(mode=0o700)
        write(self.begun, snapshot)
        containers = self.stop([self.here(name) for name in volumes])
        try:
            for name, place in volumes.items():
                self.give_back_volume(self.here(name), target / place.lstrip("/"), before)
            for one in manifest["sqlite"] if volumes else []:
                self.give_back_database(one, stage)
            if manifest["postgres"] and self.settings["postgres"]:
                self.give_back_postgres(stage / "postgres.dump", before)
            self.give_back_certificates(target)
        except (Failure, OSError):
            self.put_back(before)
            raise
        finally:
            if containers:
                docker("start", *containers)
        self.begun.unlink()
        kept = any(has_data(one) if one.is_dir() else True for one in before.iterdir())
        if not kept:
            shutil.rmtree(before)
        say(f"{snapshot} is back" + (f"; what was there is in {before}: remove it once all is well" if kept else ""))

    def put_back(self, before: Path) -> None:
        """What was there, after a restore that went wrong. PostgreSQL takes all of a dump or nothing."""
        for kept in (one for one in before.iterdir() if one.is_dir()):
            place = mount_point(kept.name)
            for entry in place.iterdir():
                shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
            move_all(kept, place)
        shutil.rmtree(before)
        self.begun.unlink()
        say("nothing was changed: what was there is back")

    def stop(self, volumes: List[str]) -> List[str]:
        found = {one for name in volumes for one in docker("ps", "--quiet", "--filter", f"volume={name}").split()}
        if found:
            docker("stop", *found)
        return sorted(found)

    def give_back_volume(self, name: str, source: Path, before: Path) -> None:
        app = name[: -len("-data")] if name.endswith("-data") else self.app
        docker("volume", "create", "--label", f"homeport.owner={self.settings['owner']}", "--label", f"homeport.app={app}", name)
        place = mount_point(name)
        # Also where it is empty: so it is known what to put back where this ends badly.
        (before / name).mkdir()
        move_all(place, before / name)
        if source.is_dir():
            ended(["cp", "--archive", "--reflink=auto", f"{source}/.", str(place)])

    def give_back_database(self, one: State, stage: Path) -> None:
        to = mount_point(self.here(one["volume"])) / one["path"]
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(stage / "sqlite" / one["volume"] / one["path"], to)
        os.chown(to, one["uid"], one["gid"])
        to.chmod(one["mode"])

    def give_back_postgres(self, dump: Path, before: Path) -> None:
        container, database = self.postgres() or "", self.settings["postgres"]
        if self.is_empty() is False:
            self.dump_postgres(before)
        words = ["docker", "exec", "--interactive", container, "pg_restore", "--username", "postgres", "--clean", "--if-exists", "--no-owner"]
        with dump.open("rb") as text:
            ended([*words, f"--role={database}", "--single-transaction", "--dbname", database], text)

    def give_back_certificates(self, target: Path) -> None:
        """Where the proxy has none yet: the authority need not be asked again."""
        folder = Path("/var/lib/homeport-traefik")
        for source in (target / str(folder).lstrip("/")).glob("*.json"):
            there = folder / source.name
            if folder.is_dir() and b'"certificate"' in source.read_bytes() and not (there.exists() and b'"certificate"' in there.read_bytes()):
                proxies = docker("ps", "--quiet", "--filter", "label=homeport.config").split()
                ended(["cp", "--archive", str(source), str(there)])
                if proxies:
                    docker("restart", *proxies)


# --- helpers ---


def move_all(source: Path, to: Path) -> None:
    """Everything in a folder, with its owners, also to another disk."""
    for entry in source.iterdir():
        ended(["mv", "--", str(entry), str(to)])


def is_unfinished(path: str) -> bool:
    """An upload that waits for its end (the adapter's uploads.py, Django's name for it)."""
    folder, name = os.path.split(path)
    return os.path.basename(folder) == "uploads" and ".upload" in name


def has_data(place: Path) -> bool:
    """Whether there is anything but marks and what is unfinished."""
    return any(
        name not in MARKS and not is_unfinished(os.path.join(folder, name)) and not name.endswith(BESIDE)
        for folder, _, names in os.walk(place)
        for name in names
    )


def is_sqlite(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def rows_of(path: Path) -> int:
    """Rows of all tables of a database."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")]
        quoted = ('"' + name.replace('"', '""') + '"' for name in names)
        return sum(database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in quoted)


def digest_of(path: str) -> str:
    """SHA-256 of a file; empty where it cannot be read."""
    sha = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            for chunk in iter(lambda: file.read(1 << 20), b""):
                sha.update(chunk)
    except OSError:
        return ""
    return sha.hexdigest()


def escaped(path: str) -> str:
    """A path as restic's patterns take it: a bracket in a name is no pattern. The star of ours stays."""
    return re.sub(r"([\\\[\]?])", r"\\\1", path)


def size(count: int) -> str:
    return f"{count / 10**9:.1f} GB" if count >= 10**9 else f"{count / 10**6:.1f} MB"


def parsed(line: str) -> State:
    try:
        return json.loads(line)
    except ValueError:
        return {}


def ended(words: Sequence[str], stdin: Any = subprocess.DEVNULL) -> str:
    """The output of a program that has to end well."""
    done = subprocess.run(list(words), stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Failure(f"{' '.join(words[:4])}: {done.stderr.decode(errors='replace').strip()[-300:]}")
    return done.stdout.decode(errors="replace")


def docker(*words: str) -> str:
    return ended(["docker", *words])


def mount_point(volume: str) -> Path:
    """Where a volume is on the machine; it has to be there."""
    return Path(docker("volume", "inspect", "--format", "{{.Mountpoint}}", volume).strip())


def query(container: str, database: str, sql: str) -> str:
    """What PostgreSQL's superuser is answered in a container, without any decoration."""
    words = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--username", "postgres", "--dbname", database, "--command", sql]
    return docker("exec", container, *words).strip()


def read(path: Path) -> State:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return {}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    new.write_text(text)
    with new.open() as file:
        os.fsync(file.fileno())
    new.replace(path)


def main(words: Sequence[str]) -> int:
    app, verb, *rest = words
    os.umask(0o077)
    try:
        backup = Backup(app, sys.stdin.read() if "--from" in rest else None)
        asked = next((one for one in rest if not one.startswith("--")), "latest")
        if verb == "run":
            backup.run()
        elif verb == "list":
            backup.list()
        elif verb == "restore":
            backup.restore(asked, "--if-empty" in rest)
        elif verb == "plan":
            backup.plan(asked)
        else:
            raise Failure(f"{verb}: there are run, list, plan and restore")
    except NotHere:
        return NOT_HERE
    except Failure as failure:
        print(f"backup of {app}: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
