"""A replay of routing for the terminal: the sentence first, then members, pools, and the leads that would move."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from oarlock.charts import numerals
from oarlock.cli.screen import cell
from oarlock.cli.tables import Sheet, stacked
from oarlock.jobs.routing_again import Rerouted
from oarlock.routing.fairness import Fairness
from oarlock.routing.replay import Again, Replay

NOBODY = "(waits)"


def routing_tables(found: Rerouted, rows: int) -> RenderableType:
    """Everything a replay says; `rows`: how many leads that would move are listed."""
    return stacked(*_parts(found, rows))


def _parts(found: Rerouted, rows: int) -> Iterator[RenderableType]:
    leads = len(found.would.leads)
    of_all = f"{numerals.plural(leads, 'lead')} of {found.period}"
    told = f"{of_all}: the proposed text gives {numerals.count(found.moved)} to somebody else than the text in force."
    yield Text(told, style="bold").append(
        "\nOne lead that goes elsewhere moves the turns after it, so look at shares before single leads.", style="dim"
    )
    yield _members(found)
    yield _weeks(found)
    for fairness in found.would.fairness:
        yield _pool(fairness)
    if rows:
        yield _moved(found, rows)


def _note(found: Rerouted) -> str:
    return (
        f"version {found.then.number} beside version {found.proposed.number}, turns from nothing, "
        f"as known {numerals.day_in(found.as_known, found.then.time_zone)}"
    )


def _members(found: Rerouted) -> Sheet:
    columns = ("member", "#had", "#in force", "#proposed", "#change", "#late in force", "#late proposed")
    made = Sheet("Who would have got what", _note(found), *columns)
    had, now, would = (
        Counter(leads) for leads in (
            [a.was or NOBODY for a in found.would.leads], [a.would or NOBODY for a in found.current.leads],
            [a.would or NOBODY for a in found.would.leads],
        )
    )  # fmt: skip
    late_now, late = ({m.user: m.would for m in side.missed} for side in (found.current, found.would))
    for user in sorted({*had, *now, *would}, key=lambda user: (user == NOBODY, user)):
        made.row(
            cell(user, 30), numerals.count(had[user]), numerals.count(now[user]), numerals.count(would[user]),
            numerals.signed(would[user] - now[user]), _mean(late_now.get(user)), _mean(late.get(user)),
        )  # fmt: skip
    made.caption = "Late: answers to be expected after the promised time, if everybody answers as they did then."
    return made


def _mean(number: float | None) -> str:
    return numerals.NOTHING if number is None else numerals.mean(number)


def _weeks(found: Rerouted) -> Sheet:
    """The week with most leads of each member."""
    made = Sheet("Load: the fullest week of each", _note(found), "member", "#had", "#in force", "#proposed")
    had, now, would = _most(found.current, had=True), _most(found.current), _most(found.would)
    for user in sorted({*had, *now, *would}):
        made.row(cell(user, 30), *(numerals.count(side.get(user, 0)) for side in (had, now, would)))
    return made


def _most(replay: Replay, *, had: bool = False) -> dict[str, int]:
    most: dict[str, int] = defaultdict(int)
    for load in replay.load:
        most[load.user] = max(most[load.user], load.was if had else load.would)
    return dict(most)


def _pool(fairness: Fairness) -> Sheet:
    chance = "" if fairness.chance is None else f", chance {numerals.percent(fairness.chance)}"
    note = f"{numerals.plural(fairness.leads, 'lead')} by turn under the proposed text: {fairness.verdict}{chance}"
    made = Sheet(f"Pool {cell(fairness.pool, 30)}", note, "member", "#available for", "#expected", "#would have")
    for share in fairness.members:
        made.row(
            cell(share.user, 30), numerals.count(share.offered), numerals.mean(share.expected),
            numerals.count(share.actual),
        )  # fmt: skip
    return made


def _moved(found: Rerouted, rows: int) -> Sheet:
    pairs = zip(found.current.leads, found.would.leads, strict=True)
    moved = [(now, would) for now, would in pairs if now.would != would.would]
    made = Sheet("Leads that would move", _note(found), "hand-off", "offered", "in force", "proposed", "because")
    for now, would in moved[:rows]:
        made.row(
            cell(now.id, 30), numerals.moment(now.at, found.then.time_zone), cell(_goes(now), 24),
            cell(_goes(would), 24), would.because,
        )  # fmt: skip
    return made


def _goes(lead: Again) -> str:
    return lead.would or f"queue {lead.queue}"
