"""The workspace's folder `agreements/`: each signed version as a file of its exact bytes, for the command line and git.

Promises: a file is whole or not there; doing it again changes nothing; an unsigned text that would judge in the place
of a signed one is set aside into `agreements/.unsigned/`, never removed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from oarlock.agreement import read
from oarlock.ground.problems import Problem
from oarlock.store.models import Version
from oarlock.store.reads.drafts import terms_of_text

ASIDE = ".unsigned"


def lay_out(home: Path) -> list[str]:
    """Write each signed version that has no file yet as `<number>.yaml`; the names of those written."""
    folder = home / "agreements"
    folder.mkdir(parents=True, exist_ok=True)
    versions = {bytes(one.source): one.number for one in Version.objects.only("number", "source").order_by("number")}
    days = {terms_of_text(source, number).in_force for source, number in versions.items()}
    names = {f"{number}.yaml" for number in versions.values()}
    lying = {path: _bytes(path) for path in _texts(folder)}
    for path, data in lying.items():
        if data not in versions and (path.name in names or _day(path) in days):
            _set_aside(folder, path)
    missing = [(source, number) for source, number in versions.items() if source not in lying.values()]
    return [_write(folder, f"{number}.yaml", source) for source, number in missing]


def _texts(folder: Path) -> Iterator[Path]:
    """What the command line takes for versions."""
    for path in sorted(folder.iterdir()):
        if not path.name.startswith(".") and (path.is_dir() or path.suffix in (".yaml", ".yml")):
            yield path


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _day(path: Path) -> object:
    """From when that text would judge; None where it is none."""
    try:
        agreement = read(path).agreement
    except Problem:
        return None
    return agreement.in_force if agreement else None


def _set_aside(folder: Path, path: Path) -> None:
    aside = folder / ASIDE
    aside.mkdir(exist_ok=True)
    mark = sha256(_bytes(path)).hexdigest()[:12]
    path.rename(aside / f"{path.stem}-{mark}{path.suffix}")


def _write(folder: Path, name: str, source: bytes) -> str:
    """Whole or not at all, and on the disk before it is said to be there."""
    waiting = folder / f".{name}.{os.getpid()}"
    with waiting.open("wb") as out:
        out.write(source)
        out.flush()
        os.fsync(out.fileno())
    waiting.replace(folder / name)
    entry = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)
    return name
