"""Rows of handoff_events.csv: offered; accepted, rejected or lapsed; worked; converted, or returned and recycled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from oarlock.demo import columns, entity_rows, staff
from oarlock.demo.batches import Batch
from oarlock.demo.draws import Flags, Ints, stream
from oarlock.demo.ledger import learned, ordered, same
from oarlock.demo.seasons import CHANGE, END, NEVER
from oarlock.demo.selling import REASONS, RECYCLED_AFTER, Handoffs


@dataclass(frozen=True, slots=True)
class _Step:
    """One kind of event: whom it happened to, when, by and to whom (places in `staff.STAFF`; a word for `by`)."""

    kind: str
    which: Flags
    at: Ints
    by: Ints | str
    to: Ints | None = None
    due: Ints | None = None
    late: float = 0.02


def _steps(given: Handoffs) -> tuple[_Step, ...]:
    """All steps of one cycle's hand-offs."""
    everyone = np.ones(given.count, dtype=np.bool_)
    moved = given.moved < NEVER
    owner = given.owner
    return (
        _Step("offered", everyone, given.offered, "routing", given.first_owner, given.due, 0.0),
        _Step("reminded", given.reminded < NEVER, given.reminded, "clock", given.first_owner, late=0.0),
        _Step("reassigned", moved, given.moved, "clock", owner, given.moved_due, 0.0),
        _Step(
            "notified",
            given.notified < NEVER,
            given.notified,
            "clock",
            np.full(given.count, staff.number("sam")),
            late=0.0,
        ),
        _Step("accepted", given.accepted, given.answered, owner),
        _Step("rejected", given.rejected, given.answered, owner),
        _Step("lapsed", given.lapsed, given.answered, "clock", late=0.0),
        _Step("worked", given.accepted, given.attempt_at[:, 0], owner),
        _Step("converted", given.met < NEVER, given.met, owner),
        _Step("returned", given.accepted & (given.reason >= 0), given.ended, owner),
        _Step("recycled", ~given.rejected & (given.ended < NEVER), given.ended + RECYCLED_AFTER, "routing", late=0.0),
    )


def _events(rng: np.random.Generator, made: Batch, given: Handoffs, ids: pa.Array, step: _Step, turn: int) -> pa.Table:
    """The rows of one step that happened within the history."""
    rows = np.flatnonzero(step.which & (step.at <= END))
    at, gone = step.at[rows], step.kind in ("rejected", "returned", "recycled")
    by = same(step.by, rows.size) if isinstance(step.by, str) else columns.words(staff.KEYS, step.by[rows])
    return pa.table({
        "handoff_id": columns.chosen(ids, rows),
        "at": at,
        "recorded_at": learned(rng, at, step.late),
        "person_id": entity_rows.person_ids(made.crowd, given.person[rows]),
        "cycle": same(str(turn + 1), rows.size),
        "kind": same(step.kind, rows.size),
        "by": by,
        "to": columns.nothing(rows.size) if step.to is None else columns.words(staff.KEYS, step.to[rows]),
        "reason": columns.words(REASONS, given.reason[rows] if gone else np.full(rows.size, -1)),
        "due_at": np.full(rows.size, NEVER) if step.due is None else step.due[rows],
        "agreement": columns.words(("1", "2"), (given.offered[rows] >= CHANGE).astype(np.int64)),
    })  # fmt: skip


def handoff_events(seed: int, number: int, made: Batch, first: int, first_handoff: int) -> tuple[pa.Table, int]:
    """The rows, numbered from `first` on, and the number the next batch's hand-offs begin with."""
    rng = stream(seed, "events", number)
    pieces = []
    for turn, cycle in enumerate(made.cycles):
        ids = columns.numbered("h-", first_handoff + np.arange(cycle.given.count))
        first_handoff += cycle.given.count
        pieces += [_events(rng, made, cycle.given, ids, step, turn) for step in _steps(cycle.given)]
    return ordered(pieces, "event_id", "e-", first), first_handoff
