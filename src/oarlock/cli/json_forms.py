"""Figures as plain data for `--json`: a public contract (docs/reference/report-json.md). Nothing is rounded.

Money is a decimal as text, rates are fractions of 1, durations are days, instants and dates are ISO 8601, and a group
of those who have no value is `null`, apart from any text.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from oarlock.loop.figures import (
    AgreementUsed,
    Backtest,
    Conversion,
    DealGroup,
    Drift,
    DriftCounts,
    DriftRow,
    Fate,
    Group,
    Opportunities,
    Report,
    StageFigures,
)

Plain = dict[str, Any]


def report_json(report: Report) -> Plain:
    """A report."""
    return {
        "agreement": agreement_json(report.agreement),
        "as_known": _instant(report.as_known),
        "people": report.people,
        "quarantined": report.quarantined,
        "out_of_order": report.out_of_order,
        "out_of_order_rows": [
            {"what": r.what, "id": r.id, "first": _instant(r.first), "then": _instant(r.then)}
            for r in report.out_of_order_rows
        ],
        "stages": [_stage(s) for s in report.stages],
        "conversions": [_conversion(c) for c in report.conversions],
        "flows": [
            {"month": f.month, "stage": f.stage, "in_flow": f.in_flow, "out_flow": f.out_flow, "balance": f.balance}
            for f in report.flows
        ],
        "away": [{"back_to": a.back_to, "people": a.people} for a in report.away],
        "by": {field: [_group(g) for g in groups] for field, groups in report.by.items()},
        "opportunities": _opportunities(report.opportunities),
        "no_history": list(report.no_history),
    }


def agreement_json(used: AgreementUsed) -> Plain:
    """Which agreement judged."""
    return {
        "company": used.company,
        "version": used.version,
        "in_force": used.in_force.isoformat(),
        "hash": used.hash,
        "currency": used.currency,
        "time_zone": used.time_zone,
        "versions": [{"version": v.version, "in_force": v.in_force.isoformat(), "hash": v.hash} for v in used.versions],
    }


def _stage(figures: StageFigures) -> Plain:
    return {
        "stage": figures.stage,
        "name": figures.name,
        "owner": figures.owner,
        "kind": figures.kind,
        "entered": figures.entered,
        "skipped": figures.skipped,
        "balance": figures.balance,
    }


def _conversion(conversion: Conversion) -> Plain:
    return {
        "from": conversion.from_,
        "to": conversion.to,
        "numerator": conversion.numerator,
        "denominator": conversion.denominator,
        "rate": conversion.rate,
        "still_open": conversion.still_open,
        "median_days": conversion.median_days,
        "p90_days": conversion.p90_days,
        "kaplan_meier": dict(conversion.kaplan_meier),
    }


def _group(group: Group) -> Plain:
    return {
        "value": group.value,
        "people": group.people,
        "entered": dict(group.entered),
        "revenue": _money(group.revenue),
    }


def _opportunities(found: Opportunities) -> Plain:
    return {
        "won": found.won,
        "lost": found.lost,
        "open": found.open,
        "win_rate": found.win_rate,
        "revenue": _money(found.revenue),
        "mean_deal": _money(found.mean_deal),
        "median_deal": _money(found.median_deal),
        "mean_cycle_days": found.mean_cycle_days,
        "median_cycle_days": found.median_cycle_days,
        "other_currencies": {currency: _money(money) for currency, money in found.other_currencies.items()},
        "by": {field: [_deal_group(g) for g in groups] for field, groups in found.by.items()},
    }


def _deal_group(group: DealGroup) -> Plain:
    return {
        "value": group.value,
        "won": group.won,
        "lost": group.lost,
        "open": group.open,
        "win_rate": group.win_rate,
        "revenue": _money(group.revenue),
    }


def drift_json(drift: Drift) -> Plain:
    """Recorded beside defined."""
    return {
        "agreement": agreement_json(drift.agreement),
        "as_known": _instant(drift.as_known),
        "stages": [_counts(c) for c in drift.stages],
        "by": {field: [_counts(c) | {"value": c.value} for c in counts] for field, counts in drift.by.items()},
        "rows": [_drift_row(r) for r in drift.rows],
    }


def _counts(counts: DriftCounts) -> Plain:
    return {
        "stage": counts.stage,
        "both": counts.both,
        "different_date": counts.different_date,
        "only_recorded": counts.only_recorded,
        "only_defined": counts.only_defined,
    }


def _drift_row(row: DriftRow) -> Plain:
    return {
        "person_id": row.person_id,
        "stage": row.stage,
        "verdict": row.verdict,
        "recorded_at": _instant(row.recorded_at),
        "defined_at": _instant(row.defined_at),
        "days_apart": row.days_apart,
        "owner": row.owner,
        "source": row.source,
        "by": row.by,
        "origin": row.origin,
    }


def backtest_json(backtest: Backtest) -> Plain:
    """Current beside proposed. In `shifts`, `months` are all sources together."""
    return {
        "current": agreement_json(backtest.current),
        "proposed": agreement_json(backtest.proposed),
        "as_known": _instant(backtest.as_known),
        "stages": [
            {"current": was and _stage(was), "proposed": would and _stage(would)} for was, would in backtest.stages
        ],
        "months": [
            {"stage": s.stage, "month": s.month, "current": s.current, "proposed": s.proposed}
            for s in backtest.shifts
            if s.source == ""
        ],
        "sources": [
            {"stage": s.stage, "month": s.month, "source": s.source, "current": s.current, "proposed": s.proposed}
            for s in backtest.shifts
            if s.source != ""
        ],
        "fates": [_fate(f) for f in backtest.fates],
        "load": [
            {
                "owner": x.owner,
                "weeks": x.weeks,
                "current_mean": x.current_mean,
                "proposed_mean": x.proposed_mean,
                "current_most": x.current_most,
                "proposed_most": x.proposed_most,
            }
            for x in backtest.load
        ],
    }


def _fate(fate: Fate) -> Plain:
    return {
        "stage": fate.stage,
        "who": fate.who,
        "people": fate.people,
        "with_opportunity": fate.with_opportunity,
        "won": fate.won,
        "lost": fate.lost,
        "win_rate": fate.win_rate,
        "revenue": _money(fate.revenue),
    }


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")


def _instant(when: datetime | None) -> str | None:
    return None if when is None else when.isoformat()
