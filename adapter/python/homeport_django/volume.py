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
    # Apps come and go in a project; not one of its own having been here is another matter.
    if foreign and own and not own & applied:
        raise CommandError(
            f"This database belongs to another project (its apps: {', '.join(foreign)}; this project's: "
            f"{', '.join(sorted(own))}). Give this project a database of its own by deploying it under another "
            "homeport:app name, or empty the data volume; if it is the same project with its apps renamed, put "
            "`volume` into the list of homeport:app.adapter."
        )


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
