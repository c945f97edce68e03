"""Whatever the bytes are: a draft and findings, never an exception, and quickly. `OARLOCK_TRIES` scales it up."""

from __future__ import annotations

import os
import random
import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oarlock.agreement import check, compare, explain, read_text
from oarlock.agreement.explaining import as_text
from oarlock.agreement.format.whole import Agreement
from oarlock.agreement.sealing import terms_of
from oarlock.ground.problems import UserProblem

HEAD_KEYS = ("oarlock", "company", "in_force", "time_zone", "currency")
TRIES = int(os.environ.get("OARLOCK_TRIES", "300"))
SEED = int(os.environ.get("OARLOCK_SEED", "20261121"))
SOURCES = sorted((Path(__file__).parents[4] / "agreements").rglob("agreement.yaml"))
PIECES = [
    b"{", b"}", b"[", b"]", b": ", b"- ", b'"', b"'", b"\n", b"  ", b"null", b"true", b"1", b"75%", b"&a", b"*a", b"!x",
    b"|", b">", b"#", b"<<", b"when", b"@", b"`", b"%", b"?", b"0x1", b"-", b"\xc3\xa4", b"\xe2\x80\xae", b"...",
    b"---", b"{}", b"[]", b"9" * 30, b"\t", b"1e400", b".inf", b"\x00", b"\xff", b"{a: b}", b"[1, 2]", b"mql", b"icp",
    b"fit > 3", b"2026-13-01", b"oarlock-folder/1\n", b"\r\n", b"1 EUR", b"{told}",
]  # fmt: skip

examples = settings(max_examples=TRIES, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def whole_way(data: bytes) -> str:
    """Everything a stranger's text passes through: `read`, `refused`, or neither, which nobody could understand."""
    draft = read_text(data, "a.yaml")
    findings = check(draft)
    for finding in findings:
        assert finding.message and finding.code and finding.place.file
    terms = terms_of(draft)
    if terms is None:
        return "refused" if findings else "neither"
    assert as_text(explain(terms))
    return "read"


@examples
@given(st.binary(max_size=400))
def test_random_bytes_are_read_or_refused(data: bytes) -> None:
    assert whole_way(data) != "neither"


@examples
@given(st.text(alphabet="ab:{}[]-'\"\n #&*!|>%@?,.\t\u202e\u00e9\u0301", max_size=200))
def test_random_yaml_signs_are_read_or_refused(text: str) -> None:
    assert whole_way(text.encode("utf-8", "surrogatepass")) != "neither"


words = st.sampled_from(
    ["stages", "when", "mql", "owner", "sales", "1", "75%", "pay", "goals", "icp", "2026-01-01", ""]
)
trees = st.recursive(
    words,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(words, below, max_size=4),
    max_leaves=20,
)
sections = st.sampled_from([name for name in Agreement.model_fields if name not in HEAD_KEYS])


def flow(tree: object) -> str:
    if isinstance(tree, dict):
        return "{" + ", ".join(f'"{key}": {flow(value)}' for key, value in tree.items()) + "}"
    return "[" + ", ".join(map(flow, tree)) + "]" if isinstance(tree, list) else f'"{tree}"'


@examples
@given(st.dictionaries(sections, trees, max_size=4))
def test_sections_filled_with_anything_are_read_or_refused(body: dict[str, object]) -> None:
    head = "oarlock: 1\ncompany: X\nin_force: 2026-01-01\ntime_zone: UTC\ncurrency: EUR\n"
    text = head + "".join(f"{key}: {flow(tree)}\n" for key, tree in body.items())
    assert whole_way(text.encode()) != "neither"


def mutated(data: bytes, dice: random.Random) -> bytes:
    """A few wounds of the kinds that editors, merges and attackers make."""
    text = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        at, kind = dice.randrange(len(text)), dice.random()
        if kind < 0.3:
            del text[at : at + dice.randint(1, 40)]
        elif kind < 0.6:
            text[at:at] = dice.choice(PIECES)
        elif kind < 0.7:
            text[at] = dice.randrange(256)
        else:
            lines = bytes(text).split(b"\n")
            line, other = dice.randrange(len(lines)), dice.randrange(len(lines))
            key = re.match(rb"(\s*-?\s*[\w.-]+:)(.*)", lines[line])
            if key and kind < 0.85:
                lines[line] = key[1] + b" " + dice.choice(PIECES)
            else:
                lines[line], lines[other] = lines[other], lines[line]
            text = bytearray(b"\n".join(lines))
        text = text or bytearray(b"\n")
    return bytes(text)


def test_wounded_worked_agreements_are_read_or_refused() -> None:
    dice, worst = random.Random(SEED), 0.0
    sources = [path.read_bytes() for path in SOURCES]
    whole = read_text(sources[0])
    for number in range(TRIES):
        text = mutated(dice.choice(sources), dice)
        began = time.perf_counter()
        try:
            whole_way(text)
            if number % 10 == 0:
                compare(whole, read_text(text))
        except UserProblem as problem:
            assert problem.code == "cannot-compare"
        except Exception as broken:
            pytest.fail(f"seed {SEED}, try {number}: {broken!r} over {text!r}")
        worst = max(worst, time.perf_counter() - began)
    print(f"{TRIES} wounded agreements, seed {SEED}, slowest {worst:.2f} s")
    assert worst < 10
