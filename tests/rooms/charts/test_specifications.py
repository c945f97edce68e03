from __future__ import annotations

import json
import re
from importlib.resources import files
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pytest

from oarlock.charts import comparing, drawing, funnel
from oarlock.charts.palette import DARK, PALE, TEAMS, VARIABLES


def rows(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The data of a specification."""
    return list(spec["data"]["values"])


def every_spec(figures: ModuleType) -> dict[str, dict[str, Any]]:
    """One of each kind."""
    report = figures.report()
    return {
        "funnel": funnel.funnel_bars(report),
        "months": funnel.entered_by_month(report, report.stages[1]),
        "soon": funnel.how_soon(report.conversions[2], figures.NAMES, "sales"),
        "loop": funnel.closed_loop_bars(report, "source", {"webinar": "marketing"}),
        "proposed": comparing.proposed_by_month(figures.backtest(), "mql"),
        "drift": comparing.drift_bars(figures.drift(), figures.NAMES),
    }


def test_the_funnel_has_a_bar_a_stage_in_its_owners_colour(figures: ModuleType) -> None:
    bars = rows(funnel.funnel_bars(figures.report()))
    assert [b["entered"] for b in bars] == [18204, 3120, 2204, 903, 402, 101]
    assert [b["colour"] for b in bars] == [TEAMS["marketing"]] * 2 + [TEAMS["sales"]] * 4


def test_months_before_the_latest_version_are_paler_and_a_line_says_when_it_came(figures: ModuleType) -> None:
    report = figures.report()
    spec = funnel.entered_by_month(report, report.stages[1])
    fills = {row["month"]: row["fill"] for row in rows(spec)}
    assert fills["2026-01"] == PALE["marketing"]
    assert fills["2026-02"] == TEAMS["marketing"]
    rules = [layer for layer in spec["layer"] if layer["mark"].get("type") == "rule"]
    assert [(r["encoding"]["x"]["datum"], r["encoding"]["x"]["bandPosition"]) for r in rules] == [("2026-02", 9 / 28)]


def test_a_single_version_draws_no_line_and_nothing_pale(figures: ModuleType) -> None:
    from dataclasses import replace

    report = figures.report()
    one = replace(report, agreement=replace(report.agreement, versions=report.agreement.versions[:1]))
    spec = funnel.entered_by_month(one, one.stages[1])
    assert {row["fill"] for row in rows(spec)} == {TEAMS["marketing"]}
    assert not [layer for layer in spec["layer"] if layer["mark"].get("type") == "rule"]


def test_how_soon_begins_at_nothing_and_passes_the_three_days(figures: ModuleType) -> None:
    spec = funnel.how_soon(figures.CONVERSIONS[2], figures.NAMES, "sales")
    assert rows(spec) == [
        {"day": 0, "rate": 0.0}, {"day": 30, "rate": 0.31}, {"day": 60, "rate": 0.4}, {"day": 90, "rate": 0.47},
    ]  # fmt: skip


def test_the_proposal_is_drawn_from_all_sources_together(figures: ModuleType) -> None:
    spec = comparing.proposed_by_month(figures.backtest(), "mql")
    assert rows(spec)[0] == {"month": "2025-05", "current": 370, "proposed": 320}
    assert len(rows(spec)) == 6


def test_sources_add_up_over_months_and_nobody_is_a_source_of_its_own(figures: ModuleType) -> None:
    assert comparing.by_source(figures.backtest(), "mql") == {"webinar": (1215, 1155), None: (1020, 780)}


def test_only_stages_that_move_are_shown_as_moving(figures: ModuleType) -> None:
    assert [s.stage for s in comparing.moving_stages(figures.backtest())] == ["mql"]


def test_each_part_of_drift_is_one_piece_of_its_stages_bar(figures: ModuleType) -> None:
    pieces = [(r["row"], r["part"], r["people"]) for r in rows(comparing.drift_bars(figures.drift(), figures.NAMES))]
    assert pieces[4:8] == [
        (1, "both", 2100), (1, "different_date", 400), (1, "only_recorded", 611), (1, "only_defined", 420),
    ]  # fmt: skip


def test_every_chart_says_in_a_sentence_what_it_shows_and_is_plain_data(figures: ModuleType) -> None:
    for name, spec in every_spec(figures).items():
        assert spec["description"].endswith("."), name
        assert json.loads(json.dumps(spec)) == spec, name


def test_no_chart_uses_a_colour_that_the_page_cannot_turn_dark(figures: ModuleType) -> None:
    for name, spec in every_spec(figures).items():
        used = set(re.findall(r"#[0-9a-fA-F]{6}", json.dumps(spec)))
        assert used <= set(VARIABLES), name
    assert set(VARIABLES.values()) == set(DARK)


@pytest.fixture(scope="module")
def drawings(figures: ModuleType) -> dict[str, str]:
    """Every chart drawn, following the page's theme."""
    return {name: drawing.svg(spec, themed=True) for name, spec in every_spec(figures).items()}


def test_a_drawing_is_an_image_with_a_sentence_and_nothing_that_runs_or_is_fetched(drawings: dict[str, str]) -> None:
    for name, svg in drawings.items():
        root = ElementTree.fromstring(svg)
        assert root.get("role") == "img" and root.get("aria-label"), name
        assert "<script" not in svg and "<image" not in svg and ' style="' not in svg, name
        assert re.findall(r'(?:href|src|url\()="?(?!#)', svg) == [], name


def test_a_drawing_in_a_page_follows_the_pages_theme(figures: ModuleType, drawings: dict[str, str]) -> None:
    assert 'fill="var(--teal, #10898a)"' in drawings["funnel"]
    assert "var(" not in drawing.svg(funnel.funnel_bars(figures.report()))


def test_a_hostile_name_is_text_in_a_drawing_and_does_not_stop_it(drawings: dict[str, str]) -> None:
    assert "<script" not in drawings["loop"]
    assert "&lt;script&gt;alert" in drawings["loop"]
    assert "\x1b" not in drawings["loop"]


def test_two_values_that_look_alike_stay_two_bars(figures: ModuleType) -> None:
    from dataclasses import replace

    report = figures.report()
    twins = tuple(
        replace(g, value=name) for g, name in zip(report.by["source"][:3], ("a\x01", "a\x02", "a?"), strict=True)
    )
    svg = drawing.svg(funnel.closed_loop_bars(replace(report, by={"source": twins}), "source", {}))
    assert svg.count(">a?</text>") == 3


def test_the_palette_is_that_of_the_style_sheet() -> None:
    sheet = (files("oarlock.charts") / "sheet" / "oarlock.css").read_text(encoding="utf-8")
    pairs = dict(re.findall(r"(--[a-z0-9-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)", sheet))
    for light, name in VARIABLES.items():
        assert pairs[name] == f"{light}, {DARK[name]}", name
