"""One word, many uses: which terms of an agreement rest on which others.

A term is named as it is written: `stages.mql`, `icp`, `scoring.fit`, `handoffs.mql-to-sdr`, `promises.sales.win_rate`,
`pools.dach`. Beside them stand the names rules use (`person.email`, `touches:webinar.attended`) and `metrics.*`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from oarlock.agreement.metrics import COMPUTED_EXCUSES, metrics_of
from oarlock.agreement.moving import depends_on
from oarlock.agreement.terms import Rule, Terms

KINDS = {
    "icp": "rule",
    "rules": "rule",
    "scoring": "scoring",
    "stages": "stage",
    "detours": "detour",
    "sources": "lead source",
    "handoffs": "hand-off",
    "routing": "routing",
    "pools": "pool",
    "calendars": "calendar",
    "absences": "absence",
    "users": "user",
    "leadership": "leadership",
    "promises": "promise",
    "excuses": "excuse",
    "goals": "goal",
    "scorecard": "scorecard",
    "pay": "pay",
    "cadence": "meeting",
    "processes": "process",
    "metrics": "metric",
    "fields": "field",
    "requests": "requests",
    "forecast": "forecast",
    "closing": "closing",
    "notices": "reminders",
    "attribution": "attribution",
    "ownership": "field ownership",
}
"""What a term is called, by the section it stands in; the order is that in which uses are listed."""

_ENDS = ("detours.", "users.", "leadership.")
"""Terms that are touched but pass nothing on: who comes back to a changed stage does not change the hand-off."""

Graph = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Use:
    """A term that rests on another: its kind in words, and the terms between the two, nearest to the other first."""

    term: str
    kind: str
    through: tuple[str, ...] = ()


def kind_of(term: str) -> str:
    """`stage`, `promise`, `pay`, ...; names of fields and counts are `field` and `touches`."""
    section = term.partition(".")[0]
    return KINDS.get(section) or ("touches" if ":" in term else "field" if "." in term else section.replace("_", " "))


def graph(terms: Terms) -> Graph:
    """Each term with those it names itself."""
    named: dict[str, set[str]] = {}
    for term, others in _edges(terms):
        named.setdefault(term, set()).update(other for other in others if other != term)
    return {term: frozenset(others) for term, others in named.items()}


def rests_on(terms: Terms, term: str) -> tuple[Use, ...]:
    """Everything the term rests on, directly or through others."""
    return _reached(term, graph(terms))


def uses(terms: Terms, term: str) -> tuple[Use, ...]:
    """Everything that rests on the term, directly or through others; metrics are only steps on the way."""
    turned: dict[str, set[str]] = {}
    for user, others in graph(terms).items():
        for other in others:
            turned.setdefault(other, set()).add(user)
    found = _reached(term, {key: frozenset(users) for key, users in turned.items()})
    return tuple(use for use in found if not use.term.startswith("metrics."))


def _reached(start: str, edges: Graph) -> tuple[Use, ...]:
    """Breadth first, so that `through` is a shortest way."""
    through: dict[str, tuple[str, ...]] = {start: ()}
    waiting = deque([start])
    while waiting:
        term = waiting.popleft()
        if term != start and term.startswith(_ENDS):
            continue
        way = through[term] if term == start else (*through[term], term)
        for other in sorted(edges.get(term, ())):
            if other not in through:
                through[other] = way
                waiting.append(other)
    found = [Use(term, kind_of(term), way) for term, way in through.items() if term != start]
    return tuple(sorted(found, key=_listed))


def _listed(use: Use) -> tuple[int, str]:
    kinds = list(KINDS.values())
    return (kinds.index(use.kind) if use.kind in kinds else len(kinds), use.term)


def _edges(terms: Terms) -> Iterator[tuple[str, Iterable[str]]]:
    yield from _definitions(terms)
    yield from _handling(terms)
    yield from _owed(terms)
    yield from _together(terms)


def _definitions(terms: Terms) -> Iterator[tuple[str, Iterable[str]]]:
    for field in terms.fields:
        yield f"fields.{field.path}", ()
        yield field.path, (f"fields.{field.path}",)
    for named in terms.rules:
        yield rule_term(named.key), _named_in(terms, named.rule)
    yield "scoring.fit", {name for line in terms.scoring.fit for name in _named_in(terms, line.rule)}
    yield "scoring.engagement", [f"touches:{kind}" for kind, _ in terms.scoring.engagement]
    before: list[str] = []
    for stage in terms.stages:
        names = _named_in(terms, stage.rule)
        handed = [f"handoffs.{h.key}" for h in terms.handoffs if h.at in before]
        yield f"stages.{stage.key}", [*names, *(handed if any(n.startswith("handoff.") for n in names) else ())]
        before.append(stage.key)
    for detour in terms.detours:
        yield f"detours.{detour.key}", [f"stages.{detour.back_to}"] if detour.back_to else []


def _handling(terms: Terms) -> Iterator[tuple[str, Iterable[str]]]:
    for source in terms.sources:
        yield f"sources.{source.key}", _receiver(terms, source.to)
    for handoff in terms.handoffs:
        told = [
            _somebody(terms, step.do.partition(" ")[2]) for step in handoff.on_breach if step.do.startswith("notify ")
        ]
        shown = [term for name in handoff.evidence for term in _behind(terms, name)]
        ends = [f"detours.{detour}" for _, detour in handoff.reject_reasons]
        calendar = [f"calendars.{handoff.calendar}"] if handoff.calendar else []
        yield (
            f"handoffs.{handoff.key}",
            [f"stages.{handoff.at}", *ends, *calendar, *filter(None, told), *shown],
        )
    for number, step in enumerate(terms.routing, 1):
        yield f"routing.{number}", [*_named_in(terms, step.rule), *_receiver(terms, step.to)]
    for pool in terms.pools:
        people = [_somebody(terms, member) for member, _ in pool.members] + [_somebody(terms, pool.manager)]
        calendar = [f"calendars.{pool.calendar}"] if pool.calendar else []
        yield f"pools.{pool.key}", [*calendar, *filter(None, people)]
    for calendar_terms in terms.calendars:
        yield f"calendars.{calendar_terms.key}", ()
    for user in terms.users:
        calendar = [f"calendars.{user.calendar}"] if user.calendar else []
        yield f"users.{user.key}", [*calendar, *filter(None, [_somebody(terms, user.reports_to)])]


def _owed(terms: Terms) -> Iterator[tuple[str, Iterable[str]]]:
    for name, metric in metrics_of([s.key for s in terms.stages], [h.key for h in terms.handoffs]).items():
        handed = [f"handoffs.{metric.handoff}"] if metric.handoff else []
        yield f"metrics.{name}", [*(f"stages.{stage}" for stage in metric.stages), *handed]
    for team, owed in terms.promises.by_team:
        for promise in owed:
            excuse = (promise.excused_when or "").partition(" ")[2]
            excused = [f"excuses.{excuse}"] if excuse and promise.excused_when not in COMPUTED_EXCUSES else []
            owner = _somebody(terms, promise.owner)
            yield (
                f"promises.{team}.{promise.metric}",
                [f"metrics.{promise.metric}", *excused, *([owner] if owner else [])],
            )
    for goal in terms.goals:
        above = [f"goals.{goal.under}"] if goal.under else []
        yield f"goals.{goal.key}", [f"metrics.{goal.metric}", *above, *filter(None, [_somebody(terms, goal.owner)])]
    for line in terms.scorecard:
        yield f"scorecard.{line.metric}", [f"metrics.{line.metric}", *filter(None, [_somebody(terms, line.owner)])]
    for plan in terms.pay:
        numbers = [
            f"metrics.{metric}" for metric in (*(p.metric for p in plan.parts), *(r.metric for r in plan.guardrails))
        ]
        goals = [f"goals.{part.goal}" for part in plan.parts if part.goal]
        taken_back = _named_in(terms, plan.clawback.rule) if plan.clawback else []
        people = [_somebody(terms, key) for key in plan.people]
        yield f"pay.{plan.key}", [*numbers, *goals, *taken_back, *filter(None, people)]


def _together(terms: Terms) -> Iterator[tuple[str, Iterable[str]]]:
    for meeting in terms.cadence:
        people = [_somebody(terms, key) for key in meeting.who]
        calendar = [f"calendars.{meeting.calendar}"] if meeting.calendar else []
        yield f"cadence.{meeting.key}", [*calendar, *filter(None, people)]
    for process in terms.processes:
        ends = [f"stages.{stage}" for stage in (process.from_, process.to) if stage]
        inside = [f"stages.{step.stage}" for step in process.steps if step.stage]
        seen = [f"activities:{touch.kind}" for step in process.steps for touch in step.expects]
        yield f"processes.{process.key}", [*ends, *inside, *seen]
    yield "requests", filter(None, [_somebody(terms, terms.requests.owner)])
    yield "forecast", filter(None, [_somebody(terms, terms.forecast.owner)])
    yield "closing", filter(None, [_somebody(terms, key) for key in terms.closing.by])
    yield "notices", filter(None, [_somebody(terms, terms.notices.queue_owner)])
    yield "attribution", [f"touches:{kind}" for kind in terms.attribution.kinds]
    for owned in terms.ownership:
        yield f"ownership.{owned.field}", [owned.field]


def rule_term(key: str) -> str:
    """The term of a named rule: `icp` stands alone."""
    return key if key == "icp" else f"rules.{key}"


def _named_in(terms: Terms, rule: Rule | None) -> list[str]:
    """The terms a rule names."""
    return [term for name in (depends_on(rule.tree) if rule else ()) for term in _behind(terms, name)]


def _behind(terms: Terms, name: str) -> tuple[str, ...]:
    """The terms behind a name as rules write it."""
    if name == "score":
        return ("scoring.fit", "scoring.engagement")
    if name in ("fit", "engagement"):
        return (f"scoring.{name}",)
    return (rule_term(name) if terms.rule(name) else name,)


def _receiver(terms: Terms, to: str | None) -> list[str]:
    kind, _, name = (to or "").partition(" ")
    if kind == "pool":
        return [f"pools.{name}"]
    return [who for who in [_somebody(terms, name)] if who] if kind == "user" else []


def _somebody(terms: Terms, key: str | None) -> str | None:
    """The term of a person or user; None for those the agreement does not list."""
    if key and terms.leadership.person(key):
        return f"leadership.people.{key}"
    return f"users.{key}" if any(user.key == key for user in terms.users) else None
