"""Cleaning: one spelling of a firm's name, whatever its legal form, and never nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oarlock.matching import clean

SPELLINGS = [
    ("Müller GmbH & Co. KG", "muller"),
    ("MULLER", "muller"),
    ("* KONINKLIJKE  PHILIPS Électronics, N.V.", "koninklijke philips electronics"),
    ("N.V. NUTRICIA", "nutricia"),
    ("AB SKF", "skf"),
    ("Kowalski Sp. z o.o.", "kowalski"),
    ("Rossi S.p.A.", "rossi"),
    ("Toyota K.K.", "toyota"),
    ("Nokia Oyj", "nokia"),
    ("Acme S.A. de C.V.", "acme"),
    ("Acme (UK) Limited", "acme"),
    ("Cargill B.V., Bergen op Zoom, NL", "cargill"),
    ("D S M N. V.", "dsm"),
    ("Maasland N,V,", "maasland"),
    ("Merck Sharp &amp; Dohme B.V.", "merck sharp dohme"),
    ("Merck Sharp and Dohme", "merck sharp dohme"),
    ("Łódź Æon Weiß", "lodz aeon weiss"),
    ("株式会社トヨタ", "株式会社トヨタ"),
    ("ACME", "acme"),
]


@pytest.mark.parametrize(("written", "cleaned"), SPELLINGS)
def test_one_spelling_of_a_name(written: str, cleaned: str) -> None:
    assert str(clean(written)) == cleaned


@pytest.mark.parametrize("written", ["AG", "GmbH", "The", "and", "(AG)", "S.A.", "& Co.", "B.V., NL", "(Holding)"])
def test_a_name_of_nothing_but_a_legal_form_is_kept(written: str) -> None:
    assert clean(written).words


def test_a_name_without_letters_is_none() -> None:
    assert clean(" *** ").words == ()
    assert clean("").words == ()


def test_the_legal_form_is_kept_apart() -> None:
    assert clean("Müller GmbH & Co. KG").forms == ("gmbh", "and", "co", "kg")


def test_a_first_name_behind_the_legal_form_stays() -> None:
    assert clean("BOSCH GMBH ROBERT").words == ("bosch", "gmbh", "robert")


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(st.characters(exclude_characters="&"), max_size=60))
def test_whatever_has_a_letter_is_never_cleaned_to_nothing(text: str) -> None:
    assert clean(text).words or not any(c.isalnum() for c in text)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.lists(st.sampled_from(["acme", "rhein", "stahl", "&", "and", "3m", "the"]), min_size=2, max_size=5),
    st.sampled_from(["", "GmbH", "Ltd.", "S.p.A.", "B. V.", "K.K.", "Sp. z o.o.", "Inc", "Oyj", "AB", "s.r.o.", "LLC"]),
    st.sampled_from([" ", ", ", "  "]),
)
def test_a_legal_form_changes_nothing(words: list[str], form: str, between: str) -> None:
    bare = " ".join(["rhein", *words])
    assert clean(f"{bare}{between}{form}").words == clean(bare).words


def test_a_name_too_long_is_read_in_part() -> None:
    assert len(str(clean("a" * 100_000))) == 300
