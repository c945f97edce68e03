"""Files that are broken, mislabelled or meant to do harm: a clear word or a quarantined row, in bounded memory."""

from __future__ import annotations

import gzip
import random
import subprocess
import sys
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from oarlock.engines.long_rows import BURST, RATE
from oarlock.ground.problems import UserProblem

from .conftest import Workspace

PEOPLE = "person_id,name\np1,Zoë\np2,Jürgen — “so”\n"
WHOLE = [("p1", "Zoë"), ("p2", "Jürgen — “so”")]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (PEOPLE.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + PEOPLE.encode(), "utf-8"),
        (PEOPLE.encode("cp1252"), "latin-1"),
        (PEOPLE.encode("utf-16"), "utf-16"),
        (PEOPLE.encode("utf-16-le"), "utf-16-le"),
        (PEOPLE.encode("utf-16-be"), "utf-16-be"),
        (PEOPLE.replace("\n", "\r\n").encode(), "utf-8"),
        (PEOPLE.replace("\n", "\r").encode(), "utf-8"),
        (PEOPLE.rstrip("\n").encode(), "utf-8"),
        (PEOPLE.replace(",", ";").encode(), "utf-8"),
        (PEOPLE.replace(",", "\t").encode("utf-16"), "utf-16"),
        (PEOPLE.replace(",", "|").encode("cp1252"), "latin-1"),
    ],
)
def test_text_is_read_however_it_is_written(space: Workspace, content: bytes, encoding: str) -> None:
    space.put("people.csv", content)
    summary = space.bring()
    assert space.ask("SELECT person_id, name FROM people ORDER BY 1") == WHOLE
    assert (summary.files[0].encoding, summary.quarantined) == (encoding, 0)


def test_a_packed_file_is_the_same_file(space: Workspace) -> None:
    space.put("people.csv.gz", gzip.compress(PEOPLE.encode()))
    assert [f.name for f in space.bring().files] == ["people.csv"]
    assert space.ask("SELECT person_id, name FROM people ORDER BY 1") == WHOLE


def test_tab_separated_and_parquet_files_come_in_too(space: Workspace) -> None:
    space.put("people.tsv", PEOPLE.replace(",", "\t"))
    kinds = pa.schema([("account_id", "string"), ("employees", "int32"), ("properties", pa.map_("string", "string"))])
    pq.write_table(
        pa.table({"account_id": ["a1"], "employees": [12], "properties": [[("k", "v")]]}, schema=kinds),
        space.files / "accounts.parquet",
    )
    space.bring()
    assert space.ask("SELECT person_id, name FROM people ORDER BY 1") == WHOLE
    assert space.ask("SELECT account_id, employees, properties FROM accounts") == [("a1", 12.0, {"k": "v"})]


def test_latin_letters_far_into_an_ascii_file_are_found(space: Workspace) -> None:
    rows = "".join(f"p{n},plain\n" for n in range(400_000))
    space.put("people.csv", ("person_id,name\n" + rows + "q,Zoë\n").encode("cp1252"))
    space.bring()
    assert space.ask("SELECT name FROM people WHERE person_id = 'q'") == [("Zoë",)]


REFUSED = {
    "empty.csv": (b"", "empty-file"),
    "blank.csv": (b"\n\n  \n", "empty-file"),
    "zeros.csv": (b"\0" * 5000, "empty-file"),
    "workbook.csv": (b"PK\x03\x04" + b"x" * 100, "not-what-it-says"),
    "old.csv": (b"\xd0\xcf\x11\xe0" + b"x" * 100, "not-what-it-says"),
    "page.csv": (b"<!DOCTYPE html><title>Sign in</title>", "not-what-it-says"),
    "binary.csv": (bytes(range(256)) * 50, "not-what-it-says"),
    "packed.csv": (gzip.compress(b"person_id\np1\n"), "not-what-it-says"),
    "plain.csv.gz": (b"person_id\np1\n", "not-what-it-says"),
    "column.parquet": (b"person_id\np1\n", "not-what-it-says"),
    "column.csv": (b"PAR1" + b"x" * 100, "not-what-it-says"),
    "broken.parquet": (b"PAR1" + b"x" * 100 + b"PAR1", "broken-parquet"),
    "cut.csv.gz": (gzip.compress(PEOPLE.encode() * 1000)[:-40], "cut-off"),
    "rotten.csv.gz": (gzip.compress(PEOPLE.encode() * 9000)[:60] + b"\xff" * 40, "broken-gzip"),
    "two.csv.gz": (gzip.compress(PEOPLE.encode()) * 2, "gzip-with-more"),
    "wide.csv": (b"person_id" + b",x" * 5000 + b"\n", "too-many-columns"),
    "long-header.csv": (b"person_id," + b"x" * 400_000 + b"\n", "not-what-it-says"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_of_people_is_refused_by_name(space: Workspace, name: str) -> None:
    content, code = REFUSED[name]
    path = space.put("people." + name.split(".", 1)[1], content)
    with pytest.raises(UserProblem) as caught:
        space.bring(path)
    assert caught.value.code == code
    assert path.name in caught.value.what
    assert not (space.home / "lake" / "manifest.json").exists()


def test_a_file_that_is_not_there_or_is_a_pipe_end_is_refused(space: Workspace) -> None:
    with pytest.raises(UserProblem) as caught:
        space.bring(space.files / "people.csv")
    assert caught.value.code == "unreadable"


def test_most_rows_broken_means_the_file_is_not_what_it_seems(space: Workspace) -> None:
    space.put("people.csv", "person_id,name\n" + "a;b;c\n" * 3000)
    with pytest.raises(UserProblem) as caught:
        space.bring()
    assert caught.value.code == "mostly-broken"


def test_one_bad_character_in_a_text_of_good_ones_costs_its_row(space: Workspace) -> None:
    space.put("people.csv", PEOPLE.encode() + b"p3,\xff\np4,\xc3\xa9\n")
    assert space.bring().files[0].quarantined == {"not-utf-8": 1}
    assert space.ask("SELECT count(*) FROM people") == [(3,)]


def test_nul_bytes_cost_their_row(space: Workspace) -> None:
    space.put("people.csv", "person_id,name\np1,a\0b\np2,c\n")
    assert space.bring().files[0].quarantined == {"nul-byte": 1}


def test_a_file_of_a_header_only_is_an_empty_table(space: Workspace) -> None:
    space.put("people.csv", "person_id,name\n")
    assert space.bring().rows == 0
    assert space.ask("SELECT count(*) FROM people") == [(0,)]


def test_hostile_words_stay_words(space: Workspace) -> None:
    words = [
        "'; DROP TABLE people; --",
        "\"); ATTACH 'x' (",
        "$$x$$",
        "{{7*7}}",
        "%s%n",
        "\\x00",
        "a\\",
        "=cmd|' /C calc'!A0",
    ]
    header = '"person_id","na\'me"") FROM x; --","c1, c2"\n'
    quoted = [w.replace('"', '""') for w in words]
    space.put("people.csv", header + "".join(f'"p{n}","{w}","{w}"\n' for n, w in enumerate(quoted)))
    space.bring()
    found = space.ask("SELECT properties FROM people ORDER BY person_id")
    assert [list(p.values()) for (p,) in found] == [[w, w] for w in words]


def test_a_file_name_full_of_quotes_is_a_file_name(space: Workspace) -> None:
    path = space.put("people.'; DROP TABLE x; --.csv", "person_id,created_at\np1,x\np2,2026-01-01\n")
    assert space.bring(path).quarantined == 1
    assert space.ask("SELECT count(*) FROM people") == [(1,)]


# Memory, measured in a process of its own

PROBE = """
import resource, sys, json
from datetime import UTC, datetime
from pathlib import Path
from oarlock.engines.intake import bring_in
from oarlock.engines.presets import preset
from oarlock.ground.problems import UserProblem

home, idle, hostile = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
def bring(path):
    return bring_in([path], preset("oarlock"), home, zone="UTC", now=datetime(2026, 11, 21, tzinfo=UTC))
bring(idle)
before = peak()
try:
    told = {k: v for f in bring(hostile).files for k, v in f.quarantined.items()}
except UserProblem as problem:
    told = problem.code
print(json.dumps({"told": told, "over": peak() - before}))
"""
MEGABYTE = 1024 * 1024


AT_MOST = 256 * MEGABYTE
"""What TRUST.md (R17) allows over idle."""


def probe(space: Workspace, hostile: Path) -> dict[str, object]:
    import json

    idle = space.put("people.csv", PEOPLE)
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(space.home), str(idle), str(hostile)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["over"] < AT_MOST
    return dict(found)


def bomb(path: Path, unpacked: int) -> Path:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    with path.open("wb") as out:
        out.write(packer.compress(b"person_id,name\n"))
        for _ in range(unpacked // MEGABYTE):
            out.write(packer.compress(b"x" * MEGABYTE))
        out.write(packer.flush())
    return path


def test_a_gzip_bomb_is_told_before_it_goes_off(space: Workspace) -> None:
    (space.files / "b").mkdir()
    assert probe(space, bomb(space.files / "b" / "people.csv.gz", 260 * MEGABYTE))["told"] == "gzip-bomb"


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_of_hundreds_of_megabytes_is_one_row_in_quarantine(space: Workspace, quote: str) -> None:
    (space.files / "b").mkdir()
    path = space.files / "b" / "people.csv"
    with path.open("wb") as out:
        out.write(f"person_id,name\np0,a\np1,{quote}".encode())
        for _ in range(300):
            out.write(b"x" * MEGABYTE)
        out.write(f"{quote}\np2,b\n".encode())
    assert probe(space, path)["told"] == {"row-too-long": 1}


def long_rows(space: Workspace, sizes: list[int]) -> Path:
    """A file of people whose last column has so many letters; the ids of long rows sort before all others."""
    (space.files / "b").mkdir()
    path = space.files / "b" / "people.csv"
    letters = random.Random(7).randbytes(100_000).hex().encode()
    with path.open("wb") as out:
        out.write(b"person_id,name,note\n")
        for n, size in enumerate(sizes):
            out.write(b"%s%d,x,%s\n" % (b"a" if size > 1000 else b"z", n, letters[n % 999 : n % 999 + size]))
    return path


def test_thousands_of_the_longest_rows_are_refused_with_what_to_do(space: Workspace) -> None:
    assert probe(space, long_rows(space, [60_000] * 3000))["told"] == "long-rows"


def test_rows_of_the_length_that_always_comes_in_cost_no_more_the_more_there_are(space: Workspace) -> None:
    assert probe(space, long_rows(space, [RATE - 20] * 12_000))["told"] == {}


def test_long_rows_together_in_a_file_of_short_ones_are_set_aside(space: Workspace) -> None:
    told = probe(space, long_rows(space, [10] * 100_000 + [16_000] * 4000))["told"]
    assert told == {"too-many-long-rows": 4000 - BURST // (16_000 + len("a100000,x,\n") - RATE)}


def test_long_rows_here_and_there_come_in_even_where_their_ids_bring_them_together(space: Workspace) -> None:
    sizes = [60_000 if n % 12 == 0 else 1 for n in range(20_000)]
    assert probe(space, long_rows(space, sizes))["told"] == {}


def test_long_broken_rows_cost_no_more_memory_than_sound_ones(space: Workspace) -> None:
    (space.files / "b").mkdir()
    path = space.files / "b" / "people.csv"
    with path.open("wb") as out:
        out.write(b"person_id,name\n")
        for n in range(6000):
            out.write(b"p%d,%s,one too many\n" % (n, b"y" * 60_000) if n % 2 else b"p%d,x\n" % n)
    assert probe(space, path)["told"] == {"too-many-fields": 3000}


def test_a_small_parquet_file_in_which_every_row_names_one_long_text_is_refused(space: Workspace) -> None:
    (space.files / "b").mkdir()
    path = space.files / "b" / "people.parquet"
    note = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, "int32"), pa.array(["x" * 100_000]))
    pq.write_table(pa.table({"person_id": [f"p{n}" for n in range(20_000)], "note": note}), path)
    assert path.stat().st_size < MEGABYTE
    assert probe(space, path)["told"] == "long-rows"


@pytest.mark.parametrize(("megabytes", "code"), [(1, "long-rows"), (250, "large-pieces")])
def test_a_cell_too_long_refuses_its_parquet_file(space: Workspace, megabytes: int, code: str) -> None:
    (space.files / "b").mkdir()
    path = space.files / "b" / "people.parquet"
    pq.write_table(pa.table({"person_id": ["p1"], "note": ["x" * (megabytes * MEGABYTE)]}), path, compression="zstd")
    assert probe(space, path)["told"] == code


def test_a_parquet_file_with_a_broken_page_is_refused(space: Workspace) -> None:
    path = space.files / "people.parquet"
    pq.write_table(pa.table({"person_id": [f"p{n}" for n in range(5000)]}), path, compression="zstd")
    content = bytearray(path.read_bytes())
    content[60:600] = bytes(540)
    path.write_bytes(content)
    with pytest.raises(UserProblem) as caught:
        space.bring(path)
    assert caught.value.code == "broken-parquet"
