"""How people stand, as rows: stage entries and states as a life has them, many lives in few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oarlock.desk.lives import Lived
from oarlock.ground.intervals import micros
from oarlock.lifecycle.entries import Entry
from oarlock.store.models import PersonState, StageEntry
from oarlock.store.writes.rows import Row, upsert

ENTRY = ("person_id", "cycle", "stage", "at", "version", "because", "skipped")
STATE = ("person_id", "cycle", "stage", "since", "version", "detour", "back_at", "merged_into")


@dataclass(frozen=True, slots=True)
class Standing:
    """One person as they are to stand: their life (None: nobody has this id), who took them over, the entries there."""

    person_id: str
    lived: Lived | None
    gone_to: str | None
    there: tuple[Entry, ...]


def let_stand(standings: Sequence[Standing]) -> None:
    """Write what differs, inside the transaction that is open."""
    entered: list[Row] = []
    anew: list[str] = []
    for standing in standings:
        wanted = () if standing.lived is None or standing.gone_to else standing.lived.entries
        there = {_row(e)[1:3]: _row(e) for e in standing.there}
        rows = [_row(e) for e in wanted]
        if set(there) - {row[1:3] for row in rows} or any(there.get(row[1:3], row) != row for row in rows):
            anew.append(standing.person_id)
            there = {}
        entered += [row for row in rows if row[1:3] not in there]
    if anew:
        StageEntry.objects.filter(person_id__in=anew).delete()
    upsert("stage_entries", ENTRY, entered)
    nobody = [s.person_id for s in standings if s.lived is None]
    if nobody:
        PersonState.objects.filter(pk__in=nobody).delete()
    upsert("person_states", STATE, [_state(s, s.lived) for s in standings if s.lived], key=("person_id",))


def _row(e: Entry) -> Row:
    return (e.person_id, e.cycle, e.stage, micros(e.at), e.agreement, e.because, e.skipped)


def _state(standing: Standing, lived: Lived) -> Row:
    if standing.gone_to is not None:
        return (standing.person_id, 1, None, None, None, None, None, standing.gone_to)
    last, until = lived.last, lived.life.away_until
    place = (last.stage, micros(last.at), last.agreement) if last else (None, None, None)
    away = (lived.detour, micros(until)) if until is not None else (None, None)
    return (standing.person_id, lived.life.cycle, *place, *away, None)
