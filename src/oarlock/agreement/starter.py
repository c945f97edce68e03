"""The commented agreement a new workspace begins with. It checks clean; a test holds it to that."""

from __future__ import annotations

from importlib.resources import files

NAME = "agreement.yaml"


def starter() -> bytes:
    """The bytes of the starter agreement, to be written into a new workspace as `NAME`."""
    return files("oarlock.agreement").joinpath("starter.yaml").read_bytes()
