"""The presets on real files: what is in the lake is what hand-written SQL reads straight off the raw files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oarlock.engines.presets import preset
from oarlock.engines.quarantine import quarantined

from .conftest import Workspace

SQL = Path(__file__).parent / "sql"
Real = Callable[[str], Path]
Plain = Callable[[Path, Path], list[tuple[Any, ...]]]


def test_olist(space: Workspace, real: Real, plain_duckdb: Plain) -> None:
    data = real("olist")
    summary = space.bring(data, mapping=preset("olist"), zone="UTC")
    assert (summary.rows, summary.quarantined) == (11_937, 0)
    ours = """SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM people WHERE source IS NULL),
        (SELECT count(*) FROM people WHERE source = 'unknown'), (SELECT count(DISTINCT landing_page) FROM people),
        count(*), CAST(sum(amount) AS VARCHAR), count(*) FILTER (amount = 0),
        (SELECT count(*) FROM opportunities o JOIN people p USING (person_id)
         WHERE timezone('America/Sao_Paulo', o.closed_at) < timezone('America/Sao_Paulo', p.created_at)),
        (SELECT count(*) FROM accounts), (SELECT count(*) FROM users),
        (SELECT CAST(timezone('UTC', min(created_at)) AS VARCHAR) FROM people)
        FROM opportunities WHERE status = 'won'"""
    assert space.ask(ours) == plain_duckdb(SQL / "olist.sql", data)
    segments = """SELECT properties['business_segment'] AS a, properties['lead_type'] AS b, count(*)
        FROM opportunities GROUP BY ALL ORDER BY ALL"""
    assert space.ask(segments) == plain_duckdb(SQL / "olist_by_segment.sql", data)


def test_olist_again_in_parts_is_the_same_lake(space: Workspace, real: Real, tmp_path: Path) -> None:
    data = real("olist")
    parts = Workspace(tmp_path / "parts", tmp_path)
    for name in ("olist_marketing_qualified_leads_dataset.csv", "olist_closed_deals_dataset.csv"):
        parts.bring(data / name, mapping=preset("olist"))
    space.bring(data, mapping=preset("olist"))
    for query in (
        "SELECT COLUMNS(*)::VARCHAR FROM people ORDER BY ALL",
        "SELECT COLUMNS(*)::VARCHAR FROM opportunities ORDER BY ALL",
    ):
        assert parts.ask(query) == space.ask(query)


def test_maven_crm(space: Workspace, real: Real, plain_duckdb: Plain) -> None:
    data = real("maven_crm")
    summary = space.bring(data, mapping=preset("maven-crm"))
    assert [f.name for f in summary.files if f.ignored] == ["data_dictionary.csv"]
    by_product = """SELECT product, status, count(*), count(account_id), count(created_at), CAST(sum(amount) AS VARCHAR)
        FROM opportunities GROUP BY 1, 2 ORDER BY 1, 2"""
    assert space.ask(by_product) == plain_duckdb(SQL / "maven_crm.sql", data)
    by_team = """SELECT team, manager_id, count(*), CAST(sum(amount) AS VARCHAR) FROM opportunities o
        JOIN users u ON u.user_id = o.owner_id WHERE status = 'won' GROUP BY 1, 2 ORDER BY 1, 2"""
    assert space.ask(by_team) == plain_duckdb(SQL / "maven_crm_teams.sql", data)
    assert space.ask("SELECT count(*) FROM opportunities WHERE properties['product_series'] IS NULL") == [(0,)]
    assert space.ask("SELECT count(*) FROM accounts WHERE industry = 'technolgy'") == [(12,)]


def test_touchpoints_come_through_whole_and_no_conversion_is_lost(
    space: Workspace, real: Real, plain_duckdb: Plain
) -> None:
    data = real("touchpoints")
    summary = space.bring(data, mapping=preset("touchpoints"), zone="UTC")
    assert (summary.rows, summary.quarantined, summary.files[0].repaired) == (13_159, 0, 145)
    by_channel = """SELECT t.channel, count(*), count(DISTINCT t.person_id), count(o.amount),
        CAST(sum(o.amount) AS VARCHAR)
        FROM touches t LEFT JOIN opportunities o ON o.opportunity_id = t.person_id || '/' || t.content || '/'
          || strftime(timezone('UTC', t."at"), '%Y-%m-%d %H:%M:%S')
        GROUP BY 1 ORDER BY 1"""
    assert space.ask(by_channel) == plain_duckdb(SQL / "touchpoints.sql", data)
    assert space.ask("SELECT count(*), CAST(sum(amount) AS VARCHAR) FROM opportunities") == [(1157, "1157000.00")]
    first = """SELECT count(*) FROM people p
        WHERE created_at <> (SELECT min("at") FROM touches WHERE person_id = p.person_id)"""
    assert space.ask(first) == [(0,)]


def test_hubspots_warehouse_tables(space: Workspace, real: Real, plain_duckdb: Plain) -> None:
    data = real("crm_exports") / "dbt_hubspot"
    summary = space.bring(data, mapping=preset("hubspot-export"))
    assert (summary.quarantined, [f.name for f in summary.files if f.refused]) == (0, [])
    funky = "properties['property_hs_all-funky-a9384-syntax']"
    ours = f"""SELECT (SELECT count(*) FROM people),
        (SELECT count(*) FROM changes WHERE field = 'merged_into' AND entity = 'person'),
        (SELECT count({funky}) FROM accounts), (SELECT sum(CAST({funky} AS INTEGER)) FROM accounts),
        (SELECT count(*) FROM touches WHERE channel = 'email'),
        (SELECT count(*) FROM touches WHERE kind = 'email.open'),
        (SELECT count(*) FROM opportunities),
        (SELECT count(*) FROM changes WHERE entity = 'person' AND field <> 'merged_into'),
        (SELECT count(*) FROM changes WHERE entity = 'opportunity' AND field = 'stage'),
        (SELECT count(*) FROM activities WHERE kind LIKE 'meeting%')"""
    assert space.ask(ours) == plain_duckdb(SQL / "hubspot_warehouse.sql", data)
    merged = "SELECT entity_id FROM changes WHERE field = 'merged_into' AND value = '78971951' ORDER BY 1"
    assert space.ask(merged) == [("46897301",), ("76226001",), ("76340251",)]
    at = """SELECT strftime(timezone('UTC', "at"), '%Y-%m-%d %H:%M:%S.%g') FROM touches
        WHERE touch_id = '0e442bf1-26be-3f07-8b50-5c02724ad803'"""
    assert space.ask(at) == [("2020-03-16 19:03:20.357",)]
    assert space.bring(data, mapping=preset("hubspot-export")).already


def test_salesforces_warehouse_tables(space: Workspace, real: Real, plain_duckdb: Plain) -> None:
    data = real("crm_exports") / "dbt_salesforce"
    summary = space.bring(data, mapping=preset("salesforce-export"))
    assert (summary.quarantined, [f.name for f in summary.files if f.refused]) == (0, [])
    ours = """SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM people WHERE recorded_stage IS NULL),
        (SELECT count(*) FROM people WHERE recorded_stage = 'Converted'),
        (SELECT count(*) FROM changes WHERE entity = 'opportunity' AND field = 'stage'),
        (SELECT count(*) FROM changes WHERE entity = 'opportunity' AND field = 'amount'),
        (SELECT count(*) FROM activities WHERE kind = 'task'),
        (SELECT count(*) FROM activities WHERE kind = 'meeting.held'),
        (SELECT count(*) FROM users)"""
    assert space.ask(ours) == plain_duckdb(SQL / "salesforce_warehouse.sql", data)
    converted = "SELECT entity_id, value FROM changes WHERE field = 'merged_into'"
    assert space.ask(converted) == [("00Q1G00000nDnM5UAK", "0031G00001QtDPlQAN")]
    left = {f.name: f.left_out for f in summary.files if f.left_out}
    assert left == {
        "sf_account_data.csv": 9,
        "sf_opportunity_data.csv": 10,
        "sf_user_data.csv": 2,
    }  # deleted in the source


@pytest.mark.parametrize("name", ["olist", "maven-crm", "touchpoints"])
def test_a_second_import_of_real_files_changes_nothing(space: Workspace, real: Real, name: str) -> None:
    data = real(name.replace("-", "_"))
    space.bring(data, mapping=preset(name))
    before = space.ask("SELECT count(*) FROM changes")
    for path in sorted(data.glob("*.csv")):  # other bytes, the same rows
        if "dictionary" not in path.name:
            space.put(path.name, path.read_bytes() + (b"" if name == "touchpoints" else b"\n"))
    again = space.bring(mapping=preset(name))
    assert {what for counts in again.tables.values() for what, n in counts.items() if n} == {"unchanged"}
    assert quarantined(space.home).count == 0
    assert space.ask("SELECT count(*) FROM changes") == before
