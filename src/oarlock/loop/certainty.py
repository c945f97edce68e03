"""How sure a share is: the Wilson score interval, which stays within 0 and 1 and is honest for few cases.

Source: E. B. Wilson, Journal of the American Statistical Association 22 (1927).
"""

from __future__ import annotations

from math import sqrt

Z95 = 1.959963984540054
"""The normal quantile that leaves 2.5 % on either side."""


def wilson(numerator: int, denominator: int, z: float = Z95) -> tuple[float, float] | None:
    """Lower and upper end of the interval around numerator / denominator; None where there are no cases.

    A calendar rate may exceed 1; it is no share of a fixed group, and has no interval.
    """
    if denominator <= 0 or numerator > denominator:
        return None
    share, n = numerator / denominator, denominator
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)
