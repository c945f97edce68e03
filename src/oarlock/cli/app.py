"""The application: which commands there are, and the two options that may stand before any of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from oarlock.cli import (
    asking,
    beginning,
    closing,
    erasing,
    importing,
    keeping,
    matching,
    measuring,
    members,
    playing,
    promising,
    proposing,
    routing,
    serving,
)
from oarlock.cli.door import DEFAULT_HOME, Door, Json

COMMANDS: dict[str, Callable[..., None]] = {
    "init": beginning.init,
    "check": asking.check,
    "explain": asking.explain,
    "compare": asking.compare,
    "schema": asking.schema,
    "propose": proposing.propose,
    "import": importing.import_files,
    "report": measuring.report,
    "drift": measuring.drift,
    "backtest": measuring.backtest,
    "promises": promising.promises,
    "route": routing.route,
    "match": matching.match,
    "demo": playing.demo,
    "close": closing.close,
    "load": keeping.load,
    "rebuild": keeping.rebuild,
    "verify": keeping.verify,
    "backup": keeping.backup,
    "restore": keeping.restore,
    "move": keeping.move,
    "doctor": keeping.doctor,
    "serve": serving.serve,
    "work": serving.work,
    "members": members.members,
    "erase": erasing.erase,
    "hand-over": erasing.hand_over,
}
"""Every command by its name, in the order of the help."""

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for _name, _command in COMMANDS.items():
    app.command(_name)(_command)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"oarlock {version('oarlock')}")
        raise typer.Exit


@app.callback()
def before(
    context: typer.Context,
    home: Annotated[
        Path | None, typer.Option(metavar="DIR", envvar="OARLOCK_HOME", help="The workspace.", show_default=False)
    ] = None,
    json: Json = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Where sales and marketing pull together: the agreement is the program."""
    context.obj = Door(home or DEFAULT_HOME, json)
