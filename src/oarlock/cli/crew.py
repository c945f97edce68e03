"""The processes of a running application: started, watched, started again when they die, stopped with a deadline.

    Crew(parts).run(stop)   until `stop` is set; each part is one process group, so nothing of it is left behind

Promises: a process that dies comes back, ever more slowly while it keeps dying; the word to stop waits for a process
that has not come up yet (granian ignores it then), and what has not stopped by the deadline is killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event

from oarlock.ground.clock import monotonic
from oarlock.ground.problems import UserProblem

LOOK_SECONDS = 0.25
GRACE_SECONDS = 12.0
"""From the word to stop until what still runs is killed."""
YOUNG_SECONDS = 2.5
"""A process younger than this may not hear the word to stop yet."""
SLOWEST_SECONDS = 30.0
HOPELESS = 3
"""Deaths without ever having come up, after which nothing is tried any more."""


@dataclass(frozen=True, slots=True)
class Part:
    """A process to keep running: its name, its module and arguments, and how to tell that it is up."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    is_up: Callable[[], bool] = bool


@dataclass(slots=True)
class _Hand:
    part: Part
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    deaths: int = 0
    again_at: float = 0.0
    was_up: bool = False


@dataclass(slots=True)
class Crew:
    """All processes of one application. `tell` hears what happens, in whole sentences."""

    parts: Sequence[Part]
    tell: Callable[[str], None]
    up: Callable[[], None]
    _hands: list[_Hand] = field(default_factory=list)

    def run(self, stop: Event) -> None:
        """Keep everything running until `stop` is set. UserProblem `does-not-start` where a process never comes up."""
        self._hands = [_Hand(part) for part in self.parts]
        told = False
        try:
            while not stop.is_set():
                for hand in self._hands:
                    self._look_after(hand)
                if not told and all(hand.was_up for hand in self._hands):
                    told = True
                    self.up()
                stop.wait(LOOK_SECONDS)
        finally:
            self._stop()

    def _look_after(self, hand: _Hand) -> None:
        if hand.process is None:
            if monotonic() >= hand.again_at:
                _start(hand)
        elif hand.process.poll() is not None:
            self._mourn(hand)
        elif not hand.was_up:
            hand.was_up = hand.part.is_up()
        elif monotonic() - hand.began > SLOWEST_SECONDS:
            hand.deaths = 0

    def _mourn(self, hand: _Hand) -> None:
        assert hand.process is not None
        code = hand.process.returncode
        _kill(hand)
        hand.deaths += 1
        if not hand.was_up and hand.deaths >= HOPELESS:
            raise UserProblem(
                "does-not-start", f"The {hand.part.name} does not start.",
                f"It ended {hand.deaths} times (code {code}).",
                "What it said stands above; `oarlock doctor` looks for the cause.",
            )  # fmt: skip
        wait = min(SLOWEST_SECONDS, 0.5 * 2 ** (hand.deaths - 1))
        hand.process, hand.again_at = None, monotonic() + wait
        self.tell(f"The {hand.part.name} ended (code {code}) and is started again.")

    def _stop(self) -> None:
        """The word to each, in time for it to be heard; then the deadline."""
        running = [hand for hand in self._hands if hand.process is not None]
        deadline = monotonic() + GRACE_SECONDS
        for hand in sorted(running, key=lambda hand: hand.began):
            _wait(hand, min(deadline, hand.began + YOUNG_SECONDS))
            _signal(hand, signal.SIGTERM)
        for hand in running:
            _wait(hand, deadline)
            _kill(hand)


def _start(hand: _Hand) -> None:
    command = [sys.executable, "-m", hand.part.module, *hand.part.arguments]
    hand.process = subprocess.Popen(command, start_new_session=True, env=os.environ.copy())  # noqa: S603  # our own words
    hand.began = monotonic()


def _wait(hand: _Hand, until: float) -> None:
    """Until the process has ended, or that time."""
    assert hand.process is not None
    with suppress(subprocess.TimeoutExpired):
        hand.process.wait(max(0.0, until - monotonic()))


def _signal(hand: _Hand, what: signal.Signals) -> None:
    assert hand.process is not None
    if hand.process.poll() is None:
        hand.process.send_signal(what)


def _kill(hand: _Hand) -> None:
    """Whatever is left of the process and of those it started."""
    assert hand.process is not None
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(hand.process.pid, signal.SIGKILL)
    hand.process.wait()
