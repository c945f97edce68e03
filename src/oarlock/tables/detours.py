"""Who was away when: detour facts made into islands of absence, and the cycles between them.

Overlapping detours are one absence; the later way back wins. An absence ends at `until`; then the next cycle begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import ibis
import ibis.expr.types as ir

from oarlock.agreement.terms import Detour, Terms
from oarlock.lifecycle.life import INSTANT, NEVER
from oarlock.lifecycle.versions import Versions
from oarlock.tables.deals import deal_states
from oarlock.tables.lake import Lake
from oarlock.tables.streams import known
from oarlock.tables.texts import TIME_TYPE


def absences(lake: Lake, versions: Versions, until: datetime) -> ir.Table:
    """Columns: person_id, island (1, 2, ...: the cycle that ends), away_from, last (the latest detour fact of it),
    away_until, back_to (null = nowhere). One row an absence; cycle n+1 begins at its `away_until`."""
    facts = ibis.union(_nothing(lake), *_detour_facts(lake, versions, until))
    order = ["at", "away_until", "back_to"]
    marked = facts.mutate(
        gone=facts.away_until.max().over(ibis.window(group_by="person_id", order_by=order, rows=(None, -1)))
    )
    fresh = ibis.ifelse(marked.gone.isnull() | (marked["at"] >= marked.gone), 1, ibis.null("int64"))
    running = ibis.cumulative_window(group_by="person_id", order_by=order)
    numbered = marked.mutate(island=fresh.count().over(running))
    return numbered.group_by("person_id", "island").agg(
        away_from=numbered["at"].min(),
        last=numbered["at"].max(),
        away_until=numbered.away_until.max(),
        back_to=numbered.back_to.fill_null("").argmax(numbered.away_until).nullif(""),
    )


def _nothing(lake: Lake) -> ir.Table:
    """No detour facts at all, for agreements without a detour."""
    none = lake.handoff_events.filter(ibis.literal(False))
    return none.select("person_id", "at", away_until="at", back_to="reason")


def _detour_facts(lake: Lake, versions: Versions, until: datetime) -> Iterator[ir.Table]:
    """(person_id, at, away_until, back_to) of every fact that sends a person off."""
    yield from _rejections(lake, versions, until)
    yield from _by_hand(lake, versions, until)
    yield from _losses(lake, versions, until)


def spans(versions: Versions) -> Iterator[tuple[Terms, datetime, datetime]]:
    """Each version with the instants from and to which it judges; the first one also judges what came before it."""
    starts = [datetime(1, 1, 2, tzinfo=UTC), *(t.in_force_from.astimezone(UTC) for t in versions.all[1:])]
    yield from zip(versions.all, starts, [*starts[1:], NEVER], strict=True)


def _within(table: ir.Table, start: datetime, end: datetime) -> ir.Table:
    return table.filter(
        table["at"] >= ibis.literal(start, type=TIME_TYPE), table["at"] < ibis.literal(end, type=TIME_TYPE)
    )


def _row(table: ir.Table, person: str, detour: Detour) -> ir.Table:
    wait = max(detour.wake_after or INSTANT, INSTANT)
    until = ibis.literal(NEVER, type=TIME_TYPE) if detour.final else table["at"] + micros(wait)
    return table.select(
        person_id=table[person], at=table["at"], away_until=until.cast(TIME_TYPE),
        back_to=ibis.literal(detour.back_to, type="string"),
    )  # fmt: skip


def micros(span: timedelta) -> ir.IntervalScalar:
    """A length as an interval, to the microsecond."""
    return ibis.interval(microseconds=span // timedelta(microseconds=1))


def _rejections(lake: Lake, versions: Versions, until: datetime) -> Iterator[ir.Table]:
    events = known(lake.handoff_events, until)
    sent = events.filter(events.kind.isin(["rejected", "recycled"]))
    for terms, start, end in spans(versions):
        here = _within(sent, start, end)
        reasons = [reason for handoff in terms.handoffs for reason, _ in handoff.reject_reasons]
        for detour in terms.detours:
            mine = [r for r in reasons if terms.detour_for(r) == detour]
            chosen = here.reason.isin(mine)
            if detour == terms.loss_detour:
                chosen = chosen | here.reason.isnull() | ~here.reason.isin(reasons)
            yield _row(here.filter(chosen.fill_null(False)), "person_id", detour)


def _by_hand(lake: Lake, versions: Versions, until: datetime) -> Iterator[ir.Table]:
    changes = known(lake.changes, until)
    sent = changes.filter(changes.entity == "person", changes.field == "stage")
    for terms, start, end in spans(versions):
        for detour in terms.detours:
            here = _within(sent, start, end)
            yield _row(here.filter(here.value == detour.key), "entity_id", detour)


def _losses(lake: Lake, versions: Versions, until: datetime) -> Iterator[ir.Table]:
    """Deals that became lost; a customer stays a customer."""
    deals = deal_states(lake, (), until)
    lost = deals.filter(deals.status == "lost", deals.was.fill_null("") != "lost")
    won = deals.filter(deals.status == "won").group_by("person_id").agg(won_at=lambda t: t["at"].min())
    lost = lost.left_join(won, "person_id").filter(lambda t: t.won_at.isnull() | (t.won_at >= t["at"]))
    for terms, start, end in spans(versions):
        if terms.loss_detour is not None:
            yield _row(_within(lost, start, end), "person_id", terms.loss_detour)
