"""What a backup takes, believes and says: python3 -m unittest discover -s tests/unit/backup -p '*_test.py'."""

import contextlib
import importlib.util
import json
import sqlite3
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

SOURCE = Path(__file__).resolve().parents[3] / "components" / "backup" / "backup.py"
spec = importlib.util.spec_from_file_location("backup", SOURCE)
backup = importlib.util.module_from_spec(spec)
sys.modules["backup"] = backup
spec.loader.exec_module(backup)


class MeaningTest(unittest.TestCase):
    def test_each_reason_has_a_remedy(self):
        for said, remedy in (
            ("Fatal: wrong password or no key found", "backupKey"),
            ("Fatal: unable to save snapshot: write /x/data/1a: no space left on device", "it is full"),
            ("Fatal: unable to create lock in backend: open /x/locks/1: read-only file system", "cannot be written to"),
            ("Fatal: create repository at s3:https://h/b failed: client.BucketExists: Access Denied.", "cannot be written to"),
            ("Fatal: unable to open config file: dial tcp 10.0.0.1:443: connect: connection refused", "does not answer"),
            ("Fatal: unable to start the sftp session, error: ssh: Could not resolve hostname nas", "does not answer"),
            ("Fatal: client.BucketExists: The request signature we calculated does not match", "refuses the login"),
            ("unable to create lock in backend: repository is already locked by PID 1", "another program"),
            ("Fatal: There were 16 errors", "restic check"),
        ):
            with self.subTest(said=said):
                self.assertIn(remedy, backup.meaning("/x", said))

    def test_no_login_is_shown(self):
        self.assertNotIn("word", backup.meaning("rest:https://me:word@host/x", "Fatal: something else"))

    def test_the_reason_is_the_line_that_says_so_and_not_the_hint_behind_it(self):
        said = "Fatal: unable to open config file: stat /x/config: no such file or directory\nIs there a repository at the following location?\n/x\n"
        self.assertIn("no such file", backup.meaning("/x", said))


class PlaceTest(unittest.TestCase):
    """One application, with a folder in a volume's place and without restic and Docker."""

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory()) if hasattr(self, "enterContext") else tempfile.mkdtemp()
        self.root = Path(folder)
        (self.root / "etc").mkdir()
        settings = {"app": "blog", "owner": "homeport/dev", "machine": "pi", "volumes": True, "postgres": None, "files": [], "keep": {"daily": 7, "weekly": 0, "monthly": 2}}
        (self.root / "etc" / "blog.json").write_text(json.dumps(settings))
        (self.root / "etc" / "blog.env").write_text("RESTIC_REPOSITORY=/x\nRESTIC_PASSWORD=k=ey\n")
        for name, value in (("SETTINGS", self.root / "etc"), ("KEPT", self.root / "kept")):
            patch = mock.patch.object(backup, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        self.backup = backup.Backup("blog")
        self.volume = self.root / "volume"
        self.volume.mkdir()

    def test_a_value_may_have_an_equals_sign(self):
        self.assertEqual(self.backup.environment["RESTIC_PASSWORD"], "k=ey")

    def test_every_database_is_found_by_its_content_and_copied_while_it_is_open(self):
        (self.volume / "deep").mkdir()
        (self.volume / "db.sqlite3").write_text("no database")
        with contextlib.closing(sqlite3.connect(self.volume / "deep" / "data")) as live:
            live.execute("PRAGMA journal_mode=WAL")
            live.execute('CREATE TABLE "a ""b" (n)')
            live.executemany('INSERT INTO "a ""b" VALUES (?)', [(n,) for n in range(5)])
            live.commit()
            live.execute('INSERT INTO "a ""b" VALUES (6)')
            (found,) = self.backup.copy_databases("blog-data", self.volume, self.root / "stage")
        self.assertEqual((found["path"], found["rows"]), ("deep/data", 5))
        self.assertEqual(backup.rows_of(self.root / "stage" / "sqlite" / "blog-data" / "deep" / "data"), 5)

    def test_a_file_that_only_looks_like_a_database_is_a_file(self):
        (self.volume / "evil.jpg").write_bytes(backup.MAGIC + b"\xff" * 4000)
        (found,) = self.backup.copy_databases("blog-data", self.volume, self.root / "stage")
        self.assertEqual((found["path"], "damaged" in found), ("evil.jpg", True))

    def test_a_volume_with_marks_and_unfinished_uploads_has_no_data(self):
        (self.volume / "uploads").mkdir()
        for name in (".homeport-volume", ".homeport", "uploads/tmp1.upload"):
            (self.volume / name).write_text("x")
        self.assertFalse(backup.has_data(self.volume))
        (self.volume / "uploads" / "picture.png").write_text("x")
        self.assertTrue(backup.has_data(self.volume))

    def test_another_machine_s_work_is_waited_for(self):
        answers = [mock.Mock(returncode=1, stderr=b"repository is already locked by PID 1"), mock.Mock(returncode=0, stdout=b"done", stderr=b"")]
        with mock.patch.object(backup.subprocess, "run", side_effect=answers), mock.patch.object(backup.time, "sleep") as pause:
            self.assertEqual(self.backup.restic("snapshots"), "done")
        pause.assert_called_once()

    def test_a_new_repository_is_made_only_where_none_was_known(self):
        gone = backup.Failure("/x: Fatal: unable to open config file: stat /x/config: no such file or directory")
        self.backup.state["repository"] = "1a2b"
        with mock.patch.object(self.backup, "restic", side_effect=gone) as restic, self.assertRaisesRegex(backup.Failure, "is the disk mounted"):
            self.backup.open()
        self.assertEqual([one.args for one in restic.call_args_list], [("cat", "config")])

    def test_nothing_is_thinned_out_before_a_proof(self):
        done = []
        with contextlib.ExitStack() as stack:
            for name, result in (("open", None), ("save", {"snapshot": "1a", "bytes": 5, "manifest": {}, "odd": []}), ("thin_out", None), ("check", None)):
                stack.enter_context(mock.patch.object(self.backup, name, side_effect=lambda *_, name=name, result=result: done.append(name) or result))
            stack.enter_context(mock.patch.object(self.backup, "prove", side_effect=backup.Failure("it is damaged")))
            stack.enter_context(mock.patch.object(backup, "say"))
            with self.assertRaises(backup.Failure):
                self.backup.run()
        self.assertEqual(done, ["open", "save"])
        self.assertRegex((self.root / "kept" / "blog.line").read_text(), r"^bad \d+ failed: it is damaged\n$")

    def test_one_that_shrinks_by_half_is_told(self):
        with mock.patch.object(backup, "say"):
            for size in (1000, 400):
                self.backup.note(0, {"snapshot": f"s{size}", "bytes": size, "proven": True, "rows": 1, "files": 1})
        self.assertRegex((self.root / "kept" / "blog.line").read_text(), r"^bad \d+ s400 is proven: .* less than half")

    def test_zeros_keep_nothing_of_their_kind(self):
        with mock.patch.object(self.backup, "restic") as restic, mock.patch.object(self.backup, "snapshots", return_value=[]):
            self.backup.thin_out()
        words = restic.call_args_list[0].args
        self.assertEqual([word for word in words if word.startswith("--keep")], ["--keep-daily", "--keep-monthly"])

    def test_what_was_never_proven_pushes_nothing_out_that_was(self):
        self.backup.state["proofs"] = {"a1": 1}
        found = [{"short_id": name} for name in ("a1", "b2")]
        with mock.patch.object(self.backup, "restic") as restic, mock.patch.object(self.backup, "snapshots", return_value=found):
            self.backup.thin_out()
        self.assertEqual(restic.call_args_list[0].args, ("forget", "b2"))

    def test_latest_is_the_newest_that_is_proven(self):
        all_of_them = [{"short_id": name, "id": name * 4} for name in ("a1", "b2", "c3")]
        with mock.patch.object(self.backup, "snapshots", return_value=all_of_them):
            with mock.patch.object(self.backup, "restic", side_effect=backup.Failure("no proofs there")):
                self.assertEqual(self.backup.chosen("latest")["short_id"], "c3")
            with mock.patch.object(self.backup, "restic", return_value='{"a1": 5}'):
                self.assertEqual(self.backup.chosen("latest")["short_id"], "a1")
            self.backup.state["proofs"] = {"a1": 1, "b2": 1}
            self.assertEqual(self.backup.chosen("latest")["short_id"], "b2")
            self.assertEqual(self.backup.chosen("c3c3")["short_id"], "c3")
            with self.assertRaises(backup.NotHere):
                self.backup.chosen("ffff")
        with mock.patch.object(self.backup, "snapshots", return_value=[]), mock.patch.object(self.backup, "proofs", return_value={}):
            with self.assertRaisesRegex(backup.Failure, "npm run backups"):
                self.backup.chosen("latest")

    def test_the_data_of_another_stack_takes_this_ones_names(self):
        other = backup.Backup("blog", json.dumps({"app": "shop", "machine": "berry"}) + "\n\nRESTIC_REPOSITORY=/y\nRESTIC_PASSWORD=z\n")
        self.assertEqual((other.here("shop-data"), other.here("shop-app-media")), ("blog-data", "blog-app-media"))
        self.assertEqual((other.repository, other.own()), ("/y", ["--host", "berry", "--tag", "shop"]))


if __name__ == "__main__":
    unittest.main()
