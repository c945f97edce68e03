"""`oarlock serve` and `oarlock work`: the application at an address, and its jobs alone.

Promises: one command, migrations and keys included; stopping (Ctrl C, SIGTERM) lets requests end and gives orders
back; what stands in the way of starting (a port, a folder, an address) is said in words before anything starts.
"""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from oarlock.cli.crew import Crew, Part
from oarlock.cli.door import Home, Json, door
from oarlock.ground.problems import Place, UserProblem

HOST, PORT = "127.0.0.1", 8000
LOOPBACK = ("127.0.0.1", "::1", "localhost")

Host = Annotated[str, typer.Option("--host", metavar="HOST", help="The address of this machine to listen at.")]
Port = Annotated[int, typer.Option("--port", metavar="PORT", min=1, max=65535, help="The port to listen at.")]
Processes = Annotated[int, typer.Option("--web", metavar="N", min=1, max=64, help="Processes that answer the web.")]
Jobs = Annotated[int, typer.Option("--jobs", metavar="N", min=0, max=64, help="Processes that do jobs.")]


def serve(
    context: typer.Context,
    host: Host = HOST,
    port: Port = PORT,
    web: Processes = 1,
    jobs: Jobs = 1,
    home: Home = None,
    json: Json = False,
) -> None:
    """Open the application: pages and jobs together. Runs until it is stopped; starting needs no other step."""
    asked = door(context, home, json)
    require_free(host, port)
    make_ready(asked.home)
    wish_for_charts(asked.home)
    say(first_steps(asked.home, host, port))
    run(host, port, web, jobs)


def work(
    context: typer.Context,
    jobs: Annotated[int, typer.Option("--jobs", metavar="N", min=1, max=64, help="Processes that do jobs.")] = 1,
    home: Home = None,
    json: Json = False,
) -> None:
    """Do jobs and no pages: beside `oarlock serve --jobs 0`, on as many machines as there is work."""
    asked = door(context, home, json)
    with stopping() as stop:  # before anything that takes a while: the word may come at once
        make_ready(asked.home)
        if jobs > 1:
            Crew([_jobs(number) for number in range(1, jobs + 1)], say, lambda: say(f"{jobs} workers.")).run(stop)
            return
        from oarlock.cli.answering import leave_with_parent
        from oarlock.jobs.working import work as do_orders

        leave_with_parent()
        do_orders(stop)


def run(host: str, port: int, web: int, jobs: int, *, told: Callable[[str], None] | None = None) -> None:
    """Pages and jobs at that address until the word to stop; `told` hears the address once everything is up."""
    address = f"http://{_shown(host)}:{port}/"
    pages = Part("web server", "oarlock.cli.answering", (host, str(port), str(web)), lambda: _answers(host, port))
    with stopping() as stop:
        up = (lambda: told(address)) if told else (lambda: say(f"Oarlock is at {address} (Ctrl C stops it)."))
        Crew([pages, *(_jobs(number) for number in range(1, jobs + 1))], say, up).run(stop)
    say("Stopped.")


def _jobs(number: int) -> Part:
    return Part(f"worker {number}", "oarlock.cli", ("work",), lambda: True)


def make_ready(home: Path) -> None:
    """The store of this workspace, opened and brought up to date; its keys made. UserProblem `cannot-write`."""
    from oarlock.store.opening import bring_up_to_date, open_store

    home = home.absolute()
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        open_store(home)
    except OSError as error:
        raise UserProblem(
            "cannot-write", f"The workspace `{home}` cannot be written: {error.strerror}.", "",
            "Name a folder of your own with `--home DIR`, or give yourself the right to write there.", Place(str(home)),
        ) from error  # fmt: skip
    bring_up_to_date()


def wish_for_charts(home: Path) -> None:
    """Let a worker make what interactive charts take, where it is not there yet."""
    from oarlock.jobs.bundling import wish_for_bundle

    wish_for_bundle(home.absolute())


def require_free(host: str, port: int) -> None:
    """UserProblem where nothing can listen at that address: a foreign host, a port in use or reserved."""
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except (socket.gaierror, UnicodeError) as error:
        raise _bad_host(host, "It is not the name of this machine or one of its addresses.") from error
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(where)
        except OSError as error:
            raise _refused(host, port, error) from error


def free_port(host: str, first: int, tries: int = 50) -> int:
    """The first free port from `first` on."""
    for port in range(first, first + tries):
        try:
            require_free(host, port)
        except UserProblem as problem:
            if problem.code != "port-taken":
                raise
            continue
        return port
    raise UserProblem("port-taken", f"The ports {first} to {first + tries - 1} are all in use.", "", "Say `--port N`.")


def _refused(host: str, port: int, error: OSError) -> UserProblem:
    if error.errno == errno.EADDRINUSE:
        return UserProblem(
            "port-taken", f"Port {port} is in use.", "Another program listens there, perhaps Oarlock itself.",
            "Stop it, or name another one with `--port N`.",
        )  # fmt: skip
    if error.errno in (errno.EACCES, errno.EPERM):
        return UserProblem(
            "port-reserved", f"You may not listen at port {port}.", "Ports below 1024 are the system's.",
            "Take a port from 1024 on, and let a proxy answer at 80 and 443 (docs/how-to/deploy.md).",
        )  # fmt: skip
    return _bad_host(host, f"{error.strerror}.")


def _bad_host(host: str, why: str) -> UserProblem:
    return UserProblem(
        "bad-host", f"Nothing can listen at `{host[:80]}`.", why,
        "Leave `--host` out for this machine alone, or say `--host 0.0.0.0` for all of its addresses.",
    )  # fmt: skip


def _answers(host: str, port: int) -> bool:
    """Whether a page is answered there, whatever the answer is."""
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # asked for, not bound
    asking = HTTPConnection(near, port, timeout=5)
    try:
        asking.request("GET", "/alive/")
        asking.getresponse().read()
    except (OSError, HTTPException):
        return False
    finally:
        asking.close()
    return True


def _shown(host: str) -> str:
    """The host as it stands in an address: this machine by its name, because a passkey belongs to no number."""
    if host in ("127.0.0.1", "::1"):
        return "localhost"
    return f"[{host}]" if ":" in host else host


@contextmanager
def stopping() -> Iterator[Event]:
    """An event that is set by Ctrl C and by SIGTERM."""
    stop = Event()
    kept = {which: signal.signal(which, lambda *_: stop.set()) for which in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for which, before in kept.items():
            signal.signal(which, before)


def first_steps(home: Path, host: str, port: int) -> str:
    """Where the first member is made, in a workspace nobody can sign in to yet; empty where somebody can."""
    from oarlock.store.writes.invitations import first_path

    path = first_path(home)
    if path is None:
        return ""
    return f"Nobody can sign in yet. Make the first administrator at http://{_shown(host)}:{port}{path}"


def say(words: str) -> None:
    """A sentence for whoever watches; nothing where there is nothing to say."""
    from oarlock.cli.screen import errors

    if words:
        errors().print(words, soft_wrap=True)
