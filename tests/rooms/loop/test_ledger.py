"""The ledger of promises: which periods, which bar, what keeps it, and what an excuse takes out of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import ibis
from hypothesis import given
from hypothesis import strategies as st

from oarlock.agreement import read_text, seal
from oarlock.demo import AGREEMENTS
from oarlock.ground.periods import parse_period
from oarlock.lifecycle.versions import Versions
from oarlock.loop import promises
from oarlock.loop.promises import Declared, Line, lines_of, periods, running
from oarlock.loop.promises_kept import Cell, Seen, ledger_line
from oarlock.tables.texts import TIME_TYPE

from .companies import rows

ZONE = "Europe/Berlin"
UNTIL = datetime(2026, 9, 16, 12, tzinfo=UTC)
FIRST, SECOND = (path.read_bytes() for path in AGREEMENTS)


def versions(*texts: bytes) -> Versions:
    return Versions.of(*(seal(read_text(text), number) for number, text in enumerate(texts, 1)))


def line(metric: str, text: bytes = SECOND) -> Line:
    return next(x for x in lines_of(versions(text), UNTIL) if x.metric == metric)


def cell(metric: str, period: str, row: dict[str, object], *declared: Declared, text: bytes = SECOND) -> Cell:
    """The cell these totals make, as known at UNTIL."""
    made = ledger_line(line(metric, text), {period: row}, "", Seen.by(UNTIL, UNTIL, declared), True)
    found = made.cell(period)
    assert found is not None
    return found


@given(st.integers(0, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_the_running_period_holds_the_instant_whatever_its_kind(at: datetime) -> None:
    for per in promises.SHOWN:
        assert running(per, at, ZONE).contains(at), per


def test_a_promise_is_shown_with_its_running_period_and_as_many_before_it_as_its_kind_has() -> None:
    found = {per: [p.text for p in periods(per, UNTIL, ZONE)] for per in promises.SHOWN}
    assert {per: len(names) - 1 for per, names in found.items()} == promises.SHOWN
    assert found["month"][:2] == ["2026-09", "2026-08"] and found["quarter"][-1] == "2025-Q3"
    assert found["week"][0] == "2026-W38" and found["year"] == ["2026", "2025", "2024", "2023"]


def test_a_period_that_is_asked_for_is_shown_in_its_parts() -> None:
    third, year = parse_period("2026-Q3", ZONE), parse_period("2025", ZONE)
    assert [p.text for p in periods("month", UNTIL, ZONE, third)] == ["2026-09", "2026-08", "2026-07"]
    assert [p.text for p in periods("quarter", UNTIL, ZONE, year)] == ["2025-Q4", "2025-Q3", "2025-Q2", "2025-Q1"]
    assert [p.text for p in periods("quarter", UNTIL, ZONE, parse_period("2026-08", ZONE))] == ["2026-Q3"]
    assert all(p.last >= third.first for p in periods("week", UNTIL, ZONE, third))


def test_each_period_is_owed_by_the_version_in_force_when_it_began() -> None:
    later = SECOND.replace(b"at_least: 120", b"at_least: 150").replace(b"2026-02-01", b"2026-08-15")
    owed = {o.period.text: o for o in next(iter(lines_of(versions(FIRST, later), UNTIL))).owed}
    bars = {name: o.promise.at_least.value for name, o in owed.items() if o.promise and o.promise.at_least}
    assert (owed["2026-09"].version, owed["2026-08"].version) == (2, 1)
    assert bars["2026-09"] == 150 and bars["2026-08"] != 150


def test_a_promise_that_is_owed_no_more_stays_in_sight_and_one_not_owed_yet_says_so() -> None:
    less = SECOND.replace(b"    - {metric: mql-to-sdr.work_met, at_least: 90%}\n", b"").replace(
        b"2026-02-01", b"2026-09-01"
    )
    found = {x.metric: x for x in lines_of(versions(SECOND, less), UNTIL)}
    gone = ledger_line(found["mql-to-sdr.work_met"], {}, "", Seen.by(UNTIL, UNTIL), True)
    assert not gone.owed_still and gone.cells[0].status == "not owed" and gone.cells[1].status == "nothing"


def test_a_rate_keeps_its_bar_exactly_at_it_and_misses_it_one_case_below() -> None:
    kept = cell("mql-to-sdr.accept_met", "2026-08", {"met": 95, "missed": 5})
    missed = cell("mql-to-sdr.accept_met", "2026-08", {"met": 949, "missed": 51})
    assert (kept.status, missed.status) == ("kept", "missed") and missed.value == 0.949


def test_what_is_past_due_counts_as_missed_and_what_is_due_does_not_count_yet() -> None:
    found = cell("mql-to-sdr.accept_met", "2026-09", {"met": 9, "past_due": 1, "due": 7})
    assert (found.numerator, found.denominator, found.due, found.past_due) == (9, 10, 7, 1)
    assert found.running and found.status == "at risk"


def test_a_running_count_is_held_to_its_pace_and_a_finished_one_to_its_bar() -> None:
    half = (UNTIL - parse_period("2026-09", ZONE).start) / timedelta(days=30)
    pace = cell("mql.entered", "2026-09", {"met": 70}).pace
    assert pace is not None and abs(pace - 120 * half) < 1e-6
    assert cell("mql.entered", "2026-09", {"met": 70}).status == "on track"
    assert cell("mql.entered", "2026-09", {"met": 40}).status == "at risk"
    assert cell("mql.entered", "2026-08", {"met": 119}).status == "missed"
    assert cell("mql.entered", "2026-08", {"met": 120}).status == "kept"


def test_nothing_counted_is_neither_kept_nor_missed() -> None:
    assert cell("mql-to-sdr.accept_met", "2026-08", {}).status == "nothing"
    assert cell("mql-to-sdr.accept_met", "2026-08", {"excused": 4}).status == "excused"
    assert cell("mql.entered", "2026-08", {}).status == "missed"  # a count of nought is a count


def days(first: date, last: date) -> Declared:
    return Declared(
        "budget_cut", parse_period(f"{first}..{last}", ZONE).start, parse_period(f"{first}..{last}", ZONE).end
    )


def test_excused_days_leave_a_count_and_its_bar_and_two_excuses_of_one_day_are_one() -> None:
    third = cell("mql.entered", "2026-06", {"met": 80}, days(date(2026, 6, 1), date(2026, 6, 10)))
    twice = cell("mql.entered", "2026-06", {"met": 80}, days(date(2026, 6, 1), date(2026, 6, 10)),
                 days(date(2026, 6, 5), date(2026, 6, 10)))  # fmt: skip
    assert third.at_least is not None and abs(third.at_least - Decimal(80)) < Decimal("1e-9")
    assert (twice.at_least, third.excuse, third.status) == (third.at_least, "declared budget_cut", "kept")
    whole = cell("mql.entered", "2026-06", {"met": 0}, days(date(2026, 6, 1), date(2026, 6, 30)))
    assert whole.status == "excused"


def test_an_excuse_the_promise_does_not_name_changes_nothing() -> None:
    found = cell(
        "mql-to-sdr.accept_met", "2026-06", {"met": 80, "missed": 20}, days(date(2026, 6, 1), date(2026, 6, 30))
    )
    assert found.excuse is None and found.status == "missed"


def test_a_metric_that_is_not_measured_here_says_so_and_judges_nobody() -> None:
    text = SECOND.replace(
        b"{metric: mql-to-sdr.work_met, at_least: 90%}", b"{metric: meetings.attended, at_least: 90%}"
    )
    odd = line("meetings.attended", text)
    assert odd.kind == "" and not promises.measured(odd, ibis.table({"mql_at": TIME_TYPE}, name="lives"))
    assert ledger_line(odd, {}, "", Seen.by(UNTIL, UNTIL), False).cells[1].status == "not measured"


HANDED = {
    "handoff_id": "string", "person_id": "string", "cycle": "int64", "key": "string", "answer": "string",
    "offered_at": TIME_TYPE, "answered_at": TIME_TYPE, "accept_due_at": TIME_TYPE, "touch_due_at": TIME_TYPE,
    "first_touch_at": TIME_TYPE, "work_due_at": TIME_TYPE, "work_done_at": TIME_TYPE, "returned_at": TIME_TYPE,
    "recycled_at": TIME_TYPE, "speed_minutes": "float64", "over_capacity": "boolean", "offered_late": "boolean",
}  # fmt: skip
AT = datetime(2026, 9, 10, 8, tzinfo=UTC)


def handed(**said: object) -> dict[str, object]:
    """A hand-off offered on 10 September, to be answered within the hour."""
    usual = dict.fromkeys(HANDED) | {
        "handoff_id": f"h-{said}", "person_id": "p", "key": "mql-to-sdr", "offered_at": AT,
        "accept_due_at": AT + timedelta(hours=1), "over_capacity": False, "offered_late": False,
    }  # fmt: skip
    return usual | said


def states(metric: str, *cases: dict[str, object], text: bytes = SECOND) -> list[tuple[str, str | None]]:
    """State and excuse of each case, in their order."""
    lives = ibis.memtable([], schema=ibis.schema({"person_id": "string"}))
    table = ibis.memtable(list(cases), schema=ibis.schema(HANDED))
    made = promises.cases([line(metric, text)], table, lives, UNTIL)
    assert made is not None
    found = {r["handoff_id"]: (r["state"], r["excuse"]) for r in rows(made)}
    return [found[str(c["handoff_id"])] for c in cases if c["handoff_id"] in found]


def test_an_answer_is_in_time_up_to_its_limit_and_a_lapse_never_is() -> None:
    hour, late = AT + timedelta(hours=1), AT + timedelta(hours=1, microseconds=1)
    found = states(
        "mql-to-sdr.accept_met",
        handed(answer="accepted", answered_at=hour), handed(answer="rejected", answered_at=hour),
        handed(answer="accepted", answered_at=late), handed(answer="lapsed", answered_at=AT), handed(),
        handed(accept_due_at=UNTIL, cycle=2), handed(accept_due_at=None),
    )  # fmt: skip
    assert [s for s, _ in found] == ["met", "met", "missed", "missed", "past due", "due"]


def test_work_is_kept_by_both_limits_and_a_rejected_lead_is_not_owed_any() -> None:
    limits = {"touch_due_at": AT + timedelta(hours=4), "work_due_at": AT + timedelta(days=5)}
    early, late = AT + timedelta(hours=2), AT + timedelta(hours=6)
    mine = {"answer": "accepted", "answered_at": AT} | limits
    found = states(
        "mql-to-sdr.work_met",
        handed(**mine, first_touch_at=early, work_done_at=AT + timedelta(days=4)),
        handed(**mine, first_touch_at=late, work_done_at=AT + timedelta(days=4)),
        handed(**mine, first_touch_at=early, work_done_at=AT + timedelta(days=6)),
        handed(**mine, first_touch_at=early),
        handed(**mine | {"work_due_at": UNTIL + timedelta(days=1)}, first_touch_at=early),
        handed(**mine | {"answer": "rejected"}, cycle=3),
    )  # fmt: skip
    assert [s for s, _ in found] == ["met", "missed", "missed", "past due", "due"]


def test_an_excused_case_is_counted_in_no_other_number() -> None:
    over = {"answer": "lapsed", "answered_at": AT, "over_capacity": True}
    assert states("mql-to-sdr.accept_met", handed(**over)) == [("missed", "volume_over_capacity")]
    assert states("mql-to-sdr.accepted_rate", handed(**over)) == [("missed", None)]
    lives = ibis.memtable([], schema=ibis.schema({"person_id": "string"}))
    table = ibis.memtable([handed(**over), handed(answer="accepted", answered_at=AT)], schema=ibis.schema(HANDED))
    made = promises.cases([line("mql-to-sdr.accept_met")], table, lives, UNTIL)
    assert made is not None
    [total] = rows(promises.totals(made))
    assert (total["met"], total["missed"], total["excused"]) == (1, 0, 1)
