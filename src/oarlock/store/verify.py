"""Check what an Oarlock workspace says was signed, without Oarlock: this file, Python 3.10 or later, nothing else.

    python verify.py EVIDENCE [--key HEX] [--checkpoint NUMBER:HASH ...]

EVIDENCE is the folder of `oarlock verify --export`. Shown is that the audit trail has no line changed, put in or taken
out and still has every checkpoint you were mailed; that each version holds exactly the bytes its signers signed,
follows the one before, and is the one the trail names. Give `--key` from where you wrote it down: a key from the same
folder shows only that the folder agrees with itself.
"""

import argparse
import base64
import hashlib
import json
import pathlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

TYPE = b"application/vnd.oarlock.agreement.v1"
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT = -121665 * pow(121666, P - 2, P) % P, pow(2, (P - 1) // 4, P)
Point = tuple[int, int]


def require(so: object, why: str) -> None:
    """Stop at the first thing that does not hold."""
    if not so:
        raise ValueError(why)


def add(a: Point, b: Point) -> Point:
    """The sum of two points of edwards25519, whose addition has no exceptions."""
    (x, y), (v, w) = a, b
    k = D * x * y * v * w % P
    return (x * w + y * v) * pow(1 + k, -1, P) % P, (y * w + x * v) * pow(1 - k, -1, P) % P


def times(n: int, point: Point) -> Point:
    """A point so many times."""
    found = (0, 1)
    while n:
        found, point, n = (add(found, point) if n & 1 else found), add(point, point), n >> 1
    return found


def point_of(data: bytes) -> Point:
    """The point these 32 bytes stand for (RFC 8032, 5.1.3)."""
    y, sign = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
    require(len(data) == 32 and y < P, "has a signature that is no point of the curve")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * ROOT % P
    require(x * x % P == square and (x or not sign), "has a signature that is no point of the curve")
    return (P - x if x & 1 != sign else x), y


def signed(key: bytes, message: bytes, sig: bytes) -> bool:
    """Whether that is the Ed25519 signature of this message by this key (RFC 8032, 5.1.7)."""
    require(len(sig) == 64, "has a signature that was cut")
    s, hashed = (int.from_bytes(d, "little") for d in (sig[32:], hashlib.sha512(sig[:32] + key + message).digest()))
    base = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    return s < ORDER and times(s, base) == add(point_of(sig[:32]), times(hashed, point_of(key)))


def canonical(value: Any) -> bytes:
    """The one spelling of a JSON value."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def decoded(text: str) -> bytes:
    """The bytes of a base64 text in its one spelling."""
    require(base64.b64encode(base64.b64decode(text)).decode() == text, "is not in its one spelling")
    return base64.b64decode(text)


def check_version(data: bytes, key: bytes, number: int, before: str, since: str) -> tuple[Any, str]:
    """One envelope: (its header, its hash). Every signature it needs, over its exact bytes, and no other."""
    whole = json.loads(data)
    require(canonical(whole) == data and set(whole) == {"payload", "payloadType", "signatures"}, "is not an envelope")
    require(whole["payloadType"] == TYPE.decode(), "is another kind of envelope")
    payload, names = decoded(whole["payload"]), []
    header = json.loads(line := payload.partition(b"\n")[0])
    for one in whole["signatures"]:
        said, sig = decoded(one["statement"]), decoded(one["sig"])
        statement = json.loads(said)
        require(canonical(statement) == said, "has a statement in another spelling")
        require(one["keyid"] == hashlib.sha256(key).hexdigest(), "is signed by another key")
        covered = b"DSSEv1" + b"".join(b" %d %s" % (len(part), part) for part in (TYPE, payload, said))
        require(signed(key, covered, sig), "has a signature that is not under its bytes")
        names.append(statement["signer"])
    require(canonical(header) == line, "is not in its one spelling")
    require(names and sorted(names) == sorted(set(header["signers"])), "lacks a signature, or has one too many")
    require(header["number"] == number and header["before"] == before, "does not follow the version before it")
    require(header["in_force"] > since, "is not dated after the version before it")
    return header, hashlib.sha256(data).hexdigest()


def check_chain(lines: Iterable[bytes], checkpoints: dict[int, str]) -> tuple[int, dict[str, str]]:
    """The trail: how many lines it has, and {version: hash of its envelope} as it was written when it was signed."""
    before, number, adopted = "0" * 64, 0, dict[str, str]()
    for number, text in enumerate(lines, 1):
        line = json.loads(text)
        own = json.dumps(line[:7], ensure_ascii=False, separators=(",", ":")).encode()
        require(len(line) == 8 and line[0] == number, f"Line {number} of the trail is missing or put in.")
        before = hashlib.sha256(before.encode() + b"\n" + own).hexdigest()
        require(line[7] == before, f"Line {number} of the trail was changed.")
        require(checkpoints.pop(number, before) == before, f"Line {number} is not the one of the checkpoint.")
        if line[3] == "adopted" and line[4] == "version":
            require(line[5] not in adopted, f"Line {number} signs version {line[5]} again.")
            adopted[line[5]] = json.loads(line[6])["envelope"]
    require(not checkpoints, f"The trail ends at line {number}, before checkpoint {min(checkpoints, default=0)}.")
    return number, adopted


def check(folder: pathlib.Path, key: bytes, checkpoints: dict[int, str]) -> Iterator[str]:
    """The whole evidence; sentences that say what was shown. ValueError where something does not hold."""
    with (folder / "chain.jsonl").open("rb") as lines:
        count, adopted = check_chain(lines, dict(checkpoints))
    yield f"The trail holds: {count} lines, {len(checkpoints)} checkpoints."
    before, since, files = "", "", sorted((folder / "versions").glob("*.envelope.json"))
    require(len(files) == len(adopted), f"The trail signs {len(adopted)} versions, the folder has {len(files)}.")
    for number, path in enumerate(files, 1):
        try:
            header, before = check_version(path.read_bytes(), key, number, before, since)
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"Version {number} {error}.") from error
        require(adopted.get(str(number)) == before, f"Version {number} is not the one the trail says was signed.")
        since = header["in_force"]
        yield f"Version {number} of {header['company']} from {since} holds: {', '.join(header['signers'])}."


def main(arguments: Sequence[str] | None = None) -> str | None:
    """None where everything holds, else the first thing that does not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--key")
    parser.add_argument("--checkpoint", action="append", default=[])
    asked = parser.parse_args(arguments)
    try:
        key = bytes.fromhex(asked.key or (asked.folder / "key.pub").read_text())
        told = {int(one.partition(":")[0]): one.partition(":")[2].strip() for one in asked.checkpoint}
        for sentence in check(asked.folder, key, told):
            print(sentence)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        return f"NOT so: {error}"
    return None


if __name__ == "__main__":
    raise SystemExit(main())
