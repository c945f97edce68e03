"""One text, two readers: a random rule says the same of a random row, live and in a table (TRUST.md, R7)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from oarlock.agreement.evaluate import compile_rule
from oarlock.agreement.language import read_rule
from oarlock.agreement.lexing import MAX_CHARACTERS, MAX_DIGITS, MAX_NODES
from oarlock.agreement.tree import Count, Node, Type, Value
from oarlock.agreement.writing import pieces, write
from oarlock.tables.rules import column

from .random_rules import COUNTS, FIELDS, NAMES, Row, rows, rules, seed_and_tries, values

ROWS, RULES = 50, 8
ARROW: dict[Type, pa.DataType] = {
    "text": pa.string(), "number": pa.float64(), "flag": pa.bool_(), "time": pa.timestamp("us", "UTC"),
}  # fmt: skip


class OfTable:
    """A table of rows as the table reader asks it."""

    def __init__(self, table: ir.Table) -> None:
        self.table = table

    @property
    def at(self) -> ir.TimestampValue:
        return self.table["judged_at"]

    def value(self, path: str) -> ir.Value:
        return self.table[path]

    def count(self, what: str, kind: str, days: int) -> ir.Value:
        return self.table[_count_name(Count(what, kind, days))]  # type: ignore[arg-type]


def _count_name(count: Count) -> str:
    return f"{count.what}-{count.kind}-{count.days}"


def _arrow(records: Sequence[Row]) -> pa.Table:
    known = {path: pa.array([r.known[path] for r in records], ARROW[kind]) for path, kind in FIELDS}
    counts = {_count_name(c): pa.array([r.counts[c] for r in records], pa.int64()) for c in COUNTS}
    return pa.table(
        {"row": range(len(records)), "judged_at": pa.array([r.at for r in records], ARROW["time"])} | known | counts
    )


def _in_table(connection: ibis.BaseBackend, nodes: Sequence[Node], records: Sequence[Row]) -> list[list[Value]]:
    """What the table says: for each node, its values over the rows."""
    table = OfTable(ibis.memtable(_arrow(records)))
    columns = {f"n{n}": column(node, table) for n, node in enumerate(nodes)}
    answer = connection.to_pyarrow(table.table.select("row", **columns).order_by("row"))
    return [answer[f"n{n}"].to_pylist() for n in range(len(nodes))]


def _must_agree(connection: ibis.BaseBackend, nodes: Sequence[Node], seed_of_rows: int) -> None:
    records = rows(seed_of_rows, ROWS)
    for node, in_table in zip(nodes, _in_table(connection, nodes, records), strict=True):
        judge = compile_rule(node)
        for record, said in zip(records, in_table, strict=True):
            live = judge(record)
            assert live == said and type(live) is type(said), (
                f"live {live!r}, table {said!r} for {write(node)} in {record}"
            )
            assert not (isinstance(live, float) and not math.isfinite(live))


def _fits(node: Node) -> bool:
    """Within the limits of a rule's text."""
    words = list(pieces(node))
    small = len(write(node)) <= MAX_CHARACTERS and sum(w.text not in ("(", ",", ")") for w in words) <= MAX_NODES
    return small and all(len(w.text) <= MAX_DIGITS for w in words if w.sort == "number")


QUICK = {"deadline": None, "suppress_health_check": list(HealthCheck), "phases": [p for p in Phase if p != Phase.reuse],
         "database": None}  # fmt: skip


@pytest.fixture(scope="module")
def connection() -> ibis.BaseBackend:
    return ibis.duckdb.connect()


def test_a_rule_written_read_and_judged_says_the_same_live_and_in_a_table(
    connection: ibis.BaseBackend, capsys: pytest.CaptureFixture[str]
) -> None:
    number, tries = seed_and_tries(20_000)
    done = []

    @seed(number)
    @settings(max_examples=max(1, tries // (ROWS * RULES)), **QUICK)  # type: ignore[arg-type]
    @given(st.lists(rules(4).filter(_fits), min_size=RULES, max_size=RULES), st.integers(0, 2**32))
    def judge(trees: list[Node], seed_of_rows: int) -> None:
        for tree in trees:
            rule, findings = read_rule(write(tree), names=NAMES)
            assert not findings and rule is not None, (write(tree), findings)
            assert rule.tree == tree, f"{write(tree)} was read as {write(rule.tree)}"
        _must_agree(connection, trees, seed_of_rows)
        done.append(len(trees) * ROWS)

    judge()
    with capsys.disabled():
        print(f"\nparity of rules: {sum(done):,} rule-row pairs agree, OARLOCK_SEED={number}")


@pytest.mark.parametrize("kind", ["number", "text", "time"])
def test_a_value_inside_a_rule_is_the_same_to_the_last_bit_live_and_in_a_table(
    kind: Type, connection: ibis.BaseBackend, capsys: pytest.CaptureFixture[str]
) -> None:
    done: list[int] = []
    number, tries = seed_and_tries(40_000)

    @seed(number)
    @settings(max_examples=max(1, tries // (ROWS * RULES * 10)), **QUICK)  # type: ignore[arg-type]
    @given(st.lists(values(kind, 3), min_size=RULES, max_size=RULES), st.integers(0, 2**32))
    def judge(nodes: list[Node], seed_of_rows: int) -> None:
        _must_agree(connection, nodes, seed_of_rows)
        done.append(len(nodes) * ROWS)

    judge()
    assert sum(done) >= RULES * ROWS, "nothing was compared"
