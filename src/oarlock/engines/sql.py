"""Names and values on their way into SQL text: quoted here and nowhere else.

Mapping files hold no SQL; what a stranger wrote reaches a query only through these two functions.
"""

from __future__ import annotations

from collections.abc import Iterable


def ident(name: str) -> str:
    """A column or table name as a quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as a string literal. DuckDB's plain literals know no backslash escapes."""
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """Texts as a list literal: `['a', 'b']`."""
    return "[" + ", ".join(text(v) for v in values) + "]"


def options(values: Iterable[str]) -> str:
    """Texts as the right side of IN: `('a', 'b')`."""
    return "(" + ", ".join(text(v) for v in values) + ")"
