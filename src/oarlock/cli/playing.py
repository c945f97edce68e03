"""`oarlock demo`: Brightwater Robotics in a workspace of its own, from its files to the application on it.

Promises: the same people and seed again do nothing twice; a workspace that is not a demo's is never touched; the
application answers on this machine alone.
"""

from __future__ import annotations

import json as json_text
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from oarlock.cli.door import Door, Home, Json, door
from oarlock.ground.problems import Place, UserProblem

if TYPE_CHECKING:
    from oarlock.demo import Made

MARK = "demo.json"
"""The file that says a workspace is a demo's, and which."""


def demo(
    context: typer.Context,
    people: Annotated[int, typer.Option(metavar="N", help="How many people there are.")] = 20_000,
    seed: Annotated[int, typer.Option(metavar="S", help="Another seed, another history.")] = 7,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Open the application, or make the company and stop.")
    ] = True,
    port: Annotated[
        int | None, typer.Option("--port", metavar="PORT", min=1, max=65535, help="Where (a free one near 8000).")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Turn the demo into a workspace of real use.")] = False,
    administrator: Annotated[
        str | None, typer.Option("--administrator", metavar="EMAIL", help="With --keep: who looks after it.")
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """A company to look at: its files, agreement and lake; then the application. The same again changes nothing."""
    from oarlock.cli.screen import answers, errors, print_json

    asked = door(context, home, json)
    if keep:
        from oarlock.cli.demo_store import keep_for_real

        keep_for_real(asked, administrator)
        return
    made = _lay_out(asked, people, seed)
    if serve:
        if not asked.json:
            errors().print(_told(made, asked.home), soft_wrap=True)
        _open(asked, port)
    elif asked.json:
        print_json(made)
    else:
        answers().print(_told(made, asked.home), soft_wrap=True)


def _told(made: dict[str, Any], home: Path) -> str:
    how = "was there already" if made["already"] else "is made"
    return f"Brightwater Robotics {how}: {made['people']:,} people, seed {made['seed']}, in {home}."


def _open(asked: Door, port: int | None) -> None:
    """The application on this company, at a loopback address, with a line that says who can sign in."""
    from oarlock.cli import serving
    from oarlock.cli.demo_store import set_up

    chosen = port or serving.free_port(serving.HOST, serving.PORT)
    serving.require_free(serving.HOST, chosen)
    serving.make_ready(asked.home)
    password = set_up(asked)
    serving.wish_for_charts(asked.home)
    serving.run(serving.HOST, chosen, 1, 1, told=lambda address: _welcome(asked, address, password))


def _welcome(asked: Door, address: str, password: str) -> None:
    from oarlock.cli.screen import answers, print_json
    from oarlock.demo.cast import CAST

    if asked.json:
        cast = [{"email": part.email, "who": part.who} for part in CAST]
        print_json({"address": address, "password": password, "cast": cast})
        return
    out = answers()
    out.print(f"\nOarlock is at {address} (Ctrl C stops it). Sign in as", soft_wrap=True)
    for part in CAST:
        out.print(f"  {part.email:<28} {part.who}", soft_wrap=True)
    out.print(f"password: {password}   (everybody's; only this demo's)", soft_wrap=True)


def _lay_out(asked: Door, people: int, seed: int) -> dict[str, Any]:
    """Files, agreements and lake, as far as they are not there; what was made as plain data."""
    wanted = {"people": people, "seed": seed}
    already = _begin(asked.home, wanted) and _has_lake(asked.home)
    if not already:
        made = _make(asked, people, seed)
        _bring_in(asked, made)
    places = {name: str(asked.home / name) for name in ("files", "agreements", "lake")}
    return {**wanted, "home": str(asked.home), **places, "already": already}


def _begin(home: Path, wanted: dict[str, int]) -> bool:
    """Mark the workspace as this demo's; True where it was already. UserProblem where it is something else."""
    mark = home / MARK
    if mark.exists():
        if {name: marked(home).get(name) for name in wanted} != wanted:
            raise _other(home, "It holds a demo of another size or seed.", mark)
        return True
    from oarlock.cli.workspace import agreement_paths

    if agreement_paths(home) or _has_lake(home):
        raise _other(home, "It holds an agreement or data of your own, and a demo never mixes with them.", home)
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark_as(home, dict(wanted))
    except OSError as error:
        raise UserProblem(
            "cannot-write", f"`{home}` cannot be written: {error.strerror}.", where=Place(str(home))
        ) from error
    return False


def marked(home: Path) -> dict[str, Any]:
    """What the mark of that workspace says; nothing where there is none, or it is not ours any more."""
    try:
        found = json_text.loads((home / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def mark_as(home: Path, said: dict[str, Any]) -> None:
    """Write the mark, readable by its owner alone: it holds the password of the cast."""
    waiting = home / f"{MARK}.new"
    with os.fdopen(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(json_text.dumps(said) + "\n")
    waiting.replace(home / MARK)


def _other(home: Path, why: str, place: Path) -> UserProblem:
    what = f"`{home}` is not a place for this demo."
    return UserProblem("not-this-demo", what, why, "Name another folder with `--home DIR`.", Place(str(place)))


def _has_lake(home: Path) -> bool:
    from oarlock.engines.manifest import read

    return any(table.rows for table in read(home).tables.values())


def _make(asked: Door, people: int, seed: int) -> Made:
    """The files, and the agreements as the workspace's versions."""
    from oarlock import demo as company
    from oarlock.cli.progress import watching
    from oarlock.cli.workspace import agreements_folder

    with watching(asked.json) as told:

        def progress(done: int, of: int) -> None:
            if told is not None:
                told("making Brightwater Robotics", done / of, done)

        made = company.make(asked.home / "files", people=people, seed=seed, progress=progress)
    folder = agreements_folder(asked.home)
    folder.mkdir(parents=True, exist_ok=True)
    for path in made.agreements:
        (folder / path.name).write_bytes(path.read_bytes())
    return made


def _bring_in(asked: Door, made: Made) -> None:
    from oarlock.cli.importing import bring_in
    from oarlock.engines import presets

    bring_in([file.path for file in made.files], presets.preset("oarlock"), asked.home, None, silent=asked.json)
