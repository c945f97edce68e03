"""Ways in which texts have broken out of rule languages, SQL and expression evaluators, as data. None is a rule.

`ESCAPES` must each end in a finding: those of escapes.jsonl (one JSON text a line: functions of DuckDB, statements, SQL
that rules do not have, Python and templates, comments, deceiving characters), and texts that are too much. `QUOTED` are
such ideas inside a text constant, where they are only letters.
"""

from __future__ import annotations

import json
from pathlib import Path

BOMBS = [
    "", " ", "\n", "\t\t", "(" * 17 + "icp" + ")" * 17, "(" * 100 + "icp" + ")" * 100,
    "(" * 1990 + "icp" + ")" * 1990, "(" * 3000, ")" * 3000, "not " * 17 + "icp", "not " * 900 + "icp",
    "not(" * 100 + "icp" + ")" * 100, "- " * 17 + "fit = 1", "- " * 1900 + "fit = 1",
    "-(" * 100 + "fit" + ")" * 100 + " = 1", "+ " * 900 + "fit = 1",
    "lower(" * 17 + "person.email" + ")" * 17 + " = 'x'", "lower(" * 500 + "person.email" + ")" * 500 + " = 'x'",
    "coalesce(" * 100 + "fit" + ", 1)" * 100 + " = 1", "icp = " * 300 + "icp", "icp or " * 300 + "icp",
    "icp and " * 300 + "icp", "fit + " * 300 + "fit = 1", "fit + " * 18 + "fit = 1", "fit * " * 99 + "fit = 1",
    "icp" * 1400, "a" * 4001, "'" + "a" * 4001 + "'", "fit in (" + ",".join(["1"] * 1000) + ")",
    "fit in (" + ",".join(["1"] * 250) + ")", "fit = " + "9" * 400, "fit = " + "9" * 3900, "fit = 1." + "0" * 3990,
    "[" * 2000, "{" * 2000, "[" * 1000 + "]" * 1000, "case when " * 200 + "icp" + " end" * 200,
    "select (" * 200 + "1" + ")" * 200, "'" * 3999, "''" * 1999 + "'", "\\" * 3000, "." * 3000,
    "person" + ".x" * 1900, "," * 3000, "::int" * 700, "icp" + " is null" * 400, "icp" + " is not null" * 300,
    "fit" + "[1]" * 1000, "x->" * 1000 + "x", "between " * 400, "fit between " * 100 + "1" + " and 2" * 100,
    "in (" * 900, "= " * 1900, "not in " * 500, "/* " * 1000, "-- " * 1000, "\u0301" * 3000, "a\u0301" * 1900,
    "\u202e" * 3999, "person.email like '" + "%a" * 1995 + "'" + " and icp" * 5, "exists(" * 500, "1e" * 1900,
    "_" * 3999 + "(", "icp\n" * 999, "fit\t=" * 700, "touches('x', " * 300, "not icp = " * 150 + "icp",
    "icp and (" * 17 + "icp" + ")" * 17, "fit between 1 and not fit between 1 and " * 20 + "2",
    "coalesce(icp, " * 17 + "icp" + ")" * 17,
]  # fmt: skip

ESCAPES: list[str] = [json.loads(line) for line in (Path(__file__).parent / "escapes.jsonl").read_text().splitlines()]
ESCAPES += BOMBS

QUOTED = [
    "'; drop table people; --", "' or '1' = '1", "\\' or 1=1 --", "\\", "\\\\", "\\'", "%s", "{0}", "{{7*7}}",
    "${jndi:ldap://x}", "$1", "?", ":x", "/*", "*/", "--", "; select 1", "read_csv('/etc/passwd')",
    "__import__('os')", "<script>", "=cmd|' /C calc'!A0", "\"", "`", "$$", "$tag$", "E'x'", "null", "NULL", "true",
    "''", "'", "' '", "é", "日本", "😀", "Ω", "it's", "x' || 'y", "0x41",
]  # fmt: skip
