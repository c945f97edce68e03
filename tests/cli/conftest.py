from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from oarlock.cli import main

PEOPLE = 200


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left: its exit code, its answer, and what it said beside it."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer as data."""
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process, as somebody with no workspace of their own."""
    monkeypatch.delenv("OARLOCK_HOME", raising=False)
    monkeypatch.delenv("OARLOCK_DEBUG", raising=False)

    def ran(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        code = main([str(a) for a in arguments])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return ran


@pytest.fixture(scope="session")
def asked(home: Path) -> Run:
    """Ask the demo company something that changes nothing; what was asked before is not measured again."""
    answers: dict[tuple[str, ...], Ran] = {}

    def ask(*arguments: str | Path) -> Ran:
        words = tuple(str(a) for a in arguments)
        if words not in answers:
            out, err = io.StringIO(), io.StringIO()
            with redirect_stdout(out), redirect_stderr(err):
                code = main([*words, "--home", str(home)])
            answers[words] = Ran(code, out.getvalue(), err.getvalue())
        return answers[words]

    return ask


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company at a small size, in a workspace nobody may change."""
    home = tmp_path_factory.mktemp("brightwater") / "home"
    assert main(["demo", "--people", str(PEOPLE), "--no-serve", "--home", str(home), "--json"]) == 0
    return home
