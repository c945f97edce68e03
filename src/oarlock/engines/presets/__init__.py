"""The presets: mappings that ship with Oarlock, one YAML file each."""

from __future__ import annotations

from pathlib import Path

from oarlock.engines.mapping import Mapping
from oarlock.engines.mapping_text import read_mapping
from oarlock.ground.problems import UserProblem
from oarlock.ground.spelling import did_you_mean

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """All presets, in order."""
    return sorted(p.stem for p in FOLDER.glob("*.yaml"))


def preset(name: str) -> Mapping:
    """The preset of that name. Raises UserProblem `unknown-preset`."""
    if name not in names():
        near = did_you_mean(name, names())
        raise UserProblem("unknown-preset", f"There is no preset `{name}`.", f"There are: {', '.join(names())}.", near)
    return read_mapping(FOLDER / f"{name}.yaml")
