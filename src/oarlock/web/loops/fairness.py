"""The fairness of pools: what each member should have had, by weights and availability, beside what they had."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from oarlock.agreement.terms import Terms
from oarlock.charts.names import shown
from oarlock.charts.numerals import count, percent
from oarlock.charts.promise_explanations import period_name
from oarlock.ground.clock import now
from oarlock.ground.periods import Period, month_of, parse_period
from oarlock.ground.problems import UserProblem
from oarlock.jobs import figures
from oarlock.loop.promises import running
from oarlock.routing.fairness import FEW, SURE, Share
from oarlock.store.reads import fairness as reads
from oarlock.store.reads import versions
from oarlock.store.reads.fairness import FairnessFigures, PoolFairness
from oarlock.web.funnel.showing import Chip
from oarlock.web.handoffs.tabs import tabs
from oarlock.web.loops.choosing import Choice, asked, chosen, waiting
from oarlock.web.records.exporting import csv_file
from oarlock.web.rights import needs

VERDICTS = {
    "in turn": ("ok", "In turn", "Nobody is a whole lead from their share."),
    "within chance": ("ok", "Within chance", "Gaps this large come about when leads are drawn by lot."),
    "beyond chance": (
        "risk",
        "Beyond chance",
        "Turns would not leave such gaps: something else hands out these leads.",
    ),
    "too few to say": ("due", "Too few to say", "The test needs at least {few:.0f} leads expected of everybody."),
    "nothing to compare": ("due", "Nothing to compare", "There was never more than one member to choose from."),
}
"""Verdict -> shape, word, and what it means."""
RESTS = {
    "decisions": "counted from every decision that was kept: weights, hours, caps and absences as they were",
    "hand-offs": "counted from imported hand-offs: weights and agreed absences alone; hours and caps are not known",
}


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a pool: their share as it should have been and as it was."""

    name: str
    weight: str
    offered: str
    expected: str
    actual: str
    part: str
    of: str
    gap: str
    bar: str
    mark: str


@dataclass(frozen=True, slots=True)
class Pool:
    """One pool in the period."""

    key: str
    leads: str
    st: str
    word: str
    why: str
    chance: str
    rests: str
    members: tuple[Member, ...]


@needs("look")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page; without an agreement or facts it says what comes first."""
    context: dict[str, Any] = {"tabs": tabs("fairness"), "title": "Fairness"}
    try:
        every = versions.all_versions()
        terms = figures.judges("", every).latest
        choice = _settled(chosen(request, "fairness"), terms)
        answer = asked(request, choice, every)
    except UserProblem as problem:
        if problem.code not in ("no-agreement", "no-facts"):
            raise
        return render(request, "web/loops/nothing.html", context | {"problem": problem})
    context |= {"choice": choice, "periods": _chips(choice, terms), "period": period_name(choice.period)}
    if answer.kept is None:
        return render(request, "web/loops/fairness.html", context | {"waiting": waiting(choice, answer)})
    found = reads.fairness(answer.kept)
    context |= {"found": found, "pools": [_pool(p, terms) for p in found.pools], "sure": percent(SURE, 0),
                "export": choice.address("fairness_csv")}  # fmt: skip
    return render(request, "web/loops/fairness.html", context)


def _settled(choice: Choice, terms: Terms) -> Choice:
    """With a period: the one chosen, else this quarter. UserProblem `period-malformed`."""
    zone = terms.time_zone
    period = parse_period(choice.period, zone) if choice.period else running("quarter", now(), zone)
    return replace(choice, period=period.text)


def _chips(choice: Choice, terms: Terms) -> list[Chip]:
    """The last months and quarters, and the one chosen."""
    month, quarter = month_of(now(), terms.time_zone), running("quarter", now(), terms.time_zone)
    months, quarters = _back(month, 3), _back(quarter, 3)
    words = list(dict.fromkeys([*quarters, *months, choice.period]))
    return [Chip(period_name(w), replace(choice, period=w).address(), w == choice.period) for w in words]


def _back(period: Period, number: int) -> list[str]:
    found = [period]
    while len(found) < number:
        found.append(found[-1].previous())
    return [p.text for p in reversed(found)]


def _pool(p: PoolFairness, terms: Terms) -> Pool:
    it = p.fairness
    st, word, why = VERDICTS[it.verdict]
    chance = "" if it.chance is None else f"A lot would leave gaps this large {percent(it.chance)} of the time."
    names = {u.key: u.name for u in terms.users}
    weights = dict(next((pool.members for pool in terms.pools if pool.key == it.pool), ()))
    members = tuple(_member(m, it.leads, names, weights) for m in it.members)
    return Pool(it.pool, count(it.leads), st, word, why.format(few=FEW), chance, RESTS[p.rests], members)


def _member(m: Share, leads: int, names: dict[str, str], weights: dict[str, float]) -> Member:
    whole = max(leads, 1)
    gap = f"{m.gap:+.1f}".replace("-", "−")
    weight = f"{weights[m.user]:g}" if m.user in weights else "–"
    return Member(
        shown(names.get(m.user, m.user), 40), weight, count(m.offered), f"{m.expected:,.1f}", count(m.actual),
        percent(m.actual / whole), percent(m.expected / whole), gap, f"{m.actual / whole * 100:.2f}",
        f"{m.expected / whole * 100:.2f}",
    )  # fmt: skip


@needs("export")
@require_safe
def exported(request: HttpRequest) -> HttpResponseBase:
    """The same as CSV: one line a pool and member."""
    terms = figures.judges("").latest
    choice = _settled(chosen(request, "fairness"), terms)
    kept = asked(request, choice).kept
    if kept is None:
        raise UserProblem("busy-figures", "Fairness is being measured.", "", "Open the page and try again.")
    found: FairnessFigures = reads.fairness(kept)
    columns = ("pool", "period", "rests_on", "member", "offered", "expected", "actual", "gap", "verdict", "chance")
    lines = (
        (p.fairness.pool, found.period, p.rests, m.user, m.offered, m.expected, m.actual, m.gap, p.fairness.verdict,
         p.fairness.chance)
        for p in found.pools for m in p.fairness.members
    )  # fmt: skip
    return csv_file(f"fairness-{found.period}", columns, lines)
