"""No file of the project knows the machine it was written on, a package index or a secret; no work is left open."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .project import ROOT, tracked

# Written in pieces, so that this file does not find itself.
MACHINE = re.compile(
    "|".join([r"(?<![\w.])/" + r"work/", r"/" + r"root/", r"/tmp/" + r"brief", r"/home" + r"/(?!\w*\.)\w+/"])
)
INDEX = re.compile(
    "|".join(["py" + r"pi\.org", "python" + r"hosted\.org", "index" + r"[-_]url\s*[=:]?\s*http", "find" + r"-links"])
)
OPEN = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
SECRET = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bghp_[A-Za-z0-9]{36}\b")
BINARY = {".png", ".jpg", ".parquet", ".gz", ".woff2", ".ico"}


def texts() -> list[tuple[str, str]]:
    """Every text of the project with its name."""
    files = [p for p in tracked() if p.suffix not in BINARY]
    return [(str(p.relative_to(ROOT)), p.read_bytes().decode("utf-8", "replace")) for p in files]


@pytest.mark.parametrize(
    ("what", "pattern"),
    [("a path of one machine", MACHINE), ("an index of packages", INDEX), ("open work", OPEN), ("a secret", SECRET)],
)
def test_no_file_names(what: str, pattern: re.Pattern[str]) -> None:
    found = [f"{name}: {hit.group()}" for name, text in texts() for hit in pattern.finditer(text)]
    assert not found, f"{what}: {found}"


def test_the_patterns_find_what_they_are_for() -> None:
    assert MACHINE.search("see /" + "work/main/x") and MACHINE.search("/" + "root/.cache")
    assert not MACHINE.search("docs/" + "work/flow") and not MACHINE.search("pages/home/" + "x")
    assert INDEX.search("https://py" + "pi.org/simple") and OPEN.search("# TO" + "DO: later")


def test_no_real_data_stands_in_the_project() -> None:
    """The published data sets stay beside the checkout: none of their files, under whatever name, is copied in."""
    shared = ROOT.parent / "shared" / "data"
    if not shared.is_dir():
        pytest.skip("real data is not beside this checkout (../shared/data)")
    sizes = {p.stat().st_size for p in shared.rglob("*.csv")}
    suspects = [p for p in tracked() if p.stat().st_size in sizes and p.suffix != ".py"]
    theirs = {p.read_bytes() for p in shared.rglob("*.csv") if p.stat().st_size in {s.stat().st_size for s in suspects}}
    assert not [str(p.relative_to(ROOT)) for p in suspects if p.read_bytes() in theirs]


LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


@pytest.mark.parametrize("page", [p for p in tracked() if p.suffix == ".md"], ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


def test_the_index_leads_to_every_page_of_the_docs() -> None:
    docs = ROOT / "docs"
    linked = {(docs / link).resolve() for link in LINK.findall((docs / "README.md").read_text(encoding="utf-8"))}
    pages = {p for p in tracked() if p.suffix == ".md" and docs in p.parents and p != docs / "README.md"}
    assert not {str(p.relative_to(docs)) for p in pages if p.resolve() not in linked}
