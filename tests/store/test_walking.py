"""Lists walked page by page: everybody once, in order, whatever the filter and however the list is sorted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from oarlock.ground.problems import UserProblem
from oarlock.store.models import Account, Opportunity, Person, PersonState
from oarlock.store.reads import accounts, deals, filters, people, walking
from oarlock.store.reads.filters import Asked, started
from oarlock.store.reads.walking import Place, place

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Europe/Berlin")
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
SOURCES, COUNTRIES, STAGES = ("search", "webinar", None), ("DE", "FR", "AT", None), ("lead", "mql", "customer")


@pytest.fixture(autouse=True)
def crowd() -> None:
    """120 people; every tenth has no date, many share one, and they stand in three stages."""
    made = []
    for n in range(120):
        created = None if n % 10 == 0 else BEGAN + timedelta(days=n // 4)
        made.append(
            Person(
                person_id=f"p{n:03}", name=None if n % 13 == 0 else f"Name {n % 17}", created_at=created,
                source=SOURCES[n % 3], country=COUNTRIES[n % 4], owner_id="lena" if n % 5 == 0 else None,
            )
        )  # fmt: skip
    Person.objects.bulk_create(made)
    PersonState.objects.bulk_create(
        PersonState(person_id=p.person_id, cycle=1, stage=STAGES[n % 3], since=BEGAN + timedelta(hours=n // 2))
        for n, p in enumerate(made)
    )


def asked(**said: str) -> Asked:
    return filters.asked(said, people.WORDS, people.SORTS, people.DEFAULT)


def walked(what: Asked, size: int = 7) -> list[str]:
    """Every id of a list, page by page, as somebody does who always goes on."""
    found: list[str] = []
    for _ in range(200):
        page = people.people(what, ZONE, size)
        found += [row.id for row in page.rows]
        if page.walk.after is None:
            return found
        what = started(what, place(page.walk.after.text()))
    raise AssertionError("the list never ends")


def plainly(**said: Any) -> set[str]:
    return set(Person.objects.filter(**said).values_list("pk", flat=True))


@pytest.mark.parametrize("sort", ["created", "-created", "name", "-name"])
@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({}, {}),
        ({"source": "search"}, {"source": "search"}),
        ({"source": "-"}, {"source": None}),
        ({"country": "DE", "source": "webinar"}, {"country": "DE", "source": "webinar"}),
        ({"owner": "lena", "country": "-"}, {"owner_id": "lena", "country": None}),
    ],
)
@pytest.mark.parametrize("reach", [10, 5000])
def test_every_record_that_passes_is_shown_once(
    said: dict[str, str], wanted: dict[str, Any], sort: str, reach: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "REACH", reach)
    found = walked(asked(**said, sort=sort))
    assert len(found) == len(set(found))
    assert set(found) == plainly(**wanted)


@pytest.mark.parametrize("sort", ["created", "-created", "name", "-name", "since", "-since"])
@pytest.mark.parametrize("reach", [10, 5000])
def test_a_stage_is_a_filter_like_others(sort: str, reach: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "REACH", reach)
    mqls = set(PersonState.objects.filter(stage="mql").values_list("pk", flat=True))
    assert set(walked(asked(stage="mql", sort=sort))) == mqls
    assert set(walked(asked(stage="mql", sort=sort, country="FR"))) == mqls & plainly(country="FR")


def test_the_order_is_the_one_asked_for_and_records_without_a_value_come_last() -> None:
    dates = [Person.objects.get(pk=key).created_at for key in walked(asked(sort="-created"))]
    known = [d for d in dates if d is not None]
    assert dates[: len(known)] == sorted(known, reverse=True)
    names = [Person.objects.get(pk=key).name for key in walked(asked(sort="name"))]
    texts = [n for n in names if n is not None]
    assert names[: len(texts)] == sorted(texts)


def test_days_are_whole_days_of_the_agreements_zone() -> None:
    found = walked(asked(**{"from": "2026-01-05", "until": "2026-01-06", "sort": "created"}))
    assert {Person.objects.get(pk=key).created_at for key in found} == {BEGAN + timedelta(days=n) for n in (4, 5)}


def test_a_page_says_that_a_filter_had_no_index_and_where_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "REACH", 10)
    page = people.people(asked(country="AT", owner="lena", sort="name"), ZONE)
    assert page.walk.limited and page.walk.after is not None
    assert not people.people(asked(country="AT"), ZONE).walk.limited


def test_a_list_is_counted_up_to_a_thousand_and_not_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "COUNTED", 50)
    assert people.people(asked(), ZONE).count == 51
    assert people.people(asked(source="search"), ZONE).count == 40


@pytest.mark.parametrize(
    "text", ["[", "{}", "[1]", "[[], 1]", '[true,"x"]', '[1e400,"x"]', '["a\\u0000","x"]', "x" * 5000]
)
def test_a_place_that_is_none_is_refused_in_words(text: str) -> None:
    with pytest.raises(UserProblem) as refused:
        place(text)
    assert refused.value.code == "bad-place"


def test_an_order_or_a_day_that_cannot_be_meant_is_refused_in_words() -> None:
    for said in ({"sort": "password"}, {"from": "tomorrow"}, {"until": "2026-02-31"}):
        with pytest.raises(UserProblem):
            asked(**said)


def test_accounts_and_deals_are_walked_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    Account.objects.bulk_create(
        Account(account_id=f"a{n}", name=f"Acme {n % 9}", industry=("metal", "paper")[n % 2], country=COUNTRIES[n % 4])
        for n in range(60)
    )
    Opportunity.objects.bulk_create(
        Opportunity(
            opportunity_id=f"o{n}", status=("open", "won", "lost")[n % 3], amount=None if n % 7 == 0 else n * 100,
            created_at=BEGAN + timedelta(days=n % 11), owner_id=("lena", "jonas")[n % 2],
        )
        for n in range(60)
    )  # fmt: skip
    monkeypatch.setattr(walking, "REACH", 9)
    found: list[str] = []
    what = filters.asked({"industry": "metal", "country": "DE"}, accounts.COLUMNS, accounts.SORTS, accounts.DEFAULT)
    for _ in range(100):
        page = accounts.accounts(what, 4)
        found += [row.id for row in page.rows]
        if page.walk.after is None:
            break
        what = started(what, page.walk.after)
    assert sorted(found) == sorted(f"a{n}" for n in range(60) if n % 2 == 0 and n % 4 == 0)
    for sort in ("created", "-amount"):
        said = {"status": "won", "owner": "lena", "least": "1,000", "sort": sort}
        rows = list(deals.every(filters.asked(said, deals.WORDS, deals.SORTS, deals.DEFAULT), ZONE))
        wanted = {f"o{n}" for n in range(60) if n % 3 == 1 and n % 2 == 0 and n % 7 and n * 100 >= 1000}
        assert {row.id for row in rows} == wanted


def test_the_values_a_filter_offers_are_those_there_are() -> None:
    found = filters.values_of("people", "source", "country")
    assert found == {"source": ("search", "webinar"), "country": ("AT", "DE", "FR")}


def test_a_place_is_written_so_that_it_is_read_the_same() -> None:
    for one in (Place(None, "p1"), Place(5, 'a"b'), Place("ü", "p/1")):
        assert place(one.text()) == one
