"""What is measured over a workspace's history: report, drift, back-test. Every figure comes from `oarlock.jobs`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from oarlock.cli.door import Door, Home, Json, door
from oarlock.ground.problems import Place, Problem, UserProblem

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import RenderableType

    from oarlock.jobs.measuring import Definition
    from oarlock.lifecycle.versions import Versions

Agreement = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Judge all of history by this text, not by the workspace's versions."),
]
By = Annotated[
    list[str] | None, typer.Option(metavar="FIELD", help="Break down by a field: source, owner, campaign...")
]
AsKnown = Annotated[str | None, typer.Option(metavar="DATE", help="Only what was known by the end of that day.")]
Html = Annotated[Path | None, typer.Option(metavar="FILE", help="Write one self-contained page, too.")]
Sql = Annotated[bool, typer.Option("--sql", help="Show the query behind each figure.")]
Rows = Annotated[
    int, typer.Option(metavar="N", min=0, help="List so many records that disagree, furthest apart first.")
]
Proposed = Annotated[Path, typer.Option(metavar="FILE", help="The agreement that is proposed.")]


@dataclass(frozen=True, slots=True)
class Asked:
    """What all three are asked: where, judged by which versions and as known when, answered how."""

    door: Door
    definition: Definition
    html: Path | None
    sql: bool

    @property
    def queries(self) -> bool:
        """Whether the queries are wanted: asked for, or for the page, which always shows them."""
        return self.sql or self.html is not None


def report(
    context: typer.Context,
    agreement: Agreement = None,
    by: By = None,
    as_known: AsKnown = None,
    html: Html = None,
    sql: Sql = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """The truth about the funnel: entries, conversion, time, closed loop, opportunities."""
    show_report(_asked(door(context, home, json), agreement, as_known, html, sql), by or [])


def show_report(asked: Asked, by: list[str]) -> None:
    """Measure, then answer as was asked."""
    from oarlock.cli.json_forms import report_json
    from oarlock.cli.progress import watching
    from oarlock.cli.report_tables import report_tables
    from oarlock.jobs.measuring import measure_under, silent

    fields = list(dict.fromkeys(by))
    with watching(asked.door.json) as told:
        found = measure_under(asked.door.home, asked.definition, by=fields, sql=asked.queries, progress=told or silent)

    def page() -> str:
        from oarlock.cli.report_page import report_page

        return report_page(found, owners_of_sources(asked.definition.versions()))

    answer(asked, found.queries, page, lambda: report_json(found), lambda: report_tables(found))


def drift(
    context: typer.Context,
    agreement: Agreement = None,
    rows: Rows = 0,
    as_known: AsKnown = None,
    html: Html = None,
    sql: Sql = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """The stage the CRM recorded beside the stage the definition gives, by stage, owner, source, origin."""
    from oarlock.cli.drift_tables import drift_tables
    from oarlock.cli.json_forms import drift_json
    from oarlock.cli.progress import watching
    from oarlock.jobs.measuring import measure_drift, silent

    asked = _asked(door(context, home, json), agreement, as_known, html, sql)
    judging, until = _judging(asked)
    with watching(asked.door.json) as told:
        found = measure_drift(
            asked.door.home, judging, as_known=until, rows=rows, sql=asked.queries, progress=told or silent
        )
    stages = judging.stages

    def page() -> str:
        from oarlock.cli.drift_page import drift_page

        return drift_page(found, stages)

    answer(asked, found.queries, page, lambda: drift_json(found), lambda: drift_tables(found, stages))


def backtest(
    context: typer.Context,
    proposed: Proposed,
    agreement: Agreement = None,
    as_known: AsKnown = None,
    html: Html = None,
    sql: Sql = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """What a proposed agreement would have done to history: who enters, who leaves, and what became of them."""
    from oarlock.cli.backtest_tables import backtest_tables
    from oarlock.cli.json_forms import backtest_json
    from oarlock.cli.progress import watching
    from oarlock.cli.workspace import proposal
    from oarlock.jobs.measuring import measure_backtest, silent

    asked = _asked(door(context, home, json), agreement, as_known, html, sql)
    judging, until = _judging(asked)
    with watching(asked.door.json) as told:
        found = measure_backtest(
            asked.door.home, judging, proposal(proposed, judging), as_known=until, sql=asked.queries,
            progress=told or silent,
        )  # fmt: skip

    def page() -> str:
        from oarlock.cli.backtest_page import backtest_page

        return backtest_page(found)

    answer(asked, found.queries, page, lambda: backtest_json(found), lambda: backtest_tables(found))


def _asked(door: Door, agreement: Path | None, as_known: str | None, html: Path | None, sql: bool) -> Asked:
    """What cannot work is said before anything is measured; without a lake no agreement helps."""
    from oarlock.cli import workspace

    if html is not None and (html.is_dir() or not html.absolute().parent.is_dir()):
        raise _unwritable(html, "there is no such folder" if not html.is_dir() else "it is a folder")
    workspace.require_lake(door.home)
    return Asked(door, workspace.definition(door.home, agreement, as_known), html, sql)


def _judging(asked: Asked) -> tuple[Versions, datetime | None]:
    """The versions, and as known when: what cannot work is said before anything is measured."""
    judging = asked.definition.versions()
    return judging, asked.definition.until(judging.latest.time_zone)


def owners_of_sources(judging: Versions) -> dict[str, str]:
    """Whose each lead source is, by every word it is recorded as."""
    return {word: source.owner for source in judging.latest.sources for word in (source.key, *source.recorded_as)}


def answer(
    asked: Asked,
    queries: dict[str, str],
    page: Callable[[], str],
    form: Callable[[], dict[str, Any]],
    tables: Callable[[], RenderableType],
) -> None:
    """Write the page where one was asked for, then answer as JSON or as tables; with `--sql` also the queries."""
    from oarlock.cli.screen import answers, print_json

    if asked.html is not None:
        _write(asked.html, page(), told=not asked.door.json)
    if asked.door.json:
        print_json(form() | ({"queries": queries} if asked.sql else {}))
        return
    out = answers()
    out.print(tables())
    for name, query in queries.items() if asked.sql else ():
        out.print(f"\n-- {name}", style="bold")
        out.print(query, soft_wrap=True)


def _write(path: Path, page: str, *, told: bool) -> None:
    """Write a page where it was asked for, and say so. UserProblem where it cannot be written."""
    from oarlock.cli.screen import errors

    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error.strerror or "the disk refused") from error
    if told:
        errors().print(f"The page: {path}", soft_wrap=True)


def _unwritable(path: Path, why: str) -> Problem:
    what = f"`{path}` cannot be written: {why}."
    return UserProblem("cannot-write", what, "", "Name another file with `--html FILE`.", Place(str(path)))
