"""The drift page: four counts, their rows with causes, an export, and the rule that would match."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from oarlock.jobs import figures, suggestions
from oarlock.jobs.figures import Asked
from oarlock.jobs.measuring import measure_drift
from oarlock.store.models import WorkOrder
from oarlock.store.reads import measurements

from .measured import Ready, brightwater, home, looked_at, signed, worked
from .test_funnel import lines, page

__all__ = ["brightwater", "home", "looked_at", "signed"]
pytestmark = pytest.mark.usefixtures("signed")


@pytest.fixture
def ready(looked_at: Ready, as_sam: Client) -> Client:
    """Sam's client, with drift measured."""
    return looked_at(as_sam, "/drift/")


def test_the_page_says_what_the_command_line_says(ready: Client, home: Path) -> None:
    kept = measurements.kept(figures.key_of(home, Asked("drift"), figures.judges("")))
    assert kept is not None
    found, told = measurements.drift(kept), measure_drift(home, figures.judges(""), rows=None)
    assert (found.drift.stages, found.drift.by) == (told.stages, told.by)
    dated = [r for r in told.rows if r.recorded_at or r.defined_at]
    apart = sum(t.counts.different_date + t.counts.only_recorded + t.counts.only_defined for t in found.trend)
    assert apart == len(dated)
    assert "The rule that would match" in page(ready, "/drift/?stage=mql")


def test_the_rows_are_those_that_were_counted_and_name_their_cause(ready: Client, home: Path) -> None:
    told = measure_drift(home, figures.judges(""), rows=None)
    for counts in told.stages:
        for verdict, number in (("different date", counts.different_date), ("only recorded", counts.only_recorded),
                                ("only defined", counts.only_defined)):  # fmt: skip
            answer = ready.get("/drift/rows.csv", {"stage": counts.stage, "verdict": verdict})
            assert len(lines(answer)) == number, (counts.stage, verdict)
    ours = {(r["person_id"], r["stage"], r["by"], r["origin"]) for stage in told.stages
            for r in lines(ready.get("/drift/rows.csv", {"stage": stage.stage}))}  # fmt: skip
    assert ours == {(r.person_id, r.stage, r.by or "", r.origin or "") for r in told.rows}
    by_hand = [r for r in told.rows if r.origin == "by hand"]
    assert not by_hand or by_hand[0].by is not None


def test_edits_are_tried_by_order_and_only_those_that_help_are_offered(
    ready: Client, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oarlock.jobs.suggesting.MOST", 3)
    assert ready.post("/drift/rule/", {"stage": "mql"}).status_code == 302
    assert "Under way" in page(ready, "/drift/?stage=mql")
    worked()
    found = suggestions.known(home, "", "", "mql")
    assert found.now is not None and found.tried == 3
    now = found.now.different_date + found.now.only_recorded + found.now.only_defined
    assert all(s.apart < now for s in found.found)
    assert "edits tried" in page(ready, "/drift/?stage=mql")


def test_a_viewer_orders_nothing_and_an_unknown_stage_is_refused(ready: Client, as_viewer: Client, home: Path) -> None:
    before = WorkOrder.objects.count()
    assert as_viewer.post("/drift/rule/", {"stage": "mql"}).status_code == 403
    assert ready.post("/drift/rule/", {"stage": "nothing"}).status_code == 404
    assert as_viewer.get("/drift/rows.csv").status_code == 403
    assert WorkOrder.objects.count() == before
