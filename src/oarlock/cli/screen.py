"""The two places a command writes to: answers on standard output, everything about its work on standard error.

Promises: no text is read as markup; strangers' text passes `cell`, which leaves nothing unseen in it; where nobody
looks at a terminal, lines are 110 wide and without colour.
"""

from __future__ import annotations

import json
import os
import sys
from decimal import Decimal
from typing import IO, Any, NoReturn

from rich.console import Console
from rich.theme import Theme

from oarlock.charts.names import shown
from oarlock.charts.numerals import NBSP

WIDTH = 110
_CALM = Theme({"progress.percentage": "none", "progress.remaining": "none", "bar.pulse": "dim", "bar.back": "dim"})
"""Colour is spent on people: progress has none."""


class Screen(Console):
    """A console that leaves a closed pipe to the one place that knows what to do."""

    def on_broken_pipe(self) -> NoReturn:
        """Whoever read has gone."""
        raise BrokenPipeError


def answers() -> Screen:
    """Standard output."""
    return _screen(sys.stdout)


def errors() -> Screen:
    """Standard error."""
    return _screen(sys.stderr)


def _screen(file: IO[str]) -> Screen:
    width = None if file.isatty() or "COLUMNS" in os.environ else WIDTH
    return Screen(file=file, width=width, highlight=False, markup=False, emoji=False, theme=_CALM)


def cell(text: str, longest: int = 80) -> str:
    """Text for a cell: nothing unseen in it, plain spaces (a terminal's columns are copied and searched)."""
    return shown(text.replace(NBSP, " "), longest)


def print_json(data: Any) -> None:
    """Data as JSON on standard output; letters as they are where the stream can carry them."""
    plain = "utf" not in (sys.stdout.encoding or "").lower()
    print(json.dumps(data, ensure_ascii=plain, indent=2, default=_exact, allow_nan=False), flush=True)


def _exact(value: object) -> str:
    """Money as the decimal it is."""
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"{type(value).__name__} has no form in JSON")
