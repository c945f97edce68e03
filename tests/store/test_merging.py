"""Records changed by hand and made one: facts first, state at once, and always a way back."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from oarlock.ground.problems import UserProblem
from oarlock.jobs.loading import load
from oarlock.lifecycle.versions import Versions
from oarlock.store.models import AuditLine, Change, Person, PersonState, SearchWord, StageEntry, Touch
from oarlock.store.reads.people import doubles_of
from oarlock.store.reads.search import find_ids
from oarlock.store.reads.versions import all_versions
from oarlock.store.writes import judging, merging, records
from oarlock.store.writes.audit import SYSTEM

from .conftest import NOW

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def filled(home: Path, signed: None) -> None:
    """Brightwater's store."""
    load(home, acting=SYSTEM, now=NOW)


def edit(person_id: str, **values: str) -> tuple[str, ...]:
    return records.edit("person", person_id, values, acting=SYSTEM, by="olive", now=NOW)


def somebody(stage: str, number: int = 0) -> str:
    return str(PersonState.objects.filter(stage=stage, detour=None).order_by("pk").values_list("pk", flat=True)[number])


def test_an_edit_is_a_fact_with_who_and_when_and_the_record_follows() -> None:
    person = somebody("lead")
    assert edit(person, title="Head of robots", country=str(Person.objects.get(pk=person).country)) == ("title",)
    fact = Change.objects.get(entity_id=person, field="title", by="olive")
    assert (fact.value, fact.origin, fact.at, fact.recorded_at) == ("Head of robots", "by hand", NOW, NOW)
    assert Person.objects.get(pk=person).title == "Head of robots"
    line = AuditLine.objects.filter(verb="edited").get()
    assert (line.subject, json.loads(line.detail)) == (person, {"fields": ["title"]})


def test_the_first_edit_of_a_field_says_what_it_was_so_that_the_past_reads_as_it_did() -> None:
    person = somebody("lead")
    was = Person.objects.get(pk=person)
    edit(person, language="xx")
    facts = list(Change.objects.filter(entity_id=person, field="language").order_by("at").values_list("at", "value"))
    assert facts == [(was.created_at, was.language), (NOW, "xx")]
    records.edit("person", person, {"language": "yy"}, acting=SYSTEM, by="olive", now=LATER)
    assert Change.objects.filter(entity_id=person, field="language").count() == 3


def test_an_edit_judges_from_now_on_and_leaves_what_was_entered_before() -> None:
    person = somebody("customer")
    before = set(StageEntry.objects.filter(person_id=person).values_list("cycle", "stage", "at", "version"))
    edit(person, email="", country="ZZ")
    after = set(StageEntry.objects.filter(person_id=person).values_list("cycle", "stage", "at", "version"))
    assert before <= after and len(before) > 2


def test_what_was_set_by_hand_is_found_and_what_it_said_before_is_not() -> None:
    person = somebody("lead")
    old = str(Person.objects.get(pk=person).name)
    edit(person, name="Xaver Quitzow", email="xq@elsewhere.example")
    assert find_ids("person", "xaver quitz", 5) == (person,)
    assert person not in find_ids("person", old, 50)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"password": "x"}, "unknown-field"), ({"person_id": "x"}, "unknown-field"),
        ({"title": "x" * 3000}, "too-long"), ({"title": "a\0b"}, "bad-text"),
    ],
)  # fmt: skip
def test_an_edit_that_cannot_be_is_refused_and_nothing_is_written(values: dict[str, str], code: str) -> None:
    before = Change.objects.count()
    with pytest.raises(UserProblem) as refused:
        records.edit("person", somebody("lead"), values, acting=SYSTEM, by="olive", now=NOW)
    assert (refused.value.code, Change.objects.count()) == (code, before)


def test_hand_made_values_stand_over_what_a_later_load_brings() -> None:
    person = somebody("lead")
    edit(person, title="By hand")
    Person.objects.filter(pk=person).update(title="From the CRM")
    assert (records.again(), Person.objects.get(pk=person).title) == (1, "By hand")
    assert records.again() == 0


def test_duplicates_are_told_by_e_mail_and_by_name_and_company() -> None:
    one, other, third = somebody("lead", 0), somebody("lead", 1), somebody("lead", 2)
    edit(other, email=str(Person.objects.get(pk=one).email))
    Person.objects.filter(pk=third).update(
        name=Person.objects.get(pk=one).name, account_id=Person.objects.get(pk=one).account_id
    )
    assert {row.id for row in doubles_of(one)} == {other, third}


def test_everything_of_the_one_is_told_of_the_other_at_once() -> None:
    kept, gone = somebody("lead"), somebody("customer")
    compared = merging.compare(gone, kept)
    assert dict(compared.moves)["touches"] == Touch.objects.filter(person_id=gone).count() > 0
    merging.merge(gone, kept, ["title"], acting=SYSTEM, by="olive", now=NOW)
    assert PersonState.objects.get(pk=gone).merged_into == kept
    assert not StageEntry.objects.filter(person_id=gone).exists()
    assert PersonState.objects.get(pk=kept).stage == "customer"
    assert Person.objects.get(pk=kept).title == Person.objects.get(pk=gone).title
    assert Change.objects.get(entity_id=gone, field="merged_into").value == kept


def test_a_merge_can_be_undone_and_both_stand_as_before() -> None:
    kept, gone = somebody("lead"), somebody("customer")
    columns = ("person_id", "cycle", "stage", "at", "version", "because", "skipped")
    before = set(StageEntry.objects.filter(person_id__in=(kept, gone)).values_list(*columns))
    merging.merge(gone, kept, acting=SYSTEM, by="olive", now=NOW)
    assert merging.part(gone, acting=SYSTEM, by="olive", now=LATER) == kept
    assert set(StageEntry.objects.filter(person_id__in=(kept, gone)).values_list(*columns)) == before
    assert [PersonState.objects.get(pk=p).merged_into for p in (kept, gone)] == [None, None]
    with pytest.raises(UserProblem):
        merging.part(gone, acting=SYSTEM, by="olive", now=LATER)


def test_a_chain_of_merges_is_followed_to_its_end_and_undone_in_the_middle() -> None:
    a, b, c = (somebody("lead", n) for n in range(3))
    merging.merge(a, b, acting=SYSTEM, by="olive", now=NOW)
    merging.merge(b, c, acting=SYSTEM, by="olive", now=LATER)
    assert [PersonState.objects.get(pk=p).merged_into for p in (a, b, c)] == [c, c, None]
    merging.part(b, acting=SYSTEM, by="olive", now=LATER + timedelta(hours=1))
    assert [PersonState.objects.get(pk=p).merged_into for p in (a, b, c)] == [b, None, None]


def test_nobody_is_merged_into_themselves_nor_twice_nor_into_nobody() -> None:
    a, b, c = (somebody("lead", n) for n in range(3))
    merging.merge(a, b, acting=SYSTEM, by="olive", now=NOW)
    for gone, kept in ((a, a), (a, c), (c, a), (c, "nobody")):
        with pytest.raises(UserProblem):
            merging.merge(gone, kept, acting=SYSTEM, by="olive", now=LATER)
    assert SearchWord.objects.filter(record_id=a).exists()


def test_a_merged_life_is_the_one_the_tables_of_history_tell() -> None:
    """The live fold over both people's facts, with their rows renamed, is the fold over one person who had them all."""
    kept, gone = somebody("lead"), somebody("customer")
    versions: Versions = all_versions()
    lived = judging.follow(kept, versions, NOW, gone=[gone])
    assert lived is not None
    merging.merge(gone, kept, acting=SYSTEM, by="olive", now=NOW)
    told = set(StageEntry.objects.filter(person_id=kept).values_list("cycle", "stage", "at"))
    assert told == {(e.cycle, e.stage, e.at) for e in lived.entries}
