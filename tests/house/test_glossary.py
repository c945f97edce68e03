"""Every word the program itself uses for a fact, a stage, a hand-off, a number or a verdict stands in GLOSSARY.md."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from oarlock.agreement.metrics import COMPUTED_EXCUSES, OF_HANDOFF, OF_STAGE, PLAIN
from oarlock.agreement.terms import StageKind
from oarlock.lifecycle.entries import Because
from oarlock.loop.drift import VERDICTS
from oarlock.records import facts
from oarlock.records.shapes import HANDOFF_KINDS, SHAPES, STATUSES

from .project import ROOT

TEXT = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
ENTRY = re.compile(
    r"^- \*\*(?P<term>[^*]+)\*\*(?: \((?P<code>(?:`[^`]+`(?:, )?)+)\))?: (?P<means>.+(?:\n  .+)*)$", re.M
)
ENTRIES = list(ENTRY.finditer(TEXT))
CODES = {code for e in ENTRIES for code in re.findall(r"`([^`]+)`", e["code"] or "")}


def fact_types(kind: type[facts.Fact] = facts.Fact) -> set[str]:
    """The names of all types of fact."""
    return {name for sub in kind.__subclasses__() for name in {sub.__name__} | fact_types(sub)}


WORDS = {
    "type of fact": fact_types(),
    "kind of stage": set(get_args(StageKind)),
    "kind of hand-off fact": set(HANDOFF_KINDS),
    "reason of an entry": set(get_args(Because)),
    "metric": set(PLAIN),
    "metric of a stage": {f"<stage>.{ending}" for ending in OF_STAGE} | {"<stage>.to.<later stage>"},
    "metric of a hand-off": {f"<handoff>.{ending}" for ending in OF_HANDOFF},
    "computed excuse": set(COMPUTED_EXCUSES),
    "drift verdict": set(VERDICTS),
    "status of an opportunity": set(STATUSES),
    "table of the lake": set(SHAPES),
}


@pytest.mark.parametrize("what", WORDS)
def test_every_word_of_the_program_is_explained(what: str) -> None:
    assert WORDS[what] and not WORDS[what] - CODES


def test_the_glossary_explains_no_word_of_the_program_that_is_gone() -> None:
    known = set().union(*WORDS.values())
    assert not CODES - known


def test_every_line_of_the_glossary_is_an_entry_of_one_sentence() -> None:
    lines = [line for line in TEXT.splitlines() if line.startswith("- ")]
    assert len(lines) == len(ENTRIES), [x for x in lines if not any(e[0].startswith(x) for e in ENTRIES)]
    assert not [e["term"] for e in ENTRIES if re.search(r"\.\s", e["means"].strip()) or not e["means"].endswith(".")]


def test_terms_stand_once_and_in_order_within_their_part() -> None:
    terms = [e["term"].lower() for e in ENTRIES]
    assert len(terms) == len(set(terms))
    for part in re.split(r"^## ", TEXT, flags=re.M)[1:]:
        here = [m["term"].lower() for m in ENTRY.finditer(part)]
        assert here == sorted(here), part.splitlines()[0]
