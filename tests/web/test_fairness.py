"""The fairness page: expected beside actual, what the figures rest on, and a test that says when it cannot say."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from oarlock.store.models import Measurement
from oarlock.store.reads import fairness, measurements

from .measured import Ready, brightwater, home, looked_at, signed, worked
from .test_funnel import lines, page

__all__ = ["brightwater", "home", "looked_at", "signed"]
pytestmark = pytest.mark.usefixtures("signed")
YEAR = "/handoffs/fairness/?period=2026"


@pytest.fixture
def ready(home: Path, as_sam: Client, looked_at: Ready) -> Client:
    """Sam's client, with the year measured."""
    return looked_at(as_sam, YEAR)


def test_expected_shares_sum_to_the_leads_that_were_given(ready: Client) -> None:
    kept = measurements.kept(Measurement.objects.get(kind="fairness").key)
    assert kept is not None
    found = fairness.fairness(kept)
    assert {p.fairness.pool for p in found.pools} == {"dach", "rest-of-world"}
    for pool in found.pools:
        it = pool.fairness
        assert pool.rests == "hand-offs" and it.leads == sum(m.actual for m in it.members) > 5
        assert abs(sum(m.expected for m in it.members) - it.leads) < 1e-9


def test_the_page_says_what_it_rests_on_and_what_the_test_found(ready: Client) -> None:
    text = page(ready, YEAR)
    assert "Pool dach" in text and "Lena Vogt" in text and "Counted from imported hand-offs" in text
    assert any(word in text for word in ("Within chance", "Beyond chance", "Too few to say", "In turn"))
    assert {r["member"] for r in lines(ready.get("/handoffs/fairness.csv?period=2026"))} >= {"lena", "jonas"}


def test_a_period_in_which_nothing_was_shared_and_one_that_is_none(ready: Client) -> None:
    ready.get("/handoffs/fairness/?period=2019")
    worked()
    assert "No pool shared a lead" in page(ready, "/handoffs/fairness/?period=2019")
    assert ready.get("/handoffs/fairness/?period=soon").status_code == 400
