"""The stage the CRM recorded for each person, step by step: what somebody or something wrote, when, and which way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oarlock.demo import recording, staff
from oarlock.demo.batches import Batch, Cycle
from oarlock.demo.deals import Deals
from oarlock.demo.draws import Ints, chance, skewed, stream
from oarlock.demo.seasons import DAY, END, NEVER, after_work, seconds
from oarlock.demo.selling import FINAL, Handoffs

RECORDED = (
    "Lead", "Marketing Qualified Lead", "Sales Accepted Lead", "Sales Qualified Lead", "Opportunity", "Customer",
    "Recycled", "Disqualified",
)  # fmt: skip
"""The CRM's own names for the stages and detours, as the agreements' `recorded_as` has them."""
LEAD, MQL, SAL, SQL, OPPORTUNITY, CUSTOMER, RECYCLED, DISQUALIFIED = range(len(RECORDED))


@dataclass(frozen=True, slots=True)
class Writing:
    """A stage written for some people: `by` a place in `staff.STAFF` or -1, `origin` a place in `recording.ORIGINS`.

    `struck`: an operator also took them out by hand (the field `stage`).
    """

    stage: int
    person: Ints
    at: Ints
    by: Ints
    origin: Ints
    struck: bool = False


def writings(seed: int, number: int, made: Batch) -> tuple[Writing, ...]:
    """All that was written about the batch's people, in no order; nothing after the end of the history."""
    rng = stream(seed, "stages", number)
    everybody = np.arange(made.crowd.count)
    found = [_written(LEAD, everybody, made.crowd.created), _struck(rng, made)]
    for cycle in made.cycles:
        found += [*_of_handoffs(rng, cycle), *_of_deals(cycle.won_or_lost)]
    found += _of_deals(made.early)
    return tuple(_within(writing) for writing in found)


def _written(stage: int, person: Ints, at: Ints, by: Ints | None = None, origin: Ints | None = None) -> Writing:
    """A writing; by the workflow unless somebody is named (then by hand)."""
    if origin is None:
        origin = np.full(person.size, recording.WORKFLOW if by is None else recording.HAND)
    return Writing(stage, person, at, np.full(person.size, -1) if by is None else by, origin)


def _within(writing: Writing) -> Writing:
    """Without what came after the end of the history."""
    seen = writing.at <= END
    return Writing(
        writing.stage, writing.person[seen], writing.at[seen], writing.by[seen], writing.origin[seen], writing.struck
    )


def _struck(rng: np.random.Generator, made: Batch) -> Writing:
    """A few people operations took out by hand: competitors, mostly."""
    quiet = np.flatnonzero((made.cycles[0].marks.at >= NEVER) & chance(rng, 0.0015, made.crowd.count))
    quiet = np.setdiff1d(quiet, made.early.person)
    at = after_work(made.crowd.created[quiet] + 2 * DAY, rng.integers(60, 40_000, quiet.size))
    by = np.full(quiet.size, staff.number("olive"))
    return Writing(DISQUALIFIED, quiet, at, by, np.full(quiet.size, recording.HAND), struck=True)


def _of_handoffs(rng: np.random.Generator, cycle: Cycle) -> list[Writing]:
    """MQL, accepted, qualified, and the two ways out; one in twelve meetings is written down days late."""
    given, marks = cycle.given, cycle.marks
    late = seconds(skewed(rng, given.count, 4, 0.6)) * chance(rng, 0.08, given.count)
    known = np.minimum(given.met + 600 + late, _next_step(given, cycle.won_or_lost))
    accepted = np.flatnonzero(given.accepted)
    met = np.flatnonzero((given.met < NEVER) & ~chance(rng, 0.04, given.count))
    final = np.flatnonzero(given.rejected & (given.reason < FINAL))
    away = np.setdiff1d(np.flatnonzero(given.ended < NEVER), final)
    who = given.person
    return [
        _written(MQL, who, marks.at[who], marks.by[who], marks.origin[who]),
        _written(SAL, who[accepted], given.answered[accepted], given.owner[accepted]),
        _written(SQL, who[met], known[met], given.owner[met]),
        _written(DISQUALIFIED, who[final], given.ended[final] + 60, given.owner[final]),
        _written(RECYCLED, who[away], given.ended[away] + 60),
    ]


def _next_step(given: Handoffs, closing: Deals) -> Ints:
    """When the deal of each hand-off was made, or NEVER."""
    made = np.full(given.count, NEVER)
    made[closing.handoff] = closing.created
    return made


def _of_deals(closing: Deals) -> list[Writing]:
    """Opportunity, customer and recycled, as the CRM writes them on the person of a deal."""
    won = np.flatnonzero(closing.won & (closing.closed < NEVER))
    lost = np.flatnonzero(closing.lost)
    return [
        _written(OPPORTUNITY, closing.person, closing.created + 30),
        _written(CUSTOMER, closing.person[won], closing.closed[won] + 60),
        _written(RECYCLED, closing.person[lost], closing.closed[lost] + 60),
    ]


def standing(made: Batch, written: tuple[Writing, ...]) -> Ints:
    """The stage each person has in the CRM at the end: the last one written."""
    person = np.concatenate([w.person for w in written])
    at = np.concatenate([w.at for w in written])
    stage = np.concatenate([np.full(w.person.size, w.stage) for w in written])
    order = np.argsort(at, kind="stable")
    last = np.full(made.crowd.count, LEAD)
    last[person[order]] = stage[order]
    return last
