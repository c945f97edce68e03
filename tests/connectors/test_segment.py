"""Segment's events as arrivals: names, times, whose they are; what makes no sense is a letter."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oarlock.connectors import segment
from oarlock.connectors.segment import Kinds, Read
from oarlock.ground.problems import UserProblem
from oarlock.records.arrivals import Arriving

NOW = datetime(2026, 11, 16, 14, 0, tzinfo=UTC)
KINDS = Kinds(["webinar.attended", "form.demo_request", "page.pricing"])


def read(event: dict[str, Any], how: str = "track") -> Read:
    return segment.read(event, how, source="segment:e1", kinds=KINDS, received=NOW)


def one(event: dict[str, Any], how: str = "track") -> Arriving:
    found = read({"messageId": "m1", "userId": "u1"} | event, how)
    assert not found.letters, found.letters
    return found.arrivals[0]


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("Webinar Attended", "webinar.attended"),
        ("webinar_attended", "webinar.attended"),
        ("formDemoRequest", "form.demo_request"),
        ("Form Demo Request", "form.demo_request"),
        ("Order Completed", "order.completed"),
        ("Newsletter Form Sent", "newsletter.form_sent"),
        ("Signup", "signup"),
        ("Größe geändert", "gr.e_ge_ndert"),
    ],
)
def test_an_event_is_called_as_the_agreement_calls_it(event: str, kind: str) -> None:
    touch = one({"event": event}).touch
    assert touch is not None and touch.kind == kind


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ({"name": "Pricing"}, "page.pricing"),
        ({"properties": {"url": "https://www.example.com/pricing/?a=1"}}, "page.pricing"),
        ({"properties": {"url": "https://www.example.com/"}}, "page.home"),
        ({"name": "Docs / First hour"}, "page.docs_first_hour"),
        ({"properties": {"url": "https://[::1"}}, "page.home"),
    ],
)
def test_a_page_is_called_by_its_name_or_by_where_it_lies(page: dict[str, Any], kind: str) -> None:
    touch = one(page, "page").touch
    assert touch is not None and touch.kind == kind


def test_a_clients_wrong_clock_does_not_matter() -> None:
    wrong = NOW - timedelta(days=400)
    event = {"event": "x", "timestamp": (wrong - timedelta(seconds=9)).isoformat(), "sentAt": wrong.isoformat()}
    assert one(event).at == NOW - timedelta(seconds=9)


def test_original_timestamp_comes_before_timestamp() -> None:
    event = {"event": "x", "originalTimestamp": "2026-11-16T13:00:00Z", "timestamp": "2026-11-16T12:00:00Z"}
    assert one(event).at == datetime(2026, 11, 16, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize("told", ["2031-01-01T00:00:00Z", "1970-01-01T00:00:00Z"])
def test_a_time_that_cannot_be_counts_as_received_and_says_so(told: str) -> None:
    found = one({"event": "x", "timestamp": told})
    assert found.at == NOW and "the time of receipt counts" in found.remarks[0]


def test_a_clock_that_runs_a_little_ahead_is_no_word_worth() -> None:
    found = one({"event": "x", "timestamp": (NOW + timedelta(seconds=40)).isoformat()})
    assert found.at == NOW and found.remarks == ()


@given(st.integers(-(10**8), 10**8), st.integers(0, 10**6), st.integers(-(10**8), 10**8))
def test_nothing_happens_after_it_was_told(skew: int, ago: int, sent: int) -> None:
    event = {
        "event": "x", "timestamp": (NOW + timedelta(seconds=skew - ago)).isoformat(),
        "sentAt": (NOW + timedelta(seconds=sent)).isoformat(),
    }  # fmt: skip
    assert one(event).at <= NOW


def test_traits_are_our_fields_and_nobody_outside_sets_an_owner() -> None:
    traits = {
        "email": "Ana@Acme.example", "firstName": "Ana", "lastName": "Costa", "jobTitle": "CTO", "jobLevel": "c-level",
        "company": {"name": "Acme", "employee_count": "1,200", "website": "https://www.acme.example/x", "id": "c9"},
        "address": {"country": "PT"}, "owner_id": "lena", "merged_into": "p1", "tags": ["a"],
    }  # fmt: skip
    found = one({"traits": traits}, "identify")
    fields = dict(found.person)
    assert fields["name"] == "Ana Costa" and fields["title"] == "CTO" and fields["job_level"] == "c-level"
    assert fields["company_name"] == "Acme" and fields["country"] == "PT"
    assert found.firm is not None and found.firm.key == "c9"
    assert dict(found.firm.fields) == {"name": "Acme", "employees": "1200", "domain": "acme.example"}
    assert not {"owner_id", "merged_into", "tags"} & set(fields) and "owner_id" in found.remarks[0]
    assert ("email", "ana@acme.example") in found.known_by


def test_nobodys_id_is_nobody() -> None:
    for told in ("null", "undefined", "0", "[object Object]", ""):
        found = read({"messageId": "m", "userId": told, "event": "x"})
        assert found.letters and found.letters[0].code == "nobody"


def test_one_event_that_makes_no_sense_spoils_no_other() -> None:
    good = {"type": "track", "messageId": "m1", "userId": "u1", "event": "x"}
    batch = [
        good, {"type": "track", "messageId": "m2", "userId": "u2"}, "text", {"type": "dance", "messageId": "m3"}, 7,
        {"type": "track", "messageId": "m4", "userId": "u", "event": "x", "properties": {"long": "y" * 40_000}},
    ]  # fmt: skip
    found = read({"batch": batch}, "batch")
    assert [a.key for a in found.arrivals] == ["segment:e1:m1"]
    codes = [letter.code for letter in found.letters]
    assert codes == ["no-event-name", "no-event", "unknown-type", "no-event", "event-too-large"]
    assert json.loads(found.letters[0].body)["messageId"] == "m2"


def test_a_batch_shares_its_context_and_its_sending_time() -> None:
    event = {"type": "track", "messageId": "m1", "userId": "u1", "event": "x", "timestamp": "2026-11-16T11:59:00Z"}
    said = {"batch": [event], "context": {"campaign": {"name": "spring", "medium": "email", "source": "news"}},
            "sentAt": "2026-11-16T12:00:00Z"}  # fmt: skip
    found = read(said, "batch").arrivals[0]
    assert found.at == NOW - timedelta(minutes=1)
    assert found.touch is not None and (found.touch.campaign_id, found.touch.channel) == ("spring", "email")
    assert dict(found.first) == {"source": "news", "campaign_id": "spring"}


def test_without_a_message_id_the_same_words_at_the_same_time_are_one_event() -> None:
    event = {"userId": "u1", "event": "x", "timestamp": "2026-11-16T12:00:00Z"}
    again = event | {"sentAt": "2026-11-16T12:00:05Z"}
    keys = {read(e).arrivals[0].key for e in (event, again, event | {"event": "y"})}
    assert len(keys) == 2


def test_a_group_is_of_a_firm_and_an_alias_of_a_former_id() -> None:
    group = one({"groupId": "g1", "traits": {"name": "Acme", "industry": "logistics"}}, "group")
    assert group.firm is not None and group.firm.key == "g1" and group.person == () and group.touch is None
    assert ("anonymous", "v1") in one({"previousId": "v1"}, "alias").was
    assert read({"messageId": "m", "userId": "u"}, "alias").letters[0].code == "no-previous-id"
    assert read({"messageId": "m", "userId": "u"}, "group").letters[0].code == "no-group"


def test_gzip_is_one_member_and_bounded() -> None:
    event = {"userId": "u", "event": "x"}
    packed = gzip.compress(json.dumps(event).encode())
    assert segment.opened(packed, True) == event
    bomb = gzip.compress(b"[" + b" " * 30_000_000 + b"]")
    refused = {packed[:-4]: "unreadable", packed + packed: "unreadable", b"no gzip": "unreadable", bomb: "too-large"}
    for data, code in refused.items():
        with pytest.raises(UserProblem) as problem:
            segment.opened(data, True)
        assert problem.value.code == code


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '{"a": NaN}', "[" * 100_000, '{"a": 1' + "0" * 5_000 + "}", "\xff"]
)
def test_what_is_no_json_object_is_said_in_words(text: str) -> None:
    with pytest.raises(UserProblem) as problem:
        segment.opened(text.encode("latin-1"), False)
    assert problem.value.code == "unreadable"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=5), max_leaves=12,
)  # fmt: skip
NAMES = (
    "type", "userId", "anonymousId", "messageId", "event", "name", "traits", "properties", "context", "timestamp",
    "sentAt", "previousId", "groupId", "writeKey", "originalTimestamp",
)  # fmt: skip
EVENTS = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, ANYTHING))


@given(EVENTS, st.sampled_from(["track", "page", "screen", "identify", "group", "alias", "batch", "other"]))
def test_whatever_comes_is_an_arrival_or_a_letter_and_nothing_else(event: dict[str, Any], how: str) -> None:
    found = read(event | ({"batch": [event, event.get("context")]} if how == "batch" else {}), how)
    assert len(found.arrivals) + len(found.letters) == (2 if how == "batch" else 1)
    for arrival in found.arrivals:
        assert arrival.known_by and len(arrival.key) <= 300 and arrival.at <= NOW
        assert all("\0" not in value and value.encode() for _, value in arrival.person if value)


@given(ANYTHING)
def test_the_key_of_anything_is_a_text(said: Any) -> None:
    assert isinstance(segment.key_in(said if isinstance(said, dict) else {"batch": said}), str)


def test_the_browser_is_told_to_send_here_and_to_load_nothing_else() -> None:
    told: Any = segment.settings_for("k1", "127.0.0.1:8000", "http")
    assert told["integrations"]["Segment.io"]["apiHost"] == "127.0.0.1:8000/v1"
    assert list(told["integrations"]) == ["Segment.io"] and told["metrics"]["sampleRate"] == 0
