"""The site's first administrator, from a password file. Run at every deployment: a changed password takes effect."""

from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import EmailField, Field

from homeport_django.site import current, secret, secret_file


class Command(BaseCommand):
    help = "Creates the site's superuser, or sets its password again when the one in the secret file differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", default=current().admin_user)

    def handle(self, *, user: str, **options: Any) -> None:
        if not apps.is_installed("django.contrib.auth"):
            self.stdout.write("administrator: none, because django.contrib.auth is not installed")
            return
        password = secret("django_admin_password")
        if not password:
            raise CommandError(f"There is no {secret_file('django_admin_password')}, which must hold the password.")
        if not user:
            raise CommandError("The administrator's name is empty: set homeport:app.adminUser.")
        with transaction.atomic():
            name, state = _ensure(user, password)
        self.stdout.write(f"administrator {name}: {state}")


def _ensure(user: str, password: str) -> tuple[str, str]:
    """The name to log in with, and what was done."""
    from django.contrib.auth import get_user_model

    users = get_user_model()
    name = _value(users._meta.get_field(users.USERNAME_FIELD), user)
    admin = users._default_manager.filter(**{users.USERNAME_FIELD: name}).first()
    if admin is None:
        create = getattr(users._default_manager, "create_superuser", None)
        if create is None:
            raise CommandError(
                f"The user model {users._meta.label} has no create_superuser: create the administrator by a command "
                "of the project's own, and take ensureadmin out of homeport:app.release."
            )
        create(**{users.USERNAME_FIELD: name, "password": password, **_required(users, user)})
        return name, "created"
    wanted = {"is_staff": True, "is_superuser": True, "is_active": True}
    changed = [flag for flag, value in wanted.items() if _has_field(users, flag) and getattr(admin, flag) != value]
    for flag in changed:
        setattr(admin, flag, wanted[flag])
    if not admin.check_password(password):
        admin.set_password(password)
        changed.append("password")
    if changed:
        admin.save()
    return name, f"updated ({', '.join(changed)})" if changed else "unchanged"


def _required(users: Any, user: str) -> dict[str, Any]:
    """A value for each further field that the model asks for. Raises CommandError where only a person knows one."""
    values: dict[str, Any] = {}
    unknown: list[str] = []
    for name in users.REQUIRED_FIELDS:
        field = users._meta.get_field(name)
        if isinstance(field, EmailField) or field.get_internal_type() in ("CharField", "TextField"):
            values[name] = _value(field, user)
        elif not (field.has_default() or field.null):
            unknown.append(name)
    if unknown:
        raise CommandError(
            f"The user model {users._meta.label} requires {', '.join(unknown)}, which only you know: create the "
            "administrator by `npm run manage -- createsuperuser`, and take ensureadmin out of homeport:app.release."
        )
    return values


def _value(field: Field, user: str) -> str:
    """The administrator's name as a field takes it: an address of the site's where it must be one."""
    if isinstance(field, EmailField) and "@" not in user:
        return f"{user}@{(current().hosts or ['localhost'])[0]}"
    return user


def _has_field(model: Any, name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
