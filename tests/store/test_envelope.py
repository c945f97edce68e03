"""The envelope: exact bytes, each bit of them under the signatures."""

from __future__ import annotations

import base64
import json
import os
import random
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from oarlock.ground.problems import UserProblem
from oarlock.store import envelope
from oarlock.store.envelope import Header, Signed, Statement

SEED = bytes(range(32))
KEY = envelope.public_key(SEED)
SOURCE = "oarlock: 1\ncompany: Brightwater Robotics\n# Amélie\n".encode()
AT = datetime(2026, 9, 20, 10, tzinfo=UTC)
FLIPS = int(os.environ.get("OARLOCK_TRIES", "2000"))


def header(**more: object) -> Header:
    said: dict[str, object] = {
        "company": "Brightwater Robotics", "number": 1, "before": "", "in_force": "2026-10-01",
        "signers": ("mara", "sam"), "left": (),
    }  # fmt: skip
    return Header(**{**said, **more})  # type: ignore[arg-type]


def signed(payload: bytes, *names: str, seed: bytes = SEED) -> list[Signed]:
    return [envelope.sign(seed, payload, Statement(name, f"member-{name}", AT, "password")) for name in names]


def envelope_of(head: Header | None = None, source: bytes = SOURCE, *names: str, seed: bytes = SEED) -> bytes:
    payload = envelope.payload_of(head or header(), source)
    return envelope.enclose(payload, signed(payload, *(names or ("mara", "sam")), seed=seed))


def refused(data: bytes, key: bytes = KEY) -> str:
    with pytest.raises(UserProblem) as caught:
        envelope.opened(data, key)
    assert caught.value.code == "forged-agreement"
    return caught.value.why


def test_an_envelope_gives_back_the_exact_bytes_who_signed_when_and_how() -> None:
    found = envelope.opened(envelope_of(), KEY)
    assert found.source == SOURCE
    assert found.header == header()
    assert found.statements == tuple(Statement(n, f"member-{n}", AT, "password") for n in ("mara", "sam"))
    assert found.hash == sha256(envelope_of()).hexdigest()


def test_what_is_covered_is_the_encoding_of_dsse_with_the_statement_behind_it() -> None:
    """DSSE, protocol.md: PAE(type, body) = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body."""
    kind = envelope.TYPE.encode()
    assert envelope.covered(b"hello world", b"me") == b"DSSEv1 %d %s 11 hello world 2 me" % (len(kind), kind)


def test_every_flipped_bit_of_an_envelope_is_refused() -> None:
    data, seed = envelope_of(), 20_261_121
    places = random.Random(seed).sample(range(len(data) * 8), FLIPS)
    taken = [place for place in places if _opens(data, place)]
    assert not taken, f"these bits may be flipped (seed {seed})"
    assert envelope.opened(data, KEY).source == SOURCE, "what nobody touched opens"


def _opens(data: bytes, place: int) -> bool:
    """Whether the envelope opens with that bit flipped."""
    forged = bytearray(data)
    forged[place // 8] ^= 1 << place % 8
    try:
        envelope.opened(bytes(forged), KEY)
    except UserProblem:
        return False
    return True


def test_old_text_under_a_new_number_is_refused() -> None:
    payload = envelope.payload_of(header(), SOURCE)
    old = signed(payload, "mara", "sam")
    assert "not under these bytes" in refused(envelope.enclose(envelope.payload_of(header(number=2), SOURCE), old))


def test_a_signature_of_an_earlier_text_is_refused_under_a_later_one() -> None:
    old = signed(envelope.payload_of(header(), SOURCE), "mara", "sam")
    assert "not under these bytes" in refused(envelope.enclose(envelope.payload_of(header(), SOURCE + b"#\n"), old))


def test_an_envelope_of_another_company_s_workspace_is_refused() -> None:
    assert "not under these bytes" in refused(envelope_of(seed=bytes(32)))


def test_a_signature_twice_is_refused() -> None:
    payload = envelope.payload_of(header(), SOURCE)
    mara, sam = signed(payload, "mara", "sam")
    assert "twice" in refused(envelope.enclose(payload, [mara, sam, mara]))
    assert "sam" in refused(envelope.enclose(payload, [mara]))
    assert "twice" in refused(envelope.enclose(payload, [mara, mara]))


def test_a_name_nobody_asked_for_under_an_agreement_is_refused() -> None:
    assert "olive" in refused(envelope_of(None, SOURCE, "mara", "sam", "olive"))


def test_an_agreement_nobody_signed_is_refused() -> None:
    assert refused(envelope.enclose(envelope.payload_of(header(signers=()), SOURCE), []))


def test_the_same_envelope_in_another_spelling_is_refused() -> None:
    whole = json.loads(envelope_of())
    assert "one spelling" in refused(json.dumps(whole, indent=1).encode())
    whole["note"] = "hello"
    assert "one spelling" in refused(json.dumps(whole, sort_keys=True, separators=(",", ":")).encode())


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"[" * 100_000, b"\xff", b"null", b'{"payloadType": 1}'])
def test_what_is_no_envelope_is_refused(data: bytes) -> None:
    assert refused(data)


@pytest.mark.parametrize("said", [{"payload": 7}, {"payload": "a"}, {"signatures": {}}, {"signatures": [7]}])
def test_a_broken_envelope_is_refused(said: dict[str, object]) -> None:
    whole = {**json.loads(envelope_of()), **said}
    assert refused(json.dumps(whole, sort_keys=True, separators=(",", ":")).encode())


@pytest.mark.parametrize("line", [b"{}", b"[]", b"7", b'{"left":7}'])
def test_a_payload_without_a_header_is_refused(line: bytes) -> None:
    payload = line + b"\n" + SOURCE
    assert refused(envelope.enclose(payload, signed(payload, "mara", "sam")))


def test_a_method_nobody_knows_is_refused() -> None:
    payload = envelope.payload_of(header(signers=("mara",)), SOURCE)
    one = envelope.sign(SEED, payload, Statement("mara", "m", AT, "shouting"))
    assert refused(envelope.enclose(payload, [one]))


def succession(*heads: Header) -> list[bytes]:
    found: list[bytes] = []
    for head in heads:
        before = sha256(found[-1]).hexdigest() if found else ""
        found.append(envelope_of(Header(**{**{f: getattr(head, f) for f in Header.__slots__}, "before": before})))
    return found


def test_versions_follow_each_other() -> None:
    chain = succession(header(), header(number=2, in_force="2026-11-01"), header(number=3, in_force="2027-01-01"))
    assert [one.header.number for one in envelope.succession(chain, KEY)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda c: c[1:], "calls itself"),
        (lambda c: [c[0], c[2]], "calls itself"),
        (lambda c: [c[1], c[0], c[2]], "calls itself"),
        (lambda c: [envelope_of(header(company="Other")), *c[1:]], "does not follow"),
    ],
)
def test_a_version_cut_out_swapped_or_put_in_breaks_the_succession(spoil: object, why: str) -> None:
    chain = succession(header(), header(number=2, in_force="2026-11-01"), header(number=3, in_force="2027-01-01"))
    with pytest.raises(UserProblem) as caught:
        envelope.succession(spoil(chain), KEY)  # type: ignore[operator]
    assert why in caught.value.why


def test_a_version_dated_before_the_one_it_follows_breaks_the_succession() -> None:
    with pytest.raises(UserProblem) as caught:
        envelope.succession(succession(header(), header(number=2, in_force="2026-09-01")), KEY)
    assert "not dated after" in caught.value.why


def test_padding_that_carries_hidden_bits_is_refused() -> None:
    whole = json.loads(envelope_of())
    text: str = whole["signatures"][0]["sig"]
    assert text.endswith("==")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    hidden = text[:-3] + letters[letters.index(text[-3]) ^ 1] + "=="
    assert base64.b64decode(hidden) == base64.b64decode(text)
    whole["signatures"][0]["sig"] = hidden
    assert refused(json.dumps(whole, sort_keys=True, separators=(",", ":")).encode())
