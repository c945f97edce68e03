"""DuckDB is opened in one place, locked: what is allowed works, and every way out is shut."""

from __future__ import annotations

from pathlib import Path

import duckdb
import ibis
import pytest

from oarlock.engines.duck import connect, ibis_backend
from oarlock.engines.sql import ident, text

ESCAPES = [
    "SELECT * FROM read_text('{outside}')",
    "SELECT * FROM '{outside}'",
    "SELECT * FROM read_csv('{inside}/../secret.csv')",
    "SELECT * FROM glob('{parent}/*')",
    "COPY (SELECT 1) TO '{parent}/out.csv'",
    "ATTACH '{parent}/other.db'",
    "EXPORT DATABASE '{parent}/dump'",
    "IMPORT DATABASE '{parent}'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{parent}/evil.duckdb_extension'",
    "SELECT * FROM read_csv('https://example.org/x.csv')",
    "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
    "SET enable_external_access = true",
    "SET allowed_directories = ['/']",
    "RESET lock_configuration",
    "SET temp_directory = '{parent}'",
    "SET extension_directory = '{parent}'",
    "SET autoinstall_known_extensions = true",
    "SET memory_limit = '1TB'",
    "PRAGMA profiling_output = '{parent}/out.json'",
    "CALL enable_logging(storage_path = '{parent}/log')",
    "CREATE SECRET (TYPE s3)",
    "SELECT getenv('HOME')",
    "SELECT * FROM sniff_csv('{outside}')",
    "COPY (SELECT 1) TO '/dev/stdout'",
]


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.csv").write_text("a\n1\n")
    (inside / "open.csv").write_text("a\n1\n2\n")
    return tmp_path, inside


@pytest.mark.parametrize("escape", ESCAPES)
def test_a_way_out_is_refused_and_leaves_no_trace(folders: tuple[Path, Path], escape: str) -> None:
    parent, inside = folders
    before = sorted(parent.rglob("*"))
    with connect([inside]) as connection, pytest.raises(duckdb.Error):
        connection.execute(escape.format(parent=parent, inside=inside, outside=parent / "secret.csv")).fetchall()
    assert sorted(parent.rglob("*")) == before


def test_what_is_allowed_is_read_and_written(folders: tuple[Path, Path]) -> None:
    _, inside = folders
    with connect([inside]) as connection:
        connection.execute(f"COPY (SELECT * FROM '{inside}/open.csv') TO '{inside}/new.parquet' (FORMAT parquet)")
        assert connection.execute(f"SELECT sum(a) FROM '{inside}/new.parquet'").fetchall() == [(3,)]


def test_a_single_file_may_be_allowed_without_its_neighbours(folders: tuple[Path, Path]) -> None:
    parent, inside = folders
    with connect([inside / "open.csv"]) as connection:
        assert connection.execute(f"SELECT count(*) FROM '{inside}/open.csv'").fetchall() == [(2,)]
        with pytest.raises(duckdb.Error):
            connection.execute(f"SELECT * FROM '{parent}/secret.csv'").fetchall()


def test_variables_of_the_program_are_no_tables(folders: tuple[Path, Path]) -> None:
    rows = [1, 2, 3]
    with connect([folders[1]]) as connection, pytest.raises(duckdb.CatalogException):
        connection.execute("SELECT * FROM rows").fetchall()
    assert rows


def test_what_does_not_fit_into_memory_is_spilled_where_it_may(folders: tuple[Path, Path]) -> None:
    _, inside = folders
    query = "SELECT count(*) FROM (SELECT md5(a::VARCHAR) AS b FROM range(2500000) r(a) ORDER BY b)"
    with connect([inside], memory="90MB", spill=inside / "spill") as connection:
        assert connection.execute(query).fetchall() == [(2_500_000,)]


def test_ibis_works_on_the_locked_connection_in_utc(folders: tuple[Path, Path]) -> None:
    with connect([folders[1]]) as connection:
        backend = ibis_backend(connection)
        table = ibis.memtable({"a": [1, 2, 3]})
        assert backend.execute(table.a.sum()) == 6
        assert connection.execute("SELECT current_setting('TimeZone')").fetchall() == [("UTC",)]


@pytest.mark.parametrize("name", ['a"b', "a'b", "a;b", '"; DROP TABLE x; --', "ü", "a\\'b"])
def test_names_and_texts_of_strangers_stay_names_and_texts(name: str) -> None:
    with connect([]) as connection:
        found = connection.execute(f"SELECT {text(name)} AS {ident(name)}")
        assert (found.description[0][0], found.fetchall()) == (name, [(name,)])
