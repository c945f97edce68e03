"""The line of what arrives: many senders wait, one thread writes, and a whole group is kept by one commit.

    line.take(parcel) -> what became of its arrivals       waits until they are kept

Promises: an answer means that it is on the disk; one parcel that fails fails alone; a line that is too long refuses at
once and says when to come back. Within a transaction that is open (another write's) a parcel is part of it.
"""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Sequence
from threading import Condition, Event, Thread

from django.db import DatabaseError, Error, InterfaceError, OperationalError, connection

from oarlock.ground.clock import monotonic, now
from oarlock.ground.problems import OutsideProblem, Problem
from oarlock.records.arrivals import Arriving, Letter
from oarlock.store.writes.arrivals import Parcel, Taken, take_in
from oarlock.store.writes.entrances import used

log = logging.getLogger("oarlock.arriving")
MOST_WAITING = 20_000
"""Arrivals in line; further ones are refused."""
GROUP = 1_000
"""Arrivals one transaction takes."""
GATHER = 0.002
"""Seconds the writer waits for others once it knows that there are several senders."""
PATIENCE = 30.0
"""Seconds a sender waits before they are told that nobody can say."""
IDLE = 60.0
AGAIN = 2


class _Waiting:
    """One parcel in line, and what became of it."""

    __slots__ = ("done", "failed", "parcel", "taken")

    def __init__(self, parcel: Parcel) -> None:
        self.parcel = parcel
        self.done = Event()
        self.taken: tuple[Taken, ...] = ()
        self.failed: Problem | None = None


class Line:
    """One line a process, its writer begun with the first arrival and gone when nothing has come for a while."""

    def __init__(self) -> None:
        self._turn = Condition()
        self._waiting: deque[_Waiting] = deque()
        self._length = 0
        self._writer: Thread | None = None
        self._last = 0

    def take(self, parcel: Parcel) -> tuple[Taken, ...]:
        """Take a parcel in; what became of each of its arrivals. OutsideProblem `line-full`, `database-away`."""
        if connection.in_atomic_block:
            return take_in([parcel], now=now())[0]
        waiting = _Waiting(parcel)
        self._stand(waiting)
        if not waiting.done.wait(PATIENCE):
            raise _away("It did not answer in time.")
        if waiting.failed is not None:
            raise waiting.failed
        return waiting.taken

    @property
    def length(self) -> int:
        """Arrivals that wait just now."""
        return self._length

    def _stand(self, waiting: _Waiting) -> None:
        count = len(waiting.parcel.arrivals)
        with self._turn:
            if self._length and self._length + count > MOST_WAITING:
                raise OutsideProblem(
                    "line-full", "Too much arrives at once.", "What you sent was not kept.", "Send it again soon.",
                    permanent=False,
                )  # fmt: skip
            self._length += count
            self._waiting.append(waiting)
            if self._writer is None or not self._writer.is_alive():
                self._writer = Thread(target=self._write, name="arrivals", daemon=True)
                self._writer.start()
            self._turn.notify()

    def _write(self) -> None:
        """The writer: group after group until nothing comes for a while."""
        try:
            while True:
                with self._turn:
                    if not self._waiting and not self._turn.wait_for(lambda: bool(self._waiting), IDLE):
                        self._writer = None
                        return
                    group = self._gathered()
                self._last = len(group)
                _answer(group)
        finally:
            connection.close()

    def _gathered(self) -> list[_Waiting]:
        """The next group. Where the last one had several senders, others are surely on their way: a moment for them."""
        end = monotonic() + GATHER
        while len(self._waiting) < self._last and (left := end - monotonic()) > 0:
            self._turn.wait(left)
        group: list[_Waiting] = []
        count = 0
        while self._waiting and (not group or count + len(self._waiting[0].parcel.arrivals) <= GROUP):
            group.append(self._waiting.popleft())
            count += len(group[-1].parcel.arrivals)
        self._length -= count
        return group


line = Line()
"""This process's line."""


def _answer(group: Sequence[_Waiting]) -> None:
    """Keep a group and answer everybody in it; where it cannot be kept together, each alone."""
    try:
        taken = _kept([w.parcel for w in group])
    except Exception as error:
        if _is_away(error):
            _refuse(group, error)
        elif len(group) > 1:
            for waiting in group:
                _answer([waiting])
        else:
            _answer_alone(group[0], error)
        return
    for waiting, answers in zip(group, taken, strict=True):
        _tell(waiting, answers)


def _answer_alone(waiting: _Waiting, error: Exception) -> None:
    """A parcel that is in its own way: each of its arrivals alone, and whichever cannot be taken in is a letter."""
    parcel = waiting.parcel
    try:
        if parcel.letters:
            _kept([Parcel(letters=parcel.letters)])
        if len(parcel.arrivals) == 1:
            _tell(waiting, (_lettered(parcel.arrivals[0], error),))
        else:
            _tell(waiting, tuple(_one(arrival) for arrival in parcel.arrivals))
    except Error as away:
        _refuse([waiting], away)


def _one(arrival: Arriving) -> Taken:
    try:
        return _kept([Parcel((arrival,))])[0][0]
    except Exception as error:
        if _is_away(error):
            raise
        return _lettered(arrival, error)


def _lettered(arrival: Arriving, error: Exception) -> Taken:
    """An arrival nobody can take in, kept as it came with the reason."""
    log.error("an arrival could not be taken in: %s", type(error).__name__, exc_info=error)
    code, why = ("bug", f"A bug in Oarlock: {type(error).__name__}. The server's log has more.")
    if isinstance(error, Problem):
        code, why = error.code, " ".join(part for part in (error.what, error.why) if part)
    body = json.dumps(arrival.body, ensure_ascii=False, default=str)
    _kept([Parcel(letters=(Letter(arrival.source, body, code, why, arrival.key),))])
    return Taken("refused", {"code": code, "reason": why})


def _refuse(group: Sequence[_Waiting], error: Exception) -> None:
    """Nothing of these was kept, and their senders are told to come back."""
    log.error("the database does not answer: %s", type(error).__name__)
    connection.close()
    for waiting in group:
        waiting.failed = _away("What was not acknowledged was not written.")
        waiting.done.set()


def _tell(waiting: _Waiting, taken: tuple[Taken, ...]) -> None:
    waiting.taken = taken
    waiting.done.set()


def _kept(parcels: Sequence[Parcel]) -> list[tuple[Taken, ...]]:
    """In one transaction; once more where another process took the same in at that instant."""
    for _ in range(AGAIN):
        try:
            return _once(parcels)
        except DatabaseError as error:
            if _is_away(error):
                raise
    return _once(parcels)


def _once(parcels: Sequence[Parcel]) -> list[tuple[Taken, ...]]:
    sources = {a.source for p in parcels for a in p.arrivals} | {one.source for p in parcels for one in p.letters}
    _seen({source.rpartition(":")[2] for source in sources})
    return take_in(parcels, now=now())


_told: dict[str, float] = {}


def _seen(sources: set[str]) -> None:
    """Tell when an entrance was last used: once a minute, not at every arrival."""
    late = {s for s in sources if monotonic() - _told.get(s, -IDLE) >= IDLE}
    if late:
        used(late, now=now())
        _told.update(dict.fromkeys(late, monotonic()))


def _is_away(error: Exception) -> bool:
    """Whether it is the database that is away or full, and not what was sent."""
    return isinstance(error, InterfaceError | OperationalError)


def _away(why: str) -> OutsideProblem:
    return OutsideProblem("database-away", "The database does not answer.", why, "Send it again in a moment.",
                          permanent=False)  # fmt: skip
