"""One number, one value: Today, the funnel page, its explanation, the API and the command line's report agree."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from oarlock.charts import numerals
from oarlock.jobs import figures
from oarlock.jobs.figures import Asked
from oarlock.jobs.measuring import measure
from oarlock.loop.period_figures import FunnelFigures
from oarlock.store.reads import measurements
from oarlock.store.reads.versions import all_versions

from .measured import Ready, brightwater, home, looked_at, signed

__all__ = ["brightwater", "home", "looked_at", "signed"]
pytestmark = pytest.mark.usefixtures("signed")
TAGS = re.compile(r"<[^>]+>")


@pytest.fixture
def ready(home: Path, looked_at: Ready, as_mara: Client) -> tuple[Client, FunnelFigures]:
    """Mara's client, and the figures everybody is to show."""
    looked_at(as_mara, "/funnel/", "/funnel/")
    kept = measurements.kept(figures.key_of(home, Asked(), figures.judges("")))
    assert kept is not None
    return as_mara, measurements.funnel(kept)


def said(month: str) -> str:
    """Its name between plain spaces."""
    return " ".join(numerals.month(month).split())


def words(client: Client, address: str) -> str:
    """A page as somebody reads it."""
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(unescape(TAGS.sub(" ", answer.content.decode())).split())


def test_today_and_the_funnel_page_show_the_same_month_and_the_same_numbers(
    ready: tuple[Client, FunnelFigures],
) -> None:
    client, found = ready
    today, page = words(client, "/"), words(client, "/funnel/")
    months = [m for m in found.months if said(m) in today]
    month = months[-1]
    entered = numerals.count(found.entered(found.handed, month).entered)
    assert said(month) in page, "both pages are about the last month that is over"
    for stage in found.stages:
        number = numerals.count(found.entered(stage.key, month).entered)
        assert number in today and number in page, (stage.key, number)
    assert f"{entered} people became" in today or f"{entered} person became" in today


def test_the_api_says_what_the_pages_drawer_says(ready: tuple[Client, FunnelFigures]) -> None:
    client, found = ready
    told = numbers_of_the_api(client, "?period=all")
    assert len(told) > 15
    for figure, row in told.items():
        drawer = words(client, f"/funnel/?period=all&figure={figure}")
        assert " ".join(str(row["value"]).split()) in drawer, (figure, row["value"])
        assert row["exact"] == figures.explained(kept(found), named(found, figure)).explanation.exact


def test_the_command_lines_report_counts_what_the_funnel_of_all_history_counts(
    ready: tuple[Client, FunnelFigures], home: Path
) -> None:
    _, found = ready
    report = measure(home, all_versions())
    assert report.as_known == found.as_known
    for stage in report.stages:
        whole = found.entered(stage.stage, "all")
        ours = (whole.entered, whole.skipped, found.balance[stage.stage])
        assert ours == (stage.entered, stage.skipped, stage.balance)
    for c in report.conversions:
        step = found.step(c.from_, c.to, "all", "cohort")
        assert (step.numerator, step.denominator, step.still_open) == (c.numerator, c.denominator, c.still_open)
        assert step.median_days == pytest.approx(c.median_days) and step.p90_days == pytest.approx(c.p90_days)
        assert step.expected == pytest.approx(c.kaplan_meier)
    assert found.flows == report.flows
    deals = next(c for c in found.closed if c.period == "all")
    assert (deals.won, deals.lost, deals.revenue) == (report.opportunities.won, report.opportunities.lost,
                                                       report.opportunities.revenue)  # fmt: skip
    assert deals.median_cycle == pytest.approx(report.opportunities.median_cycle_days)


def numbers_of_the_api(client: Client, query: str) -> dict[str, dict[str, Any]]:
    answer = client.get(f"/api/numbers{query}")
    assert answer.status_code == 200, answer.content[:300]
    return {row["figure"]: row for row in json.loads(answer.content)["rows"]}


def kept(found: FunnelFigures) -> Any:
    from django.conf import settings

    return measurements.kept(figures.key_of(settings.OARLOCK.home, Asked(), figures.judges("")))


def named(found: FunnelFigures, figure: str) -> Any:
    from oarlock.loop.numbers import number

    return number(found, figure, "all", "cohort")
