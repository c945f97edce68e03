"""Closing a month: refused before it is over, frozen to the byte, adjusted with its causes when more is learned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from django.test import Client

from oarlock.engines.intake import bring_in
from oarlock.engines.presets import preset
from oarlock.ground.problems import UserProblem
from oarlock.jobs import figures
from oarlock.jobs.closing import adjust_all, close_month
from oarlock.jobs.figures import Asked
from oarlock.jobs.freezing import closable
from oarlock.loop.numbers import number
from oarlock.store.reads import closings, measurements
from oarlock.store.writes.audit import SYSTEM

from .measured import NOW, brightwater, home, signed, worked
from .test_funnel import page

__all__ = ["brightwater", "home", "signed"]
pytestmark = pytest.mark.usefixtures("signed")
MONTH = "2026-08"


def silent(words: str, share: float | None) -> None:
    """Tell nobody."""


def test_a_month_that_is_not_over_or_none_at_all_is_refused() -> None:
    with pytest.raises(UserProblem, match="not over") as refused:
        closable("2026-11", "Europe/Berlin", datetime(2026, 11, 30, 22, 59, tzinfo=UTC))
    assert refused.value.next_step == "Close it on 2026-12-01 or later."
    assert closable("2026-11", "Europe/Berlin", datetime(2026, 11, 30, 23, 0, tzinfo=UTC)).text == "2026-11"
    for text in ("2026-Q3", "2026", "2026-08-01", "nothing"):
        with pytest.raises(UserProblem):
            closable(text, "Europe/Berlin", NOW)


def late_meeting(home: Path, folder: Path) -> str:
    """A meeting of that month that is only recorded after it was closed, with a lead who thereby became SQL in it."""
    kept = measurements.kept(figures.key_of(home, Asked(), figures.judges("")))
    assert kept is not None
    person = duckdb.connect().execute(
        f"select person_id from read_parquet('{home / 'cache' / kept.files['lives']}') "
        "where mql_at is null and left_at is null and lead_at < timestamptz '2026-08-20' "
        "order by lead_at, person_id limit 1"
    ).fetchone()  # fmt: skip
    assert person is not None, "somebody waits as a lead"
    at, known = "2026-08-25T09:00:00Z", (NOW + timedelta(days=1)).isoformat()
    (folder / "activities.csv").write_text(
        f"activity_id,at,recorded_at,person_id,user_id,kind\nlate-1,{at},{known},{person[0]},lena,meeting.held\n"
    )
    bring_in([folder / "activities.csv"], preset("oarlock"), home, zone="Europe/Berlin", now=NOW + timedelta(days=1))
    return str(person[0])


def test_a_closed_month_stays_to_the_byte_and_says_what_was_learned_since(
    home: Path, tmp_path: Path, as_olive: Client
) -> None:
    about = close_month(home, MONTH, silent, acting=SYSTEM, now=NOW)
    bytes_then = closings.exact(MONTH)
    frozen = closings.frozen(about)
    assert adjust_all(home, silent, now=NOW) == 0

    person = late_meeting(home, tmp_path)
    assert adjust_all(home, silent, now=NOW + timedelta(days=1)) > 0
    assert adjust_all(home, silent, now=NOW + timedelta(days=2)) == 0
    found = {a.figure: a for a in closings.adjustments(MONTH)}
    was = frozen.funnel.entered("sql", MONTH).entered
    assert (found["entered.sql"].frozen, found["entered.sql"].today) == (str(was), str(was + 1))
    cause = found["entered.sql"].cause
    assert (cause["gained"], cause["lost"], cause["people"]) == (1, 0, [person])
    assert cause["facts"] == {"activities: meeting.held": 1} and len(cause["imports"]) == 1

    assert closings.exact(MONTH) == bytes_then and closings.first_changed() is None
    _as_known_then(home, about.as_known.date().isoformat(), was)
    text = page(as_olive, f"/funnel/months/{MONTH}/")
    assert "1 counted now who were not" in text and "1 activities: meeting.held" in text
    assert as_olive.get(f"/funnel/months/{MONTH}.json").content == bytes_then


def _as_known_then(home: Path, day: str, was: int) -> None:
    """As known on the day of the closing, the figure is still what it was; today's explanation shows both."""
    from oarlock.jobs import computing

    then = measurements.kept(computing.make(home, Asked(as_known=day), silent, acting=SYSTEM))
    today = measurements.kept(figures.key_of(home, Asked(), figures.judges("")))
    assert then is not None and today is not None
    assert measurements.funnel(then).entered("sql", MONTH).entered == was
    now = measurements.funnel(today)
    whole = figures.explained(today, number(now, "entered.sql", MONTH, "calendar"))
    assert (whole.explanation.value, whole.frozen_value, len(whole.adjustments)) == (str(was + 1), str(was), 1)


def test_operations_closes_by_a_button_and_nobody_else_may(
    home: Path, as_olive: Client, as_lena: Client, as_viewer: Client
) -> None:
    for client in (as_lena, as_viewer):
        assert client.post("/funnel/months/close/", {"month": MONTH}).status_code == 403
    assert as_olive.post("/funnel/months/close/", {"month": "2999-01"}).status_code == 400
    assert as_olive.post("/funnel/months/close/", {"month": MONTH}).status_code == 302
    assert "is being closed" in page(as_olive, "/funnel/months/")
    worked()
    assert closings.closed_month(MONTH) is not None
    assert as_olive.post("/funnel/months/close/", {"month": MONTH}).status_code == 409
    text = page(as_lena, "/funnel/months/")
    assert 'data-st="frozen"' in text and "Operations or a leader closes a month." in text
