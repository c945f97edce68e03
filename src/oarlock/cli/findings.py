"""Findings as a person reads them: place, level, words, the line itself with a mark under it, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from oarlock.agreement import Finding
from oarlock.charts.names import shown
from oarlock.charts.numerals import plural
from oarlock.ground.problems import UserProblem

LONGEST_LINE = 160
_STYLES = {"error": "bold red", "warning": "bold"}


class FaultyAgreement(UserProblem):
    """An agreement with errors: it carries what was found in it."""

    CODE = "agreement-has-errors"

    def __init__(self, name: str, findings: Sequence[Finding]) -> None:
        errors = [f for f in findings if f.level == "error"]
        what = f"`{name}` has {plural(len(errors), 'error')}, so nothing can be judged by it."
        next_step = f"Mend {'it' if len(errors) == 1 else 'them'}; `oarlock check {name}` shows where you stand."
        super().__init__(self.CODE, what, "", next_step, errors[0].place)
        self.findings = tuple(findings)

    def as_dict(self) -> dict[str, object]:
        """The problem with all findings."""
        return super().as_dict() | {"findings": [finding_json(f) for f in self.findings]}

    def show(self, out: Console) -> None:
        """The errors, each with its line."""
        show_findings(out, [f for f in self.findings if f.level == "error"])
        out.print()


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding as plain data."""
    return {
        "level": finding.level,
        "code": finding.code,
        "message": finding.message,
        "suggestion": finding.suggestion,
        "file": finding.place.file,
        "line": finding.place.line,
        "column": finding.place.column,
        "error_from": finding.error_from.isoformat() if finding.error_from else None,
    }


def show_findings(out: Console, findings: Sequence[Finding]) -> None:
    """All findings, in their order."""
    lines: dict[str, list[str]] = {}
    for finding in findings:
        file = finding.place.file
        if file not in lines:
            lines[file] = _lines(Path(file))
        _show(out, finding, lines[file])


def _lines(path: Path) -> list[str]:
    """The file's lines, as far as they can be shown; none where it cannot be read any more."""
    try:
        return path.read_bytes()[: 1 << 20].decode("utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _show(out: Console, finding: Finding, lines: Sequence[str]) -> None:
    place = Text(shown(str(finding.place), 300), style="dim")
    level = Text(f"{finding.level}", style=_STYLES[finding.level])
    words = Text(f"{shown(finding.message, 1000)}  [{finding.code}]")
    out.print(Text.assemble(place, ": ", level, ": ", words), soft_wrap=True)
    if 0 < finding.place.line <= len(lines):
        _show_line(out, lines[finding.place.line - 1], finding.place.line, finding.place.column)
    if finding.suggestion:
        out.print(Text(f"    {shown(finding.suggestion, 1000)}"), soft_wrap=True)
    if finding.error_from:
        out.print(Text(f"    An error for agreements in force from {finding.error_from} on."), soft_wrap=True)


def _show_line(out: Console, line: str, number: int, column: int) -> None:
    """The line with its number, and a caret under the column; a long line is cut around it."""
    start = max(0, column - LONGEST_LINE // 2) if len(line) > LONGEST_LINE else 0
    piece = shown(line.expandtabs(1)[start : start + LONGEST_LINE], LONGEST_LINE)
    out.print(Text(f"{number:>6} | {piece}", style="dim"), soft_wrap=True)
    if column:
        out.print(Text(" " * 6 + " | " + " " * (column - 1 - start) + "^", style=_STYLES["error"]), soft_wrap=True)
