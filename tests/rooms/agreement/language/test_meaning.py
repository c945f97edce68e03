"""What a rule means is what SQL says it means: DuckDB parses the very same text by itself, and must agree.

The text runs as it stands, with people as structs and the rules' own functions as macros. So a disagreement between
sqlglot's grammar and SQL's about what binds tighter cannot hide.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, seed, settings

from oarlock.agreement.evaluate import compile_rule
from oarlock.agreement.language import read_rule
from oarlock.agreement.tree import Arithmetic, Literal, Node, Value, walk
from oarlock.agreement.writing import write

from .random_rules import COUNTS, FIELDS, NAMES, Row, rows, rules, seed_and_tries
from .test_escapes import random_text

PLAIN = (0.0, 1.0, 2.0, 2.5, 3.0, 0.5, 30.0, 40.0, 50.0, 5000.0)
"""Numbers whose decimal and binary arithmetic agree, as DuckDB reads 2.5 as a decimal where we read a float."""

MACROS = """
set timezone = 'UTC';
set ieee_floating_point_ops = false;
set error_on_division_by_zero = false;
create macro touches(kind, days) as case when kind = 'webinar.attended' and days = 30 then 2 else 0 end;
create macro activities(kind, days) as case when kind = 'meeting.held' and days = 60 then 40 else 0 end;
create macro days_since(past) as
    (epoch_us('2026-11-21 09:30:00.000007+00'::timestamptz) - epoch_us(past::timestamptz))::double
    / 86400000000.0::double;
"""
AT, HAPPENED = datetime(2026, 11, 21, 9, 30, 0, 7, tzinfo=UTC), dict(zip(COUNTS, (2, 0, 40), strict=True))


class DuckDB:
    """A table of plain rows in which a rule's text can run as SQL."""

    def __init__(self, number: int) -> None:
        chance = random.Random(number)
        self.rows = [self.plain(row, chance) for row in rows(number, 40)]
        structs: dict[str, list[dict[str, Value]]] = {"person": [], "account": [], "opportunity": []}
        for row in self.rows:
            for entity, known in structs.items():
                known.append({p.partition(".")[2]: v for p, v in row.known.items() if p.startswith(f"{entity}.")})
        bare = {path: [row.known[path] for row in self.rows] for path, _ in FIELDS if "." not in path}
        self.connection = ibis.duckdb.connect().con
        self.connection.execute(MACROS)
        self.connection.register("lives", pa.table({"n": range(len(self.rows)), **structs, **bare}))

    @staticmethod
    def plain(row: Row, chance: random.Random) -> Row:
        numbers = {path for path, kind in FIELDS if kind == "number"}
        known = {p: chance.choice((None, *PLAIN)) if p in numbers else v for p, v in row.known.items()}
        return Row(AT, known, HAPPENED)

    def say(self, texts: Sequence[str]) -> list[tuple[Value, ...]]:
        columns = ", ".join(f"(\n{text}\n)" for text in texts)
        found = self.connection.execute(f"select {columns} from lives order by n").fetchall()
        return list(zip(*found, strict=True))

    def must_agree(self, texts: Sequence[str], trees: Sequence[Node]) -> None:
        for text, tree, said in zip(texts, trees, self.say(texts), strict=True):
            live = tuple(compile_rule(tree)(row) for row in self.rows)
            assert live == said, f"{text!r} was read as {write(tree)}, which DuckDB reads otherwise"


def is_plain(tree: Node) -> bool:
    """No constant beyond small numbers, and few enough steps of arithmetic to stay exact."""
    nodes = list(walk(tree))
    numbers = [abs(n.value) for n in nodes if isinstance(n, Literal) and type(n.value) is float]
    return set(numbers) <= set(PLAIN) and sum(isinstance(n, Arithmetic) for n in nodes) <= 2


@pytest.fixture(scope="module")
def number() -> int:
    return seed_and_tries(0)[0]


@pytest.fixture(scope="module")
def duckdb(number: int) -> DuckDB:
    return DuckDB(number)


def test_a_random_rule_in_fewest_brackets_means_what_duckdb_reads_in_its_text(duckdb: DuckDB, number: int) -> None:
    tried = []

    @seed(number)
    @settings(max_examples=300, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(rules(4).filter(is_plain))
    def judge(tree: Node) -> None:
        text = write(tree)
        rule, _ = read_rule(text, names=NAMES)
        if rule is not None:
            duckdb.must_agree([text], [rule.tree])
            tried.append(text)

    judge()
    assert len(tried) > 250, number


def test_whatever_a_fuzz_gets_accepted_means_what_duckdb_reads_in_it(
    duckdb: DuckDB, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    _, tries = seed_and_tries(6_000)
    chance, texts, trees = random.Random(number), list[str](), list[Node]()
    for _ in range(tries):
        text = random_text(chance)
        rule, _findings = read_rule(text, names=NAMES)
        if rule is not None and is_plain(rule.tree):
            texts.append(text)
            trees.append(rule.tree)
    for begin in range(0, len(texts), 50):
        duckdb.must_agree(texts[begin : begin + 50], trees[begin : begin + 50])
    assert len(texts) > tries / 100
    with capsys.disabled():
        print(f"\nmeaning of rules: {len(texts):,} odd texts mean what DuckDB reads, OARLOCK_SEED={number}")
