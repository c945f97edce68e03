"""What every command is told beside its own options: which workspace, and whether to answer as JSON.

Both may stand before the command or after it; after it wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

DEFAULT_HOME = Path("oarlock-home")

Home = Annotated[
    Path | None, typer.Option("--home", metavar="DIR", help="The workspace (./oarlock-home where none is named).")
]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


@dataclass(frozen=True, slots=True)
class Door:
    """How this command was called."""

    home: Path = DEFAULT_HOME
    json: bool = False


def door(context: typer.Context, home: Path | None, json: bool) -> Door:
    """What was said before the command and after it, together."""
    before = context.obj if isinstance(context.obj, Door) else Door()
    return Door(home or before.home, json or before.json)
