"""Which account a firm is: domain, confirmed name, name; and never a bare name that two firms share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oarlock.agreement.handling import Matching
from oarlock.matching import Index, Match, Told, match
from oarlock.matching.domains import domain_of, says_a_firm
from oarlock.matching.likeness import Rarity, like, weigh
from oarlock.matching.names import clean

TERMS = Matching()


@pytest.fixture
def index() -> Index:
    made = Index()
    made.add("acme", "Acme Robotics GmbH", domain="acme.com", country="DE")
    made.add("globex", "Globex Corporation", domain="www.globex.co.uk", country="GB")
    made.add("merck-us", "Merck", domain="merck.com", country="US")
    made.add("merck-de", "Merck KGaA", domain="merckgroup.com", country="DE")
    made.add("shell-nl", "Shell Internationale Research Maatschappij B.V.", country="NL")
    made.add("shell-ca", "Shell Canada Limited", country="CA")
    return made


Ask = Callable[..., Match]


@pytest.fixture
def ask(index: Index) -> Ask:
    def asked(name: str | None = None, *domains: str, country: str | None = None, terms: Matching = TERMS) -> Match:
        return match(index, Told(name, domains, country), terms)

    return asked


def test_the_domain_comes_before_the_name(ask: Ask) -> None:
    found = ask("Globex", "ann@mail.acme.com")
    assert (found.verdict, found.account_id, found.how) == ("matched", "acme", "domain")


def test_a_firm_below_a_country_s_second_level_is_found_by_what_it_registered(ask: Ask) -> None:
    assert ask(None, "https://shop.globex.co.uk/x?y").account_id == "globex"
    assert ask(None, "co.uk").verdict == "none"


@pytest.mark.parametrize("domain", ["gmail.com", "mailinator.com", "ann@web.de"])
def test_a_mail_service_is_never_a_firm(index: Index, domain: str) -> None:
    index.add("kiosk", "Kiosk", domain=domain)
    assert match(index, Told(None, (domain,)), TERMS).verdict == "none"


def test_a_domain_the_agreement_calls_shared_is_no_firm_s(ask: Ask) -> None:
    assert ask(None, "acme.com", terms=replace(TERMS, shared_domains=("Acme.com",))).verdict == "none"


def test_a_domain_of_two_accounts_is_decided_by_the_name_or_proposed(index: Index, ask: Ask) -> None:
    index.add("acme-us", "Acme Foods Inc.", domain="acme.com", country="US")
    assert ask("Acme Foods", "acme.com").account_id == "acme-us"
    bare = ask(None, "acme.com")
    assert bare.verdict == "proposed"
    assert {bare.account_id, *(a for a, _ in bare.others)} == {"acme", "acme-us"}


def test_the_same_name_in_another_spelling_is_matched(ask: Ask) -> None:
    found = ask("ACME ROBOTICS Ltd.")
    assert (found.verdict, found.account_id, found.how) == ("matched", "acme", "name")
    assert found.certainty >= TERMS.sure


def test_a_bare_name_that_two_firms_share_is_never_matched(ask: Ask) -> None:
    found = ask("Merck AG")
    assert found.verdict == "proposed"
    assert {found.account_id, *(a for a, _ in found.others)} >= {"merck-us", "merck-de"}
    assert found.certainty <= 0.5


def test_the_country_decides_between_two_of_one_name(ask: Ask) -> None:
    assert ask("Merck", country="DE").account_id == "merck-de"
    assert ask("Merck", country="us").account_id == "merck-us"


def test_a_country_in_words_says_nothing(ask: Ask) -> None:
    assert ask("Acme Robotics", country="Germany") == ask("Acme Robotics")


def test_the_country_decides_though_a_third_has_none(index: Index, ask: Ask) -> None:
    index.add("merck", "Merck AG")
    assert ask("Merck", country="DE").account_id == "merck-de"
    assert ask("Merck").verdict == "proposed"


def test_many_accounts_of_one_name_are_never_matched(index: Index, ask: Ask) -> None:
    for number in range(40):
        index.add(f"twin-{number}", "Twinfirm Ltd")
    assert ask("Twinfirm").verdict != "matched"


def test_half_a_name_is_not_sure(ask: Ask) -> None:
    assert ask("Shell").verdict != "matched"


def test_a_stranger_s_firm_is_none(ask: Ask) -> None:
    assert ask("Zephyr Bakery").verdict == "none"
    assert ask(None).verdict == ask("  ** ").verdict == "none"


def test_a_name_confirmed_once_is_remembered(index: Index, ask: Ask) -> None:
    assert ask("Rhein Automaten").verdict == "none"
    index.confirm("Rhein-Automaten GmbH", "acme")
    found = ask("RHEIN AUTOMATEN")
    assert (found.verdict, found.account_id, found.how, found.certainty) == ("matched", "acme", "alias", 1.0)
    assert ask("Rhein Automatten").account_id == "acme", "a misspelling of it is found by name"


def test_a_name_with_another_domain_of_its_own_is_only_proposed(ask: Ask) -> None:
    assert ask("Globex", "globex.pl").verdict == "proposed"
    assert ask("Globex", "ann@gmail.com").verdict == "matched"
    assert ask("Shell Canada", "shell.ca").verdict == "matched", "the account has no domain that speaks against it"


def test_an_account_that_is_gone_is_found_by_nothing(index: Index, ask: Ask) -> None:
    index.confirm("Rhein Automaten", "acme")
    index.remove("acme")
    assert ask("Acme Robotics", "acme.com").verdict == ask("Rhein Automaten").verdict == "none"
    index.add("acme-2", "Acme Robotics GmbH", domain="acme.com")
    assert ask("Acme Robotics").account_id == ask(None, "acme.com").account_id == "acme-2"
    index.remove("nobody")


def test_what_is_left_of_two_with_one_domain_is_it(index: Index, ask: Ask) -> None:
    index.add("acme-us", "Acme Foods Inc.", domain="acme.com", country="US")
    index.remove("acme")
    assert ask(None, "acme.com").account_id == "acme-us"


def test_within_one_country_only_where_the_agreement_says_so(ask: Ask) -> None:
    same = replace(TERMS, same_country=True)
    assert ask("Acme Robotics", country="FR", terms=same).verdict == "none"
    assert ask("Acme Robotics", country="DE", terms=same).verdict == "matched"


def test_the_agreement_s_bars_decide(ask: Ask) -> None:
    found = ask("Acme Robotic Systems")
    for sure, propose, verdict in ((found.certainty, 0.0, "matched"), (1.0, found.certainty, "proposed")):
        assert ask("Acme Robotic Systems", terms=Matching(sure, propose)).verdict == verdict
    assert ask("Acme Robotic Systems", terms=Matching(1.0, 1.0)).verdict == "none"


@pytest.mark.parametrize(
    ("told", "domain"),
    [("ACME.com", "acme.com"), ("a@b.acme.com.au", "acme.com.au"), ("http://münchen.de/x", "xn--mnchen-3ya.de"),
     ("localhost", None), ("10.0.0.1", None), ("", None), (None, None), ("x" * 5_000, None), ("a..b.com", None)],
)  # fmt: skip
def test_the_part_of_a_domain_that_is_registered(told: str | None, domain: str | None) -> None:
    assert domain_of(told) == domain


def test_a_firm_s_own_domain_says_a_firm() -> None:
    assert says_a_firm("acme.com")
    assert not says_a_firm("acme.com", ["www.acme.com"])


names = st.text("abcdefg &.,", max_size=30)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(names, names)
def test_likeness_is_between_nothing_and_one_and_one_for_the_same(one: str, other: str) -> None:
    first, second = (weigh(clean(text), Rarity()) for text in (one, other))
    assert 0.0 <= like(first, second) <= 1.0
    assert like(first, first) == (1.0 if first.words else 0.0)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(names, max_size=8), names)
def test_a_match_is_one_of_the_accounts_and_is_sure_from_none_to_one(accounts: list[str], name: str) -> None:
    index = Index()
    for number, account in enumerate(accounts):
        index.add(str(number), account)
    found = match(index, Told(name), TERMS)
    assert found.account_id is None or found.account_id in map(str, range(len(accounts)))
    assert 0.0 <= found.certainty <= 1.0
    same = [n for n, account in enumerate(accounts) if clean(account).words == clean(name).words != ()]
    assert len(same) < 2 or found.verdict != "matched"
