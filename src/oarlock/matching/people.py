"""Whose something is, by what they are known by; and whether two people with a record may be one.

    recognise(known, said) -> Recognised

By rule: the same external id or e-mail address is the same person. A phone number or a visitor's number is, unless the
two have different ids or addresses. A visitor without a record becomes whoever they turn out to be. Two people with a
record are never joined here: they are proposed as one, with the reason and how sure it is.
Promises: nobody who has a record is merged by a stranger's word; the same said twice changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from oarlock.matching.reaching import mailbox_of
from oarlock.records.arrivals import Identity

SURE = ("external", "email")
"""What decides alone."""
Sure = Mapping[str, frozenset[str] | set[str]]
SHARED_SURE, FORMER, SAME_PLACE, SAME_MAILBOX, SHARED_PHONE = 0.8, 0.7, 0.7, 0.85, 0.5


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the identities said: who has each, who has a record, the sure identities of those found.

    `namesakes` are people of the same name at the same account, `mailboxes` people by address without its tag.
    """

    holders: Mapping[Identity, str] = field(default_factory=dict)
    named: frozenset[str] | set[str] = frozenset()
    sure_of: Mapping[str, Sure] = field(default_factory=dict)
    namesakes: Sequence[str] = ()
    mailboxes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody is said to be known by, the surest first, and what they were known by before."""

    known_by: tuple[Identity, ...]
    was: tuple[Identity, ...] = ()


@dataclass(frozen=True, slots=True)
class Alike:
    """Two with a record who may be one (None: whoever is new), how sure, and why, in a sentence."""

    other: str
    certainty: float
    because: str


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who it is (None: nobody known), which visitors turn out to be them, and who may be the same."""

    person_id: str | None
    joined: tuple[str, ...] = ()
    alike: tuple[Alike, ...] = ()


def recognise(known: Known, said: Said) -> Recognised:
    """Whose this is."""
    holders = known.holders
    sure = [holders[i] for i in said.known_by if i[0] in SURE and i in holders]
    weak = [(i, holders[i]) for i in said.known_by if i[0] not in SURE and i in holders]
    fitting = [person for _, person in weak if _fits(known, person, said)]
    person_id = next(iter((*sure, *fitting)), None)
    former = [holders[i] for i in said.was if i in holders]
    visitors = [p for p in (*fitting, *former) if p != person_id and p not in known.named]
    alike: dict[str, Alike] = {}
    for one in _alike(known, said, sure, [(i, p) for i, p in weak if p not in fitting], former):
        if one.other != person_id:
            alike.setdefault(one.other, one)
    return Recognised(person_id, tuple(dict.fromkeys(visitors)), tuple(alike.values()))


def _alike(
    known: Known, said: Said, sure: Sequence[str], unfit: Sequence[tuple[Identity, str]], former: Sequence[str]
) -> Iterator[Alike]:
    """Who may be the same, the surest reason first."""
    for other in sure[1:]:
        yield Alike(other, SHARED_SURE, "They share an e-mail address, and have different ids.")
    for kind, value in said.known_by:
        box = mailbox_of(value) if kind == "email" else None
        if box and box in known.mailboxes:
            yield Alike(known.mailboxes[box], SAME_MAILBOX, "Their addresses are of one mailbox, but for a tag.")
    for other in former:
        if other in known.named:
            yield Alike(other, FORMER, "One was told to be the other's former id.")
    for other in known.namesakes:
        yield Alike(other, SAME_PLACE, "They have the same name, and are of one account.")
    for (kind, _), other in unfit:
        if kind == "phone":
            yield Alike(other, SHARED_PHONE, "They share a phone number, and have different addresses.")


def _fits(known: Known, person: str, said: Said) -> bool:
    """Whether nothing sure speaks against it: another id, or another address."""
    has = known.sure_of.get(person, {})
    return all(not has.get(kind) or value in has[kind] for kind, value in said.known_by if kind in SURE)
