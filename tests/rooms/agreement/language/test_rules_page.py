"""docs/reference/rules.md says what is so: every example is read, every table is held against the readers."""

from __future__ import annotations

from pathlib import Path

import pytest

from oarlock.agreement import lexing, reducing
from oarlock.agreement.english import say
from oarlock.agreement.evaluate import evaluate
from oarlock.agreement.language import read_rule, rises_with_time
from oarlock.agreement.moving import Meanings
from oarlock.agreement.names import FUNCTIONS, KEYWORDS, SCORES, Names
from oarlock.agreement.terms import Field
from oarlock.agreement.tree import And, Literal, Node, Not, Or, Value

from .test_evaluate import Person

PAGE = (Path(__file__).parents[4] / "docs" / "reference" / "rules.md").read_text(encoding="utf-8")
NAMES = Names.made((Field("person.job_level", "text"),), ["icp"])


def table(heading: str) -> list[list[str]]:
    """The cells of the one table under a heading, without its head."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[1:]]


def code(cell: str) -> str:
    return cell.strip().strip("`")


def tree(text: str) -> Node:
    rule, findings = read_rule(text, names=NAMES)
    assert rule is not None, (text, findings)
    return rule.tree


@pytest.mark.parametrize("example", [row[1] for heading in ("Operators", "Functions") for row in table(heading)])
def test_each_example_is_a_rule(example: str) -> None:
    assert tree(code(example))


def test_the_rule_at_the_top_is_a_rule() -> None:
    assert tree(PAGE.split("```")[1].strip())


def test_every_function_and_keyword_stands_in_a_table() -> None:
    functions = {code(row[0]).partition("(")[0] for row in table("Functions")}
    operators = " ".join(row[0] for row in table("Operators")).replace("`", " ").split()
    assert functions == set(FUNCTIONS)
    assert set(KEYWORDS) - set(operators) == {"true", "false"}
    assert {"=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "(", ")"} <= set(operators)


def test_every_name_given_as_an_example_is_a_name() -> None:
    named = [name for row in table("Names") for name in row[0].replace("`", "").split(", ") if name != "..."]
    assert set(SCORES) < set(named)
    assert [name for name in named if NAMES.type_of(name) is None] == []


@pytest.mark.parametrize("row", table("True, false, unknown"))
def test_the_truth_table_is_what_the_reader_answers(row: list[str]) -> None:
    words: dict[str, Value] = {"true": True, "false": False, "unknown": None}
    one, other, both, either, opposite = (words[cell] for cell in row)
    parts = (Literal(one), Literal(other))
    answers = [evaluate(node, Person()) for node in (And(parts), Or(parts), Not(Literal(one)))]
    assert answers == [both, either, opposite]


def test_the_truth_table_is_whole() -> None:
    assert len({(row[0], row[1]) for row in table("True, false, unknown")}) == 9


@pytest.mark.parametrize("row", table("In English"))
def test_each_sentence_is_what_the_rule_reads(row: list[str]) -> None:
    assert say(tree(code(row[0])), NAMES) == row[1]


@pytest.mark.parametrize("row", table("What is refused"))
def test_each_refusal_is_the_finding_it_is_said_to_be(row: list[str]) -> None:
    rule, findings = read_rule(code(row[0]), names=NAMES)
    assert rule is None
    assert [(f.code, f.suggestion) for f in findings] == [(code(row[1]), row[2])]


def test_the_limits_are_those_of_the_reader() -> None:
    limits = (lexing.MAX_CHARACTERS, lexing.MAX_NODES, lexing.MAX_DEPTH, lexing.MAX_DIGITS)
    assert limits == (4_000, 200, 16, 40) and reducing.MAX_DAYS == 36_500
    assert "at most 4,000 characters, 200 parts, 16 levels of nesting, and numbers of at most 40 digits" in PAGE
    assert "1 to 36,500 whole days" in PAGE


def test_the_rules_said_to_rise_by_themselves_do() -> None:
    last = PAGE.split("\n## Rules that become true by themselves\n")[1]
    examples = last.split("(`")[1].split("`)")[0].split("`, `")
    assert len(examples) == 3
    assert all(rises_with_time(tree(text), Meanings({}, ())) for text in examples)
    assert "days_since(person.created_at) > 30" in examples
