"""Public holidays by country and region (`DE`, `DE-BE`), from the package `holidays`, one year at a time, kept.

Promises: a region nobody knows is refused by name, never read as "no holidays". Days observed instead of a holiday
that falls on a weekend count where the region observes them.
"""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache

from oarlock.ground.problems import NOWHERE, Place, UserProblem
from oarlock.ground.spelling import did_you_mean


@cache
def known_regions() -> dict[str, tuple[str, ...]]:
    """Countries (two letters) with their subdivisions."""
    import holidays  # here, because it costs a tenth of a second that few commands need to pay

    countries = holidays.list_supported_countries(include_aliases=False)
    return {country: tuple(parts) for country, parts in countries.items()}


def check_region(region: str, where: Place = NOWHERE) -> None:
    """Pass, or UserProblem `holiday-region-unknown`."""
    country, dash, part = region.partition("-")
    regions = known_regions()
    if country in regions and (not dash or part in regions[country]):
        return
    parts = [f"{country}-{known}" for known in regions.get(country, ())]
    raise UserProblem(
        "holiday-region-unknown",
        f'"{region[:40]}" is not a region with known public holidays.',
        "A region is a country's two letters, alone (DE) or with a part of it (DE-BE).",
        f"Known are {', '.join(parts)}." if parts else did_you_mean(region, regions),
        where,
    )


@lru_cache(maxsize=4096)
def public_holidays(region: str, year: int) -> frozenset[date]:
    """The public holidays of that region that fall in that year."""
    import holidays

    check_region(region)
    country, _, part = region.partition("-")
    return frozenset(day for day in holidays.country_holidays(country, subdiv=part or None, years=year))
