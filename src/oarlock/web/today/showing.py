"""What Today shows, made of what was read: the sentence on top, the funnel's last month, who owes what, what to mend.

Only what is true now and can be followed to its page; what was not computed yet says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.urls import reverse

from oarlock.agreement import Terms
from oarlock.charts import numerals
from oarlock.loop.figures import DriftCounts
from oarlock.loop.period_figures import FunnelFigures, Step
from oarlock.loop.period_months import months_over
from oarlock.store.models import Member
from oarlock.store.reads.measurements import DriftFigures
from oarlock.store.reads.today import Standing, Waiting
from oarlock.web.funnel.choosing import Choice
from oarlock.web.rights import may

LATE = timedelta(seconds=30)
"""An order that waits longer than this waits for a worker that is not there."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One line of the funnel's last month: entries beside those of the month before, and the way to the next stage."""

    name: str
    team: str
    entered: int
    before: int | None
    balance: int
    step: Step | None
    entered_page: str
    balance_page: str
    step_page: str

    @property
    def change(self) -> str:
        """`−14 %`; a dash where there is no month before."""
        return numerals.NOTHING if self.before is None else numerals.rate_change(self.before, self.entered)

    @property
    def counts(self) -> str:
        """`377 of 1,846`."""
        return numerals.of(self.step.numerator, self.step.denominator) if self.step else ""


@dataclass(frozen=True, slots=True)
class Item:
    """Something to do or to know: whose it is, the sentence, what stands behind it, and where it is done."""

    team: str
    words: str
    why: str
    page: str
    verb: str
    status: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """The funnel's last whole month."""

    month: str
    before: str | None
    stages: tuple[Stage, ...]
    as_known: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that was read for the page. `month`, `drift`: None while they are being computed."""

    member: Member
    now: datetime
    zone: ZoneInfo
    versions: tuple[Terms, ...]
    month: Month | None
    drift: DriftFigures | None
    handed: str
    waiting: tuple[Waiting, ...]
    standing: Standing
    aside: int
    facts: bool


def month_of(funnel: FunnelFigures, now: datetime, zone: ZoneInfo) -> Month | None:
    """The last month that is over and known to its end, beside the one before; None where none is over yet."""
    over = months_over(funnel.months, funnel.as_known, zone.key, now)
    if not over:
        return None
    month, before = over[-1], over[-2] if len(over) > 1 else None
    return Month(month, before, tuple(_stages(funnel, month, before)), funnel.as_known)


def _stages(funnel: FunnelFigures, month: str, before: str | None) -> Iterator[Stage]:
    choice = Choice(period=month, basis="calendar")
    cohort = Choice(period=month)
    following = [*funnel.stages[1:], None]
    for stage, after in zip(funnel.stages, following, strict=True):
        step = funnel.step(stage.key, after.key, month, "cohort") if after else None
        yield Stage(
            stage.name, stage.owner, funnel.entered(stage.key, month).entered,
            funnel.entered(stage.key, before).entered if before else None, funnel.balance.get(stage.key, 0), step,
            choice.of(f"entered.{stage.key}").address(), choice.of(f"balance.{stage.key}").address(),
            cohort.of(f"rate.{stage.key}.{after.key}").address() if after else "",
        )  # fmt: skip


def verdict(known: Known) -> str:
    """The sentence on top of the page."""
    if not known.versions:
        return "No agreement is signed yet. Until both leaders sign one, nothing here is anybody’s promise."
    if not known.facts:
        return "The agreement is in force. Nothing was imported yet, so there is nothing to count."
    if known.month is None:
        return "The agreement is in force. Its numbers are being made."
    return " ".join((_month_sentence(known.month, known.handed), _rest_sentence(known)))


def _month_sentence(month: Month, handed: str) -> str:
    stage = next((s for s in month.stages if s.name == handed), month.stages[0])
    said = f"{numerals.plural(stage.entered, 'person', 'people')} became {stage.name} in {numerals.month(month.month)}"
    if stage.before is None or month.before is None:
        return f"{said}."
    more = stage.entered - stage.before
    if not more:
        return f"{said}, as many as in {numerals.month(month.before)}."
    words = f"{numerals.count(abs(more))} {'more' if more > 0 else 'fewer'}"
    return f"{said}, {words} than in {numerals.month(month.before)}."


def _rest_sentence(known: Known) -> str:
    owed = len(owed_by(known))
    if owed:
        return f"{_number(owed)} {'thing waits' if owed == 1 else 'things wait'} for you."
    return "Nothing waits for you."


def _number(count: int) -> str:
    words = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    return words[count] if count < len(words) else numerals.count(count)


def owed_by(known: Known) -> tuple[Item, ...]:
    """What this member owes, by who they are in the agreement and what they may do."""
    parts: tuple[Callable[[Known], Iterator[Item]], ...] = (_to_sign, _own_proposals, _to_close, _to_mend)
    return tuple(item for part in parts for item in part(known))


def _to_sign(known: Known) -> Iterator[Item]:
    for one in known.waiting:
        if known.member.person and known.member.person in one.unsigned and may(known.member, "sign"):
            yield Item(
                "joint", f"Sign or answer “{one.title}”", f"{one.author} proposed it {_day(known, one.opened_at)}.",
                _proposal(one), "Read", "due",
            )  # fmt: skip


def _own_proposals(known: Known) -> Iterator[Item]:
    for one in known.waiting:
        if one.author_id == known.member.id and (one.unsettled or not one.readable):
            why = (
                f"{numerals.plural(one.unsettled, 'comment')} not settled." if one.readable else "Its text has errors."
            )
            yield Item(one.team, f"Your proposal “{one.title}”", why, _proposal(one), "Open")


def _to_close(known: Known) -> Iterator[Item]:
    month = known.month
    if month is None or not may(known.member, "close") or known.standing.closed >= month.month:
        return
    why = f"Closed through {numerals.month(known.standing.closed)}." if known.standing.closed else "None is closed yet."
    yield Item("joint", f"Close {numerals.month(month.month)}", why, reverse("months"), "Months")


def _to_mend(known: Known) -> Iterator[Item]:
    if known.aside and may(known.member, "import"):
        rows = numerals.plural(known.aside, "row")
        yield Item("joint", f"{rows} set aside", "They could not come in as they are.", reverse("imports"), "Mend")
    if known.standing.uploads and may(known.member, "import"):
        files = numerals.plural(known.standing.uploads, "upload")
        yield Item("joint", f"{files} not brought in", "Looked at, and waiting.", reverse("imports"), "Open")


def attention(known: Known) -> tuple[Item, ...]:
    """What both teams should know, most pressing first."""
    parts: tuple[Callable[[Known], Iterator[Item]], ...] = (_workers, _proposals, _coming, _drifted, _adjusted)
    return tuple(item for part in parts for item in part(known))


def _workers(known: Known) -> Iterator[Item]:
    if known.standing.workers:
        return
    since = known.standing.waited_since
    waits = "Figures, imports and letters wait." if since and known.now - since > LATE else "Nothing waits for it yet."
    yield Item(
        "joint", "No worker is alive", f"{waits} `oarlock serve` or `oarlock work` starts one.", reverse("status"),
        "Status", "off",
    )  # fmt: skip


def _proposals(known: Known) -> Iterator[Item]:
    for one in known.waiting:
        names = [_name(known.versions, key) for key in one.unsigned]
        why = f"{one.author} proposed it {_day(known, one.opened_at)}."
        if one.signed:
            why += f" {_listed([_name(known.versions, key) for key in sorted(one.signed)])} signed."
        waits = f"waits for {_listed(names)}" if names else "is being written"
        yield Item(one.team, f"“{one.title}” {waits}", why, _proposal(one), "Read")


def _coming(known: Known) -> Iterator[Item]:
    for terms in known.versions:
        if terms.in_force_from > known.now:
            days = (terms.in_force_from - known.now).days
            when = "tomorrow" if days < 1 else f"in {days + 1} days"
            words = f"Version {terms.number} comes into force {when}"
            yield Item("joint", words, f"Signed; from {numerals.day(terms.in_force)}.", reverse("agreement"), "Read")


def _drifted(known: Known) -> Iterator[Item]:
    if known.drift is None:
        return
    names = {s.key: s for s in known.drift.stages}
    for counts in sorted(known.drift.drift.stages, key=_apart, reverse=True)[:2]:
        if _apart(counts) and counts.value is None:
            stage = names[counts.stage]
            yield Item(
                stage.owner, f"{numerals.plural(_apart(counts), 'person', 'people')} stand apart at {stage.name}",
                f"{numerals.count(counts.only_recorded)} only the CRM recorded, "
                f"{numerals.count(counts.only_defined)} only the agreement defines, "
                f"{numerals.count(counts.different_date)} on another date.",
                reverse("drift"), "Open drift",
            )  # fmt: skip


def _apart(counts: DriftCounts) -> int:
    return counts.different_date + counts.only_recorded + counts.only_defined


def _adjusted(known: Known) -> Iterator[Item]:
    if known.standing.adjustments:
        figures = numerals.plural(known.standing.adjustments, "figure")
        yield Item(
            "joint", f"{figures} of closed months would be different today", "The months stay as they were closed.",
            reverse("months"), "Why",
        )  # fmt: skip


def _proposal(one: Waiting) -> str:
    return reverse("proposal", args=(one.id,))


def _name(versions: Sequence[Terms], key: str) -> str:
    person = versions[-1].leadership.person(key) if versions else None
    return person.name.partition(" ")[0] if person else key


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _day(known: Known, when: datetime) -> str:
    """`today`, or `on 12 Nov 2026`."""
    local = partial(datetime.astimezone, tz=known.zone)
    return "today" if local(when).date() == local(known.now).date() else f"on {numerals.day(local(when).date())}"
