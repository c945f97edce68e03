"""The funnel page: progress first, then figures; every number opens its explanation and lists the people behind it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.db import connection
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from oarlock.jobs import figures
from oarlock.jobs.figures import Asked
from oarlock.loop.numbers import number
from oarlock.store.models import Measurement
from oarlock.store.reads import measurements

from .measured import Ready, brightwater, home, looked_at, signed, worked

__all__ = ["brightwater", "home", "looked_at", "signed"]
pytestmark = pytest.mark.usefixtures("signed")


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content[:500]
    return str(answer.content.decode())


def lines(answer: HttpResponseBase) -> list[dict[str, str]]:
    assert isinstance(answer, HttpResponse | StreamingHttpResponse)
    body = b"".join(answer.streaming_content) if isinstance(answer, StreamingHttpResponse) else answer.content  # type: ignore[arg-type]
    return list(csv.DictReader(body.decode().splitlines()))


@pytest.fixture
def ready(looked_at: Ready, as_mara: Client) -> Client:
    """Mara's client, with the funnel and its loop by source measured."""
    return looked_at(as_mara, "/funnel/", "/funnel/")


def test_a_first_look_shows_progress_and_the_next_one_the_figures(home: Path, as_mara: Client) -> None:
    first = page(as_mara, "/funnel/")
    assert "Following everybody through the stages" in first and 'hx-trigger="every 1s"' in first
    assert '<meta http-equiv="refresh"' in first  # without JavaScript
    worked()
    assert as_mara.get("/funnel/progress/funnel/").headers["HX-Refresh"] == "true"
    assert "From the<br>one before" in page(as_mara, "/funnel/")


def test_without_facts_the_page_says_what_comes_first(home: Path, as_mara: Client) -> None:
    (home / "lake" / "manifest.json").unlink()
    assert "There are no facts yet." in page(as_mara, "/funnel/")
    assert not Measurement.objects.exists()


def test_every_number_of_the_page_opens_an_explanation_with_its_counts(ready: Client) -> None:
    text = page(ready, "/funnel/?period=all&figure=rate.mql.sal")
    for word in ("What this number is", "Numerator", "Denominator", "Version", "As known", "Enough cases?", "Used by"):
        assert word in text
    for figure in ("entered.mql", "expected.mql.sal", "time.mql.sal", "balance.mql", "in_flow.mql", "revenue",
                   "win_rate", "deal_size", "cycle", "loop.acceptance", "loop.stage.sql", "loop.cost_per.sql",
                   "loop.reason.student"):  # fmt: skip
        answer = ready.get(f"/funnel/explained/?period=all&figure={figure}", headers={"HX-Request": "true"})
        assert answer.status_code == 200 and b"What this number is" in answer.content, figure


def test_the_rows_behind_a_number_are_as_many_as_it_says(ready: Client, home: Path) -> None:
    judging = figures.judges("")
    kept = measurements.kept(figures.key_of(home, Asked(), judging))
    loop = measurements.kept(figures.key_of(home, Asked("loop", by="source"), judging))
    assert kept is not None and loop is not None
    found = measurements.funnel(kept)
    months = [m for m in found.months if found.entered("mql", m).entered][-2:]
    for period in (*months, "all"):
        for figure in ("entered.mql", "rate.mql.sal", "loop.acceptance", "loop.rejected", "loop.stage.sql"):
            for basis in ("cohort", "calendar"):
                told = figures.explained(kept, number(found, figure, period, basis, "source"), loop).explanation
                listed = lines(ready.get(f"/funnel/rows.csv?period={period}&basis={basis}&figure={figure}"))
                counted = told.denominator if figure != "rate.mql.sal" or basis == "cohort" else told.numerator
                expected = counted.number if counted else int(str(told.exact))
                assert len(listed) == expected, (figure, period, basis)


def test_the_list_pages_without_losing_or_doubling_anybody(ready: Client, home: Path) -> None:
    from oarlock.jobs import rows
    from oarlock.jobs.rows import LifeRow

    kept = measurements.kept(figures.key_of(home, Asked(), figures.judges("")))
    assert kept is not None
    found = measurements.funnel(kept)
    named = number(found, "entered.lead", "all", "cohort")
    whole = rows.behind(home, kept.files["lives"], found, named, limit=10_000).rows
    after, seen = "", list[LifeRow]()
    while True:
        part = rows.behind(home, kept.files["lives"], found, named, after=after, limit=37)
        seen += part.rows
        if part.following is None:
            break
        after = part.following
    assert tuple(seen) == whole and len(whole) == found.entered("lead", "all").entered


def test_a_page_asks_at_most_twelve_things_of_the_database(ready: Client) -> None:
    loop = "figure=loop.acceptance&value=is:webinar"
    for what in ("?period=all", "?period=all&figure=rate.mql.sal", f"?period=all&{loop}", "rows/?figure=entered.mql"):
        address = f"/funnel/{what}"
        page(ready, address)
        with CaptureQueriesContext(connection) as asked:
            page(ready, address)
        assert len(asked.captured_queries) <= 12, address


def test_a_filter_a_version_and_a_date_each_are_figures_of_their_own(ready: Client, home: Path) -> None:
    addresses = ("/funnel/?where=source:webinar", "/funnel/?version=1", "/funnel/?as_known=2026-06-30")
    for address in addresses:
        assert "Following everybody" in page(ready, address)
    worked()
    for address in addresses:
        assert "Following everybody through the stages</h2>" not in page(ready, address).split("closed-loop")[0]
    filtered = measurements.kept(figures.key_of(home, Asked(where=(("source", "webinar"),)), figures.judges("")))
    assert filtered is not None
    whole = measurements.kept(figures.key_of(home, Asked(), figures.judges("")))
    assert whole is not None
    few, all_of = (measurements.funnel(k).entered("lead", "all").entered for k in (filtered, whole))
    assert 0 < few < all_of


def test_as_known_on_a_date_shows_nothing_that_was_learned_later(ready: Client, home: Path) -> None:
    ready.get("/funnel/?as_known=2026-06-30")
    worked()
    kept = measurements.kept(figures.key_of(home, Asked(as_known="2026-06-30"), figures.judges("")))
    assert kept is not None
    found = measurements.funnel(kept)
    assert found.months[-1] == "2026-06" and found.as_known.isoformat().startswith("2026-06-30T21:59:59")


@pytest.mark.parametrize(
    ("address", "status"),
    [("?version=9", 404), ("?as_known=yesterday", 400), ("?figure=rate.mql", 404), ("?figure=entered.nothing", 404),
     ("?figure=loop.stage.x", 404), ("?period=1999-01", 200)],
)  # fmt: skip
def test_what_is_not_there_is_told_in_words(ready: Client, address: str, status: int) -> None:
    assert ready.get(f"/funnel/{address}").status_code == status


def test_a_field_nobody_has_is_told_beside_the_table_and_again_orders_it_anew(ready: Client) -> None:
    ready.get("/funnel/?by=nonsense")
    worked()
    text = page(ready, "/funnel/?by=nonsense")
    assert "Nothing is called `nonsense`" in text and "again=1" in text


def test_a_stranger_gets_nowhere_and_a_viewer_exports_nothing(
    home: Path, as_stranger: Client, as_viewer: Client
) -> None:
    assert as_stranger.get("/funnel/").status_code == 302
    assert as_viewer.get("/funnel/closed-loop.csv").status_code == 403
    assert as_viewer.get("/funnel/rows.csv?figure=entered.mql").status_code == 403


def test_script_in_a_filter_or_field_is_shown_as_text(ready: Client) -> None:
    text = page(ready, "/funnel/?by=%3Cscript%3Ealert(1)%3C/script%3E&field=%3Cimg%20src%3Dx%3E&is=%22%3E%3Cb%3E")
    assert "<script>alert" not in text and "<img src=x>" not in text


def test_a_chart_is_drawn_and_its_specification_is_there(ready: Client, home: Path) -> None:
    kept = measurements.kept(figures.key_of(home, Asked(), figures.judges("")))
    assert kept is not None and 'role="img"' in page(ready, "/funnel/")
    answer = ready.get(f"/funnel/charts/{kept.key}/entered.mql.json")
    assert answer.json()["description"].startswith("Marketing qualified lead: entered a month")


def test_figures_whose_rows_are_gone_are_made_anew_with_them(ready: Client, home: Path) -> None:
    for file in (home / "cache").glob("*.parquet"):
        file.unlink()
    assert "Following everybody through the stages" in page(ready, "/funnel/")
    worked()
    assert ready.get("/funnel/rows/?period=all&figure=entered.lead").status_code == 200
