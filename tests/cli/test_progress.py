from __future__ import annotations

import io
import sys
from collections.abc import Callable

import pytest

from oarlock.cli.progress import importing, watching
from oarlock.engines.intake import Step


class Terminal(io.StringIO):
    """Somebody looks."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Terminal]:
    """Makes standard error one that somebody looks at; called in the test, for pytest sets its own before."""

    def look() -> Terminal:
        made = Terminal()
        monkeypatch.setattr(sys, "stderr", made)
        monkeypatch.setenv("COLUMNS", "140")
        monkeypatch.setenv("TERM", "xterm")
        return made

    return look


def test_an_import_shows_its_file_rows_and_rate(looked_at: Callable[[], Terminal]) -> None:
    terminal = looked_at()
    with importing(silent=False) as told:
        assert told is not None
        told(Step("looking at", "people.csv", 1_000_000, 4_000_000))
        told(Step("reading", "people.csv", 5_000, 20_000, "rows"))
        told(Step("reading", "people.csv", 20_000, 20_000, "rows"))
        told(Step("settling people"))
    shown = terminal.getvalue()
    assert "reading people.csv" in shown and "20,000 rows" in shown
    assert "settling people" in shown


def test_measuring_shows_what_is_done_and_hostile_names_stay_harmless(looked_at: Callable[[], Terminal]) -> None:
    terminal = looked_at()
    with watching(silent=False) as told:
        assert told is not None
        told("following everybody", None, None)
        told("by [bold]x[/bold]\x1b]0;title\x07", 0.5, 100)
    shown = terminal.getvalue()
    assert "by [bold]x[/bold]" in shown and "\x1b]0;" not in shown


def test_nobody_is_told_where_nobody_looks_or_json_was_asked_for(
    looked_at: Callable[[], Terminal], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at()
    with watching(silent=True) as told:
        assert told is None
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with importing(silent=False) as step:
        assert step is None
