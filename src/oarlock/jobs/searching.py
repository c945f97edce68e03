"""Search words: what somebody may look a person, an account or a deal up by, made for everybody at once by DuckDB.

A word is lower case, without accents and at most 60 letters; texts fall into words at whatever is no letter or digit,
as `store.reads.search.words_of` makes them of what is typed. The end of a domain (`.com`) is no word. Nor has a person
the words of their company where there is an account: it has them, and Find reaches its people through it.
"""

# ruff: noqa: S608  (only constants)

from __future__ import annotations

LONGEST = 60
KEY = ("word", "kind", "record_id")
"""What tells two rows of search words apart: all there is."""
_APART = "[^\\p{L}\\p{N}]+"
_DOMAIN_END = "\\.[^.]*$"


def _words(kind: str, table: str, key: str, *texts: str) -> str:
    """SELECT of one row a record and word, no word of a record twice."""
    whole = f"strip_accents(lower(concat_ws(' ', {', '.join(texts)})))"
    each = f"list_distinct(regexp_split_to_array({whole}, '{_APART}'))"
    return f"SELECT left(unnest({each}), {LONGEST}) AS word, '{kind}' AS kind, {key} AS record_id FROM {table}"


def _without_end(domain: str) -> str:
    return f"regexp_replace({domain}, '{_DOMAIN_END}', '')"


_WITH_ACCOUNT = """(
    SELECT p.person_id, p.name, split_part(p.email, '@', 1) AS mailbox,
        CASE WHEN a.account_id IS NULL THEN p.company_name END AS company,
        CASE WHEN a.account_id IS NULL THEN regexp_replace(p.email, '^[^@]*@|\\.[^.]*$', '', 'g') END AS domain
    FROM people p LEFT JOIN (SELECT DISTINCT account_id FROM accounts) a USING (account_id))"""
_KINDS = (
    _words("person", _WITH_ACCOUNT, "person_id", "name", "mailbox", "company", "domain"),
    _words("account", "accounts", "account_id", "name", _without_end("domain")),
    _words("deal", "opportunities", "opportunity_id", "name"),
)
WORDS = f"SELECT * FROM ({' UNION ALL '.join(_KINDS)}) WHERE word <> ''"
"""SELECT of (word, kind, record_id) over the lake's tables."""
