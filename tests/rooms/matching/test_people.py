"""One person or two: by rule where it is sure, proposed where it is not."""

from __future__ import annotations

import pytest

from oarlock.matching import Known, Said, recognise
from oarlock.matching.reaching import email_of, mailbox_of, phone_of
from oarlock.records.arrivals import Identity

ID: Identity = ("external", "u1")
MAIL: Identity = ("email", "ann@acme.com")
PHONE: Identity = ("phone", "+4930123456")
VISITOR: Identity = ("anonymous", "v1")


def test_the_same_id_or_address_is_the_same_person() -> None:
    assert recognise(Known({MAIL: "ann"}, {"ann"}), Said((MAIL,))).person_id == "ann"
    assert recognise(Known({ID: "ann"}, {"ann"}), Said((ID, MAIL))).person_id == "ann"


def test_nobody_known_is_somebody_new() -> None:
    assert recognise(Known(), Said((MAIL, PHONE))).person_id is None


def test_an_id_and_an_address_of_two_people_are_the_id_s_and_proposed() -> None:
    found = recognise(Known({ID: "ann", MAIL: "bob"}, {"ann", "bob"}), Said((ID, MAIL)))
    assert found.person_id == "ann"
    assert not found.joined
    assert [(a.other, a.because) for a in found.alike] == [
        ("bob", "They share an e-mail address, and have different ids.")
    ]


def test_a_phone_number_is_the_same_person_unless_an_address_speaks_against_it() -> None:
    assert recognise(Known({PHONE: "ann"}, {"ann"}), Said((PHONE,))).person_id == "ann"
    other = Known({PHONE: "ann"}, {"ann"}, {"ann": {"email": {"ann@acme.com"}}})
    found = recognise(other, Said((("email", "bob@acme.com"), PHONE)))
    assert found.person_id is None
    assert [a.other for a in found.alike] == ["ann"]
    assert recognise(other, Said((MAIL, PHONE))).person_id == "ann"


def test_a_visitor_becomes_who_they_turn_out_to_be() -> None:
    known = Known({MAIL: "ann", VISITOR: "somebody"}, {"ann"})
    assert recognise(known, Said((MAIL, VISITOR))).joined == ("somebody",)
    assert recognise(Known({VISITOR: "somebody"}), Said((MAIL, VISITOR))).person_id == "somebody"


def test_a_visitor_s_number_that_somebody_else_had_joins_nobody() -> None:
    known = Known({VISITOR: "ann"}, {"ann"}, {"ann": {"email": {"ann@acme.com"}}})
    found = recognise(known, Said((("email", "bob@acme.com"), VISITOR)))
    assert (found.person_id, found.joined, found.alike) == (None, (), ())


def test_nobody_with_a_record_is_merged_by_a_stranger_s_word() -> None:
    known = Known({MAIL: "ann", ("external", "u2"): "bob", VISITOR: "somebody"}, {"ann", "bob"})
    found = recognise(known, Said((MAIL,), was=(("external", "u2"), VISITOR)))
    assert found.joined == ("somebody",)
    assert [a.other for a in found.alike] == ["bob"]


def test_people_of_one_name_at_one_account_and_of_one_mailbox_are_proposed() -> None:
    tagged: Identity = ("email", "ann+fair@acme.com")
    known = Known({}, {"ann", "anna"}, namesakes=("anna",), mailboxes={"ann@acme.com": "ann"})
    found = recognise(known, Said((tagged,)))
    assert found.person_id is None
    assert [(a.other, a.certainty) for a in found.alike] == [("ann", 0.85), ("anna", 0.7)]


def test_the_same_said_again_changes_nothing() -> None:
    known = Known({MAIL: "ann", VISITOR: "ann"}, {"ann"}, {"ann": {"email": {"ann@acme.com"}}}, namesakes=("ann",))
    found = recognise(known, Said((MAIL, VISITOR)))
    assert (found.person_id, found.joined, found.alike) == ("ann", (), ())


@pytest.mark.parametrize(
    ("written", "country", "number"),
    [("+49 (0)30 123456", None, "+4930123456"), ("030 123456", "DE", "+4930123456"), ("030 123456", None, None),
     ("0044 20 7946 0958", "DE", "+442079460958"), ("call me", "DE", None), ("+1", None, None), ("", "DE", None),
     (None, None, None), ("0000000000", "US", None), ("030 123456", "Atlantis", None), ("+" + "9" * 400, None, None)],
)  # fmt: skip
def test_a_phone_number_in_its_one_spelling(written: str | None, country: str | None, number: str | None) -> None:
    assert phone_of(written, country) == number


def test_an_address_in_its_one_spelling() -> None:
    assert email_of(" Ann.Lee+Fair@ACME.com ") == "ann.lee+fair@acme.com"
    assert email_of("ann at acme") is None
    assert email_of(None) is None
    assert mailbox_of("ann+fair@acme.com") == "ann@acme.com"
    assert mailbox_of("+x@acme.com") == "+x@acme.com"
