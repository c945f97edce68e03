"""A process that writes to a workspace as people do, and says on standard output what was acknowledged. Tests kill it.

python under_load.py HOME
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path


def main(home: Path) -> None:
    from oarlock.store.opening import bring_up_to_date, open_store

    open_store(home)
    bring_up_to_date()
    from django.db import transaction

    from oarlock.ground.clock import now
    from oarlock.store.models import Load, Touch
    from oarlock.store.writes.audit import SYSTEM, note

    for n in range(1_000_000):
        at = now()
        with transaction.atomic():
            load = Load.objects.create(kind="live", begun_at=at, finished_at=at, rows='{"touches": 1}')
            Touch.objects.create(
                touch_id=f"live-{n:07}", person_id="p-0000001", at=at - timedelta(hours=1), recorded_at=at,
                kind="a.b", load=load.number,
            )  # fmt: skip
            note("tested", "touch", f"live-{n:07}", {}, acting=SYSTEM, now=at)
        print(f"live-{n:07}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
