"""From one SQLite to another; test_postgresql.py has a real PostgreSQL."""

import unittest

from projects import ProjectTest

MODELS = """
from django.db import models


class Tag(models.Model):
    name = models.CharField(max_length=50)


class Note(models.Model):
    text = models.CharField(max_length=100)
    updated = models.DateTimeField(auto_now=True)
    tags = models.ManyToManyField(Tag)
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE)
"""
MIGRATE = {"manage": ["migrate"], "options": {"verbosity": 0}}
COPY = {"manage": ["copydatabase"]}
ROWS = (
    "from notes.models import Note\n"
    "said = [list(Note.objects.using(alias).order_by('pk').values('pk', 'text', 'updated', 'parent', 'tags')) for alias in ('default', 'other')]"
)


class CopyDatabaseTest(ProjectTest):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.project.app("notes", MODELS)
        cls.project.settings("DATABASES['other'] = {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'other.db'}\n")
        made, cls.early, _ = cls.project.do({"manage": ["makemigrations", "notes"]}, COPY, MIGRATE)

    def setUp(self) -> None:
        # As on a site that grew: other keys than a new database would give, and a row that refers to a later one.
        code = (
            "from django.utils import timezone; from datetime import timedelta; from notes.models import Note, Tag\n"
            "for alias in ('default', 'other'):\n"
            "    try: Note.objects.using(alias).all().delete(); Tag.objects.using(alias).all().delete()\n"
            "    except Exception: pass\n"
            "tag = Tag.objects.create(pk=70, name='t'); late = Note.objects.create(pk=73, text='late')\n"
            "first = Note.objects.create(pk=71, text='first', parent=late); first.tags.add(tag)\n"
            "Note.objects.update(updated=timezone.now() - timedelta(days=900))\n"
        )
        self.project.do({"run": code})

    def test_a_source_that_is_not_migrated_is_not_copied(self):
        self.assertEqual(self.early["error"], "The database in use is not migrated: run `manage.py migrate` first.")

    def test_everything_is_there_as_it_was_and_counted_and_it_can_be_repeated(self):
        new = "from notes.models import Note; said = Note.objects.using('other').create(text='new').pk"
        once, again, rows, key = self.project.do(COPY, COPY, {"run": ROWS}, {"run": new})
        for said in (once, again):
            lines = said["out"].splitlines()
            self.assertTrue(lines[0].startswith("from SQLite ("), lines[0])
            for line in (["notes_note", "2", "2"], ["notes_note_tags", "1", "1"]):
                self.assertIn(line, [said.split() for said in lines])
        self.assertEqual(rows[0], rows[1])
        self.assertEqual((rows[0][0]["pk"], rows[0][0]["parent"], rows[0][0]["tags"]), (71, 73, 70))
        self.assertGreater(key, 73)

    def test_rows_that_only_the_other_database_has_are_kept_unless_told(self):
        own = "from notes.models import Note; Note.objects.using('other').create(pk=500, text='mine')"
        _, _, refused, rows, replaced, after = self.project.do(
            COPY, {"run": own}, COPY, {"run": ROWS}, {"manage": ["copydatabase", "--replace"]}, {"run": ROWS}
        )
        self.assertIn("has not: 1 in notes_note. They would be lost.", refused["error"])
        self.assertEqual([row["pk"] for row in rows[1]], [71, 73, 500])
        self.assertEqual(after[0], after[1])

    def test_a_fault_half_way_names_the_table_and_changes_nothing(self):
        broken = (
            "from notes.models import Note; from homeport_django.management.commands import copydatabase as command\n"
            "from unittest import mock; from django.core.management import CommandError, call_command\n"
            "copy_rows = command._copy_rows\n"
            "def forget(model):\n"
            "    copy_rows(model)\n"
            "    if model is Note: Note.objects.using('other').filter(pk=71).update(parent=None); Note.objects.using('other').filter(pk=73).delete()\n"
            "Note.objects.filter(pk=71).update(text='changed')\n"
            "with mock.patch.object(command, '_copy_rows', forget):\n"
            "    try: call_command('copydatabase', verbosity=0); said = 'copied'\n"
            "    except CommandError as error: said = str(error)\n"
        )
        _, refused, rows = self.project.do(COPY, {"run": broken}, {"run": ROWS})
        self.assertEqual(refused, "The counts differ: notes_note. Nothing was changed in the other database.")
        self.assertEqual([row["text"] for row in rows[1]], ["first", "late"])

    def test_without_another_database_it_says_what_to_set(self):
        code = (
            "from unittest import mock; from homeport_django.management.commands import copydatabase as command\n"
            "from django.core.management import CommandError, call_command\n"
            "with mock.patch.object(command, 'TARGET', 'third'):\n"
            "    try: call_command('copydatabase'); said = ''\n"
            "    except CommandError as error: said = str(error)\n"
        )
        (said,) = self.project.do({"run": code})
        self.assertEqual(said, "There is no other database: set homeport:database.")


if __name__ == "__main__":
    unittest.main()
