"""The ledger of promises: what each team owed in each period and what was kept, as the page has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from oarlock.cli.door import Home, Json, door
from oarlock.cli.measuring import Agreement, AsKnown

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType

    from oarlock.lifecycle.versions import Versions
    from oarlock.loop.promises import Declared
    from oarlock.loop.promises_kept import Cell, Ledger, LedgerLine

During = Annotated[
    str | None,
    typer.Option("--period", metavar="PERIOD", help="Only what was owed within it: `2026-Q3`, `2026-09`, `2026-W40`."),
]


def promises(
    context: typer.Context,
    period: During = None,
    agreement: Agreement = None,
    as_known: AsKnown = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """What marketing and sales owed each other, period by period, and whether it was kept."""
    from oarlock.cli import workspace
    from oarlock.cli.progress import watching
    from oarlock.cli.screen import answers, print_json
    from oarlock.ground.periods import parse_period
    from oarlock.jobs.steps import silent

    asked = door(context, home, json)
    workspace.require_lake(asked.home)
    definition = workspace.definition(asked.home, agreement, as_known)
    judging = definition.versions()
    within = parse_period(period, judging.latest.time_zone) if period else None
    declared = _declared(asked.home)
    from oarlock.jobs.ledger import measure_ledger

    with watching(asked.json) as told:
        found = measure_ledger(
            asked.home, judging, as_known=definition.until(judging.latest.time_zone), declared=declared, within=within,
            progress=told or silent,
        )  # fmt: skip
    if asked.json:
        print_json(ledger_json(found))
    else:
        answers().print(ledger_tables(found, judging))


def _declared(home: Path) -> tuple[Declared, ...]:
    """The excuses both teams agreed on, as the store has them."""
    from oarlock.store.opening import bring_up_to_date, open_store

    open_store(home.absolute())
    bring_up_to_date()
    from oarlock.store.reads.promises import confirmed

    return confirmed()


def ledger_json(ledger: Ledger) -> dict[str, Any]:
    """The ledger as plain data. Nothing is rounded."""
    from oarlock.cli.json_forms import agreement_json

    return {
        "agreement": agreement_json(ledger.agreement),
        "as_known": ledger.as_known.isoformat(),
        "excuses": [
            {"excuse": d.excuse, "begins": d.begins.isoformat(), "ends": d.ends.isoformat()} for d in ledger.declared
        ],
        "promises": [_line(line) for line in ledger.lines],
    }


def _line(line: LedgerLine) -> dict[str, Any]:
    kept, over = line.kept
    return {
        "team": line.team, "metric": line.metric, "means": line.means, "owner": line.owner, "per": line.per,
        "promised": line.bar, "excused_when": line.excused_when, "owed_still": line.owed_still,
        "kept": kept, "over": over, "periods": [_cell(c) for c in line.cells],
    }  # fmt: skip


def _cell(cell: Cell) -> dict[str, Any]:
    from oarlock.jobs.plain import plain

    told: dict[str, Any] = plain(cell)
    return told | {"few": cell.few}


def ledger_tables(ledger: Ledger, judging: Versions) -> RenderableType:
    """The ledger for a terminal: one table a kind of period."""
    from rich.text import Text

    from oarlock.cli.tables import stacked

    parts = list(_parts(ledger, judging))
    return stacked(*(parts or [Text("The agreement promises nothing.")]))


def _parts(ledger: Ledger, judging: Versions) -> Iterator[RenderableType]:
    from rich.text import Text

    from oarlock.charts.basis import Basis
    from oarlock.cli.tables import Sheet

    basis = Basis(ledger.agreement, ledger.as_known)
    for per in dict.fromkeys(line.per for line in ledger.lines):
        lines = [line for line in ledger.lines if line.per == per]
        heads = [f"#{c.period}" for c in reversed(lines[0].cells)]
        note = basis.line("an excused case leaves both counts")
        sheet = Sheet(f"Promises by {per}", note, "promise", "owed now", *heads, "#kept")
        for line in lines:
            sheet.row(*_row(line, judging))
        yield sheet
    if ledger.lines:
        yield Text("✓ kept   ✗ missed   … running   ~ excused in part   ° fewer than 30 cases", style="dim")


MARKS = {"kept": "✓", "missed": "✗", "on track": "…", "at risk": "… at risk", "excused": "excused"}


def _row(line: LedgerLine, judging: Versions) -> list[Any]:
    from oarlock.charts.promise_explanations import figure
    from oarlock.cli.tables import whose

    kept, over = line.kept
    cells = []
    for cell in reversed(line.cells):
        marks = MARKS.get(cell.status, "") + ("~" if cell.excuse and cell.status != "excused" else "")
        few = "°" if cell.few and cell.denominator else ""
        cells.append(f"{figure(line, cell)}{few} {marks}".strip() if cell.status not in HIDDEN else "·")
    return [whose(line.metric, line.team), line.bar, *cells, f"{kept} of {over}" if over else "–"]


HIDDEN = ("not owed", "not measured")
