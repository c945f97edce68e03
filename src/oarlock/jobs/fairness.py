"""How fairly pools shared their leads in a period, by order: from the decisions that were kept, and, for what was
handed over before there were any, from the hand-offs themselves.

    asked_fairness(period)   the question; the latest decision is part of it, so that new ones are counted
    make_fairness(...)       the worker's side

What hand-offs alone can tell is less: weights and agreed absences are known, caps and hours are not, and leads of
accounts that have an owner are left out. The page says on which of the two a pool's figures rest.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from oarlock.agreement.terms import Terms
from oarlock.engines.rows_back import fetch
from oarlock.ground.clock import monotonic, now
from oarlock.ground.periods import Period, parse_period
from oarlock.ground.zones import zone_of
from oarlock.jobs import figures
from oarlock.jobs.cache import opened_with_cache, sweep
from oarlock.jobs.figures import Asked
from oarlock.jobs.ledger_cases import cases_ready
from oarlock.jobs.plain import plain
from oarlock.jobs.steps import Bench
from oarlock.lifecycle.versions import Versions
from oarlock.loop.reporting import agreement_used
from oarlock.routing import from_plain
from oarlock.routing.fairness import Given, given_by, measure
from oarlock.store.reads.fairness import bodies, latest_decision
from oarlock.store.writes import measurements
from oarlock.store.writes.audit import Acting

Tell = Callable[[str, float | None], None]
DECISIONS, HANDED = "decisions", "hand-offs"
"""What a pool's figures rest on."""
PERIOD, LATEST = "period", "latest"


def asked_fairness(period: str) -> Asked:
    """The question for a period (`2026-Q3`, `2026-09`)."""
    return Asked("fairness", where=((LATEST, latest_decision()), (PERIOD, period)))


def make_fairness(home: Path, asked: Asked, tell: Tell, *, acting: Acting) -> str:
    """Measure and keep it; the key."""
    from oarlock.jobs.computing import keep, lives_ready, names_of

    begun, judging = monotonic(), figures.judges("")
    key, within = figures.key_of(home, asked, judging), _period(asked, judging)
    tell("reading decisions", 0.1)
    found = {pool: [*given] for pool, given in _decided(within).items()}
    rests = dict.fromkeys(found, DECISIONS)
    with opened_with_cache(home, lambda what, share, rows: tell(what, share)) as bench:
        until = bench.last_known()
        files = {"lives": lives_ready(home, bench, judging, until)}
        files["handed"] = cases_ready(home, bench, judging, until)
        for pool, given in _handed(bench, judging, within).items():
            if pool not in found:
                found[pool], rests[pool] = given, HANDED
    pools = [{"rests": rests[p], "fairness": plain(measure(p, found[p]))} for p in sorted(found) if found[p]]
    body = {"figures": {"agreement": plain(agreement_used(judging)), "as_known": plain(until), "period": within.text,
                        "pools": pools}, "files": files}  # fmt: skip
    keep(key, asked, judging, until, body, monotonic() - begun, acting=acting)
    sweep(home, measurements.sweep(versions=names_of(judging), acting=acting, now=now()))
    return key


def _period(asked: Asked, judging: Versions) -> Period:
    return parse_period(dict(asked.where)[PERIOD], judging.latest.time_zone)


def _decided(within: Period) -> dict[str, list[Given]]:
    """Every turn of the period, by pool, as the decisions tell it."""
    found: dict[str, list[Given]] = defaultdict(list)
    for pool, body in bodies(within.start, within.end):
        given = given_by(from_plain(json.loads(body)))
        if given is not None:
            found[pool].append(given)
    return found


def _handed(bench: Bench, judging: Versions, within: Period) -> dict[str, list[Given]]:
    """Every lead handed to a pool in the period, but those of accounts that have an owner."""
    rows = fetch(
        bench.connection,
        "SELECT h.offered_at, h.owner, h.version, h.pool FROM handed h LEFT JOIN people USING (person_id) "
        "LEFT JOIN accounts a USING (account_id) WHERE h.pool IS NOT NULL AND a.owner_id IS NULL",
        ["offered_at"],
    )
    found: dict[str, list[Given]] = defaultdict(list)
    for row in rows:
        offered = row["offered_at"]
        if isinstance(offered, datetime) and within.contains(offered):
            found[str(row["pool"])] += _given(str(row["pool"]), str(row["owner"]), offered, _terms(row, judging))
    return found


def _terms(row: dict[str, object], judging: Versions) -> Terms:
    said = next((t for t in judging.all if str(t.number) == row["version"]), None)
    assert isinstance(row["offered_at"], datetime)
    return said or judging.at(row["offered_at"])


def _given(key: str, owner: str, offered: datetime, terms: Terms) -> Iterator[Given]:
    """One lead, as its pool's weights and the agreed absences of that day would share it."""
    user = next((u.key for u in terms.users if owner in (u.key, *u.recorded_as)), owner)
    pool = next((p for p in terms.pools if p.key == key), None)
    day = offered.astimezone(zone_of(terms.time_zone)).date()
    away = {a.who for a in terms.absences if a.from_ <= day <= a.until}
    weights = {member: weight for member, weight in pool.members if member not in away} if pool else {}
    if user in weights:
        yield Given(user, weights)
