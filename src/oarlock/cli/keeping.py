"""Keeping a workspace alive: load, rebuild, verify, backup, restore, move, doctor.

Promise: what these commands say was done is done and on disk; what does not hold is named, with exit code 1.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from oarlock.charts.names import shown
from oarlock.charts.numerals import count
from oarlock.cli.door import Door, Home, Json, door
from oarlock.cli.screen import answers, print_json
from oarlock.ground.problems import Place, UserProblem

File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]
Tell = Callable[[str, float | None], None]


def load(context: typer.Context, home: Home = None, json: Json = False) -> None:
    """Bring what the lake has and the store lacks into the store. The same lake again changes nothing."""
    asked = _opened(context, home, json)
    from oarlock.ground.clock import now
    from oarlock.jobs.loading import load as loaded
    from oarlock.store.writes.audit import SYSTEM

    with _watched(asked) as tell:
        done = loaded(asked.home, acting=SYSTEM, now=now(), tell=tell)
    if asked.json:
        return print_json({"load": done.number, "rows": dict(done.rows)})
    told = f"Load {done.number}: {_listed(dict(done.rows))}." if done.number else "The store had all of it."
    answers().print(told, soft_wrap=True)
    return None


def rebuild(context: typer.Context, home: Home = None, json: Json = False) -> None:
    """Make state anew from the facts: where everybody stands, and what records are found by."""
    asked = _opened(context, home, json)
    from oarlock.ground.clock import now
    from oarlock.jobs.rebuilding import rebuild as rebuilt
    from oarlock.store.writes.audit import SYSTEM

    with _watched(asked) as tell:
        rows = dict(rebuilt(asked.home, acting=SYSTEM, now=now(), tell=tell))
    if asked.json:
        return print_json({"rows": rows})
    answers().print(f"Made anew: {_listed(rows)}.", soft_wrap=True)
    return None


def verify(
    context: typer.Context,
    export: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write the evidence there too, for `verify.py`.")
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Walk the trail, the signed versions, every sealed fact and every file of the lake; name what does not hold."""
    asked = _opened(context, home, json)
    from oarlock.ground.clock import now
    from oarlock.jobs.verifying import verify as verified
    from oarlock.store.reads import evidence
    from oarlock.store.writes.audit import SYSTEM, note

    with _watched(asked) as tell:
        found = verified(asked.home, tell=tell)
    note("verified", "store", "all", {"findings": len(found.findings)}, acting=SYSTEM, now=now())
    if export is not None:
        evidence.export(export)
    if asked.json:
        print_json({"looked_at": dict(found.looked_at), "findings": [asdict(f) for f in found.findings]})
    else:
        answers().print(f"Looked at {_listed(dict(found.looked_at))}.", soft_wrap=True)
        for finding in found.findings[:50]:
            answers().print(f"{finding.part}: {shown(finding.words, 400)}", style="bold", soft_wrap=True)
        if not found.findings:
            answers().print("Everything holds.")
    if found.findings:
        raise typer.Exit(1)


def backup(context: typer.Context, file: File, home: Home = None, json: Json = False) -> None:
    """Write everything this workspace is into one new file, while people work."""
    asked = _opened(context, home, json)
    from oarlock.ground.clock import now
    from oarlock.jobs.backups import backup as made
    from oarlock.store.writes.audit import SYSTEM, note

    with _watched(asked) as tell:
        done = made(asked.home, file.absolute(), now=now(), tell=tell)
    note("backed-up", "store", "all", {"parts": len(done.parts)}, acting=SYSTEM, now=now())
    told = {"file": str(file), "made_at": done.made_at, "parts": len(done.parts), "rows": sum(done.rows.values())}
    if asked.json:
        return print_json(told)
    size = file.stat().st_size / 1e6
    answers().print(f"{file}: {count(sum(done.rows.values()))} rows, {size:,.1f} MB. It holds the keys: keep it safe.")
    return None


def restore(
    context: typer.Context,
    file: File,
    dry_run: Annotated[bool, typer.Option("--try", help="Restore into a folder that is removed again.")] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Lay a backup out in an empty workspace, bring it up to this release, and verify all of it.

    `--try` restores it beside this workspace, verifies it, removes it, and notes here that this backup can be restored.
    """
    asked = door(context, home, json)
    if not dry_run:
        told = _restored(asked, file, asked.home.absolute())
    else:
        with TemporaryDirectory(prefix="oarlock-restore-") as folder:
            told = _in_a_process_of_its_own(file, Path(folder) / "home")
        _note_tried(asked, str(told["made_at"]))
    if asked.json:
        return print_json(told)
    answers().print(f"Restored the backup of {told['made_at']}: everything in it holds.")
    return None


def _restored(asked: Door, file: Path, home: Path) -> dict[str, object]:
    from oarlock.jobs.backups import restore as laid

    with _watched(asked) as tell:
        made = laid(file.absolute(), home, tell=tell)
    from oarlock.store.opening import bring_up_to_date, open_store

    open_store(home)
    from oarlock.ground.clock import now
    from oarlock.jobs.backups import into_its_database
    from oarlock.jobs.verifying import verify as verified
    from oarlock.store.writes.audit import SYSTEM, note

    into_its_database(home)
    bring_up_to_date()
    found = verified(home)
    if found.findings:
        first = found.findings[0]
        raise UserProblem(
            "not-verified", "The backup was laid out, and not all of it holds.", first.words,
            "The workspace it came from had been changed behind Oarlock's back; ask for an older backup.",
            Place(str(home)),
        )  # fmt: skip
    note("restored", "store", "all", {"made_at": made.made_at}, acting=SYSTEM, now=now())
    return {"home": str(home), "made_at": made.made_at, "release": made.release, "looked_at": dict(found.looked_at)}


def _in_a_process_of_its_own(file: Path, home: Path) -> dict[str, object]:
    """A process opens one workspace: the trial has a process of its own, on SQLite."""
    import json as plain
    import os
    import subprocess
    import sys

    said = {k: v for k, v in os.environ.items() if k not in ("OARLOCK_HOME", "OARLOCK_DATABASE_URL")}
    command = [sys.executable, "-m", "oarlock.cli", "restore", str(file.absolute()), "--home", str(home), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env=said, check=False)  # noqa: S603  # our own words
    try:
        told: dict[str, object] = plain.loads(done.stdout)
    except ValueError as error:
        raise RuntimeError(f"the trial ended with {done.returncode}") from error
    problem = told.get("problem")
    if isinstance(problem, dict):
        where = Place(str(problem["file"]))
        raise UserProblem(problem["code"], problem["what"], problem["why"], problem["next_step"], where)
    return told


def _note_tried(asked: Door, made_at: str) -> None:
    _open(asked.home)
    from oarlock.ground.clock import now
    from oarlock.store.writes.audit import SYSTEM, note

    note("restored", "store", "trial", {"made_at": made_at}, acting=SYSTEM, now=now())


def move(
    context: typer.Context,
    to: Annotated[
        str,
        typer.Option(
            metavar="URL", help="`postgres://...`, `sqlite` for the workspace's own, or `-`: it is read from the input."
        ),
    ],
    home: Home = None,
    json: Json = False,
) -> None:
    """Copy the store to another, empty database, and compare every table. The one it came from is left as it is.

    Whoever is on this machine can read a command: hand an address with a password over by the input (`--to -`).
    """
    if to == "-":
        to = sys.stdin.readline().strip()
    asked = _opened(context, home, json)
    from oarlock.jobs.moving import move as moved

    with _watched(asked) as tell:
        tables = moved(asked.home.absolute(), None if to == "sqlite" else to, tell=tell)
    rows = sum(t.rows for t in tables)
    if asked.json:
        return print_json({"tables": {t.name: {"rows": t.rows, "digest": t.digest} for t in tables}})
    answers().print(f"{count(rows)} rows of {len(tables)} tables are there, each table equal by count and hash.")
    how = "Take OARLOCK_DATABASE_URL away" if to == "sqlite" else "Set OARLOCK_DATABASE_URL to the new address"
    answers().print(f"{how} and start again.")
    return None


def doctor(context: typer.Context, home: Home = None, json: Json = False) -> None:
    """Look at everything around this workspace, and say what is wrong, who mends it and how."""
    asked = door(context, home, json)
    from oarlock.ground.clock import now
    from oarlock.jobs.doctor import examine

    signs = examine(asked.home.absolute(), now())
    bad = [s for s in signs if not s.well]
    if asked.json:
        print_json({"signs": [asdict(s) for s in signs]})
    else:
        for sign in signs:
            answers().print(
                f"{'well ' if sign.well else 'WRONG'} {sign.what}: {shown(sign.words, 300)}", soft_wrap=True
            )
            if not sign.well:
                answers().print(f"      {sign.who}: {shown(sign.next_step, 300)}", soft_wrap=True)
    if bad:
        raise typer.Exit(1)


def _opened(context: typer.Context, home: Path | None, json: bool) -> Door:
    asked = door(context, home, json)
    if not asked.home.is_dir():
        raise UserProblem(
            "no-workspace", f"There is no workspace `{asked.home}`.", "", "Name another with `--home DIR`.",
            Place(str(asked.home)),
        )  # fmt: skip
    _open(asked.home)
    return Door(asked.home.absolute(), asked.json)


def _open(home: Path) -> None:
    from oarlock.store.opening import bring_up_to_date, open_store

    open_store(home.absolute())
    bring_up_to_date()


@contextmanager
def _watched(asked: Door) -> Iterator[Tell]:
    from oarlock.cli.progress import watching

    with watching(asked.json) as told:

        def tell(words: str, share: float | None) -> None:
            if told is not None:
                told(words, share, None)

        yield tell


def _listed(rows: dict[str, int]) -> str:
    return ", ".join(f"{count(n)} {what.replace('_', ' ')}" for what, n in rows.items() if n) or "nothing"
