"""`oarlock import`: a company's files into the lake, with a summary of what became of every row."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oarlock.charts.names import shown
from oarlock.charts.numerals import count, plural
from oarlock.cli.door import DEFAULT_HOME, Home, Json, door
from oarlock.cli.screen import answers, cell, print_json
from oarlock.ground.problems import UserProblem

if TYPE_CHECKING:
    from rich.console import Console

    from oarlock.engines.mapping import Mapping
    from oarlock.engines.summary import FileSummary, Summary


def import_files(
    context: typer.Context,
    sources: Annotated[list[Path], typer.Argument(metavar="SOURCE...", help="Files, or folders of files.")],
    mapping: Annotated[Path | None, typer.Option(metavar="FILE", help="How their columns become ours.")] = None,
    preset: Annotated[str | None, typer.Option(metavar="NAME", help="A mapping that ships with Oarlock.")] = None,
    time_zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="For times that name no zone; else the agreement's, else UTC.")
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Bring files into the lake: CSV, TSV or Parquet, also .gz; as a whole or not at all.

    The same files again change nothing. Rows that cannot come in are set aside, to be mended and imported again.
    """
    asked = door(context, home, json)
    summary = bring_in(sources, _mapping(mapping, preset), asked.home, time_zone, silent=asked.json)
    if asked.json:
        print_json(
            summary.as_dict() | {"quarantine": str(aside) if (aside := quarantine_of(asked.home, summary)) else None}
        )
    else:
        show(answers(), summary, asked.home)


def bring_in(sources: list[Path], mapping: Mapping, home: Path, time_zone: str | None, *, silent: bool) -> Summary:
    """Import into that workspace, which is made where there is none."""
    from oarlock.cli.progress import importing
    from oarlock.engines.intake import bring_in as brought
    from oarlock.ground.clock import now
    from oarlock.ground.zones import zone_of

    if time_zone is not None:
        mapping = replace(mapping, time_zone=str(zone_of(time_zone)))
    with importing(silent) as told:
        return brought(sources, mapping, home, zone=_zone(home), now=now(), progress=told)


def _mapping(file: Path | None, preset: str | None) -> Mapping:
    """The mapping of `--mapping` or `--preset`: one of the two."""
    from oarlock.engines import presets
    from oarlock.engines.mapping_text import read_mapping

    if (file is None) == (preset is None):
        raise UserProblem(
            "which-mapping",
            "Say how the files' columns become ours: with `--mapping FILE` or with `--preset NAME`, one of the two.",
            f"Presets: {', '.join(presets.names())}.",
        )
    return read_mapping(file) if file is not None else presets.preset(preset or "")


def _zone(home: Path) -> str:
    """The time zone of the workspace's latest agreement; UTC where there is none."""
    from oarlock.cli.workspace import agreement_paths, versions

    return versions(home).latest.time_zone if agreement_paths(home) else "UTC"


def show(out: Console, summary: Summary, home: Path) -> None:
    """The summary: every file with its rows, why rows were set aside, and what to do next."""
    from oarlock.cli.tables import Sheet

    if summary.already:
        out.print("These files came in before, byte for byte. Nothing was changed.")
    files = Sheet("Imported", "", "file", "#rows", "#new", "#changed", "#unchanged", "#quarantined", "#seconds")
    for file in (f for f in summary.files if not f.ignored and not f.refused):
        files.row(*_file_row(file))
    if files.rows:
        files.caption = "new, changed, unchanged: rows of the lake; one row of a file may make several, or none"
        out.print(files)
    _show_done_to(out, summary)
    _show_wanting(out, summary, home)
    ignored = [shown(f.name) for f in summary.files if f.ignored]
    if ignored:
        out.print(f"Left aside, for the mapping does not speak of them: {', '.join(ignored)}.")
    read = f"{plural(summary.rows, 'row')} read in {summary.seconds:.1f} s."
    out.print(f"{read} Next: `oarlock report{_elsewhere(home)}`.", soft_wrap=True)


def _file_row(file: FileSummary) -> list[str]:
    """Counts are rows of the lake: one row of a file may make several, or none of its own."""
    totals = {what: sum(c.get(what, 0) for c in file.came_in.values()) for what in ("new", "changed", "unchanged")}
    aside = sum(file.quarantined.values())
    figures = [count(n) for n in (file.rows, *totals.values(), aside)]
    return [cell(file.name, 40), *figures, f"{file.seconds:.1f}"]


def _show_done_to(out: Console, summary: Summary) -> None:
    """What was mended on the way in, and what the mapping itself leaves out."""
    for file in summary.files:
        if file.repaired:
            out.print(f"{cell(file.name)}: {plural(file.repaired, 'row')} broken over two lines put together again.")
        if file.left_out:
            out.print(f"{cell(file.name)}: {plural(file.left_out, 'row')} left out, as the mapping says.")


def _show_wanting(out: Console, summary: Summary, home: Path) -> None:
    """Files refused, rows set aside by reason, and where they lie."""
    from oarlock.cli.tables import Sheet

    for file in summary.files:
        if file.refused:
            told = " ".join(str(file.refused[key]) for key in ("what", "why", "next_step") if file.refused[key])
            out.print(f"Refused: {shown(told, 1000)}", style="bold")
    reasons = Sheet("Set aside", "", "file", "reason", "#rows")
    for file in summary.files:
        for reason, rows in sorted(file.quarantined.items(), key=lambda item: -item[1]):
            reasons.row(cell(file.name, 40), cell(reason, 60), count(rows))
    if reasons.rows:
        out.print(reasons)
        where = quarantine_of(home, summary)
        out.print(f"They lie in {where}: mend them there and import the files again.", soft_wrap=True)


def quarantine_of(home: Path, summary: Summary) -> Path | None:
    """The folder with the rows this import set aside; None where there are none."""
    from oarlock.engines.quarantine import folder_of

    folder = folder_of(home) / summary.id
    return folder if folder.is_dir() and summary.quarantined else None


def _elsewhere(home: Path) -> str:
    return "" if home == DEFAULT_HOME else f" --home {home}"
