#!/usr/bin/env python3
"""Django's command line of this site."""

import os
import sys

from django.core.management import execute_from_command_line

from mysite import faults

if __name__ == "__main__":
    testing = sys.argv[1:2] == ["test"]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings_test" if testing else "mysite.settings")
    try:
        execute_from_command_line(sys.argv)
    except Exception as error:
        said = faults.sentence(error)
        if said is None:
            raise
        sys.exit(f"{' '.join(sys.argv[:2])}: {said}")
