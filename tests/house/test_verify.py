"""`verify.py` stands alone: at most 150 lines, the standard library, and it finds what was changed, by name."""

from __future__ import annotations

import ast
import json
import random
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.store.signing_desk import member, own_workspace

from oarlock.demo.cast import sign_up
from oarlock.store import envelope, verify
from oarlock.store.models import AuditLine
from oarlock.store.reads.evidence import export

ALONE = Path(verify.__file__)


def test_it_has_at_most_150_lines_and_imports_nothing_but_the_standard_library() -> None:
    text = ALONE.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    found = list(ast.walk(ast.parse(text)))
    plain = {alias.name for node in found if isinstance(node, ast.Import) for alias in node.names}
    from_ = {node.module or "" for node in found if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in plain | from_} <= set(sys.stdlib_module_names)


@pytest.mark.parametrize(
    ("secret", "message"),
    [
        ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", ""),
        ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72"),
        ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82"),
    ],
)
def test_it_takes_the_signatures_of_rfc_8032_and_of_the_library_and_no_others(secret: str, message: str) -> None:
    """RFC 8032, 7.1, tests 1 to 3: the secrets and messages; the signatures come from another implementation."""
    private, said = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)), bytes.fromhex(message)
    key = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    sig = private.sign(said)
    assert verify.signed(key, said, sig)
    assert not verify.signed(key, said + b"x", sig)
    larger = (int.from_bytes(sig[32:], "little") + verify.ORDER).to_bytes(32, "little")
    assert not verify.signed(key, said, sig[:32] + larger)


def test_it_knows_the_published_signature_of_rfc_8032() -> None:
    """RFC 8032, 7.1, test 2, as printed."""
    key = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    sig = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert verify.signed(key, b"\x72", sig)


@pytest.fixture
def evidence(db: None, settings: Any, tmp_path: Path) -> Path:
    home = own_workspace(settings, tmp_path / "home")
    member("mara"), member("sam")
    sign_up(home)
    export(tmp_path / "evidence")
    return tmp_path / "evidence"


def run(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """As a stranger runs it: a copy, another folder, no site packages."""
    command = [sys.executable, "-I", "-S", str(folder / "verify.py"), str(folder), *more]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def test_evidence_that_was_left_alone_holds(evidence: Path) -> None:
    last = AuditLine.objects.order_by("-number").first()
    assert last is not None
    found = run(evidence, "--checkpoint", f"{last.number}:{last.hash}", "--key", (evidence / "key.pub").read_text())
    assert found.returncode == 0, found.stderr
    assert "Version 2 of Brightwater Robotics from 2026-02-01 holds: mara, sam." in found.stdout
    assert f"{last.number} lines, 1 checkpoints" in found.stdout


def lines(evidence: Path) -> list[str]:
    return (evidence / "chain.jsonl").read_text(encoding="utf-8").splitlines()


def put(evidence: Path, kept: list[str]) -> None:
    (evidence / "chain.jsonl").write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")


def edited(evidence: Path) -> None:
    put(evidence, [line.replace("demo", "demu") if n == 3 else line for n, line in enumerate(lines(evidence))])


def swapped(evidence: Path) -> None:
    told = lines(evidence)
    put(evidence, [told[1], told[0], *told[2:]])


def taken_out(evidence: Path) -> None:
    told = lines(evidence)
    put(evidence, told[:2] + told[3:])


def put_in(evidence: Path) -> None:
    told = lines(evidence)
    put(evidence, [*told[:2], told[1], *told[2:]])


def without_a_version(evidence: Path) -> None:
    (evidence / "versions" / "002.envelope.json").unlink()


def one_version_twice(evidence: Path) -> None:
    first = (evidence / "versions" / "001.envelope.json").read_bytes()
    (evidence / "versions" / "002.envelope.json").write_bytes(first)


def another_text(evidence: Path) -> None:
    path = evidence / "versions" / "002.envelope.json"
    path.write_bytes(path.read_bytes().replace(b'"payload":"eyJ', b'"payload":"eyK', 1))


def of_another_key(evidence: Path) -> None:
    (evidence / "key.pub").write_text(envelope.public_key(bytes(32)).hex())


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (edited, "Line 4 of the trail was changed"),
        (swapped, "Line 1 of the trail is missing or put in"),
        (taken_out, "Line 3 of the trail is missing or put in"),
        (put_in, "Line 3 of the trail is missing or put in"),
        (without_a_version, "signs 2 versions, the folder has 1"),
        (one_version_twice, "Version 2 does not follow"),
        (another_text, "Version 2"),
        (of_another_key, "Version 1 is signed by another key"),
    ],
)
def test_what_was_changed_is_found_and_named(evidence: Path, spoil: Callable[[Path], None], told: str) -> None:
    spoil(evidence)
    found = run(evidence)
    assert found.returncode == 1 and told in found.stderr


def test_a_trail_that_lost_its_end_holds_by_itself_and_not_against_a_checkpoint(evidence: Path) -> None:
    told = lines(evidence)
    last = json.loads(told[-2])
    put(evidence, told[:-1])
    assert "signs 1 versions" in run(evidence).stderr
    found = run(evidence, "--checkpoint", f"{last[0] + 1}:{json.loads(told[-1])[7]}")
    assert found.returncode == 1 and f"before checkpoint {last[0] + 1}" in found.stderr


def test_a_trail_that_was_written_anew_is_not_the_one_of_the_checkpoint(evidence: Path) -> None:
    before, anew = "0" * 64, []
    for text in lines(evidence):
        line = json.loads(text)[:7]
        line[2] = "somebody-else"
        own = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
        before = sha256(before.encode() + b"\n" + own.encode()).hexdigest()
        anew.append(json.dumps([*line, before], ensure_ascii=False, separators=(",", ":")))
    known = json.loads(lines(evidence)[2])
    put(evidence, anew)
    assert run(evidence).returncode == 0, "it agrees with itself"
    assert "Line 3 is not the one of the checkpoint" in run(evidence, "--checkpoint", f"3:{known[7]}").stderr


def test_flipped_bits_of_an_envelope_are_found_by_it_too(evidence: Path) -> None:
    path, seed = evidence / "versions" / "001.envelope.json", 7
    data, key = path.read_bytes(), bytes.fromhex((evidence / "key.pub").read_text())
    for place in random.Random(seed).sample(range(len(data) * 8), 60):
        forged = bytearray(data)
        forged[place // 8] ^= 1 << place % 8
        with pytest.raises((ValueError, KeyError, TypeError)):
            verify.check_version(bytes(forged), key, 1, "", "")
            pytest.fail(f"bit {place} may be flipped (seed {seed})")
