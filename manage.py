#!/usr/bin/env python
"""Django's command line: `python manage.py help`; `serve` runs the whole portal."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError as missing:
        raise SystemExit("Django is not here. Run make, and then .venv/bin/python manage.py.") from missing
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as wrong:
        raise SystemExit(f"The configuration cannot be used.\n{wrong}") from wrong
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
