"""The one place of the command line that turns what went wrong into words (or JSON) and an exit code.

1   a problem whoever asked can mend, or findings that are errors
2   the command line itself: an unknown command or option
3   another system failed us
70  a bug of ours, and it says so; the traceback only with OARLOCK_DEBUG=1
130 stopped by hand
"""

from __future__ import annotations

import io
import os
import sys
import traceback
import warnings
from collections.abc import Sequence

from oarlock.ground.problems import OutsideProblem, Place, Problem, UserProblem

USER, USAGE, OUTSIDE, BUG, STOPPED = 1, 2, 3, 70, 130


def run(arguments: Sequence[str]) -> int:
    """Run the command those words name; the exit code. Nothing that is raised gets past here."""
    _never_stumble_over_a_letter()
    json = "--json" in arguments
    try:
        with warnings.catch_warnings():
            if not _debugging():
                warnings.simplefilter("ignore")  # they are for us, not for whoever runs a command
            return _command(arguments)
    except Problem as problem:
        return _tell(problem, json)
    except KeyboardInterrupt:
        return _stopped()
    except (BrokenPipeError, SystemExit):  # Typer leaves so where a pipe is broken, and for nothing else
        return _nobody_listens()
    except Exception as bug:
        return _own_up(bug, json)


def _command(arguments: Sequence[str]) -> int:
    from typer.exceptions import Abort, TyperException

    from oarlock.cli.app import app

    try:
        code = app(args=list(arguments), prog_name="oarlock", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except Abort:
        return _stopped()
    except TyperException as wrong:
        if wrong.exit_code != USAGE:
            raise
        _tell(
            UserProblem("usage", _sentence(wrong.format_message()), next_step=_help(arguments)), "--json" in arguments
        )
        return USAGE


def _debugging() -> bool:
    return os.environ.get("OARLOCK_DEBUG") == "1"


def _sentence(words: str) -> str:
    return words if words.endswith((".", "?", "!")) else words + "."


def _help(arguments: Sequence[str]) -> str:
    """Where this command's options are listed."""
    from oarlock.cli.app import COMMANDS

    named = next((word for word in arguments if word in COMMANDS), "")
    return f"`oarlock {named} --help` lists what it understands.".replace("  ", " ")


def _tell(problem: Problem, json: bool) -> int:
    from oarlock.cli.findings import FaultyAgreement
    from oarlock.cli.screen import errors, print_json

    if json:
        print_json({"problem": problem.as_dict()})
    else:
        if isinstance(problem, FaultyAgreement):
            problem.show(errors())
        _print(problem)
    return OUTSIDE if isinstance(problem, OutsideProblem) else USER


def _print(problem: Problem) -> None:
    """What, why, what next; the place first, so that editors can jump there."""
    from oarlock.charts.names import shown
    from oarlock.cli.screen import errors

    out = errors()
    place = f"{shown(str(problem.where), 300)}: " if problem.where != Place() else ""
    whole = not out.is_terminal  # a path in a log is copied and searched: only a screen breaks lines
    out.print(f"{place}{shown(problem.what, 600)}", style="bold", soft_wrap=whole)
    for more in (problem.why, problem.next_step):
        if more:
            out.print(shown(more, 2000), soft_wrap=whole)


def _own_up(bug: Exception, json: bool) -> int:
    """A bug says it is one, and where; what it was working on stays out of it, for that may be somebody's data."""
    from oarlock.cli.screen import print_json

    if _debugging():
        traceback.print_exception(bug)
    place = _ours(bug)
    problem = Problem(
        "bug",
        f"This is a bug in Oarlock, not in your files: {type(bug).__name__} at {place}.",
        "",
        "Please report it with this line. `OARLOCK_DEBUG=1` before the command shows the whole traceback.",
    )
    if json:
        print_json({"problem": problem.as_dict()})
    else:
        _print(problem)
    return BUG


def _ours(bug: Exception) -> str:
    """The innermost line of our own code, as module and line."""
    frames = [
        f
        for f in traceback.extract_tb(bug.__traceback__)
        if "oarlock" in f.filename and "site-packages" not in f.filename
    ]
    last = frames[-1] if frames else None
    return f"{last.filename.rpartition('oarlock/')[2]}:{last.lineno}" if last else "an unknown place"


def _stopped() -> int:
    print("Stopped.", file=sys.stderr)
    return STOPPED


def _nobody_listens() -> int:
    """Whoever read our answer has gone (`| head`): nothing is wrong, and Python must not complain on its way out."""
    for number in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)
    return 0


def _never_stumble_over_a_letter() -> None:
    """A terminal that lacks a letter gets its number instead of our ending."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
