"""A small agreement and its people, for the tests of hand-offs: an office, a watch without end, and a pool."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from oarlock import handoffs
from oarlock.agreement.handling import BreachStep, Cap, Hours, Notices, Pool
from oarlock.agreement.leaders import Leadership, Person, User
from oarlock.agreement.terms import Detour, Handoff, Terms, WorkingSpan
from oarlock.ground.calendars import Calendar
from oarlock.handoffs.state import HandedOver
from oarlock.records.facts import HandedOff

ONE_HOUR = WorkingSpan(1, "hours", True)
STEPS = (BreachStep(0.75, "remind owner"), BreachStep(1.0, "reassign"), BreachStep(2.0, "notify manager"))
WORK_STEPS = (BreachStep(0.5, "remind owner", "work"), BreachStep(1.0, "notify sam", "work"))
REASONS = (("not-icp", "disqualified"), ("bad-data", "disqualified"), ("no-budget", "recycled"))
TERM = Handoff(
    "mql-to-sdr", "mql", REASONS, accept_within=ONE_HOUR, first_touch_within=WorkingSpan(4, "hours", True),
    attempts=3, work_within=WorkingSpan(8, "days", True), calendar="office",
    return_reasons=("wrong region", "already a customer"), on_breach=STEPS + WORK_STEPS,
)  # fmt: skip
UNASKED = Handoff("trial", "mql", REASONS, first_touch_within=ONE_HOUR, calendar="office", on_breach=WORK_STEPS)
"""A hand-off nobody has to say yes to: it is on its work clock from the beginning."""

OFFICE = Hours("office", (("mon-fri", "09:00-17:00"),))
CALENDARS = (
    OFFICE,
    Hours("berlin", (("mon-thu", "09:00-12:30, 13:30-17:30"), ("fri", "09:00-15:00")), None, "DE-BE"),
    Hours("new-york", (("mon-fri", "09:00-17:00"),), "America/New_York", "US"),
    Hours("watch", (("mon-sun", "00:00-24:00"),)),
)
USERS = (
    User("lena", "Lena Hoff", reports_to="sam"), User("jonas", "Jonas Abel", calendar="new-york"),
    User("amelie", "Amelie Roux", calendar="watch"),
)  # fmt: skip


def agreed(*terms: Handoff, number: int = 1, calendars: tuple[Hours, ...] = CALENDARS) -> Terms:
    """The agreement with these hand-offs (with none: the two above)."""
    return Terms(
        "Brightwater", date(2026, 1, 1), "Europe/Berlin", "EUR", (), number=number, handoffs=terms or (TERM, UNASKED),
        detours=(Detour("recycled", "Recycled", False, on_loss=True), Detour("disqualified", "Disqualified", True)),
        calendars=calendars, users=USERS, notices=Notices(("19:00", "08:00"), queue_owner="olive"),
        pools=(Pool("dach", (("lena", 2.0), ("jonas", 1.0)), Cap(per_day=2), "berlin", "mara"),
               Pool("rest", (("amelie", 1.0),))),
        leadership=Leadership(people=(Person("sam", "Sam Okafor", "sales-leader"),)),
    )  # fmt: skip


AGREED = agreed()


def at(told: str) -> datetime:
    """`2026-10-05 10:00 +02:00` or, of Berlin's winter and summer, with its offset; in UTC."""
    return datetime.fromisoformat("".join(told.rsplit(" ", 1)).replace(" ", "T")).astimezone(UTC)


def hours(owner: str | None = None, term: Handoff = TERM, terms: Terms = AGREED, pool: str | None = None) -> Calendar:
    """The calendar of the clocks while they have it."""
    return handoffs.calendar_for(term, owner, pool, terms)


def offered(
    now: datetime, owner: str | None = "lena", term: Handoff = TERM, terms: Terms = AGREED, pool: str | None = None
) -> handoffs.Move:
    """A new hand-off of one person."""
    return handoffs.offer(
        id="mql-to-sdr.h1", term=term, person_id="p1", cycle=1, terms=terms, owner=owner, pool=pool,
        queue=None if owner else "waiting", holders=(), decision_id="d1", now=now,
        calendar=hours(owner, term, terms, pool),
    )  # fmt: skip


def kinds(facts: tuple[HandedOff, ...]) -> list[str]:
    """What happened, in order."""
    return [fact.kind for fact in facts]


def accepted(now: datetime, owner: str = "lena", term: Handoff = TERM, terms: Terms = AGREED) -> HandedOver:
    """One that was accepted then, a minute after it was offered."""
    state = offered(now - timedelta(minutes=1), owner, term, terms).handoff
    return handoffs.accept(state, owner, terms, now, hours(owner, term, terms)).handoff
