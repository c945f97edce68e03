"""What is wrong around a workspace, who mends it, and how: folder, disk, keys, database, lake, clock, mail, addresses.

    examine(home, now) -> signs     each well or not; nothing is changed

Promise: no sign shows a secret; what cannot be looked at is a sign too, never an exception.
"""

from __future__ import annotations

import os
import shutil
import socket
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from oarlock.engines.manifest import lake_folder
from oarlock.engines.manifest import read as read_manifest
from oarlock.engines.rows_across import files_in_force
from oarlock.ground.environment import Environment
from oarlock.ground.environment import read as read_environment
from oarlock.ground.problems import Problem
from oarlock.store.keys import keys_folder
from oarlock.store.opening import open_store

ROOM = 0.1
"""Less of the disk free than this is too little."""
OLD = timedelta(days=7)
SOON = timedelta(days=14)
TIMEOUT = 3.0
SERVER, YOU, ADMINISTRATOR = "whoever runs the server", "whoever runs Oarlock", "an administrator"


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that was looked at; where it is not well, `who` mends it by `next_step`."""

    what: str
    well: bool
    words: str
    who: str = ""
    next_step: str = ""


def examine(home: Path, now: datetime) -> tuple[Sign, ...]:
    """Look at everything; signs in the order they are best mended in."""
    try:
        said = read_environment(dict(os.environ) | {"OARLOCK_HOME": str(home)})
    except Problem as problem:
        return (Sign("environment", False, f"{problem.what} {problem.why}", SERVER, problem.next_step),)
    first = [Sign("environment", True, "every variable can be meant"), *_folder(home)]
    if not all(sign.well for sign in first):
        return tuple(first)
    signs = [*first, _private(home), _disk(home), *_keys(home), *_addresses(said), _mail(said), _lake(home)]
    return (*signs, *_store(home, now))


def _folder(home: Path) -> Iterator[Sign]:
    if not home.is_dir():
        yield Sign(
            "workspace", False, f"{home} is not there", YOU, "Run `oarlock init`, or name another with `--home`."
        )
    elif not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        yield Sign("workspace", False, f"{home} cannot be written", SERVER, "Give its owner the right to write.")
    else:
        yield Sign("workspace", True, str(home))


def _private(home: Path) -> Sign:
    mode = stat.S_IMODE(home.stat().st_mode)
    others = bool(mode & 0o077)
    words = f"others on this machine may look into {home}" if others else "only its owner may look into it"
    return Sign("privacy", not others, words, SERVER, f"Run `chmod go-rwx {home}`: people's records lie there.")


def _disk(home: Path) -> Sign:
    usage = shutil.disk_usage(home)
    words = f"{usage.free / 1e9:,.1f} GB of {usage.total / 1e9:,.1f} GB free"
    return Sign("disk", usage.free > usage.total * ROOM, words, SERVER, "Make room before the disk is full.")


def _keys(home: Path) -> Iterator[Sign]:
    folder = keys_folder(home)
    if not folder.is_dir():
        yield Sign(
            "keys", False, "there are none", YOU, "Start Oarlock once, or restore the folder `keys` from a backup."
        )
        return
    open_to_others = [p.name for p in (folder, *folder.iterdir()) if stat.S_IMODE(p.stat().st_mode) & 0o077]
    words = f"others may read {', '.join(open_to_others)}" if open_to_others else "only their owner may read them"
    yield Sign("keys", not open_to_others, words, SERVER, "Run `chmod -R go-rwx` on the folder `keys`.")


def _addresses(said: Environment) -> Iterator[Sign]:
    if said.address is None:
        yield Sign("address", True, "none is set: this is for one computer")
        return
    parts = urlsplit(said.address)
    host = parts.hostname or ""
    known = host in said.hosts or any(h.startswith(".") and host.endswith(h) for h in said.hosts)
    yield Sign(
        "host", known, f"{host} {'is answered to' if known else 'is not among the names Oarlock answers to'}", SERVER,
        "Add it to OARLOCK_HOSTS.",
    )  # fmt: skip
    secure = parts.scheme == "https"
    yield Sign(
        "address", secure, f"it begins with {parts.scheme}://", SERVER,
        "Put a proxy with a certificate in front, and begin OARLOCK_ADDRESS with https://.",
    )  # fmt: skip
    if secure:
        trusted = said.behind_proxy
        yield Sign(
            "proxy header", trusted, f"X-Forwarded-Proto is {'trusted' if trusted else 'not trusted'}", SERVER,
            "Set OARLOCK_BEHIND_PROXY=yes, and have the proxy set X-Forwarded-Proto itself.",
        )  # fmt: skip


def _mail(said: Environment) -> Sign:
    if said.mail_url is None:
        return Sign("mail", False, "no server is set, so nobody can be written to", SERVER, "Set OARLOCK_MAIL_URL.")
    try:
        parts = urlsplit(said.mail_url)
        host, port = parts.hostname or "", parts.port or 587
    except ValueError:  # its words would show a part of the address, which holds a password
        return Sign("mail", False, "OARLOCK_MAIL_URL is not an address", SERVER, "Write what is special in it as %XX.")
    return _reached("mail", host, port)


def _reached(what: str, host: str, port: int) -> Sign:
    try:
        with socket.create_connection((host, port), timeout=TIMEOUT):
            return Sign(what, True, f"{host}:{port} answers")
    except OSError as error:
        words = f"{host}:{port} does not answer: {error.strerror or type(error).__name__}"
        return Sign(what, False, words, SERVER, "Start it, or mend the address or the firewall.")


def _lake(home: Path) -> Sign:
    if not lake_folder(home).is_dir():
        return Sign("lake", False, "there is none", YOU, "Run `oarlock import FILES`.")
    try:
        missing = [f for files in files_in_force(home).values() for f in files if not Path(f).is_file()]
        rows = sum(v.rows for v in read_manifest(home).tables.values())
    except Problem as problem:
        return Sign("lake", False, f"{problem.what} {problem.why}", YOU, problem.next_step)
    words = f"{len(missing)} files are missing" if missing else f"{rows:,} rows"
    return Sign("lake", not missing, words, YOU, "Run `oarlock restore` with a backup.")


def _store(home: Path, now: datetime) -> list[Sign]:
    from django.db import DatabaseError

    open_store(home)
    looks: tuple[Callable[[datetime], Sign], ...] = (_database, _clock, _backup, _tokens)
    signs: list[Sign] = []
    for look in looks:
        try:
            signs.append(look(now))
        except DatabaseError as error:
            words = f"it does not answer: {str(error).splitlines()[0][:200]}"
            return [*signs, Sign("database", False, words, SERVER, "Start it, or mend OARLOCK_DATABASE_URL.")]
    return signs


def _database(now: datetime) -> Sign:
    from django.db import connection

    from oarlock.store.opening import waiting

    left = waiting()
    words = f"{len(left)} migrations wait" if left else f"{connection.vendor}, up to date"
    return Sign(
        "database", not left, words, YOU, "Run `oarlock serve` or `oarlock load`: it is brought up to date then."
    )


def _clock(now: datetime) -> Sign:
    """A clock that went back would date new lines before old ones."""
    from oarlock.store.models import AuditLine

    last = AuditLine.objects.order_by("-number").values_list("at", flat=True).first()
    behind = last is not None and last > now
    words = f"it says {now:%Y-%m-%d %H:%M} UTC" + (", which is before the last line of the trail" if behind else "")
    return Sign("clock", not behind, words, SERVER, "Have the clock set by the network (NTP).")


def _backup(now: datetime) -> Sign:
    from oarlock.store.models import AuditLine

    last = AuditLine.objects.filter(verb="restored").order_by("-number").values_list("at", flat=True).first()
    words = "none was ever restored" if last is None else f"one was restored {(now - last).days} days ago"
    well = last is not None and now - last < 4 * OLD
    return Sign("backup", well, words, YOU, "Run `oarlock backup FILE`, then `oarlock restore FILE --try`.")


def _tokens(now: datetime) -> Sign:
    from oarlock.store.models import Token

    ending = Token.objects.filter(expires_at__gt=now, expires_at__lt=now + SOON, revoked_at=None).count()
    words = f"{ending} end within {SOON.days} days" if ending else "none ends soon"
    return Sign("tokens", not ending, words, ADMINISTRATOR, "Let their members make new ones.")
