"""How far long work has come, on standard error: what is done, a bar, rows, rate and time left.

Silent where nobody looks at a terminal, and with `--json`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from oarlock.cli.screen import cell, errors

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from oarlock.engines.intake import Step

Told = Callable[[str, float | None, int | None], None]


@contextmanager
def watching(silent: bool) -> Iterator[Told | None]:
    """A function to be told (what, share done or None, rows or None); None where nobody watches."""
    if silent or not sys.stderr.isatty():
        yield None
        return
    with _bars() as bars:
        task = bars.add_task("", total=None)

        def told(what: str, share: float | None, rows: int | None) -> None:
            bars.update(task, description=cell(what, 48), completed=share or 0, total=None if share is None else 1)

        yield told


@contextmanager
def importing(silent: bool) -> Iterator[Callable[[Step], None] | None]:
    """A function to be told the steps of an import; None where nobody watches."""
    if silent or not sys.stderr.isatty():
        yield None
        return
    with _bars() as bars:
        yield _Steps(bars).told


class _Steps:
    """One bar for what is being done now; a new one for every file and deed."""

    def __init__(self, bars: Progress) -> None:
        self.bars = bars
        self.now: tuple[str, str] | None = None
        self.task: TaskID | None = None

    def told(self, step: Step) -> None:
        """Show that step."""
        if (step.doing, step.file) != self.now:
            self.now = (step.doing, step.file)
            if self.task is not None:
                self.bars.remove_task(self.task)
            self.task = self.bars.add_task(cell(f"{step.doing} {step.file}".strip(), 48), total=step.total or None)
        assert self.task is not None, "a step has its bar"
        self.bars.update(self.task, completed=step.done, total=step.total or None, unit=step.unit)
        if step.done == step.total:
            self.bars.refresh()


def _bars() -> Progress:
    from rich.progress import (
        BarColumn,
        Progress,
        ProgressColumn,
        SpinnerColumn,
        Task,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.table import Column
    from rich.text import Text

    class Rate(ProgressColumn):
        """How many rows (or megabytes) are done, and how many a second."""

        def render(self, task: Task) -> Text:
            """`1,200,000 rows, 410,000 a second`."""
            return Text(_so_far(task.completed, task.speed, str(task.fields.get("unit", ""))))

    return Progress(
        SpinnerColumn(style=""),
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, min_width=40)),
        BarColumn(bar_width=14, complete_style="bold", finished_style="bold", pulse_style="dim"),
        TaskProgressColumn(),
        Rate(),
        TimeRemainingColumn(compact=True),
        console=errors(),
        transient=True,
    )


def _so_far(done: float, speed: float | None, unit: str) -> str:
    """Nothing where what is done is not counted."""
    if not unit or not done:
        return ""
    scale, word = (1e6, "MB") if unit == "bytes" else (1, unit)
    rate = f", {(speed or 0) / scale:,.0f} a second" if speed else ""
    return f"{done / scale:,.0f} {word}{rate}"
