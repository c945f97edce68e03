"""Whatever the text, reading ends quickly in a tree of ours or in findings (TRUST.md, R16)."""

from __future__ import annotations

import gc
import random
import sys
import time

import pytest

from oarlock.agreement.evaluate import evaluate
from oarlock.agreement.findings import Finding
from oarlock.agreement.language import read_rule
from oarlock.agreement.lexing import MAX_FINDINGS
from oarlock.agreement.reducing import Refused, parse, reduce
from oarlock.agreement.terms import Rule
from oarlock.agreement.tree import Compare, Literal, Name, Node, walk
from oarlock.agreement.writing import write
from oarlock.ground.problems import Place

from .escapes import ESCAPES, QUOTED
from .random_rules import NAMES, rows, seed_and_tries

LIMIT = 0.050 if sys.gettrace() is None else 1.0
"""Seconds of this process's own work that one text may cost; more while coverage looks at every line."""


def timed_read(text: str) -> tuple[Rule | None, list[Finding]]:
    """Read, and see to it that it was quick: a slow one is tried again, as a machine may stumble once."""
    spent = []
    for _ in range(3):
        begin = time.process_time()
        answer = read_rule(text, Place("rules.yaml", 3, 11), NAMES)
        spent.append(time.process_time() - begin)
        if spent[-1] <= LIMIT:
            return answer
    raise AssertionError(f"{min(spent):.3f} s for {text[:200]!r}")


def must_be_told(text: str, rule: Rule | None, findings: list[Finding]) -> None:
    """Either a tree, or findings with words and a place inside the text."""
    if rule is not None:
        assert findings == []
        return
    assert 1 <= len(findings) <= MAX_FINDINGS, text
    lines = text.split("\n")
    for finding in findings:
        assert finding.level == "error" and finding.code and finding.message, finding
        assert finding.place.file == "rules.yaml" and 3 <= finding.place.line < 3 + len(lines)
        assert 11 <= finding.place.column <= 11 + len(lines[finding.place.line - 3]), (text, finding)


def test_at_least_four_hundred_different_escapes_are_listed() -> None:
    assert len(set(ESCAPES)) >= 400


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    read_rule("icp", names=NAMES)
    gc.collect()


def test_every_known_escape_ends_in_a_finding_with_its_place() -> None:
    for text in ESCAPES:
        rule, findings = timed_read(text)
        assert rule is None, f"{text[:200]!r} was read as {write(rule.tree) if rule else ''}"
        must_be_told(text, rule, findings)


def test_the_second_wall_stands_without_the_first() -> None:
    """Past the limits of `lexing`, sqlglot's tree of any escape is still refused, or holds only nodes of ours."""
    short = [text for text in ESCAPES if len(text) <= 400]
    for text in [*short, "(" * 2000 + "icp" + ")" * 2000, '"icp"', "person.*", 'person."email" is null']:
        try:
            tree = reduce(parse(text), NAMES, text.count("("))
        except Refused as refused:
            assert refused.message and refused.code
        else:
            assert all(isinstance(part, Node) for part in walk(tree))


OUTSIDE = ("open", "socket.", "subprocess.", "os.", "exec", "compile", "import", "ctypes.", "shutil.", "urllib.")


def test_no_escape_opens_a_file_a_connection_or_a_program() -> None:
    """Python tells of everything of that kind (PEP 578), and the parser is pure Python: nothing may be told."""
    seen, listening = list[str](), True
    sys.addaudithook(lambda event, _: seen.append(event) if listening and event.startswith(OUTSIDE) else None)
    seen.clear()
    for text in ESCAPES:
        read_rule(text, names=NAMES)
    listening = False
    assert seen == []


@pytest.mark.parametrize("letters", QUOTED)
def test_an_escape_inside_a_text_constant_is_only_letters(letters: str) -> None:
    rule, findings = read_rule("person.email = '" + letters.replace("'", "''") + "'", names=NAMES)
    assert rule is not None, findings
    assert rule.tree == Compare("=", Name("person.email", "text"), Literal(letters))


PLAIN = [
    "icp", "fit", "score", "engagement", "person.email", "person.country", "account.employees",
    "opportunity.amount", "person.created_at", "person.subscribed", "person.robots", "account.industry",
    "opportunity.closed_at", "unknown.name", "'a'", "'it''s'", "''", "'2026-10-01'", "'%a_'", "0", "1", "2.5",
    "5_000", "40", "null", "true", "false", "and", "or", "not", "in", "between", "like", "is", "(", ")", ",", "=",
    "<>", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "and", "or", "and", "not", "(", ")", "(", ")", "touches(",
    "activities(", "days_since(", "lower(", "contains(", "starts_with(", "coalesce(", "'webinar.attended'",
    "'meeting.held'", ",", "30", ")",
]  # fmt: skip
WORDS = [
    *PLAIN,
    "select", "from", "where", "case", "when", "then", "else", "end", "cast", "as", "exists", "any", "all",
    "distinct", "over", "filter", "union", "interval", "date", "timestamp", "escape", "ilike", "similar", "to",
    "glob", "collate", "symmetric", "isnull", "notnull", "unknown", "lambda", "struct", "row", "values", "except",
    "read_csv(", "getenv(", ";", ":", "::", "||", "&&", "|", "&", "^", "~", "@", "#", "$", "$1", "?", "!", "==",
    "->", "->>", "=>", ":=", "[", "]", "{", "}", '"', "`", "'", "\\", "--", "/*", "*/", "//", "%", "..", ".", "e'",
    "x'", "$$", "\u00e9", "\ud83d\ude00", "0x1", "1e5", "1.", ".5", "__class__", "\n", "\t", "\u200b", "\u00a0",
    "\u0000", "\ud800",
]  # fmt: skip


def random_text(chance: random.Random) -> str:
    """Words by chance; or a rule with a few words dropped, doubled, swapped or made odd."""
    if chance.random() < 0.3:
        pool = PLAIN if chance.random() < 0.7 else WORDS
        return " ".join(chance.choice(pool) for _ in range(chance.randrange(1, 14)))
    words = chance.choice(SAMPLES).split(" ")
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        place = chance.randrange(len(words) + 1)
        change = chance.randrange(4)
        if change == 0 and place < len(words) > 1:
            del words[place]
        elif change == 1:
            words.insert(place, chance.choice(WORDS if chance.random() < 0.2 else PLAIN))
        elif change == 2 and place < len(words):
            words[place] = chance.choice(words)
        else:
            words.insert(
                place,
                chance.choice(("not", "(", ")", "and", "or", "is null", "= icp", "in (1)", "-", "between 1 and 2")),
            )
    return chance.choice((" ", " ", " ", "")).join(words)


TWISTS = ["not", "(", ")", "and", "or", "is null", "= icp", "in (1)", "-", "between 1 and 2", "and icp", "or not icp"]
SAMPLES = [
    "account.employees between 50 and 5000 and account.industry in ( 'manufacturing' , 'logistics' )",
    "fit >= 40 and engagement >= 40 or not icp", "person.email is not null and not person.email like '%@gmail.com'",
    "activities( 'meeting.held' , 60 ) >= 1", "days_since( person.created_at ) / 7 > 2 * ( 3 - 1 )",
    "coalesce( opportunity.amount , account.employees ) * -2 < 100", "( icp or person.subscribed ) = ( fit > 1 )",
    "lower( person.country ) not in ( 'de' , 'at' ) and contains( person.email , '@' )",
    "( icp ) is null or fit not between 1 and 2",
    "person.created_at > '2026-10-01' and starts_with( person.email , 'a' )",
    "- fit + score - 1 <= - 5 and not not icp",
]  # fmt: skip


def test_a_grammar_fuzz_ends_in_trees_or_findings_and_never_in_an_exception(capsys: pytest.CaptureFixture[str]) -> None:
    number, tries = seed_and_tries(20_000)
    chance = random.Random(number)
    accepted, record = 0, rows(number, 1)[0]
    for _ in range(tries):
        text = random_text(chance)
        rule, findings = timed_read(text)
        must_be_told(text, rule, findings)
        if rule is not None:
            accepted += 1
            again, _ = read_rule(write(rule.tree), names=NAMES)
            assert again is not None and again.tree == rule.tree, text
            if not any(isinstance(n, Name) and n.path not in record.known for n in walk(rule.tree)):
                assert evaluate(rule.tree, record) in (True, False, None)
    assert accepted > tries / 100
    with capsys.disabled():
        print(f"\nfuzz of rules: {tries:,} texts, {accepted:,} of them rules, OARLOCK_SEED={number}")
