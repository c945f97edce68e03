"""The door for events, as Segment's clients knock at it: server libraries and the browser's, unchanged.

An answer of success means that every event of the request is on the disk, or among the letters with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oarlock.connectors import segment
from oarlock.ground.clock import now
from oarlock.ground.problems import OutsideProblem, UserProblem
from oarlock.jobs.arriving import line
from oarlock.records.arrivals import Letter
from oarlock.store.reads.entrances import Way, by_key
from oarlock.store.writes.arrivals import Parcel
from oarlock.web.arrivals.asking import Answer, Asked, plain
from oarlock.web.arrivals.kinds import kinds
from oarlock.web.problems import AGAIN_SECONDS

PATHS = {
    "track": "track", "t": "track", "page": "page", "p": "page", "screen": "screen", "s": "screen",
    "identify": "identify", "i": "identify", "group": "group", "g": "group", "alias": "alias", "a": "alias",
    "batch": "batch", "b": "batch", "import": "batch",
}  # fmt: skip
"""The last part of the address -> what it takes; the short ones are the browser's."""
ANYWHERE = {
    "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "no-store",
}  # fmt: skip
ASKING = ANYWHERE | {
    "Access-Control-Allow-Methods": "GET, POST", "Access-Control-Allow-Headers": "content-type, authorization",
    "Access-Control-Max-Age": "86400",
}  # fmt: skip
SUCCESS = Answer(200, b'{"success": true}', headers=ANYWHERE)
SHOWN = 2_000
"""Letters kept of a body nobody can read."""


def events(asked: Asked) -> Answer:
    """Events, one or a batch; or the settings a browser asks for."""
    how = PATHS.get(asked.path.removeprefix("/v1/"))
    if asked.method == "OPTIONS":
        return Answer(204, headers=ASKING)
    if how is None:
        return _settings(asked)
    if asked.method != "POST":
        return _no(405, "Send events by POST.", {"Allow": "POST, OPTIONS"})
    return _posted(asked, how)


def _posted(asked: Asked, how: str) -> Answer:
    way = by_key(asked.basic) if asked.basic else None
    try:
        said = segment.opened(asked.require_body(segment.MOST_BYTES), _packed(asked))
    except UserProblem as problem:
        return _unread(asked, way, problem)
    way = way or by_key(segment.key_in(said))
    if way is None or way.kind != "events":
        return _no(401, "This write key is not known, or was closed.", {"WWW-Authenticate": 'Basic realm="Oarlock"'})
    return _kept(said, how, way)


def _kept(said: Mapping[str, Any], how: str, way: Way) -> Answer:
    read = segment.read(said, how, source=f"segment:{way.id}", kinds=kinds(), received=now())
    try:
        line.take(Parcel(read.arrivals, read.letters))
    except OutsideProblem as problem:
        return _no(503, problem.what, {"Retry-After": AGAIN_SECONDS})
    return SUCCESS


def _unread(asked: Asked, way: Way | None, problem: UserProblem) -> Answer:
    """A body nobody can read: told, and kept among the letters where we know whose it is."""
    if way is None:
        return _no(401, "Nobody can tell whose this is.", {"WWW-Authenticate": 'Basic realm="Oarlock"'})
    body = (asked.body or b"")[:SHOWN].decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    reason = " ".join(part for part in (problem.what, problem.why) if part)
    try:
        line.take(Parcel(letters=(Letter(f"segment:{way.id}", body, problem.code, reason),)))
    except OutsideProblem as away:
        return _no(503, away.what, {"Retry-After": AGAIN_SECONDS})
    return _no(413 if problem.code == "too-large" else 400, reason)


def _packed(asked: Asked) -> bool:
    return asked.headers.get("content-encoding", "").lower() == "gzip"


def _settings(asked: Asked) -> Answer:
    """`/v1/projects/KEY/settings`: what the browser client asks for first."""
    parts = asked.path.split("/")
    if len(parts) != 5 or (parts[2], parts[4]) != ("projects", "settings"):
        return _no(404, "There is nothing here.")
    if asked.method not in ("GET", "HEAD"):
        return _no(405, "Ask for the settings by GET.", {"Allow": "GET, OPTIONS"})
    way = by_key(parts[3])
    if way is None or way.kind != "events":
        return _no(404, "This write key is not known, or was closed.")
    return plain(200, segment.settings_for(parts[3], asked.host, asked.scheme), ANYWHERE)


def _no(status: int, words: str, headers: Mapping[str, str] | None = None) -> Answer:
    return plain(status, {"success": False, "message": words}, ANYWHERE | dict(headers or {}))
