"""Routing rehearsed: where one lead with edited fields would go now, under any terms. Nothing is written.

The pools stand as they do at that instant: whose turn it is, how many everybody has open, who is away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count

from oarlock import routing
from oarlock.agreement.names import Names
from oarlock.agreement.terms import Terms
from oarlock.agreement.tree import Name, Node, Type, walk
from oarlock.lifecycle.judging import Moment
from oarlock.routing.decisions import Decision
from oarlock.routing.roster import Lead, Roster
from oarlock.routing.roster import Turn as Standing
from oarlock.store.models import Account, Handoff, Person, Turn, User
from oarlock.store.reads import availability, people, stories

BACK = timedelta(days=60)
"""Absences that ended so lately are looked at: whoever comes back is warmed up."""
ALWAYS = {"account.owner_id": "text", "person.source": "text", "person.language": "text"}
"""Fields routing asks for, whatever its rules name."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field routing would look at, and its type."""

    path: str
    type: Type


def fields(terms: Terms) -> tuple[Field, ...]:
    """The fields of a lead by which these terms route it: what their rules name, and what every step may ask for."""
    names = Names.of(terms)
    paths = dict.fromkeys(path for step in terms.routing if step.rule for path in _paths(step.rule.tree, terms))
    known = (*paths, *(path for path in ALWAYS if path not in paths))
    return tuple(Field(path, kind) for path in known if (kind := names.type_of(path)) is not None)


def _paths(tree: Node, terms: Terms) -> Iterable[str]:
    """The fields a rule names, those behind scores and named rules among them."""
    for part in walk(tree):
        if not isinstance(part, Name):
            continue
        named = terms.rule(part.path)
        if named is not None:
            yield from _paths(named.rule.tree, terms)
        elif part.path in ("fit", "score"):
            for points in terms.scoring.fit:
                yield from _paths(points.rule.tree, terms)
        if "." in part.path:
            yield part.path


def values(person_id: str) -> dict[str, str | None] | None:
    """A person's fields by path, their account's among them; None where nobody has that id."""
    p = Person.objects.filter(pk=person_id).first()
    if p is None:
        return None
    account = Account.objects.filter(pk=p.account_id).first() if p.account_id else None
    return stories.paths_of(person_id, people.values_of(p), account)


def rehearse(lead: Mapping[str, str | None], holders: tuple[str, ...], terms: Terms, now: datetime) -> Decision:
    """Where a lead of these fields would go, and why."""
    asked = Lead(
        lead.get("person.id") or "", lead.get("account.owner_id"), lead.get("person.source"), holders,
        lead.get("person.language"),
    )  # fmt: skip
    look = routing.looking(Moment(now, terms, lead))
    return routing.choose(asked, terms, roster(terms, now), now, look)


def roster(terms: Terms, now: datetime) -> Roster:
    """How the pools of these terms stand now. Four queries."""
    users = {user.key for user in terms.users} | {key for pool in terms.pools for key, _ in pool.members}
    called = {word: user.key for user in terms.users for word in (user.key, *user.recorded_as)}
    today = (now.astimezone(terms.zone).date() - date(1970, 1, 1)).days
    turns = {
        (t.pool, t.user): Standing(t.credit, t.since, t.given if t.day == today else 0)
        for t in Turn.objects.filter(user__in=users)
    }
    held = Handoff.objects.filter(owner__in=users, ended_at__isnull=True).values_list("owner").annotate(n=Count("pk"))
    gone = User.objects.filter(pk__in=called, active=False).values_list("user_id", flat=True)
    return Roster(
        turns, dict(held.order_by()), availability.absences(users, now - BACK), frozenset(called[key] for key in gone)
    )  # fmt: skip
