"""Weekly working hours as people write them: `{"mon-thu": "09:00-12:30, 13:30-17:30", "fri": "09:00-15:00"}`.

Promises: every malformed piece is refused by name, with what to write instead; what passes is sorted and disjoint.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from itertools import pairwise

from oarlock.ground.problems import NOWHERE, Place, UserProblem
from oarlock.ground.spelling import did_you_mean

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONG_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_NUMBERS = {name: n for names in (DAYS, LONG_DAYS) for n, name in enumerate(names)}
MIDNIGHT = time()
CLOSED = "closed"

_EXAMPLE = 'Write hours such as "09:00-12:30, 13:30-17:30".'
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_DASH = re.compile(r" *[-–] *")


@dataclass(frozen=True, slots=True)
class Block:
    """Open from `start` up to `end` by the clock on the wall, on one day. An end of 00:00 is 24:00."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start.tzinfo or self.end.tzinfo:
            raise ValueError("a block is of the clock on the wall; the calendar has the zone")
        if self.end != MIDNIGHT and self.start >= self.end:
            raise UserProblem(
                "hours-end-before-start",
                f'"{self}" ends before it starts.',
                "A block of hours lies within one day.",
                f"For hours over midnight write {self.start:%H:%M}-24:00 on this day and 00:00-{self.end:%H:%M} "
                "on the next.",
            )

    @property
    def ends_at_midnight(self) -> bool:
        """True where the block ends with its day, at 24:00."""
        return self.end == MIDNIGHT

    def __str__(self) -> str:
        end = "24:00" if self.ends_at_midnight else f"{self.end:%H:%M}"
        return f"{self.start:%H:%M}-{end}"


Week = tuple[tuple[Block, ...], ...]
"""Seven days, Monday first; the blocks of a day sorted and not overlapping."""


def check_day(blocks: tuple[Block, ...]) -> None:
    """Blocks of one day, sorted and not overlapping; UserProblem `hours-overlap` otherwise."""
    for first, second in pairwise(blocks):
        if first.ends_at_midnight or second.start < first.end:
            raise UserProblem(
                "hours-overlap",
                f'"{first}" and "{second}" overlap.',
                "An hour is open once.",
                "Write blocks that follow one another, such as 09:00-12:30, 13:30-17:30.",
            )


def parse_hours(written: Mapping[str, str], where: Place = NOWHERE) -> Week:
    """Seven days of blocks from day words to hours; days not named are closed."""
    week: dict[int, tuple[Block, ...]] = {}
    for words, text in written.items():
        blocks = parse_blocks(text, where)
        for day in parse_days(words, where):
            if day in week:
                raise UserProblem(
                    "hours-day-twice", f'"{DAYS[day]}" stands twice in the hours.', "", "Name each day once.", where
                )
            week[day] = blocks
    return tuple(week.get(day, ()) for day in range(7))


def parse_days(words: str, where: Place = NOWHERE) -> list[int]:
    """`mon`, `mon-thu`, `sat, sun`, `fri-mon` to day numbers, Monday is 0."""
    days: list[int] = []
    for part in str(words).split(","):
        ends = [_day(word, where) for word in _DASH.split(part.strip(), maxsplit=1)]
        days += [(ends[0] + n) % 7 for n in range((ends[-1] - ends[0]) % 7 + 1)]
    return days


def _day(word: str, where: Place) -> int:
    if word.lower() in DAY_NUMBERS:
        return DAY_NUMBERS[word.lower()]
    raise UserProblem(
        "hours-unknown-day",
        f'"{word[:40]}" is not a day of the week.',
        f"The days are {', '.join(DAYS)}, alone, as a range (mon-thu) or a list (sat, sun).",
        did_you_mean(word, DAY_NUMBERS),
        where,
    )


def parse_blocks(text: str, where: Place = NOWHERE) -> tuple[Block, ...]:
    """`09:00-12:30, 13:30-17:30` to blocks in order; `closed` to none."""
    if not isinstance(text, str) or not text.strip() or len(text) > 400:
        raise UserProblem(
            "hours-empty",
            f'"{str(text)[:40]}" is not hours.',
            "Hours are a text in quotation marks.",
            f'{_EXAMPLE} For a day without hours write "{CLOSED}" or leave it out.',
            where,
        )
    if text.strip().lower() == CLOSED:
        return ()
    try:
        blocks = tuple(sorted((_block(part.strip()) for part in text.split(",")), key=lambda b: b.start))
        check_day(blocks)
    except UserProblem as problem:
        raise UserProblem(problem.code, problem.what, problem.why, problem.next_step, where) from None
    return blocks


def _block(part: str) -> Block:
    ends = _DASH.split(part)
    if len(ends) != 2:
        what = f'"{part[:40]}" is not a block of hours.'
        raise UserProblem("hours-malformed-block", what, "A block has a start and an end.", _EXAMPLE)
    if ends[0] == "24:00":
        raise _bad_time(ends[0], "24:00 can only end a block: write 00:00 on the next day.")
    return Block(_time(ends[0]), MIDNIGHT if ends[1] == "24:00" else _end(ends[1]))


def _end(word: str) -> time:
    end = _time(word)
    if end == MIDNIGHT:
        raise _bad_time(word, "Write 24:00 for the end of the day.")
    return end


def _time(word: str) -> time:
    form = _TIME.fullmatch(word)
    if form is None or int(form[1]) > 23 or int(form[2]) > 59:
        raise _bad_time(word, "Write hours and minutes from 00:00 to 24:00, such as 09:00 or 17:30.")
    return time(int(form[1]), int(form[2]))


def _bad_time(word: str, next_step: str) -> UserProblem:
    return UserProblem("hours-malformed-time", f'"{word[:40]}" is not a time of day here.', "", next_step)
