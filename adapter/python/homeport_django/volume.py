"""A volume knows whose schema it has: one project's migrations are not run on another one's database."""

import json
import os
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.module_loading import module_has_submodule

from homeport_django.site import current

NOTE = ".homeport"


def watch() -> None:
    """From now on `migrate` refuses another project's database, and notes whose it is."""
    pre_migrate.connect(_refuse_anothers, dispatch_uid="homeport_volume")
    post_migrate.connect(_note, dispatch_uid="homeport_volume")


def _is_own(config: AppConfig) -> bool:
    """Whether an app is the project's own code and no package that was installed."""
    return not any(folder in ("site-packages", "dist-packages") for folder in Path(config.path).parts)


def _own_labels() -> list[str]:
    configs = [config for config in apps.get_app_configs() if config.name != "homeport_django"]
    return sorted(c.label for c in configs if _is_own(c) and module_has_submodule(c.module, "migrations"))


def _refuse_anothers(using: str = "default", **_: Any) -> None:
    if using != "default":
        return
    recorder = MigrationRecorder(connections[using])
    applied: set[str] = {app for app, _name in recorder.applied_migrations()}
    installed = {config.label for config in apps.get_app_configs()}
    foreign = sorted(applied - installed)
    own = set(_own_labels())
    # Apps come and go in a project; not one of its own having been here is another matter. A project without apps of its
    # own is known by what the one before has noted.
    another = foreign and (not own & applied if own else _noted_another(installed))
    if another:
        raise CommandError(
            f"This database belongs to another project: it has the tables of {', '.join(foreign)}, and this project's "
            f"{'own apps are ' + ', '.join(sorted(own)) if own else 'URLs are ' + settings.ROOT_URLCONF}. Deploy this "
            "project as a stack of its own, or delete the old data; if it is the same project with its apps renamed, "
            "add `volume` to app.adapter.keep for one deploy."
        )


def _noted_another(installed: "set[str]") -> bool:
    """Whether the volume's note is of a project with other URLs, none of whose own apps is here."""
    try:
        noted = json.loads(Path(current().data, NOTE).read_text("utf-8"))
        return bool(noted["apps"]) and noted["project"] != settings.ROOT_URLCONF and not installed & set(noted["apps"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _note(using: str = "default", **_: Any) -> None:
    """For people who look into a volume: which project's it is."""
    if using != "default":
        return
    text = json.dumps({"project": settings.ROOT_URLCONF, "apps": _own_labels()}) + "\n"
    path = os.path.join(current().data, NOTE)
    try:
        if os.path.isdir(current().data) and (not os.path.exists(path) or Path(path).read_text("utf-8") != text):
            Path(path).write_text(text, "utf-8")
    except OSError:
        # A job that may not write there migrates a PostgreSQL.
        return
