"""Read an agreement: a file, a folder of files, or bytes, into a draft. Never an exception over what a text says.

A folder's files (`*.yaml`, `*.yml`, but for `cases.yaml`, which holds examples) each give some of the top-level keys;
no key may stand in two of them.
"""

from __future__ import annotations

import os
from pathlib import Path

from oarlock.agreement.bundles import MARK, Files, bundle, unbundle
from oarlock.agreement.draft import Draft
from oarlock.agreement.findings import Finding
from oarlock.agreement.limits import MAX_BYTES, decode
from oarlock.agreement.nodes import EMPTY, Block, Entry
from oarlock.agreement.shaping import shaped
from oarlock.agreement.yaml_text import parse
from oarlock.ground.problems import Place, UserProblem

MAX_FILES = 100
CASES = "cases.yaml"


def read(path: Path) -> Draft:
    """The agreement in that file or folder. UserProblem where there is no such file, or nothing in the folder."""
    if path.is_dir():
        return _read_files(str(path), _folder(path))
    if not path.is_file():
        raise UserProblem(
            "no-such-file",
            f"There is no file `{path}`.",
            next_step="Name the agreement's file or folder.",
            where=Place(str(path)),
        )
    return read_text(_bytes(path), str(path))


def read_text(text: bytes, name: str = "agreement.yaml") -> Draft:
    """The agreement in these bytes: a file's, or a folder's as `Terms.source` holds them."""
    if text.startswith(MARK):
        files = unbundle(text)
        if files is not None:
            return _read_files(name, files)
    root, found = _parsed(text, name)
    return _draft(name, text, root, found)


def _read_files(name: str, files: Files) -> Draft:
    source = bundle(files)
    if len(source) > MAX_BYTES:
        return Draft(name, source, findings=tuple(decode(source, name)[1]))
    root, found = _joined([_parsed(content, str(Path(name, file))) for file, content in files])
    return _draft(name, source, root, found)


def _draft(name: str, source: bytes, root: Block, found: list[Finding]) -> Draft:
    """Shape what was parsed; where nothing could be parsed, what was found is said and no more."""
    if root is EMPTY and found:
        return Draft(name, source, findings=tuple(found))
    shape = shaped(root, name)
    return Draft(name, source, root, shape.kept, (*found, *shape.findings), shape.agreement)


def _parsed(data: bytes, file: str) -> tuple[Block, list[Finding]]:
    text, found = decode(data, file)
    return (EMPTY, found) if text is None else parse(text, file)


def _joined(parts: list[tuple[Block, list[Finding]]]) -> tuple[Block, list[Finding]]:
    """One mapping of all files' top-level keys."""
    entries: dict[str, Entry] = {}
    found = [finding for _, findings in parts for finding in findings]
    for entry in (entry for block, _ in parts for entry in block.entries):
        if entry.key in entries:
            first = entries[entry.key].place
            message = f"`{entry.key}` stands in two files (first in {first.file}, line {first.line})."
            found.append(Finding("error", "duplicate-key", message, entry.place, "Keep a top-level key in one file."))
        else:
            entries[entry.key] = entry
    return Block(tuple(entries.values()), next((e.place for e in entries.values()), EMPTY.place)), found


def _folder(path: Path) -> Files:
    """The folder's own agreement files, by name; links out of it are not followed."""
    names = sorted(p for p in path.iterdir() if p.suffix in (".yaml", ".yml") and p.name != CASES)
    files = [p for p in names if p.is_file() and not p.is_symlink()]
    if not files or len(files) > MAX_FILES:
        what = f"more than {MAX_FILES}" if files else "no"
        raise UserProblem(
            "no-agreement",
            f"The folder `{path}` holds {what} agreement files.",
            next_step="Name a folder with `*.yaml` files, or one file.",
            where=Place(str(path)),
        )
    return tuple((file.name, _bytes(file)) for file in files)


def _bytes(path: Path) -> bytes:
    """The file's bytes, one more than are allowed at most."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as problem:
        what = f"`{path}` cannot be read: {os.strerror(problem.errno or 0)}."
        raise UserProblem("cannot-read", what, where=Place(str(path))) from problem
