"""A decision as it is kept and as it is told: read back in five years, and in words made from its steps alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from oarlock.agreement.handling import Step
from oarlock.agreement.tree import Compare, Count, Literal, Name, Value
from oarlock.ground.problems import UserProblem
from oarlock.routing import Decision, Lead, Roster, as_plain, choose, from_plain, looking, sentence, taken, told
from oarlock.routing.looks import KNOWN

from .worked import BERLIN, Facts, instant, lead_of, roster_of, terms_of

TERMS = terms_of()
NAMES = {user.key: user.name for user in TERMS.users}
KEPT = Path(__file__).parent / "decision-form-1.json"


def decided(at: str, lead: str, roster: str = "") -> Decision:
    whose, facts = lead_of(lead)
    return choose(whose, TERMS, roster_of(roster), instant(at), looking(facts))


def test_a_record_written_in_form_1_is_read_for_ever_and_written_alike() -> None:
    plain = json.loads(KEPT.read_text(encoding="utf-8"))
    decision = from_plain(plain)
    assert as_plain(decision) == plain
    assert decision == decided("Tue 2026-10-20 10:00", "country=FR, interest=arms")


@pytest.mark.parametrize(
    "harm",
    [
        {"form": 2}, {"form": None}, {"because": "magic"}, {"at": "2026-10-05T10:00"}, {"at": None}, {"steps": [{}]},
        {"steps": 3}, {"credits": []}, {"agreement": "one"},
    ],
    ids=str,
)  # fmt: skip
def test_a_record_that_cannot_be_read_says_so(harm: dict[str, Any]) -> None:
    plain = json.loads(KEPT.read_text(encoding="utf-8"))
    with pytest.raises(UserProblem) as problem:
        from_plain({**plain, **harm})
    assert problem.value.code == "decision-unreadable"


MON = "Mon 2026-10-05 10:00"
SENTENCES = [
    (MON, "country=DE, owner=005L", "", "It went to Lena, whose account it is."),
    (
        MON, "country=DE", "",
        "It went to Lena, whose turn it was in the pool dach (weights Lena 2 and Jonas 1). The account has no owner.",
    ),
    (
        MON, "country=DE, owner=005X", "lena 15 today",
        "It went to Jonas, the only one in the pool dach who could have it. Passed over: 005X is nobody the agreement "
        "knows, Lena has a full day (15 of 15 today).",
    ),
    (
        MON, "country=FR, owner=005P, held by amelie piet", "",
        "It went to Nora, the only one in the pool world who could have it. Passed over: 005P is nobody the agreement "
        "knows, Amelie and Piet have had it before. Off hours for all who could have it; the first works again "
        "Mon 5 Oct 15:00 CEST.",
    ),
    (MON, "source=Partner portal", "", "It went to Piet, whom the lead source partner names."),
    (MON, "source=fair", "", "It went to the queue fairs, as the lead source fair says."),
    (MON, "owner=, country=JP", "", "It went to the queue japan, as step 4 says. The account has no owner."),
    (MON, "", "", "No step of routing applied, so it waits in the queue waiting, its clock running."),
    (
        MON, "country=DE", "lena let go, jonas 40 open, amelie let go, piet let go, nora let go",
        "It waits in the queue dach, its clock running, because nobody was available: Lena, Amelie, Piet and Nora are "
        "no longer here, Jonas has full hands (40 of 40 open).",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("at", "lead", "roster", "words"), SENTENCES, ids=[s[3][:40] for s in SENTENCES])
def test_the_sentence_says_why_it_went_there(at: str, lead: str, roster: str, words: str) -> None:
    decision = from_plain(as_plain(decided(at, lead, roster)))
    assert sentence(decision, NAMES, BERLIN) == words


def test_a_lead_that_somebody_took_says_so() -> None:
    decision = taken("lena", "japan", TERMS, instant(MON))
    assert sentence(decision, NAMES) == "Lena took it from the queue japan."
    assert told(decision, NAMES) == ("Lena took it from the queue japan.",)
    assert from_plain(as_plain(decision)) == decision


def test_every_step_tells_what_it_asked_what_it_saw_and_who_was_passed_over() -> None:
    decision = decided("Tue 2026-10-20 10:00", "country=FR, interest=arms", "amelie -0.5, piet +0.5")
    assert told(decision, NAMES, BERLIN)[:-1] == (
        "Step 1 (Their own seller), to the account's owner: `account.owner_id is not null` does not hold "
        "(account.owner_id is unknown).",
        "Step 2 (Arms), to the pool dach: `person.interest = 'arms'` holds (person.interest is arms); before it stood "
        "Lena (weight 2, owed nothing) and Jonas (weight 1, owed nothing); passed over: Lena lacks a skill (arms), "
        "Jonas is away (until Sat 24 Oct 00:00 CEST).",
        "Step 3, to the pool dach: `account.country in ('DE', 'AT', 'CH')` does not hold (account.country is FR).",
        "Step 4, to the queue japan: `account.country = 'JP'` does not hold (account.country is FR).",
        "Step 5, to the pool world: `account.country is not null` holds (account.country is FR); before it stood "
        "Amelie (weight 1, 0.50 of a lead ahead), Piet (weight 1, owed 0.50 of a lead) and Nora (weight 1, owed "
        "nothing); passed over: Nora is off hours (opens Tue 20 Oct 15:00 CEST).",
    )


@pytest.mark.parametrize(
    ("path", "value", "seen"),
    [
        ("person.email", "ann@acme.example", KNOWN), ("person.name", "Ann", KNOWN), ("person.country", "DE", "DE"),
        ("person.interest", "my child's school", KNOWN), ("person.interest", "arms", "arms"), ("fit", 40.0, "40"),
        ("account.name", "Acme", "Acme"), ("icp", True, "true"), ("person.email", None, None),
    ],
)  # fmt: skip
def test_a_record_kept_for_ever_does_not_say_who_somebody_is(path: str, value: Value, seen: str | None) -> None:
    _, values = looking(Facts({path: value}))(Compare("=", Name(path, "text"), Literal("arms")))
    assert values == ((path, seen),)


def test_a_rule_that_counts_is_recorded_with_what_it_counted() -> None:
    rule = Compare(">", Count("touches", "webinar.attended", 30), Literal(2.0))
    assert looking(Facts())(rule) == (True, (("touches('webinar.attended', 30)", "3"),))


def test_an_owner_step_that_always_applies_says_that_the_account_has_none() -> None:
    terms = replace(TERMS, routing=(Step("account-owner", name="Owner"), Step("user lena", name="Fallback")))
    decision = choose(Lead("ann"), terms, Roster(), instant(MON), looking(Facts()))
    assert sentence(decision, NAMES) == "It went to Lena, whom the step “Fallback” names. The account has no owner."
    assert told(decision, NAMES)[0] == "Step 1 (Owner), to the account's owner: always applies."


def test_a_receiver_nobody_wrote_down_as_user_is_reached_by_the_key() -> None:
    terms = replace(TERMS, routing=(Step("pool gone"), Step("user stranger")))
    decision = choose(Lead("ann"), terms, Roster(), instant(MON), looking(Facts()))
    assert (decision.owner, decision.because, decision.steps[0].skipped) == ("stranger", "named", ())


def test_a_lead_sources_own_receiver_is_told_as_the_first_step() -> None:
    decision = decided(MON, "country=DE, source=Partner portal", "piet let go")
    assert told(decision, NAMES)[0] == (
        "The lead source partner, which goes to Piet: applies; passed over: Piet is no longer here."
    )
