"""Somebody merged away lives on in who remains: their touches count, and they are counted once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.rooms.lifecycle.lakes import lake_of

from oarlock.tables.merging import merged, merges

DAY = datetime(2026, 3, 1, tzinfo=UTC)
LATER = DAY + timedelta(days=30)


def merge(gone: str, remains: str, at: datetime = DAY) -> dict[str, object]:
    return {
        "change_id": f"{gone}>{remains}", "at": at, "recorded_at": at, "entity": "person", "entity_id": gone,
        "field": "merged_into", "value": remains,
    }  # fmt: skip


def rows(*changes: dict[str, object]) -> dict[str, list[dict[str, object]]]:
    return {
        "people": [{"person_id": p, "created_at": DAY} for p in "abcxy"],
        "touches": [{"touch_id": f"t{p}", "person_id": p, "at": DAY, "recorded_at": DAY} for p in "abcxy"],
        "changes": [*changes, {**merge("b", "vp"), "change_id": "level", "field": "job_level"}],
    }


def pairs(*changes: dict[str, object], until: datetime = LATER) -> dict[str, str]:
    table = merges(lake_of(rows(*changes)), until).to_pyarrow().to_pylist()
    return {r["person_id"]: r["remains"] for r in table}


def test_a_chain_of_merges_ends_at_who_remains() -> None:
    assert pairs(merge("a", "b"), merge("b", "c")) == {"a": "c", "b": "c"}


def test_a_circle_leaves_everybody_as_they_are() -> None:
    assert pairs(merge("a", "b"), merge("b", "a"), merge("x", "y")) == {"x": "y"}


def test_a_merge_after_the_date_is_not_known_yet() -> None:
    assert pairs(merge("a", "b", LATER + timedelta(days=1))) == {}


def test_facts_are_told_of_who_remains_and_the_other_row_is_left_out() -> None:
    lake = lake_of(rows(merge("a", "b"), merge("b", "c")))
    whole = merged(lake, merges(lake, LATER))
    assert sorted(r["person_id"] for r in whole.people.to_pyarrow().to_pylist()) == ["c", "x", "y"]
    assert sorted(r["person_id"] for r in whole.touches.to_pyarrow().to_pylist()) == ["c", "c", "c", "x", "y"]
    told = whole.changes.to_pyarrow().to_pylist()
    assert [(r["entity_id"], r["field"]) for r in told] == [("c", "job_level")]
