"""One number of the funnel by its name: which figure, of which period, on which basis, for which value of a field.

    entered.mql   rate.mql.sal   expected.mql.sal   time.mql.sal   balance.mql   in_flow.mql   out_flow.mql
    revenue   win_rate   deal_size   cycle
    loop.stage.mql   loop.acceptance   loop.accepted   loop.rejected   loop.lapsed   loop.reason.student
    loop.won   loop.revenue   loop.cost   loop.cost_per.sql

Promise: a name is read in one way or refused, and the same name is the same number wherever it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from oarlock.ground.problems import UserProblem
from oarlock.loop.pairs import pairs
from oarlock.loop.period_figures import BASES, FunnelFigures

OF_STAGE = ("entered", "balance", "in_flow", "out_flow")
OF_STEP = ("rate", "expected", "time")
OF_DEALS = ("revenue", "win_rate", "deal_size", "cycle")
OF_LOOP = ("acceptance", "accepted", "rejected", "lapsed", "won", "revenue", "cost")
OF_LOOP_STAGE = ("stage", "cost_per")


@dataclass(frozen=True, slots=True)
class Number:
    """`figure` as above; `by` and `value` only for a closed loop: a field and one of its values (None = has none),
    `every` for all values together."""

    figure: str
    period: str
    basis: str
    by: str = ""
    value: str | None = None
    every: bool = True

    @property
    def kind(self) -> str:
        """The first word: `entered`, `rate`, `loop`..."""
        return self.figure.partition(".")[0]

    @property
    def rest(self) -> str:
        """What follows the first word."""
        return self.figure.partition(".")[2]

    @property
    def what(self) -> str:
        """What of the closed loop is counted, as `happenings` calls it: `stage:mql`, `accepted`, `reason:student`."""
        kind, _, name = self.rest.partition(".")
        if kind in OF_LOOP_STAGE:
            return f"stage:{name}"
        return {"reason": f"reason:{name}", "acceptance": "answered"}.get(kind, kind)

    @property
    def stages_named(self) -> tuple[str, ...]:
        """The stages its name says."""
        if self.kind in OF_STEP:
            return tuple(self.rest.split("."))
        return (self.rest,) if self.kind in OF_STAGE else ()

    def stages(self, found: FunnelFigures) -> tuple[str, str | None]:
        """The stages it is about: one and the next one for a stage's number, both of a step."""
        keys = [s.key for s in found.stages]
        if self.kind in OF_STEP:
            a, b = self.rest.split(".")
            return a, b
        following = dict(pairwise(keys)).get(self.rest)
        return self.rest, following

    @property
    def has_rows(self) -> bool:
        """Whether lives stand behind it, which can be listed."""
        if self.kind == "loop":
            return not self.what.startswith(("won", "revenue", "cost")) and not self.rest.startswith("cost_per")
        return self.kind in ("entered", "balance", *OF_STEP)


def number(
    found: FunnelFigures, figure: str, period: str, basis: str, by: str = "", value: str | None = None,
    every: bool = True,
) -> Number:  # fmt: skip
    """That number of these figures. UserProblem `unknown-figure`, `unknown-period` where there is no such thing."""
    named = Number(figure, period, basis, by, value, every)
    if basis not in BASES or period not in found.periods:
        raise UserProblem(
            "unknown-period",
            f"There is no period `{period[:20]}` ({basis[:20]}).",
            "",
            "Choose one on the funnel page.",
        )
    if not _known(found, named):
        raise UserProblem(
            "unknown-figure", f"There is no figure `{figure[:60]}`.", "", "Choose one on the funnel page."
        )
    return named


def _known(found: FunnelFigures, named: Number) -> bool:
    keys = [s.key for s in found.stages]
    kind, rest = named.kind, named.rest
    if kind == "loop":
        inner, _, name = rest.partition(".")
        if inner in OF_LOOP_STAGE:
            return name in keys
        return inner == "reason" or rest in OF_LOOP
    if kind in OF_STEP:
        return tuple(rest.split(".")) in pairs(keys)
    return rest in keys if kind in OF_STAGE else named.figure in OF_DEALS
