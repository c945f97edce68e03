"""Search words: what somebody may look a person, an account or a deal up by, made for everybody at once by DuckDB.

A word is lower case, without accents and at most 60 letters; names fall into words at whatever is no letter or digit.
"""

# ruff: noqa: S608  (only constants)

from __future__ import annotations

LONGEST = 60


def _split(text: str) -> str:
    return f"regexp_split_to_array(strip_accents(lower({text})), '[^\\p{{L}}\\p{{N}}]+')"


def _words(kind: str, table: str, key: str, texts: tuple[str, ...], wholes: tuple[str, ...]) -> str:
    """Texts are split into words, wholes are words as they are."""
    lists = [f"coalesce({_split(t)}, [])" for t in texts] + [f"[strip_accents(lower({w}))]" for w in wholes]
    return f"SELECT unnest({' || '.join(lists)}) AS word, '{kind}' AS kind, {key} AS record_id FROM {table}"


PEOPLE = _words(
    "person",
    "people",
    "person_id",
    ("name", "company_name"),
    ("split_part(email, '@', 1)", "split_part(email, '@', 2)"),
)
ACCOUNTS = _words("account", "accounts", "account_id", ("name",), ("domain",))
DEALS = _words("deal", "opportunities", "opportunity_id", ("name",), ())
WORDS = (
    f"SELECT DISTINCT left(word, {LONGEST}) AS word, kind, record_id"
    f" FROM ({PEOPLE} UNION ALL {ACCOUNTS} UNION ALL {DEALS}) WHERE word <> ''"
)
"""SELECT of (word, kind, record_id) over the lake's tables, no row twice."""
