"""Commands in pages, run as a reader would run them: in order, in a fresh folder, with the real command line.

A page's ```console blocks hold lines `$ command` and below each what it prints. `...` on a line of its own stands
for any number of lines, within a line for any text. Lines are compared as they stand, but for space at their
ends, no-break spaces, and blank lines at the end. All blocks of a page share one folder, so a later command sees what
an earlier one made. A block opened by ```console exit=1 says how its last command ends.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

from .project import BIN, ROOT

SHARED = ROOT.parent / "shared" / "data"
NEEDS_DATA = "../shared/data"
WIDTH = "100"
FENCE = re.compile(r"^```console(?: exit=(\d+))?\n(.*?)^```$", re.M | re.S)
TIME_LIMIT = 240


@dataclass(frozen=True, slots=True)
class Command:
    """One `$` line of a page, what it is to print, and the exit code it is to have."""

    line: int
    text: str
    expected: str
    code: int


def commands(page: Path) -> tuple[Command, ...]:
    """The commands of a page in their order."""
    text = page.read_text(encoding="utf-8")
    return tuple(c for block in FENCE.finditer(text) for c in _of_block(text, block))


def _of_block(text: str, block: re.Match[str]) -> Iterator[Command]:
    first = text.count("\n", 0, block.start(2)) + 1
    lines = block[2].splitlines()
    starts = [i for i, line in enumerate(lines) if line.startswith("$ ")]
    if not starts or any(line.strip() for line in lines[: starts[0]]):
        raise ValueError(f"line {first}: a console block begins with `$ command`")
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        code = int(block[1] or 0) if end == len(lines) else 0
        yield Command(first + start, lines[start][2:], "\n".join(lines[start + 1 : end]), code)


def workshop(folder: Path) -> Path:
    """A fresh folder to work in: the project's texts, and the real data beside it where it is at hand."""
    checkout = folder / "oarlock"
    for name in ("agreements", "docs"):
        copytree(ROOT / name, checkout / name)
    if SHARED.is_dir():
        (folder / "shared").symlink_to(SHARED.parent, target_is_directory=True)
    return checkout


def run(command: Command, where: Path) -> tuple[int, str]:
    """Exit code and everything a reader would see: standard output, then what went to standard error."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("OARLOCK_")}
    env |= {"PATH": f"{BIN}{os.pathsep}{env['PATH']}", "COLUMNS": WIDTH, "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
    found = subprocess.run(
        ["bash", "-c", command.text], cwd=where, env=env, capture_output=True, text=True, timeout=TIME_LIMIT
    )
    return found.returncode, found.stdout + found.stderr


def agrees(expected: str, found: str) -> bool:
    """Whether the output is what the page shows, `...` standing for what it leaves out."""
    pieces = [_line(line) for line in _trimmed(expected)]
    return re.fullmatch("".join(pieces), "".join(f"{line}\n" for line in _trimmed(found))) is not None


def _line(line: str) -> str:
    if line.strip() == "...":
        return r"(?:.*\n)*?"
    return ".*?".join(re.escape(part) for part in line.split("...")) + r"\n"


def _trimmed(text: str) -> list[str]:
    return [line.replace("\xa0", " ").rstrip() for line in text.strip("\n").splitlines()]


def first_difference(expected: str, found: str) -> str:
    """The first line of the page that the output does not have where it should; empty where they agree."""
    lines = _trimmed(expected)
    for count in range(1, len(lines) + 1):
        if not agrees("\n".join([*lines[:count], "..."]), found):
            return lines[count - 1]
    return "" if agrees(expected, found) else "(the output goes on after the page's last line)"
