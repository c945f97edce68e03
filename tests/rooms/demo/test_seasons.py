from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from oarlock.demo import draws, seasons

BERLIN = ZoneInfo("Europe/Berlin")


def column(*instants: datetime) -> draws.Ints:
    return np.array([int(instant.timestamp()) for instant in instants], dtype=np.int64)


def test_clocks_on_the_wall_follow_summer_time() -> None:
    shown = seasons.wall(column(datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC)))
    assert [str(t) for t in shown.astype("datetime64[s]")] == ["2026-03-29T01:59:59", "2026-03-29T03:00:00"]


def test_wall_and_back_is_the_same_instant_at_every_hour_but_the_doubled_one() -> None:
    hours = np.arange(seasons.START, seasons.END, seasons.HOUR)
    back = seasons.from_wall(seasons.wall(hours))
    changed = hours[back != hours]
    twice = [datetime(2025, 10, 26, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]
    assert changed.tolist() == column(*twice).tolist()


@pytest.mark.parametrize(
    ("offered", "hours", "due"),
    [
        (
            datetime(2026, 6, 5, 14, 30, tzinfo=BERLIN),
            1,
            datetime(2026, 6, 8, 9, 30, tzinfo=BERLIN),
        ),  # Friday, 15:00 end
        (datetime(2026, 6, 6, 15, tzinfo=BERLIN), 4, datetime(2026, 6, 8, 14, tzinfo=BERLIN)),  # Saturday, lunch
        (datetime(2026, 4, 2, 17, tzinfo=BERLIN), 1, datetime(2026, 4, 7, 9, 30, tzinfo=BERLIN)),  # over Easter
    ],
)
def test_working_time_goes_on_at_the_next_opening(offered: datetime, hours: int, due: datetime) -> None:
    assert seasons.after_work(column(offered), np.array([hours * 3_600])).tolist() == column(due).tolist()


def test_quarters_end_on_their_last_day() -> None:
    ends = seasons.quarter_end(column(datetime(2026, 9, 30, 23, tzinfo=BERLIN), datetime(2026, 10, 1, tzinfo=BERLIN)))
    assert [str(t) for t in ends.astype("datetime64[s]").astype("datetime64[D]")] == ["2026-09-30", "2026-12-31"]


def test_draws_keep_to_their_weights_and_medians() -> None:
    rng = draws.stream(1, "people")
    counts = np.bincount(draws.picked(rng, 40_000, (1, 3)), minlength=2)
    assert 2.8 < counts[1] / counts[0] < 3.2
    lengths = draws.skewed(rng, 40_001, 30.0, 1.0)
    assert 29 < float(np.median(lengths)) < 31 and float(lengths.mean()) > 40


def test_streams_of_tables_and_batches_are_apart() -> None:
    first = {(table, batch): draws.stream(7, table, batch).random() for table in draws.STREAMS for batch in (0, 1)}
    assert len(set(first.values())) == len(first)
    assert len(set(draws.STREAMS.values())) == len(draws.STREAMS)
