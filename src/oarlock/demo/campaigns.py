"""Brightwater's campaigns, a quarter each, and what they cost a month (in proportion to the people they brought)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from oarlock.demo import columns, sources, staff
from oarlock.demo.draws import Floats, Ints, stream
from oarlock.demo.seasons import DAY, HOUR, day_number, instant

QUARTERS = ("2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4")
THEMES = (
    "live webinars",
    "search",
    "automation guide",
    "see it move",
    "fairs",
    "integrators",
    "outbound",
    "newsletter",
)
CHANNELS = ("webinar", "search", "website", "paid social", "trade fair", "partner", "outbound", "email")
NEWSLETTER = len(sources.SOURCES)
_SPEND = (*(source.spend for source in sources.SOURCES), 900)
_SPENT_AT = {"website": -1, "webinar": 0, "paid social": 3, "trade fair": 4, "partner": 5, "email": NEWSLETTER}
OF_KIND = np.array(
    [sources.CONTENT if kind.name == "form.download" else _SPENT_AT[kind.channel] for kind in sources.KINDS]
)
"""The theme a kind of touch belongs to; -1 = none."""


def quarter(at: Ints) -> Ints:
    """The place of an instant's quarter in `QUARTERS`."""
    months = day_number(at).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.asarray(np.clip((months - 663) // 3, 0, len(QUARTERS) - 1), dtype=np.int64)


def number(theme: Ints, at: Ints) -> Ints:
    """The campaign of that theme running at an instant; -1 where the theme is -1."""
    return np.where(theme < 0, -1, theme * len(QUARTERS) + quarter(at))


IDS = tuple(f"c-{theme.replace(' ', '-')}-{quarter.lower()}" for theme in THEMES for quarter in QUARTERS)


def _begins(place: int) -> tuple[int, int]:
    """The first and last instant of a quarter."""
    months = [2025 * 12 + 3 + 3 * (place + step) for step in (0, 1)]
    begin, end = (instant(month // 12, month % 12 + 1, 1) for month in months)
    return begin, end - 1


def campaigns() -> pa.Table:
    """The file campaigns.csv."""
    spans = np.array([_begins(place) for _ in THEMES for place in range(len(QUARTERS))], dtype=np.int64)
    owner = np.array([staff.number("hana" if theme != "newsletter" else "theo") for theme in THEMES for _ in QUARTERS])
    theme = np.repeat(np.arange(len(THEMES)), len(QUARTERS))
    names = tuple(f"{theme.capitalize()} {quarter}" for theme in THEMES for quarter in QUARTERS)
    return pa.table({
        "campaign_id": columns.words(IDS, np.arange(len(IDS))),
        "name": columns.words(names, np.arange(len(IDS))),
        "channel": columns.words(CHANNELS, theme),
        "owner_id": columns.words(staff.KEYS, owner),
        "started_at": columns.stamps(spans[:, 0]),
        "ended_at": columns.stamps(spans[:, 1]),
    })  # fmt: skip


def _month_shape(theme: int, month: int) -> float:
    """Fairs cost in the months in which they are held, everything else evenly, less in August."""
    if theme == sources.FAIR:
        return {3: 2.0, 4: 2.6, 6: 1.8, 9: 2.4}.get(month, 0.15)
    return 0.6 if month == 8 else 1.0


def costs(seed: int, people: int) -> pa.Table:
    """The file campaign_costs.csv: one row a campaign and month, booked on the 28th, known five days later."""
    months = [2025 * 12 + 4 + step for step in range(18)]
    cells = [(theme, month) for theme in range(len(THEMES)) for month in months]
    at = np.array([instant(month // 12, month % 12 + 1, 28) + 12 * HOUR for _, month in cells], dtype=np.int64)
    theme = np.array([theme for theme, _ in cells])
    wanted: Floats = np.array([_SPEND[theme] * _month_shape(theme, month % 12 + 1) for theme, month in cells])
    noise = 0.85 + 0.3 * stream(seed, "campaigns").random(at.size)
    return pa.table({
        "cost_id": columns.numbered("k-", np.arange(1, at.size + 1), 5),
        "campaign_id": columns.words(IDS, number(theme, at)),
        "at": columns.stamps(at),
        "recorded_at": columns.stamps(np.minimum(at + 5 * DAY, instant(2026, 11, 1) - 1)),
        "amount": columns.money(np.rint(wanted * noise * 100 * people / 20_000).astype(np.int64)),
        "currency": columns.words(("EUR",), np.zeros(at.size, dtype=np.int64)),
    })  # fmt: skip
