"""What each Python of the container loads at its start, because PYTHONPATH begins with this folder.

It costs a look at the environment, and in a Homeport deploy an entry in `sys.meta_path`: Django itself is not loaded.
"""

import os
import sys


def _wait_for_django() -> None:
    """Has `homeport_django` look at the project's settings as soon as Django has read them."""
    if os.environ.get("HOMEPORT_SITE"):
        from homeport_django.hook import Finder

        sys.meta_path.insert(0, Finder())


def _next_sitecustomize() -> None:
    """Runs the one that this file stands in front of, such as Debian's or a monitoring agent's."""
    from importlib.machinery import PathFinder

    here = os.path.dirname(os.path.abspath(__file__))
    spec = PathFinder.find_spec("sitecustomize", [path for path in sys.path if os.path.abspath(path) != here])
    if spec is not None and spec.loader is not None:
        from importlib.util import module_from_spec

        spec.loader.exec_module(module_from_spec(spec))


try:
    _wait_for_django()
except Exception as _error:
    print(f"homeport: the adapter is off: {type(_error).__name__}: {_error}", file=sys.stderr)
_next_sitecustomize()
