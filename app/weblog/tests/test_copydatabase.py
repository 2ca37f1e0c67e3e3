from datetime import timedelta
from io import StringIO
from unittest import mock

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.test import TransactionTestCase
from django.utils import timezone

from weblog.management.commands import copydatabase
from weblog.models import Post
from weblog.tests.factories import make_post

LONG_AGO = timezone.now() - timedelta(days=900)


class CopyDatabaseTest(TransactionTestCase):
    """From one SQLite to another; test_postgresql.py has a real PostgreSQL."""

    databases = {"default", "other"}

    def setUp(self):
        # As on a site that grew: other keys than a new database would give.
        author = get_user_model().objects.create_user("ada", pk=71)
        group = Group.objects.create(name="editors", pk=72)
        group.permissions.set(Permission.objects.filter(content_type__app_label="weblog"))
        author.groups.add(group)
        make_post("first", pk=73, author=author)
        make_post("second", draft=True)
        Post.objects.update(updated=LONG_AGO)

    def copy(self, **options) -> list[str]:
        output = StringIO()
        call_command("copydatabase", stdout=output, **options)
        return output.getvalue().splitlines()

    def test_everything_is_there_as_it_was_and_counted(self):
        said = self.copy()
        self.assertTrue(said[0].startswith("from SQLite ("), said[0])
        self.assertIn(["weblog_post", "2", "2"], [line.split() for line in said])
        self.assertIn(["auth_group_permissions", "4", "4"], [line.split() for line in said])
        self.assertEqual(list(Post.objects.using("other").values()), list(Post.objects.values()))
        post = Post.objects.using("other").get(slug="first")
        self.assertEqual((post.pk, post.author.pk, post.updated), (73, 71, LONG_AGO))
        self.assertTrue(get_user_model().objects.using("other").get(pk=71).has_perm("weblog.change_post"))

    def test_permissions_stay_those_of_their_models_whatever_their_keys_were(self):
        kinds = ContentType.objects.using("other").order_by("pk")
        Permission.objects.using("other").all().delete()
        kinds.filter(model="post").update(id=999)
        self.copy()
        self.assertEqual(list(kinds.values()), list(ContentType.objects.order_by("pk").values()))
        self.assertTrue(get_user_model().objects.using("other").get(pk=71).has_perm("weblog.change_post"))

    def test_it_can_be_repeated(self):
        self.copy()
        Post.objects.filter(slug="second").update(title="Changed")
        make_post("third")
        self.copy()
        self.assertEqual(Post.objects.using("other").count(), 3)
        self.assertEqual(Post.objects.using("other").get(slug="second").title, "Changed")

    def test_a_row_made_afterwards_gets_a_key_of_its_own(self):
        self.copy()
        post = Post.objects.using("other").create(slug="new", title="New", summary="s", body="b")
        self.assertGreater(post.pk, 74)

    def test_rows_that_only_the_other_database_has_are_kept_unless_told(self):
        Post.objects.using("other").create(pk=500, slug="mine", title="Mine", summary="s", body="b")
        with self.assertRaisesMessage(CommandError, "has not: 1 in weblog_post. They would be lost."):
            self.copy()
        self.assertEqual(Post.objects.using("other").get().slug, "mine")
        self.copy(replace=True)
        self.assertEqual(Post.objects.using("other").count(), 2)

    def test_counts_that_differ_are_a_fault_and_change_nothing(self):
        self.copy()
        Post.objects.update(title="Later")
        copy_rows = copydatabase._copy_rows

        def forgetful(model):
            copy_rows(model)
            if model is Post:
                Post.objects.using("other").filter(slug="second").delete()

        with mock.patch.object(copydatabase, "_copy_rows", forgetful):
            with self.assertRaisesMessage(CommandError, "The counts differ: weblog_post."):
                self.copy()
        self.assertEqual(Post.objects.using("other").filter(title="Second").count(), 1)

    def test_a_fault_half_way_names_the_table_and_changes_nothing(self):
        self.copy()
        Post.objects.filter(slug="first").delete()
        with mock.patch.object(Post._meta, "db_table", "weblog_nowhere"):
            with self.assertRaisesMessage(CommandError, "Nothing was changed in the other database."):
                self.copy(replace=True)
        self.assertEqual(Post.objects.using("other").count(), 2)

    def test_without_another_database_it_says_what_to_set(self):
        with mock.patch.object(copydatabase, "TARGET", "third"):
            with self.assertRaisesMessage(CommandError, "There is no other database: give the address"):
                self.copy()

    def test_a_source_that_is_not_migrated_is_not_copied(self):
        executor = mock.Mock(**{"return_value.migration_plan.return_value": ["a migration"]})
        with mock.patch.object(copydatabase, "MigrationExecutor", executor):
            with self.assertRaisesMessage(CommandError, "The database in use is not migrated"):
                self.copy()
