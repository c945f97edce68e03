"""The commented agreement a new workspace begins with. It checks clean; a test holds it to that."""

from __future__ import annotations

from importlib.resources import files

COMPANY, IN_FORCE = "Our company", "2026-01-01"
"""What stands in the starter for the company's name and its first day; `oarlock init` puts in the real ones."""


def starter() -> bytes:
    """The bytes of the starter agreement."""
    return files("oarlock.agreement").joinpath("starter.yaml").read_bytes()
