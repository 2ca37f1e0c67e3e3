"""A project on a real PostgreSQL: no way in, a new password, and the copy of its rows there and back."""

import unittest

import postgresql
from projects import ProjectTest, directly

MISSING = postgresql.missing()
MIGRATE = {"manage": ["migrate"], "options": {"verbosity": 0}}
ROWS = (
    "from notes.models import Note; said = list(Note.objects.using({alias!r}).order_by('pk').values_list('pk', 'text'))"
)
ADD = "from notes.models import Note; said = Note.objects.create(text={text!r}).pk"


@unittest.skipIf(MISSING, str(MISSING))
class PostgresqlTest(ProjectTest):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls._server = postgresql.server()
        cls.server = cls._server.__enter__()
        cls.project.app("notes")
        cls.project.do({"manage": ["makemigrations", "notes"]})
        cls.project.stop()

    @classmethod
    def tearDownClass(cls) -> None:
        super().tearDownClass()
        cls._server.__exit__(None, None, None)

    def use(self, engine: str = "postgresql", both: bool = False, url: str = "") -> None:
        self.project.secret("database_url", url or self.server.url())
        self.adjust(database={"engine": engine, "both": both})

    def test_a_command_without_a_way_in_ends_with_one_sentence_and_no_password(self):
        place = f"the database (PostgreSQL blog at 127.0.0.1:{self.server.port})"
        self.use(url=self.server.url(password="geheim"))
        result = self.project.run("manage.py", "migrate", "--noinput")
        refused = 'password authentication failed for user "blog"'
        self.assertEqual(result.stderr, f"manage.py migrate: There is no connection to {place}: {refused}.\n")
        (health,) = self.project.do(directly("/.homeport/health"))
        self.assertEqual((health["status"], health["body"]), (503, f"{place} does not answer: {refused}"))
        self.use(url=f"postgresql://blog:geheim@127.0.0.1:{self.server.port}/blog?sslmod=require")
        result = self.project.run("manage.py", "migrate", "--noinput")
        self.assertRegex(result.stderr, r'invalid (connection option|dsn: invalid connection option) "sslmod"')

    def test_a_password_is_changed_while_the_site_runs(self):
        self.use()
        connect = {
            "run": "from django.db import connection as c; c.close(); c.ensure_connection(); said = c.is_usable()"
        }
        self.assertEqual(self.project.do(connect), [True])
        other = "another: @/%"
        self.server.run(f"ALTER ROLE blog PASSWORD '{other}'")
        self.addCleanup(self.server.run, f"ALTER ROLE blog PASSWORD '{postgresql.PASSWORD}'", password=other)
        with self.assertRaisesRegex(AssertionError, "password authentication failed"):
            self.project.do(connect)
        self.project.secret("database_url", self.server.url(password=other))
        self.assertEqual(self.project.do(connect), [True])

    def test_a_site_moves_there_and_back(self):
        self.use("sqlite", both=True)
        add = [{"run": ADD.format(text=text)} for text in ("one", "two")]
        *_, copied, there = self.project.do(
            MIGRATE, *add, {"manage": ["copydatabase"]}, {"run": ROWS.format(alias="other")}
        )
        self.assertIn(["notes_note", "2", "2"], [line.split() for line in copied["out"].splitlines()])
        self.assertEqual(there, [[1, "one"], [2, "two"]])
        self.use("postgresql", both=True)
        new, copied, back = self.project.do(
            {"run": ADD.format(text="three")}, {"manage": ["copydatabase"]}, {"run": ROWS.format(alias="other")}
        )
        self.assertEqual((new, back), (3, [[1, "one"], [2, "two"], [3, "three"]]))
        # What it cannot hold is told with its table, and nothing is changed.
        self.use("sqlite", both=True)
        long = {"run": ADD.format(text="x" * 300)}
        _, refused, there = self.project.do(
            long, {"manage": ["copydatabase", "--replace"]}, {"run": ROWS.format(alias="other")}
        )
        self.assertIn(
            "notes_note: value too long for type character varying(100). Nothing was changed", refused["error"]
        )
        self.assertEqual(len(there), 3)


if __name__ == "__main__":
    unittest.main()
