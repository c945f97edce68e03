"""What README and docs tell a reader to type works, and prints what they show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .console import NEEDS_DATA, SHARED, Command, agrees, commands, first_difference, run, workshop
from .project import ROOT, tracked

PAGES = [p for p in tracked() if p.suffix == ".md" and "```console" in p.read_text(encoding="utf-8")]
MAKE = re.compile(r"(?:^|`|\s)make ([a-z]+)(?=[`\s]|$)")


def test_the_readme_and_the_tutorial_are_run() -> None:
    assert {ROOT / "README.md", ROOT / "docs" / "tutorial" / "first-hour.md"} <= set(PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_command_of_a_page_prints_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    where, skipped = workshop(tmp_path), 0
    for command in commands(page):
        if NEEDS_DATA in command.text and not SHARED.is_dir():
            skipped += 1
            break  # what follows on the page stands on this command
        code, found = run(command, where)
        assert code == command.code, f"{page.name}:{command.line}: exit {code}\n{found}"
        differs = first_difference(command.expected, found)
        assert not differs, f"{page.name}:{command.line}: $ {command.text}\nThe page says: {differs}\n{found}"
    if skipped:
        pytest.skip("real data is not beside this checkout (../shared/data)")


def test_every_make_target_a_page_names_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.M))
    pages = (p for p in tracked() if p.suffix == ".md")
    named = {
        word for p in pages for code in re.findall(r"```sh\n.*?```|`[^`\n]+`", p.read_text("utf-8"), re.S)
        for word in MAKE.findall(code)
    }  # fmt: skip
    assert named and named <= targets


def test_make_demo_is_the_command_the_pages_run() -> None:
    assert re.search(r"^demo: setup\n\t\$\(BIN\)/oarlock demo$", (ROOT / "Makefile").read_text("utf-8"), re.M)


@pytest.mark.parametrize(
    ("expected", "found", "same"),
    [
        ("a\nb", "a\nb\n", True),
        ("a\n...\nc", "a\nb\nb\nc", True),
        ("a\n...\nc", "a\nc", True),
        ("a ... c", "a b c  ", True),
        ("a", "a\nb", False),
        ("a.c", "abc", False),
        ("", "something", False),
        ("...", "anything\nat all", True),
    ],
)
def test_dots_stand_for_what_a_page_leaves_out(expected: str, found: str, same: bool) -> None:
    assert agrees(expected, found) is same


def test_the_first_line_that_differs_is_named() -> None:
    assert first_difference("a\n...\nd\ne", "a\nb\nd\nx\n") == "e"
    assert first_difference("9 in 10", "9\xa0in 10 \n\n") == ""
    assert "goes on" in first_difference("a", "a\nb")


def test_commands_are_read_with_their_lines_and_exit_codes(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Text\n\n```console exit=1\n$ one\nout\n$ two\n```\n", encoding="utf-8")
    assert commands(page) == (Command(4, "one", "out", 0), Command(6, "two", "", 1))
