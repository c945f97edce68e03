"""Make the demo company: its files as a CRM would export them, batch by batch, the same bytes from the same seed.

A batch is 20,000 people; memory holds one batch whatever the size of the company.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from oarlock.demo import activity_rows, campaigns, change_rows, columns, entity_rows, handoff_rows, staff, stages
from oarlock.demo.batches import Batch, batch
from oarlock.demo.deals import Deals
from oarlock.demo.draws import stream
from oarlock.ground.problems import UserProblem

BATCH = 20_000
AGREEMENTS = tuple(Path(__file__).parent / "agreements" / f"{number}.yaml" for number in (1, 2))
"""The two versions of Brightwater's agreement, older first."""

_BARE = frozenset({"touches", "activities", "changes", "handoff_events", "opportunity_contacts", "campaign_costs"})
"""Files in which no value needs quotes."""

Progress = Callable[[int, int], None]
"""Called with people done and people in all."""


@dataclass(frozen=True, slots=True)
class MadeFile:
    """One file, and how many rows it has (the header not counted)."""

    path: Path
    rows: int

    @property
    def table(self) -> str:
        """The lake's table it feeds: its name without `.csv`."""
        return self.path.stem


@dataclass(frozen=True, slots=True)
class Made:
    """What `make` wrote: the files to import, and the versions of the agreement, older first."""

    folder: Path
    files: tuple[MadeFile, ...]
    agreements: tuple[Path, ...]

    def rows(self, table: str) -> int:
        """How many rows that table's file has."""
        return next(file.rows for file in self.files if file.table == table)


class _Files:
    """The open files; each gets its header from the first rows it is given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, pa_csv.CSVWriter] = {}
        self.rows: dict[str, int] = {}

    def __enter__(self) -> _Files:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, what: BaseException | None, where: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.close()

    def add(self, name: str, rows: pa.Table) -> None:
        """Write rows to `<name>.csv`."""
        if name not in self._writers:
            options = pa_csv.WriteOptions(quoting_style="none" if name in _BARE else "needed")
            self._writers[name] = pa_csv.CSVWriter(
                str(self._folder / f"{name}.csv"), rows.schema, write_options=options
            )
        self._writers[name].write_table(rows)
        self.rows[name] = self.next(name) - 1 + rows.num_rows

    def next(self, name: str) -> int:
        """The number of the next row, counted from 1."""
        return self.rows.get(name, 0) + 1

    def made(self) -> tuple[MadeFile, ...]:
        """The files so far."""
        return tuple(MadeFile(self._folder / f"{name}.csv", rows) for name, rows in self.rows.items())


def make(folder: Path, *, people: int = 20_000, seed: int = 7, progress: Progress | None = None) -> Made:
    """Write the demo company into `folder`: one CSV a table of the lake, and `agreements/1.yaml`, `agreements/2.yaml`.

    Raises UserProblem where `people` or `seed` make no sense. Files of an earlier run are overwritten.
    """
    _refuse(people, seed)
    (folder / "agreements").mkdir(parents=True, exist_ok=True)
    handoff = 1
    with _Files(folder) as files:
        files.add("users", staff.users())
        files.add("campaigns", campaigns.campaigns())
        files.add("campaign_costs", campaigns.costs(seed, people))
        for number, first, count in _batches(people):
            handoff = _write(files, seed, number, batch(seed, number, first, count), handoff)
            if progress is not None:
                progress(first - 1 + count, people)
        return Made(folder, files.made(), _lay_agreements(folder))


def _refuse(people: int, seed: int) -> None:
    if not 1 <= people <= 50_000_000:
        raise UserProblem(
            "demo-size", f"A demo company of {people} people cannot be made.",
            "The size is from 1 to 50,000,000 people.", "Ask for a number in that range.",
        )  # fmt: skip
    if seed < 0:
        raise UserProblem("demo-seed", f"The seed {seed} is negative.", "", "Give a seed of 0 or more.")


def _batches(people: int) -> Iterator[tuple[int, int, int]]:
    """Number, first person and people of each batch."""
    for number in range((people + BATCH - 1) // BATCH):
        yield number, number * BATCH + 1, min(BATCH, people - number * BATCH)


def _write(files: _Files, seed: int, number: int, made: Batch, handoff: int) -> int:
    """Write one batch; returns the number the next batch's hand-offs begin with."""
    written = stages.writings(seed, number, made)
    files.add("accounts", entity_rows.accounts(made.companies))
    files.add("people", entity_rows.people(seed, number, made, stages.standing(made, written)))
    files.add("touches", entity_rows.touches(made, files.next("touches")))
    deals = _write_deals(files, seed, number, made)
    events, handoff = handoff_rows.handoff_events(seed, number, made, files.next("handoff_events"), handoff)
    files.add("handoff_events", events)
    in_cycles = deals[: len(made.cycles)]
    files.add("activities", activity_rows.activities(seed, number, made, in_cycles, files.next("activities")))
    files.add("changes", change_rows.changes(seed, number, made, written, deals, files.next("changes")))
    return handoff


def _write_deals(files: _Files, seed: int, number: int, made: Batch) -> list[tuple[Deals, pa.Array]]:
    """Write the batch's opportunities with their contacts; the opportunities with their ids, the early ones last."""
    rng = stream(seed, "contacts", number)
    deals = []
    for closing in (*(cycle.won_or_lost for cycle in made.cycles), made.early):
        first = files.next("opportunities")
        ids = columns.numbered("o-", first + np.arange(closing.count), 6)
        files.add("opportunities", entity_rows.opportunities(made, closing, first))
        files.add("opportunity_contacts", activity_rows.contacts(rng, made, closing, ids))
        deals.append((closing, ids))
    return deals


def _lay_agreements(folder: Path) -> tuple[Path, ...]:
    """Copies of the two versions beside the files."""
    copies = tuple(folder / "agreements" / path.name for path in AGREEMENTS)
    for path, copy in zip(AGREEMENTS, copies, strict=True):
        copy.write_bytes(path.read_bytes())
    return copies
