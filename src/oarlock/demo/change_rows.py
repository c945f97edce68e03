"""Rows of changes.csv: the history of the fields rules and numbers need, first values too.

The CRM's recorded stage of everybody; addresses learned later than the person; job levels and numbers of employees
that were corrected; stage, status and amount of every opportunity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from oarlock.demo import columns, entity_rows, recording, staff, words
from oarlock.demo.batches import Batch
from oarlock.demo.deals import LOST_STAGE, STAGES, WON_STAGE, Deals
from oarlock.demo.draws import Ints, stream
from oarlock.demo.ledger import learned, ordered, same
from oarlock.demo.seasons import DAY, END, NEVER, START
from oarlock.demo.stages import RECORDED, Writing


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of some entities taking values: `by` and `origin` as codes, None = not said."""

    entity: str
    ids: pa.Array
    field: str
    value: pa.Array
    at: Ints
    by: Ints | None = None
    origin: Ints | None = None


def _rows(rng: np.random.Generator, written: _Field) -> pa.Table:
    """The rows of such a writing; those after the end of the history are left out."""
    count = written.at.size
    nobody = np.full(count, -1)
    table = pa.table({
        "at": written.at,
        "recorded_at": learned(rng, np.minimum(written.at, END), 0.01),
        "entity": same(written.entity, count),
        "entity_id": written.ids,
        "field": same(written.field, count),
        "value": written.value,
        "by": columns.words(staff.KEYS, nobody if written.by is None else written.by),
        "origin": columns.words(recording.ORIGINS, nobody if written.origin is None else written.origin),
    })  # fmt: skip
    return table.filter(pa.array(written.at <= END))


def _of_stage(made: Batch, writing: Writing) -> list[_Field]:
    """The recorded stage, and where an operator struck people out, the field `stage`."""
    ids, count = entity_rows.person_ids(made.crowd, writing.person), writing.at.size
    recorded = _Field(
        "person", ids, "recorded_stage", same(RECORDED[writing.stage], count), writing.at, writing.by, writing.origin
    )
    if not writing.struck:
        return [recorded]
    return [
        recorded,
        _Field("person", ids, "stage", same("disqualified", count), writing.at, writing.by, writing.origin),
    ]


def _of_people(made: Batch) -> list[_Field]:
    """The address where it was learned later than the person, and the job level where it was corrected."""
    crowd = made.crowd
    apart = np.flatnonzero((crowd.email_at != crowd.created) & (crowd.email_at < NEVER))
    moved = np.flatnonzero(crowd.level_at < NEVER)
    old, new = (columns.words(words.JOB_LEVELS, level[moved]) for level in (crowd.level_first, crowd.level))
    ids = entity_rows.person_ids(crowd, moved)
    address = columns.chosen(entity_rows.emails(crowd, made.companies), apart)
    return [
        _Field("person", entity_rows.person_ids(crowd, apart), "email", address, crowd.email_at[apart]),
        _Field("person", ids, "job_level", old, crowd.created[moved]),
        _Field("person", ids, "job_level", new, crowd.level_at[moved]),
    ]


def _of_accounts(made: Batch) -> list[_Field]:
    """Numbers of employees that were wrong at first."""
    companies = made.companies
    mended = np.flatnonzero(companies.employees_at < NEVER)
    ids = entity_rows.account_ids(companies, mended)
    old, new = (columns.numbers(count[mended]) for count in (companies.employees_first, companies.employees))
    return [
        _Field("account", ids, "employees", old, np.full(mended.size, START - 30 * DAY)),
        _Field("account", ids, "employees", new, companies.employees_at[mended]),
    ]


def _of_deals(closing: Deals, ids: pa.Array) -> list[_Field]:
    """Stage, status and amount of opportunities."""
    everything = np.arange(closing.count)
    haggled = np.flatnonzero(closing.first_cents != closing.cents)

    def field(name: str, value: pa.Array, at: Ints, which: Ints = everything) -> _Field:
        return _Field("opportunity", columns.chosen(ids, which), name, value, at, closing.owner[which])

    return [
        *(field("stage", same(STAGES[place], closing.count), at) for place, at in enumerate(
            (closing.created, closing.proposal, closing.negotiation))),
        field("stage", columns.words(STAGES, np.where(closing.won, WON_STAGE, LOST_STAGE)), closing.closed),
        field("status", same("open", closing.count), closing.created),
        field("status", columns.words(("lost", "won"), closing.won.astype(np.int64)), closing.closed),
        field("amount", columns.money(closing.first_cents), closing.created),
        field("amount", columns.money(closing.cents[haggled]), closing.negotiation[haggled], haggled),
    ]  # fmt: skip


def changes(
    seed: int, number: int, made: Batch, written: Sequence[Writing], deals: Sequence[tuple[Deals, pa.Array]], first: int
) -> pa.Table:
    """The rows, numbered from `first` on. `deals` are the batch's opportunities with their ids."""
    rng = stream(seed, "history", number)
    fields = [*_of_people(made), *_of_accounts(made)]
    fields += [field for writing in written for field in _of_stage(made, writing)]
    fields += [field for closing, ids in deals for field in _of_deals(closing, ids)]
    return ordered([_rows(rng, field) for field in fields], "change_id", "x-", first)
