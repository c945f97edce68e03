"""The ledger of promises and what became of the leads sent, against hand-written SQL over CSV files (promises.sql)."""

from __future__ import annotations

from pathlib import Path

import pytest

from oarlock.jobs.ahead import Line, answer
from oarlock.jobs.cache import opened_with_cache
from oarlock.jobs.computing import lives_ready
from oarlock.jobs.ledger import measure_ledger
from oarlock.jobs.ledger_cases import cases_ready
from oarlock.jobs.measuring import silent
from oarlock.jobs.planning import Planner
from oarlock.jobs.sending import plan_sent
from oarlock.lifecycle.versions import Versions
from oarlock.loop.promises_kept import Cell, Ledger
from oarlock.loop.reasons import Sent, sent_rows

from .asking import Answers, answers

Brightwater = tuple[Path, Path, Versions]


@pytest.fixture(scope="module")
def by_hand(brightwater: Brightwater) -> Answers:
    return answers("promises", brightwater[0])


@pytest.fixture(scope="module")
def ledger(brightwater: Brightwater) -> Ledger:
    _, home, versions = brightwater
    return measure_ledger(home, versions)


def cells(ledger: Ledger, key: str) -> dict[str, Cell]:
    line = ledger.line(key)
    assert line is not None
    return {c.period: c for c in line.cells}


def test_acceptance_in_the_month_of_the_answer(ledger: Ledger, by_hand: Answers) -> None:
    found = cells(ledger, "marketing.mql-to-sdr.accepted_rate.month")
    told = {month: (met, of) for month, met, of in by_hand["accepted_rate"]}
    assert len(found) == 7 and sum(c.denominator or 0 for c in found.values()) > 50
    assert {m: (c.numerator, c.denominator) for m, c in found.items()} == {m: told.get(m, (0, 0)) for m in found}


def test_answers_in_time_in_the_month_of_the_offer_with_those_still_due_apart(
    ledger: Ledger, by_hand: Answers
) -> None:  # fmt: skip
    found = cells(ledger, "sales.mql-to-sdr.accept_met.month")
    told = {month: rest for month, *rest in by_hand["accept_met"]}
    for month, cell in found.items():
        assert [cell.numerator, cell.denominator, cell.past_due, cell.due] == told.get(month, [0, 0, 0, 0]), month
    assert any(c.numerator < (c.denominator or 0) for c in found.values())


def test_what_became_of_the_leads_sent_by_source_and_why_by_campaign(
    brightwater: Brightwater, by_hand: Answers
) -> None:  # fmt: skip
    found = {by: sent_of(brightwater, by) for by in ("source", "campaign")}
    kinds = ("offered", "accepted", "rejected", "lapsed", "open", "returned", "converted", "won")
    told = {(s.value, *(s.counts[k] for k in kinds), s.revenue) for s in found["source"]}
    assert told == set(by_hand["sent by source"])
    why = {(s.value, reason, n) for s in found["campaign"] for reason, n in s.reasons.items()}
    assert why == set(by_hand["reasons by campaign"]) and why


def sent_of(brightwater: Brightwater, by: str) -> list[Sent]:
    """The view by a field, over the whole of history."""
    _, home, versions = brightwater
    with opened_with_cache(home, silent) as bench:
        until = bench.last_known()
        lives_ready(home, bench, versions, until)
        cases_ready(home, bench, versions, until)
        rows = answer(bench, Line(), lambda line: plan_sent(Planner(line, until, bench.seen.merges), versions, by))[1]
    return [s for s in sent_rows(rows["sent"], rows["reasons"]) if s.period == "all"]


def test_how_many_were_touched(brightwater: Brightwater, by_hand: Answers) -> None:
    _, home, versions = brightwater
    with opened_with_cache(home, silent) as bench:
        until = bench.last_known()
        lives_ready(home, bench, versions, until)
        cases_ready(home, bench, versions, until)
        found = bench.connection.execute(
            "SELECT strftime(offered_at AT TIME ZONE 'Europe/Berlin', '%Y-%m'), count(*) FROM handed"
            " WHERE first_touch_at IS NOT NULL GROUP BY 1 ORDER BY 1"
        ).fetchall()
    assert found == by_hand["first touches"]
