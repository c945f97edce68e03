from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from oarlock import demo

Ask = Callable[[str], list[tuple[object, ...]]]
"""Rows of a query over the files, times in UTC."""


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> demo.Made:
    """The demo company at its default size and seed."""
    return demo.make(tmp_path_factory.mktemp("brightwater"))


@pytest.fixture(scope="session")
def ask(company: demo.Made) -> Iterator[Ask]:
    """Plain SQL over the CSV files: all columns text but the times, which are timestamps (UTC)."""
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for file in company.files:
        connection.execute(f"create view raw as select * from read_csv('{file.path}', all_varchar = true)")
        names = [row[0] for row in connection.execute("describe raw").fetchall()]
        times = [n for n in names if n in ("at", "recorded_at", "due_at") or n.endswith("ed_at")]
        typed = ", ".join(f'"{name}"::timestamptz as "{name}"' for name in times)
        connection.execute(f"create table {file.table} as select * replace ({typed}) from raw" if times else
                           f"create table {file.table} as select * from raw")  # fmt: skip
        connection.execute("drop view raw")
    written = (Path(__file__).parent / "definition.sql").read_text()
    connection.execute(f"create table defined as {written}")
    connection.execute(
        """create table recorded as
        select entity_id as person_id, min("at") as marked_at, arg_min(origin, "at") as origin,
          arg_min("by", "at") as "by"
        from changes where field = 'recorded_stage' and value = 'Marketing Qualified Lead' group by all"""
    )
    connection.execute(
        """create table handoffs as
        select handoff_id, any_value(person_id) as person_id, any_value(cycle) as cycle,
          min("at") filter (kind = 'offered') as offered, any_value("to") filter (kind = 'offered') as first_owner,
          any_value("by") filter (kind in ('accepted', 'rejected')) as seller,
          min("at") filter (kind = 'accepted') as accepted, min("at") filter (kind = 'rejected') as rejected,
          min("at") filter (kind = 'converted') as converted, max(reason) filter (kind = 'rejected') as reason
        from handoff_events group by handoff_id"""
    )

    def rows(sql: str) -> list[tuple[object, ...]]:
        found: list[tuple[object, ...]] = connection.execute(sql).fetchall()
        return found

    yield rows
    connection.close()
