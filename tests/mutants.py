"""Change one place of a room at a time and see whether a test notices: `python tests/mutants.py ROOM [module...]`.

Works in a copy under build/mutants, so that neither the checkout nor a later run sees a half-changed file. Tests that
hold time limits, or ask DuckDB the same question once more, are left out: under a mutation tool they cost hours.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPIED = ("src", "agreements", "docs", "tests", "bench")
TOLD = re.compile(
    r"^\s*(\S+): (killed|survived|no tests|timeout|suspicious|caught by type check|segfault|skipped)$", re.M
)
WORDS = "words"
SENTENCE = re.compile(r"""\s*f?["'][^"']* [^"']* .*["'],?$""")
"""A line that holds nothing but a text of three words or more."""
NOTICED = ("killed", "timeout", "caught by type check", "segfault")


@dataclass(frozen=True, slots=True)
class Room:
    """What is changed, which tests must notice, and which of them are left out (as pytest's `-k` says it)."""

    source: str
    tests: tuple[str, ...]
    leave_out: str = ""


LANGUAGE = "fuzz or escape or duckdb or hostile or megabyte or grammar or without_end"
ROOMS = {
    "ground": Room("ground", ("tests/rooms/ground",)),
    "lifecycle": Room("lifecycle", ("tests/rooms/lifecycle",), "history or random_lives"),
    "handoffs": Room("handoffs", ("tests/rooms/handoffs",), "any_order or stood_still or sixty_days or caps_and_none"),
    "routing": Room("routing", ("tests/rooms/routing",), "nobody_gets or no_burst or pearsons or a_lot_is or by_hand"),
    "language": Room("agreement", ("tests/rooms/agreement/language",), LANGUAGE),
    "agreement": Room("agreement", ("tests/rooms/agreement",), LANGUAGE),
}


def main(name: str, modules: list[str]) -> int:
    """The score of a room (or of some modules of it) and every mutant nobody noticed; 1 where the tool failed."""
    room, work = ROOMS[name], ROOT / "build" / "mutants" / name
    _copy(work, room, modules)
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1"]
    run = subprocess.run(command, cwd=work, capture_output=True, text=True, errors="replace")
    told = subprocess.run([sys.executable, "-m", "mutmut", "results", "--all", "true"], cwd=work,
                          capture_output=True, text=True, errors="replace").stdout  # fmt: skip
    found = TOLD.findall(told)
    if not found:
        print(run.stdout[-4000:], run.stderr[-2000:])
        return 1
    _tell([(mutant, WORDS if end == "survived" and _of_words(mutant, work) else end) for mutant, end in found])
    return 0


def _of_words(mutant: str, work: Path) -> bool:
    """Whether a mutant only says something else to a person: what it takes away is a sentence."""
    shown = subprocess.run([sys.executable, "-m", "mutmut", "show", mutant], cwd=work, capture_output=True, text=True)
    gone = [line[1:] for line in shown.stdout.splitlines() if line.startswith("-") and not line.startswith("---")]
    return bool(gone) and SENTENCE.match(gone[0]) is not None


def _copy(work: Path, room: Room, modules: list[str]) -> None:
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for folder in COPIED:
        shutil.copytree(ROOT / folder, work / folder, ignore=shutil.ignore_patterns("__pycache__"))
    plain = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (work / "pyproject.toml").write_text(plain + _settings(room, modules), encoding="utf-8")


def _settings(room: Room, modules: list[str]) -> str:
    source = f"src/oarlock/{room.source}"
    options = ["-p", "no:cacheprovider", "--hypothesis-seed=0"] + (
        ["-k", f"not ({room.leave_out})"] if room.leave_out else []
    )
    settings = {
        "source_paths": [source],
        "only_mutate": [f"{source}/{m}.py" for m in modules],
        "also_copy": list(COPIED),
        "pytest_add_cli_args": options,
        "pytest_add_cli_args_test_selection": list(room.tests),
    }
    lines = [f"{key} = {value!r}" for key, value in settings.items()]
    return "\n".join(["", "[tool.mutmut]", "use_git_change_detection = false", *lines, ""])


def _tell(found: list[tuple[str, str]]) -> None:
    by_module: dict[str, Counter[str]] = {}
    for mutant, end in found:
        by_module.setdefault(mutant.split(".x")[0], Counter())[end] += 1
    for mutant, end in found:
        if end not in NOTICED and end != WORDS:
            print(f"{end}: {mutant}")
    total = sum(by_module.values(), Counter[str]())
    for module, ends in [*sorted(by_module.items()), ("all", total)]:
        noticed = sum(ends[e] for e in NOTICED)
        rest = ends.total() - ends[WORDS]
        print(f"{module}: {noticed} of {rest} noticed, {noticed / max(rest, 1):.1%} ({ends[WORDS]} of words beside)")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
