"""A record's page, gathered: its head, its score, its account and deals, and a page of its story in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from oarlock.agreement.terms import Terms
from oarlock.lifecycle.telling import as_text
from oarlock.lifecycle.versions import Versions
from oarlock.store.models import Account, Opportunity, User
from oarlock.store.reads import people, scores, timeline
from oarlock.store.reads.deals import Deal, deal_row
from oarlock.store.reads.people import Head, properties_of
from oarlock.store.reads.scores import Score
from oarlock.store.reads.timeline import Moment, Whose
from oarlock.store.reads.walking import Place

TEAMS = {"touches": "marketing", "activities": "sales", "handoffs": "joint", "deals": "sales", "changes": "joint"}


LEAST = 0.05
"""Points faded below this are no longer shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """One moment in words: whose it is, what happened, what more is known, and the points it is worth still."""

    at: datetime
    month: str
    kind: str
    team: str
    words: str
    more: str
    points: float | None = None
    version: int | None = None
    mark: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A page of a story; `after` is where the next one begins."""

    story_lines: tuple[Line, ...]
    story_after: Place | None


@dataclass(frozen=True, slots=True)
class Person:
    """Everything on one person's page."""

    head: Head
    score: Score | None
    account: str
    deals: tuple[Deal, ...]
    story_lines: tuple[Line, ...]
    story_after: Place | None


def of_person(
    person_id: str, versions: Versions | None, kind: str, after: Place | None, now: datetime
) -> Person | None:
    """One person's page, or the part of their story after a place; None where nobody has that id."""
    head = people.person(person_id)
    if head is None:
        return None
    ids = (person_id, *head.merged)
    deals = tuple(deal_row(d) for d in Opportunity.objects.filter(person_id__in=ids).order_by("-created_at")[:20])
    account = Account.objects.filter(pk=head.row.account_id).first() if head.row.account_id else None
    score = None
    if versions is not None:
        score = scores.score(ids, values_of(head, account, deals), versions.at(now), now)
    story = story_of(Whose(ids, tuple(d.id for d in deals)), versions, kind, after, score)
    return Person(
        head, score, (account.name or "") if account else "", deals, story.story_lines, story.story_after
    )  # fmt: skip


def values_of(head: Head, account: Account | None, deals: tuple[Deal, ...] = ()) -> dict[str, str | None]:
    """The fields of a person, their account and their newest deal by path, as texts."""
    values = paths_of(head.row.id, head.values, account)
    if deals:
        values |= {"opportunity.id": deals[0].id, "opportunity.status": deals[0].status}
        values |= {"opportunity.amount": as_text(deals[0].amount), "opportunity.stage": deals[0].stage or None}
    return values


def paths_of(
    person_id: str, fields: Iterable[tuple[str, str | None]], account: Account | None
) -> dict[str, str | None]:
    """The fields of a person and their account by path, as texts."""
    values = {f"person.{name}": value for name, value in fields} | {"person.id": person_id}
    if account is not None:
        plain = {name: as_text(vars(account)[name]) for name in _ACCOUNT}
        values |= {f"account.{name}": v for name, v in (plain | properties_of(account.properties)).items()}
        values["account.id"] = account.account_id
    return values


_ACCOUNT = ("name", "domain", "industry", "employees", "annual_revenue", "country", "owner_id", "parent_id")


def story_of(
    whose: Whose, versions: Versions | None, kind: str, after: Place | None, score: Score | None = None
) -> Told:
    """A page of what happened, told."""
    found = timeline.story(whose, kind, after)
    zone = versions.latest.zone if versions else ZoneInfo("UTC")
    names = _names(found.moments)
    numbered = {t.number: t for t in versions.all} if versions else {}
    lines = tuple(_line(m, names, numbered, zone, score) for m in found.moments)
    return Told(lines, found.after)


def _names(moments: tuple[Moment, ...]) -> dict[str, str]:
    """What the users these moments speak of are called."""
    ids = {x for m in moments for x in (m.a, m.b) if x and m.kind in ("activities", "handoffs", "changes", "deals")}
    named = User.objects.filter(pk__in=ids, name__isnull=False).values_list("user_id", "name") if ids else ()
    return {user: name or user for user, name in named}


def _line(m: Moment, names: dict[str, str], versions: dict[int, Terms], zone: ZoneInfo, score: Score | None) -> Line:
    local = m.at.astimezone(zone)
    month = f"{local:%Y-%m}"
    if m.kind == "stages":
        return _entered(m, month, versions)
    words, more = _WORDS[m.kind](m, names)
    left = score.left(m.what, m.at) if score and m.kind == "touches" else None
    points = left if left and left >= LEAST else None
    return Line(m.at, month, m.kind, TEAMS[m.kind], words, more, points)


BECAUSE = {
    "rule": "the rule held", "recorded": "the CRM recorded it", "by hand": "somebody put them there",
    "woken": "they came back from a detour", "implied": "a later stage was reached at once",
}  # fmt: skip


def _entered(m: Moment, month: str, versions: dict[int, Terms]) -> Line:
    number = int(m.number or 0)
    terms = versions.get(number)
    told = timeline.judged(terms, m.what) if terms else timeline.Judged(m.what, "joint", "")
    because = BECAUSE.get(m.a or "", m.a or "")
    rule = f": {told.rule}" if told.rule and m.a == "rule" else ""
    verb = "Passed over" if m.b else "Became"
    return Line(
        m.at, month, "stages", told.owner, f"{verb} {told.name}", f"{because}{rule}", None, number, mark=not m.b
    )


def _touched(m: Moment, names: dict[str, str]) -> tuple[str, str]:
    return m.what or "touch", " · ".join(x for x in (m.b, m.a, m.c) if x)


def _acted(m: Moment, names: dict[str, str]) -> tuple[str, str]:
    minutes = f"{m.number:g} min" if m.number else ""
    return m.what, " · ".join(x for x in (names.get(m.a or "", m.a or ""), m.b, m.c, minutes) if x)


def _handed(m: Moment, names: dict[str, str]) -> tuple[str, str]:
    to = f"to {names.get(m.b, m.b)}" if m.b else ""
    by = f"by {names.get(m.a, m.a)}" if m.a else ""
    return f"Hand-off {m.what}", " · ".join(x for x in (to, by, m.c) if x)


def _changed(m: Moment, names: dict[str, str]) -> tuple[str, str]:
    value = "emptied" if m.a is None else f"is now “{m.a}”"
    if m.what == "merged_into":
        value = "undone" if m.a is None else f"into {m.a}"
    by = f"by {names.get(m.b, m.b)}" if m.b else ""
    return f"{m.what.replace('_', ' ').capitalize()} {value}", " · ".join(x for x in (by, m.c) if x)


_WORDS = {"touches": _touched, "activities": _acted, "handoffs": _handed, "changes": _changed, "deals": _changed}
