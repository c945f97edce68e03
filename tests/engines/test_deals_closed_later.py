"""A weekly export says a deal was won: the win is dated when it was closed, and known since the import."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from oarlock.engines.duck import connect
from oarlock.engines.intake import bring_in
from oarlock.engines.lake import current_relations
from oarlock.engines.manifest import lake_folder
from oarlock.engines.presets import preset

HEAD = "opportunity_id,person_id,status,amount,created_at,closed_at,stage\n"


def bring(home: Path, row: str, now: datetime) -> None:
    file = home.parent / "opportunities.csv"
    file.write_text(HEAD + row)
    bring_in([file], preset("oarlock"), home, zone="UTC", now=now)


def test_a_win_is_dated_when_the_deal_was_closed_and_known_since_the_import(tmp_path: Path) -> None:
    home = tmp_path / "home"
    bring(home, "d1,p1,open,10,2026-01-05T00:00:00Z,,talks\n", datetime(2026, 1, 31, tzinfo=UTC))
    bring(home, "d1,p1,won,10,2026-01-05T00:00:00Z,2026-02-03T09:00:00Z,won\n", datetime(2026, 2, 28, tzinfo=UTC))
    with connect([lake_folder(home)]) as connection:
        told = connection.execute(
            "SELECT field, value, strftime(\"at\", '%m-%d'), strftime(recorded_at, '%m-%d')"
            f" FROM ({current_relations(home)['changes']}) WHERE field IN ('status', 'stage') ORDER BY field, \"at\""
        ).fetchall()
    assert told == [
        ("stage", "talks", "01-05", "01-05"),
        ("stage", "won", "02-28", "02-28"),
        ("status", "open", "01-05", "01-05"),
        ("status", "won", "02-03", "02-28"),
    ]
