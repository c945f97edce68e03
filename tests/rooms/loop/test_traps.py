"""Numbers that were wrong once, each on the smallest lake that shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from oarlock.agreement.terms import Detour, Handoff, Scoring, Stage, Terms
from oarlock.lifecycle.versions import Versions

from .companies import company, drift_of, figures, lake_of

START = datetime(2026, 1, 1, tzinfo=UTC)
STAGES = (
    Stage("lead", "Lead", "marketing", "inventory", company.rule("person.created_at is not null")),
    Stage("mql", "MQL", "marketing", "gate", company.rule("engagement >= 40")),
)
SCORING = Scoring(engagement=(("demo", 60.0), ("click", 25.0)), half_life=timedelta(days=2))
AWAY = (Detour("recycled", "Recycled", False, "lead", timedelta(days=90)), Detour("out", "Out", True))
HANDOFF = Handoff("h", "mql", (("later", "recycled"), ("student", "out")))
TERMS = Terms("Testwater", date(2025, 1, 1), "UTC", "EUR", STAGES, AWAY, SCORING, handoffs=(HANDOFF,))
PERSON: dict[str, object] = {"person_id": "p1", "created_at": START}


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def touch(number: int, at: datetime, kind: str) -> dict[str, object]:
    return {"touch_id": f"t{number}", "person_id": "p1", "at": at, "recorded_at": at, "kind": kind}


def change(number: int, at: datetime, field: str, value: str | None, **more: object) -> dict[str, object]:
    row = {"change_id": f"c{number}", "at": at, "recorded_at": at, "entity": "person", "entity_id": "p1"}
    return row | {"field": field, "value": value} | more


def rejected(number: int, at: datetime, reason: str) -> dict[str, object]:
    row = {"event_id": f"e{number}", "handoff_id": "h1", "person_id": "p1", "at": at, "recorded_at": at}
    return row | {"kind": "rejected", "reason": reason}


def test_a_final_detour_is_final_though_one_with_a_way_back_overlaps_it() -> None:
    events = [rejected(1, day(1), "later"), rejected(2, day(2), "student")]
    found, _ = figures(lake_of({"people": [PERSON], "handoff_events": events}), Versions.of(TERMS), day(30))
    assert [(a.back_to, a.people) for a in found.away] == [(None, 1)]


def test_an_agreement_without_detours_is_measured() -> None:
    terms = replace(TERMS, detours=(), handoffs=())
    found, _ = figures(lake_of({"people": [PERSON]}), Versions.of(terms), day(30))
    assert [(s.stage, s.entered, s.balance) for s in found.stages] == [("lead", 1, 1), ("mql", 0, 0)]


def test_touches_of_one_instant_are_all_in_a_quickly_fading_score() -> None:
    people = [PERSON | {"person_id": f"p{n}"} for n in range(40)]
    touches = [touch(n, day(5), "click") | {"person_id": p["person_id"]} for n, p in enumerate(people * 2)]
    changes = [change(n, day(5), "email", None, entity_id=p["person_id"]) for n, p in enumerate(people)]
    lake = lake_of({"people": people, "touches": touches, "changes": changes})
    found, _ = figures(lake, Versions.of(replace(TERMS, stages=(replace(STAGES[0], rule=company.rule(
        "person.email is null")), STAGES[1]))), day(30))  # fmt: skip
    assert {s.stage: s.entered for s in found.stages} == {"lead": 40, "mql": 40}


def test_a_touch_after_the_date_does_not_make_an_earlier_deal_out_of_order() -> None:
    deal = {"opportunity_id": "o1", "person_id": "p1", "status": "won", "created_at": None, "closed_at": day(2)}
    people = [PERSON | {"created_at": None}]
    lake = lake_of({"people": people, "opportunities": [deal], "touches": [touch(1, day(9), "demo")]})
    assert figures(lake, Versions.of(TERMS), day(5))[0].out_of_order == 0
    assert figures(lake, Versions.of(TERMS), day(10))[0].out_of_order == 1


def test_a_change_that_names_nobody_is_not_put_down_to_who_changed_later() -> None:
    changes = [
        change(1, day(1), "recorded_stage", "MQL", by=None, origin="import"),
        change(2, day(2), "recorded_stage", "MQL", by="lena", origin=None),
    ]
    found = drift_of(lake_of({"people": [PERSON], "changes": changes}), Versions.of(TERMS), day(5))
    assert [(r.stage, r.by, r.origin) for r in found.rows if r.stage == "mql"] == [("mql", None, "import")]


def test_nobody_drifts_before_they_are_known() -> None:
    people = [PERSON | {"created_at": day(9), "recorded_stage": "MQL"}]
    lake = lake_of({"people": people, "touches": [touch(1, day(20), "open")]})
    assert drift_of(lake, Versions.of(TERMS), day(5)).stages == ()
    assert drift_of(lake, Versions.of(TERMS), day(10)).stages != ()


def test_a_crm_that_records_exactly_the_definition_does_not_drift() -> None:
    people = [PERSON | {"person_id": f"p{n}", "created_at": day(n)} for n in range(5)]
    touches = [touch(n, day(n + 3), "demo") | {"person_id": f"p{n}"} for n in range(3)]
    changes = [change(n, day(n), "recorded_stage", "lead", entity_id=f"p{n}") for n in range(5)]
    changes += [change(10 + n, day(n + 3), "recorded_stage", "mql", entity_id=f"p{n}") for n in range(3)]
    found = drift_of(lake_of({"people": people, "touches": touches, "changes": changes}), Versions.of(TERMS), day(40))
    counts = [(c.stage, c.both, c.different_date, c.only_recorded, c.only_defined) for c in found.stages]
    assert counts == [("lead", 5, 0, 0, 0), ("mql", 3, 0, 0, 0)]
    assert found.rows == ()


def test_a_month_in_which_nothing_happens_is_a_month() -> None:
    tables = {"people": [PERSON, PERSON | {"person_id": "p2", "created_at": day(70)}]}
    found, _ = figures(lake_of(tables), Versions.of(TERMS), day(80))
    flows = [(f.month, f.in_flow, f.balance) for f in found.flows if f.stage == "lead"]
    assert flows == [("2026-01", 1, 1), ("2026-02", 0, 1), ("2026-03", 1, 2)]


def test_months_are_those_of_the_agreements_zone() -> None:
    people = [PERSON | {"created_at": datetime(2026, 3, 31, 22, 30, tzinfo=UTC)}]
    lake = lake_of({"people": people})
    for zone, month in (("Europe/Berlin", "2026-04"), ("UTC", "2026-03"), ("America/New_York", "2026-03")):
        found, _ = figures(lake, Versions.of(replace(TERMS, time_zone=zone)), day(200))
        assert found.flows[0].month == month


def test_a_deal_known_by_its_closing_alone_is_won_and_its_amount_is_counted() -> None:
    deal = {"opportunity_id": "o1", "person_id": "p1", "status": "won", "created_at": day(9), "closed_at": day(2)}
    lake = lake_of({"people": [PERSON], "opportunities": [deal | {"amount": Decimal("0.10"), "currency": "EUR"}]})
    found, _ = figures(lake, Versions.of(TERMS), day(5))
    assert (found.opportunities.won, found.opportunities.revenue) == (1, Decimal("0.10"))
