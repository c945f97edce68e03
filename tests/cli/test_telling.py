from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from oarlock.cli import telling
from oarlock.ground.problems import OutsideProblem, Place, UserProblem

from .conftest import Run


def raising(problem: BaseException) -> object:
    """A command that only raises."""

    def command(arguments: object) -> int:
        raise problem

    return command


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (UserProblem("x", "It is wrong."), 1),
        (OutsideProblem("x", "They are away.", permanent=False), 3),
        (ZeroDivisionError("secret"), 70),
        (KeyboardInterrupt(), 130),
    ],
)
def test_the_exit_code_says_whose_turn_it_is(
    run: Run, monkeypatch: pytest.MonkeyPatch, problem: BaseException, code: int
) -> None:
    monkeypatch.setattr(telling, "_command", raising(problem))
    assert run("check").code == code


def test_a_bug_says_it_is_one_and_shows_neither_a_traceback_nor_data(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "_command", raising(ValueError("ida@brightwater.example")))
    ran = run("report")
    assert "This is a bug in Oarlock" in ran.err and "ValueError" in ran.err
    assert "Traceback" not in ran.err and "ida@" not in ran.err + ran.out
    assert run("report", "--json").json["problem"]["code"] == "bug"
    monkeypatch.setenv("OARLOCK_DEBUG", "1")
    assert "Traceback" in run("report").err


def test_a_problem_is_told_with_place_reason_and_next_step(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = UserProblem("x", "It is \x1b[31mwrong.", "Because.", "Mend it.", Place("a.yaml", 3, 7))
    monkeypatch.setattr(telling, "_command", raising(problem))
    ran = run("check")
    assert ran.err == "a.yaml:3:7: It is ?[31mwrong.\nBecause.\nMend it.\n"
    assert ran.out == ""
    told = run("check", "--json")
    assert told.json["problem"]["next_step"] == "Mend it." and told.err == ""


def test_an_unknown_command_or_option_is_a_mistake_on_the_command_line(run: Run) -> None:
    wrong = run("repot")
    assert wrong.code == 2 and "report" in wrong.err
    assert run("report", "--asknown", "x").code == 2
    assert run("report", "--rows", "--json").json["problem"]["code"] == "usage"


def test_the_help_lists_every_command(run: Run) -> None:
    ran = run("--help")
    assert ran.code == 0
    for name in ("init", "check", "explain", "compare", "import", "report", "drift", "backtest", "schema", "demo"):
        assert f" {name} " in ran.out
        assert "--json" in run(name, "--help").out and "--home" in run(name, "--help").out


def test_nothing_heavy_is_loaded_to_say_how_it_is_called() -> None:
    heavy = "ibis duckdb pydantic sqlglot deltalake pyarrow django vl_convert numpy"
    found = f"[m for m in '{heavy}'.split() if m in sys.modules]"
    script = f"import sys; from oarlock.cli import main; main(['--help']); print({found})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_reader_who_goes_away_is_no_mistake(tmp_path: Path) -> None:
    script = "from oarlock.cli import main; raise SystemExit(main(['schema']))"
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.read(1)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 0


def test_a_terminal_without_our_letters_still_gets_an_answer(run: Run, tmp_path: Path) -> None:
    assert run("init", "--home", tmp_path, "--company", "Größe Müller").code == 0
    script = "import sys; from oarlock.cli import main; raise SystemExit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", script, "check", str(tmp_path / "agreements" / "1.yaml")], capture_output=True,
        timeout=60, env={"PYTHONIOENCODING": "ascii", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Gr\\xf6\\xdfe M\\xfcller" in done.stdout
