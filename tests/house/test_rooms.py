"""Rooms import only lower floors, no room stands outside the contract, and the lint is clean."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from .project import ROOT, modules, tool

CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]
FLOORS: list[str] = next(c for c in CONTRACTS if c["id"] == "floors")["layers"]
PURE: list[str] = next(c for c in CONTRACTS if c["id"] == "pure")["source_modules"]
MEASURING: list[str] = next(c for c in CONTRACTS if c["id"] == "measuring")["source_modules"]

ORDER = [
    {"settings"},
    {"web", "cli"},
    {"jobs", "demo"},
    {"connectors", "engines", "store"},
    {"pay", "rhythm", "audit"},
    {"scorecard", "charts"},
    {"loop", "attribution", "forecast"},
    {"tables"},
    {"desk"},
    {"lifecycle", "routing", "handoffs", "matching"},
    {"agreement"},
    {"records"},
    {"ground"},
]
"""The floors from the top down, as HOUSE.md draws them."""


def rooms() -> set[str]:
    """The rooms that are open: packages with a module in them."""
    parts = (p.relative_to(ROOT / "src" / "oarlock").parts for p in modules())
    return {p[0] for p in parts if len(p) > 1} | {"settings"}


def named(layer: str) -> dict[str, bool]:
    """The rooms of one line of the contract, and whether each stands in parentheses (not open yet)."""
    return {word.strip("()"): word.startswith("(") for word in layer.split(" | ")}


def test_the_contract_has_the_floors_in_their_order() -> None:
    assert [set(named(layer)) for layer in FLOORS] == ORDER


def test_a_room_stands_in_parentheses_exactly_as_long_as_it_is_not_open() -> None:
    closed = {room for layer in FLOORS for room, is_closed in named(layer).items() if is_closed}
    everything = {room for layer in FLOORS for room in named(layer)}
    assert rooms() == everything - closed


def test_every_open_room_of_floors_0_to_4_is_held_to_plain_python() -> None:
    low = set().union(*ORDER[-5:]) & rooms()
    assert set(PURE) == {f"oarlock.{room}" for room in low}


def test_every_open_room_of_floors_5_to_8_is_kept_from_engines_and_web() -> None:
    middle = set().union(*ORDER[4:8]) & rooms()
    assert set(MEASURING) == {f"oarlock.{room}" for room in middle}


def test_house_md_draws_every_open_room_on_its_floor() -> None:
    text = (ROOT / "HOUSE.md").read_text(encoding="utf-8")
    for number, floor in enumerate(reversed(ORDER)):
        for room in floor & rooms():
            assert re.search(rf"^\s+{room}/?\s+{number}\s", text, re.M), f"HOUSE.md does not draw {room}/ on {number}"


def test_rooms_import_only_lower_floors() -> None:
    found = tool("lint-imports")
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("where", ["src", "tests"])
def test_the_lint_is_clean(where: str) -> None:
    found = tool("ruff", "check", where)
    assert found.returncode == 0, found.stdout
