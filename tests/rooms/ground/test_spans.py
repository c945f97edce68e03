"""Lengths of time: what is read, what is refused, and that what is told is read again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oarlock.ground.problems import Place, UserProblem
from oarlock.ground.spans import Span, parse_span

HERE = Place("a.yaml", 7, 9)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90 days", (90, "days", False)),
        ("4 business hours", (4, "hours", True)),
        ("1 business hours", (1, "hours", True)),
        ("8 business days", (8, "days", True)),
        ("30 min", (30, "minutes", False)),
        ("30min", (30, "minutes", False)),
        (" 2 Working Days ", (2, "days", True)),
        ("1.5 hours", (1.5, "hours", False)),
        ("2w", (2, "weeks", False)),
        ("1 day", (1, "days", False)),
    ],
)
def test_a_length_is_read_as_amount_unit_and_whether_it_is_working_time(
    text: str, span: tuple[float, str, bool]
) -> None:
    amount, unit, working = parse_span(text)
    assert (amount, unit, working) == span


@pytest.mark.parametrize(
    ("text", "code", "next_step"),
    [
        ("", "span-malformed", "4 business hours"),
        ("soon", "span-malformed", "4 business hours"),
        ("4", "span-malformed", "4 business hours"),
        ("-4 hours", "span-malformed", "4 business hours"),
        ("1,5 hours", "span-malformed", "4 business hours"),
        ("1e3 hours", "span-malformed", "4 business hours"),
        ("٤ hours", "span-malformed", "4 business hours"),
        ("4 hours 30 minutes", "span-malformed", "4 business hours"),
        ("4" * 90 + " hours", "span-malformed", "4 business hours"),
        ("4 busness hours", "span-qualifier-unknown", 'Did you mean "business"?'),
        ("4 qqq hours", "span-qualifier-unknown", "4 business hours"),
        ("4 huors", "span-unit-unknown", 'Did you mean "hours"?'),
        ("4 zzz", "span-unit-unknown", "4 business hours"),
        ("4 months", "span-unit-unknown", "Months differ in length"),
        ("4 m", "span-unit-unknown", '"min" for minutes'),
        ("1 quarter", "span-unit-unknown", "90 days"),
        ("1 year", "span-unit-unknown", "365 days"),
        ("90 seconds", "span-unit-unknown", "smallest unit"),
        ("0 hours", "span-out-of-range", "4 business hours"),
        ("36501 days", "span-out-of-range", "4 business hours"),
        ("2 business weeks", "span-working-weeks", "business days"),
        ("1.5 business days", "span-part-day", "whole days"),
    ],
)
def test_what_is_no_length_is_refused_with_what_to_write(text: str, code: str, next_step: str) -> None:
    with pytest.raises(UserProblem) as raised:
        parse_span(text, HERE)
    assert (raised.value.code, raised.value.where) == (code, HERE)
    assert next_step in raised.value.next_step


def test_the_longest_length_is_a_hundred_years() -> None:
    assert parse_span("36500 days").length == timedelta(days=36_500)


@pytest.mark.parametrize(
    ("span", "length"),
    [
        (Span(90, "minutes"), timedelta(minutes=90)),
        (Span(1.5, "hours", True), timedelta(minutes=90)),
        (Span(2, "days"), timedelta(hours=48)),
        (Span(2, "weeks"), timedelta(days=14)),
    ],
)
def test_a_length_is_exact(span: Span, length: timedelta) -> None:
    assert span.length == length


def test_business_days_have_no_length_without_a_calendar() -> None:
    with pytest.raises(ValueError, match="only in a calendar"):
        _ = Span(2, "days", True).length


@given(
    st.integers(1, 4_000).map(lambda n: n / 4), st.sampled_from(["minutes", "hours", "days", "weeks"]), st.booleans()
)
def test_what_is_told_is_read_again(amount: float, unit: str, working: bool) -> None:
    whole = working and unit == "days"
    span = Span(float(round(amount) + 1) if whole else amount, unit, working and unit != "weeks")  # type: ignore[arg-type]
    assert parse_span(str(span)) == span


@given(st.text(max_size=40))
def test_any_text_is_a_length_or_a_problem(text: str) -> None:
    try:
        assert parse_span(text).amount > 0
    except UserProblem as problem:
        assert problem.code.startswith("span-")
