"""The rows of one batch that say what happened: hand-off events, activities, and the history of fields.

Each ledger is put together from pieces of one kind, then ordered by time and numbered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from oarlock.demo import columns, recording, sheets, staff, words
from oarlock.demo.batches import Batch, Cycle
from oarlock.demo.deals import STAGES, Deals
from oarlock.demo.draws import Flags, Ints, chance, skewed, stream
from oarlock.demo.seasons import DAY, END, NEVER, START, seconds
from oarlock.demo.selling import FINAL, REASONS, Handoffs

_TEXT = pa.large_string()


def _learned(rng: np.random.Generator, at: Ints, odds: float) -> Ints:
    """When a fact came to be known: at once, or, with these odds, days later; never after the history's end."""
    later = seconds(skewed(rng, at.size, 2.5, 0.7))
    return np.minimum(at + np.where(chance(rng, odds, at.size), later, rng.integers(0, 90, at.size)), END)


def _ordered(pieces: list[pa.Table], key: str, prefix: str, first: int) -> pa.Table:
    """Pieces of a ledger as one table in time order, numbered from `first` on; instants as text."""
    table = pa.concat_tables(pieces).combine_chunks()
    at = table["at"].to_numpy()
    table = table.take(pa.array(np.argsort(at, kind="stable")))
    for name in ("at", "recorded_at", "due_at"):
        if name in table.column_names:
            instants = table[name].to_numpy()
            stamped = columns.stamps(instants, instants < NEVER)
            table = table.set_column(table.column_names.index(name), name, stamped)
    return table.add_column(0, key, columns.numbered(prefix, first + np.arange(table.num_rows), 8))


def _full(text: str | None, count: int) -> pa.Array:
    return pa.array([text], _TEXT).take(pa.array(np.zeros(count, dtype=np.int64)))


# hand-off events


def _events(
    made: Batch, given: Handoffs, ids: pa.Array, which: Flags, kind: str, at: Ints, turn: int, rng: np.random.Generator
) -> pa.Table:  # fmt: skip
    """The events of one kind for those hand-offs to which it happened within the history."""
    rows = np.flatnonzero(which & (at <= END))
    count, instants = rows.size, at[rows]
    seller = columns.words(staff.KEYS, given.owner[rows])
    offered = kind == "offered"
    gone = kind in ("rejected", "returned")
    version = np.where(given.offered[rows] < recording.CHANGE, 0, 1)
    return pa.table({
        "handoff_id": columns.chosen(ids, rows),
        "at": instants,
        "recorded_at": _learned(rng, instants, 0.0 if offered else 0.02),
        "person_id": sheets.person_ids(made.crowd, given.person[rows]),
        "cycle": columns.numbers(np.full(count, turn + 1)),
        "kind": _full(kind, count),
        "by": _full("routing", count) if offered else _full("clock", count) if kind == "lapsed" else seller,
        "to": seller if offered else columns.nothing(count),
        "reason": columns.words(REASONS, np.where(gone, given.reason[rows], -1)),
        "due_at": given.due[rows] if offered else np.full(count, NEVER),
        "agreement": columns.words(("1", "2"), version),
    })  # fmt: skip


def handoff_events(seed: int, number: int, made: Batch, first: int, first_handoff: int) -> tuple[pa.Table, int]:
    """Rows of handoff_events.csv, and the number the next batch's hand-offs begin with."""
    pieces = []
    for turn, cycle in enumerate(made.cycles):
        given = cycle.given
        rng = stream(seed, "activities", (number * 8 + turn) * 2)
        ids = columns.numbered("h-", first_handoff + np.arange(given.count))
        first_handoff += given.count
        everyone = np.ones(given.count, dtype=np.bool_)
        steps = (
            ("offered", everyone, given.offered),
            ("accepted", given.accepted, given.answered),
            ("rejected", given.rejected, given.answered),
            ("lapsed", given.lapsed, given.answered),
            ("worked", given.accepted, given.attempt_at[:, 0]),
            ("converted", given.met < NEVER, given.met),
            ("returned", given.accepted & (given.reason >= 0), given.ended),
        )
        pieces += [_events(made, given, ids, which, kind, at, turn, rng) for kind, which, at in steps]
    return _ordered(pieces, "event_id", "e-", first), first_handoff


# activities


def _activity(
    made: Batch, person: Ints, at: Ints, user: Ints, kinds: tuple[str, ...], kind: Ints, outcomes: tuple[str | None, ...],
    outcome: Ints, minutes: Ints, deal: pa.Array | None, rng: np.random.Generator,
) -> pa.Table:  # fmt: skip
    """Activities of sellers; `deal` = the opportunity each belongs to."""
    inbound = chance(rng, 0.12, at.size) & np.isin(kind, [place for place, word in enumerate(kinds) if "mail" in word])
    return pa.table({
        "at": at,
        "recorded_at": _learned(rng, at, 0.03),
        "person_id": sheets.person_ids(made.crowd, person),
        "opportunity_id": columns.nothing(at.size) if deal is None else deal,
        "user_id": columns.words(staff.KEYS, user),
        "kind": columns.words(kinds, kind),
        "direction": columns.words(("out", "in"), inbound.astype(np.int64)),
        "outcome": columns.words(outcomes, outcome),
        "minutes": columns.words([None, *map(str, range(1, 200))], minutes),
    })  # fmt: skip


def _attempts(made: Batch, given: Handoffs, rng: np.random.Generator) -> pa.Table:
    """Calls and mails to reach somebody after accepting."""
    handoff, attempt = np.nonzero(given.attempt_at <= END)
    at = given.attempt_at[handoff, attempt]
    kind = np.where(chance(rng, 0.55, at.size), 0, 1)
    last = attempt + 1 == given.attempts[handoff]
    reached = last & (given.met[handoff] < NEVER)
    outcome = np.where(kind == 1, np.where(reached, 2, -1), np.where(reached, 0, 1))
    minutes = np.where(kind == 1, 0, np.where(reached, rng.integers(5, 25, at.size), 1))
    kinds, outcomes = ("call.made", "mail.sent"), ("reached", "no answer", "replied")
    return _activity(
        made, given.person[handoff], at, given.owner[handoff], kinds, kind, outcomes, outcome, minutes, None, rng
    )


def _meetings(made: Batch, given: Handoffs, rng: np.random.Generator) -> list[pa.Table]:
    """First meetings: held, or nobody came."""
    pieces = []
    for kind, at in (("meeting.held", given.met), ("meeting.no_show", given.missed)):
        rows = np.flatnonzero(at <= END)
        none = np.zeros(rows.size, dtype=np.int64)
        length = rng.integers(25, 60, rows.size) if kind == "meeting.held" else none
        pieces.append(
            _activity(
                made, given.person[rows], at[rows], given.owner[rows], (kind,), none, (None,), none, length, None, rng
            )
        )
    return pieces


def _deal_work(made: Batch, closing: Deals, ids: pa.Array, rng: np.random.Generator) -> pa.Table:
    """What account executives do while a deal is open: meetings, calls and mails, spread over its life."""
    often = rng.integers(3, 9, closing.count)
    deal = np.repeat(np.arange(closing.count), often)
    until = np.minimum(closing.closed, END)
    span = np.maximum(until - closing.created, 2)[deal]
    at = closing.created[deal] + (rng.random(deal.size) * span).astype(np.int64)
    kind = np.array([0, 1, 1, 2, 2, 2])[rng.integers(0, 6, deal.size)]
    minutes = np.where(
        kind == 0, rng.integers(30, 90, deal.size), np.where(kind == 1, rng.integers(2, 40, deal.size), 0)
    )
    kinds = ("meeting.held", "call.made", "mail.sent")
    return _activity(
        made, closing.person[deal], at, closing.owner[deal], kinds, kind, ("done",), np.where(kind == 0, 0, -1),
        minutes, columns.chosen(ids, deal), rng,
    )  # fmt: skip


def activities(seed: int, number: int, made: Batch, deal_ids: list[pa.Array], first: int) -> pa.Table:
    """Rows of activities.csv. `deal_ids` are the opportunities' ids, a column for each cycle."""
    pieces = []
    for turn, cycle in enumerate(made.cycles):
        rng = stream(seed, "activities", (number * 8 + turn) * 2 + 1)
        pieces += [_attempts(made, cycle.given, rng), *_meetings(made, cycle.given, rng)]
        pieces.append(_deal_work(made, cycle.won_or_lost, deal_ids[turn], rng))
    return _ordered(pieces, "activity_id", "v-", first)


# history of fields


@dataclass(frozen=True, slots=True)
class _Written:
    """A field of some entities taking values: `by` and `origin` as codes, -1 = not said."""

    entity: str
    ids: pa.Array
    field: str
    value: pa.Array
    at: Ints
    by: Ints | None = None
    origin: Ints | None = None


def _changes(rng: np.random.Generator, written: _Written, late: float = 0.01) -> pa.Table:
    """The rows of such a writing; those after the end of the history are left out."""
    count = written.at.size
    nobody = np.full(count, -1)
    table = pa.table({
        "at": written.at,
        "recorded_at": _learned(rng, np.minimum(written.at, END), late),
        "entity": _full(written.entity, count),
        "entity_id": written.ids,
        "field": _full(written.field, count),
        "value": written.value,
        "by": columns.words(staff.KEYS, nobody if written.by is None else written.by),
        "origin": columns.words(recording.ORIGINS, nobody if written.origin is None else written.origin),
    })  # fmt: skip
    return table.filter(pa.array(written.at <= END))


def _stage_writings(made: Batch, cycle: Cycle, rng: np.random.Generator) -> list[_Written]:
    """The CRM's recorded stage through one cycle."""
    given, closing, marks = cycle.given, cycle.won_or_lost, cycle.marks
    everyone = np.arange(given.count)
    final = given.rejected & (given.reason < FINAL)
    hand = np.full(given.count, recording.HAND)
    flow = np.full(given.count, recording.WORKFLOW)
    slack = seconds(skewed(rng, given.count, 4, 0.6)) * chance(rng, 0.08, given.count)
    steps = [
        (sheets.MQL, everyone, marks.at[given.person], marks.by[given.person], marks.origin[given.person]),
        (sheets.SAL, np.flatnonzero(given.accepted), given.answered, given.owner, hand),
        (
            sheets.SQL,
            np.flatnonzero((given.met < NEVER) & ~chance(rng, 0.04, given.count)),
            given.met + 600 + slack,
            given.owner,
            hand,
        ),
        (sheets.DISQUALIFIED, np.flatnonzero(final), given.ended + 60, given.owner, hand),
        (
            sheets.RECYCLED,
            np.flatnonzero(~final & (given.ended < NEVER)),
            given.ended + 60,
            np.full(given.count, -1),
            flow,
        ),
    ]
    writings = [
        _stage_written(made, given.person[rows], stage, at[rows], by[rows], origin[rows])
        for stage, rows, at, by, origin in steps
    ]
    return [*writings, *_deal_stages(made, closing)]


def _deal_stages(made: Batch, closing: Deals) -> list[_Written]:
    """Opportunity, customer and recycled, as the CRM wrote them on the person of a deal."""
    flow = np.full(closing.count, recording.WORKFLOW)
    won = np.flatnonzero(closing.won & (closing.closed < NEVER))
    lost = np.flatnonzero(closing.lost)
    return [
        _stage_written(made, closing.person, sheets.OPPORTUNITY, closing.created + 30, closing.owner, flow),
        _stage_written(
            made, closing.person[won], sheets.CUSTOMER, closing.closed[won] + 60, closing.owner[won], flow[won]
        ),
        _stage_written(
            made, closing.person[lost], sheets.RECYCLED, closing.closed[lost] + 60, closing.owner[lost], flow[lost]
        ),
    ]


def _stage_written(made: Batch, person: Ints, stage: int, at: Ints, by: Ints, origin: Ints) -> _Written:
    ids = sheets.person_ids(made.crowd, person)
    return _Written("person", ids, "recorded_stage", _full(sheets.RECORDED[stage], at.size), at, by, origin)


def _person_writings(made: Batch) -> list[_Written]:
    """First values and corrections of people: stage Lead, the address where it came apart, the job level."""
    crowd = made.crowd
    rows = np.arange(crowd.count)
    flow = np.full(crowd.count, recording.WORKFLOW)
    before = made.seen.at[made.seen.start[:-1]] < crowd.created
    apart = np.flatnonzero((before | (crowd.email_at != crowd.created)) & (crowd.email_at < NEVER))
    moved = np.flatnonzero(crowd.level_at < NEVER)
    levels = [columns.words(words.JOB_LEVELS, level[moved]) for level in (crowd.level_first, crowd.level)]
    ids = [sheets.person_ids(crowd, which) for which in (apart, moved)]
    address = columns.chosen(sheets.emails(crowd, made.companies), apart)
    return [
        _stage_written(made, rows, sheets.LEAD, crowd.created, np.full(crowd.count, -1), flow),
        _Written("person", ids[0], "email", address, crowd.email_at[apart]),
        _Written("person", ids[1], "job_level", levels[0], crowd.created[moved]),
        _Written("person", ids[1], "job_level", levels[1], crowd.level_at[moved]),
    ]


def _account_writings(made: Batch) -> list[_Written]:
    """Numbers of employees that were wrong at first."""
    companies = made.companies
    mended = np.flatnonzero(companies.employees_at < NEVER)
    ids = sheets.account_ids(companies, mended)
    begin = np.full(mended.size, START - 30 * DAY)
    return [
        _Written("account", ids, "employees", columns.numbers(companies.employees_first[mended]), begin),
        _Written(
            "account", ids, "employees", columns.numbers(companies.employees[mended]), companies.employees_at[mended]
        ),
    ]


def _deal_writings(closing: Deals, ids: pa.Array) -> list[_Written]:
    """Stage, status and amount of opportunities."""
    rows = np.arange(closing.count)
    haggled = np.flatnonzero(closing.first_cents != closing.cents)
    end = np.where(closing.won, 3, 4)

    def written(field: str, value: pa.Array, at: Ints, which: Ints = rows) -> _Written:
        return _Written("opportunity", columns.chosen(ids, which), field, value, at, closing.owner[which])

    return [
        written("stage", _full(STAGES[0], rows.size), closing.created),
        written("stage", _full(STAGES[1], rows.size), closing.proposal),
        written("stage", _full(STAGES[2], rows.size), closing.negotiation),
        written("stage", columns.words(STAGES, end), closing.closed),
        written("status", _full("open", rows.size), closing.created),
        written("status", columns.words(("won", "lost"), end - 3), closing.closed),
        written("amount", columns.money(closing.first_cents), closing.created),
        written("amount", columns.money(closing.cents[haggled]), closing.negotiation[haggled], haggled),
    ]


def changes(seed: int, number: int, made: Batch, deal_ids: list[pa.Array], first: int) -> pa.Table:
    """Rows of changes.csv. `deal_ids` has a column for each cycle, then one for the early deals."""
    rng = stream(seed, "history", number)
    writings = [*_person_writings(made), *_account_writings(made), *_deal_stages(made, made.early)]
    for cycle in made.cycles:
        writings += _stage_writings(made, cycle, rng)
    for closing, ids in zip((*(cycle.won_or_lost for cycle in made.cycles), made.early), deal_ids, strict=True):
        writings += _deal_writings(closing, ids)
    table = _ordered([_changes(rng, written) for written in writings], "change_id", "x-", first)
    return table


def contacts(seed: int, number: int, made: Batch, closing: Deals, ids: pa.Array) -> pa.Table:
    """Rows of opportunity_contacts.csv: the person met, and sometimes a colleague of the same company."""
    rng = stream(seed, "activities", 2_000_000 + number)
    mates = _colleague(made, closing.person)
    with_mate = np.flatnonzero((mates >= 0) & chance(rng, 0.5, closing.count))
    role = np.where(made.crowd.level[closing.person] >= 3, 0, 1)
    return pa.table({
        "opportunity_id": pa.concat_arrays([ids, columns.chosen(ids, with_mate)]),
        "person_id": pa.concat_arrays(
            [sheets.person_ids(made.crowd, closing.person), sheets.person_ids(made.crowd, mates[with_mate])]
        ),
        "role": columns.words(("decision maker", "champion", "user"), np.concatenate([role, np.full(with_mate.size, 2)])),
    })  # fmt: skip


def _colleague(made: Batch, person: Ints) -> Ints:
    """The next person of the same company, or -1."""
    account = made.crowd.account
    order = np.argsort(account, kind="stable")
    following = np.full(account.size, -1)
    same = account[order[1:]] == account[order[:-1]]
    following[order[:-1]] = np.where(same & (account[order[:-1]] >= 0), order[1:], -1)
    return np.asarray(following[person], dtype=np.int64)
