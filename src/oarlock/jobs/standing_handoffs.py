"""Hand-offs as their facts in the lake leave them: the fold over `handoff_events`, all at once, brought over as rows.

What came live stays as it was decided here. No clock of the past is started: `due_at` is null, for whoever ran those
hand-offs ran their clocks. Of several open ones of one person and cycle, each is over when the next one was offered.
"""

# ruff: noqa: S608  (names of hand-offs and users pass through engines.sql)

from __future__ import annotations

from oarlock.agreement.terms import Terms
from oarlock.engines.sql import options, text
from oarlock.ground.intervals import micros
from oarlock.handoffs.state import ENDED
from oarlock.jobs.crossing import Way, put_rows
from oarlock.jobs.steps import Bench
from oarlock.lifecycle.life import STATE_KINDS
from oarlock.lifecycle.versions import Versions
from oarlock.store.writes import loads
from oarlock.store.writes.standing import HANDOFF, put_handoffs
from oarlock.tables.detours import spans

HELD = "kind IN ('offered', 'reassigned')"


def make_handoffs(way: Way, bench: Bench, versions: Versions) -> None:
    """Let the table of hand-offs be what the facts of the lake say. The table `away_lives` is on the bench."""
    keys = [h.key for terms in reversed(versions.all) for h in terms.handoffs]
    run = bench.connection.execute
    run(f"CREATE OR REPLACE TEMP TABLE handed AS {_events(micros(bench.last_known()), versions.latest)}")
    run(f"CREATE OR REPLACE TEMP TABLE folded AS {_folded(micros(bench.last_known()))}")
    run(f"CREATE OR REPLACE TEMP TABLE stood AS {_placed(keys, versions)}" if keys else _nothing())
    if loads.is_empty("handoffs"):
        put_rows(way, "handoffs", ("handoff_id",), HANDOFF, _rows(), whole=True)
    else:
        in_order = f"SELECT {loads.quoted(HANDOFF)} FROM ({_rows()})"
        with way.laid(in_order, "handoffs", HANDOFF, ("handoff_id",)) as source:
            put_handoffs(source)
    for table in ("handed", "folded", "stood"):
        run(f"DROP TABLE {table}")


def _nothing() -> str:
    """No version has a hand-off: whatever happened to some belongs to none of ours."""
    return "CREATE OR REPLACE TEMP TABLE stood AS SELECT *, '' AS key, 0 AS touched FROM folded WHERE false"


def _events(until: int, latest: Terms) -> str:
    """SELECT of every fact in its hand-off's order; users by the keys the agreement gives them."""
    known = [(word, user.key) for user in latest.users for word in user.recorded_as]
    cases = " ".join(f"WHEN {text(word)} THEN {text(key)}" for word, key in known)
    holder = f'CASE "to" {cases} ELSE "to" END' if known else '"to"'
    return (
        f'SELECT handoff_id, person_id, cycle, kind, "at", reason, due_at, agreement, "to" AS told, "by",'
        f' {holder} AS holder, row_number() OVER (PARTITION BY handoff_id ORDER BY "at", recorded_at, event_id) AS n'
        f" FROM handoff_events WHERE epoch_us(recorded_at) <= {until}"
    )


def _folded(until: int) -> str:
    """SELECT of one row a hand-off: what its facts tell, times in microseconds."""
    states, ended = options(STATE_KINDS), options(ENDED)
    return f"""
        SELECT handoff_id, arg_max(person_id, n) AS person_id, arg_max(cycle, n) AS cycle,
            try_cast(arg_max(agreement, n) AS INTEGER) AS agreement,
            coalesce(arg_max(kind, n) FILTER (kind IN {states}), 'offered') AS state,
            arg_max(holder, n) FILTER ({HELD}) AS owner, arg_max(told, n) FILTER ({HELD}) AS told,
            coalesce(string_agg(replace(holder, ' ', '_'), ' ' ORDER BY n) FILTER ({HELD}), '') AS holders,
            epoch_us(coalesce(min("at") FILTER (kind = 'offered'), min("at"))) AS offered_at,
            epoch_us(max("at") FILTER ({HELD})) AS held_since,
            epoch_us(arg_max(due_at, n) FILTER ({HELD})) AS accept_due_at,
            epoch_us(arg_min(due_at, n) FILTER ({HELD})) AS first_due,
            epoch_us(min("at") FILTER (kind IN ('accepted', 'rejected'))) AS answered_at,
            arg_min("by", n) FILTER (kind IN ('accepted', 'rejected')) AS answered_by, epoch_us(max("at")) AS last_at,
            arg_max(reason, n) FILTER (kind IN {states}) AS reason,
            epoch_us(min("at") FILTER (kind IN {ended})) AS ended_at,
            {until} AS until
        FROM handed GROUP BY handoff_id"""


def _placed(keys: list[str], versions: Versions) -> str:
    """SELECT of the same with the hand-off's key, cycle and version, and what its owner did with the person."""
    cases = " ".join(f"WHEN starts_with(handoff_id, {text(key + '.')}) THEN {text(key)}" for key in keys)
    numbers = ", ".join(str(terms.number) for terms in versions.all)
    judged = " ".join(f"WHEN offered_at < {micros(end)} THEN {terms.number}" for terms, _, end in spans(versions))
    return f"""
        WITH judged AS (
            SELECT f.* EXCLUDE (agreement, cycle), CASE {cases} ELSE {text(keys[0])} END AS key,
                coalesce(f.cycle, 1 + (SELECT count(*) FROM away_lives a WHERE a.person_id = f.person_id
                    AND epoch_us(a.away_until) <= f.offered_at)) AS cycle,
                CASE WHEN agreement IN ({numbers}) THEN agreement ELSE CASE {judged} END END AS agreement
            FROM folded f),
        over AS (
            SELECT * EXCLUDE (ended_at), coalesce(ended_at, lead(offered_at) OVER (
                PARTITION BY person_id, key, cycle, ended_at IS NULL ORDER BY offered_at, handoff_id)) AS ended_at
            FROM judged),
        acted AS (
            SELECT o.handoff_id, epoch_us(min(a."at")) AS first_touch_at, epoch_us(max(a."at")) AS last_touch_at,
                count(*) AS attempts
            FROM over o JOIN activities a ON a.person_id = o.person_id AND a.user_id = o.told
                AND epoch_us(a."at") BETWEEN o.offered_at AND coalesce(o.ended_at, o.until)
            GROUP BY o.handoff_id)
        SELECT o.*, a.first_touch_at, a.last_touch_at, coalesce(a.attempts, 0) AS attempts
        FROM over o LEFT JOIN acted a USING (handoff_id)"""


def _rows() -> str:
    """SELECT of the rows as the store keeps them. A clock ran out where its first date passed without an answer."""
    return """
        SELECT handoff_id, key, person_id, cycle, agreement, state, owner, NULL::VARCHAR AS pool,
            CASE WHEN owner IS NULL THEN key END AS queue, holders, offered_at, held_since, accept_due_at, answered_at,
            answered_by, NULL::BIGINT AS first_touch_due_at, first_touch_at, NULL::BIGINT AS work_due_at, attempts,
            reason, ended_at, last_at, last_touch_at,
            CASE WHEN first_due < coalesce(answered_at, ended_at, until) THEN 'accept' ELSE '' END AS breached,
            0 AS step, NULL::BIGINT AS due_at, '' AS due_what, NULL::VARCHAR AS decision_id
        FROM stood"""
