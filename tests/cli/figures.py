"""Figures made by hand: Brightwater's funnel as a report, a drift and a back-test, for whoever shows them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from oarlock.loop.figures import (
    AgreementUsed,
    Away,
    Backtest,
    Conversion,
    DealGroup,
    Drift,
    DriftCounts,
    DriftRow,
    Fate,
    Flow,
    Group,
    Load,
    Opportunities,
    OutOfOrder,
    Report,
    Shift,
    StageFigures,
    VersionUsed,
)

HOSTILE = '<script>alert("1")</script>\x1b[31mred'
"""What a stranger may call a source: markup for the page, a colour for the terminal."""
AS_KNOWN = datetime(2026, 10, 31, 22, 30, tzinfo=UTC)
VERSIONS = (
    VersionUsed(1, date(2025, 1, 1), "sha256:aa"),
    VersionUsed(2, date(2026, 2, 10), "sha256:bb"),
)
AGREEMENT = AgreementUsed("Brightwater Robotics", 2, date(2026, 2, 10), "sha256:bb", "EUR", "Europe/Berlin", VERSIONS)
STAGES = (
    StageFigures("lead", "Lead", "marketing", "inventory", 18204, 0, 11950),
    StageFigures("mql", "Marketing qualified lead", "marketing", "gate", 3120, 21, 702),
    StageFigures("sal", "Sales accepted lead", "sales", "sla", 2204, 40, 510),
    StageFigures("sql", "Sales qualified lead", "sales", "gate", 903, 8, 331),
    StageFigures("opportunity", "Opportunity", "sales", "inventory", 402, 2, 121),
    StageFigures("customer", "Customer", "sales", "inventory", 101, 0, 101),
)
NAMES = {s.stage: s.name for s in STAGES}


def conversion(a: int, b: int, still_open: int, days: tuple[float, float] | None, km: tuple[float, ...]) -> Conversion:
    """From stage number a to stage number b."""
    numerator, denominator = STAGES[b].entered, STAGES[a].entered
    median, p90 = days or (None, None)
    chances: dict[str, float | None] = dict(zip(("30", "60", "90"), km, strict=True)) if km else {}
    chances = chances or {"30": None, "60": None, "90": None}
    rate = numerator / denominator
    return Conversion(
        STAGES[a].stage, STAGES[b].stage, numerator, denominator, rate, still_open, median, p90, chances
    )  # fmt: skip


CONVERSIONS = (
    conversion(0, 1, 12110, (6.125, 31.4), (0.11, 0.16, 0.1911)),
    conversion(1, 2, 12, (0.0215, 0.0391), (0.7, 0.706, 0.706)),
    conversion(2, 3, 640, (5.0, 14.25), (0.31, 0.4, 0.47)),
    conversion(3, 4, 220, (9.5, 24.0), (0.3, 0.44, 0.58)),
    conversion(4, 5, 121, (29.0, 40.0), (0.08, 0.2, 0.27)),
    conversion(0, 5, 15000, None, ()),
)
MONTHS = tuple(f"{2025 + (4 + i) // 12}-{(4 + i) % 12 + 1:02d}" for i in range(18))


def flows() -> tuple[Flow, ...]:
    """Every stage in every month: a quiet August, a lower bar for MQL from version 2 on."""
    found = []
    for number, stage in enumerate(STAGES):
        for i, month in enumerate(MONTHS):
            season = 0.6 if month.endswith(("-08", "-12")) else 1.0
            bar = 0.75 if stage.stage == "mql" and month >= "2026-02" else 1.0
            came = int(stage.entered / 18 * season * bar)
            found.append(Flow(month, stage.stage, came, came - 3 - number, (3 + number) * (i + 1)))
    return tuple(found)


def group(value: str | None, people: int, revenue: str) -> Group:
    """One source that thins out stage by stage."""
    shares = (0.9, 0.17, 0.12, 0.05, 0.02, 0.005)
    entered = {s.stage: int(people * share) for s, share in zip(STAGES, shares, strict=True)}
    return Group(value, people, entered, Decimal(revenue))


SOURCES = (
    group("webinar", 5120, "2104300.50"),
    group("search", 4804, "1833000.00"),
    group("content download", 4010, "240000.00"),
    group(None, 912, "0.00"),
    group("unknown", 401, "12000.00"),
    group(HOSTILE, 12, "0.00"),
)
DEALS = (
    DealGroup("webinar", 40, 80, 31, 40 / 120, Decimal("2104300.50")),
    DealGroup("partner", 6, 2, 1, 6 / 8, Decimal("410000.00")),
    DealGroup(None, 0, 0, 3, None, Decimal("0.00")),
)


def on(year: int, month: int, day: int) -> datetime:
    """Midnight (UTC) of that day."""
    return datetime(year, month, day, tzinfo=UTC)


def report() -> Report:
    """The whole report."""
    return Report(
        agreement=AGREEMENT,
        as_known=AS_KNOWN,
        people=20000,
        quarantined=34,
        out_of_order=2,
        out_of_order_rows=(
            OutOfOrder("won before first contact", "o-17", on(2025, 7, 1), on(2025, 6, 1)),
            OutOfOrder("closed before created", "o-91", on(2025, 9, 1), on(2025, 8, 1)),
        ),
        stages=STAGES,
        conversions=CONVERSIONS,
        flows=flows(),
        away=(Away("lead", 812), Away(None, 1033)),
        by={"source": SOURCES},
        opportunities=Opportunities(
            won=101, lost=190, open=111, win_rate=101 / 291, revenue=Decimal("4189300.50"),
            mean_deal=Decimal("41478.22"), median_deal=Decimal("38000.00"), mean_cycle_days=61.25,
            median_cycle_days=55.5,
            other_currencies={"USD": Decimal("12000.00")}, by={"source": DEALS},
        ),
        no_history=("account.installed_robots",),
        queries={"stages": "SELECT count(lead_at) FROM lives", "conversions": "SELECT 1 < 2"},
    )  # fmt: skip


def drift() -> Drift:
    """Recorded beside defined: MQL drifts."""
    counts = (
        DriftCounts("lead", None, 17900, 200, 40, 104),
        DriftCounts("mql", None, 2100, 400, 611, 420),
        DriftCounts("customer", None, 99, 2, 1, 0),
    )
    owners = (
        DriftCounts("mql", "lena", 40, 3, 2, 9),
        DriftCounts("mql", "jonas", 10, 0, 10, 1),
        DriftCounts("mql", None, 2, 0, 0, 1),
        DriftCounts("lead", "lena", 500, 1, 0, 0),
    )
    origins = (DriftCounts("mql", "hubspot-sync", 90, 0, 500, 0), DriftCounts("mql", "by hand", 3, 1, 111, 0))
    rows = (
        DriftRow("p-000017", "mql", "different date", datetime(2026, 3, 9, 8, tzinfo=UTC),
                 datetime(2026, 3, 1, 9, 30, tzinfo=UTC), 7.9375, "lena", "webinar", "nadia", "by hand"),
        DriftRow("p-000020", "mql", "only recorded", datetime(2026, 4, 9, 8, tzinfo=UTC), None, None, None, HOSTILE,
                 None, "hubspot-sync"),
    )  # fmt: skip
    by = {"owner": owners, "source": (), "origin": origins}
    return Drift(AGREEMENT, AS_KNOWN, counts, by, rows, {"drift": "SELECT 3"})


def backtest() -> Backtest:
    """A proposal that drops 312 MQLs of 2,229 and adds none, by month and source."""
    now = tuple((2025 + (4 + i) // 12, (4 + i) % 12 + 1) for i in range(6))
    shifts = []
    for i, (year, month) in enumerate(now):
        text = f"{year}-{month:02d}"
        shifts += [
            Shift("mql", text, "", 370 + i, 320 + i),
            Shift("mql", text, "webinar", 200 + i, 190 + i),
            Shift("mql", text, None, 170, 130),
            Shift("customer", text, "", 10, 10),
        ]
    current = {s.stage: s for s in STAGES}
    less = StageFigures("mql", "Marketing qualified lead", "marketing", "gate", 2808, 21, 600)
    stages = tuple((s, less if s.stage == "mql" else current[s.stage]) for s in STAGES)
    fates = (
        Fate("mql", "added", 0, 0, 0, 0, None, Decimal("0.00")),
        Fate("mql", "dropped", 312, 51, 3, 37, 3 / 40, Decimal("91000.00")),
        Fate("mql", "kept", 2808, 400, 91, 209, 91 / 300, Decimal("4098300.50")),
        Fate("customer", "kept", 101, 101, 101, 0, 1.0, Decimal("4189300.50")),
    )
    load = (
        Load("lena", 26, 6.4, 5.5, 14, 12),
        Load("jonas", 26, 3.1, 2.7, 9, 8),
        Load(None, 26, 0.4, 0.3, 2, 2),
    )
    proposed = AgreementUsed(
        "Brightwater Robotics", 3, date(2026, 12, 1), "sha256:cc", "EUR", "Europe/Berlin",
        (VersionUsed(3, date(2026, 12, 1), "sha256:cc"),),
    )  # fmt: skip
    return Backtest(AGREEMENT, proposed, AS_KNOWN, stages, tuple(shifts), fates, load, {"shifts": "SELECT 4"})
