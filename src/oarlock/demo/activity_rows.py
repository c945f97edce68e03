"""Rows of activities.csv and opportunity_contacts.csv: calls, mails and meetings, and who sits at the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from oarlock.demo import columns, entity_rows, staff
from oarlock.demo.batches import Batch
from oarlock.demo.deals import Deals
from oarlock.demo.draws import Ints, chance, stream
from oarlock.demo.ledger import learned, ordered
from oarlock.demo.seasons import END, NEVER, after_work
from oarlock.demo.selling import Handoffs

KINDS = ("call.made", "mail.sent", "meeting.held", "meeting.no_show")
CALL, MAIL, HELD, NO_SHOW = range(len(KINDS))
OUTCOMES = ("reached", "no answer", "replied")
REACHED, NO_ANSWER, REPLIED = range(len(OUTCOMES))
_MINUTES = (None, *(str(minute) for minute in range(1, 200)))


@dataclass(frozen=True, slots=True)
class _Acts:
    """What sellers did: `kind`, `outcome` (-1 = none) as codes, `minutes` 0 where there are none."""

    person: Ints
    at: Ints
    user: Ints
    kind: Ints
    outcome: Ints
    minutes: Ints
    deal: pa.Array | None = None


def _rows(rng: np.random.Generator, made: Batch, acts: _Acts) -> pa.Table:
    """Such acts as rows; one mail in eight is an answer that came in."""
    inbound = (acts.kind == MAIL) & chance(rng, 0.12, acts.at.size)
    return pa.table({
        "at": acts.at,
        "recorded_at": learned(rng, acts.at, 0.03),
        "person_id": entity_rows.person_ids(made.crowd, acts.person),
        "opportunity_id": columns.nothing(acts.at.size) if acts.deal is None else acts.deal,
        "user_id": columns.words(staff.KEYS, acts.user),
        "kind": columns.words(KINDS, acts.kind),
        "direction": columns.words(("out", "in"), inbound.astype(np.int64)),
        "outcome": columns.words(OUTCOMES, acts.outcome),
        "minutes": columns.words(_MINUTES, acts.minutes),
    })  # fmt: skip


def _attempts(rng: np.random.Generator, given: Handoffs) -> _Acts:
    """Calls and mails to reach somebody after accepting; the last one reaches those who then met us."""
    handoff, attempt = np.nonzero(given.attempt_at <= END)
    at = given.attempt_at[handoff, attempt]
    call = chance(rng, 0.55, at.size)
    reached = (attempt + 1 == given.attempts[handoff]) & (given.met[handoff] < NEVER)
    outcome = np.where(reached, np.where(call, REACHED, REPLIED), np.where(call, NO_ANSWER, -1))
    minutes = np.where(call, np.where(reached, rng.integers(5, 25, at.size), 1), 0)
    return _Acts(given.person[handoff], at, given.owner[handoff], np.where(call, CALL, MAIL), outcome, minutes)


def _meetings(rng: np.random.Generator, given: Handoffs, at: Ints, kind: int) -> _Acts:
    """First meetings: held, or nobody came."""
    rows = np.flatnonzero(at <= END)
    minutes = rng.integers(25, 60, rows.size) * (kind == HELD)
    return _Acts(
        given.person[rows], at[rows], given.owner[rows], np.full(rows.size, kind), np.full(rows.size, -1), minutes
    )


def _deal_work(rng: np.random.Generator, closing: Deals, ids: pa.Array) -> _Acts:
    """What account executives do while a deal is open: meetings, calls and mails in office hours over its life."""
    deal = np.repeat(np.arange(closing.count), rng.integers(3, 9, closing.count))
    until = np.minimum(closing.closed, END)[deal]
    begun = closing.created[deal]
    at = begun + (rng.random(deal.size) * np.maximum(until - begun, 2)).astype(np.int64)
    at = np.minimum(after_work(at, rng.integers(60, 3_600, deal.size)), until)
    kind = np.array([HELD, CALL, CALL, MAIL, MAIL, MAIL])[rng.integers(0, 6, deal.size)]
    longest = np.array([40, 1, 90, 1])[kind]
    minutes = (5 + rng.random(deal.size) * longest).astype(np.int64) * (kind != MAIL)
    none = np.full(deal.size, -1)
    return _Acts(closing.person[deal], at, closing.owner[deal], kind, none, minutes, columns.chosen(ids, deal))


def activities(seed: int, number: int, made: Batch, deals: Sequence[tuple[Deals, pa.Array]], first: int) -> pa.Table:
    """The rows, numbered from `first` on. `deals` are the batch's opportunities with their ids, a pair a cycle."""
    rng = stream(seed, "activities", number)
    acts = []
    for cycle, (closing, ids) in zip(made.cycles, deals, strict=True):
        given = cycle.given
        acts += [
            _attempts(rng, given),
            _meetings(rng, given, given.met, HELD),
            _meetings(rng, given, given.missed, NO_SHOW),
        ]
        acts.append(_deal_work(rng, closing, ids))
    return ordered([_rows(rng, made, some) for some in acts], "activity_id", "v-", first)


def contacts(rng: np.random.Generator, made: Batch, closing: Deals, ids: pa.Array) -> pa.Table:
    """Rows of opportunity_contacts.csv: the person met, and often a colleague of the same company."""
    mates = _colleague(made, closing.person)
    mated = np.flatnonzero((mates >= 0) & chance(rng, 0.6, closing.count))
    role = np.where(made.crowd.level[closing.person] >= 3, 0, 1)
    who = np.concatenate([closing.person, mates[mated]])
    return pa.table({
        "opportunity_id": pa.concat_arrays([ids, columns.chosen(ids, mated)]),
        "person_id": entity_rows.person_ids(made.crowd, who),
        "role": columns.words(
            ("decision maker", "champion", "user"), np.concatenate([role, np.full(mated.size, 2)])
        ),
    })  # fmt: skip


def _colleague(made: Batch, person: Ints) -> Ints:
    """The next person of the same company, or -1."""
    account = made.crowd.account
    order = np.argsort(account, kind="stable")
    following = np.full(account.size, -1)
    same = account[order[1:]] == account[order[:-1]]
    following[order[:-1]] = np.where(same & (account[order[:-1]] >= 0), order[1:], -1)
    return np.asarray(following[person], dtype=np.int64)
