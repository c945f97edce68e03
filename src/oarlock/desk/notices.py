"""What people are told of hand-offs. No notice says who the lead is: that stands on the page it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from oarlock.agreement.terms import Terms
from oarlock.handoffs import Wish, manager_of
from oarlock.handoffs.state import HandedOver


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell `user` (a key of the agreement's people or users); `kind`, `about`, `user` and `step` make it
    once. `path` is where in Oarlock there is more."""

    kind: str
    user: str
    about: str
    subject: str
    words: str
    path: str
    step: str = ""


def offered(state: HandedOver, terms: Terms) -> tuple[Notice, ...]:
    """Whoever has it now is told."""
    if state.owner is None or not state.open:
        return ()
    name = _name(state, terms)
    by = f" Answer it by {_when(state.accept_due_at, terms)}." if state.accept_due_at else ""
    return (
        _of(state, "offered", state.owner, "A lead is waiting for you", f"{name}: it is yours.{by}", state.holders),
    )


def granted(wish: Wish, state: HandedOver, terms: Terms) -> tuple[Notice, ...]:
    """What a wish of `handoffs` tells somebody; where the agreement names nobody, operations hear of it."""
    user = wish.to or operations(terms)
    if user is None:
        return ()
    name = _name(state, terms)
    if state.owner is None:
        told = ("waiting", "A lead waits and nobody has it", f"{name}: nobody was available, and its clock is running.")
    elif wish.do == "remind":
        told = ("reminder", "A lead waits for your answer", f"{name}: {_due(state, terms)}")
    else:
        told = ("late", "A lead has waited too long", f"{name} is with {state.owner}: {_due(state, terms)}")
    kind, subject, words = told
    return (_of(state, kind, user, subject, words, (wish.key,)),)


def appealed(state: HandedOver, by: str, terms: Terms) -> tuple[Notice, ...]:
    """Both sides are told of an appeal: whoever had the lead, their manager, and marketing's leader; not its author."""
    marketing = next((p.key for p in terms.leadership.people if p.role == "marketing-leader"), None)
    whom = dict.fromkeys(user for user in (state.owner, manager_of(state, terms), marketing) if user and user != by)
    words = f"{_name(state, terms)}: it was {state.state} as {state.reason or 'no reason'}, and marketing asks again."
    return tuple(_of(state, "appeal", user, "A hand-off is appealed", words, ()) for user in whom)


def operations(terms: Terms) -> str | None:
    """Who looks after leads that nobody has: as the agreement says, else operations, else the leader of sales."""
    by_role = {person.role: person.key for person in reversed(terms.leadership.people)}
    return terms.notices.queue_owner or by_role.get("operations") or by_role.get("sales-leader")


def _of(state: HandedOver, kind: str, user: str, subject: str, words: str, step: tuple[str, ...]) -> Notice:
    return Notice(
        kind, user, f"handoff:{state.id}", subject, words, f"/handoffs/{quote(state.id, safe='')}/", ":".join(step)
    )


def _name(state: HandedOver, terms: Terms) -> str:
    term = terms.handoff(state.key)
    return (term.name if term else "") or state.key


def _due(state: HandedOver, terms: Terms) -> str:
    clocks = (
        ("an answer", state.accept_due_at, state.answered_at),
        ("a first touch", state.first_touch_due_at, state.first_touch_at),
        ("the work", state.work_due_at, None),
    )
    due = next(((what, at) for what, at, done in clocks if at is not None and done is None), None)
    return f"{due[0]} is due by {_when(due[1], terms)}." if due else "it is still open."


def _when(at: datetime, terms: Terms) -> str:
    """An instant by the clock on the agreement's wall."""
    return f"{at.astimezone(terms.zone):%a %d %b, %H:%M}"
