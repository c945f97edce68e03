"""Find: records by the beginnings of their words. Lower case, without accents; several words must all be there.

Promises: a search looks at no more than `REACH` words of each kind, whatever was typed, so that it stays quick at any
size; who types more letters sees further. Nothing but the words table is searched.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Coalesce

from oarlock.store.models import Account, Opportunity, Person, PersonState, SearchWord

Kind = Literal["person", "account", "deal"]
KINDS: tuple[Kind, ...] = ("person", "account", "deal")
REACH = 800
WORDS = 6
"""So many words of a search count; further ones are left aside."""
LONGEST = 60
LAST = "\U0010ffff"
"""Behind every other letter: a word and this is the end of all words that begin so."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One record found: what it is called, and a word that tells it from its namesakes."""

    kind: Kind
    id: str
    name: str
    note: str
    stage: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, kind by kind, each in the order of its words."""

    people: tuple[Hit, ...] = ()
    accounts: tuple[Hit, ...] = ()
    deals: tuple[Hit, ...] = ()

    @property
    def count(self) -> int:
        """How many records are shown."""
        return len(self.people) + len(self.accounts) + len(self.deals)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text as they are kept and sought: `Jörg O'Hara-Ünal` is `jorg o hara unal`."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return tuple(dict.fromkeys(word[:LONGEST] for word in re.findall(r"[^\W_]+", plain)))


def find(text: str, size: int = 8) -> Found:
    """Records of every kind whose words begin as typed."""
    people, accounts, deals = (find_ids(kind, text, size) for kind in KINDS)
    return Found(_people(people), _accounts(accounts), _deals(deals))


def find_ids(kind: Kind, text: str, size: int) -> tuple[str, ...]:
    """The ids of records of one kind that have a word for each word typed; at most `size`."""
    words = words_of(text[:400])[:WORDS]
    if not words:
        return ()
    first, *others = sorted(words, key=len, reverse=True)
    rows = _begins(kind, first)
    for word in others:
        same = SearchWord.objects.filter(record_id=OuterRef("record_id"))
        # Said so that the record's own few words are looked at, never the many words that begin so.
        same = same.alias(said=Coalesce("word", Value("")), what=Coalesce("kind", Value("")))
        same = same.filter(what=kind, said__gte=word, said__lt=word + LAST)
        rows = rows.filter(Exists(same))
    reach = size * 4 if not others else REACH
    if others:
        rows = rows.filter(word__lte=_furthest(kind, first))
    found = rows.order_by("word", "record_id").values_list("record_id", flat=True)[:reach]
    return tuple(dict.fromkeys(found.iterator(chunk_size=size * 4)))[:size]


def _begins(kind: Kind, word: str):  # type: ignore[no-untyped-def]
    return SearchWord.objects.filter(kind=kind, word__gte=word, word__lt=word + LAST)


def _furthest(kind: Kind, word: str) -> str:
    """The word `REACH` rows into the stretch: what lies beyond is not looked at."""
    rows = _begins(kind, word).order_by("word", "record_id").values_list("word", flat=True)
    return next(iter(rows[REACH - 1 : REACH]), word + LAST)


def _people(ids: Sequence[str]) -> tuple[Hit, ...]:
    if not ids:
        return ()
    rows = {
        p.person_id: p for p in Person.objects.filter(pk__in=ids).only("person_id", "name", "email", "company_name")
    }
    states = PersonState.objects.in_bulk(list(ids))
    return tuple(
        Hit("person", key, p.name or p.email or key, p.company_name or p.email or "", _stage(states.get(key)))
        for key in ids
        if (p := rows.get(key)) is not None and not (key in states and states[key].merged_into)
    )


def _stage(state: PersonState | None) -> str | None:
    return None if state is None else state.stage


def _accounts(ids: Sequence[str]) -> tuple[Hit, ...]:
    rows = Account.objects.in_bulk(list(ids)) if ids else {}
    return tuple(
        Hit("account", key, a.name or a.domain or key, ", ".join(filter(None, (a.industry, a.country))))
        for key in ids
        if (a := rows.get(key)) is not None
    )


def _deals(ids: Sequence[str]) -> tuple[Hit, ...]:
    rows = Opportunity.objects.in_bulk(list(ids)) if ids else {}
    return tuple(Hit("deal", key, d.name or key, d.status) for key in ids if (d := rows.get(key)) is not None)
