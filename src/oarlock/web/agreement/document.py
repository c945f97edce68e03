"""The agreement as a page shows it: terms with their owner and address, the funnel as a chain, history of a term."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from django.urls import reverse

from oarlock.agreement import Terms, explain
from oarlock.agreement.comparing import Change
from oarlock.agreement.dependencies import Use
from oarlock.agreement.english import say
from oarlock.agreement.explaining import Document
from oarlock.agreement.names import Names
from oarlock.agreement.sentences import KINDS, TEAMS, Told
from oarlock.agreement.terms import Stage
from oarlock.ground.problems import UserProblem
from oarlock.store.reads.drafts import comparison_of
from oarlock.store.reads.succession import Listed, terms_listed
from oarlock.store.reads.versions import terms_of

OWN = ("Who leads", "The funnel", "Ways off the funnel", "Promises")
"""Sections of the document that have a form of their own on the page."""
SHORT = {"inventory": "Inventory: may wait", "gate": "Gate: pass or not", "sla": "Clock"}


@dataclass(frozen=True, slots=True)
class Term:
    """One term in words, whose it is, and where it opens."""

    told: Told
    team: str
    address: str


@dataclass(frozen=True, slots=True)
class Part:
    """A section with its terms."""

    id: str
    title: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A stage in the chain."""

    stage: Stage
    team: str
    short: str
    kind: str
    address: str
    words: str


@dataclass(frozen=True, slots=True)
class Owed:
    """What one team owes, in sentences."""

    team: str
    title: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a term between two versions."""

    number: int
    since: date
    words: tuple[str, ...]


@lru_cache(maxsize=16)
def _explained(number: int, text_hash: str) -> Document:
    """A signed version in words, told once."""
    return explain(terms_of(number, text_hash))


def address_of(term: str, number: int | None = None) -> str:
    """The page of a term; of a version that is not in force, in that version."""
    told = reverse("term", args=[term])
    return f"{told}?version={number}" if number is not None else told


def team_of(terms: Terms, term: str) -> str:
    """Whose a term is."""
    section, _, key = term.partition(".")
    if section == "stages" and (stage := terms.stage(key)):
        return stage.owner
    if section in ("promises", "pay") and key.partition(".")[0] in ("marketing", "sales"):
        return key.partition(".")[0]
    source = next((s for s in terms.sources if section == "sources" and s.key == key), None)
    plan = next((p for p in terms.pay if section == "pay" and p.key == key), None)
    handled = "sales" if section in ("routing", "pools", "users", "absences", "handoffs") else "joint"
    return source.owner if source else plan.team if plan else handled


def parts(terms: Terms, number: int | None) -> tuple[Part, ...]:
    """Every section that has no form of its own."""
    found = [section for section in _explained(terms.number, terms.hash).sections if section.title not in OWN]
    return tuple(
        Part(_anchor(section.title), section.title, tuple(_term(terms, told, number) for told in section.terms))
        for section in found
    )


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def _term(terms: Terms, told: Told, number: int | None) -> Term:
    return Term(told, team_of(terms, told.term), address_of(told.term, number))


def named(terms: Terms, title: str, number: int | None) -> tuple[Term, ...]:
    """The terms of that section of the document."""
    found = next(
        (section.terms for section in _explained(terms.number, terms.hash).sections if section.title == title), ()
    )
    return tuple(_term(terms, told, number) for told in found)


def chain(terms: Terms, number: int | None) -> tuple[Link, ...]:
    """The funnel, stage by stage."""
    return tuple(
        Link(
            stage, stage.owner, stage.key.upper() if len(stage.key) <= 3 else stage.name, _kind(stage),
            address_of(f"stages.{stage.key}", number), KINDS[stage.kind],
        )
        for stage in terms.stages
    )  # fmt: skip


def _kind(stage: Stage) -> str:
    return f"Clock: in {stage.within}" if stage.kind == "sla" and stage.within else SHORT[stage.kind]


def owed(terms: Terms, number: int | None) -> tuple[Owed, ...]:
    """What each team owes the other."""
    every = named(terms, "Promises", number)
    found = []
    for team in ("marketing", "sales", "joint"):
        mine = tuple(term for term in every if term.told.term.startswith(f"promises.{team}."))
        if mine or team != "joint":
            found.append(Owed(team, f"{TEAMS[team]} owe{'' if team == 'joint' else 's'}", mine))
    return tuple(found)


def deciding(terms: Terms) -> tuple[str, ...]:
    """Who decides what, in sentences."""
    lead = terms.leadership
    motion = {"sales-led": "Growth is sales-led.", "marketing-led": "Growth is marketing-led."}
    first = motion.get(lead.growth_motion or "", "Growth is product-led." if lead.growth_motion else "")
    decided = [
        f"{TEAMS[team]} decide{'' if team == 'joint' else 's'} about {topic.replace('_', ' ')}."
        for topic, team in lead.decides
    ]
    return tuple(line for line in (first, *decided) if line)


def in_words(terms: Terms, told: Told) -> str:
    """A term's rule in English, empty where it has none."""
    rules = {f"stages.{s.key}": s.rule for s in terms.stages} | {
        (r.key if r.key == "icp" else f"rules.{r.key}"): r.rule for r in terms.rules
    }
    rule = rules.get(told.term)
    return say(rule.tree, Names.of(terms)) if rule else ""


def history(versions: tuple[Listed, ...], term: str) -> tuple[Step, ...]:
    """What each version changed about a term, the newest first; `versions` are the newest first."""
    found = []
    for after, before in pairwise(versions):
        new, old = terms_listed(after), terms_listed(before)
        try:
            changes = comparison_of(old.source, new.source).changes
        except UserProblem:
            continue
        words = tuple(_changed(change) for change in changes if change.term == term)
        if words:
            found.append(Step(after.number, new.in_force, words))
    if versions:
        first = terms_listed(versions[-1])
        found.append(Step(versions[-1].number, first.in_force, ("the first version",)))
    return tuple(found)


def _changed(change: Change) -> str:
    return change.in_words.removeprefix(f"{change.term} ")


@dataclass(frozen=True, slots=True)
class Used:
    """Where a term is used, by kind."""

    kind: str
    team: str
    term: str
    address: str
    through: str


def used(terms: Terms, uses: tuple[Use, ...], number: int | None) -> tuple[Used, ...]:
    """Uses with whose each is and where it opens."""
    return tuple(
        Used(use.kind, team_of(terms, use.term), use.term, address_of(use.term, number), ", ".join(use.through))
        for use in uses
    )
