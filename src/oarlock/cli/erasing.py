"""`oarlock erase` and `oarlock hand-over`: what the law lets a person ask for, by hand on the server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oarlock.charts.names import shown
from oarlock.charts.numerals import count
from oarlock.cli.door import Home, Json, door
from oarlock.cli.screen import answers, print_json


def erase(
    context: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Their id.")],
    reason: Annotated[str, typer.Option(metavar="WORDS", help="Why, without a name: it is kept for ever.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Erase who a person is: from store, lake, quarantine and files. Ids and counts stay, so that figures do."""
    asked = door(context, home, json)
    _open(asked.home)
    from oarlock.ground.clock import now
    from oarlock.jobs import erasing
    from oarlock.store.writes.audit import SYSTEM

    there = erasing.plan(person)
    if dry_run:
        told = {"person": there.person_id, "ids": list(there.ids), "rows": dict(there.rows)}
        if asked.json:
            return print_json(told)
        answers().print(f"Erasing {shown(person)} would leave, without identity: {_listed(dict(there.rows))}.")
        return None
    done = erasing.erase(asked.home, person, reason, acting=SYSTEM, now=now())
    if asked.json:
        return print_json(done)
    answers().print(f"{shown(person)} is erased. Rows of files taken out: {done['files']}.")
    if done["left_in"]:
        answers().print(f"Still named in: {done['left_in']}. Look at these files yourself.", style="bold")
    answers().print("Backups made before still hold them: make a new one, and remove those when their time is over.")
    return None


def hand_over(
    context: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Their id.")],
    into: Annotated[Path | None, typer.Option(metavar="FILE", help="The zip to write.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Write all that is held about a person into a zip: one JSON of everything, and a CSV a table."""
    asked = door(context, home, json)
    _open(asked.home)
    from oarlock.ground.clock import now
    from oarlock.jobs.handing_over import hand_over as handed
    from oarlock.store.writes.audit import SYSTEM

    path = into or Path("held.zip")
    rows = handed(asked.home, person, path, acting=SYSTEM, now=now())
    if asked.json:
        return print_json({"file": str(path), "rows": rows})
    answers().print(f"{path}: {_listed(rows)}.", soft_wrap=True)
    return None


def _listed(rows: dict[str, int]) -> str:
    return ", ".join(f"{count(n)} {what}" for what, n in rows.items())


def _open(home: Path) -> None:
    from oarlock.store.opening import bring_up_to_date, open_store

    open_store(home)
    bring_up_to_date()
