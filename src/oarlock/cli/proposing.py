"""`oarlock propose FILE`: the text of a file becomes a proposal, as if it had been typed into the editor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oarlock.cli.door import Home, Json, door
from oarlock.ground.problems import Place, UserProblem

File = Annotated[Path, typer.Argument(metavar="FILE", help="The proposed agreement, one file.")]


def propose(
    context: typer.Context,
    file: File,
    by: Annotated[str, typer.Option("--by", metavar="EMAIL", help="Who proposes it: a member of the workspace.")],
    title: Annotated[str, typer.Option(help="What changes, in a few words.")] = "",
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    home: Home = None,
    json: Json = False,
) -> None:
    """Propose an agreement to both teams. The version in force stays until all signers have signed another."""
    from oarlock.cli.screen import answers, print_json
    from oarlock.store.opening import bring_up_to_date, open_store

    asked = door(context, home, json)
    source = _bytes(file)
    open_store(asked.home.absolute())
    bring_up_to_date()
    key = _propose(source, by, title or f"Changes from {file.name}", reason)
    if asked.json:
        print_json({"proposal": key, "path": f"/agreement/proposals/{key}/"})
        return
    answers().print(f"Proposed. Both teams read and sign it at /agreement/proposals/{key}/", soft_wrap=True)


def _bytes(file: Path) -> bytes:
    """The file's bytes, one more than are allowed at most. UserProblem where it cannot be read."""
    from oarlock.agreement.limits import MAX_BYTES

    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise UserProblem(
            "cannot-read", f"`{file}` cannot be read: {error.strerror}.", "", "Name the agreement's file.",
            Place(str(file)),
        ) from error  # fmt: skip


def _propose(source: bytes, by: str, title: str, reason: str) -> str:
    from oarlock.ground.clock import now
    from oarlock.store.models import Member
    from oarlock.store.writes import proposals
    from oarlock.store.writes.audit import Acting

    member = Member.objects.filter(email__iexact=by.strip(), is_active=True).first()
    if member is None:
        raise UserProblem(
            "unknown-member", "No member has that address.", "A proposal has an author, who may take it back.",
            "Name a member with `--by EMAIL`; `oarlock members` lists them.",
        )  # fmt: skip
    return proposals.open_proposal(
        title=title, reason=reason, source=source, author=member.id, acting=Acting.member(member.id), now=now()
    )
