"""`oarlock members`: who may sign in, by hand on the server. No password is ever typed or printed here: a link is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from oarlock.cli.door import Home, Json, door
from oarlock.ground.problems import UserProblem

Roles = Annotated[list[str] | None, typer.Option("--role", metavar="ROLE", help="A role; several may be given.")]


def members(
    context: typer.Context,
    verb: Annotated[str, typer.Argument(metavar="VERB", help="list, add, link, deactivate or reactivate.")] = "list",
    email: Annotated[str, typer.Argument(metavar="EMAIL", show_default=False, help="Whose address.")] = "",
    name: Annotated[str, typer.Option(help="The new member's name.", show_default=False)] = "",
    role: Roles = None,
    team: Annotated[str, typer.Option(help="marketing, sales or joint.")] = "joint",
    person: Annotated[str, typer.Option(help="Who they are in the agreement or the CRM.", show_default=False)] = "",
    home: Home = None,
    json: Json = False,
) -> None:
    """Say who may sign in; add a member, make a one-time link, send somebody away."""
    asked = door(context, home, json)
    if verb not in VERBS:
        raise UserProblem("unknown-verb", f"`{verb}` is nothing to do with members.", "", "Use: " + ", ".join(VERBS))
    if verb != "list" and not email:
        raise UserProblem("missing-email", f"`oarlock members {verb}` needs an address.")
    from oarlock.store.opening import bring_up_to_date, open_store

    open_store(asked.home.absolute())
    bring_up_to_date()
    first = email.partition("@")[0]
    told: dict[str, object] = {"name": name or first, "roles": role or ["viewer"], "team": team, "person": person}
    _say(VERBS[verb](asked.home, email, told), asked.json)


def _list(home: Path, email: str, told: dict[str, object]) -> dict[str, object]:
    from oarlock.store.reads.members import members as read

    rows = [
        {"email": row.email, "name": row.name, "roles": list(row.roles), "team": row.team, "person": row.person,
         "active": row.active, "last_seen": row.last_seen.isoformat() if row.last_seen else None}
        for row in read(email)
    ]  # fmt: skip
    return {"members": rows}


def _add(home: Path, email: str, told: dict[str, object]) -> dict[str, object]:
    from oarlock.ground.clock import now
    from oarlock.store.writes import invitations
    from oarlock.store.writes import members as writes
    from oarlock.store.writes.audit import SYSTEM

    made = writes.add(
        email, str(told["name"]), roles=_words(told["roles"]), team=str(told["team"]), person=str(told["person"]),
        acting=SYSTEM, now=now(),
    )  # fmt: skip
    return {"member": made, "link": _address() + invitations.begin_path(made)}


def _link(home: Path, email: str, told: dict[str, object]) -> dict[str, object]:
    from oarlock.ground.clock import now
    from oarlock.store.reads.members import id_of
    from oarlock.store.writes import invitations
    from oarlock.store.writes.audit import SYSTEM, note

    member = id_of(email)
    path = invitations.begin_path(member)
    note("made-link", "member", member, {}, acting=SYSTEM, now=now())
    return {"member": member, "link": _address() + path}


def _deactivate(home: Path, email: str, told: dict[str, object]) -> dict[str, object]:
    from oarlock.ground.clock import now
    from oarlock.store.reads.members import id_of
    from oarlock.store.writes import members as writes
    from oarlock.store.writes.audit import SYSTEM

    writes.deactivate(id_of(email), acting=SYSTEM, now=now())
    return {"done": f"{email} is out: sessions ended, tokens revoked."}


def _reactivate(home: Path, email: str, told: dict[str, object]) -> dict[str, object]:
    from oarlock.ground.clock import now
    from oarlock.store.reads.members import id_of
    from oarlock.store.writes import members as writes
    from oarlock.store.writes.audit import SYSTEM

    writes.reactivate(id_of(email), acting=SYSTEM, now=now())
    return {"done": f"{email} may sign in again."}


VERBS: dict[str, Callable[[Path, str, dict[str, object]], dict[str, object]]] = {
    "list": _list,
    "add": _add,
    "link": _link,
    "deactivate": _deactivate,
    "reactivate": _reactivate,
}
"""What can be done, and by which function."""


def _words(roles: object) -> list[str]:
    assert isinstance(roles, list)
    return [str(role) for role in roles]


def _address() -> str:
    """What links begin with: the address people use, else where `oarlock serve` listens unless it is told otherwise."""
    from django.conf import settings

    return str(settings.OARLOCK.address or "http://localhost:8000").rstrip("/")


def _say(answer: dict[str, object], as_json: bool) -> None:
    from oarlock.charts.names import shown
    from oarlock.cli.screen import answers, print_json

    if as_json:
        print_json(answer)
        return
    out = answers()
    rows = answer.get("members")
    if isinstance(rows, list):
        for row in rows:
            away = "" if row["active"] else " (sent away)"
            roles = ", ".join(row["roles"])
            out.print(f"{shown(row['email'], 254)}  {shown(row['name'], 200)}  {roles}{away}", soft_wrap=True)
        if not rows:
            out.print("Nobody is a member yet. `oarlock members add EMAIL --name NAME --role administrator` begins.")
    elif "link" in answer:
        out.print("A link to set a password; it works once, and for three days:", soft_wrap=True)
        out.print(str(answer["link"]), soft_wrap=True)
    else:
        out.print(shown(str(answer["done"]), 400), soft_wrap=True)
