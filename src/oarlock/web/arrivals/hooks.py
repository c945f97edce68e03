"""The door for signed JSON of any other system: `POST /in/hook/<entrance>`.

The signature is looked at before anything else of the body is. What came before is answered as it was then; a delivery
that cannot be understood, or a lead of it, is a letter with its reason.
"""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256

from oarlock.connectors import leads, webhook
from oarlock.connectors.bounded import json_of, text_of, unpacked
from oarlock.connectors.leads import From
from oarlock.connectors.webhook import Told
from oarlock.ground.clock import now
from oarlock.ground.problems import OutsideProblem, UserProblem
from oarlock.jobs.arriving import line
from oarlock.records.arrivals import Arriving, Letter
from oarlock.store.reads.entrances import Way, by_id, secret
from oarlock.store.writes.arrivals import Parcel
from oarlock.web.arrivals.asking import Answer, Asked, plain, problem

MOST_BYTES = 500_000


def hook(asked: Asked) -> Answer:
    """One delivery."""
    way = by_id(asked.path.removeprefix("/in/hook/").strip("/"), "webhook")
    if asked.method != "POST":
        return Answer(405, headers={"Allow": "POST"})
    if way is None:
        return problem(UserProblem("unknown-webhook", "There is no such webhook.", "It may have been closed."))
    received = now()
    try:
        body = asked.require_body(MOST_BYTES)
        header = asked.headers.get(webhook.HEADER.lower(), "")
        why = webhook.vouched(header, body, [secret(way.id, n) for n in way.secrets], received)
        if why is not None:
            return problem(UserProblem("bad-signature", "This delivery is not to be believed.", why), 401)
        return _believed(body, asked.headers.get("content-encoding", "").lower() == "gzip", way, header, received)
    except (UserProblem, OutsideProblem) as error:
        return problem(error)


def _believed(body: bytes, packed: bool, way: Way, header: str, received: datetime) -> Answer:
    """A delivery whose sender is known: whatever is in it is kept one way or the other."""
    source = f"hook:{way.id}"
    try:
        said = json_of(unpacked(body, MOST_BYTES) if packed else body)
        told = webhook.leads_of(webhook.Mapping.of(way.options), said)
    except UserProblem as error:
        text = body[:MOST_BYTES].decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
        line.take(Parcel(letters=(Letter(source, text, error.code, f"{error.what} {error.why}".strip()),)))
        return plain(202, {"taken": 0, "letters": 1})
    delivery = sha256(header.encode() + b"\n" + body).hexdigest()
    arrivals, letters = arrived(told, source, delivery, received, said)
    taken = line.take(Parcel(arrivals, letters, told=True))
    odd = tuple(_conflict(a) for a, t in zip(arrivals, taken, strict=True) if t.state == "conflict")
    if odd:
        line.take(Parcel(letters=odd))
    refused = sum(t.state == "refused" for t in taken)
    return plain(200, {"taken": len(arrivals) - len(odd) - refused, "letters": len(letters) + len(odd) + refused})


def arrived(
    told: tuple[Told, ...], source: str, delivery: str, received: datetime, said: object
) -> tuple[tuple[Arriving, ...], tuple[Letter, ...]]:
    """The arrivals of a delivery, and letters for leads that are of nobody. Without an id of the sender's the delivery
    and the place in it are the key."""
    arrivals, letters = [], []
    for place, one in enumerate(told):
        key = f"{source}:{(one.id or f'{delivery}.{place}')[:200]}"
        try:
            mark = leads.fingerprint(one.lead) if one.id else ""
            arrivals.append(leads.arriving(one.lead, From(source, key, received, mark)))
        except UserProblem as error:
            body = json.dumps(said if len(told) == 1 else one.lead, ensure_ascii=False, default=str)
            letters.append(Letter(source, body, error.code, f"{error.what} {error.why}".strip(), key))
    return tuple(arrivals), tuple(letters)


def _conflict(arrival: Arriving) -> Letter:
    body = json.dumps(arrival.body, ensure_ascii=False, default=str)
    why = f"The id “{text_of(arrival.key.rpartition(':')[2])}” came before with other words."
    return Letter(arrival.source, body, "conflict-id", why, arrival.key)
