"""Sealing: exact bytes, frozen terms, nothing lost on the way from the text."""

from __future__ import annotations

import hashlib
from dataclasses import FrozenInstanceError, asdict, fields
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from oarlock.agreement import Draft, Terms, read, read_text, seal
from oarlock.agreement.format import whole
from oarlock.agreement.sealing import spoken, terms_of
from oarlock.agreement.terms import Amount, Stage, WorkingSpan
from oarlock.agreement.tree import And, Compare, Literal, Name
from oarlock.ground.problems import UserProblem


@pytest.fixture(scope="module")
def terms(brightwater: str) -> Terms:
    return seal(read_text(brightwater.encode()))


def test_the_hash_is_of_the_exact_bytes_and_of_nothing_else(brightwater: str) -> None:
    sealed = seal(read_text(brightwater.encode()))
    assert sealed.source == brightwater.encode()
    assert sealed.hash == "sha256:" + hashlib.sha256(brightwater.encode()).hexdigest()
    assert seal(read_text((brightwater + " ").encode())).hash != sealed.hash


def test_a_folder_is_sealed_over_its_bundle(tmp_path: Path, brightwater: str) -> None:
    head, tail = brightwater.split("\nrouting:", 1)
    (tmp_path / "1.yaml").write_text(head + "\n")
    (tmp_path / "2.yaml").write_text("routing:" + tail)
    sealed = seal(read(tmp_path))
    assert sealed.hash == "sha256:" + hashlib.sha256(sealed.source).hexdigest()
    assert seal(read_text(sealed.source)).hash == sealed.hash
    assert [s.to for s in sealed.routing] == [s.to for s in seal(read_text(brightwater.encode())).routing]


def test_errors_are_listed_and_nothing_is_sealed(spoilt) -> None:  # type: ignore[no-untyped-def]
    draft = read_text(spoilt(("kind: gate", "kind: gaet"), ("share: 35%", "share: 3%")).encode(), "a.yaml")
    with pytest.raises(UserProblem) as problem:
        seal(draft)
    assert problem.value.code == "agreement-has-errors" and "2 errors" in problem.value.what
    assert problem.value.where.line < 200 and "gaet" in problem.value.why


def test_warnings_do_not_keep_it_from_being_sealed(spoilt) -> None:  # type: ignore[no-untyped-def]
    assert seal(read_text(spoilt(("serves: [marketing, sales]", "serves: [sales]")).encode())).company


def test_terms_are_frozen_and_can_be_told_apart_by_their_hash(terms: Terms) -> None:
    with pytest.raises(FrozenInstanceError):
        terms.company = "Other"  # type: ignore[misc]
    assert isinstance(hash(terms), int)


def test_the_version_number_is_whoever_signs_it_says(brightwater: str) -> None:
    assert seal(read_text(brightwater.encode()), number=7).number == 7


def test_the_stages_stand_in_order_with_their_rules(terms: Terms) -> None:
    assert [s.key for s in terms.stages] == ["lead", "mql", "sal", "sql", "opportunity", "customer"]
    mql = terms.stage("mql")
    assert isinstance(mql, Stage) and mql.rule is not None
    assert mql.rule.tree == And((
        Compare(">=", Name("fit", "number"), Literal(40.0)), Compare(">=", Name("engagement", "number"), Literal(40.0)),
    ))  # fmt: skip
    assert terms.stages[2].within == WorkingSpan(8, "days", True)


def test_a_stage_without_a_name_is_spoken_from_its_key() -> None:
    assert [spoken(k) for k in ("lead", "mql", "closed_won", "mql-to-sdr")] == [
        "Lead", "MQL", "Closed won", "MQL to SDR",
    ]  # fmt: skip


def test_values_arrive_in_their_units(terms: Terms) -> None:
    assert terms.in_force == date(2026, 10, 1)
    assert terms.scoring.half_life == timedelta(days=30)
    assert dict(terms.scoring.engagement)["form.demo_request"] == 60
    goal = terms.goals[0]
    assert goal.target == Amount(Decimal("2400000.00"), "EUR") and dict(goal.spread)["2026-11"] == 0.4
    assert terms.promises.marketing[1].at_least == Amount(Decimal("0.75"), "share")
    assert terms.pools[0].members == (("lena", 2.0), ("jonas", 1.0))
    handoff = terms.handoffs[0]
    assert handoff.accept_within == WorkingSpan(1, "hours", True) and handoff.attempts == 5
    assert [step.at for step in handoff.on_breach] == [0.75, 1.0, 2.0]
    assert dict(handoff.reject_reasons)["no-budget"] == "recycled"


def test_amounts_say_themselves() -> None:
    said = [str(Amount(Decimal(v), u)) for v, u in (("0.75", "share"), ("0.125", "share"), ("2400000.00", "EUR"),
                                                   ("1200", "number"), ("0.5", "number"), ("3", "share"))]  # fmt: skip
    assert said == ["75%", "12.5%", "2,400,000 EUR", "1,200", "0.5", "300%"]


def test_every_section_of_the_format_reaches_the_terms(terms: Terms) -> None:
    """Brightwater uses every section; none may be empty once sealed."""
    sections = set(whole.Agreement.model_fields) - {"oarlock", "icp"}
    assert sections <= {field.name for field in fields(Terms)}
    told, blank = asdict(terms), asdict(Terms("-", date(1900, 1, 1), "-", "-", ()))
    assert [name for name in sections if told[name] == blank[name]] == []


def test_the_zone_and_the_first_instant_are_the_agreements(terms: Terms) -> None:
    assert terms.in_force_from.isoformat() == "2026-10-01T00:00:00+02:00"


def test_terms_find_their_parts_by_key(terms: Terms) -> None:
    handoff = terms.handoff("mql-to-sdr")
    assert handoff is not None and handoff.at == "mql" and terms.handoff("nothing") is None
    assert [d.key for d in (terms.detour_for("student"), terms.detour_for("unheard-of")) if d] == [
        "disqualified",
        "recycled",
    ]
    assert terms.leadership.person("rosa") is not None and terms.leadership.person("nobody") is None


def test_a_draft_whose_rules_are_broken_still_gives_terms_for_comparing(spoilt) -> None:  # type: ignore[no-untyped-def]
    broken = terms_of(
        read_text(spoilt(("when: icp\n", "when: ipc\n"), ("when: fit >= 40 and", "when: fti >= 40 and")).encode())
    )
    assert broken is not None and len(broken.scoring.fit) == 2 and broken.stages[1].rule is None
    assert terms_of(Draft("nothing")) is None
