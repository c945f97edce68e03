"""Something happened to one person: what follows, until nothing new follows. Pure.

    decide(happening, situation, versions, now) -> Decided

The order: `lifecycle` takes the facts in and judges; what sellers did counts for open hand-offs; a new entry into a
later stage converts them, one into a stage with a hand-off offers it to whom `routing` chooses; a detour ends them; and
the facts of all that go through `lifecycle` again. Promises: one open hand-off a person and key; only what is judged
here begins one, never imported history; a version whose day has not come starts nothing.
"""

from __future__ import annotations

from datetime import datetime

from oarlock.agreement.terms import Handoff, Stage, Terms
from oarlock.agreement.tree import Name, walk
from oarlock.desk.answering import answer
from oarlock.desk.case import Case
from oarlock.desk.clocks import due, redate
from oarlock.desk.happenings import Answered, Arrived, Due, Happening, Redated, Woke
from oarlock.desk.passing import offer
from oarlock.desk.situation import Decided, Situation
from oarlock.handoffs import act, convert, recycle
from oarlock.lifecycle.entries import Entry
from oarlock.lifecycle.versions import Versions
from oarlock.records.facts import Acted, Fact

BOUND = 50
"""So many rounds at most; each follows from something new in the one before, so that none comes near."""
DESK = "desk"
"""Who is said to have ended a hand-off whose person has left the funnel."""


def decide(happening: Happening, situation: Situation, versions: Versions, now: datetime) -> Decided:
    """What follows. UserProblem where somebody asks for what cannot be."""
    at_work = Case.of(situation, versions, now)
    _take(happening, at_work)
    for _ in range(BOUND):
        if not _follow(at_work):
            return at_work.decided()
    raise RuntimeError(f"what follows for {situation.person_id} never ends")


def _take(happening: Happening, case: Case) -> None:
    """What happened, and what it means for the hand-off it is about."""
    if not (isinstance(happening, Arrived) and not happening.facts):
        case.seen |= {(e.cycle, e.stage) for e in case.lived.entries}  # history without anything new is no news
    match happening:
        case Arrived(facts):
            case.note_entries(case.lived.entries)
            case.learn(facts)
            for fact in facts:
                _act(fact, case)
        case Answered():
            answer(happening, case)
        case Due(handoff_id):
            due(handoff_id, case)
        case Redated(handoff_id):
            redate(handoff_id, case)
        case Woke():
            pass
    case.wake()


def _act(fact: Fact, case: Case) -> None:
    """What a seller did counts for every hand-off that is open."""
    if isinstance(fact, Acted):
        for state in case.open:
            terms = case.terms_of(state)
            by = _key_of(fact.user_id, terms)
            case.put(act(state, by, fact.at, terms, case.instant, case.calendar(state)))


def _key_of(user_id: str | None, terms: Terms) -> str:
    """A user's key in the agreement; the id as it is where the agreement does not know it."""
    known = {word: user.key for user in terms.users for word in user.recorded_as}
    return known.get(user_id or "", user_id or "")


def _follow(case: Case) -> bool:
    """One round: whether anything followed."""
    fresh, case.fresh = case.fresh, []
    before = len(case.facts)
    for entry in fresh:
        _convert(entry, case)
    _leave(case)
    for entry in fresh:
        _offer(entry, case)
    return bool(case.fresh) or len(case.facts) > before


def _convert(entry: Entry, case: Case) -> None:
    """A later stage that is not about the hand-off itself was entered: the hand-off became what it was for."""
    if entry.skipped:
        return
    for state in case.open:
        terms = case.terms_of(state)
        term = terms.handoff(state.key)
        if term is not None and entry.cycle == state.cycle and _beyond(entry.stage, term, terms):
            case.put(convert(state, terms, case.instant, case.calendar(state), by=state.owner))


def _beyond(stage: str, term: Handoff, terms: Terms) -> bool:
    keys = [s.key for s in terms.stages]
    later = stage in keys and term.at in keys and keys.index(stage) > keys.index(term.at)
    return later and not _about_handoffs(terms.stages[keys.index(stage)])


def _about_handoffs(stage: Stage) -> bool:
    """Whether a stage's rule looks at the hand-off: accepting is no conversion."""
    tree = stage.rule.tree if stage.rule else None
    return tree is not None and any(isinstance(n, Name) and n.path.startswith("handoff.") for n in walk(tree))


def _leave(case: Case) -> None:
    """Whoever is off the funnel is nobody's to work: open ones of theirs go back, for the reason that leads there."""
    if case.lived.life.away_until is None:
        return
    for state in case.open:
        terms = case.terms_of(state)
        term = terms.handoff(state.key)
        if term is not None:
            reason = next(
                (why for why, way in term.reject_reasons if way == case.lived.detour and not _final(way, terms)), None
            )
            case.put(recycle(state, DESK, reason, terms, case.instant, case.calendar(state)))


def _final(detour: str, terms: Terms) -> bool:
    return any(d.final for d in terms.detours if d.key == detour)


def _offer(entry: Entry, case: Case) -> None:
    """A stage with a hand-off was entered: offer it, unless something has gone on from there already."""
    since, life, last = case.situation.since, case.lived.life, case.lived.last
    standing = last is not None and (last.cycle, last.stage) == (entry.cycle, entry.stage)
    new = since is None or entry.at >= since
    in_force = case.terms.in_force_from <= case.now
    if not (standing and new and in_force) or life.away_until is not None or case.situation.gone_to is not None:
        return
    for term in case.terms.handoffs:
        there = [h for h in case.handoffs.values() if h.key == term.key and (h.open or h.cycle == entry.cycle)]
        if term.at == entry.stage and not there:
            offer(entry, term, case)
