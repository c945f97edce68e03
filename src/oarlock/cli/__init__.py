"""The command line: the same verbs by hand. `main` is the entry point; every command lives in a module of its own.

Promises: nothing but answers on standard output (progress and problems go to standard error), an exit code that says
whose turn it is (0 done, 1 yours, 2 the command itself, 3 another system's, 70 a bug of ours), never a traceback.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. `arguments` are the process's own where none are given."""
    gc.set_threshold(100_000, 50, 50)  # a command builds much and lives for seconds: collecting often costs a fifth
    import sys

    from oarlock.cli.telling import run

    return run(list(sys.argv[1:] if arguments is None else arguments))
