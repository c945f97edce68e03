"""Plan in a thread of its own while the engine works on what was planned before: DuckDB does not hold up Python.

    answer(bench, line, plan) -> what `plan` returned, and the rows its steps brought back

Promises: the steps run in the order they were planned; what goes wrong on either side is raised here; no thread is left
waiting for an answer that will not come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from datetime import datetime
from queue import SimpleQueue
from threading import Event, Thread
from typing import Generic, TypeVar

from oarlock.jobs.steps import WHEN, Bench, Rows, Step

Found = list[dict[str, object]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """Where a planner puts its steps, and hears what came of them."""

    steps: SimpleQueue[Step | None] = field(default_factory=SimpleQueue)
    planned: list[Step] = field(default_factory=list)
    answers: dict[str, Future[Found]] = field(default_factory=dict)
    over: Event = field(default_factory=Event)

    def put(self, step: Step) -> None:
        """Have this run after everything that was put before."""
        if step.deed == "bring":
            self.answers[step.name] = Future()
            if self.over.is_set():
                self.answers[step.name].cancel()
        self.planned.append(step)
        self.steps.put(step)

    def rows(self, name: str) -> Found:
        """The rows of a step that was put before; waits until it has run."""
        return self.answers[name].result()

    def taken(self) -> Iterator[Step]:
        """The steps as they come, until there are no more."""
        while (step := self.steps.get()) is not None:
            yield step

    def hear(self, name: str, rows: Found) -> None:
        """What a step brought back."""
        self.answers[name].set_result(rows)

    def close(self) -> None:
        """Nothing more will run: nobody needs to wait."""
        self.over.set()
        for answer in list(self.answers.values()):
            answer.cancel()


@dataclass(slots=True)
class _Planning(Generic[T]):
    """The planner at work in its thread."""

    plan: Callable[[Line], T]
    line: Line
    result: Future[T] = field(default_factory=Future)

    def work(self) -> None:
        """Plan to the end, or to what went wrong."""
        try:
            self.result.set_result(self.plan(self.line))
        except CancelledError:
            self.result.cancel()
        except BaseException as error:
            self.result.set_exception(error)
        finally:
            self.line.steps.put(None)


def answer(bench: Bench, line: Line, plan: Callable[[Line], T], until: datetime = WHEN) -> tuple[T, Rows]:
    """Run every step that `plan` puts into the line, as known at `until` where they leave that open; what it returns in
    the end, and all rows."""
    planning = _Planning(plan, line)
    Thread(target=planning.work, daemon=True).start()
    try:
        rows = bench.run(line.taken(), line.hear, until)
    finally:
        line.close()
    return planning.result.result(), rows
