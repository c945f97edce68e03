"""Signed JSON: what holds and what does not; paths into it; several secrets at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oarlock.connectors.webhook import Mapping, leads_of, signed, vouched
from oarlock.ground.problems import UserProblem

NOW = datetime(2026, 11, 16, 14, 0, tzinfo=UTC)
BODY = b'{"contact": {"email": "ana@acme.example"}}'
OPTIONS = {
    "fields": {"email": "contact.email", "name": "contact.names.0", "at": "when"}, "fixed": {"touch": "form.filled"},
    "account": {"name": "firm.name"}, "properties": {"job_level": "contact.level"}, "id": "id",
}  # fmt: skip


def test_what_is_signed_by_a_secret_that_holds_is_believed() -> None:
    header = signed(BODY, "old", NOW)
    assert vouched(header, BODY, ["new", "old"], NOW) is None
    assert vouched(f"{header},v1={'0' * 64}", BODY, ["old"], NOW + timedelta(minutes=4)) is None


@pytest.mark.parametrize("late", [timedelta(minutes=6), timedelta(minutes=-6), timedelta(days=9)])
def test_a_signature_holds_five_minutes_and_the_future_is_refused_too(late: timedelta) -> None:
    said = vouched(signed(BODY, "s", NOW), BODY, ["s"], NOW + late)
    assert said is not None and "at most 300 count" in said


@pytest.mark.parametrize(
    "header", ["", "v1=00", "t=1", "t=abc,v1=00", "t=1,t=2,v1=00", "t=99999999999999,v1=0", "t=١,v1=0", "é" * 3000]
)
def test_what_is_no_signature_is_refused(header: str) -> None:
    assert vouched(header, BODY, ["s"], NOW) is not None


@given(st.binary(max_size=80), st.integers(0, 10**6))
def test_any_other_byte_or_second_or_secret_is_refused(other: bytes, seconds: int) -> None:
    header = signed(BODY, "s", NOW)
    assert vouched(header, BODY, ["t"], NOW) is not None and vouched(header, BODY, [], NOW) is not None
    if other != BODY:
        assert vouched(header, other, ["s"], NOW) is not None
    moved = header.replace(header.split(",")[0], f"t={seconds}")
    assert vouched(moved, BODY, ["s"], datetime.fromtimestamp(seconds, UTC)) is not None


def test_paths_find_what_is_there_and_nothing_where_nothing_is() -> None:
    said = {"id": 7, "contact": {"email": "a@b.example", "names": ["Ana", "B"], "level": "vp"},
            "firm": {"name": "Acme"},
            "when": "2026-11-16T10:00:00Z"}  # fmt: skip
    (found,) = leads_of(Mapping.of(OPTIONS), said)
    assert found.id == "7" and found.lead["name"] == "Ana" and found.lead["account"] == {"name": "Acme"}
    assert found.lead["at"] == datetime(2026, 11, 16, 10, tzinfo=UTC) and found.lead["touch"] == "form.filled"
    assert leads_of(Mapping.of(OPTIONS), {"contact": [1]})[0].lead == {"touch": "form.filled"}


def test_a_list_of_leads_is_as_many_and_bounded() -> None:
    mapping = Mapping.of({"list": "data.leads", "fields": {"email": "mail"}})
    found = leads_of(mapping, {"data": {"leads": [{"mail": "a@b.example"}, {"mail": "c@d.example"}, 7]}})
    assert [one.lead for one in found] == [{"email": "a@b.example"}, {"email": "c@d.example"}, {}]
    for said, code in (({"data": 1}, "no-list"), ({"data": {"leads": [{}] * 501}}, "too-many")):
        with pytest.raises(UserProblem) as problem:
            leads_of(mapping, said)
        assert problem.value.code == code


@pytest.mark.parametrize(
    "options",
    [
        {"feilds": {}}, {"fields": {"emial": "a"}}, {"fields": ["email"]}, {"fields": {"email": "a..b"}},
        {"fields": {"owner_id": "a"}}, {"properties": {"owner_id": "a"}}, {"account": {"owner_id": "a"}},
        {"list": "a b"},
        {"fixed": {"email": 7}}, {"fields": {"email": ""}},
    ],
)  # fmt: skip
def test_a_mapping_that_makes_no_sense_is_refused_in_words(options: dict[str, Any]) -> None:
    with pytest.raises(UserProblem) as problem:
        Mapping.of(options)
    assert problem.value.code == "bad-mapping"
