"""The demo's store: filled for looking at, and turned to real use with `--keep`. Done twice, nothing changes.

The store of the demo is the production store: keeping it voids the passwords that stood on a screen, names somebody
who looks after it, and takes the mark away. Nothing is copied and nothing else is lost.
"""

from __future__ import annotations

import sys
from secrets import token_urlsafe

from oarlock.cli.door import Door
from oarlock.ground.problems import Place, UserProblem


def set_up(asked: Door) -> str:
    """Fill the store of a demo's workspace, as far as it is not; the password of the cast."""
    from oarlock.cli.playing import mark_as, marked
    from oarlock.demo import cast
    from oarlock.ground.clock import now

    said = marked(asked.home)
    password = str(said.get("password") or token_urlsafe(9))
    if "password" not in said:
        mark_as(asked.home, {**said, "password": password})
    cast.join(password, now=now())
    cast.sign_up(asked.home)
    _load(asked)
    _open_form()
    return password


def _open_form() -> None:
    """A form one can fill in and see come into the inbox, unless entrances were opened already."""
    from oarlock.ground.clock import now
    from oarlock.store.reads.entrances import entrances
    from oarlock.store.writes.audit import SYSTEM
    from oarlock.store.writes.entrances import make

    if not entrances():
        options = {"touch": "form.demo_request", "source": "content", "consent": "You may contact me about this."}
        make("Request a demo", "form", options, acting=SYSTEM, now=now())


def _load(asked: Door) -> None:
    from oarlock.cli.progress import watching
    from oarlock.ground.clock import now
    from oarlock.jobs.loading import load
    from oarlock.store.writes.audit import SYSTEM

    with watching(asked.json) as told:

        def tell(words: str, share: float | None = None) -> None:
            if told is not None:
                told(words, share or 0.0, 0)

        load(asked.home, acting=SYSTEM, now=now(), tell=tell)


def keep_for_real(asked: Door, administrator: str | None) -> None:
    """Turn the demo to real use. UserProblem `not-a-demo`, `no-administrator`, as `members.add`."""
    from oarlock.cli.playing import MARK, marked
    from oarlock.cli.screen import answers, print_json
    from oarlock.cli.serving import make_ready

    if not marked(asked.home):
        raise UserProblem(
            "not-a-demo", f"`{asked.home}` holds no demo.", "There is nothing to turn to real use.",
            "Name the demo's workspace with `--home DIR`.", Place(str(asked.home)),
        )  # fmt: skip
    address = administrator or _ask()
    make_ready(asked.home)
    link = _hand_over(address)
    (asked.home / MARK).unlink()
    if asked.json:
        print_json({"administrator": address, "path": link})
        return
    out = answers()
    out.print("The demo is a workspace of real use now; the passwords of the cast are void.", soft_wrap=True)
    out.print(f"{address} sets a password at {link} once `oarlock serve` runs (the link works once).", soft_wrap=True)


def _ask() -> str:
    if not sys.stdin.isatty():
        raise UserProblem(
            "no-administrator", "Nobody would look after this workspace.", "",
            "Say who does: `oarlock demo --keep --administrator EMAIL`.",
        )  # fmt: skip
    import typer

    return str(typer.prompt("E-mail of whoever looks after Oarlock"))


def _hand_over(address: str) -> str:
    """An administrator who is not of the cast, and the path of the link that lets them in; the cast is shut out."""
    from django.db import transaction

    from oarlock.demo import cast
    from oarlock.ground.clock import now
    from oarlock.store.models import Member
    from oarlock.store.writes import invitations, members
    from oarlock.store.writes.audit import SYSTEM, note

    with transaction.atomic():
        known = Member.objects.filter(email__iexact=address.strip(), is_active=True).first()
        key = known.id if known else members.add(
            address, address.partition("@")[0], roles=("administrator", "operations"), acting=SYSTEM, now=now()
        )  # fmt: skip
        cast.leave(now=now())
        note("kept", "workspace", "", {"was": "demo"}, acting=SYSTEM, now=now())
        return invitations.begin_path(key)
