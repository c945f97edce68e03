"""A backup an attacker made: with right hashes all over, and wrong in every other way."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import tarfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from oarlock.ground.problems import UserProblem
from oarlock.jobs import backups
from oarlock.jobs.backups import restore

STORE = gzip.compress(b"SQLite format 3", mtime=0)


def _made(path: Path, parts: dict[str, bytes], manifest: bytes | None = None) -> Path:
    told: dict[str, Any] = {
        "made_at": "2026-11-01T00:00:00+00:00", "release": "0", "rows": {}, "format": 1,
        "parts": {name: sha256(data).hexdigest() for name, data in parts.items()},
    }  # fmt: skip
    whole = {"MANIFEST.json": json.dumps(told).encode() if manifest is None else manifest, **parts}
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for name, data in whole.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    path.write_bytes(path.read_bytes() + b"sha256:" + sha256(path.read_bytes()).hexdigest().encode() + b"\n")
    return path


def _refused(path: Path, home: Path) -> str:
    with pytest.raises(UserProblem) as refused:
        restore(path, home)
    assert not [p for p in home.rglob("*") if p.is_file()], "nothing was laid out"
    return refused.value.code


@pytest.mark.parametrize(
    "name", ["../evil", "/tmp/evil", "keys/../../evil", "keys", "agreements/../../evil", "evil.py", ".bashrc"]
)
def test_no_part_lands_outside_the_workspace(tmp_path: Path, name: str) -> None:
    path = _made(tmp_path / "b", {"store.sqlite3.gz": STORE, name: b"x"})
    assert _refused(path, tmp_path / "home") == "damaged-backup"
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_a_part_that_is_no_file_is_refused(tmp_path: Path, kind: bytes) -> None:
    told = {"made_at": "", "release": "", "rows": {}, "parts": {"store.sqlite3.gz": "0" * 64}, "format": 1}
    with tarfile.open(tmp_path / "b", "w") as tar:
        data = json.dumps(told).encode()
        info = tarfile.TarInfo("MANIFEST.json")
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("store.sqlite3.gz")
        link.type, link.linkname = kind, "/etc/passwd"
        tar.addfile(link)
    assert _refused(tmp_path / "b", tmp_path / "home") == "damaged-backup"


@pytest.mark.parametrize(
    "manifest",
    [b"[" * 100_000, b"[]", b"{}", b"1", b"", b"\xff", b'{"made_at":"","release":"","rows":{},"parts":[],"format":1}',
     b'{"made_at":"","release":"","rows":{},"parts":{},"format":1}'],
)  # fmt: skip
def test_a_list_of_parts_that_is_none_is_refused_in_words(tmp_path: Path, manifest: bytes) -> None:
    path = _made(tmp_path / "b", {"store.sqlite3.gz": STORE}, manifest=manifest)
    assert _refused(path, tmp_path / "home") == "damaged-backup"


@pytest.mark.parametrize(
    "packed", [b"no gzip at all", STORE[:-9], STORE[:12] + b"\xff" * 40], ids=["none", "cut", "spoiled"]
)
def test_a_store_that_cannot_be_unpacked_is_refused_in_words(tmp_path: Path, packed: bytes) -> None:
    path = _made(tmp_path / "b", {"store.sqlite3.gz": packed})
    assert _refused(path, tmp_path / "home") == "damaged-backup"


def test_a_store_that_swells_does_not_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": backups.SPARE + 5_000_000})
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    path = _made(tmp_path / "b", {"store.sqlite3.gz": gzip.compress(bytes(50_000_000))})
    assert path.stat().st_size < 100_000
    assert _refused(path, tmp_path / "home") == "disk"


def test_what_is_restored_is_its_owners_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    restore(_made(tmp_path / "b", {"keys/session": b"k" * 40, "store.sqlite3.gz": STORE}), home)
    modes = {
        p.name: p.stat().st_mode & 0o777 for p in (home, home / "keys", home / "keys/session", home / "store.sqlite3")
    }
    assert modes == {"home": 0o700, "keys": 0o700, "session": 0o600, "store.sqlite3": 0o600}
