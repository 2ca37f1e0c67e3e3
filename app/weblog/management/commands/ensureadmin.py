"""The site's first administrator, from a password file. Run at every deployment: a changed password takes effect."""

from argparse import ArgumentParser

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from mysite import environment


class Command(BaseCommand):
    help = "Creates the superuser DJANGO_ADMIN_USER, or sets its password again when the one in the file differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", default=environment.text("DJANGO_ADMIN_USER", "admin"))

    @transaction.atomic
    def handle(self, *, user: str, **options) -> None:
        password = environment.secret("DJANGO_ADMIN_PASSWORD")
        users = get_user_model()
        if not user:
            raise CommandError("DJANGO_ADMIN_USER is empty: set it to the administrator's login name.")
        admin, created = users.objects.get_or_create(username=user)
        wanted = {"is_staff": True, "is_superuser": True, "is_active": True}
        email = environment.text("DJANGO_ADMIN_EMAIL")
        if email:
            wanted["email"] = email
        changed = [name for name, value in wanted.items() if getattr(admin, name) != value]
        for name in changed:
            setattr(admin, name, wanted[name])
        if created or not admin.check_password(password):
            admin.set_password(password)
            changed.append("password")
        if changed:
            admin.save()
        state = "created" if created else f"updated ({', '.join(changed)})" if changed else "unchanged"
        self.stdout.write(f"administrator {user}: {state}")
