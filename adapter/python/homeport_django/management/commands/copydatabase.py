"""All rows of the database in use, copied to the other one: the way from SQLite to PostgreSQL, and back."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.management.color import no_style
from django.db import Error as DatabaseError
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model
from django.db.models.query import QuerySet

from homeport_django import databases

SOURCE, TARGET = "default", "other"
# What Django makes by itself or what ends by itself: its rows say nothing about whose database is the fuller one.
BY_ITSELF = {"contenttypes.contenttype", "auth.permission", "sessions.session"}
# Rows read and written at a time.
BATCH = 500


class Command(BaseCommand):
    help = (
        "Copies all rows of the database in use to the other one, whose own rows are deleted; counts on both sides. "
        "All or nothing; it can be repeated."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--replace",
            action="store_true",
            help="also when the other database has rows that are not in the one in use: they are lost",
        )

    def handle(self, *, replace: bool, **options: Any) -> None:
        if TARGET not in connections:
            raise CommandError("There is no other database: set homeport:database.")
        self.stdout.write(f"from {_name(SOURCE)} to {_name(TARGET)}")
        _check_source()
        call_command("migrate", database=TARGET, interactive=False, verbosity=0)
        models = _models()
        try:
            with _unchanging(SOURCE), transaction.atomic(using=TARGET):
                if not replace:
                    self.refuse_loss(models)
                _copy(models)
                self.count(models)
        except (DatabaseError, ValueError) as error:
            # ValueError: PostgreSQL's texts cannot hold a zero byte, which SQLite's can.
            raise CommandError(f"{databases.reason(error)}. Nothing was changed in the other database.") from error
        finally:
            _forget_content_types()

    def refuse_loss(self, models: list[type[Model]]) -> None:
        """Where the databases are the wrong way round, the copy would be the end of everything."""
        lost = {model: _only_in_target(model) for model in models if model._meta.label_lower not in BY_ITSELF}
        found = [f"{count} in {model._meta.db_table}" for model, count in lost.items() if count > 0]
        if found:
            raise CommandError(
                f"The other database has rows that the one in use has not: {', '.join(found)}. "
                "They would be lost. If that is what you want, add --replace."
            )

    def count(self, models: list[type[Model]]) -> None:
        """Prints how many rows each table has on both sides; raises, which takes everything back, where they differ."""
        different = []
        width = max(len(model._meta.db_table) for model in models)
        for model in models:
            table = model._meta.db_table
            counts = [_rows(model, alias).count() for alias in (SOURCE, TARGET)]
            self.stdout.write(f"{table:{width}} {counts[0]:>9} {counts[1]:>9}")
            if counts[0] != counts[1]:
                different.append(table)
        if different:
            raise CommandError(f"The counts differ: {', '.join(different)}. Nothing was changed in the other database.")


def _check_source() -> None:
    executor = MigrationExecutor(connections[SOURCE])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError("The database in use is not migrated: run `manage.py migrate` first.")


def _forget_content_types() -> None:
    if apps.is_installed("django.contrib.contenttypes"):
        from django.contrib.contenttypes.models import ContentType

        ContentType.objects.clear_cache()


def _name(alias: str) -> str:
    """The kind of a database and its name; never its address, which holds a password."""
    return f"{connections[alias].display_name} ({connections[alias].settings_dict['NAME']})"


def _models() -> list[type[Model]]:
    """Every model with a table of its own, also those between many-to-many fields, in the order of their tables."""
    models = apps.get_models(include_auto_created=True)
    return sorted((m for m in models if m._meta.managed and not m._meta.proxy), key=lambda m: m._meta.db_table)


def _rows(model: type[Model], alias: str) -> QuerySet:
    """All rows, whatever the model's own managers hide."""
    return QuerySet(model, using=alias).order_by("pk")


@contextmanager
def _unchanging(alias: str) -> Iterator[None]:
    """A transaction in which the database looks as it did at its begin."""
    with transaction.atomic(using=alias):
        if connections[alias].vendor == "postgresql":
            with connections[alias].cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _only_in_target(model: type[Model]) -> int:
    """How many rows of the other database are not in the one in use, by their keys."""
    keys = _rows(model, TARGET).values_list("pk", flat=True).iterator(BATCH)
    lost = 0
    while batch := list(islice(keys, BATCH)):
        lost += len(batch) - _rows(model, SOURCE).filter(pk__in=batch).count()
    return lost


def _copy(models: list[type[Model]]) -> None:
    """Empties the other database and fills it. Its foreign keys are looked at when all is there, so order is free."""
    target = connections[TARGET]
    with target.cursor() as cursor:
        for statement in target.ops.sql_flush(no_style(), [model._meta.db_table for model in models]):
            cursor.execute(statement)
    for model in models:
        try:
            _copy_rows(model)
        except (DatabaseError, ValueError) as error:
            raise ValueError(f"{model._meta.db_table}: {databases.reason(error)}") from error
    target.check_constraints()
    with target.cursor() as cursor:
        for statement in target.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _copy_rows(model: type[Model]) -> None:
    """Every column as it is: keys stay the same, and fields such as auto_now do not get a new value."""
    fields = [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]
    rows = _rows(model, SOURCE).iterator(BATCH)
    while batch := list(islice(rows, BATCH)):
        size = max(1, connections[TARGET].ops.bulk_batch_size(fields, batch))
        for start in range(0, len(batch), size):
            # What Model.save(raw=True) does for one row.
            _rows(model, TARGET)._insert(batch[start : start + size], fields=fields, using=TARGET, raw=True)
