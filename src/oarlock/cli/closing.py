"""`oarlock close 2026-09`: freeze a month's figures as exact bytes; without a month, say which are closed and what
would be different today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from oarlock.cli.door import Home, Json, door
from oarlock.cli.screen import answers, print_json

if TYPE_CHECKING:
    from oarlock.store.reads.closings import ClosedMonth

Month = Annotated[str, typer.Argument(metavar="MONTH", help="The month, as 2026-09.", show_default=False)]


def close(context: typer.Context, month: Month = "", home: Home = None, json: Json = False) -> None:
    """Close a month that is over: its figures are frozen, later corrections show as adjustments beside them."""
    from oarlock.cli import workspace
    from oarlock.cli.progress import watching
    from oarlock.ground.clock import now
    from oarlock.store.opening import bring_up_to_date, open_store

    asked = door(context, home, json)
    workspace.require_lake(asked.home)
    open_store(asked.home.absolute())
    bring_up_to_date()
    from oarlock.jobs import closing  # what has tables can only be read once the store is open
    from oarlock.store.writes.audit import SYSTEM

    with watching(asked.json) as watched:

        def tell(what: str, share: float | None) -> None:
            if watched is not None:
                watched(what, share, None)

        if month:
            closed = [closing.close_month(asked.home.absolute(), month, tell, acting=SYSTEM, now=now())]
        else:
            closing.adjust_all(asked.home.absolute(), tell, now=now())
            closed = _all()
    _say(closed, asked.json, new=bool(month))


def _all() -> list[ClosedMonth]:
    from oarlock.store.reads.closings import closed_months

    return list(closed_months())


def _say(closed: list[ClosedMonth], json: bool, *, new: bool) -> None:
    from oarlock.charts.numerals import plural
    from oarlock.store.reads.closings import adjustments

    found = {c.month: adjustments(c.month) for c in closed}
    if json:
        print_json({"closed": [
            {"month": c.month, "closed_at": c.closed_at.isoformat(), "version": c.version,
             "as_known": c.as_known.isoformat(), "sha256": c.hash,
             "adjustments": [{"figure": a.figure, "frozen": a.frozen, "today": a.today, "cause": dict(a.cause)}
                             for a in found[c.month]]}
            for c in closed
        ]})  # fmt: skip
        return
    for c in closed:
        since = "" if new else f", {plural(len(found[c.month]), 'adjustment')} since"
        answers().print(f"{c.month} is closed under version {c.version}{since}. SHA-256 {c.hash}", soft_wrap=True)
    if not closed:
        answers().print("No month is closed. `oarlock close 2026-09` closes one that is over.", soft_wrap=True)
