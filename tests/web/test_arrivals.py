"""The doors as their senders see them: what is answered, what is kept, and the pages on which Olive looks after it."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from oarlock.connectors.webhook import signed
from oarlock.ground.clock import now
from oarlock.jobs.arriving import line
from oarlock.store.models import Arrival, DeadLetter, Entrance, Handoff, Member, Person, Token, Touch, Version
from oarlock.store.reads import entrances as reads
from oarlock.store.reads import identities as accounts_known
from oarlock.store.writes import entrances, tokens
from oarlock.store.writes.audit import SYSTEM, Acting
from oarlock.web.arrivals import callers
from oarlock.web.arrivals.door import before

LEAD = {
    "email": "ana@acme.example", "name": "Ana Costa", "company": "Acme", "country": "DE", "touch": "form.demo_request",
    "account": {"employees": 400, "industry": "logistics"}, "properties": {"job_level": "vp"},
}  # fmt: skip
JSON = "application/json"


@pytest.fixture(autouse=True)
def _looked_anew() -> Iterator[None]:
    reads.forget()
    callers.forget()
    accounts_known.forget()
    yield


@pytest.fixture
def key(db: None) -> str:
    return entrances.make("site", "events", {}, acting=SYSTEM, now=now()).secret


def basic(key: str) -> dict[str, str]:
    return {"authorization": "Basic " + b64encode(f"{key}:".encode()).decode()}


def send(client: Client, key: str, lead: object, idempotency: str = "", **headers: str) -> Any:
    told = {"authorization": f"Bearer {key}"} | ({"idempotency-key": idempotency} if idempotency else {}) | headers
    body = lead if isinstance(lead, bytes) else json.dumps(lead).encode()
    answer: Any = client.post("/api/leads", body, content_type=JSON, headers=told)
    return answer


def track(client: Client, path: str, said: object, headers: dict[str, str] | None = None, **more: Any) -> Any:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    answer: Any = client.post(path, body, content_type=more.pop("type", JSON), headers=headers or {}, **more)
    return answer


# Leads


def test_a_lead_is_answered_with_who_has_it_and_why(
    as_stranger: Client, key: str, in_force: tuple[Version, ...]
) -> None:
    answer = send(as_stranger, key, LEAD, "k1")
    told = json.loads(answer.content)
    handoff = Handoff.objects.get()
    assert answer.status_code == 201 and told["stage"] == "mql" and told["person_id"] == Person.objects.get().person_id
    assert (told["handoff"], told["owner"]) == (handoff.handoff_id, handoff.owner)
    assert told["why"].startswith("It went to ") and "dach" in told["why"]


def test_the_same_key_is_answered_the_same_and_other_words_are_refused(as_stranger: Client, key: str) -> None:
    first, again = send(as_stranger, key, LEAD, "k1"), send(as_stranger, key, dict(reversed(LEAD.items())), "k1")
    assert first.content == again.content and again["Idempotent-Replayed"] == "true"
    other = send(as_stranger, key, LEAD | {"name": "Eva"}, "k1")
    assert other.status_code == 409 and json.loads(other.content)["code"] == "conflict-key"
    assert Touch.objects.count() == 1
    assert send(as_stranger, key, LEAD).status_code == 201 and Touch.objects.count() == 2


def test_a_lead_that_makes_no_sense_is_told_kept_as_a_letter_and_not_remembered(as_stranger: Client, key: str) -> None:
    wrong = send(as_stranger, key, LEAD | {"emial": "x", "account": {"employees": "many"}}, "k1")
    told = json.loads(wrong.content)
    assert wrong.status_code == 422 and wrong["Content-Type"] == "application/problem+json"
    assert {e["where"] for e in told["errors"]} == {"body.emial", "body.account.employees"}
    letter = DeadLetter.objects.get()
    assert letter.code == "invalid" and json.loads(letter.body)["emial"] == "x" and letter.arrival.endswith(":k1")
    assert send(as_stranger, key, LEAD, "k1").status_code == 201


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422), (b"{", 422), (b"[]", 422), (b'{"email": "a@b"}', 422), (b"\xff\xfe", 422),
        (b'{"name": "nobody"}', 422),
        (b'{"email": "a@b.example", "at": "2026-01-01T00:00:00"}', 422), (b'{"email": "a\\u0000@b.example"}', 422),
        (b'{"email": "a@b.example", "name": "\\ud800"}', 422), (b"[" * 50_000, 422), (b" " * 70_000, 413),
        (b'{"email": "a@b.example", "at": 1767225600}', 422),
        (b'{"email": "a@b.example", "at": "2026-01-01T00:00:00Z"}', 201),
        (b'{"email": "a@b.example", "at": "9999-12-31T23:59:59Z"}', 201),
        (b'{"email": "a@b.example", "at": "0001-01-01T00:00:00+14:00"}', 201),
        (b'{"email": "a@b.example", "properties": {"owner_id": "lena"}}', 201),
    ],
)  # fmt: skip
def test_whatever_is_sent_ends_in_an_answer_and_never_in_a_bug(
    as_stranger: Client, key: str, body: bytes, status: int
) -> None:
    assert send(as_stranger, key, body).status_code == status
    assert not Person.objects.filter(owner_id="lena").exists()


def test_a_key_is_plain_letters(as_stranger: Client, key: str) -> None:
    for bad in ("x" * 256, "a\tb", "é"):
        assert send(as_stranger, key, LEAD, bad).status_code == 400


def test_who_may_send_leads(as_stranger: Client, as_lena: Client, members: dict[str, Member]) -> None:
    made = {
        scope: tokens.make(
            members["lena"].id, "x", [scope], lasts=timedelta(days=1), acting=Acting("x"), now=now()
        ).secret
        for scope in ("read", "write")
    }
    assert send(as_stranger, "oar_" + "x" * 43, LEAD).status_code == 401
    assert as_lena.post("/api/leads", LEAD, content_type=JSON).status_code == 401
    assert send(as_stranger, made["read"], LEAD).status_code == 403
    assert send(as_stranger, made["write"], LEAD).status_code == 201
    tokens.revoke(Token.objects.get(scopes="write").id, of=None, acting=Acting("x"), now=now())
    callers.forget()
    assert send(as_stranger, made["write"], LEAD).status_code == 401


# Events


def test_each_path_of_segment_takes_what_its_clients_send(as_stranger: Client, key: str) -> None:
    browser = {"writeKey": key, "anonymousId": "v1", "messageId": "b1", "type": "page", "name": "Pricing",
               "sentAt": now().isoformat(), "timestamp": now().isoformat()}  # fmt: skip
    said: list[tuple[str, Any, dict[str, str]]] = [
        ("/v1/track", {"userId": "u1", "event": "Webinar Attended", "messageId": "m1"}, basic(key)),
        ("/v1/identify", {"userId": "u1", "traits": {"email": "ana@acme.example"}, "messageId": "m2"}, basic(key)),
        ("/v1/group", {"userId": "u1", "groupId": "g1", "traits": {"name": "Acme"}, "messageId": "m3"}, basic(key)),
        ("/v1/alias", {"userId": "u1", "previousId": "v1", "messageId": "m4"}, basic(key)),
        ("/v1/batch", {"batch": [{"type": "track", "userId": "u1", "event": "x", "messageId": "m5"}]}, basic(key)),
        ("/v1/import", {"writeKey": key, "batch": []}, {}),
    ]
    for path, body, headers in said:
        answer = track(as_stranger, path, body, headers)
        assert (answer.status_code, json.loads(answer.content)) == (200, {"success": True}), path
    answer = track(as_stranger, "/v1/p", browser, type="text/plain")
    assert answer.status_code == 200 and answer["Access-Control-Allow-Origin"] == "*"
    assert not DeadLetter.objects.exists() and Arrival.objects.count() == 6
    assert set(Touch.objects.values_list("kind", flat=True)) == {"webinar.attended", "x", "page.pricing"}


def test_gzip_is_understood_and_a_bomb_is_not(as_stranger: Client, key: str) -> None:
    packed = {"content-encoding": "gzip"} | basic(key)
    good = gzip.compress(json.dumps({"userId": "u1", "event": "x", "messageId": "m1"}).encode())
    assert track(as_stranger, "/v1/track", good, packed).status_code == 200 and Touch.objects.count() == 1
    assert track(as_stranger, "/v1/track", gzip.compress(b" " * 40_000_000), packed).status_code == 413
    assert track(as_stranger, "/v1/track", b"no gzip", packed).status_code == 400
    assert track(as_stranger, "/v1/track", b"x" * 500_001, basic(key)).status_code == 413
    assert set(DeadLetter.objects.values_list("code", flat=True)) == {"too-large", "unreadable"}


def test_a_write_key_nobody_knows_is_refused_and_nothing_is_kept(as_stranger: Client, key: str) -> None:
    said = {"userId": "u1", "event": "x", "messageId": "m1"}
    for headers in ({}, basic("oark_wrong"), {"authorization": "Basic é"}, {"authorization": "Bearer " + key}):
        assert track(as_stranger, "/v1/track", said, headers).status_code == 401
    assert track(as_stranger, "/v1/track", b"no json").status_code == 401
    entrances.close(Entrance.objects.get().pk, acting=SYSTEM, now=now())
    assert track(as_stranger, "/v1/track", said, basic(key)).status_code == 401
    assert not DeadLetter.objects.exists() and not Touch.objects.exists()


def test_the_browser_asks_before_it_sends(as_stranger: Client, key: str) -> None:
    asked: Any = as_stranger.options("/v1/t", headers={"origin": "https://www.example.com"})
    assert asked.status_code == 204 and "POST" in asked["Access-Control-Allow-Methods"]
    settings = as_stranger.get(f"/v1/projects/{key}/settings")
    assert json.loads(settings.content)["integrations"]["Segment.io"]["apiHost"] == "testserver/v1"
    assert as_stranger.get("/v1/projects/oark_x/settings").status_code == 404
    assert as_stranger.get("/v1/track").status_code == 405 and as_stranger.get("/v1/nothing").status_code == 404


# Forms and webhooks


@pytest.fixture
def form(db: None) -> str:
    options = {"touch": "form.demo_request", "consent": "You may call me.", "source": "website",
               "thanks": "https://www.example.com/thanks", "origins": ["https://www.example.com"]}  # fmt: skip
    return "/in/form/" + entrances.make("Demo", "form", options, acting=SYSTEM, now=now()).id


HERE = {"origin": "https://www.example.com"}
POSTED = {"email": "ana@acme.example", "name": "Ana", "consent": "yes"}


def post(client: Client, form: str, posted: dict[str, str], headers: dict[str, str] | None = None) -> Any:
    from urllib.parse import urlencode

    told: Any = client.post(
        form, urlencode(posted), content_type="application/x-www-form-urlencoded", headers=headers or HERE
    )
    return told


def test_a_form_is_taken_in_once_and_leads_to_the_address_that_was_set(as_stranger: Client, form: str) -> None:
    for _ in range(2):
        answer = post(as_stranger, form, POSTED | {"thanks": "https://evil.example", "next": "https://evil.example"})
        assert (answer.status_code, answer["Location"]) == (303, "https://www.example.com/thanks")
    person = Person.objects.get()
    assert person.consent is not None and person.consent.startswith("You may call me.") and Touch.objects.count() == 1


def test_what_a_visitor_got_wrong_is_told_and_nothing_of_them_is_kept(as_stranger: Client, form: str) -> None:
    for posted in (POSTED | {"consent": ""}, POSTED | {"email": "ana"}):
        assert post(as_stranger, form, posted).status_code == 422
    answer = post(as_stranger, form, POSTED | {"consent": ""}, HERE | {"accept": JSON})
    assert json.loads(answer.content)["code"] == "no-consent"
    assert answer["Access-Control-Allow-Origin"] == "https://www.example.com"
    assert not Person.objects.exists() and not DeadLetter.objects.exists()


def test_a_machine_is_thanked_and_kept_apart(as_stranger: Client, form: str) -> None:
    assert post(as_stranger, form, POSTED | {"fax_number": "1"}).status_code == 303
    assert not Person.objects.exists() and DeadLetter.objects.get().code == "trap"


def test_a_form_may_not_be_posted_from_elsewhere(as_stranger: Client, form: str) -> None:
    for headers in ({"origin": "https://evil.example"}, {"referer": "http://[::1"}, {"accept": "text/html"}):
        assert post(as_stranger, form, POSTED, headers).status_code == 403
    assert not Person.objects.exists()
    assert post(as_stranger, "/in/form/none", POSTED).status_code == 404


def test_the_hosted_form_shows_what_it_asks_for(as_stranger: Client, form: str) -> None:
    page = as_stranger.get(form)
    text = page.content.decode()
    assert "You may call me." in text and 'name="fax_number"' in text
    assert "form-action 'self' https://www.example.com;" in page["Content-Security-Policy"]


OPTIONS = {"fields": {"email": "contact.email"}, "fixed": {"touch": "form.filled"}, "id": "id"}


@pytest.fixture
def hook(db: None) -> str:
    return entrances.make("CRM", "webhook", OPTIONS, acting=SYSTEM, now=now()).id


def deliver(client: Client, hook: str, said: object, number: int = 1, body: bytes | None = None) -> Any:
    data = json.dumps(said).encode()
    header = {"oarlock-signature": signed(data, reads.secret(hook, number), now())}
    answer: Any = client.post(f"/in/hook/{hook}", body or data, content_type=JSON, headers=header)
    return answer


def test_a_signed_delivery_is_taken_in_once_and_another_under_its_id_is_a_letter(
    as_stranger: Client, hook: str
) -> None:
    said = {"id": "d1", "contact": {"email": "ana@acme.example"}}
    for _ in range(2):
        answer = deliver(as_stranger, hook, said)
        assert json.loads(answer.content) == {"taken": 1, "letters": 0}
    assert Touch.objects.count() == 1
    other = deliver(as_stranger, hook, said | {"contact": {"email": "eva@acme.example"}})
    assert json.loads(other.content) == {"taken": 0, "letters": 1} and DeadLetter.objects.get().code == "conflict-id"


def test_a_delivery_nobody_vouches_for_is_refused(as_stranger: Client, hook: str) -> None:
    said = {"id": "d1", "contact": {"email": "ana@acme.example"}}
    assert deliver(as_stranger, hook, said, number=2).status_code == 401
    assert deliver(as_stranger, hook, said, body=b"{}").status_code == 401
    assert not DeadLetter.objects.exists() and not Person.objects.exists()


def test_a_secret_is_replaced_without_a_gap(as_stranger: Client, hook: str) -> None:
    said = {"contact": {"email": "ana@acme.example"}}
    assert entrances.add_secret(hook, acting=SYSTEM, now=now()) == 2
    assert {deliver(as_stranger, hook, said, number=n).status_code for n in (1, 2)} == {200}
    entrances.drop_secret(hook, 1, acting=SYSTEM, now=now())
    assert deliver(as_stranger, hook, said, number=1).status_code == 401
    with pytest.raises(Exception, match="last secret"):
        entrances.drop_secret(hook, 2, acting=SYSTEM, now=now())


def test_a_delivery_that_cannot_be_understood_is_a_letter_and_no_error(as_stranger: Client, hook: str) -> None:
    for said in ({"contact": 7}, [1], "text"):
        assert deliver(as_stranger, hook, said).status_code == 200
    assert {"nobody"} == set(DeadLetter.objects.values_list("code", flat=True))


# The door before Django


def test_the_door_before_django_answers_as_the_view_does(as_stranger: Client, key: str) -> None:
    found: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]]) -> None:
        found.update(status=status, headers=dict(headers))

    said = json.dumps({"userId": "u1", "event": "x", "messageId": "m1"}).encode()
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/v1/track", "HTTP_HOST": "testserver", "CONTENT_TYPE": JSON,
        "CONTENT_LENGTH": str(len(said)), "HTTP_AUTHORIZATION": basic(key)["authorization"],
        "wsgi.input": BytesIO(said),
    }  # fmt: skip
    application = before(lambda environ, start: [b"a page"])
    assert b"".join(application(environ, start)) == b'{"success": true}' and found["status"] == "200 OK"
    view = track(as_stranger, "/v1/track", said, basic(key))
    own = {name: value for name, value in found["headers"].items() if name != "Content-Length"}
    assert own.items() <= dict(view.headers).items()
    assert b"".join(application(environ | {"PATH_INFO": "/records/"}, start)) == b"a page"
    assert b"".join(application(environ | {"HTTP_HOST": "evil.example"}, start)) == b"a page"


def test_the_database_away_is_said_so(as_stranger: Client, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from oarlock.ground.problems import OutsideProblem

    def away(parcel: object) -> None:
        raise OutsideProblem("database-away", "The database does not answer.", permanent=False)

    def gone(*_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(line, "take", away)
    for answer in (
        send(as_stranger, key, LEAD), track(as_stranger, "/v1/track", {"userId": "u", "event": "x"}, basic(key))
    ):  # fmt: skip
        assert answer.status_code == 503 and answer["Retry-After"]
    monkeypatch.setattr(reads, "by_key", gone)
    assert send(as_stranger, key, LEAD).status_code == 503


# The pages


def test_olive_opens_an_entrance_tries_it_and_closes_it(as_olive: Client, as_stranger: Client) -> None:
    made = as_olive.post("/settings/arrivals/", {"name": "Website", "kind": "events"}).content.decode()
    secret = re.findall(r"oark_[0-9a-f]{40}", made)[0]
    assert (
        track(as_stranger, "/v1/track", {"userId": "u", "event": "x", "messageId": "m"}, basic(secret)).status_code
        == 200
    )
    page = as_olive.get("/settings/arrivals/").content.decode()
    assert "Website" in page and secret not in page and "1 came in during the last hour" in page
    entrance = Entrance.objects.get()
    assert "curl -u WRITE_KEY" in as_olive.get(f"/settings/arrivals/entrances/{entrance.pk}/").content.decode()
    as_olive.post(f"/settings/arrivals/entrances/{entrance.pk}/close/")
    assert (
        track(as_stranger, "/v1/track", {"userId": "u", "event": "x", "messageId": "n"}, basic(secret)).status_code
        == 401
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": "form", "thanks": "javascript:alert(1)"}, "begins with https://"),
        ({"kind": "form", "origins": "https://a.example/path"}, "is no page"),
        ({"kind": "webhook", "mapping": '{"fields": {"emial": "a"}}'}, "Did you mean"),
        ({"kind": "webhook", "mapping": "{"}, "no JSON"),
        ({"kind": "other"}, "is for events, a form or a webhook"),
        ({"kind": "events", "name": " "}, "has a name"),
    ],
)
def test_an_entrance_that_makes_no_sense_is_refused_beside_its_field(
    as_olive: Client, said: dict[str, str], words: str
) -> None:
    answer = as_olive.post("/settings/arrivals/", {"name": "x"} | said)
    assert answer.status_code == 422 and words in answer.content.decode() and not Entrance.objects.exists()


def test_olive_mends_a_letter_and_drops_another(as_olive: Client, as_stranger: Client, key: str) -> None:
    track(as_stranger, "/v1/identify", {"userId": "u1", "messageId": "m1", "traits": {"email": "ana@acme.example"}},
          basic(key))  # fmt: skip
    track(as_stranger, "/v1/batch", {"batch": [{"type": "dance", "userId": "u1", "messageId": "m2"}, 7]}, basic(key))
    page = as_olive.get("/settings/arrivals/letters/").content.decode()
    assert "There is no event of type “dance”." in page and "An event is an object." in page
    first, second = DeadLetter.objects.get(code="unknown-type"), DeadLetter.objects.get(code="no-event")
    still = as_olive.post(f"/settings/arrivals/letters/{first.pk}/", {"body": first.body})
    assert still.status_code == 422
    mended = first.body.replace('"dance"', '"track", "event": "Danced"')
    done: Any = as_olive.post(f"/settings/arrivals/letters/{first.pk}/", {"body": mended})
    assert done.status_code == 302 and done["Location"].startswith("/records/people/")
    assert Touch.objects.get().kind == "danced"
    as_olive.post(f"/settings/arrivals/letters/{second.pk}/drop/", {"why": "A number."})
    assert set(DeadLetter.objects.values_list("state", flat=True)) == {"taken-in", "dropped"}
    assert "None" in as_olive.get("/settings/arrivals/letters/").content.decode()


def test_a_letters_words_are_shown_and_never_run(as_olive: Client, as_stranger: Client, key: str) -> None:
    track(as_stranger, "/v1/track", {"messageId": "m", "userId": "<script>alert(1)</script>"}, basic(key))
    letter = DeadLetter.objects.get()
    for page in ("/settings/arrivals/", f"/settings/arrivals/letters/{letter.pk}/"):
        assert "<script>alert" not in as_olive.get(page).content.decode()
