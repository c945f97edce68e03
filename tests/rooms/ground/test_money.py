"""Money: exact to the cent, whatever is done to it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oarlock.ground.money import Money, of_cents, parse_money, split, total
from oarlock.ground.problems import Place, UserProblem

HERE = Place("a.yaml", 4, 2)
cents = st.integers(-(10**17), 10**17)
weights = st.lists(st.one_of(st.integers(0, 9), st.floats(0, 1e6), st.fractions(0, 1)), min_size=1, max_size=9).filter(
    any
)


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def test_a_share_in_three_gives_the_odd_cent_to_the_first() -> None:
    assert split(euros("1.00"), [1, 1, 1]) == (euros("0.34"), euros("0.33"), euros("0.33"))


def test_the_odd_cents_go_to_the_largest_remainders() -> None:
    """By hand: 4.7, 1.6, 1.58, 1.2, 0.61 and 0.31 cents; rounded down that is 7, and 3 go to 0.7, 0.61 and 0.6."""
    parts = split(euros("0.10"), [47_000, 16_000, 15_800, 12_000, 6_100, 3_100])
    assert [part.cents for part in parts] == [5, 2, 1, 1, 1, 0]


def test_a_part_without_weight_gets_nothing_and_a_debt_is_shared_like_a_sum() -> None:
    assert split(euros("-1.00"), [1, 0, 2]) == (euros("-0.33"), euros("0"), euros("-0.67"))


@given(cents, weights)
def test_parts_sum_to_the_whole_and_are_within_a_cent_of_their_share(
    amount: int, shares: list[int | float | Fraction]
) -> None:
    whole = of_cents(amount, "EUR")
    parts = split(whole, shares)
    assert total(parts, "EUR") == whole
    exact = [Fraction(amount) * Fraction(share) / sum(Fraction(each) for each in shares) for share in shares]
    assert all(abs(part.cents - share) < 1 for part, share in zip(parts, exact, strict=True))


@pytest.mark.parametrize("bad", [[], [0, 0], [1, -1]])
def test_weights_that_share_nothing_out_are_refused(bad: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split(euros("1"), bad)


@pytest.mark.parametrize("bad", ["0.001", "NaN", "Infinity", "1E16", "-1E16", "1.0000000000000000000000000000001"])
def test_an_amount_that_cannot_be_kept_exactly_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="not an exact amount"):
        euros(bad)


def test_amounts_have_two_places_and_zero_has_no_sign() -> None:
    assert str(euros("1E3").amount) == "1000.00"
    assert str(euros("-0").amount) == "0.00"
    assert euros("1.500") == euros("1.5")


@given(cents, cents)
def test_adding_and_taking_away_is_exact(one: int, other: int) -> None:
    there = of_cents(one, "EUR") - of_cents(other, "EUR")
    assert there.cents == one - other
    assert there + of_cents(other, "EUR") == of_cents(one, "EUR")


def test_two_currencies_never_mix() -> None:
    with pytest.raises(ValueError, match="two currencies"):
        _ = euros("1") + Money(Decimal(1), "USD")
    with pytest.raises(ValueError, match="two currencies"):
        total([euros("1")], "USD")


def test_nothing_sums_to_nothing() -> None:
    assert total([], "EUR") == euros("0")


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("2400000", "2,400,000\u00a0EUR"),
        ("1250.5", "1,250.50\u00a0EUR"),
        ("-0.05", "-0.05\u00a0EUR"),
        ("9999999999999999.99", "9,999,999,999,999,999.99\u00a0EUR"),
    ],
)
def test_money_is_told_with_a_no_break_space_and_cents_only_where_there_are_any(amount: str, told: str) -> None:
    assert str(euros(amount)) == told


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("2_400_000 EUR", "2400000", "EUR"),
        ("2400000 USD", "2400000", "USD"),
        ("  1250.50   GBP ", "1250.5", "GBP"),
        ("-3.1 EUR", "-3.1", "EUR"),
        ("12", "12", "CHF"),
    ],
)
def test_an_amount_is_read(text: str, amount: str, currency: str) -> None:
    assert parse_money(text, "CHF") == Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("text", "code", "next_step"),
    [
        ("", "money-malformed", "2_400_000 EUR"),
        ("2,400,000 EUR", "money-malformed", "2_400_000 EUR"),
        ("2.400.000 EUR", "money-malformed", "2_400_000 EUR"),
        ("2 400 000 EUR", "money-malformed", "2_400_000 EUR"),
        ("24_00 EUR", "money-malformed", "2_400_000 EUR"),
        ("1.234 EUR", "money-malformed", "2_400_000 EUR"),
        ("1e6 EUR", "money-malformed", "2_400_000 EUR"),
        ("€100", "money-malformed", "2_400_000 EUR"),
        ("EUR 100", "money-malformed", "2_400_000 EUR"),
        ("1" * 70, "money-malformed", "2_400_000 EUR"),
        ("100", "money-without-currency", "2_400_000 EUR"),
        ("100 eur", "currency-unknown", 'Did you mean "EUR"?'),
        ("100 QQQ", "currency-unknown", "EUR"),
        ("10000000000000000 EUR", "money-too-large", "2_400_000 EUR"),
    ],
)
def test_an_amount_that_could_mean_two_things_or_nothing_is_refused(text: str, code: str, next_step: str) -> None:
    with pytest.raises(UserProblem) as raised:
        parse_money(text, where=HERE)
    assert (raised.value.code, raised.value.where) == (code, HERE)
    assert next_step in raised.value.next_step


def test_a_comma_is_told_apart() -> None:
    with pytest.raises(UserProblem) as raised:
        parse_money("1,5 EUR")
    assert "different countries" in raised.value.why


@given(st.text(max_size=30))
def test_any_text_is_money_or_a_problem(text: str) -> None:
    try:
        parse_money(text, "EUR")
    except UserProblem as problem:
        assert problem.code
