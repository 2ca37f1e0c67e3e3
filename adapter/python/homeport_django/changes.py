"""Setting over: each part looks at the project's settings and changes what a deploy needs otherwise."""

import sys
from dataclasses import asdict, dataclass
from typing import Any

from homeport_django.site import Site, current


@dataclass(frozen=True)
class Change:
    """One setting that was set over, in words that hold no secret."""

    setting: str
    was: str
    now: str
    why: str


class Draft:
    """The project's settings, and what the parts do with them."""

    def __init__(self, settings: Any, module: Any) -> None:
        self._settings = settings
        self._module = module
        self.changes: list[Change] = []
        self.notes: list[str] = []
        # Decisions that the middleware follows, by the name of the part.
        self.decided: dict[str, str] = {}

    def get(self, name: str, default: Any = None) -> Any:
        """The value as it is now: the project's, or Django's own."""
        return getattr(self._settings, name, default)

    def says(self, name: str) -> bool:
        """Whether the project itself gives this setting a value."""
        return bool(self._settings.is_overridden(name))

    def set(self, name: str, value: Any, why: str, was: str = "", now: str = "") -> None:
        """Sets over. `was` and `now` are for people; give both where the values themselves may hold a secret."""
        old = self.get(name)
        setattr(self._settings, name, value)
        explicit = getattr(self._settings, "_explicit_settings", None)
        if explicit is not None:
            explicit.add(name)
        if self._module is not None:
            setattr(self._module, name, value)
        self.changes.append(Change(name, was or repr(old), now or repr(value), why))

    def note(self, text: str) -> None:
        """Something the owner should know, where nothing is set over."""
        self.notes.append(text)

    def describe(self) -> dict[str, Any]:
        return {"set": [asdict(change) for change in self.changes], "notes": list(self.notes)}


# Of this process, for the middleware and the report. Empty until the settings are read.
made: list[Draft] = []


def decided(part: str) -> str:
    """What a part decided in this process; empty where it did not run."""
    return made[0].decided.get(part, "") if made else ""


def apply(settings: Any, module: Any) -> None:
    """Has every part set over what it has to. What a person must put right (ImproperlyConfigured) ends the start."""
    draft = Draft(settings, module)
    try:
        site = current()
    except (KeyError, TypeError, ValueError) as error:
        print(f"homeport: the adapter is off: HOMEPORT_SITE cannot be read: {error}", file=sys.stderr)
        return
    run(site, draft)
    # Who reads the same settings again finds them right.
    if draft.changes or not made:
        made[:] = [draft]


def run(site: Site, draft: Draft) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from homeport_django.parts import PARTS

    for name, part in PARTS.items():
        if site.keeps(name) and name not in ("middleware", "commands"):
            continue
        try:
            part(site, draft)
        except ImproperlyConfigured:
            raise
        except Exception as error:
            # A mistake of ours must not keep a site from being served; without its text, which may quote a setting.
            said = f"the part {name} of the adapter failed ({type(error).__name__}) and set nothing over"
            print(f"homeport: {said}", file=sys.stderr)
            draft.note(f"{said}.")
