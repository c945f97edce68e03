"""Find: records by the beginnings of their words. Lower case, without accents; several words must all be there.

A person is found by the words of their account too, which are kept once, with the account.

Promises: a search looks at no more than `REACH` records of each kind, whatever was typed, so that it stays quick at any
size; who types more letters sees further.
"""

# ruff: noqa: S608  (only constants and kinds of ours)

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Literal

from django.db import connection
from django.db.models import Q

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
    found = _found(text, KINDS, size)
    return Found(_people(found["person"]), _accounts(found["account"]), _deals(found["deal"]))


def find_ids(kind: Kind, text: str, size: int) -> tuple[str, ...]:
    """The ids of records of one kind that have a word for each word typed; at most `size`."""
    return _found(text, (kind,), size)[kind]


Ids = dict[Kind, tuple[str, ...]]
"""Records by kind, in the order in which they are shown."""


def _found(text: str, kinds: Sequence[Kind], size: int) -> Ids:
    words = words_of(text[:400])[:WORDS]
    if not words:
        return dict.fromkeys(kinds, ())
    first, *others = sorted(words, key=len, reverse=True)
    near = _reached(first, kinds, REACH if others else size * 4)
    kept = _having_too(near, others) if others else near
    return {kind: kept[kind][:size] for kind in kinds}


def _reached(word: str, kinds: Sequence[Kind], most: int) -> Ids:
    """Records with a word that begins so, in the order of the words; people through their account last."""
    near = _having(word, dict.fromkeys((*kinds, *(("account",) if "person" in kinds else ()))), most)
    if "person" in kinds and (left := most - len(near["person"])) > 0 and near["account"]:
        people = Person.objects.filter(account_id__in=near["account"][:left]).values_list("pk", flat=True)[:left]
        near["person"] = tuple(dict.fromkeys((*near["person"], *people)))
    return {kind: near[kind] for kind in kinds}


def _having(word: str, kinds: Iterable[Kind], most: int) -> Ids:
    """One stretch of the index a kind, all in one query."""
    found: dict[Kind, list[str]] = {kind: [] for kind in kinds}
    stretch = "SELECT kind, word, record_id FROM search_words WHERE kind = %s AND word >= %s AND word < %s"
    parts = [f"SELECT * FROM ({stretch} ORDER BY word, record_id LIMIT {most}) AS of_{kind}" for kind in found]
    said = [value for kind in found for value in (kind, word, word + LAST)]
    with connection.cursor() as cursor:
        cursor.execute(f"{' UNION ALL '.join(parts)} ORDER BY word, record_id", said)
        for kind, _, record_id in cursor.fetchall():
            found[kind].append(record_id)
    return {kind: tuple(dict.fromkeys(ids)) for kind, ids in found.items()}


def _having_too(near: Ids, typed: Sequence[str]) -> Ids:
    """Those of them that have a word for each of the others typed, people through their account too."""
    people = near.get("person", ())
    works = dict(Person.objects.filter(pk__in=people, account_id__isnull=False).values_list("pk", "account_id"))
    keys = {*works.values(), *(key for ids in near.values() for key in ids)}
    begins = [Q(word__gte=word, word__lt=word + LAST) for word in typed]
    # Not asked for the kind: a planner would then walk all words of that kind instead of the records' own few.
    rows = SearchWord.objects.filter(reduce(or_, begins), record_id__in=keys).values_list("kind", "record_id", "word")
    said: dict[tuple[str, str | None], set[str]] = {}
    for kind, key, word in rows:
        said.setdefault((kind, key), set()).update(one for one in typed if word.startswith(one))

    def has_all(kind: Kind, key: str) -> bool:
        own = said.get((kind, key), set())
        return len(own | said.get(("account", works.get(key)), set()) if kind == "person" else own) == len(typed)

    return {kind: tuple(key for key in ids if has_all(kind, key)) for kind, ids in near.items()}


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
