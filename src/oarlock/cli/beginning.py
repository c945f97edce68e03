"""`oarlock init`: a workspace with a commented starter agreement. It never overwrites anything."""

from __future__ import annotations

import json as json_text
from pathlib import Path
from typing import Annotated

import typer

from oarlock.cli.door import Home, Json, door


def init(
    context: typer.Context,
    company: Annotated[str, typer.Option(help="The company's name, as it stands in the agreement.")] = "Our Company",
    home: Home = None,
    json: Json = False,
) -> None:
    """Make a workspace with a commented starter agreement."""
    from oarlock.cli.screen import answers, print_json
    from oarlock.ground.clock import now

    asked = door(context, home, json)
    made = _lay_starter(asked.home, company, now().date().isoformat())
    if asked.json:
        print_json({"home": str(asked.home), "agreement": str(made)})
        return
    out = answers()
    out.print(f"A workspace in {asked.home}, with a starter agreement: {made}", soft_wrap=True)
    out.print(f"Next: edit it, then `oarlock check {made}`;", soft_wrap=True)
    out.print(f"      `oarlock import FILES --preset NAME --home {asked.home}` brings your exports in.", soft_wrap=True)


def _lay_starter(home: Path, company: str, today: str) -> Path:
    """Write the starter where no agreement stands yet. UserProblem where one does, or where one cannot be written."""
    from oarlock.agreement.starter import COMPANY, IN_FORCE, starter
    from oarlock.cli.workspace import agreement_paths, agreements_folder
    from oarlock.ground.problems import Place, UserProblem

    path = agreements_folder(home) / "1.yaml"
    if agreement_paths(home):
        raise UserProblem(
            "workspace-exists",
            f"`{home}` is a workspace already, with an agreement of its own.",
            "Nothing was changed.",
            "Name another with `--home DIR`.",
            Place(str(agreements_folder(home))),
        )
    text = starter().decode("utf-8")
    text = text.replace(f"company: {COMPANY}", f"company: {_scalar(company)}", 1)
    text = text.replace(f"in_force: {IN_FORCE}", f"in_force: {today}", 1)
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UserProblem(
            "cannot-write", f"`{path}` cannot be written: {error.strerror}.", where=Place(str(path))
        ) from error
    return path


def _scalar(name: str) -> str:
    """The name as YAML: bare where it is plainly a name, else in quotes as JSON (of which YAML is more)."""
    plain = (
        name.replace(" ", "").isalpha()
        and name.strip() == name
        and name.lower() not in ("null", "true", "false", "yes", "no")
    )
    return name if plain else json_text.dumps(name, ensure_ascii=False)
