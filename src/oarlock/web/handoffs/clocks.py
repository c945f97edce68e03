"""The clock of a hand-off as a page shows it: which one runs, what is left of it in working time, and in words.

The server says all of it; the script only counts on, through the openings it was sent. A clock is never past due on
the page before it is in the calendar.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from oarlock.agreement.terms import Handoff, WorkingSpan
from oarlock.charts import numerals
from oarlock.ground.calendars import ALWAYS, Calendar
from oarlock.ground.working_time import elapsed, is_open, next_opening, openings
from oarlock.handoffs.hours import calendar_for
from oarlock.handoffs.state import HandedOver
from oarlock.web.handoffs.agreed import Agreed

AHEAD = timedelta(hours=36)
"""So far the openings reach that a page is sent."""
SOON = 0.25
"""A clock turns when no more than this share of its time is left."""
MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Clock:
    """`state` is due, soon, past or done; `left` and `of` are seconds of working time; `hours` the openings ahead.

    `arc` is how much of the ring is drawn, of 100. `below` says the instants, for the large clock.
    """

    state: str
    words: str
    arc: str
    below: str
    word: str = ""
    left: int = 0
    of: int = 0
    at: int = 0
    hours: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What a running clock counts: its words before the time left and before the instant, and its two ends."""

    word: str
    by: str
    began: datetime
    due: datetime
    large: bool = False


@dataclass(frozen=True, slots=True)
class Clocks:
    """Makes the clocks of one page."""

    agreed: Agreed

    def of(self, handoff: HandedOver, *, large: bool = False) -> Clock:
        """The clock that runs, else what became of it; the large one says its instants, too."""
        if handoff.ended_at is not None:
            return Clock("done", f"{handoff.state} {self._when(handoff.ended_at)}", "0 100", "")
        if handoff.state == "offered" and handoff.accept_due_at:
            began, due = handoff.held_since or handoff.offered_at, handoff.accept_due_at
            return self._running(handoff, Counted("due in", "answer by", began, due, large))
        if handoff.first_touch_at is None and handoff.first_touch_due_at and handoff.answered_at:
            return self._running(
                handoff, Counted("first touch in", "touch by", handoff.answered_at, handoff.first_touch_due_at, large)
            )
        return self._tries(handoff)

    def calendar(self, handoff: HandedOver) -> Calendar:
        """The calendar its clocks run by."""
        term = self.agreed.term(handoff)
        terms = self.agreed.terms(handoff.agreement)
        return calendar_for(term, handoff.owner, handoff.pool, terms) if term else ALWAYS

    def of_reader(self, reader: str) -> Calendar:
        """The calendar of somebody's own hours."""
        terms = self.agreed.latest
        pool = next((p.key for p in terms.pools if reader in {key for key, _ in p.members}), None)
        return calendar_for(terms.handoffs[0], reader, pool, terms) if terms.handoffs else ALWAYS

    def yours(self, reader: str) -> str:
        """The time by one's own clock, and until when it runs or stands still."""
        calendar, now = self.of_reader(reader), self.agreed.now
        told = numerals.moment(now, calendar.time_zone)
        opened = next(iter(openings(calendar, now, now + AHEAD)), None)
        if opened is None:
            return f"{told}, closed until {numerals.moment(next_opening(calendar, now), calendar.time_zone)}"
        if opened.start > now:
            return f"{told}, closed until {self._when(opened.start)}"
        return f"{told}, open until {self._when(opened.end)}" if opened.end < now + AHEAD else f"{told}, always open"

    def _running(self, handoff: HandedOver, counted: Counted) -> Clock:
        now, due = self.agreed.now, counted.due
        calendar = self.calendar(handoff) if _working(self.agreed.term(handoff), handoff.state) else ALWAYS
        left, whole = elapsed(calendar, now, due), elapsed(calendar, counted.began, due)
        share = left / whole if whole else 0.0
        state = "past" if due <= now else "soon" if share <= SOON else "due"
        return Clock(
            state, _said(left, counted.word) if due > now else _past(left),
            f"{max(0.0, min(1.0, share)) * 100:.1f} 100", self._below(handoff, counted, calendar), counted.word,
            int(left.total_seconds()), int(whole.total_seconds()), int(now.timestamp()), _hours(calendar, now), due,
        )  # fmt: skip

    def _below(self, handoff: HandedOver, counted: Counted, calendar: Calendar) -> str:
        """The instants, and that the clock stands still where it does; nothing for a small one."""
        if not counted.large:
            return ""
        told = f"{counted.by} {self._when(counted.due)}; offered {self._when(handoff.offered_at)}"
        if is_open(calendar, self.agreed.now):
            return told
        return f"{counted.by} {self._when(counted.due)}; runs on {self._when(next_opening(calendar, self.agreed.now))}"

    def _tries(self, handoff: HandedOver) -> Clock:
        """The attempts made of those agreed, and until when."""
        term = self.agreed.term(handoff)
        of = term.attempts if term and term.attempts else 0
        due = handoff.work_due_at
        late = due is not None and due <= self.agreed.now and handoff.attempts < of
        by = f" by {numerals.day_in(due, self.agreed.zone)}" if due else ""
        made = f"{handoff.attempts} of {of} tries" if of else numerals.plural(handoff.attempts, "try", "tries")
        arc = f"{min(1.0, handoff.attempts / of) * 100:.1f} 100" if of else "0 100"
        words = f"{made}{by}" if not late else f"{made}, past due"
        began = f"accepted {self._when(handoff.answered_at)}" if handoff.answered_at else ""
        return Clock("past" if late else "done", words, arc, began, due_at=due)

    def _when(self, at: datetime) -> str:
        """`14:35` today, `Fri 20 Nov, 14:35` this year, else with its year."""
        day, _, clock = numerals.moment(at, self.agreed.zone).rpartition(", ")
        today = numerals.moment(self.agreed.now, self.agreed.zone).rpartition(", ")[0]
        if day == today:
            return clock
        year = numerals.NBSP + today.rpartition(numerals.NBSP)[2]
        return f"{day.removesuffix(year)}, {clock}"


def _working(term: Handoff | None, state: str) -> bool:
    """Whether the clock that runs in this state counts working time, and not plain time."""
    span: WorkingSpan | None = None
    if term is not None:
        span = term.accept_within if state == "offered" else term.first_touch_within
    return span is None or span.working


def _said(left: timedelta, word: str) -> str:
    return f"{word} {_span(-int(-left.total_seconds() // MINUTE))}"


def _past(left: timedelta) -> str:
    return f"past due {_span(int(-left.total_seconds() // MINUTE))}"


def _span(minutes: int) -> str:
    """`23 min`, `1 h 38`: the same as the script writes."""
    if minutes < MINUTE:
        return f"{minutes}{numerals.NBSP}min"
    return f"{minutes // MINUTE}{numerals.NBSP}h{numerals.NBSP}{minutes % MINUTE:02}"


def _hours(calendar: Calendar, now: datetime) -> str:
    """The openings of the next hours as seconds, `from-to` with a space between."""
    ahead = openings(calendar, now, now + AHEAD)
    return " ".join(f"{int(o.start.timestamp())}-{int(o.end.timestamp())}" for o in ahead)
