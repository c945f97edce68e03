"""What became of the leads sent: rows by a field, reasons, and edits that are one click from a proposal."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from oarlock.agreement import read_text, seal
from oarlock.jobs import figures
from oarlock.jobs.figures import Asked
from oarlock.loop.edits import EditFigures, Effect, ProposedEdit, ReasonCount
from oarlock.store.models import Measurement, Proposal
from oarlock.store.reads import measurements, promises
from oarlock.store.reads.proposals import text_of

from .measured import Ready, brightwater, home, looked_at, signed, worked
from .test_funnel import lines, page

__all__ = ["brightwater", "home", "looked_at", "signed"]
pytestmark = pytest.mark.usefixtures("signed")
ALL = "/handoffs/sent/?period=all"


@pytest.fixture
def ready(home: Path, as_mara: Client, looked_at: Ready) -> Client:
    """Mara's client, with the view by source and the search for edits done."""
    return looked_at(as_mara, ALL, ALL)


def test_a_first_look_shows_progress_and_the_next_one_the_leads(home: Path, as_mara: Client) -> None:
    assert "Following every hand-off to its end" in page(as_mara, ALL)
    worked()
    text = page(as_mara, ALL)
    assert "Why sales rejected" in text and "Searching history for conditions" in text
    worked()
    assert "conditions on" in page(as_mara, ALL)


@pytest.mark.parametrize("by", ["source", "campaign", "owner", "month", "person.job_level"])
def test_the_parts_of_each_way_to_look_are_the_same_leads(home: Path, as_mara: Client, by: str) -> None:
    as_mara.get(ALL, {"by": by})
    worked()
    rows = lines(as_mara.get("/handoffs/sent.csv", {"by": by, "period": "all"}))
    sums = {k: sum(int(r[k]) for r in rows) for k in ("offered", "accepted", "rejected", "lapsed", "open")}
    assert sums["offered"] == sums["accepted"] + sums["rejected"] + sums["lapsed"] + sums["open"] > 20
    whys = sum(int(n) for r in rows for k, n in r.items() if k.startswith("rejected: "))
    assert whys == sums["rejected"] > 0


def test_every_number_lists_as_many_hand_offs_as_it_says(ready: Client) -> None:
    rows = lines(ready.get("/handoffs/sent.csv?period=all"))
    for what in ("offered", "accepted", "rejected", "lapsed", "open", "returned", "worked", "converted", "won"):
        listed = lines(ready.get("/handoffs/sent/rows.csv", {"period": "all", "figure": what}))
        assert len(listed) == sum(int(r[what]) for r in rows), what
    row = max(rows, key=lambda r: int(r["rejected"]))
    why = next(k for k in row if k.startswith("rejected: ") and int(row[k]))
    asked = {"period": "all", "figure": f"reason:{why.removeprefix('rejected: ')}", "value": f"is:{row['source']}"}
    found = lines(ready.get("/handoffs/sent/rows.csv", asked))
    assert len(found) == int(row[why]) and {r["reason"] for r in found} == {why.removeprefix("rejected: ")}
    assert ready.get("/handoffs/sent/rows/", asked).status_code == 200


def test_every_number_opens_an_explanation(ready: Client) -> None:
    for figure in ("offered", "acceptance", "rejected", "reason:student", "won", "revenue", "open"):
        answer = ready.get("/handoffs/sent/explained/", {"period": "all", "figure": figure},
                           headers={"HX-Request": "true"})  # fmt: skip
        assert answer.status_code == 200 and b"What this number is" in answer.content, figure
    assert ready.get(f"{ALL}&figure=nothing").status_code == 404
    assert ready.get("/handoffs/sent/?by=nobody.knows").status_code == 404


def held(home: Path, *edits: ProposedEdit) -> None:
    """Lay these edits where the search's own would stand."""
    import json

    from oarlock.jobs.plain import plain

    kept = Measurement.objects.get(key=figures.key_of(home, Asked("edits"), figures.judges("")))
    was = measurements.kept(kept.key)
    assert was is not None
    found = promises.edits(was)
    laid = EditFigures(
        found.agreement, found.as_known, found.handoff, found.stage, found.split,
        (ReasonCount("not-icp", 310, 1000, 200, 110),), edits, found.tried, found.fields,
    )  # fmt: skip
    kept.body = json.dumps({"figures": plain(laid), "files": dict(was.files)})
    kept.made_at = kept.made_at.replace(microsecond=(kept.made_at.microsecond + 1) % 1_000_000)
    kept.save()


GOOD = ProposedEdit(
    "not-icp", "account.employees", "account.employees >= 80", Effect(200, 150, 60, 1, 400, 20, 700, 180),
    Effect(110, 81, 50, 1, 200, 9, 350, 95), 66,
)  # fmt: skip
BAD = ProposedEdit(
    "not-icp", "person.country", "person.country in ('DE')", Effect(200, 60, 60, 1, 400, 40, 700, 110),
    Effect(110, 5, 50, 20, 200, 90, 350, 120), 8,
)  # fmt: skip


def test_an_edit_is_one_click_from_a_proposal_with_its_condition_in_place(ready: Client, home: Path) -> None:
    held(home, GOOD, BAD)
    text = page(ready, ALL)
    assert "account.employees &gt;= 80" in text and "Held on later hand-offs" in text
    assert "kept 74\u00a0% of these out, and 2\u00a0% of the wins" in text and "did not hold" in text
    answer = ready.post("/handoffs/sent/edits/0/propose/", {"condition": GOOD.text})
    assert answer.status_code == 302 and "/agreement/proposals/" in answer["Location"]
    made = Proposal.objects.get()
    stage = seal(read_text(text_of(made.id, 1))).stage("mql")
    assert stage and stage.rule and stage.rule.text == "fit >= 40 and engagement >= 40 and account.employees >= 80"
    assert "81 of 110" in made.reason and "66 conditions" in made.reason
    assert ready.get(answer["Location"]).status_code == 200


def test_only_an_edit_that_stands_there_is_proposed_and_only_by_who_may(
    ready: Client, as_viewer: Client, home: Path
) -> None:
    held(home, GOOD)
    for number, condition in ((0, "true"), (1, GOOD.text), (0, "")):
        answer = ready.post(f"/handoffs/sent/edits/{number}/propose/", {"condition": condition})
        assert answer.status_code == 404, condition
    assert as_viewer.post("/handoffs/sent/edits/0/propose/", {"condition": GOOD.text}).status_code == 403
    assert not Proposal.objects.exists()
    assert "Propose it" not in page(as_viewer, ALL)


def test_the_page_costs_few_queries(ready: Client) -> None:
    page(ready, ALL)
    with CaptureQueriesContext(connection) as asked:
        page(ready, ALL)
    assert len(asked) <= 12
