"""Each term in sentences: what it is called, the company's own words for it, and what it says in plain English."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from oarlock.agreement.dependencies import rule_term
from oarlock.agreement.english import say
from oarlock.agreement.metrics import COMPUTED_EXCUSES, metrics_of
from oarlock.agreement.names import Names
from oarlock.agreement.owed import Goal, PayPart, PayPlan, Promise, ScoreLine
from oarlock.agreement.terms import Detour, Handoff, Rule, Stage, Terms
from oarlock.agreement.together import Meeting, Process
from oarlock.agreement.written import Amount, Team

TEAMS: dict[Team, str] = {"marketing": "Marketing", "sales": "Sales", "joint": "Both teams"}
KINDS = {"inventory": "people may wait here", "gate": "people pass or do not", "sla": "people must move on in time"}
_EVERY = {"day": "every day", "week": "every week", "two-weeks": "every two weeks", "month": "every month",
          "quarter": "every quarter", "year": "every year"}  # fmt: skip
_DAYS = {"mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday",
         "sat": "Saturday", "sun": "Sunday"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A term in words. `rule` is the rule as written (None where there is none), `lines` are whole sentences."""

    term: str
    title: str
    means: str
    lines: tuple[str, ...]
    rule: str | None = None


def ruled(terms: Terms, rule: Rule) -> str:
    """The rule in English."""
    return say(rule.tree, Names.of(terms))


def stages(terms: Terms) -> Iterator[Told]:
    """The funnel in order."""
    for number, stage in enumerate(terms.stages, 1):
        yield Told(f"stages.{stage.key}", f"{number}. {stage.name}", stage.means, tuple(_stage(terms, stage)),
                   stage.rule.text if stage.rule else None)  # fmt: skip


def _stage(terms: Terms, stage: Stage) -> Iterator[str]:
    yield f"{TEAMS[stage.owner]} {_verb(stage.owner, 'answers', 'answer')} for it; {KINDS[stage.kind]}."
    if stage.rule:
        yield f"Somebody enters when {ruled(terms, stage.rule)}."
    else:
        words = stage.recorded_as or tuple(dict.fromkeys((stage.key, stage.name)))
        yield f"Somebody enters when the CRM records {_listed(words, 'or')}."
    if stage.within:
        yield f"They move on within {stage.within}."
    if stage.rule and stage.recorded_as:
        yield f"The CRM calls it {_listed(stage.recorded_as, 'or')}."
    yield from (f"Example: {example}" for example in stage.examples)


def detours(terms: Terms) -> Iterator[Told]:
    """The ways off the funnel."""
    for detour in terms.detours:
        yield Told(f"detours.{detour.key}", detour.name, detour.means, tuple(_detour(terms, detour)))


def _detour(terms: Terms, detour: Detour) -> Iterator[str]:
    if detour.final:
        yield "Nobody comes back from here."
    else:
        after = f" after {detour.wake_after.days} days" if detour.wake_after else " when something new is known"
        yield f"People come back to “{_stage_name(terms, detour.back_to)}”{after}, in a new cycle."
    if terms.loss_detour is detour:
        yield "A lost opportunity leads here."


def definitions(terms: Terms) -> Iterator[Told]:
    """The ideal customer, named rules and scores."""
    for named in terms.rules:
        title = "Ideal customer" if named.key == "icp" else named.key
        lines = (f"It holds when {ruled(terms, named.rule)}.",)
        yield Told(rule_term(named.key), title, named.means, lines, named.rule.text)
    if terms.scoring.fit:
        fit = tuple(f"{line.points:+g} points when {ruled(terms, line.rule)}." for line in terms.scoring.fit)
        yield Told("scoring.fit", "Fit", "Points for who somebody is.", fit)
    if terms.scoring.engagement:
        points = ", ".join(f"{kind} {count:g}" for kind, count in terms.scoring.engagement)
        fades = terms.scoring.half_life
        faded = f"They count half after {fades.days} days." if fades else "They never fade."
        yield Told("scoring.engagement", "Engagement", "Points for what somebody does.", (f"Points: {points}.", faded))


def handoffs(terms: Terms) -> Iterator[Told]:
    """Hand-offs with their clocks."""
    for handoff in terms.handoffs:
        yield Told(f"handoffs.{handoff.key}", handoff.name, handoff.means, tuple(_handoff(terms, handoff)))


def _handoff(terms: Terms, handoff: Handoff) -> Iterator[str]:
    stage, giver, taker = _stage_name(terms, handoff.at), TEAMS[handoff.from_].lower(), TEAMS[handoff.to]
    hands = _verb(handoff.from_, "hands", "hand")
    yield f"When somebody enters “{stage}”, {giver} {hands} over to {taker.lower()}."
    if handoff.accept_within:
        yield f"{taker} {_verb(handoff.to, 'accepts or rejects', 'accept or reject')} within {handoff.accept_within}."
    if handoff.first_touch_within:
        yield f"The first contact is tried within {handoff.first_touch_within}."
    if handoff.attempts or handoff.work_within:
        tried = f"{handoff.attempts} attempts are made" if handoff.attempts else "It is worked"
        yield tried + (f" within {handoff.work_within}." if handoff.work_within else ".")
    for detour in dict.fromkeys(detour for _, detour in handoff.reject_reasons):
        reasons = [reason for reason, leads_to in handoff.reject_reasons if leads_to == detour]
        yield f"Rejected as {_listed(reasons, 'or')}, the person is {_detour_name(terms, detour).lower()}."
    for step in handoff.on_breach:
        yield f"At {step.at:.0%} of the time to {step.clock}: {step.do}."


def routing(terms: Terms) -> Iterator[Told]:
    """The steps of routing, and the pools they lead to."""
    for number, step in enumerate(terms.routing, 1):
        when = f"When {ruled(terms, step.rule)}" if step.rule else "Else"
        told = (f"{when}: {step.to}.", *((f"They must have {_listed(step.needs, 'and')}.",) if step.needs else ()))
        yield Told(f"routing.{number}", step.name or f"Step {number}", "", told, step.rule.text if step.rule else None)
    for pool in terms.pools:
        members = _listed([f"{member} ({weight:g})" for member, weight in pool.members], "and")
        lines = [f"Members and weights: {members}."]
        if pool.cap and (pool.cap.per_day or pool.cap.open):
            caps = [f"{n} {words}" for n, words in ((pool.cap.per_day, "new a day"), (pool.cap.open, "open")) if n]
            lines.append(f"Nobody has more than {_listed(caps, 'or')}.")
        if pool.calendar:
            lines.append(f"They work by the calendar {pool.calendar}.")
        yield Told(f"pools.{pool.key}", f"Pool {pool.key}", pool.means or "", tuple(lines))


def promises(terms: Terms) -> Iterator[Told]:
    """What each team owes."""
    known = metrics_of([s.key for s in terms.stages], [h.key for h in terms.handoffs])
    for team, owed in terms.promises.by_team:
        for promise in owed:
            counted = f"It counts {known[promise.metric].means}." if promise.metric in known else ""
            lines = (_promise(team, promise), *([counted] if counted else ()), *_excuse(promise))
            yield Told(f"promises.{team}.{promise.metric}", promise.metric, promise.means or "", lines)


def _promise(team: Team, promise: Promise) -> str:
    per = f" each {promise.per}" if promise.per else ""
    return f"{TEAMS[team]} {_verb(team, 'owes', 'owe')} {_bounds(promise.at_least, promise.at_most)}{per}."


def _excuse(promise: Promise) -> Iterator[str]:
    if promise.excused_when in COMPUTED_EXCUSES:
        yield f"A case is excused when {COMPUTED_EXCUSES[promise.excused_when]}."
    elif promise.excused_when:
        excuse = promise.excused_when.partition(" ")[2]
        yield f"A case is excused while “{excuse}” is declared by one team and confirmed by the other."


def goals(terms: Terms) -> Iterator[Told]:
    """Goals, top ones first."""
    for goal in sorted(terms.goals, key=lambda g: g.under is not None):
        yield Told(f"goals.{goal.key}", goal.key, goal.means or "", tuple(_goal(terms, goal)))


def _goal(terms: Terms, goal: Goal) -> Iterator[str]:
    owner = terms.leadership.person(goal.owner)
    yield f"{goal.metric} reaches {goal.target} in {goal.period}; {owner.name if owner else goal.owner} answers for it."
    if goal.shared_by:
        yield f"Shared by {_listed(goal.shared_by, 'and')}."
    if goal.under:
        yield f"It serves the goal {goal.under}."


def scorecard(terms: Terms) -> Iterator[Told]:
    """The few numbers."""
    known = metrics_of([s.key for s in terms.stages], [h.key for h in terms.handoffs])
    for line in terms.scorecard:
        counted = f"It counts {known[line.metric].means}." if line.metric in known else ""
        lines = tuple(part for part in (counted, _on_track(line)) if part)
        yield Told(f"scorecard.{line.metric}", line.metric, line.means or "", lines)


def _on_track(line: ScoreLine) -> str:
    return f"On track: {_bounds(line.at_least, line.at_most)}." if line.at_least or line.at_most else ""


def pay(terms: Terms) -> Iterator[Told]:
    """Pay plans."""
    for plan in terms.pay:
        yield Told(f"pay.{plan.key}", f"Pay of {plan.key}", plan.means or "", tuple(_plan(plan)))


def _plan(plan: PayPlan) -> Iterator[str]:
    amount = f"{plan.variable} a {plan.per} at 100%" if plan.variable else f"paid each {plan.per}"
    yield f"For {_listed(plan.people, 'and')}: {amount}."
    yield from (_part(part) for part in plan.parts)
    for rail in plan.guardrails:
        bound = _bounds(rail.at_least, rail.at_most)
        yield f"Unless {rail.metric} is {bound}, only {rail.pays:.0%} of the plan is paid."
    yield from (f"{kicker.amount} each for: {kicker.means}" for kicker in plan.kickers)
    if plan.clawback:
        case = plan.clawback.means or "The deal is cancelled."
        yield f"Paid back within {plan.clawback.within.days} days of closing: {case}"


def _part(part: PayPart) -> str:
    against = f"the goal {part.goal}" if part.goal else f"{part.target}"
    floor = f", nothing below {part.threshold:.0%}" if part.threshold is not None else ""
    top = f", no more above {part.cap:.0%}" if part.cap is not None else ""
    return f"{part.share:.0%} hangs on {part.metric} against {against}{floor}{top}."


def cadence(terms: Terms) -> Iterator[Told]:
    """Meetings."""
    for meeting in terms.cadence:
        yield Told(f"cadence.{meeting.key}", meeting.key, meeting.means or "", (_meeting(meeting),))


def _meeting(meeting: Meeting) -> str:
    on = f" on {_DAYS[meeting.day]}" if meeting.day else f" on working day {meeting.on}" if meeting.on else ""
    when = f"{_EVERY[meeting.every].capitalize()}{on} at {meeting.at}"
    return f"{when}, {meeting.minutes} minutes: {_listed(meeting.who, 'and')}."


def processes(terms: Terms) -> Iterator[Told]:
    """Processes, step by step."""
    for process in terms.processes:
        yield Told(f"processes.{process.key}", process.name or process.key, process.means or "", tuple(_steps(process)))


def _steps(process: Process) -> Iterator[str]:
    for number, step in enumerate(process.steps, 1):
        seen = [f"{touch.kind} ({touch.at_least} or more)" for touch in step.expects]
        yield f"{number}. {step.name} ({step.owner})" + (f": {_listed(seen, 'and')}." if seen else ".")


def people(terms: Terms) -> Iterator[Told]:
    """Who leads and who signs."""
    for person in terms.leadership.people:
        boss = terms.leadership.person(person.reports_to or "")
        above = boss.name if boss else "the CEO" if person.reports_to == "ceo" else "nobody named here"
        lines = [f"{person.role.replace('-', ' ').capitalize()}; reports to {above}."]
        if person.serves:
            lines.append(f"Serves {_listed(person.serves, 'and')}.")
        if person.key in terms.leadership.signers:
            lines.append("Signs this agreement.")
        yield Told(f"leadership.people.{person.key}", person.name, "", tuple(lines))


def vocabulary(terms: Terms) -> Iterator[Told]:
    """Words both teams use in one sense."""
    for word in terms.vocabulary:
        lines = [f"Also: {', '.join(word.also)}."] if word.also else []
        lines += [f"Not: {word.not_}"] if word.not_ else []
        yield Told(f"vocabulary.{word.key}", word.key, word.means, tuple(lines))


def sources(terms: Terms) -> Iterator[Told]:
    """Where people come from."""
    for source in terms.sources:
        known = _listed(tuple(dict.fromkeys((source.key, *source.recorded_as))), "or")
        to = f" Its leads go to {source.to}." if source.to else ""
        line = f"{TEAMS[source.owner]} {_verb(source.owner, 'answers', 'answer')} for it. The CRM calls it {known}.{to}"
        yield Told(f"sources.{source.key}", source.name or source.key, source.means or "", (line,))


def _bounds(least: Amount | None, most: Amount | None) -> str:
    parts = [f"at least {least}"] if least else []
    return " and ".join([*parts, *([f"at most {most}"] if most else [])])


def _listed(words: tuple[str, ...] | list[str] | tuple[Team, ...], last: str) -> str:
    *first, end = [str(word) for word in words] or ["nobody"]
    return f"{', '.join(first)} {last} {end}" if first else end


def _verb(team: Team, one: str, many: str) -> str:
    return many if team == "joint" else one


def _stage_name(terms: Terms, key: str | None) -> str:
    stage = terms.stage(key or "")
    return stage.name if stage else str(key)


def _detour_name(terms: Terms, key: str) -> str:
    return next((detour.name for detour in terms.detours if detour.key == key), key)
