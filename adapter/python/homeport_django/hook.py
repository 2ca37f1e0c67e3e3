"""Takes hold of Django's settings right after Django has read them, wherever the settings module's name comes from."""

import functools
import sys


class Finder:
    """Stands in `sys.meta_path` until `django.conf` is imported, and has `_take_hold` run right after."""

    NAME = "django.conf"

    def find_spec(self, name, path=None, target=None):
        if name != self.NAME:
            return None
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        for finder in sys.meta_path:
            spec = finder.find_spec(name, path, target) if hasattr(finder, "find_spec") else None
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _Loader(spec.loader)
                return spec
        return None


class _Loader:
    """The loader that was found, with one thing to do after its module is executed."""

    def __init__(self, loader) -> None:
        self._loader = loader

    def __getattr__(self, name):
        return getattr(self._loader, name)

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module) -> None:
        module.__loader__ = module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        try:
            _take_hold(module)
        except Exception as error:
            print(f"homeport: the adapter is off: {type(error).__name__}: {error}", file=sys.stderr)


def _take_hold(conf) -> None:
    """Wraps both ways by which Django gets its settings: a module's name, and `settings.configure()`."""
    from homeport_django import faults

    faults.say_in_one_line()

    read_module = conf.Settings.__init__

    @functools.wraps(read_module)
    def read_and_set_over(settings, settings_module, *args, **kwargs):
        read_module(settings, settings_module, *args, **kwargs)
        _set_over(settings, sys.modules.get(settings_module))

    configure = conf.LazySettings.configure

    @functools.wraps(configure)
    def configure_and_set_over(lazy, *args, **kwargs):
        configure(lazy, *args, **kwargs)
        # A script that borrows a template engine has no addresses and is no site.
        if lazy._wrapped.is_overridden("ROOT_URLCONF"):
            _set_over(lazy._wrapped, None)

    conf.Settings.__init__ = read_and_set_over
    conf.LazySettings.configure = configure_and_set_over


def _set_over(settings, module) -> None:
    from homeport_django import changes

    changes.apply(settings, module)
