"""The evidence of what was signed: a folder anybody can check with `verify.py`, without Oarlock.

chain.jsonl     the audit trail, a line each: [number, microseconds, actor, verb, kind, subject, detail, hash]
versions/       001.envelope.json, the exact bytes that were signed; 001.yaml, the text in it, to read
key.pub         the workspace's public key (hex)
verify.py       what checks all of it
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from oarlock.ground.intervals import micros
from oarlock.store import verify
from oarlock.store.envelope import public_key
from oarlock.store.keys import signing_seed
from oarlock.store.models import AuditLine, Version

BATCH = 5_000


def export(folder: Path) -> int:
    """Write the evidence into a folder (made if it is not there); how many lines the trail has."""
    (folder / "versions").mkdir(parents=True, exist_ok=True)
    seed = signing_seed(Path(settings.OARLOCK.home))
    _write(folder / "key.pub", [public_key(seed).hex().encode() + b"\n"])
    for version in Version.objects.order_by("number"):
        name = folder / "versions" / f"{version.number:03}"
        _write(name.with_suffix(".envelope.json"), [bytes(version.envelope)])
        _write(name.with_suffix(".yaml"), [bytes(version.source)])
    _write(folder / "verify.py", [Path(verify.__file__).read_bytes()])
    return _write(folder / "chain.jsonl", _chain())


def _chain() -> Iterator[bytes]:
    """The trail along its key, in batches: it may have millions of lines."""
    after = 0
    while True:
        lines = list(AuditLine.objects.filter(number__gt=after).order_by("number")[:BATCH])
        if not lines:
            return
        yield from (_line(line) for line in lines)
        after = lines[-1].number


def _line(line: AuditLine) -> bytes:
    whole = [line.number, micros(line.at), line.actor, line.verb, line.subject_kind, line.subject, line.detail]
    return json.dumps([*whole, line.hash], ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _write(path: Path, parts: Iterable[bytes]) -> int:
    written = 0
    with path.open("wb") as out:
        for part in parts:
            out.write(part)
            written += 1
        out.flush()
        os.fsync(out.fileno())
    return written
