"""Processes that work at a workspace of their own as the application does; tests start several, and kill them.

python -m tests.store.at_work HOME begin              sign Brightwater's agreement, with caps nobody reaches
python -m tests.store.at_work HOME arrive NAME N      N leads, one transaction each; says each id once it is kept
python -m tests.store.at_work HOME ring               ring clocks as of an hour later, five at once
"""

from __future__ import annotations

import sys
from pathlib import Path


def begin() -> None:
    """The agreement in force, and an account that fits."""
    from tests.store import signing_desk

    from oarlock.store.models import Account

    mara, sam = signing_desk.member("mara"), signing_desk.member("sam")
    text = signing_desk.SECOND.replace(b"per_day: 15, open: 40", b"per_day: 9000, open: 9000")
    proposal = signing_desk.propose(text, mara)
    signing_desk.sign(proposal, mara)
    signing_desk.sign(proposal, sam)
    Account.objects.create(account_id="a-DE", employees=400.0, industry="manufacturing", country="DE")


def arrive(name: str, count: int) -> None:
    """Leads, one after the other; the id of each on standard output when it is kept."""
    from tests.store.live import asks, someone

    for n in range(count):
        asks(someone(f"{name}-{n:04}"))
        print(f"{name}-{n:04}", flush=True)


def ring() -> None:
    """Clocks, as of an hour and a minute later."""
    from tests.store.live import HOUR, MINUTE, MONDAY

    from oarlock.store.writes import clocks

    print("ready", flush=True)
    while clocks.ring(MONDAY + HOUR + MINUTE, 5):
        pass
    print("done", flush=True)


def main(home: Path, what: str, *more: str) -> None:
    """Do it."""
    from oarlock.store.opening import bring_up_to_date, open_store

    open_store(home)
    bring_up_to_date()
    if what == "begin":
        begin()
    elif what == "arrive":
        arrive(more[0], int(more[1]))
    else:
        ring()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
