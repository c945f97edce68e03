"""A folder of files as one text of bytes, and back: what is hashed and signed when an agreement is a folder.

    oarlock-folder/1\\n                                     the mark
    <length of name> <length of content>\\n<name><content>   once a file, in the order of the names' bytes

Lengths are decimal numbers of bytes, so that no name or content can pass for another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MARK = b"oarlock-folder/1\n"
_LENGTHS = re.compile(rb"(0|[1-9][0-9]{0,8}) (0|[1-9][0-9]{0,8})\n")

Files = tuple[tuple[str, bytes], ...]


def bundle(files: Iterable[tuple[str, bytes]]) -> bytes:
    """The files as one text of bytes."""
    named = sorted((name.encode(), content) for name, content in files)
    return MARK + b"".join(b"%d %d\n%s%s" % (len(name), len(content), name, content) for name, content in named)


def unbundle(data: bytes) -> Files | None:
    """The files again; None where the bytes are not exactly what `bundle` makes."""
    files, at = [], len(MARK)
    while data.startswith(MARK) and at < len(data):
        found = _LENGTHS.match(data, at)
        if found is None:
            return None
        start, end = found.end() + int(found.group(1)), found.end() + int(found.group(1)) + int(found.group(2))
        files.append((data[found.end() : start].decode("utf-8", "replace"), data[start:end]))
        at = end
    return tuple(files) if len({name for name, _ in files}) == len(files) and bundle(files) == data else None
