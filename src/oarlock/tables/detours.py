"""Who was away when: detour facts made into islands of absence, and the cycles between them.

Overlapping detours are one absence; the later way back wins, of equally late ones the first. An absence ends at
`until`; then the next cycle begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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


def absences(lake: Lake, versions: Versions, until: datetime, deals: ir.Table | None = None) -> ir.Table:
    """Columns: person_id, island (1, 2, ...: the cycle that ends), away_from, last (the latest detour fact of it),
    away_until, back_to (null = nowhere), detour (its key). One row an absence; cycle n+1 begins at its `away_until`.

    `deals`: `deals.deal_states` of the same lake and date, where an engine has them ready.
    """
    deals = deal_states(lake, (), until) if deals is None else deals
    facts = ibis.union(_nothing(lake), *_detour_facts(lake, versions, until, deals))
    order = ["at", "away_until", "back_to"]
    marked = facts.mutate(
        gone=facts.away_until.max().over(ibis.window(group_by="person_id", order_by=order, rows=(None, -1)))
    )
    fresh = ibis.ifelse(marked.gone.isnull() | (marked["at"] >= marked.gone), 1, ibis.null("int64"))
    running = ibis.cumulative_window(group_by="person_id", order_by=order)
    numbered = marked.mutate(island=fresh.count().over(running))
    latest = ibis.window(
        group_by=["person_id", "island"], order_by=[ibis.desc("away_until"), "at", "back_to", "detour"]
    )
    numbered = numbered.mutate(decides=ibis.row_number().over(latest) == 0)
    return numbered.group_by("person_id", "island").agg(
        away_from=numbered["at"].min(),
        last=numbered["at"].max(),
        away_until=numbered.away_until.max(),
        back_to=numbered.back_to.max(where=numbered.decides),
        detour=numbered.detour.max(where=numbered.decides),
    )


def _nothing(lake: Lake) -> ir.Table:
    """No detour facts at all, for agreements without a detour."""
    none = lake.handoff_events.filter(ibis.literal(False))
    return none.select("person_id", "at", away_until="at", back_to="reason", detour="reason")


@dataclass(frozen=True, slots=True)
class Sending:
    """What sends people off under one version: its detours, which of them each reason to reject means, and a loss."""

    detours: tuple[Detour, ...]
    reasons: tuple[tuple[str, Detour | None], ...]
    loss: Detour | None

    @classmethod
    def of(cls, terms: Terms) -> Sending:
        """The part of a version that is read here."""
        named = [reason for handoff in terms.handoffs for reason, _ in handoff.reject_reasons]
        return cls(terms.detours, tuple((r, terms.detour_for(r)) for r in named), terms.loss_detour)


@dataclass(frozen=True, slots=True)
class Span:
    """The time in which people are sent off in one way."""

    sending: Sending
    start: datetime
    end: datetime

    def of(self, table: ir.Table) -> ir.Table:
        """The facts that happened in it."""
        after = [] if self.start == BEGINNING else [table["at"] >= ibis.literal(self.start, type=TIME_TYPE)]
        before = [] if self.end == NEVER else [table["at"] < ibis.literal(self.end, type=TIME_TYPE)]
        return table.filter(*after, *before) if after or before else table


def _sendings(versions: Versions) -> list[Span]:
    """The spans of all versions; neighbours that send people off alike are one, and cost no more than one."""
    found: list[Span] = []
    for terms, start, end in spans(versions):
        sending = Sending.of(terms)
        if found and found[-1].sending == sending:
            start = found.pop().start
        found.append(Span(sending, start, end))
    return found


def _detour_facts(lake: Lake, versions: Versions, until: datetime, deals: ir.Table) -> Iterator[ir.Table]:
    """(person_id, at, away_until, back_to) of every fact that sends a person off."""
    sendings = _sendings(versions)
    yield from _rejections(known(lake.handoff_events, until), sendings)
    yield from _by_hand(known(lake.changes, until), sendings)
    yield from _losses(deals, sendings)


BEGINNING = datetime(1, 1, 2, tzinfo=UTC)
"""Before any fact."""


def spans(versions: Versions) -> Iterator[tuple[Terms, datetime, datetime]]:
    """Each version with the instants from and to which it judges; the first one also judges what came before it."""
    starts = [BEGINNING, *(t.in_force_from.astimezone(UTC) for t in versions.all[1:])]
    yield from zip(versions.all, starts, [*starts[1:], NEVER], strict=True)


def _row(table: ir.Table, person: str, detour: Detour) -> ir.Table:
    wait = max(detour.wake_after or INSTANT, INSTANT)
    until = ibis.literal(NEVER, type=TIME_TYPE) if detour.final else table["at"] + micros(wait)
    return table.select(
        person_id=table[person], at=table["at"], away_until=until.cast(TIME_TYPE),
        back_to=ibis.literal(detour.back_to, type="string"), detour=ibis.literal(detour.key, type="string"),
    )  # fmt: skip


def micros(span: timedelta) -> ir.IntervalScalar:
    """A length as an interval, to the microsecond."""
    return ibis.interval(microseconds=span // timedelta(microseconds=1))


def _rejections(events: ir.Table, sendings: list[Span]) -> Iterator[ir.Table]:
    sent = events.filter(events.kind.isin(["rejected", "recycled"]))
    for span in sendings:
        here, sending = span.of(sent), span.sending
        for detour in sending.detours:
            chosen = here.reason.isin([r for r, meant in sending.reasons if meant == detour])
            if detour == sending.loss:
                chosen = chosen | here.reason.isnull() | ~here.reason.isin([r for r, _ in sending.reasons])
            yield _row(here.filter(chosen.fill_null(False)), "person_id", detour)


def _by_hand(changes: ir.Table, sendings: list[Span]) -> Iterator[ir.Table]:
    sent = changes.filter(changes.entity == "person", changes.field == "stage")
    for span in sendings:
        here = span.of(sent)
        for detour in span.sending.detours:
            yield _row(here.filter(here.value == detour.key), "entity_id", detour)


def _losses(deals: ir.Table, sendings: list[Span]) -> Iterator[ir.Table]:
    """Deals that became lost; a customer stays a customer."""
    lost = deals.filter(deals.status == "lost", deals.was.fill_null("") != "lost").select("person_id", "at")
    won = deals.filter(deals.status == "won").group_by("person_id").agg(won_at=lambda t: t["at"].min())
    lost = lost.left_join(won, "person_id").filter(lambda t: t.won_at.isnull() | (t.won_at >= t["at"]))
    for span in sendings:
        if span.sending.loss is not None:
            yield _row(span.of(lost), "person_id", span.sending.loss)
