"""What arrives is taken in once, of the right person, with its facts; and what cannot be is a letter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db import DatabaseError

from oarlock.connectors import leads
from oarlock.connectors.leads import From
from oarlock.connectors.segment import Kinds, read
from oarlock.ground.problems import OutsideProblem, UserProblem
from oarlock.jobs import arriving
from oarlock.jobs.arriving import Line
from oarlock.jobs.replaying import replay
from oarlock.records.arrivals import Arriving, Letter
from oarlock.store.models import (
    Account,
    Alias,
    Arrival,
    AuditLine,
    Change,
    DeadLetter,
    Erasure,
    Identity,
    Likeness,
    Load,
    Person,
    PersonState,
    SearchWord,
    Touch,
)
from oarlock.store.reads import identities as accounts_known
from oarlock.store.writes import dead_letters, entrances
from oarlock.store.writes.arrivals import Parcel, Taken, take_in
from oarlock.store.writes.audit import SYSTEM

NOW = datetime(2026, 11, 16, 14, 0, tzinfo=UTC)
KINDS = Kinds(["webinar.attended"])
LEAD = {"email": "ana@acme.example", "name": "Ana Costa", "company": "Acme", "touch": "form.demo_request"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _other_accounts() -> Iterator[None]:
    accounts_known.forget()
    yield
    accounts_known.forget()


def lead(key: str = "k1", at: datetime = NOW, **said: Any) -> Arriving:
    told = LEAD | said
    told = {name: value for name, value in told.items() if value is not None}
    return leads.arriving(told | {"at": at}, From("leads:m1", f"leads:m1:{key}", max(at, NOW), leads.fingerprint(told)))


def event(message: str, kind: str = "track", **said: Any) -> Arriving:
    told = {"messageId": message, "type": kind, "event": "Webinar Attended", "timestamp": NOW.isoformat()} | said
    found = read(told, kind, source="segment:e1", kinds=KINDS, received=NOW)
    assert not found.letters, found.letters
    return found.arrivals[0]


def take(*arrivals: Arriving, now: datetime = NOW) -> tuple[Taken, ...]:
    return take_in([Parcel(arrivals, told=True)], now=now)[0]


def person_of(taken: Taken) -> str:
    return str(taken.answer["person_id"])


def test_a_lead_is_a_person_an_account_a_touch_and_can_be_found() -> None:
    (taken,) = take(lead())
    person = Person.objects.get()
    assert taken.state == "new" and person.person_id == person_of(taken) and person.created_at == NOW
    assert (person.email, person.name, person.company_name) == ("ana@acme.example", "Ana Costa", "Acme")
    account = Account.objects.get()
    assert (account.name, account.domain, person.account_id) == ("Acme", "acme.example", account.account_id)
    assert Touch.objects.get().person_id == person.person_id
    assert {"ana", "costa"} <= set(SearchWord.objects.filter(kind="person").values_list("word", flat=True))
    load = Load.objects.get()
    assert load.kind == "live" and load.finished_at is not None and json.loads(load.rows) == {"touches": 1}


def test_the_same_key_is_the_same_lead_and_the_same_answer() -> None:
    first, again = take(lead())[0], take(lead(), now=NOW + timedelta(hours=3))[0]
    assert (first.state, again.state) == ("new", "same") and first.answer == again.answer
    assert Touch.objects.count() == Person.objects.count() == Arrival.objects.count() == 1


def test_the_same_key_twice_in_one_group_is_one() -> None:
    found = take_in([Parcel((lead(),)), Parcel((lead(), lead("k2")))], now=NOW)
    assert [[t.state for t in parcel] for parcel in found] == [["new"], ["same", "new"]]
    assert Touch.objects.count() == 2 and Person.objects.count() == 1


def test_the_same_key_with_other_words_is_a_conflict_and_does_nothing() -> None:
    take(lead())
    assert take(lead(name="Eva"))[0].state == "conflict"
    assert Person.objects.get().name == "Ana Costa"


def test_a_known_persons_field_changes_by_a_fact_and_its_past_is_kept() -> None:
    take(lead(title="Buyer"))
    take(lead("k2", NOW + timedelta(days=1), title="CTO"), now=NOW + timedelta(days=1))
    assert Person.objects.get().title == "CTO"
    told = Change.objects.filter(field="title").order_by("at").values_list("value", "at")
    assert list(told) == [("Buyer", NOW), ("CTO", NOW + timedelta(days=1))]


def test_what_is_told_late_is_kept_and_changes_nothing_that_was_told_later() -> None:
    take(lead(title="Buyer"))
    take(lead("k2", NOW + timedelta(days=5), title="CTO"), now=NOW + timedelta(days=5))
    take(lead("k3", NOW + timedelta(days=2), title="Head"), now=NOW + timedelta(days=6))
    assert Person.objects.get().title == "CTO"
    told = Change.objects.filter(field="title").order_by("at").values_list("value", flat=True)
    assert list(told) == ["Buyer", "Head", "CTO"]


def test_by_external_id_and_by_address_one_is_the_same_person() -> None:
    one, other, third = take(lead(id="u1"), lead("k2", id="u1", email=None), lead("k3", email="ANA@acme.example"))
    assert person_of(one) == person_of(other) == person_of(third)


def test_an_imported_person_is_known_by_address_and_by_id() -> None:
    Person.objects.create(person_id="p-7", email="ana@acme.example", created_at=NOW - timedelta(days=9))
    assert person_of(take(lead())[0]) == "p-7"
    assert person_of(take(event("m1", userId="p-7"))[0]) == "p-7"


def test_a_firm_is_found_by_its_name_in_another_spelling() -> None:
    Account.objects.create(account_id="a1", name="Rhein Automaten GmbH", country="DE")
    accounts_known.forget()
    take(lead("k1", company="RHEIN-AUTOMATEN", email="ana@gmail.com"))
    take(lead("k2", company="Rhein Automaten AG", email="bo@rhein-automaten.example"))
    assert [*Person.objects.values_list("account_id", flat=True)] == ["a1", "a1"]
    assert Account.objects.get().domain == "rhein-automaten.example"


@pytest.mark.parametrize("together", [True, False])
def test_two_leads_of_a_new_firm_begin_one_account_in_one_group_or_two(together: bool) -> None:
    both = lead("k1", company="Rhein Automaten"), lead("k2", company="Rhein Automaten GmbH", email="bo@gmail.com")
    if together:
        take(*both)
    else:
        take(both[0])
        take(both[1])
    assert Account.objects.count() == 1
    assert Person.objects.count() == 2


def test_a_name_that_two_firms_share_is_proposed_and_begins_an_account_of_its_own() -> None:
    Account.objects.create(account_id="a1", name="Merck", country="US")
    Account.objects.create(account_id="a2", name="Merck KGaA", country="DE")
    accounts_known.forget()
    take(lead("k1", company="Merck AG", email="ana@gmail.com"))
    person = Person.objects.get()
    assert person.account_id not in ("a1", "a2")
    assert {*Likeness.objects.values_list("kind", "one", "other")} == {
        ("account", person.person_id, "a1"), ("account", person.person_id, "a2"),
    }  # fmt: skip
    take(lead("k2", company="Merck AG", email="bo@gmail.com", account={"country": "DE"}))
    assert Person.objects.get(email="bo@gmail.com").account_id == "a2"


def test_a_firm_whose_name_was_confirmed_once_is_that_account() -> None:
    Account.objects.create(account_id="a1", name="Globex", domain="globex.example")
    Alias.objects.create(name="rhein automaten", account_id="a1", at=NOW, by="olive")
    accounts_known.forget()
    take(lead("k1", company="Rhein-Automaten GmbH", email="ana@gmail.com"))
    assert Person.objects.get().account_id == "a1"
    Alias.objects.all().delete()
    accounts_known.directory().read()
    take(lead("k2", company="Rhein-Automaten GmbH", email="bo@gmail.com"))
    assert Person.objects.get(email="bo@gmail.com").account_id != "a1"


def test_an_address_with_a_tag_is_somebody_of_their_own_and_proposed_as_one() -> None:
    take(lead("k1"))
    take(lead("k2", email="ana+fair@acme.example", name=None))
    assert Person.objects.count() == 2
    alike = Likeness.objects.get()
    assert (alike.kind, alike.because) == ("person", "Their addresses are of one mailbox, but for a tag.")


def test_a_phone_number_without_its_country_s_code_is_read_with_the_country() -> None:
    take(lead("k1", email=None, phone="030 123456", country="DE"), lead("k2", email=None, phone="+49 30 123456"))
    assert Person.objects.count() == 1


def test_a_shared_phone_number_joins_nobody_and_is_proposed() -> None:
    one, other = take(lead(phone="+49 30 901820"), lead("k2", email="bo@other.example", phone="+49 30 901820"))
    assert person_of(one) != person_of(other)
    alike = Likeness.objects.filter(kind="person").values_list("one", "other")
    assert set(alike) == {tuple(sorted((person_of(one), person_of(other))))}
    assert person_of(take(lead("k3", email=None, phone="+49 30 901820"))[0]) == person_of(one)


def test_two_sure_signs_of_two_people_are_proposed_and_not_joined() -> None:
    one = person_of(take(lead(id="u1", email=None))[0])
    other = person_of(take(lead("k2"))[0])
    assert person_of(take(lead("k3", id="u1"))[0]) == one
    assert {one, other} == set(Likeness.objects.values_list("one", "other").get())


def test_a_visitors_touches_are_theirs_once_they_say_who_they_are() -> None:
    visitor = person_of(take(event("m1", anonymousId="v1"))[0])
    assert not Person.objects.exists() and Touch.objects.get().person_id == visitor
    assert (
        person_of(take(event("m2", "identify", anonymousId="v1", traits={"email": "ana@acme.example"}))[0]) == visitor
    )
    assert Person.objects.get().person_id == visitor


def test_a_visitor_who_turns_out_to_be_somebody_known_is_merged_by_a_fact() -> None:
    known = person_of(take(lead())[0])
    visitor = person_of(take(event("m1", anonymousId="v1"))[0])
    take(event("m2", "identify", anonymousId="v1", traits={"email": "ana@acme.example"}))
    assert PersonState.objects.get(pk=visitor).merged_into == known
    assert Change.objects.get(field="merged_into").entity_id == visitor
    assert person_of(take(event("m3", anonymousId="v1"))[0]) == known


def test_another_person_on_the_same_browser_is_another_person() -> None:
    one, other = take(lead(anonymous_id="v1"), lead("k2", email="bo@other.example", anonymous_id="v1"))
    assert person_of(one) != person_of(other) and not Change.objects.filter(field="merged_into").exists()


def test_an_alias_joins_a_visitor_and_only_proposes_people_with_a_record() -> None:
    visitor = person_of(take(event("m1", anonymousId="v1"))[0])
    known, other = person_of(take(lead(id="u1"))[0]), person_of(take(lead("k2", id="u2", email="bo@b.example"))[0])
    take(event("m2", "alias", userId="u1", previousId="v1"), event("m3", "alias", userId="u1", previousId="u2"))
    assert PersonState.objects.get(pk=visitor).merged_into == known
    assert PersonState.objects.get(pk=other).merged_into is None
    assert Likeness.objects.filter(kind="person").count() == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_in_whatever_order_a_visit_a_name_and_a_lead_come_they_are_one_person(order: tuple[int, ...]) -> None:
    things = [event("m1", anonymousId="v1"), lead(id="u1"), event("m2", "identify", anonymousId="v1", userId="u1")]
    for n in order:
        take(things[n])
    whose = person_of(take(event("m9", userId="u1"))[0])
    into = dict(PersonState.objects.values_list("person_id", "merged_into"))
    assert {into.get(t) or t for t in Touch.objects.values_list("person_id", flat=True)} == {whose}
    assert Person.objects.get(pk=whose).email == "ana@acme.example"


def test_whoever_was_merged_or_erased_is_found_as_who_they_are_now() -> None:
    kept, gone = person_of(take(lead())[0]), person_of(take(lead("k2", email="old@acme.example"))[0])
    PersonState.objects.filter(pk=gone).update(merged_into=kept)
    assert person_of(take(lead("k3", email="old@acme.example"))[0]) == kept
    Erasure.objects.create(person_id=kept, at=NOW, by="x", reason="asked")
    Identity.objects.filter(person_id=kept).delete()
    assert person_of(take(lead("k4"))[0]) != kept


def test_a_firm_is_known_by_its_domain_and_its_own_id_and_a_mail_service_is_no_firm() -> None:
    take(lead(), lead("k2", email="bo@acme.example", company="ACME Ltd"))
    assert Account.objects.count() == 1
    take(lead("k3", email="cy@gmail.com", company=None), lead("k4", email="di@gmail.com", company=None))
    assert Account.objects.count() == 1
    group = event("m1", "group", userId="u9", groupId="g1", traits={"name": "Beta", "employees": 70})
    take(event("m0", "identify", userId="u9", traits={"name": "U"}), group)
    assert Account.objects.get(pk="g1").employees == 70


def test_what_is_told_of_a_known_account_fills_what_was_empty_and_nothing_else() -> None:
    Account.objects.create(account_id="a1", name="Acme", domain="acme.example", employees=40)
    accounts_known.forget()
    take(lead(account={"employees": 9_000, "industry": "logistics"}))
    account = Account.objects.get()
    assert (account.employees, account.industry) == (40, "logistics")
    told = Change.objects.filter(entity="account").order_by("at").values_list("field", "value")
    assert list(told) == [("industry", None), ("industry", "logistics")]


def test_nothing_is_kept_of_a_group_that_fails() -> None:
    broken = lead("k2")
    object.__setattr__(broken, "person", (("name", 7.5j),))
    with pytest.raises((DatabaseError, TypeError, AttributeError)):
        take_in([Parcel((lead(), broken))], now=NOW)
    assert not Person.objects.exists() and not Arrival.objects.exists() and not Load.objects.exists()


def test_letters_are_kept_once_while_open_and_again_when_they_come_again_later() -> None:
    letter = Letter("segment:e1", '{"type": "dance"}', "unknown-type", "There is no such event.")
    for _ in range(2):
        take_in([Parcel(letters=(letter,))], now=NOW)
    kept = DeadLetter.objects.get()
    dead_letters.end(kept.pk, dead_letters.DROPPED, "", "A test of theirs.", acting=SYSTEM, now=NOW)
    take_in([Parcel(letters=(letter,))], now=NOW + timedelta(days=1))
    assert sorted(DeadLetter.objects.values_list("state", flat=True)) == ["dropped", "open"]
    assert AuditLine.objects.filter(verb="dropped", subject=kept.pk).exists()


def test_a_letter_is_mended_and_taken_in_and_not_twice() -> None:
    made = read({"messageId": "m1", "userId": "u1"}, "track", source="segment:e1", kinds=KINDS, received=NOW)
    take_in([Parcel(letters=made.letters)], now=NOW)
    kept = DeadLetter.objects.get()
    with pytest.raises(UserProblem, match="no name"):
        replay(kept.pk, kept.body, KINDS, acting=SYSTEM, now=NOW)
    mended = json.dumps(json.loads(kept.body) | {"event": "Webinar Attended"})
    person_id = replay(kept.pk, mended, KINDS, acting=SYSTEM, now=NOW)
    assert Touch.objects.get().person_id == person_id and DeadLetter.objects.get().state == "taken-in"
    assert Arrival.objects.get().key == "segment:e1:m1"
    with pytest.raises(UserProblem, match="quicker"):
        replay(kept.pk, mended, KINDS, acting=SYSTEM, now=NOW)


def test_dropping_a_letter_takes_a_reason() -> None:
    take_in([Parcel(letters=(Letter("form:f", "{}", "trap", "A machine."),))], now=NOW)
    with pytest.raises(UserProblem, match="Say why"):
        dead_letters.end(DeadLetter.objects.get().pk, dead_letters.DROPPED, "", " ", acting=SYSTEM, now=NOW)


def test_an_entrance_is_opened_changed_and_closed_in_the_trail_and_its_key_lies_nowhere() -> None:
    made = entrances.make("site", "events", {}, acting=SYSTEM, now=NOW)
    entrances.change(made.id, "The site", {}, acting=SYSTEM, now=NOW)
    entrances.close(made.id, acting=SYSTEM, now=NOW)
    with pytest.raises(UserProblem):
        entrances.close(made.id, acting=SYSTEM, now=NOW)
    assert [line.verb for line in AuditLine.objects.order_by("number")] == ["opened", "changed", "closed"]
    assert made.secret not in str(list(AuditLine.objects.values()))


def test_a_line_that_is_too_long_refuses_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line()
    monkeypatch.setattr(arriving, "MOST_WAITING", 2)
    monkeypatch.setattr(line, "_length", 2)
    with pytest.raises(OutsideProblem) as problem:
        line._stand(arriving._Waiting(Parcel((lead(),))))
    assert problem.value.code == "line-full" and not problem.value.permanent
