"""Two records of one person become one, and can become two again: both are facts, and nothing is thrown away.

compare(gone_id, kept_id)        what each says, side by side, and what would move
merge(gone_id, kept_id, take)    the fact `merged_into`; `take` names fields whose value the one who goes has right
part(gone_id)                    the undoing, a fact as well
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from oarlock.ground.problems import UserProblem
from oarlock.store.models import (
    Activity,
    Erasure,
    HandoffEvent,
    Opportunity,
    OpportunityContact,
    Person,
    PersonState,
    Touch,
)
from oarlock.store.reads.people import values_of
from oarlock.store.writes.audit import Acting, note
from oarlock.store.writes.judging import judge, merged_away
from oarlock.store.writes.records import Said, learn

ORIGIN = "merge"


@dataclass(frozen=True, slots=True)
class Beside:
    """One field of two people: what each says; `take`: the one who goes knows it and the one who stays does not."""

    field: str
    gone: str | None
    kept: str | None
    take: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two people side by side, and how much of the one who goes is told of the one who stays from then on."""

    gone_id: str
    kept_id: str
    fields: tuple[Beside, ...]
    moves: tuple[tuple[str, int], ...]


def compare(gone_id: str, kept_id: str) -> Comparison:
    """Two people side by side. UserProblem where they cannot be merged."""
    gone, kept = _mergeable(gone_id, kept_id)
    ours, theirs = dict(values_of(kept)), dict(values_of(gone))
    names = [*ours, *(name for name in theirs if name not in ours)]
    fields = tuple(
        Beside(name, theirs.get(name), ours.get(name), ours.get(name) is None and theirs.get(name) is not None)
        for name in names
        if ours.get(name) is not None or theirs.get(name) is not None
    )
    moves = (
        ("touches", Touch.objects.filter(person_id=gone_id).count()),
        ("activities", Activity.objects.filter(person_id=gone_id).count()),
        ("hand-off events", HandoffEvent.objects.filter(person_id=gone_id).count()),
        ("opportunities", Opportunity.objects.filter(person_id=gone_id).count()),
        ("parts in deals", OpportunityContact.objects.filter(person_id=gone_id).count()),
    )
    return Comparison(gone_id, kept_id, fields, moves)


def merge(gone_id: str, kept_id: str, take: Collection[str] = (), *, acting: Acting, by: str, now: datetime) -> None:
    """From now on everything of the one is told of the other. `take`: fields of the one who goes that win."""
    with transaction.atomic():
        compared = compare(gone_id, kept_id)
        said = [Said("person", gone_id, "merged_into", kept_id)]
        said += [
            Said("person", kept_id, f.field, f.gone) for f in compared.fields if f.field in take and f.gone != f.kept
        ]
        behind = merged_away(gone_id)
        learn(said[:1], acting=acting, by=by, origin=ORIGIN, now=now)
        judge(behind, now=now)
        if said[1:]:
            learn(said[1:], acting=acting, by=by, origin=ORIGIN, now=now)
        judge([kept_id], now=now)
        detail = {"into": kept_id, "taken": sorted(s.field for s in said[1:])}
        note("merged", "person", gone_id, detail, acting=acting, now=now)


def part(gone_id: str, *, acting: Acting, by: str, now: datetime) -> str:
    """Let somebody who was merged away stand alone again; the id of who had taken them over.

    Values that were taken over stay: they are facts of their own, and are set back by hand.
    """
    with transaction.atomic():
        state = PersonState.objects.filter(pk=gone_id).first()
        if state is None or state.merged_into is None:
            raise UserProblem(
                "not-merged", "This person was not merged into anybody.", "It may have been undone before."
            )
        kept_id, others = state.merged_into, merged_away(state.merged_into)
        learn([Said("person", gone_id, "merged_into", None)], acting=acting, by=by, origin=ORIGIN, now=now)
        judge(others, now=now)
        judge([gone_id], now=now)
        judge([kept_id], now=now)
        note("parted", "person", gone_id, {"from": kept_id}, acting=acting, now=now)
        return kept_id


def _mergeable(gone_id: str, kept_id: str) -> tuple[Person, Person]:
    found = Person.objects.in_bulk([gone_id, kept_id])
    if gone_id == kept_id:
        raise UserProblem("same-person", "These are one record already.", "", "Choose another one.")
    if len(found) < 2:
        raise UserProblem("unknown-person", "One of the two is not there.", "", "Go back to the list.")
    for state in PersonState.objects.filter(pk__in=[gone_id, kept_id], merged_into__isnull=False):
        raise UserProblem("merged", f"{state.person_id} was merged into somebody before.", "", "Undo that first.")
    for erased in Erasure.objects.filter(pk__in=[gone_id, kept_id]):
        raise UserProblem(
            "erased", f"{erased.person_id} was erased on request.", "Nobody can tell whether they are one."
        )
    return found[gone_id], found[kept_id]
