from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from oarlock.charts import numerals
from oarlock.charts.names import short, shown, value
from oarlock.charts.numerals import NBSP


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (None, "–"),
        (0.0, "0 min"),
        (31 / 1440, "31 min"),
        (59.4 / 1440, "59 min"),
        (59.6 / 1440, "1 h"),
        (0.5, "12 h"),
        (1.0, "1.0 d"),
        (6.25, "6.2 d"),
        (9.94, "9.9 d"),
        (9.95, "10 d"),
        (40.4, "40 d"),
        (1234.0, "1,234 d"),
        (-5.7, "−5.7 d"),
        (-31 / 1440, "−31 min"),
    ],
)
def test_a_duration_is_told_in_the_unit_that_suits_it(days: float | None, text: str) -> None:
    assert numerals.span(days).replace(NBSP, " ") == text


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (None, "–"),
        (0.0, "the same moment"),
        (5.7, "5.7 d later"),
        (-5.7, "5.7 d earlier"),
        (-31 / 1440, "31 min earlier"),
    ],
)
def test_a_date_is_told_to_be_earlier_or_later_than_another(days: float | None, text: str) -> None:
    assert numerals.shift(days).replace(NBSP, " ") == text


def test_a_rate_has_one_decimal_and_keeps_its_unit() -> None:
    assert numerals.percent(0.2042) == f"20.4{NBSP}%"
    assert numerals.percent(None) == "–"
    assert numerals.percent(1.0) == f"100.0{NBSP}%"


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [(100, 86, "−14 %"), (100, 114, "+14 %"), (0, 5, "–"), (1000, 998, "−0.2 %"), (7, 7, "0 %"), (4, 0, "−100 %")],
)
def test_a_change_of_a_count_is_told_in_percent_of_what_it_was(before: int, after: int, text: str) -> None:
    assert numerals.rate_change(before, after).replace(NBSP, " ") == text


def test_a_difference_bears_its_sign() -> None:
    assert [numerals.signed(n) for n in (1312, 0, -1312)] == ["+1,312", "0", "−1,312"]


def test_money_is_shown_in_whole_units_with_its_currency() -> None:
    assert numerals.money(Decimal("2104300.50"), "EUR") == "€2,104,300"
    assert numerals.money(Decimal("1234.51"), "BRL") == f"BRL{NBSP}1,235"
    assert numerals.money(None, "EUR") == "–"


def test_days_and_moments_are_those_of_the_zone() -> None:
    late = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    assert numerals.moment(late, "Europe/Berlin").replace(NBSP, " ") == "Sun 1 Nov 2026, 00:30"
    assert numerals.day_in(late, "America/New_York").replace(NBSP, " ") == "31 Oct 2026"
    assert numerals.day(date(2026, 2, 1)).replace(NBSP, " ") == "1 Feb 2026"
    assert numerals.month("2026-02").replace(NBSP, " ") == "Feb 2026"


def test_one_is_not_many() -> None:
    assert numerals.plural(1, "person", "people") == "1 person"
    assert numerals.plural(1200, "row") == "1,200 rows"


@pytest.mark.parametrize(
    "hostile", ["\x1b[31mred", "a\u202eb", "two\nlines", "\x00", "\ud800", "zero\u200bwidth", "\x9b31m"]
)
def test_what_strangers_wrote_has_nothing_unseen_in_it(hostile: str) -> None:
    text = shown(hostile)
    assert text.isprintable()
    assert len(text) == len(hostile)


def test_long_text_is_cut_and_says_so() -> None:
    assert shown("x" * 500, 10) == "x" * 9 + "…"


def test_no_value_is_told_apart_from_an_empty_text_and_from_words() -> None:
    assert len({value(None), value(""), value(" "), value("unknown"), value("no value")}) == 5


def test_a_stage_with_a_long_name_goes_by_its_key_in_passing() -> None:
    assert short("Lead", "lead") == "Lead"
    assert short("Marketing qualified lead", "mql") == "MQL"
    assert short("A long name of a stage", "closed_won") == "closed_won"
