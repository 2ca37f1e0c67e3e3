"""The app that a project gets in addition."""

from django.apps import AppConfig, apps

from homeport_django.site import current


class HomeportConfig(AppConfig):
    """Commands of a release, and what has to wait until Django is set up."""

    name = "homeport_django"
    verbose_name = "Homeport"

    def ready(self) -> None:
        from homeport_django import connections, logins, public_bodies, uploads, volume

        site = current()
        if not site.keeps("logins") and apps.is_installed("django.contrib.auth"):
            logins.watch(site)
        if not site.keeps("database"):
            connections.prepare()
        if not site.keeps("volume"):
            volume.watch()
        if not site.keeps("uploads"):
            uploads.prepare()
            public_bodies.watch_event_loop(public_bodies.Limit(site))
