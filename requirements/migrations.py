"""Make `0001_initial` anew from the models: allowed until the first release, and never after it.

make migrations
"""

from __future__ import annotations

import os
from pathlib import Path


def anew() -> None:
    """Remove the first migration and write it again; the guards are put aside meanwhile."""
    import django
    from django.core.management import call_command

    from oarlock.store.opening import SETTINGS

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    django.setup()
    folder = Path(__file__).parents[1] / "src" / "oarlock" / "store" / "migrations"
    guards = folder / "0002_guards.py"
    aside = guards.with_suffix(".aside")
    (folder / "0001_initial.py").unlink(missing_ok=True)
    guards.rename(aside)
    try:
        call_command("makemigrations", "store", "-n", "initial", "--no-header", verbosity=0)
    finally:
        aside.rename(guards)


if __name__ == "__main__":
    anew()
