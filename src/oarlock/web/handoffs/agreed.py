"""What the agreement says that pages of hand-offs need: the terms a hand-off runs by, names, sources, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from oarlock.agreement.handling import Pool, Source
from oarlock.agreement.leaders import User
from oarlock.agreement.terms import Detour, Handoff, Terms
from oarlock.charts import names
from oarlock.charts.numerals import plural
from oarlock.handoffs.state import HandedOver
from oarlock.lifecycle.versions import Versions
from oarlock.web.records.lists import every_owner, versions_now

KEYS = "123456789"
"""So many reasons have a key of their own."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of the agreement: its key on the keyboard, its word, and where it leads."""

    key: str
    reason: str
    words: str
    detour: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """The signed versions at one instant. `names` are what people are called, by the agreement's keys and CRM's ids."""

    versions: Versions
    now: datetime
    names: Mapping[str, str]

    @property
    def latest(self) -> Terms:
        """The terms in force."""
        return self.versions.at(self.now)

    @property
    def zone(self) -> str:
        """The time zone times are written in."""
        return self.latest.time_zone

    def terms(self, number: int) -> Terms:
        """The version a hand-off runs by; the one in force where it is not known."""
        return next((t for t in self.versions.all if t.number == number), self.latest)

    def term(self, handoff: HandedOver) -> Handoff | None:
        """What was agreed about that hand-off."""
        return self.terms(handoff.agreement).handoff(handoff.key)

    def name(self, key: str | None) -> str:
        """What somebody is called; their key where nobody says."""
        return names.shown(self.names.get(key or "", key or ""), 60)

    def first_name(self, key: str | None) -> str:
        """What somebody is called among colleagues."""
        return self.name(key).partition(" ")[0]

    def source(self, recorded: str) -> tuple[str, str]:
        """A lead source's name and whose it is, by its key or what the CRM calls it."""
        found = next((s for s in self.latest.sources if _is(s, recorded)), None)
        return (names.shown(found.name or found.key, 40), found.owner) if found else (names.shown(recorded, 40), "")


def read(now: datetime) -> Agreed | None:
    """The agreement as it stands; None where nothing was signed yet. One query, beside what lists keep anyway."""
    versions = versions_now()
    if versions is None:
        return None
    called = {user: owner.name for user, owner in every_owner().items()}
    for terms in versions.all:
        called |= {p.key: p.name for p in terms.leadership.people}
        for user in terms.users:
            called |= dict.fromkeys((user.key, *user.recorded_as), user.name)
    return Agreed(versions, now, called)


def _is(source: Source, recorded: str) -> bool:
    return recorded.lower() in {word.lower() for word in (source.key, *source.recorded_as)}


def reasons(terms: Terms, term: Handoff | None) -> tuple[Reason, ...]:
    """The reasons to reject, in the order of the agreement, the first nine with a key."""
    given = term.reject_reasons if term else ()
    return tuple(
        Reason(KEYS[n] if n < len(KEYS) else "", reason, worded(reason), detour)
        for n, (reason, detour) in enumerate(given)
    )


def worded(key: str) -> str:
    """A key as people read it: `not-icp` is `Not ICP`."""
    words = names.shown(key, 60).replace("-", " ").replace("_", " ").split()
    plain = " ".join("ICP" if word == "icp" else word for word in words)
    return plain[:1].upper() + plain[1:]


def leads_to(terms: Terms, found: tuple[Reason, ...]) -> str:
    """What follows from each reason, in sentences: who is disqualified, who recycles and when they wake."""
    by_detour: dict[str, list[str]] = {}
    for reason in found:
        by_detour.setdefault(reason.detour, []).append(reason.words)
    return " ".join(_leads(terms, detour, words) for detour, words in by_detour.items())


def _leads(terms: Terms, key: str, words: list[str]) -> str:
    detour: Detour | None = next((d for d in terms.detours if d.key == key), None)
    listed = ", ".join(words)
    if detour is None:
        return f"{listed}: {worded(key).lower()}."
    if detour.final:
        return f"{listed}: {detour.name.lower()} for good."
    after = f", back after {plural(detour.wake_after.days, 'day')}" if detour.wake_after else ""
    return f"{listed}: {detour.name.lower()}{after}."


def colleagues(terms: Terms, person: str) -> tuple[str, ...]:
    """Whose hand-offs are this person's team's: who reports to the same or to them, and who shares a pool with them."""
    users = {u.key: u for u in terms.users}
    mine = users.get(person)
    manager = mine.reports_to if mine else None
    found = [u.key for u in terms.users if u.reports_to and u.reports_to in (person, manager)]
    for pool in terms.pools:
        members = [key for key, _ in pool.members]
        if person in members or pool.manager == person:
            found += members
    return tuple(dict.fromkeys(found)) or tuple(users)


def user_of(terms: Terms, person: str) -> User | None:
    """Somebody who works leads, by their key or what the CRM calls them."""
    return next((u for u in terms.users if person and person in (u.key, *u.recorded_as)), None)


def pools_of(terms: Terms, person: str) -> tuple[Pool, ...]:
    """The pools somebody takes leads in."""
    return tuple(p for p in terms.pools if person in {key for key, _ in p.members})


def returns(term: Handoff | None) -> tuple[str, ...]:
    """The reasons to give one back: where the agreement names none, those to reject will do."""
    if term is None:
        return ()
    return term.return_reasons or tuple(reason for reason, _ in term.reject_reasons)


def hours_of(terms: Terms, person: str) -> str:
    """Somebody's working hours as the agreement writes them; empty where every hour counts."""
    user = user_of(terms, person)
    of_pool = next((p.calendar for p in pools_of(terms, person) if p.calendar), None)
    key = (user.calendar if user else None) or of_pool
    found = next((hours for hours in terms.calendars if hours.key == key), None)
    if found is None:
        return ""
    days = "; ".join(f"{_days(days)} {hours.replace('-', '–')}" for days, hours in found.hours)
    return f"{days} ({found.time_zone or terms.time_zone})"


def _days(words: str) -> str:
    """`mon-thu` as `Mon–Thu`."""
    return "–".join(word.strip().capitalize() for word in words.split("-"))
