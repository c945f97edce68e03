"""Problems, places, guesses and the clock: the small things everything above leans on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from oarlock.ground import clock
from oarlock.ground.problems import NOWHERE, OutsideProblem, Place, Problem, UserProblem
from oarlock.ground.spelling import did_you_mean


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (Place("a.yaml", 3, 7), "a.yaml:3:7"),
        (Place("a.yaml", 3), "a.yaml:3"),
        (Place("a.yaml"), "a.yaml"),
        (NOWHERE, "-"),
    ],
)
def test_a_place_is_told_as_far_as_it_is_known(place: Place, told: str) -> None:
    assert str(place) == told


def test_a_problem_is_told_whole_as_plain_data() -> None:
    problem = UserProblem("code", "What.", "Why.", "Next.", Place("a.yaml", 3, 7))
    assert str(problem) == "What."
    assert problem.as_dict() == {
        "code": "code",
        "what": "What.",
        "why": "Why.",
        "next_step": "Next.",
        "file": "a.yaml",
        "line": 3,
        "column": 7,
    }


def test_a_problem_of_another_system_says_whether_trying_again_can_help() -> None:
    problem = OutsideProblem("away", "The mail server is away.", permanent=False)
    assert (problem.permanent, problem.where, isinstance(problem, Problem)) == (False, NOWHERE, True)


def test_a_near_word_is_guessed_and_a_far_or_endless_one_is_not() -> None:
    assert did_you_mean("BERLN", ["Berlin", "Paris"]) == 'Did you mean "Berlin"?'
    assert did_you_mean("London", ["Berlin", "Paris"]) == ""
    assert did_you_mean("Berlin" * 100, ["Berlin"]) == ""
    assert did_you_mean("Berlin", []) == ""


def test_the_clock_tells_aware_utc_and_progress_never_goes_back() -> None:
    before, after = clock.now(), clock.now()
    assert before.tzinfo is UTC
    assert datetime(2026, 1, 1, tzinfo=UTC) < before <= after
    assert clock.monotonic() <= clock.monotonic()
