from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from oarlock import demo

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "demo.md"
Ask = Callable[[str], list[tuple[object, ...]]]


def test_the_page_counts_the_rows_of_every_file(company: demo.Made) -> None:
    told = re.findall(r"^\| (\w+)\.csv \| (\d+) \|", PAGE.read_text(), re.MULTILINE)
    assert [(table, int(rows)) for table, rows in told] == [(file.table, file.rows) for file in company.files]


def test_the_page_tells_the_drift_there_is(ask: Ask) -> None:
    text = PAGE.read_text()
    told = re.findall(r"^\| ([\w -]+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", text, re.MULTILINE)
    there = ask(
        """select origin, count(*), count(defined_at), count(*) - count(defined_at),
          count(*) filter (marked_at < defined_at), count(*) filter (marked_at - defined_at > interval 1 day)
        from recorded left join defined using (person_id) group by 1 order by 2 desc"""
    )
    assert [tuple(row) for row in told] == [tuple(str(value) for value in row) for row in there]
    [(defined, unmarked)] = ask(
        """select count(*), count(*) filter (marked_at is null) from defined left join recorded using (person_id)"""
    )
    assert f"makes {defined}\npeople an MQL" in text
    assert f"{unmarked} of them the CRM never marked" in text
