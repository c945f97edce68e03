"""Find: records by the beginnings of their words. Lower case, without accents; several words must all be there.

A person is found by the words of their account too, which are kept once, with the account.

Promises: a search looks at no more than `REACH` records of each kind, whatever was typed, so that it stays quick at any
size; who types more letters sees further.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from oarlock.store.models import Account, Opportunity, Person, PersonState, SearchWord

Kind = Literal["person", "account", "deal"]
KINDS: tuple[Kind, ...] = ("person", "account", "deal")
REACH = 500
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
    if not others:
        return _reached(kind, first, size * 4)[:size]
    near = _reached(kind, first, REACH)
    said = _said(kind, near)
    return tuple(key for key in near if all(_begins(said[key], word) for word in others))[:size]


def _reached(kind: Kind, word: str, most: int) -> tuple[str, ...]:
    """Records with a word that begins so, in the order of the words; people through their account last."""
    found = _having(kind, word, most)
    if kind == "person" and len(found) < most and (accounts := _having("account", word, most - len(found))):
        people = Person.objects.filter(account_id__in=accounts).values_list("pk", flat=True)
        found += tuple(people[: most - len(found)])
    return tuple(dict.fromkeys(found))


def _having(kind: Kind, word: str, most: int) -> tuple[str, ...]:
    rows = SearchWord.objects.filter(kind=kind, word__gte=word, word__lt=word + LAST).order_by("word", "record_id")
    return tuple(dict.fromkeys(rows.values_list("record_id", flat=True)[:most]))


def _said(kind: Kind, keys: Sequence[str]) -> dict[str, set[str]]:
    """The words each of those records can be found by, a person's account's too."""
    said: dict[str, set[str]] = {key: set() for key in keys}
    # Not asked for the kind: a planner would then walk all words of that kind instead of the records' own few.
    rows = SearchWord.objects.filter(record_id__in=keys)
    for key, word, what in rows.values_list("record_id", "word", "kind"):
        if what == kind:
            said[key].add(word)
    if kind == "person":
        people = Person.objects.filter(pk__in=keys).values_list("pk", "account_id")
        works = {key: account for key, account in people if account}
        theirs = _said("account", tuple(set(works.values()))) if works else {}
        for key, account in works.items():
            said[key] |= theirs[account]
    return said


def _begins(words: Iterable[str], typed: str) -> bool:
    return any(word.startswith(typed) for word in words)


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
