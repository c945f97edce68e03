"""Hand-offs, read: one with its facts and words, and the people behind many.

Promises: whoever a hand-off is about is named in one query, whatever the number; a person without a name is their
e-mail address, else their id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from oarlock.agreement.terms import Terms
from oarlock.handoffs.state import HandedOver, State
from oarlock.lifecycle.versions import Versions
from oarlock.store.models import Account, Handoff, HandoffEvent, Member, Opportunity, Person, Remark
from oarlock.store.reads import people, scores, stories
from oarlock.store.reads.deals import Deal, deal_row
from oarlock.store.reads.people import Head
from oarlock.store.reads.scores import Score
from oarlock.store.reads.timeline import Whose
from oarlock.store.reads.walking import Place

STATES: tuple[State, ...] = (
    "offered", "accepted", "worked", "converted", "rejected", "lapsed", "returned", "recycled",
)  # fmt: skip
NEAR = 6
"""So many open deals of an account, and so many others there, are shown."""
TOLD = 25
"""So many moments of a story are shown beside a hand-off; the person's page has them all."""


@dataclass(frozen=True, slots=True)
class Who:
    """The person a hand-off is about, as their record stands."""

    id: str
    name: str
    title: str = ""
    company: str = ""
    account_id: str | None = None
    source: str = ""
    email: str = ""
    phone: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A hand-off and whom it is about."""

    handoff: HandedOver
    who: Who


@dataclass(frozen=True, slots=True)
class Event:
    """One fact of a hand-off."""

    at: datetime
    recorded_at: datetime
    kind: str
    by: str | None
    to: str | None
    reason: str | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Said:
    """Words somebody added: `kind` is note, appeal or answer; `by` is a member's name, else who it says it was."""

    kind: str
    at: datetime
    by: str
    words: str


def handed_over(h: Handoff) -> HandedOver:
    """The row as the rooms that decide know it."""
    return HandedOver(
        h.handoff_id, h.key, h.person_id, h.cycle, h.agreement, _state(h.state), h.owner, h.pool, h.queue,
        tuple(h.holders.split()), h.offered_at, h.held_since, h.accept_due_at, h.answered_at, h.first_touch_due_at,
        h.first_touch_at, h.work_due_at, h.attempts, h.reason, h.ended_at, tuple(h.breached.split()), h.step, h.due_at,
        h.due_what, h.decision_id, h.answered_by, h.last_at,
    )  # fmt: skip


def _state(text: str) -> State:
    return next(state for state in STATES if state == text)


def lines(rows: Sequence[Handoff]) -> tuple[Line, ...]:
    """These hand-offs with the people they are about, in the same order."""
    known = Person.objects.in_bulk({h.person_id for h in rows})
    return tuple(Line(handed_over(h), who(known.get(h.person_id), h.person_id)) for h in rows)


def who(p: Person | None, person_id: str) -> Who:
    """The person of that row; the id alone where there is none."""
    if p is None:
        return Who(person_id, person_id)
    return Who(
        person_id, p.name or p.email or person_id, p.title or "", p.company_name or "", p.account_id, p.source or "",
        p.email or "", p.phone or "", p.country or "",
    )  # fmt: skip


def handoff(handoff_id: str) -> Line | None:
    """One hand-off; None where there is none of that id."""
    found = Handoff.objects.filter(pk=handoff_id).first()
    return lines((found,))[0] if found else None


def bare(handoff_id: str) -> HandedOver | None:
    """One hand-off without whom it is about; None where there is none of that id."""
    found = Handoff.objects.filter(pk=handoff_id).first()
    return handed_over(found) if found else None


def events(handoff: HandedOver) -> tuple[Event, ...]:
    """The facts of one hand-off in the order they happened."""
    rows = HandoffEvent.objects.filter(person_id=handoff.person_id, handoff_id=handoff.id)
    ordered = rows.order_by("at", "recorded_at", "event_id")
    return tuple(Event(e.at, e.recorded_at, e.kind, e.by, e.to, e.reason, e.due_at) for e in ordered)


def remarks(handoff_id: str) -> tuple[Said, ...]:
    """What people added to it in words, oldest first."""
    rows = Remark.objects.filter(handoff_id=handoff_id).order_by("at", "id")
    return tuple(Said(r.kind, r.at, r.by, r.words) for r in rows)


def authors(said: Iterable[Said]) -> dict[str, str]:
    """What the members among those who wrote are called."""
    ids = {s.by for s in said}
    return dict(Member.objects.filter(pk__in=ids).values_list("id", "name")) if ids else {}


@dataclass(frozen=True, slots=True)
class Buyer:
    """Whom it is about, beside the hand-off: record, score when offered, a page of the story, account, others there."""

    head: Head
    score: Score
    account: Account | None
    deals: tuple[Deal, ...]
    others: tuple[Who, ...]
    story_lines: tuple[stories.Line, ...]
    story_after: Place | None


def buyer(handoff: HandedOver, versions: Versions, terms: Terms, now: datetime) -> Buyer | None:
    """The buyer behind a hand-off; None where nobody has that id. Eight queries at most.

    The score is that of the hour the lead was offered, by the fields as they stand; points in the story have faded
    until now.
    """
    head = people.person(handoff.person_id)
    if head is None:
        return None
    there = head.row.account_id
    account = Account.objects.filter(pk=there).first() if there else None
    deals = Opportunity.objects.filter(account_id=there, status="open").order_by("-created_at")[:NEAR] if there else ()
    near = Person.objects.filter(account_id=there).exclude(pk=head.row.id)[:NEAR] if there else ()
    ids = (head.row.id, *head.merged)
    score = scores.score(ids, stories.values_of(head, account), terms, handoff.offered_at)
    told = stories.story_of(Whose(ids), versions, "", None, replace(score, at=now))
    return Buyer(
        head, score, account, tuple(deal_row(d) for d in deals), tuple(who(p, p.person_id) for p in near),
        told.story_lines[:TOLD], told.story_after,
    )  # fmt: skip
