"""The ledger's page: both teams, the cases behind each number, and excuses that take two to count."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from oarlock.jobs import figures
from oarlock.jobs.figures import Asked
from oarlock.jobs.ledger import measure_ledger
from oarlock.loop.promises_kept import Cell, Ledger, LedgerLine
from oarlock.store.models import AuditLine, Excused, Measurement
from oarlock.store.reads import measurements

from .measured import Ready, brightwater, home, looked_at, signed, worked
from .test_funnel import lines, page

__all__ = ["brightwater", "home", "looked_at", "signed"]
pytestmark = pytest.mark.usefixtures("signed")


@pytest.fixture
def ready(home: Path, as_mara: Client, looked_at: Ready) -> Client:
    """Mara's client, with the ledger measured."""
    return looked_at(as_mara, "/promises/")


def ledger(home: Path) -> Ledger:
    """What the command line would say."""
    return measure_ledger(home, figures.judges(""))


def some(found: Ledger, metric: str) -> tuple[LedgerLine, Cell]:
    """A promise, and one of its periods in which something was counted."""
    line = next(x for x in found.lines if x.metric == metric)
    return line, next(c for c in line.cells if c.numerator and (c.denominator or 2) > 1)


def test_a_first_look_shows_progress_and_the_next_one_both_teams(home: Path, as_sam: Client) -> None:
    first = page(as_sam, "/promises/")
    assert "Laying hand-offs beside promises" in first and '<meta http-equiv="refresh"' in first
    worked()
    assert as_sam.get("/promises/progress/ledger/").headers["HX-Refresh"] == "true"
    text = page(as_sam, "/promises/")
    assert "Marketing owes sales" in text and "Sales owes marketing" in text and "Hand-offs answered in time" in text


def test_without_facts_the_page_says_what_comes_first(home: Path, as_mara: Client) -> None:
    (home / "lake" / "manifest.json").unlink()
    assert "There are no facts yet." in page(as_mara, "/promises/")
    assert not Measurement.objects.exists()


def test_page_and_command_line_show_one_value_and_every_number_lists_as_many_cases(ready: Client, home: Path) -> None:
    found = ledger(home)
    told = {(r["metric"], r["period"]): r for r in lines(ready.get("/promises.csv"))}
    assert len(told) == sum(len(line.cells) for line in found.lines) > 20
    for line in found.lines:
        for cell in line.cells:
            row = told[line.metric, cell.period]
            assert (row["numerator"], row["status"]) == (str(cell.numerator), cell.status)
    for metric in ("mql.entered", "mql-to-sdr.accepted_rate", "mql-to-sdr.accept_met", "mql-to-sdr.work_met"):
        line, cell = some(found, metric)
        asked = {"figure": line.key, "period": cell.period}
        listed = lines(ready.get("/promises/rows.csv", asked | {"part": "counted"}))
        assert len(listed) == (cell.numerator if cell.denominator is None else cell.denominator), metric
        met = lines(ready.get("/promises/rows.csv", asked | {"part": "met"}))
        assert len(met) == cell.numerator and {r["state"] for r in met} == {"met"}
        assert ready.get("/promises/rows/", asked).status_code == 200


def test_entries_are_those_of_the_funnel_page(home: Path, ready: Client) -> None:
    ready.get("/funnel/")
    worked()
    kept = measurements.kept(figures.key_of(home, Asked(), figures.judges("")))
    assert kept is not None
    funnel = measurements.funnel(kept)
    line = next(x for x in ledger(home).lines if x.metric == "mql.entered")
    assert [c.numerator for c in line.cells] == [funnel.entered("mql", c.period).entered for c in line.cells]
    assert any(c.numerator for c in line.cells)


def test_every_number_opens_an_explanation_with_its_counts(ready: Client, home: Path) -> None:
    line, cell = some(ledger(home), "mql-to-sdr.accept_met")
    address = f"/promises/?figure={line.key}&period={cell.period}"
    text = page(ready, address)
    for word in ("What this number is", "Numerator", "Denominator", "Promised", "Basis", "Version", "As known",
                 "Enough cases?", "The query that made it"):  # fmt: skip
        assert word in text, word
    fragment = ready.get(address.replace("/?", "/explained/?"), headers={"HX-Request": "true"})
    assert b"What this number is" in fragment.content and b"<html" not in fragment.content
    assert ready.get("/promises/?figure=nothing&period=2026-09").status_code == 404


def test_the_list_of_cases_pages_without_losing_or_doubling_any(ready: Client, home: Path) -> None:
    from oarlock.jobs import ledger_rows

    found = ledger(home)
    line = next(x for x in found.lines if x.metric == "mql-to-sdr.accepted_rate")
    cell = max(line.cells, key=lambda c: c.denominator or 0)
    measurement = Measurement.objects.get(kind="ledger")
    kept = measurements.kept(measurement.key)
    assert kept is not None
    whole = ledger_rows.owed_rows(home, kept.files["cases"], line.key, cell.period, limit=1000).rows
    seen: list[ledger_rows.OwedRow] = []
    after = ""
    while True:
        part = ledger_rows.owed_rows(home, kept.files["cases"], line.key, cell.period, after=after, limit=2)
        seen += part.rows
        if part.following is None:
            break
        after = part.following
    assert tuple(seen) == whole and len(whole) == cell.denominator and len(whole) > 2


EXCUSE = {"excuse": "budget_cut", "first": "2026-09-01", "last": "2026-09-30", "why": "The budget was halved."}


def test_an_excuse_takes_two_teams_and_then_changes_the_ledger(ready: Client, as_sam: Client, as_hana: Client) -> None:
    before = {(r["metric"], r["period"]): r for r in lines(ready.get("/promises.csv"))}
    assert as_hana.post("/promises/excuses/", EXCUSE).status_code == 403  # no leader
    assert as_sam.post("/promises/excuses/", EXCUSE).status_code != 302  # the other team's to declare
    assert ready.post("/promises/excuses/", EXCUSE).status_code == 302
    found = Excused.objects.get()
    assert found.confirmed is None and lines(ready.get("/promises.csv")) == list(before.values())
    assert ready.post(f"/promises/excuses/{found.id}/", {"answer": "confirm"}).status_code != 302  # nobody's own
    assert as_sam.post(f"/promises/excuses/{found.id}/", {"answer": "confirm"}).status_code == 302
    page(ready, "/promises/")
    worked()
    after = {(r["metric"], r["period"]): r for r in lines(ready.get("/promises.csv"))}
    changed = {k for k in after if after[k] != before[k]}
    assert changed == {("mql.entered", "2026-09")}
    assert after["mql.entered", "2026-09"]["status"] == "excused"
    text = page(ready, "/promises/")
    assert "The budget was halved." in text and "confirmed" in text and "Sam Okafor" in text
    assert {line.verb for line in AuditLine.objects.filter(subject_kind="excuse")} == {"declared", "confirmed"}


def test_an_answer_stands_and_the_same_answer_twice_is_one(ready: Client, as_sam: Client) -> None:
    ready.post("/promises/excuses/", EXCUSE)
    id = Excused.objects.get().id
    for _ in range(2):
        assert as_sam.post(f"/promises/excuses/{id}/", {"answer": "refuse"}).status_code == 302
    assert as_sam.post(f"/promises/excuses/{id}/", {"answer": "confirm"}).status_code != 302
    assert Excused.objects.get().confirmed is False
    assert AuditLine.objects.filter(verb="refused").count() == 1
    assert ready.post("/promises/excuses/", EXCUSE).status_code == 302  # refused: it may be declared again


@pytest.mark.parametrize(
    "wrong", [{"excuse": "weather"}, {"first": "soon"}, {"last": "2026-08-01"}, {"why": " "}, {"why": "x" * 1001}]
)
def test_an_excuse_that_is_none_is_refused_in_words(ready: Client, wrong: dict[str, str]) -> None:
    answer = ready.post("/promises/excuses/", EXCUSE | wrong)
    assert answer.status_code in (400, 404) and not Excused.objects.exists()


def test_the_same_days_are_not_excused_twice(ready: Client) -> None:
    assert ready.post("/promises/excuses/", EXCUSE).status_code == 302
    again = ready.post("/promises/excuses/", EXCUSE | {"first": "2026-09-30", "last": "2026-10-02"})
    assert again.status_code == 400 and Excused.objects.count() == 1


def test_the_page_costs_few_queries(ready: Client) -> None:
    page(ready, "/promises/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page(ready, "/promises/")
    assert len(asked) <= 12


def test_a_month_is_over_by_the_clock_and_not_before(ready: Client, home: Path) -> None:
    line = next(x for x in ledger(home).lines if x.metric == "mql.entered")
    first = line.cells[0]
    assert datetime(first.last.year, first.last.month, first.last.day, tzinfo=UTC) < datetime(2026, 11, 22, tzinfo=UTC)
    assert not first.running  # Brightwater's history ends with its month, and that is past
