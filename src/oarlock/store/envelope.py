"""The envelope of a signed agreement: what is signed, shown and run are the same exact bytes.

The pattern is that of DSSE (Dead Simple Signing Envelope): a signature covers the type and the payload with their
lengths, never something that was written out again. Ours also covers a statement: who signed, when, and how they showed
that it was them. Promises: an envelope has one spelling, so that a change of any bit of it is refused; a signature
holds for one text, number, date in force, version before and signer, and for nothing else.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from oarlock.ground.intervals import instant_of, micros
from oarlock.ground.problems import UserProblem

TYPE = "application/vnd.oarlock.agreement.v1"
METHODS = ("password", "passkey", "totp", "sign-on", "demo")
"""How a signer showed once more that it was them; `demo` is the story of the demo company, and says so."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a text is signed as. `before` is the SHA-256 (hex) of the envelope of the version before, empty for the
    first; `signers` are all who had to sign; `left` pairs a signer who left with who signed instead (or nobody: "").
    """

    company: str
    number: int
    before: str
    in_force: str
    signers: tuple[str, ...]
    left: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """Who signed (the agreement's person, and the member behind), when, and by which of METHODS."""

    signer: str
    member: str
    at: datetime
    method: str


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature: the key's id, the statement's exact bytes, and Ed25519 over payload and statement."""

    keyid: str
    statement: bytes
    sig: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope that was opened: everything in it has been checked against the key."""

    header: Header
    source: bytes
    statements: tuple[Statement, ...]
    hash: str


def payload_of(header: Header, source: bytes) -> bytes:
    """The bytes under the signatures: the header as one line of canonical JSON, then the agreement's own bytes."""
    return _canonical(asdict(header)) + b"\n" + source


def statement_of(statement: Statement) -> bytes:
    """The statement's bytes under its signature."""
    return _canonical({**asdict(statement), "at": micros(statement.at)})


def covered(payload: bytes, statement: bytes) -> bytes:
    """What a signature covers: DSSE's pre-authentication encoding of type and payload, and the statement likewise."""
    kind = TYPE.encode()
    parts = (kind, payload, statement)
    return b"DSSEv1" + b"".join(b" %d %s" % (len(part), part) for part in parts)


def public_key(seed: bytes) -> bytes:
    """The 32 bytes anybody may check signatures with."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def sign(seed: bytes, payload: bytes, statement: Statement) -> Signed:
    """The workspace's key under this payload, for this signer."""
    said = statement_of(statement)
    sig = Ed25519PrivateKey.from_private_bytes(seed).sign(covered(payload, said))
    return Signed(sha256(public_key(seed)).hexdigest(), said, sig)


def holds(key: bytes, payload: bytes, signed: Signed) -> bool:
    """Whether that signature is under that payload, by that key."""
    if signed.keyid != sha256(key).hexdigest():
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signed.sig, covered(payload, signed.statement))
    except InvalidSignature:
        return False
    return True


def enclose(payload: bytes, signatures: Sequence[Signed]) -> bytes:
    """The envelope: DSSE's JSON in its one spelling, signatures in the order of their statements."""
    signed = sorted(signatures, key=lambda one: one.statement)
    return _canonical({
        "payload": _b64(payload), "payloadType": TYPE,
        "signatures": [
            {"keyid": one.keyid, "sig": _b64(one.sig), "statement": _b64(one.statement)} for one in signed
        ],
    })  # fmt: skip


def opened(data: bytes, key: bytes) -> Envelope:
    """What is in the envelope, once everything about it holds. UserProblem `forged-agreement` says what does not."""
    payload, signatures = _parts(data)
    line, _, source = payload.partition(b"\n")
    header = _told(_header, line)
    statements = tuple(_told(_statement, one.statement) for one in signatures)
    _require(all(holds(key, payload, one) for one in signatures), "A signature is not under these bytes.")
    names = [one.signer for one in statements]
    _require(len(set(names)) == len(names), "Somebody's signature is there twice.")
    missing = sorted(set(header.signers) ^ set(names))
    _require(bool(names) and not missing, f"These signatures are not the ones it needs: {', '.join(missing)}.")
    _require(enclose(payload, signatures) == data, "It is not in its one spelling.")
    return Envelope(header, source, statements, sha256(data).hexdigest())


def succession(data: Sequence[bytes], key: bytes) -> tuple[Envelope, ...]:
    """Every version's envelope, first to last, opened and each bound to the one before. UserProblem
    `forged-agreement`."""
    found = tuple(opened(one, key) for one in data)
    before, since = "", ""
    for number, envelope in enumerate(found, 1):
        _require(envelope.header.number == number, f"Version {number} calls itself {envelope.header.number}.")
        _require(envelope.header.before == before, f"Version {number} does not follow the version before it.")
        _require(envelope.header.in_force > since, f"Version {number} is not dated after the version before it.")
        before, since = envelope.hash, envelope.header.in_force
    return found


def _parts(data: bytes) -> tuple[bytes, list[Signed]]:
    whole = _told(json.loads, data)
    _require(isinstance(whole, dict) and whole.get("payloadType") == TYPE, "It is no agreement's envelope.")
    try:
        signatures = [Signed(one["keyid"], _bytes(one["statement"]), _bytes(one["sig"])) for one in whole["signatures"]]
        return _bytes(whole["payload"]), signatures
    except (KeyError, TypeError, ValueError) as error:
        raise _forged("It is no envelope.") from error


def _header(line: bytes) -> Header:
    said = json.loads(line)
    pairs = tuple((str(gone), str(instead)) for gone, instead in said["left"])
    header = Header(**{**said, "signers": tuple(map(str, said["signers"])), "left": pairs})
    if _canonical(asdict(header)) != line or date.fromisoformat(header.in_force).isoformat() != header.in_force:
        raise ValueError("not in its one spelling")
    return header


def _statement(said: bytes) -> Statement:
    found = json.loads(said)
    statement = Statement(**{**found, "at": instant_of(found["at"])})
    if statement_of(statement) != said or statement.method not in METHODS:
        raise ValueError("not in its one spelling")
    return statement


def _told(read: Callable[[bytes], Any], text: bytes) -> Any:
    try:
        return read(text)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise _forged("It cannot be read.") from error


def _require(so: bool, otherwise: str) -> None:
    if not so:
        raise _forged(otherwise)


def _forged(why: str) -> UserProblem:
    return UserProblem(
        "forged-agreement", "This is not an agreement that was signed here.", why,
        "Restore the store from a backup; `oarlock verify` says what else was changed.",
    )  # fmt: skip


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _b64(data: bytes) -> str:
    return b64encode(data).decode()


def _bytes(text: object) -> bytes:
    return b64decode(str(text).encode("ascii"), validate=True)
