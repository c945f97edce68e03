"""A workspace: the folder with a company's agreements, its lake, and what was set aside.

    agreements/   versions of the agreement, a file or a folder each; every one judges its own time
    lake/         what was imported        quarantine/  rows that could not come in        files/  the demo's files
    plans/        statements of earlier reports, to be quicker; may go at any time

Promise: what is missing or wrong is said in words that name the next step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from oarlock.ground.problems import Place, UserProblem

if TYPE_CHECKING:
    from oarlock.agreement import Terms
    from oarlock.jobs.measuring import Definition
    from oarlock.lifecycle.versions import Versions


def agreements_folder(home: Path) -> Path:
    """Where the versions lie."""
    return home / "agreements"


def agreement_paths(home: Path) -> list[Path]:
    """Every version in the workspace, by name; hidden files are none."""
    folder = agreements_folder(home)
    if not folder.is_dir():
        return []
    found = [p for p in folder.iterdir() if p.is_dir() or p.suffix in (".yaml", ".yml")]
    return sorted(p for p in found if not p.name.startswith("."))


def sealed(path: Path) -> Terms:
    """The terms of that file or folder. FaultyAgreement where it has errors."""
    from oarlock.agreement import check, read, seal
    from oarlock.cli.findings import FaultyAgreement

    draft = read(path)
    try:
        return seal(draft)
    except UserProblem as problem:
        if problem.code != FaultyAgreement.CODE:
            raise
        raise FaultyAgreement(str(path), check(draft)) from problem


def versions(home: Path, agreement: Path | None = None) -> Versions:
    """The workspace's versions, each judging its own time; or that one text, judging all of history.

    A text that is one of the workspace's versions keeps that version's number.
    """
    from oarlock.lifecycle.versions import Versions

    if agreement is None:
        return Versions.of(*(sealed(path) for path in _some(home)))
    terms = sealed(agreement)
    own = [path for path in agreement_paths(home) if _same_bytes(path, terms.hash)]
    if not own:
        return Versions.of(terms)
    numbered = Versions.of(*(sealed(path) for path in agreement_paths(home)))
    return Versions.of(next(t for t in numbered.all if t.hash == terms.hash))


def definition(home: Path, agreement: Path | None = None, known: str | None = None) -> Definition:
    """By what the workspace is judged and as known when, for those who may not need to read it.

    Its mark stands for the bytes of every text that decides the versions.
    """
    from oarlock.jobs.measuring import Definition

    own = _some(home) if agreement is None else agreement_paths(home)
    named = () if agreement is None else ("alone", *_marks(agreement))
    return Definition(
        mark=(*named, "workspace", *(mark for path in own for mark in _marks(path))),
        versions=cache(lambda: versions(home, agreement)),
        known=known,
        until=lambda zone: as_known(known, ZoneInfo(zone)),
    )


def _marks(path: Path) -> Iterator[str]:
    """The names and hashes of a text's file, or of every file in its folder; a link's are those of what it leads to."""
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        yield str(file.relative_to(path.parent))
        yield "link" if file.is_symlink() else ""
        yield _hash(file) if file.is_file() else "no file"


def _hash(path: Path) -> str:
    """A file's hash; where it cannot be read, whoever reads it will say so."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return "unreadable"


def _some(home: Path) -> list[Path]:
    paths = agreement_paths(home)
    if not paths:
        raise UserProblem(
            "no-agreement",
            f"The workspace `{home}` has no agreement.",
            "Figures are made under a definition, and there is none.",
            "Name one with `--agreement FILE`, or run `oarlock init` for a starter.",
            Place(str(agreements_folder(home))),
        )
    return paths


def _same_bytes(path: Path, known: str) -> bool:
    return path.is_file() and "sha256:" + sha256(path.read_bytes()).hexdigest() == known


def require_lake(home: Path) -> None:
    """UserProblem where nothing was imported into this workspace yet."""
    from oarlock.engines.manifest import read

    if not home.is_dir():
        raise UserProblem(
            "no-workspace",
            f"There is no workspace `{home}`.",
            "",
            "Run `oarlock init`, or name another with `--home DIR`; `oarlock demo` makes one to look at.",
            Place(str(home)),
        )
    if not any(table.rows for table in read(home).tables.values()):
        raise UserProblem(
            "empty-lake",
            f"The lake of `{home}` is empty.",
            "Nothing has been imported into this workspace yet.",
            "Run `oarlock import FILES --preset NAME` (or `--mapping FILE`).",
            Place(str(home)),
        )


def as_known(text: str | None, zone: ZoneInfo) -> datetime | None:
    """What `--as-known` means: a date is the end of that day in the agreement's zone, a time is that instant.

    UserProblem `bad-date`.
    """
    from oarlock.ground.zones import end_of_day

    if text is None:
        return None
    try:
        if len(text) <= len("2026-10-31"):
            return end_of_day(date.fromisoformat(text), zone)
        when = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise UserProblem(
            "bad-date",
            f"`{text[:40]}` is not a date.",
            "",
            "Write `--as-known 2026-10-31` (the end of that day) or `2026-10-31T14:00+01:00`.",
        ) from error
    return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)


def proposal(path: Path, current: Versions) -> Versions:
    """A proposed text alone, judging all of history; it has the number that would come next."""
    from oarlock.lifecycle.versions import Versions

    terms = sealed(path)
    known = next((t for t in current.all if t.hash == terms.hash), None)
    return Versions.of(known or replace(terms, number=current.latest.number + 1))
