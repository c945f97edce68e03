"""The rule that would match, as pages ask for it: ordered once, kept as a measurement, read at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from oarlock.ground.problems import UserProblem
from oarlock.jobs import figures
from oarlock.jobs.figures import Asked
from oarlock.loop.figures import DriftCounts
from oarlock.store.reads import measurements
from oarlock.store.reads.measurements import UnderWay
from oarlock.store.writes.audit import Acting


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An edit of a stage's rule that would bring it nearer to what is recorded, with its measured effect."""

    kind: str
    words: str
    text: str
    counts: DriftCounts

    @property
    def apart(self) -> int:
        """On how many record and definition would disagree."""
        return self.counts.different_date + self.counts.only_recorded + self.counts.only_defined


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What was tried for a stage: how it stands now, the edits that help, how many were tried; or what is under way."""

    stage: str
    now: DriftCounts | None
    found: tuple[Suggestion, ...]
    tried: int
    waiting: UnderWay | None


def known(home: Path, version: str, as_known: str, stage: str) -> Suggestions:
    """What is known of a stage's suggestions; nothing is ordered."""
    key = figures.key_of(home, _asked(version, as_known, stage), figures.judges(version))
    kept = measurements.kept(key)
    if kept is None:
        return Suggestions(stage, None, (), 0, measurements.under_way(figures.ORDER, key))
    body = kept.body["figures"]
    found = tuple(Suggestion(s["kind"], s["words"], s["text"], DriftCounts(**s["counts"])) for s in body["found"])
    return Suggestions(stage, DriftCounts(**body["now"]), found, body["tried"], None)


def ask(home: Path, version: str, as_known: str, stage: str, *, acting: Acting, now: datetime) -> None:
    """Have edits of that stage's rule tried. UserProblem `unknown-stage`."""
    judging = figures.judges(version)
    figures.as_known_of(as_known, judging)
    if judging.latest.stage(stage) is None:
        raise UserProblem("unknown-stage", f"There is no stage `{stage[:40]}`.", "", "Choose one on the drift page.")
    asked = _asked(version, as_known, stage)
    key = figures.key_of(home, asked, judging)
    if measurements.kept(key) is None:
        figures.order(key, asked, acting=acting, now=now)


def _asked(version: str, as_known: str, stage: str) -> Asked:
    return Asked("suggest", version, as_known, by=stage)
