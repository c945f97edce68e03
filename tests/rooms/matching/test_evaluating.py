"""Precision, recall and F1 are what they are by hand; bars are chosen on one half and told on the other."""

from __future__ import annotations

import pytest

from oarlock.agreement.handling import Matching
from oarlock.matching.baselines import METHODS
from oarlock.matching.evaluating import Case, Labelled, best_bar, evaluate, recall_at, scores

CASES = [
    Case("a", 0.9, True, True), Case("a", 0.8, True, True), Case("b", 0.8, False, False), Case("c", 0.4, True, True),
    Case("d", 0.0, False, True),
]  # fmt: skip


def test_scores_at_a_bar_by_hand() -> None:
    found = scores(CASES, 0.8)
    assert (found.leads, found.known, found.matched, found.right) == (5, 4, 3, 2)
    assert (found.precision, found.recall) == (2 / 3, 0.5)
    assert found.f1 == pytest.approx(4 / 7)


def test_nothing_matched_has_no_precision() -> None:
    assert (scores(CASES, 1.0).precision, scores(CASES, 1.0).recall, scores([], 0.5).recall) == (None, 0.0, None)


def test_recall_at_a_precision_counts_the_equally_sure_together() -> None:
    assert recall_at(CASES, 0.99) == 0.25, "the second right one stands beside a wrong one"
    assert recall_at(CASES, 0.75) == 0.75
    assert recall_at([Case("a", 0.5, False, True)], 0.5) == 0.0
    assert recall_at([], 0.9) is None


def test_the_best_bar_is_the_highest_of_the_best() -> None:
    assert best_bar(CASES) == 0.4
    assert best_bar(CASES[:2]) == 0.8


def test_every_method_is_measured_in_both_ways_on_the_same_leads() -> None:
    labelled = [
        Labelled(f"{firm} {form}", firm) for firm in ["Acme", "Globex", "Initech", "Stark"] for form in ("AG", "")
    ]
    found = evaluate(labelled, Matching(), seeds=(7,))
    assert len(found) == 2 * (2 + len(METHODS))
    assert {(m.whole.leads, m.held.leads) for m in found} == {(8, 4)}
    assert {m.whole.known for m in found} == {8, 4}
    assert found == evaluate(labelled, Matching(), seeds=(7,))


@pytest.mark.parametrize("method", METHODS)
def test_a_plain_method_finds_the_same_name_and_is_a_finder_of_any_text(method: str) -> None:
    find = METHODS[method]({"a": "Acme Robotics", "g": "Globex"})
    assert find("Acme Robotics")[0] == "a"
    assert find("Acme Robotics")[1] == pytest.approx(1.0)
    assert find("")[1] == 0.0
