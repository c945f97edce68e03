from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from oarlock.agreement.terms import Field, Stage, Terms
from oarlock.ground.problems import UserProblem
from oarlock.lifecycle.versions import Versions
from oarlock.loop.fields import FOR_DEALS, FOR_PEOPLE, Source, resolve

from .companies import company, figures, lake_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)
MAY = datetime(2026, 5, 1, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)
FIELDS = (Field("person.segment", "text"), Field("account.robots", "number"), Field("person.source", "text"))
STAGES = (
    Stage("lead", "Lead", "marketing", "inventory", company.rule("person.created_at is not null")),
    Stage("customer", "Customer", "sales", "inventory", company.rule("opportunity.status = 'won'")),
)
TERMS = Terms("Testwater", date(2026, 1, 1), "Europe/Berlin", "EUR", STAGES, fields=FIELDS)


@pytest.mark.parametrize(
    ("word", "people", "deals"),
    [
        ("source", Source("person", "source"), Source("person", "source")),
        ("campaign", Source("person", "campaign_id"), Source("opportunity", "campaign_id")),
        ("landing_page", Source("person", "landing_page"), Source("person", "landing_page")),
        ("owner", Source("person", "owner_id"), Source("opportunity", "owner_id")),
        ("manager", Source("owner", "manager_id"), Source("owner", "manager_id")),
        ("team", Source("owner", "team"), Source("owner", "team")),
        ("product", None, Source("opportunity", "product")),
        ("segment", Source("person", "segment", own=True), Source("person", "segment", own=True)),
        ("robots", Source("account", "robots", own=True), Source("account", "robots", own=True)),
        ("account.industry", Source("account", "industry"), Source("account", "industry")),
        ("person.country", Source("person", "country"), Source("person", "country")),
        ("opportunity.lost_reason", None, Source("opportunity", "lost_reason")),
        ("person.source", Source("person", "source"), Source("person", "source")),
    ],
)
def test_a_word_is_found_nearest_first(word: str, people: Source | None, deals: Source | None) -> None:
    assert resolve(word, TERMS, FOR_PEOPLE) == people
    assert resolve(word, TERMS, FOR_DEALS) == deals


@pytest.mark.parametrize(
    ("word", "meant"),
    [("sorce", "source"), ("segmnt", "segment"), ("account.industri", "account.industry"), ("tema", "team")],
)
def test_an_unknown_word_is_told_with_a_guess(word: str, meant: str) -> None:
    with pytest.raises(UserProblem) as caught:
        resolve(word, TERMS, FOR_PEOPLE)
    assert caught.value.code == "unknown-field"
    assert meant in caught.value.next_step


def lake(**more: list[dict[str, object]]) -> dict[str, list[dict[str, object]]]:
    people = [
        {"person_id": "p1", "created_at": APRIL, "source": "fair", "owner_id": "lena", "account_id": "a1"},
        {"person_id": "p2", "created_at": APRIL, "source": "unknown", "properties": {"segment": "smb"}},
        {"person_id": "p3", "created_at": None, "source": None},
    ]
    users = [{"user_id": "lena", "team": "dach", "manager_id": "sam"}, {"user_id": "jonas", "team": "north"}]
    return {"people": people, "users": users, "accounts": [{"account_id": "a1", "industry": "food"}], **more}  # type: ignore[dict-item]


def deal(number: int, **values: object) -> dict[str, object]:
    row = {"opportunity_id": f"o{number}", "person_id": "p1", "status": "won", "created_at": APRIL, "closed_at": MAY}
    return row | {"amount": Decimal("10.01"), "currency": "EUR", "owner_id": "jonas"} | values


def groups(
    tables: dict[str, list[dict[str, object]]], word: str, until: datetime = NOW
) -> dict[str | None, tuple[int, Decimal]]:
    found, _ = figures(lake_of(tables), Versions.of(TERMS), until, [word])
    return {g.value: (g.people, g.revenue) for g in found.by[word]}


def test_no_value_is_a_value_apart_from_the_word_unknown() -> None:
    none = Decimal("0.00")
    assert groups(lake(), "source") == {"fair": (1, none), "unknown": (1, none), None: (1, none)}


def test_owners_lead_to_their_team_and_manager() -> None:
    tables = lake(opportunities=[deal(1)])
    assert groups(tables, "team") == {"dach": (1, Decimal("10.01")), None: (2, Decimal("0.00"))}
    assert groups(tables, "manager") == {"sam": (1, Decimal("10.01")), None: (2, Decimal("0.00"))}
    found, _ = figures(lake_of(tables), Versions.of(TERMS), NOW, ["team"])
    assert [(g.value, g.won, g.revenue) for g in found.opportunities.by["team"]] == [("north", 1, Decimal("10.01"))]


def test_a_deal_that_names_no_person_is_in_the_sum_of_groups() -> None:
    tables = lake(
        opportunities=[deal(1), deal(2, person_id=None, amount=Decimal("5.00"))],
        opportunity_contacts=[{"opportunity_id": "o2", "person_id": p} for p in ("p1", "p2")],
    )
    assert groups(tables, "source") == {
        "fair": (1, Decimal("10.01")), "unknown": (1, Decimal("0.00")), None: (1, Decimal("5.00")),
    }  # fmt: skip


def test_a_deal_is_paid_once_and_moves_whom_it_names_or_else_all_its_contacts() -> None:
    contacts: list[dict[str, object]] = [
        {"opportunity_id": o, "person_id": p} for p in ("p1", "p2") for o in ("o1", "o2")
    ]
    for person, customers in (("p1", 1), (None, 2)):
        tables = lake(opportunities=[deal(1, person_id=person)], opportunity_contacts=contacts)
        found, _ = figures(lake_of(tables), Versions.of(TERMS), NOW, ["source"])
        assert found.opportunities.revenue == Decimal("10.01") == sum(g.revenue for g in found.by["source"])
        assert {s.stage: s.entered for s in found.stages} == {"lead": 2, "customer": customers}


def test_currencies_are_not_added_up() -> None:
    tables = lake(opportunities=[deal(1), deal(2, currency="USD", amount=Decimal("7.00")), deal(3, currency=None)])
    found, _ = figures(lake_of(tables), Versions.of(TERMS), NOW)
    assert found.opportunities.revenue == Decimal("20.02")
    assert found.opportunities.other_currencies == {"USD": Decimal("7.00")}
    assert (found.opportunities.mean_deal, found.opportunities.won) == (Decimal("10.01"), 3)


def test_whom_a_person_belonged_to_then_counts_then() -> None:
    moved = {
        "change_id": "c1",
        "at": MAY,
        "recorded_at": MAY,
        "entity": "person",
        "entity_id": "p1",
        "field": "owner_id",
    }
    before = moved | {"change_id": "c0", "at": APRIL, "recorded_at": APRIL, "value": "jonas"}
    tables = lake(changes=[moved | {"value": "lena"}, before])
    assert set(groups(tables, "team", APRIL)) == {"north", None}
    assert set(groups(tables, "team", NOW)) == {"dach", None}
