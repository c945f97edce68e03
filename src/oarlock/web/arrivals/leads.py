"""The door for leads of our own form: `POST /api/leads`, one lead, kept and judged before it is answered.

With `Idempotency-Key` the same key is the same lead: the same words are answered as the first time, other words are
refused (409); a lead that made no sense is not remembered under its key.
"""

from __future__ import annotations

import os
import re

from pydantic import ValidationError

from oarlock.connectors import leads as connector
from oarlock.connectors.leads import From
from oarlock.ground.clock import now
from oarlock.ground.ids import new_id
from oarlock.ground.problems import OutsideProblem, UserProblem
from oarlock.jobs.arriving import line
from oarlock.records.arrivals import Letter
from oarlock.store.writes.arrivals import Parcel, Taken
from oarlock.web.arrivals.asking import Answer, Asked, plain, problem
from oarlock.web.arrivals.callers import Sender, sender
from oarlock.web.arrivals.lead_shapes import LeadSent

MOST_BYTES = 64_000
MOST_TOLD = 50
KEY = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?")


def lead(asked: Asked) -> Answer:
    """Take one lead in."""
    if asked.method != "POST":
        wrong = UserProblem("wrong-method", "This path takes POST.", "", "/api/openapi.json lists what is.")
        answer = problem(wrong, 405)
        return Answer(405, answer.body, answer.type, {"Allow": "POST"})
    who = sender(asked)
    if not who.known:
        return _stranger()
    if not who.may:
        return problem(UserProblem(
            "not-allowed", "You may not do this.", "It takes the right “edit-records”.",
            "Make a token with the scope `write`.",
        ), 403)  # fmt: skip
    try:
        return _taken(asked, who)
    except (UserProblem, OutsideProblem) as error:
        return problem(error)


def _taken(asked: Asked, who: Sender) -> Answer:
    key, body = _key(asked), asked.require_body(MOST_BYTES)
    try:
        told = LeadSent.model_validate_json(body).model_dump(exclude_none=True)
    except ValidationError as error:
        return _invalid(body, who, key, error)
    came = From(
        who.source, f"{who.source}:{key or '-' + new_id(now(), os.urandom(10))}", now(), connector.fingerprint(told)
    )
    try:
        arrival = connector.arriving(told, came)
    except UserProblem as nobody:
        line.take(Parcel(letters=(_letter(body, who, key, nobody.code, nobody.what),)))
        return problem(nobody, 422)
    return _answer(line.take(Parcel((arrival,), told=True))[0], key)


def _answer(taken: Taken, key: str) -> Answer:
    if taken.state == "conflict":
        return problem(UserProblem(
            "conflict-key", "This Idempotency-Key was used for another lead.", "The same key is the same lead.",
            "Send a new key with a new lead.",
        ))  # fmt: skip
    if taken.state == "refused":
        return problem(UserProblem("refused", "This lead could not be taken in.", str(taken.answer["reason"]),
                                   "It is kept under Settings, Arrivals, to be mended there."), 422)  # fmt: skip
    again = {"Idempotent-Replayed": "true"} if taken.state == "same" and key else {}
    return plain(201, taken.answer, {"Cache-Control": "no-store"} | again)


def _key(asked: Asked) -> str:
    """The sender's own key of this lead; empty where they send none. UserProblem `bad-key`."""
    told = asked.headers.get("idempotency-key", "").strip()
    if told and not KEY.fullmatch(told):
        raise UserProblem(
            "bad-key", "This Idempotency-Key is none.", "It has 1 to 255 plain letters.", "A UUID will do."
        )
    return told


def _invalid(body: bytes, who: Sender, key: str, error: ValidationError) -> Answer:
    """Not the shape of a lead: told place by place, and kept as a letter."""
    places = [{"where": ".".join(["body", *(str(p) for p in e["loc"])]), "what": str(e["msg"])[:300]}
              for e in error.errors(include_url=False, include_input=False)[:MOST_TOLD]]  # fmt: skip
    words = "; ".join(f"{p['where']}: {p['what']}" for p in places[:5])
    line.take(Parcel(letters=(_letter(body, who, key, "invalid", words),)))
    said = UserProblem("invalid", "What was sent is not what this path takes.", "",
                       "`errors` lists each place; see /api/openapi.json.")  # fmt: skip
    return problem(said, 422, errors=places)


def _letter(body: bytes, who: Sender, key: str, code: str, reason: str) -> Letter:
    text = body.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return Letter(who.source, text, code, reason, f"{who.source}:{key}" if key else "")


def _stranger() -> Answer:
    said = UserProblem(
        "not-signed-in", "Say who you are.", "No token or write key was sent, or one that does not count.",
        "Send `Authorization: Bearer oar_...`; tokens are made under Settings.",
    )  # fmt: skip
    answer = problem(said, 401)
    return Answer(401, answer.body, answer.type, {"WWW-Authenticate": 'Bearer realm="Oarlock"'})
