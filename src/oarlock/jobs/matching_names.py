"""A file of names whose company is known, read and measured: how well a bare name finds its account."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

from oarlock.agreement.handling import Matching
from oarlock.ground.problems import Place, UserProblem
from oarlock.ground.spelling import did_you_mean
from oarlock.matching.evaluating import SEEDS, Labelled, Measured, evaluate

LARGEST = 50_000_000
MOST = 200_000
"""Rows that are measured; a list of that many is two hours of somebody's machine already."""
LEAST_COMPANIES = 4


def measure_names(
    path: Path, name: str, company: str, terms: Matching, *,
    seeds: Sequence[int] = SEEDS, tell: Callable[[str], None] = lambda _: None,
) -> tuple[Measured, ...]:  # fmt: skip
    """Every method, both ways. UserProblem `names-...` where the file cannot be read."""
    labelled = read_names(path, name, company)
    if len({one.company for one in labelled}) < LEAST_COMPANIES:
        raise _wrong("too-few", f"There are fewer than {LEAST_COMPANIES} companies in it.", "Halves need more.", path)
    return evaluate(labelled, terms, seeds, tell)


def read_names(path: Path, name: str, company: str) -> list[Labelled]:
    """The names in a CSV file, by the two columns of these headings."""
    try:
        if path.stat().st_size > LARGEST:
            raise _wrong("too-large", "The file is larger than 50 MB.", "A sample of it measures as well.", path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _rows(csv.DictReader(file, strict=True), name, company, path)
    except OSError as error:
        what = f"The file cannot be read: {error.strerror}."
        raise _wrong("unreadable", what, "Name a CSV file of names with their companies.", path) from error
    except UnicodeDecodeError as error:
        raise _wrong("not-utf-8", "The file is not UTF-8.", "Save it as CSV UTF-8.", path) from error
    except csv.Error as error:
        raise _wrong("not-csv", f"The file is no CSV: {error}.", "Write a heading, then a row a name.", path) from error


def _rows(rows: csv.DictReader[str], name: str, company: str, path: Path) -> list[Labelled]:
    headings = [str(heading) for heading in rows.fieldnames or ()]
    for wanted in (name, company):
        if wanted not in headings:
            next_step = did_you_mean(wanted, headings) or "Say `--name` and `--company` as the heading has them."
            raise _wrong("no-column", f"There is no column `{wanted[:80]}`.", next_step, path)
    labelled: list[Labelled] = []
    for row in rows:
        if len(labelled) == MOST:
            raise _wrong("too-many", f"There are more than {MOST:,} names.", "A sample of it measures as well.", path)
        if not row[name] or not row[company]:
            raise UserProblem(
                "names-empty", "A row has no name or no company.", "", "Mend it, or leave the row out.",
                Place(str(path), rows.line_num),
            )  # fmt: skip
        labelled.append(Labelled(row[name], row[company]))
    return labelled


def _wrong(code: str, what: str, next_step: str, path: Path) -> UserProblem:
    return UserProblem(f"names-{code}", what, "", next_step, Place(str(path)))
