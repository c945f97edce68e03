"""Find: by the beginnings of words, whatever their accents and case; several words must all be there."""

from __future__ import annotations

import pytest

from oarlock.store.models import Account, Opportunity, Person, PersonState, SearchWord
from oarlock.store.reads.search import find, find_ids, words_of
from oarlock.store.writes.records import find_by

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def known() -> None:
    """Three people, an account and a deal that can be found."""
    Person.objects.create(person_id="p1", name="Jörg O'Hara-Ünal", email="jorg.ohara@ostrach.example")
    Person.objects.create(person_id="p2", name="Anna Ostermann", company_name="Ostrach Fördertechnik AG")
    Person.objects.create(person_id="p3", name="Anna Maria Jost", email="am@elsewhere.example")
    Account.objects.create(account_id="a1", name="Ostrach Fördertechnik AG", domain="ostrach.example")
    Opportunity.objects.create(opportunity_id="o1", name="Shuttle for Ostrach", status="open")
    for entity, key in (("person", "p1"), ("person", "p2"), ("person", "p3"), ("account", "a1"), ("opportunity", "o1")):
        find_by(entity, key)


@pytest.mark.parametrize(
    ("typed", "people"),
    [
        ("jorg", {"p1"}), ("JÖRG", {"p1"}), ("unal", {"p1"}), ("ünal hara", {"p1"}), ("o'hara", {"p1"}),
        ("ost", {"p1", "p2"}), ("anna", {"p2", "p3"}), ("anna ost", {"p2"}), ("anna j", {"p3"}), ("nna", set()),
        ("anna nobody", set()), ("", set()), ("  ", set()), ("%", set()), ("_", set()), ("'", set()),
        ("fordertechnik", {"p2"}), ("jorg.ohara", {"p1"}),
    ],
)  # fmt: skip
def test_people_are_found_by_the_beginnings_of_their_words(typed: str, people: set[str]) -> None:
    assert set(find_ids("person", typed, 50)) == people


def test_what_is_found_comes_by_kind_with_a_word_that_tells_namesakes_apart() -> None:
    PersonState.objects.create(person_id="p2", cycle=1, stage="mql")
    found = find("ost")
    assert [(h.id, h.name, h.note, h.stage) for h in found.people] == [
        ("p2", "Anna Ostermann", "Ostrach Fördertechnik AG", "mql"),
        ("p1", "Jörg O'Hara-Ünal", "jorg.ohara@ostrach.example", None),
    ]
    assert [h.id for h in found.accounts] == ["a1"]
    assert [(h.id, h.note) for h in found.deals] == [("o1", "open")]


def test_whoever_was_merged_away_is_found_no_more() -> None:
    PersonState.objects.create(person_id="p2", cycle=1, merged_into="p3")
    assert {h.id for h in find("anna").people} == {"p3"}


def test_no_more_is_given_than_was_asked_for() -> None:
    for number in range(40):
        Person.objects.create(person_id=f"x{number}", name=f"Zoe Zander {number}")
        find_by("person", f"x{number}")
    assert len(find_ids("person", "z", 8)) == 8
    assert len(find_ids("person", "zoe zander", 50)) == 40


def test_a_long_text_is_cut_and_never_breaks() -> None:
    assert words_of("ß" * 500)
    assert find_ids("person", "x " * 5000, 8) == ()
    assert max(len(w) for w in words_of("a" * 500)) == 60


def test_people_are_found_through_their_account_whose_words_are_kept_once() -> None:
    Person.objects.create(
        person_id="p4", name="Mika Bo", email="mika.bo@ostrach.example", account_id="a1", company_name="Ostrach AG"
    )
    find_by("person", "p4")
    assert set(SearchWord.objects.filter(record_id="p4").values_list("word", flat=True)) == {"mika", "bo"}
    assert "p4" in find_ids("person", "fordertechnik", 50)
    assert find_ids("person", "mika ostr", 50) == ("p4",)
    assert find_ids("person", "fordertechnik mik", 50) == ("p4",)
    assert find_ids("person", "anna mik", 50) == ()
