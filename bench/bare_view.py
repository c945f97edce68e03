"""The floor of `bench.arrivals`: a Django view that inserts one row in one transaction, under the same server.

python -m bench.bare_view PORT      the same durability (WAL, FULL, immediate; or PostgreSQL), no middleware at all
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

FOLDER = "OARLOCK_BENCH_BARE"


def _application() -> object:
    from django.conf import settings

    from oarlock.store.databases import database

    settings.configure(
        DATABASES={"default": database(Path(os.environ[FOLDER]), os.environ.get("OARLOCK_DATABASE_URL") or None)},
        ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="bench", USE_TZ=True, MIDDLEWARE=[],
    )  # fmt: skip
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()


def row(request: object) -> object:
    """Insert one row, durable before the answer."""
    from django.db import connection, transaction
    from django.http import HttpResponse

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bare_rows (said) VALUES (%s)", [request.body.decode()])  # type: ignore[attr-defined]
    return HttpResponse(b'{"success": true}', content_type="application/json", headers={"Content-Length": "17"})


def _urls() -> list[object]:
    from django.urls import path

    return [path("row", row)]  # type: ignore[arg-type]


def main() -> None:
    """Serve."""
    from granian.constants import Interfaces
    from granian.server import Server

    from oarlock.cli.answering import THREADS, leave_with_parent

    leave_with_parent()
    with tempfile.TemporaryDirectory() as folder:
        os.environ[FOLDER] = folder
        Server(
            "bench.bare_view:application", address="127.0.0.1", port=int(sys.argv[1]), interface=Interfaces.WSGI,
            workers=1, blocking_threads=THREADS, websockets=False, log_enabled=False,
        ).serve()  # fmt: skip


if __name__ == "__main__":
    main()
elif FOLDER in os.environ:
    application = _application()
    urlpatterns = _urls()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare_rows")
        cursor.execute("CREATE TABLE bare_rows (said text)")
    connection.close()
