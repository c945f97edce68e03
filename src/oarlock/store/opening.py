"""Open the store of a workspace: settings read, Django ready, tables brought up to date.

open_store(home)     once a process, before anything of `store` or `web` is imported by name of a model
bring_up_to_date()   migrations, after a copy of what is there; a no-op where there is nothing to do
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from oarlock.store.databases import FILE
from oarlock.store.keys import keys_folder, session_key

SETTINGS = "oarlock.settings"


def open_store(home: Path) -> None:
    """Make Django ready for this workspace. A process opens one workspace; another one is refused."""
    import django
    from django.conf import settings

    if settings.configured:
        assert Path(settings.OARLOCK.home) == home, "a process opens one workspace"
    else:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        keys_folder(home).mkdir(exist_ok=True, mode=0o700)
        session_key(home)
        os.environ["OARLOCK_HOME"] = str(home)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    django.setup()
    if settings.OARLOCK.database_url is None:
        with suppress(OSError):  # a disk that is read only: whoever writes is told
            (home / FILE).touch(mode=0o600)


def bring_up_to_date() -> list[str]:
    """Run what migrations there are; their names. A store an older release has filled is copied first (`upgrading`)."""
    from django.conf import settings
    from django.core.management import call_command

    from oarlock.store.upgrading import keep_a_copy

    left = waiting()
    if left:
        keep_a_copy(Path(settings.OARLOCK.home), left[0])
        call_command("migrate", verbosity=0, interactive=False)
    return left


def waiting() -> list[str]:
    """The migrations that were not run yet."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return [f"{m.app_label}.{m.name}" for m, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
