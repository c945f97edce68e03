"""The agreement in plain English: all of it as a document, or one term with what it rests on and what rests on it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from oarlock.agreement import sentences
from oarlock.agreement.dependencies import Use, graph, kind_of, rests_on, uses
from oarlock.agreement.metrics import metrics_of
from oarlock.agreement.sentences import Told
from oarlock.agreement.terms import Terms
from oarlock.ground.problems import UserProblem
from oarlock.ground.spelling import did_you_mean

_SECTIONS: tuple[tuple[str, Callable[[Terms], Iterator[Told]]], ...] = (
    ("Who leads", sentences.people),
    ("Words", sentences.vocabulary),
    ("Definitions", sentences.definitions),
    ("Lead sources", sentences.sources),
    ("The funnel", sentences.stages),
    ("Ways off the funnel", sentences.detours),
    ("Hand-offs", sentences.handoffs),
    ("Who gets a lead", sentences.routing),
    ("Promises", sentences.promises),
    ("Goals", sentences.goals),
    ("Scorecard", sentences.scorecard),
    ("Pay", sentences.pay),
    ("Meetings", sentences.cadence),
    ("Processes", sentences.processes),
)
WIDTH = 100


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its terms."""

    title: str
    terms: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The whole agreement in words."""

    title: str
    preface: tuple[str, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One term in words; `rests_on` and `used_by` go through others too, and say through which."""

    term: str
    kind: str
    told: Told
    rests_on: tuple[Use, ...]
    used_by: tuple[Use, ...]


def explain(terms: Terms) -> Document:
    """The agreement as a document; sections with nothing in them are left out."""
    sections = [Section(title, tuple(tell(terms))) for title, tell in _SECTIONS]
    preface = [f"In force from {terms.in_force} ({terms.time_zone}); amounts in {terms.currency}.", terms.means]
    return Document(
        f"The agreement of {terms.company}",
        tuple(line for line in preface if line),
        tuple(section for section in sections if section.terms),
    )


def explain_term(terms: Terms, word: str) -> Explanation:
    """One term: `mql`, `stages.mql`, `icp`, `dach`, `mql.entered`, `person.email`. UserProblem `unknown-term`."""
    term = find_term(terms, word)
    told = _told(terms).get(term) or Told(term, term.removeprefix("metrics."), _bare_words(terms, term), ())
    return Explanation(term, kind_of(term), told, rests_on(terms, term), uses(terms, term))


def find_term(terms: Terms, word: str) -> str:
    """The term a person means. Where several are called so, the first of the funnel's own comes first."""
    known = list(dict.fromkeys([*_told(terms), *_named(terms)]))
    written = word.strip()
    for fits in (_is(written), _ends_with(written), _is_called(written, _told(terms))):
        found = [term for term in known if fits(term)]
        if found:
            return min(found, key=lambda term: (_rank(term), known.index(term)))
    short = [*known, *(term.partition(".")[2] for term in known)]
    raise UserProblem(
        "unknown-term",
        f"“{written[:60]}” is not a term of this agreement.",
        next_step=did_you_mean(written, [name for name in short if name]) or "`oarlock explain FILE` lists all terms.",
    )


def _is(word: str) -> Callable[[str], bool]:
    return lambda term: term.lower() in (word.lower(), f"metrics.{word.lower()}")


def _ends_with(word: str) -> Callable[[str], bool]:
    return lambda term: term.lower().endswith(f".{word.lower()}")


def _is_called(word: str, told: dict[str, Told]) -> Callable[[str], bool]:
    return lambda term: term in told and told[term].title.split(". ", 1)[-1].lower() == word.lower()


def _rank(term: str) -> int:
    order = ("icp", "rules", "stages", "detours", "scoring", "handoffs", "metrics")
    section = term.partition(".")[0]
    return order.index(section) if section in order else len(order)


def _told(terms: Terms) -> dict[str, Told]:
    return {told.term: told for _, tell in _SECTIONS for told in tell(terms)}


def _named(terms: Terms) -> Iterator[str]:
    """Terms that no section tells: fields, counts, calendars, users, metrics."""
    for term, others in graph(terms).items():
        yield term
        yield from sorted(others)


def _bare_words(terms: Terms, term: str) -> str:
    if term.startswith("metrics."):
        known = metrics_of([s.key for s in terms.stages], [h.key for h in terms.handoffs])
        return f"It counts {known[term.removeprefix('metrics.')].means}."
    field = next((f for f in terms.fields if term in (f.path, f"fields.{f.path}")), None)
    return field.means if field else ""


def as_text(document: Document) -> str:
    """The document as plain text, lines of at most 100 characters."""
    lines = [document.title, "=" * len(document.title), "", *_wrapped(document.preface, "")]
    for section in document.sections:
        lines += ["", section.title, "-" * len(section.title)]
        for told in section.terms:
            lines += ["", f"{told.title}  [{told.term}]", *_wrapped([told.means, *told.lines], "    ")]
            lines += [f"    Rule: {told.rule}"] if told.rule else []
    return "\n".join(lines) + "\n"


def explanation_as_text(explanation: Explanation) -> str:
    """One term as plain text."""
    told = explanation.told
    lines = [f"{told.title}  [{explanation.term}, {explanation.kind}]", *_wrapped([told.means, *told.lines], "  ")]
    lines += [f"  Rule: {told.rule}"] if told.rule else []
    for title, found in (("Rests on", explanation.rests_on), ("Used by", explanation.used_by)):
        lines += ["", f"{title}:", *(_use(use) for use in found)] if found else ["", f"{title}: nothing."]
    return "\n".join(lines) + "\n"


def _use(use: Use) -> str:
    through = f"  through {', '.join(use.through)}" if use.through else ""
    return f"  {use.kind:12} {use.term}{through}"


def _wrapped(lines: Iterable[str], indent: str) -> list[str]:
    return [part for line in lines if line for part in textwrap.wrap(line, WIDTH, initial_indent=indent,
                                                                     subsequent_indent=indent)]  # fmt: skip
