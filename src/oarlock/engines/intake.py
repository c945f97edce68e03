"""Bulk import: files in, lake changed as a whole or not at all, bad rows kept and counted.

    file -> looked at, row by row if it must be (examining) -> typed by DuckDB in one pass (staging)
         -> settled against the lake (settling_*) -> Delta tables, quarantine, manifest (writing)

Promises (docs/how-to/import.md): the same file twice changes nothing; a crash changes nothing; one bad row or file
does not keep the others out; memory does not grow with the file.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import duckdb

from oarlock.engines import lake, manifest, quarantine
from oarlock.engines.arriving import TEXT_NAMES, Arrival, look_at, refusal
from oarlock.engines.columns import Zones
from oarlock.engines.duck import MEMORY, THREADS, connect
from oarlock.engines.examining import Examined, examine, identify
from oarlock.engines.forgetting import keep_forgotten
from oarlock.engines.headers import Header, unused_columns
from oarlock.engines.mapping import FileSpec, Mapping
from oarlock.engines.mending import note_mended_at_source
from oarlock.engines.settling import SAME, Bench, Outcome
from oarlock.engines.settling_entities import settle_entities
from oarlock.engines.settling_facts import settle_facts
from oarlock.engines.staging import Staged, row_group, stage
from oarlock.engines.summary import FileSummary, Summary
from oarlock.engines.writing import Session, writer
from oarlock.ground.clock import monotonic
from oarlock.ground.problems import UserProblem
from oarlock.records.shapes import SHAPES

WAIT = 30.0
LONG_ROW = 2048
"""Bytes in a row on average from which on a second thread, and sorting in memory, would cost more than they save."""
TIGHT, TIGHT_PER_ROW, MANY_ROWS = 180_000_000, 250, 9_000_000
"""What DuckDB may hold of long rows before it spills them: so many bytes, and so many more a row for its keys."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far an import has come: what is being done, to which file, and how much of how much (`unit`)."""

    doing: str
    file: str = ""
    done: int = 0
    total: int = 0
    unit: str = "bytes"


Progress = Callable[[Step], None]


@dataclass
class _Import:
    """One import at work."""

    mapping: Mapping
    home: Path
    zone: str
    agreement_zone: str
    now: datetime
    progress: Progress
    files: list[FileSummary] = field(default_factory=list)
    refused: list[UserProblem] = field(default_factory=list)
    known: list[tuple[Arrival, FileSpec, Header]] = field(default_factory=list)
    examined: list[Examined] = field(default_factory=list)
    seconds: dict[int, float] = field(default_factory=dict)

    @property
    def read_under(self) -> str:
        """What, beside its bytes, decides what a file says."""
        return f"{self.mapping.hash} {self.zone} {self.agreement_zone}"


def bring_in(
    sources: Sequence[Path],
    mapping: Mapping,
    home: Path,
    *,
    zone: str,
    now: datetime,
    progress: Progress | None = None,
    wait: float = WAIT,
    threads: int = THREADS,
    memory: str = MEMORY,
) -> Summary:
    """Import files (or folders of them) into the lake of a workspace under a mapping.

    `zone` is the agreement's time zone, for times that name none, where the mapping does not state its own; `now`
    dates the changes this import finds. Raises UserProblem where nothing at all could come in, where the workspace is
    busy for longer than `wait` seconds, or where disk or memory run out; the lake is then as it was.
    """  # fmt: skip
    began = monotonic()
    work = _Import(mapping, home, mapping.time_zone or zone, zone, now, progress or (lambda step: None))
    _identify_all(work, sources)
    if not work.known:
        raise work.refused[0] if work.refused else _nothing(sources, mapping)
    with _told_plainly(home), writer(home, wait=wait, told=lambda words: work.progress(Step(words))) as session:
        workshop = _workshop(home, session)
        try:
            summary = _run(work, session, workshop, threads, memory)
        finally:
            shutil.rmtree(workshop, ignore_errors=True)
        keep_forgotten(session)
    return replace(summary, seconds=monotonic() - began)


def _run(work: _Import, session: Session, workshop: Path, threads: int, memory: str) -> Summary:
    _examine_all(work, workshop)
    if not work.examined:
        raise work.refused[0]
    import_id = _id(work, session)
    if not work.refused and all(_as_last_seen(e, work, session) for e in work.examined):
        return _already(work, session, import_id)
    longest = max(e.row_bytes for e in work.examined)
    if long_rows := longest > LONG_ROW:
        threads, memory = 1, f"{TIGHT + min(MANY_ROWS, sum(e.rows for e in work.examined)) * TIGHT_PER_ROW}B"
    folders = [manifest.lake_folder(work.home), quarantine.folder_of(work.home), workshop]
    allowed = [*folders, *(e.arrival.path for e in work.examined)]
    with connect(allowed, threads=threads, memory=memory, spill=workshop / "spill") as connection:
        order = tuple(f.key for f in work.mapping.files)
        bench = Bench(connection, session, import_id, work.now, workshop, lake.current_relations(work.home), order,
                      row_group(longest), long_rows)  # fmt: skip
        staged = _stage_all(work, connection, workshop)
        outcomes = _settle_all(work, bench, staged)
        _set_aside_all(work, bench, staged, outcomes)
        earlier = quarantine.rows_files(work.home, (i.id for i in session.manifest.imports))
        note_mended_at_source(connection, staged, earlier, quarantine.folder_of(work.home) / import_id)
    summary = Summary(import_id, work.now, tuple(work.files))
    log = tuple(manifest.Brought(_log_name(e), e.sha256, work.read_under, e.rows) for e in work.examined)
    session.finish(manifest.Import(import_id, work.now, log, summary.as_dict()))
    return summary


# Which files


def _identify_all(work: _Import, sources: Sequence[Path]) -> None:
    for path, named in _expanded(sources):
        try:
            arrival = look_at(path)
            found = identify(arrival, work.mapping)
            if found is None and named:
                raise _stranger(path, work.mapping)
        except UserProblem as problem:
            work.refused.append(problem)
            work.files.append(FileSummary(path.name, refused=problem.as_dict()))
            continue
        if found:
            work.known.append((arrival, *found))
        else:
            work.files.append(FileSummary(path.name, ignored=True))


def _stranger(path: Path, mapping: Mapping) -> UserProblem:
    what = f"{path.name} is none of the files of mapping {mapping.name}."
    keys = ", ".join(f.key for f in mapping.files)
    return refusal(path, "not-in-mapping", what, f"It knows: {keys}.", "Rename the file, or choose another mapping.")


def _expanded(sources: Iterable[Path]) -> list[tuple[Path, bool]]:
    """Every file, and whether it was named itself (a file of a folder may be ignored, a named one may not)."""
    files: list[tuple[Path, bool]] = []
    for source in sources:
        if source.is_dir():
            inside = sorted(p for p in source.iterdir() if p.is_file() and _may_be_data(p))
            files += [(p, False) for p in inside]
        else:
            files.append((source, True))
    return files


def _may_be_data(path: Path) -> bool:
    name = path.name.lower().removesuffix(".gz")
    return name.endswith((*TEXT_NAMES, ".parquet")) and not name.startswith(".")


def _nothing(sources: Sequence[Path], mapping: Mapping) -> UserProblem:
    names = ", ".join(str(s) for s in sources) or "nothing"
    return UserProblem("nothing-to-import", "There is nothing to import.",
                       f"No file of mapping {mapping.name} was found in: {names}.",
                       "Name the files, or a folder that holds them.")  # fmt: skip


# The steps


def _workshop(home: Path, session: Session) -> Path:
    """A folder for this import's half-made things; what dead imports left behind is removed first."""
    workshop = home / "workshop"
    shutil.rmtree(workshop, ignore_errors=True)
    (workshop / "spill").mkdir(parents=True)
    quarantine.folder_of(home).mkdir(parents=True, exist_ok=True)
    quarantine.sweep(home, {i.id for i in session.manifest.imports})
    return workshop


def _examine_all(work: _Import, workshop: Path) -> None:
    for number, (arrival, spec, header) in enumerate(work.known):
        began, bench = monotonic(), workshop / str(number)
        bench.mkdir()
        size = arrival.path.stat().st_size
        told = _teller(work.progress, Step("looking at", arrival.name, 0, size))
        try:
            unused = unused_columns(spec, header, work.mapping)
            work.examined.append(examine(arrival, spec, header, bench, told, unused))
        except UserProblem as problem:
            work.refused.append(problem)
            work.files.append(FileSummary(arrival.name, spec.key, refused=problem.as_dict()))
        work.seconds[len(work.examined) - 1] = monotonic() - began


def _teller(progress: Progress, step: Step) -> Callable[[int], None]:
    return lambda done: progress(replace(step, done=done))


def _stage_all(work: _Import, connection: duckdb.DuckDBPyConnection, workshop: Path) -> list[Staged]:
    others: dict[str, list[Examined]] = {}
    for examined in work.examined:
        others.setdefault(examined.spec.key, []).append(examined)
    staged = []
    for number, examined in enumerate(work.examined):
        began = monotonic()
        work.progress(Step("reading", examined.arrival.name, 0, examined.rows, "rows"))
        folder = workshop / f"staged-{number}"
        folder.mkdir()
        zones = Zones(examined.spec.time_zone or work.zone, work.agreement_zone)
        found = stage(connection, number, examined, others, folder, zones)
        if found:
            staged.append(found)
        work.progress(Step("reading", examined.arrival.name, examined.rows, examined.rows, "rows"))
        work.seconds[number] += monotonic() - began
    return staged


def _settle_all(work: _Import, bench: Bench, staged: list[Staged]) -> dict[str, Outcome]:
    """Entities first: what changes about them makes facts of its own."""
    outcomes: dict[str, Outcome] = {}
    made: list[str] = []
    for shape in sorted(SHAPES.values(), key=lambda s: s.fact):
        work.progress(Step(f"settling {shape.name}"))
        if shape.fact:
            outcomes[shape.name] = settle_facts(bench, shape, staged, made if shape.name == "changes" else [])
        else:
            outcomes[shape.name], rows = settle_entities(bench, shape, staged)
            made += rows
    return outcomes


def _set_aside_all(work: _Import, bench: Bench, staged: list[Staged], outcomes: dict[str, Outcome]) -> None:
    by_number = {s.number: s for s in staged}
    folder = quarantine.folder_of(work.home) / bench.import_id
    for number, examined in enumerate(work.examined):
        began = monotonic()
        later = [row[1:] for o in outcomes.values() for row in o.aside if row[0] == number]
        reasons = quarantine.set_aside(bench.connection, examined, number, by_number.get(number), later, folder)
        left_out = bench.execute(by_number[number].left_out) if number in by_number else 0
        work.files.append(
            FileSummary(
                examined.arrival.name,
                examined.spec.key,
                rows=examined.rows + examined.aside_by_reason.total(),
                came_in={table: dict(o.counts[number]) for table, o in outcomes.items() if number in o.counts},
                quarantined=dict(reasons),
                left_out=left_out,
                repaired=examined.repaired,
                encoding=examined.encoding,
                seconds=work.seconds[number] + monotonic() - began,
            )
        )


# Coming again


def _log_name(examined: Examined) -> str:
    """A mended file is no new state of the file it came from."""
    return examined.arrival.name + (" (mended)" if examined.header.mended else "")


def _as_last_seen(examined: Examined, work: _Import, session: Session) -> bool:
    seen = session.manifest.last_seen(_log_name(examined))
    return seen is not None and (seen.sha256, seen.mapping) == (examined.sha256, work.read_under)


def _already(work: _Import, session: Session, import_id: str) -> Summary:
    """Every file came in before, byte for byte, and nothing of its name since: there is nothing to do."""
    before = {f["name"]: f for i in session.manifest.imports for f in i.summary["files"]}
    for examined in work.examined:
        last = before[examined.arrival.name]
        work.files.append(
            FileSummary(
                examined.arrival.name,
                examined.spec.key,
                rows=last["rows"],
                came_in={table: {SAME: sum(counts.values())} for table, counts in last["came_in"].items()},
                quarantined=last["quarantined"],
                left_out=last["left_out"],
                repaired=last["repaired"],
                encoding=examined.encoding,
            )
        )
    return Summary(import_id, work.now, tuple(work.files), already=True)


def _id(work: _Import, session: Session) -> str:
    told = [work.read_under, str(len(session.manifest.imports)), *(e.sha256 for e in work.examined)]
    return f"{work.now.astimezone(UTC):%Y%m%dT%H%M%S}-{sha256(' '.join(told).encode()).hexdigest()[:8]}"


@contextmanager
def _told_plainly(home: Path) -> Iterator[None]:
    """Running out of memory or disk is for a person to mend; anything else DuckDB says here is our fault."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise UserProblem("out-of-memory", "The import needs more memory than it may use.", str(error)[:300],
                          "Import fewer files at a time, or leave out columns of long texts (`leave_out`)."
                          " The lake is as it was.") from error  # fmt: skip
    except OSError as error:
        what, next_step = f"The workspace {home} cannot be written.", "Make room or allow writing, and import again."
        raise UserProblem("disk", what, str(error), f"{next_step} The lake is as it was.") from error
