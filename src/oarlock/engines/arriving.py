"""A file as it arrives: what it really is, and its text as UTF-8 in blocks, whatever it was packed or written in.

Promises: nothing is held but one block; what is packed unpacks within bounds; a file that is not what its name says,
is empty, cut off or a bomb is refused by one UserProblem that says so.
"""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO

from oarlock.ground.problems import Place, UserProblem

BLOCK = 4 * 1024 * 1024
UNPACK_RATIO = 200
UNPACK_FREE = 64 * 1024 * 1024
"""Up to here a packed file may unpack at any ratio; beyond it at most `UNPACK_RATIO` times its packed size."""

TEXT_NAMES = (".csv", ".tsv", ".txt", ".tab")
_MAGIC = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3", "a SQLite database"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x7fELF", "a program"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "an XML document"),
)
_WINDOWS = {n: bytes([n]).decode("cp1252", "ignore") or chr(n) for n in range(0x80, 0xA0)}
"""What Latin-1 leaves as control characters is punctuation in the Windows form of it, which is what people have."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file named to an import. `name` is without `.gz`; quarantine and log call it so."""

    path: Path
    packed: bool
    parquet: bool

    @property
    def name(self) -> str:
        """The file's name, without `.gz`."""
        return self.path.stem if self.packed else self.path.name


class NotUtf8(Exception):
    """The text turned out not to be UTF-8 and nothing before it was beyond ASCII."""


def look_at(path: Path) -> Arrival:
    """What kind of file this is, by its first bytes and its name. Raises UserProblem where the two do not agree."""
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError as error:
        raise refusal(path, "unreadable", f"{path.name} cannot be read.", str(error.strerror)) from error
    if not head.strip(b"\0 \t\r\n"):
        raise refusal(path, "empty-file", f"{path.name} is empty.", "There is no header line to read.")
    gz, parquet = head.startswith(b"\x1f\x8b"), head.startswith(b"PAR1")
    found = next((what for magic, what in _MAGIC if head.lstrip().startswith(magic)), None)
    named = path.suffix.lower()
    if found or gz != (named == ".gz") or parquet != (named == ".parquet"):
        what = found or ("gzip" if gz else "Parquet" if parquet else "not what its name says")
        next_step = "Save it as CSV, TSV or Parquet under a name that says so (`.csv`, `.tsv`, `.parquet`, `.csv.gz`)."
        raise refusal(path, "not-what-it-says", f"{path.name} is {what}.", "Its name promises another kind.", next_step)
    return Arrival(path, gz, parquet)


def refusal(path: Path, code: str, what: str, why: str = "", next_step: str = "") -> UserProblem:
    """A whole file refused."""
    return UserProblem(code, what, why, next_step, Place(str(path)))


class Text:
    """The text of one arrival as UTF-8 blocks. After `blocks` ran to its end, `sha256` is the hash of the file."""

    def __init__(self, arrival: Arrival, encoding: str | None) -> None:
        self.arrival = arrival
        self.encoding = encoding or guess_encoding(arrival)
        self.stated = encoding is not None
        self.read = 0
        self._hash = sha256()

    @property
    def altered(self) -> bool:
        """Whether the blocks differ from the bytes on disk."""
        return self.arrival.packed or self.encoding != "utf-8"

    @property
    def sha256(self) -> str:
        """The hash of the bytes on disk that were read so far."""
        return self._hash.hexdigest()

    def blocks(self) -> Iterator[bytes]:
        """UTF-8 bytes in blocks of about 4 MiB. Raises NotUtf8 if a guess of UTF-8 was wrong from the start."""
        raw = self._raw()
        return _checked(raw, self.stated) if self.encoding == "utf-8" else _recoded(raw, self.encoding)

    def _raw(self) -> Iterator[bytes]:
        with self.arrival.path.open("rb") as file:
            yield from self._unpacked(file) if self.arrival.packed else self._plain(file)

    def _plain(self, file: IO[bytes], size: int = BLOCK) -> Iterator[bytes]:
        while block := file.read(size):
            self._hash.update(block)
            self.read += len(block)
            yield block

    def _unpacked(self, file: IO[bytes]) -> Iterator[bytes]:
        """One gzip member, at most `UNPACK_RATIO` times its size."""
        unpacker, made, path = zlib.decompressobj(zlib.MAX_WBITS | 16), 0, self.arrival.path
        try:
            for packed in self._plain(file, 64 * 1024):
                while packed:
                    block = unpacker.decompress(packed, BLOCK)
                    made += len(block)
                    if made > UNPACK_FREE and made > UNPACK_RATIO * self.read:
                        raise _bomb(path)
                    yield block
                    packed = unpacker.unconsumed_tail
                if unpacker.unused_data:
                    raise _more(path)
        except zlib.error as error:
            raise _broken_gzip(path, error) from error
        if not unpacker.eof:
            raise refusal(path, "cut-off", f"{path.name} is cut off: the packed data ends in the middle.", "",
                          "Fetch the file again; nothing of it was brought in.")  # fmt: skip


def _broken_gzip(path: Path, error: zlib.error) -> UserProblem:
    return refusal(path, "broken-gzip", f"{path.name} cannot be unpacked.", str(error), "Fetch the file again.")


def _more(path: Path) -> UserProblem:
    return refusal(
        path, "gzip-with-more", f"{path.name} holds more than one packed part.",
        "Only the first would be read.", "Unpack it, or pack it again in one piece.",
    )  # fmt: skip


def _bomb(path: Path) -> UserProblem:
    return refusal(
        path, "gzip-bomb", f"{path.name} unpacks to more than {UNPACK_RATIO} times its size.",
        "Such a file fills the disk.", "Unpack it yourself if you trust it, and import what comes out.",
    )  # fmt: skip


def guess_encoding(arrival: Arrival) -> str:
    """By byte order mark, else by where the first kilobytes have zero bytes; UTF-8 unless something says otherwise."""
    head = head_of(arrival)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 4 and min(even, odd) < max(even, odd) // 8:
        return "utf-16-be" if even > odd else "utf-16-le"
    return "utf-8"


def head_of(arrival: Arrival, size: int = 65536) -> bytes:
    """The first bytes of the unpacked file."""
    with arrival.path.open("rb") as file:
        if not arrival.packed:
            return file.read(size)
        try:
            return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(file.read(size), size)
        except zlib.error as error:
            raise _broken_gzip(arrival.path, error) from error


def _recoded(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    windows = encoding == "latin-1"
    for block in blocks:
        text = decoder.decode(block)
        yield (text.translate(_WINDOWS) if windows else text).encode("utf-8")
    yield decoder.decode(b"", True).encode("utf-8")


def _checked(blocks: Iterator[bytes], stated: bool) -> Iterator[bytes]:
    """The blocks as they are. Broken UTF-8 is left to the rows it stands in, unless all before it was plain ASCII:
    then the file is written in another way and NotUtf8 says so."""
    ascii_so_far, tail = not stated, b""
    for block in blocks:
        if ascii_so_far and not (tail + block).isascii():
            ascii_so_far, tail = _first_beyond_ascii(tail + block)
        yield block


def _first_beyond_ascii(text: bytes) -> tuple[bool, bytes]:
    """Whether the question is still open (a character cut in two at the end of a block), and the bytes to keep."""
    start = next(n for n, byte in enumerate(text) if byte > 127) if len(text) < 64 else _index_beyond_ascii(text)
    cut = text[start : start + 4]
    try:
        cut.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and start + 4 > len(text):
            return True, cut
        if error.start == 0:
            raise NotUtf8 from error
    return False, b""


def _index_beyond_ascii(text: bytes) -> int:
    try:
        text.decode("ascii")
    except UnicodeDecodeError as error:
        return error.start
    return len(text)
