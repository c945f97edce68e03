from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from oarlock.agreement import read, seal
from oarlock.charts.numerals import NBSP
from oarlock.cli.backtest_page import backtest_page
from oarlock.cli.drift_page import drift_page
from oarlock.cli.pages import element_id
from oarlock.cli.report_page import report_page
from oarlock.demo import AGREEMENTS

from . import figures


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """All three pages, of figures made by hand."""
    stages = seal(read(AGREEMENTS[-1])).stages
    return {
        "report": report_page(figures.report(), {"webinar": "marketing"}),
        "drift": drift_page(figures.drift(), stages),
        "backtest": backtest_page(figures.backtest()),
    }


class Text(HTMLParser):
    """What a reader reads, and the tables as they stand."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def parsed(page: str) -> Text:
    """The page, read."""
    text = Text()
    text.feed(page)
    return text


def said(page: str) -> str:
    """All words of a page, with plain spaces."""
    return " ".join(" ".join(parsed(page).words).replace(NBSP, " ").split())


def test_every_name_a_template_uses_is_given_to_it(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        assert "‼" not in page, name


def test_a_page_needs_no_script_and_fetches_nothing(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        for tag, attrs in parsed(page).tags:
            assert tag not in ("script", "link", "img", "iframe", "object", "form"), name
            assert not [a for a in attrs if a.startswith("on") or a in ("src", "style")], name
        assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page
        assert set(re.findall(r"url\(\"?([a-z]+):", page)) <= {"data"}, name


def test_a_stranger_s_markup_stays_text(pages: dict[str, str]) -> None:
    for name in ("report", "drift"):
        assert "<script" not in pages[name]
        assert '<script>alert("1")</script>?[31mred' in said(pages[name])
        assert "\x1b" not in pages[name]


def test_every_table_has_a_caption_and_every_header_a_scope(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        tags = parsed(page).tags
        assert sum(t == "table" for t, _ in tags) == sum(t == "caption" for t, _ in tags) > 0, name
        assert all(attrs.get("scope") for tag, attrs in tags if tag == "th"), name


def test_every_chart_says_what_it_shows(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        charts = [attrs for tag, attrs in parsed(page).tags if tag == "svg" and attrs.get("class") == "drawn"]
        assert charts and all(a.get("role") == "img" and a.get("aria-label") for a in charts), name


def test_the_page_says_version_as_known_date_and_basis(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        strip = said(page)
        assert "Agreement version 2, in force since 10 Feb 2026" in strip, name
        assert "As known Sat 31 Oct 2026, 23:30 (Europe/Berlin)" in strip, name
        assert "Basis:" in strip, name


def test_a_number_s_panel_has_its_counts_and_its_query(pages: dict[str, str]) -> None:
    panel = pages["report"].split('id="x-rate-mql-sal" popover')[1].split("</aside>")[0]
    words = said(panel)
    assert "70.6 %" in words
    assert "Numerator 2,204 entered Sales accepted lead" in words
    assert "Denominator 3,120 entered Marketing qualified lead" in words
    assert "SELECT 1 < 2" in words and "SELECT 1 &lt; 2" in panel


def test_the_sum_of_a_closed_loop_is_the_sum_of_its_rows(pages: dict[str, str]) -> None:
    foot = said(pages["report"].split("<tfoot>")[1].split("</tfoot>")[0])
    assert foot.startswith(f"All {sum(g.people for g in figures.SOURCES):,} ")
    assert foot.endswith("4,189,300")


def test_too_few_cases_are_marked(pages: dict[str, str]) -> None:
    row = pages["report"].split("partner</span>")[1].split("</tr>")[0]
    assert '<td class="n acc few">75.0' in row


def test_ids_are_made_of_plain_letters_and_differ_where_names_do() -> None:
    names = ["by.a b", "by.a-b", "by.a.b", "by.a_b", "by.ä", "by.aȋ", 'by."><script>']
    made = [element_id(name) for name in names]
    assert len(set(made)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", m) for m in made)


def test_the_sheet_ships_with_the_package() -> None:
    assert "@layer" in (files("oarlock.charts") / "sheet" / "oarlock.css").read_text(encoding="utf-8")


def test_a_page_stays_readable_with_very_many_values_and_its_sum_is_of_all() -> None:
    report = figures.report()
    many = tuple(figures.group(f"page {n}", 40, "1.00") for n in range(700))
    page = report_page(replace(report, by={"landing_page": many}), {})
    assert "page 499<" in page and "page 500<" not in page
    assert "The first 500 of 700 values" in said(page)
    assert said(page.split("<tfoot>")[1].split("</tfoot>")[0]).startswith("All 28,000 ")
