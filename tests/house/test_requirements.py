"""What is installed is what was locked: every requirement pinned and hashed, none that nobody asked for left out."""

from __future__ import annotations

import re
import tomllib

import pytest

from .project import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("run.txt", "dev.txt")
PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[\w,-]+\])?==([^\s;]+)")
ASKED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)")


def plain(name: str) -> str:
    """A distribution's name in the one spelling that all others mean (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def entries(lock: str) -> list[str]:
    """The lock's requirements, each with its continuation lines; comments left out."""
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [part for part in re.split(r"\n(?=\S)", "\n".join(lines)) if part]


def pinned(lock: str) -> dict[str, set[str]]:
    """Name -> the versions pinned (several where they differ by platform)."""
    found: dict[str, set[str]] = {}
    for entry in entries(lock):
        match = PIN.match(entry)
        assert match, f"{lock}: not pinned: {entry.splitlines()[0]}"
        found.setdefault(plain(match[1]), set()).add(match[2])
    return found


def asked(requirements: list[str]) -> dict[str, str]:
    """Name -> what pyproject says of its version."""
    found = {}
    for text in requirements:
        match = ASKED.match(text)
        assert match
        found[plain(match[1])] = re.sub(r"^\[[^]]*\]", "", text[match.end() :])
    return found


RUN = asked(PROJECT["project"]["dependencies"])
DEV = asked(PROJECT["dependency-groups"]["dev"])


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_and_hashed(lock: str) -> None:
    bare = [entry.splitlines()[0] for entry in entries(lock) if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)]
    assert entries(lock) and not bare


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_where_packages_come_from(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    assert "://" not in text and not re.search(r"^\s*(-i|-f|--index|--extra-index|--find)", text, re.M)


@pytest.mark.parametrize(("lock", "wanted"), [("run.txt", RUN), ("dev.txt", RUN | DEV)])
def test_everything_asked_for_is_locked_at_a_version_that_was_asked_for(lock: str, wanted: dict[str, str]) -> None:
    held = pinned(lock)
    assert wanted.keys() <= held.keys()
    for name, bounds in wanted.items():
        assert all(fits(version, bounds) for version in held[name]), f"{name}{bounds}: locked {held[name]}"


@pytest.mark.parametrize(("lock", "wanted"), [("run.txt", RUN), ("dev.txt", RUN | DEV)])
def test_everything_locked_was_asked_for_by_us_or_by_something_locked(lock: str, wanted: dict[str, str]) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    stray = []
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        match = PIN.match(block)
        assert match
        if plain(match[1]) in wanted:
            continue
        reasons = {
            plain(r.split("[")[0]) for r in re.findall(r"#\s+(?:via )?\s*([A-Za-z0-9][\w.\[\]-]*)\s*$", block, re.M)
        }
        if not reasons - {"via"} <= pinned(lock).keys() or not reasons:
            stray.append(match[1])
    assert not stray


def test_what_runs_was_tested() -> None:
    tested = pinned("dev.txt")
    assert not {
        name: versions for name, versions in pinned("run.txt").items() if not versions <= tested.get(name, set())
    }


def numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version, trailing zeros dropped: `5.2.0` is (5, 2)."""
    found = [int(n) for n in re.match(r"[\d.]*\d", version)[0].split(".")]  # type: ignore[index]
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def fits(version: str, bounds: str) -> bool:
    """Whether a version keeps bounds such as `>=2.11,<3`; no bounds are kept by any."""
    tests = {">=": lambda a, b: a >= b, "<": lambda a, b: a < b, "==": lambda a, b: a == b}
    for bound in filter(None, bounds.split(",")):
        sign, number = re.match(r"(>=|==|<)(.+)", bound).groups()  # type: ignore[union-attr]
        if not tests[sign](numbers(version), numbers(number)):
            return False
    return True


@pytest.mark.parametrize(
    ("version", "bounds", "expected"),
    [("12.0.0", "==12.0.0", True), ("5.3", ">=5.2,<5.3", False), ("5.2.9", ">=5.2,<5.3", True), ("1.9", ">=2", False)],
)
def test_bounds_are_read_as_written(version: str, bounds: str, expected: bool) -> None:
    assert fits(version, bounds) is expected
