#!/usr/bin/env python
"""Lumbung's commands."""

import os
import sys


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcim.settings")
    from django.core.management import execute_from_command_line

    from dcim.vocabulary.errors import LumbungError

    try:
        execute_from_command_line(sys.argv)
    except LumbungError as err:  # settings that can't be used; commands tell their own
        sys.exit(str(err))


if __name__ == "__main__":
    main()
