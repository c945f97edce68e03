"""`oarlock match`: how well names find their accounts, measured on a file of names whose company is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Annotated, Any

import typer

from oarlock.cli.door import Home, Json, door

if TYPE_CHECKING:
    from rich.console import RenderableType

    from oarlock.agreement.handling import Matching
    from oarlock.matching.evaluating import Measured, Scores

Eval = Annotated[Path, typer.Option("--eval", metavar="FILE", help="A CSV file of names whose company is known.")]
NameColumn = Annotated[str, typer.Option("--name", metavar="COLUMN", help="The column of names.")]
CompanyColumn = Annotated[str, typer.Option("--company", metavar="COLUMN", help="The column of the true company.")]
Agreement = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Match by this text's `matching`; by its defaults where none.")
]


def match(
    context: typer.Context,
    file: Eval,
    name: NameColumn = "name",
    company: CompanyColumn = "company",
    agreement: Agreement = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Measure how well bare names find their accounts, beside plain methods. Nothing is changed."""
    asked = door(context, home, json)
    from oarlock.agreement.handling import Matching
    from oarlock.cli import workspace
    from oarlock.cli.screen import answers, errors, print_json
    from oarlock.jobs.matching_names import measure_names

    terms = workspace.sealed(agreement).matching if agreement else Matching()
    tell = errors().print if not asked.json else (lambda _: None)
    found = measure_names(file, name, company, terms, tell=tell)
    if asked.json:
        print_json(matching_json(found, terms))
    else:
        answers().print(_tables(found, terms))


def matching_json(found: Sequence[Measured], terms: Matching) -> dict[str, Any]:
    """Everything measured as plain data; nothing is rounded."""
    from oarlock.matching.evaluating import ASKED

    return {
        "sure": terms.sure,
        "measured": [
            {"method": m.method, "accounts": "all" if m.seed is None else "half", "seed": m.seed, "bar": m.bar,
             "held": _scores(m.held), "whole": _scores(m.whole), "best": _scores(m.best),
             "recall_at_precision": {str(p): r for p, r in zip(ASKED, m.recall_at, strict=True)}}
            for m in found
        ],
    }  # fmt: skip


def _scores(scores: Scores) -> dict[str, Any]:
    return {
        "leads": scores.leads, "known": scores.known, "matched": scores.matched, "right": scores.right,
        "precision": scores.precision, "recall": scores.recall, "f1": scores.f1,
    }  # fmt: skip


def _tables(found: Sequence[Measured], terms: Matching) -> RenderableType:
    from oarlock.cli.tables import stacked

    seeds = sorted({m.seed for m in found if m.seed is not None})
    everything = [m for m in found if m.seed is None]
    new = [m for m in found if m.seed is not None]
    return stacked(
        _table("Every company is an account", f"matched from {terms.sure:.0%} certainty", everything),
        _table("Half of the companies are new", f"means of {len(seeds)} draws", new),
    )


def _table(title: str, note: str, measured: Sequence[Measured]) -> RenderableType:
    from oarlock.cli.tables import Sheet

    leads, held = measured[0].whole.leads, measured[0].held.leads
    columns = ("#held P", "#R", "#F1", "#all F1", "#worst", "#best", "#R .99")  # more in JSON: a screen has 80 letters
    sheet = Sheet(title, f"{leads:,} names, {held:,} of them held out; {note}", "method", *columns)
    for method in dict.fromkeys(m.method for m in measured):
        sheet.row(method, *_figures([m for m in measured if m.method == method]))
    sheet.caption = (
        "P precision, R recall. held: companies on which no bar was chosen. worst: the least F1 of all draws.\n"
        "best: F1 at the bar nobody has beforehand. R .99: the most recall at such a precision."
    )
    return sheet


def _figures(same: Sequence[Measured]) -> Iterator[str]:
    """One method's figures, the means of its draws."""
    from oarlock.matching.evaluating import ASKED

    yield _mean([m.held.precision for m in same])
    yield _mean([m.held.recall for m in same])
    yield _mean([m.held.f1 for m in same])
    yield _mean([m.whole.f1 for m in same])
    yield f"{min(m.whole.f1 for m in same):.3f}"
    yield _mean([m.best.f1 for m in same])
    yield _mean([m.recall_at[ASKED.index(0.99)] for m in same])


def _mean(values: Sequence[float | None]) -> str:
    said = [v for v in values if v is not None]
    return f"{fmean(said):.3f}" if said else "–"
