"""`oarlock demo`: Brightwater Robotics in a workspace of its own, from its files to the truth about its funnel.

Promises: the same people and seed again do nothing twice; a workspace that is not a demo's is never touched.
"""

from __future__ import annotations

import json as json_text
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from oarlock.cli.door import Door, Home, Json, door
from oarlock.ground.problems import Place, UserProblem

if TYPE_CHECKING:
    from oarlock.demo import Made

MARK = "demo.json"
"""The file that says a workspace is a demo's, and which."""
BY = ["source"]


def demo(
    context: typer.Context,
    people: Annotated[int, typer.Option(metavar="N", help="How many people there are.")] = 20_000,
    seed: Annotated[int, typer.Option(metavar="S", help="Another seed, another history.")] = 7,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Show the report, or make the company and stop.")
    ] = True,
    home: Home = None,
    json: Json = False,
) -> None:
    """A company to look at: its files, agreement and lake; then its report. The same again changes nothing."""
    from oarlock.cli.screen import answers, errors, print_json

    asked = door(context, home, json)
    made = _lay_out(asked, people, seed)
    if not serve:
        if asked.json:
            print_json(made)
        else:
            answers().print(_told(made, asked.home), soft_wrap=True)
        return
    if not asked.json:
        errors().print(_told(made, asked.home), soft_wrap=True)
    _report(asked)


def _told(made: dict[str, Any], home: Path) -> str:
    how = "was there already" if made["already"] else "is made"
    return f"Brightwater Robotics {how}: {made['people']:,} people, seed {made['seed']}, in {home}."


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
        if _marked(mark) != wanted:
            raise _other(home, "It holds a demo of another size or seed.", mark)
        return True
    from oarlock.cli.workspace import agreement_paths

    if agreement_paths(home) or _has_lake(home):
        raise _other(home, "It holds an agreement or data of your own, and a demo never mixes with them.", home)
    try:
        home.mkdir(parents=True, exist_ok=True)
        mark.write_text(json_text.dumps(wanted) + "\n", encoding="utf-8")
    except OSError as error:
        raise UserProblem(
            "cannot-write", f"`{home}` cannot be written: {error.strerror}.", where=Place(str(home))
        ) from error
    return False


def _marked(mark: Path) -> object:
    """What the mark says; nothing we know where it is not ours any more."""
    try:
        return json_text.loads(mark.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


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


def _report(asked: Door) -> None:
    from oarlock.cli.measuring import Asked, show_report
    from oarlock.cli.workspace import definition

    show_report(Asked(asked, definition(asked.home), asked.home / "report.html", sql=False), BY)
