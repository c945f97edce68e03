"""The worked tables of docs/why/identity.md, row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from oarlock.agreement.handling import Matching
from oarlock.matching import Index, Told, clean, match

PAGE = (Path(__file__).parents[3] / "docs" / "why" / "identity.md").read_text(encoding="utf-8")
ACCOUNTS = (
    ("Acme Robotics GmbH", "acme.com", "DE"),
    ("Globex Corporation", "globex.co.uk", "GB"),
    ("Merck", "merck.com", "US"),
    ("Merck KGaA", "merckgroup.com", "DE"),
    ("Shell Canada Limited", None, "CA"),
)


def table(title: str) -> list[list[str]]:
    """The rows below that heading, without the table's own."""
    part = PAGE.partition(f"## Worked: {title}\n")[2].partition("\n## ")[0]
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("|")]
    return rows[2:]


@pytest.mark.parametrize(("written", "cleaned"), table("cleaned names"))
def test_a_name_is_cleaned_as_the_page_says(written: str, cleaned: str) -> None:
    assert str(clean(written)) == cleaned


@pytest.mark.parametrize("row", table("matches"), ids="|".join)
def test_a_firm_is_matched_as_the_page_says(row: list[str]) -> None:
    name, domain, country, verdict, account, how = row
    index = Index()
    for told, own, place in ACCOUNTS:
        index.add(told, told, domain=own, country=place)
    found = match(index, Told(name, (domain,) if domain else (), country or None), Matching())
    assert found.verdict == verdict
    assert verdict != "matched" or (found.account_id, found.how) == (account, how)


def test_the_page_has_rows() -> None:
    assert (len(table("cleaned names")), len(table("matches"))) == (8, 8)
