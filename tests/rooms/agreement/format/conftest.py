"""The worked agreement of Brightwater, to be spoilt in one place at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from oarlock.agreement import Finding, check, read_text

ROOT = Path(__file__).parents[4]
BRIGHTWATER = ROOT / "agreements" / "brightwater" / "agreement.yaml"

Spoil = Callable[..., str]
Found = Callable[[str], list[Finding]]


@pytest.fixture(scope="session")
def brightwater() -> str:
    return BRIGHTWATER.read_text()


@pytest.fixture(scope="session")
def spoilt(brightwater: str) -> Spoil:
    """Brightwater's text with `old` replaced by `new`; `old` must stand in it."""

    def spoil(*edits: tuple[str, str]) -> str:
        text = brightwater
        for old, new in edits:
            assert old in text, f"{old!r} does not stand in the worked agreement"
            text = text.replace(old, new, 1)
        return text

    return spoil


@pytest.fixture(scope="session")
def found() -> Found:
    """What is found in a text."""

    def find(text: str) -> list[Finding]:
        return check(read_text(text.encode(), "a.yaml"))

    return find
