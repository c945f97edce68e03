"""Backups: the store as one snapshot, the lake, the agreements and the keys in one file, every part under its hash.

    backup(home, file)      while people work; a load or an import waits for its turn meanwhile
    restore(file, home)     into an empty workspace; one flipped byte anywhere is refused, and the part named

The file is a tar: MANIFEST.json first, then the parts, the store as an SQLite file whatever database it came from;
behind the tar stands the SHA-256 of all that is before it. It holds the workspace's keys: keep it as you keep those.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from io import BytesIO
from pathlib import Path, PurePosixPath

from oarlock.engines.sql import ident
from oarlock.engines.writing import writer
from oarlock.ground.problems import Place, UserProblem
from oarlock.jobs.sealing import sha_of
from oarlock.store.databases import FILE

Tell = Callable[[str, float | None], None]
FORMAT = 1
STORE = f"{FILE}.gz"
FOLDERS = ("agreements", "closings", "keys", "lake", "quarantine", "uploads")
FILES = ("demo.json",)
"""What says whether this is a demo. (Whom imports must not bring back is said in the lake.)"""
NOT_KEPT = ("writer.lock", "spill")
TRAILER = 72
"""Bytes behind the tar: `sha256:`, 64 hex digits, a line break."""
BLOCK = 1 << 20
SPARE = 256 << 20
"""Bytes of the disk a restore leaves free."""
MOST_MANIFEST = 64 << 20
"""Bytes of a list of parts that are read: some 400,000 parts."""
WAIT = 600.0


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: when it was made by which release, and its parts' SHA-256 by name."""

    made_at: str
    release: str
    rows: dict[str, int]
    parts: dict[str, str]
    format: int = FORMAT


def backup(home: Path, file: Path, *, now: datetime, tell: Tell = lambda words, share: None) -> Backup:
    """Write a backup of this workspace into a new file. UserProblem `exists`, `disk`, `busy`."""
    if file.exists():
        raise UserProblem("exists", f"`{file}` is there already.", next_step="Name a new file.", where=Place(str(file)))
    staging = home / "backing-up"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True, mode=0o700)
    try:
        rows = _stage(home, staging, tell)
        tell("hashing every part", 0.6)
        parts = {str(p.relative_to(staging).as_posix()): sha_of(p) for p in _files(staging)}
        made = Backup(now.isoformat(), version("oarlock"), rows, parts)
        tell("writing the file", 0.7)
        _write(staging, made, file)
    except OSError as error:
        what = f"The backup `{file}` cannot be written."
        raise UserProblem("disk", what, str(error), "Make room, or name a place that can be written.") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return made


def _stage(home: Path, staging: Path, tell: Tell) -> dict[str, int]:
    """Every part in the staging folder; rows by table. Imports, loads' lake files and exports stand still meanwhile."""
    with writer(home, wait=WAIT, told=lambda words: tell(words, None)):
        tell("copying the store", 0.1)
        rows = _stage_store(home, staging)
        tell("taking the lake's files", 0.4)
        for folder in FOLDERS:
            if (home / folder).is_dir():
                shutil.copytree(home / folder, staging / folder, ignore=shutil.ignore_patterns(*NOT_KEPT),
                                copy_function=_linked)  # fmt: skip
        for name in FILES:
            if (home / name).is_file():
                _linked(str(home / name), str(staging / name))
    return rows


def _linked(source: str, target: str) -> str:
    """The same file under a second name: files of the lake are never changed, only replaced."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def _stage_store(home: Path, staging: Path) -> dict[str, int]:
    """The store as one snapshot, packed, in the form of SQLite; rows by table."""
    from django.core.management import call_command
    from django.db import connection

    from oarlock.jobs.moving import connected, copy

    path = staging / FILE
    if connection.vendor == "sqlite":
        _snapshot(path)
    else:
        with connected("target", staging, None) as target:
            call_command("migrate", database="target", verbosity=0, interactive=False)
            copy(connection, target)
    rows = _rows_of(path)
    with path.open("rb") as source, gzip.open(staging / STORE, "wb", compresslevel=1) as out:
        shutil.copyfileobj(source, out, BLOCK)
    for left in staging.glob(f"{FILE}*"):
        if left.name != STORE:
            left.unlink()
    return rows


def _snapshot(path: Path) -> None:
    """SQLite's own online backup, in one step: what is committed while it runs is wholly in it or not at all."""
    import sqlite3

    from django.db import connection

    connection.ensure_connection()
    target = sqlite3.connect(path)
    try:
        connection.connection.backup(target)
    finally:
        target.close()


def _rows_of(path: Path) -> dict[str, int]:
    import sqlite3

    database = sqlite3.connect(path)
    try:
        names = [n for (n,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        counting = "SELECT count(*) FROM {}"
        return {n: database.execute(counting.format(ident(n))).fetchone()[0] for n in names}
    finally:
        database.close()


def _files(folder: Path) -> Iterator[Path]:
    return (p for p in sorted(folder.rglob("*")) if p.is_file())


def _write(staging: Path, made: Backup, file: Path) -> None:
    """The tar and its trailer under a waiting name, on disk before it has its own. Only its owner may read it."""
    waiting = file.with_name(f".{file.name}.new")
    os.close(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        with tarfile.open(waiting, mode="w", format=tarfile.PAX_FORMAT) as tar:
            _add(tar, "MANIFEST.json", json.dumps(asdict(made), indent=1, sort_keys=True).encode())
            for name in made.parts:
                tar.add(staging / name, arcname=name, recursive=False)
        trailer = b"sha256:" + sha_of(waiting).encode() + b"\n"
        with waiting.open("ab") as out:
            out.write(trailer)
            out.flush()
            os.fsync(out.fileno())
        waiting.rename(file)
    finally:
        waiting.unlink(missing_ok=True)


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, BytesIO(data))


# Back again


def restore(file: Path, home: Path, *, tell: Tell = lambda words, share: None) -> Backup:
    """Lay a backup out in an empty workspace, the store as its SQLite file: every part as it was, or nothing at all.

    UserProblem `damaged-backup`, `not-empty`, `no-such-file`.
    """
    if not file.is_file():
        raise UserProblem("no-such-file", f"There is no file `{file}`.", where=Place(str(file)))
    used = [n for n in (FILE, *FOLDERS) if (home / n).exists()]
    if used:
        raise UserProblem(
            "not-empty", f"`{home}` is in use: it has `{used[0]}`.", "A restore never writes over a workspace.",
            "Name an empty folder with `--home DIR`.", Place(str(home)),
        )  # fmt: skip
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    staging = home / "restoring"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700)
    try:
        tell("reading the backup", 0.1)
        whole = _whole(file)
        made = _extract(file, staging)
        if not whole:
            raise damaged(file, "its frame", "Every part is as it was, but the hash over the whole file is not.")
        tell("laying it out", 0.5)
        _unpack(file, staging)
        for part in sorted(staging.iterdir()):
            part.rename(home / part.name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return made


def _unpack(file: Path, staging: Path) -> None:
    """The store out of its packing, as long as that leaves room on the disk. UserProblem `damaged-backup`, `disk`."""
    (staging / "keys").mkdir(exist_ok=True)
    (staging / "keys").chmod(0o700)
    room = shutil.disk_usage(staging).free - SPARE
    target = os.open(staging / FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with gzip.open(staging / STORE, "rb") as packed, os.fdopen(target, "wb") as out:
            while block := packed.read(BLOCK):
                room -= len(block)
                if room < 0:
                    raise UserProblem(
                        "disk", "There is no room for what is in this backup.", "Nothing was restored.", "Make room.",
                        Place(str(file)),
                    )  # fmt: skip
                out.write(block)
    except (OSError, EOFError, zlib.error) as error:
        raise damaged(file, STORE, f"It cannot be unpacked: {type(error).__name__}.") from error
    (staging / STORE).unlink()


def _whole(file: Path) -> bool:
    """Whether the file is, to the byte, what was written."""
    digest, left = sha256(), file.stat().st_size - TRAILER
    with file.open("rb") as source:
        while left > 0 and (block := source.read(min(BLOCK, left))):
            digest.update(block)
            left -= len(block)
        return source.read() == b"sha256:" + digest.hexdigest().encode() + b"\n"


def _extract(file: Path, staging: Path) -> Backup:
    """Take every part out and hold it to its hash, one after the other; the first bad one is named."""
    name = "MANIFEST.json"
    try:
        with tarfile.open(file, mode="r|") as tar:
            made = _manifest(file, tar)
            for name, expected in made.parts.items():
                member = tar.next()
                if member is None or member.name != name or not _plain(member) or not _inside(name):
                    raise damaged(file, name, "It is not where it should be.")
                if _taken_out(tar, member, staging / name) != expected:
                    raise damaged(file, name, "Its hash is not the one it was written with.")
            return made
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError, OSError, RecursionError) as error:
        raise damaged(file, name, f"It cannot be read: {type(error).__name__}.") from error


def _manifest(file: Path, tar: tarfile.TarFile) -> Backup:
    first = tar.next()
    source = tar.extractfile(first) if first is not None and first.name == "MANIFEST.json" else None
    if source is None:
        raise damaged(file, "MANIFEST.json", "It is not a backup of Oarlock.")
    made = Backup(**json.loads(source.read(MOST_MANIFEST)))
    if not isinstance(made.parts, dict) or STORE not in made.parts:
        raise damaged(file, "MANIFEST.json", "It does not say where the store is.")
    if made.format != FORMAT:
        raise damaged(file, "MANIFEST.json", f"Format {made.format} was written by another release.")
    return made


def _plain(member: tarfile.TarInfo) -> bool:
    """A file as we write them: no link, no device, and no sparse one, which says it is larger than the backup."""
    return member.isreg() and not member.issparse()


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return (
        not path.is_absolute()
        and ".." not in path.parts
        and (name in (STORE, *FILES) or (path.parts[0] in FOLDERS and len(path.parts) > 1))
    )


def _taken_out(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> str:
    source = tar.extractfile(member)
    assert source is not None
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = sha256()
    mode = 0o600 if target.parent.name == "keys" else 0o644
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as out:
        while block := source.read(BLOCK):
            digest.update(block)
            out.write(block)
    return digest.hexdigest()


def damaged(file: Path, part: str, why: str) -> UserProblem:
    """The refusal of a backup that is not what was written, with the part that shows it."""
    return UserProblem(
        "damaged-backup", f"The backup is damaged: {part}.", why, "Take another backup; nothing was restored.",
        Place(str(file)),
    )  # fmt: skip


def into_its_database(home: Path) -> None:
    """Bring a store just laid out as an SQLite file to the database the environment names, where it names one."""
    from django.core.management import call_command
    from django.db import connection

    from oarlock.jobs.moving import connected, copy

    if connection.vendor == "sqlite":
        return
    call_command("migrate", verbosity=0, interactive=False)
    with connected("source", home, None) as source:
        call_command("migrate", database="source", verbosity=0, interactive=False)
        copy(source, connection)
    for left in home.glob(f"{FILE}*"):
        left.unlink()
