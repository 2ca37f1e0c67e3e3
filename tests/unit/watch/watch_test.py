"""What the watch tells, and when: python3 -m unittest discover -s tests/unit/watch -p '*_test.py'."""

import importlib.util
import tempfile
import unittest
from pathlib import Path
from unittest import mock

SOURCE = Path(__file__).resolve().parents[3] / "components" / "watch" / "watch.py"
spec = importlib.util.spec_from_file_location("watch", SOURCE)
watch = importlib.util.module_from_spec(spec)
__import__("sys").modules["watch"] = watch
spec.loader.exec_module(watch)

SITE = watch.Problem("site", "it is down", urgent=True, patience=3)
DISK = watch.Problem("disk /", "it is full", patience=2)
KILL = watch.Problem("out of memory", "one was ended", patience=1, event=True)


class Minutes:
    """Looks, one a minute."""

    def __init__(self):
        self.state, self.now = {}, 1_000_000.0

    def look(self, *problems, **how):
        self.now += 60
        return [one.title for one in watch.judge(self.state, list(problems), self.now, host="h", **how)]


class JudgeTest(unittest.TestCase):
    def setUp(self):
        self.minutes = Minutes()

    def test_a_problem_is_told_once_when_it_has_lasted_and_once_when_it_is_over(self):
        told = [self.minutes.look(SITE) for _ in range(10)]
        self.assertEqual(told, [[], [], ["h: site"], *[[]] * 7])
        over = [self.minutes.look() for _ in range(5)]
        self.assertEqual(over, [[], [], ["h: site: good again"], [], []])

    def test_what_is_over_before_it_was_told_is_never_told(self):
        self.assertEqual([self.minutes.look(SITE), self.minutes.look(SITE), self.minutes.look(), self.minutes.look(SITE), self.minutes.look(SITE)], [[]] * 5)

    def test_one_good_look_in_between_is_no_recovery(self):
        for _ in range(3):
            self.minutes.look(SITE)
        self.assertEqual([self.minutes.look(), self.minutes.look(SITE), self.minutes.look()], [[], [], []])

    def test_problems_are_told_apart(self):
        self.assertEqual([self.minutes.look(SITE, DISK), self.minutes.look(SITE, DISK), self.minutes.look(SITE, DISK)], [[], ["h: disk /"], ["h: site"]])

    def test_what_comes_and_goes_is_told_three_times_and_then_not_for_an_hour(self):
        told = []
        for _ in range(8):
            for _ in range(3):
                told += self.minutes.look(SITE)
            for _ in range(3):
                told += self.minutes.look()
        self.assertEqual(told, ["h: site", "h: site: good again", "h: site", "h: site: good again", "h: site comes and goes"])

    def test_after_an_hour_of_quiet_it_is_told_as_ever(self):
        self.test_what_comes_and_goes_is_told_three_times_and_then_not_for_an_hour()
        for _ in range(70):
            self.assertEqual(self.minutes.look(), [])
        told = [title for _ in range(3) for title in self.minutes.look(SITE)]
        self.assertEqual(told, ["h: site"])

    def test_an_event_has_no_all_clear(self):
        self.assertEqual(self.minutes.look(KILL), ["h: out of memory"])
        self.assertEqual([self.minutes.look() for _ in range(5)], [[]] * 5)

    def test_a_deploy_of_ones_own_is_no_alarm(self):
        told = [self.minutes.look(SITE, deploying=True) for _ in range(6)]
        self.assertEqual(told, [[]] * 6)
        self.assertEqual(self.minutes.look(SITE), ["h: site"])

    def test_at_night_only_the_urgent_is_told_and_the_rest_in_the_morning_at_once(self):
        told = [self.minutes.look(SITE, DISK, quiet=True) for _ in range(4)]
        self.assertEqual(told, [[], [], ["h: site"], []])
        self.assertEqual(self.minutes.look(SITE, DISK), ["h: while it was quiet"])
        self.assertEqual(self.minutes.look(SITE, DISK), [])

    def test_the_state_survives_as_json(self):
        import json

        for _ in range(3):
            self.minutes.look(SITE)
            self.minutes.state = json.loads(json.dumps(self.minutes.state))
        self.assertEqual([self.minutes.look() for _ in range(3)][-1], ["h: site: good again"])


class HoursTest(unittest.TestCase):
    def test_hours_over_midnight_and_within_a_day(self):
        quiet = [hour for hour in range(24) if watch.is_quiet("22-7", hour)]
        self.assertEqual(quiet, [0, 1, 2, 3, 4, 5, 6, 22, 23])
        self.assertEqual([hour for hour in range(24) if watch.is_quiet("1-4", hour)], [1, 2, 3])
        self.assertFalse(watch.is_quiet(None, 3))


class DaysTest(unittest.TestCase):
    def test_a_day_is_a_line_and_bad_checks_have_no_time(self):
        lines = watch.count_day([], "2026-01-01", True, 100)
        lines = watch.count_day(lines, "2026-01-01", True, 300)
        lines = watch.count_day(lines, "2026-01-01", False, 20000)
        self.assertEqual(lines, ["2026-01-01 3 2 400 300"])
        self.assertEqual(watch.count_day(lines, "2026-01-02", False, 0), [*lines, "2026-01-02 1 0 0 0"])

    def test_old_days_go(self):
        lines = [f"day{number} 1 1 1 1" for number in range(watch.DAYS)]
        self.assertEqual(watch.count_day(lines, "new", True, 5), [*lines[1:], "new 1 1 5 5"])


class LooksTest(unittest.TestCase):
    def test_a_silent_peer_is_named_and_a_fresh_one_is_not(self):
        settings = {"tunnel": "wg0"}
        with mock.patch.object(watch, "run", return_value="a=\t1000\nb=\t0\n"):
            (problem,) = watch.look_at_tunnel(settings, 1100)
            self.assertIn("1 of 2 peers", problem.text)
        with mock.patch.object(watch, "run", return_value="a=\t1000\n"):
            self.assertEqual(watch.look_at_tunnel(settings, 1100), [])
        with mock.patch.object(watch, "run", return_value=""):
            self.assertIn("is not there", watch.look_at_tunnel(settings, 1100)[0].text)

    def test_only_a_growing_number_of_kills_is_an_event(self):
        state = {}
        texts = iter(["oom_kill 3\n", "oom_kill 3\n", "oom_kill 5\n"])
        with mock.patch.object(watch.Path, "read_text", lambda _self: next(texts)):
            self.assertEqual([len(watch.look_at_kills(state)) for _ in range(3)], [0, 0, 1])

    def test_containers_that_do_not_run_are_a_problem_and_release_containers_are_not(self):
        ps = "1 running web app-web-1\n2 exited release app-release\n3 restarting process app-worker\n"
        with mock.patch.object(watch, "run", side_effect=lambda *words, **_: ps if words[1] == "ps" else "/app-web-1 0\n/app-worker 4\n"):
            state = {"restarts": {"/app-web-1": "0", "/app-worker": "2"}}
            down, again = watch.look_at_containers({"owner": "o"}, state)
        self.assertIn("app-worker is restarting", down.text)
        self.assertEqual((again.key, again.event), ("app-worker restarted", True))

    def test_a_look_that_fails_is_a_problem_itself_and_the_others_go_on(self):
        settings = {"app": "a", "role": "edge", "engine": False, "address": "127.0.0.1"}
        with mock.patch.object(watch, "look_at_site", side_effect=OSError("no curl")), mock.patch.object(watch, "run", return_value=""):
            keys = [one.key for one in watch.looks({**settings, "tunnel": "wg0"}, {}, 0)]
        self.assertIn("watch", keys)
        self.assertIn("tunnel", keys)

    def test_a_message_goes_again_to_whom_it_did_not_reach_and_to_nobody_else(self):
        settings = {"site": "s", "host": "h", "role": "server", "quietHours": None, "heartbeat": None}
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "a.urls").write_text("one://x\ntwo://y\n")
            places = {"MEMORY": Path(folder, "run"), "KEPT": Path(folder, "kept"), "SETTINGS": Path(folder)}
            delivered = []

            def deliver(everybody, message, refuse=()):
                delivered.append((sorted(everybody.values()), message.title))
                return [digest for digest, url in everybody.items() if url in refuse]

            with mock.patch.multiple(watch, deploying=lambda _now: False, **places):
                with mock.patch.multiple(watch, looks=lambda *_: [KILL], deliver=lambda *all: deliver(*all, refuse=["two://y"])), mock.patch("builtins.print"):
                    watch.look("a", settings)
                # After a restart of the machine the memory is gone.
                Path(folder, "run", "a.json").unlink()
                with mock.patch.multiple(watch, looks=lambda *_: [], deliver=deliver):
                    watch.look("a", settings)
                    watch.look("a", settings)
        title = "s (h): out of memory"
        self.assertEqual(delivered, [(["one://x", "two://y"], title), (["two://y"], title)])


class BackupTest(unittest.TestCase):
    """What the last run left, and when it is too old."""

    NOW = 1_800_000_000

    def look(self, line):
        """The texts of the problems; None: no backups are set up."""
        files = {"/etc/homeport/backup/blog.json": "{}", "/var/lib/homeport-backup/blog.line": line}

        class Files:
            def __init__(self, path):
                self.path = path

            def exists(self):
                return line is not None

            def read_text(self):
                if not files[self.path]:
                    raise FileNotFoundError(self.path)
                return files[self.path]

        with mock.patch.object(watch, "Path", Files):
            return [one.text for one in watch.look_at_backup("blog", self.NOW)]

    def test_it_is_told_what_is_wrong(self):
        self.assertEqual(self.look(None), [])
        self.assertEqual(self.look(f"good {self.NOW - 3600} 1a is proven"), [])
        self.assertRegex(self.look("")[0], "there is none yet")
        self.assertRegex(self.look(f"bad {self.NOW} failed: it is full")[0], "failed: it is full. Try again")
        self.assertRegex(self.look(f"good {self.NOW - 40 * 3600} 1a is proven")[0], "40 h old")


if __name__ == "__main__":
    unittest.main()
