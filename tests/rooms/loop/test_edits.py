"""Proposed rule edits: found on the earlier part, measured on the later one, never worth more than they cost."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import ibis
import pytest

from oarlock.agreement import check, read_text, seal
from oarlock.agreement.narrowing import narrowed
from oarlock.agreement.tree import And
from oarlock.demo import AGREEMENTS
from oarlock.ground.problems import UserProblem
from oarlock.loop import edits_values
from oarlock.loop.edits import Bin, Condition, ReasonCount, conditions, effect, search
from oarlock.loop.owed import moment
from oarlock.tables.texts import TIME_TYPE

from .companies import lake_of, rows

SECOND = AGREEMENTS[1].read_bytes()


def bins(*rows: tuple[object, int, int, int, int]) -> list[Bin]:
    """(value, sent, accepted, won, rejected) for one reason."""
    return [Bin(value, sent, accepted, won, (rejected,)) for value, sent, accepted, won, rejected in rows]  # type: ignore[arg-type]


SMALL = bins(
    (5.0, 40, 2, 0, 38), (12.0, 30, 5, 0, 25), (60.0, 100, 80, 10, 5), (400.0, 200, 180, 40, 6), (None, 10, 5, 1, 3)
)
LANDS = bins(("DE", 9, 1, 0, 8), ("AT", 9, 8, 1, 0))
ENOUGH = (ReasonCount("not-icp", 154, 760, 77, 77),)


def test_the_threshold_that_keeps_the_small_ones_out_is_found_and_measured_on_what_it_never_saw() -> None:
    later = bins((8.0, 50, 5, 1, 44), (70.0, 300, 280, 50, 11), (None, 4, 2, 0, 1))
    (edit, *_), tried = search({"account.employees": (SMALL, later)}, ENOUGH)
    assert edit.text.startswith("account.employees >= ") and edit.holds and tried > 10
    assert (edit.later.rejected_removed, edit.later.rejected) == (45, 56)
    assert (edit.later.won_removed, edit.later.won) == (1, 51)
    assert (edit.earlier.rejected_removed, edit.earlier.won_removed) == (66, 1)


def test_what_only_looked_well_on_the_earlier_part_says_that_it_did_not_hold() -> None:
    later = bins((8.0, 50, 48, 10, 0), (70.0, 300, 240, 50, 56))
    (edit, *_), _ = search({"account.employees": (SMALL, later)}, ENOUGH)
    assert not edit.holds and edit.later.removed == 0


def test_an_edit_that_would_cost_the_wins_is_none() -> None:
    dear = bins((5.0, 100, 30, 20, 60), (400.0, 100, 90, 10, 5))
    assert search({"account.employees": (dear, dear)}, ENOUGH)[0] == ()


def test_a_reason_with_few_cases_is_not_searched() -> None:
    few = ReasonCount("not-icp", 20, 700, 20, 0)
    assert search({"account.employees": (SMALL, SMALL)}, (few,)) == ((), 0)


def test_a_field_on_which_rejections_do_not_depend_gives_no_edit() -> None:
    chance = random.Random(4)
    even = bins(*((v, 100, 70, 20, chance.randint(18, 22)) for v in ("DE", "AT", "CH", "FR")))
    assert search({"person.country": (even, even)}, ENOUGH)[0] == ()


def test_words_are_kept_out_by_name_and_those_who_say_nothing_stay() -> None:
    levels = bins(("student", 40, 1, 0, 38), ("vp", 100, 90, 20, 2), (None, 50, 40, 5, 1))
    (edit, *_), _ = search({"person.job_level": (levels, levels)}, ENOUGH)
    assert edit.text == "coalesce(person.job_level, '') not in ('student')"
    assert edit.earlier.sent_removed == 40


def test_a_hostile_value_never_becomes_part_of_a_rule() -> None:
    odd = bins(("x') or true --", 100, 1, 0, 90), ("fine", 100, 90, 20, 2))
    assert all("true" not in c.text for c in conditions("person.job_level", odd, 0))


@pytest.mark.parametrize("path,values", [("account.employees", SMALL), ("person.country", LANDS)])
def test_every_condition_that_is_tried_is_a_rule_of_the_language(path: str, values: list[Bin]) -> None:
    for condition in conditions(path, values, 0):
        text = narrowed(SECOND, "mql", condition.text)
        assert not [f for f in check(read_text(text)) if f.level == "error"], condition.text


def test_effects_on_the_parts_sum_to_the_whole() -> None:
    condition = Condition("account.employees", "account.employees >= 20", low=20)
    found = effect(condition, SMALL, 0)
    assert (found.rejected, found.rejected_removed) == (77, 38 + 25 + 3)  # who has no number is not kept
    assert (found.sent, found.sent_removed, found.accepted_removed) == (380, 80, 12)


def test_the_condition_joins_the_rule_and_nothing_else_of_the_text_changes() -> None:
    made = narrowed(SECOND, "mql", "account.employees >= 80")
    before, after = seal(read_text(SECOND)), seal(read_text(made))
    old, new = before.stage("mql"), after.stage("mql")
    assert old and new and old.rule and new.rule and isinstance(new.rule.tree, And)
    assert new.rule.text == f"{old.rule.text} and account.employees >= 80"
    changed = [a for a, b in zip(SECOND.split(b"\n"), made.split(b"\n"), strict=True) if a != b]
    assert changed == [b"    when: fit >= 40 and engagement >= 40"]


def test_a_rule_with_or_is_put_in_brackets_before_it_is_narrowed() -> None:
    text = SECOND.replace(b"when: fit >= 40 and engagement >= 40", b"when: fit >= 60 or engagement >= 40")
    stage = seal(read_text(narrowed(text, "mql", "account.employees >= 80"))).stage("mql")
    assert stage and stage.rule and stage.rule.text == "(fit >= 60 or engagement >= 40) and account.employees >= 80"


@pytest.mark.parametrize("stage,condition", [("nothing", "fit >= 1"), ("mql", "fit >="), ("mql", "nobody.knows = 1")])
def test_what_cannot_be_put_there_for_sure_is_refused(stage: str, condition: str) -> None:
    with pytest.raises(UserProblem) as refused:
        narrowed(SECOND, stage, condition)
    assert refused.value.code == "cannot-narrow"


AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def test_values_are_those_of_the_offer_and_not_of_today() -> None:
    """Employees grew afterwards, a country was only learned afterwards, points fade until the offer."""
    terms = seal(read_text(SECOND))
    change = {"entity": "account", "entity_id": "a", "by": None, "origin": None, "field": "employees"}
    person = {"entity": "person", "entity_id": "p"}
    early, later = ({"at": at, "recorded_at": at} for at in (AT - 50 * DAY, AT + DAY))
    lake = lake_of({
        "people": [{"person_id": "p", "account_id": "a", "created_at": AT - 90 * DAY, "country": "DE",
                    "properties": {"job_level": "vp"}}],
        "accounts": [{"account_id": "a", "employees": 500.0, "industry": "logistics", "properties": {}}],
        "changes": [
            change | early | {"change_id": "1", "value": "40"},
            change | later | {"change_id": "2", "value": "500"},
            change | later | person | {"change_id": "3", "field": "country", "value": "DE"},
        ],
        "touches": [
            {"touch_id": "1", "person_id": "p", "at": AT - 30 * DAY, "recorded_at": AT, "kind": "webinar.attended"},
            {"touch_id": "2", "person_id": "p", "at": AT + DAY, "recorded_at": AT + DAY, "kind": "form.demo_request"},
        ],
    })  # fmt: skip
    handed = ibis.memtable([{"handoff_id": "h", "person_id": "p", "offered_at": AT}])
    [row] = rows(edits_values.at_offer(lake, handed, edits_values.fields_of(terms), terms, AT + 9 * DAY))
    assert (row["account.employees"], row["person.country"], row["person.job_level"]) == (40.0, None, "vp")
    assert row["engagement"] == 10.0  # 20 points, one half-life old
    assert row["fit"] == 20.0  # no ideal customer with 40 people, but high in the company


def test_no_edit_is_proposed_on_what_says_who_somebody_is() -> None:
    paths = {path for path, _ in edits_values.fields_of(seal(read_text(SECOND)))}
    assert {"account.employees", "person.job_level", "person.country"} <= paths
    assert not paths & {"person.email", "person.name", "person.phone", "account.domain", "person.owner_id"}


def test_the_date_of_the_split_parts_earlier_from_later() -> None:
    said = {"answer": "rejected", "reason": "not-icp", "won_at": None}
    shape = dict.fromkeys(said, "string") | {"offered_at": TIME_TYPE, "won_at": TIME_TYPE, "x": "float64"}
    cases = [said | {"offered_at": AT + n * DAY, "x": float(n % 2)} for n in range(6)]
    table = ibis.memtable(cases, schema=ibis.schema(shape))
    found = rows(edits_values.histogram(table, "x", moment(AT + 4 * DAY), ["not-icp"]))
    assert {(r["later"], r["value"]): r["r0"] for r in found} == {
        (False, 0.0): 2, (False, 1.0): 2, (True, 0.0): 1, (True, 1.0): 1,
    }  # fmt: skip
