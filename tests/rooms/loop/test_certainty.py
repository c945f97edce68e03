"""The Wilson interval against the worked examples of R. G. Newcombe, Statistics in Medicine 17 (1998), table I."""

from __future__ import annotations

import pytest

from oarlock.loop.certainty import wilson


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_intervals(numerator: int, denominator: int, low: float, high: float) -> None:
    found = wilson(numerator, denominator)
    assert found is not None
    assert (round(found[0], 4), round(found[1], 4)) == (low, high)


def test_no_cases_and_rates_that_are_no_share_have_no_interval() -> None:
    assert wilson(0, 0) is None
    assert wilson(5, 3) is None
