"""The project as files: its root, the files git knows, and how a tool of this environment is run."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


@cache
def tracked() -> tuple[Path, ...]:
    """Every file git knows, and every new one it would not ignore; without git, every file but the made ones."""
    asked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True
    )
    if asked.returncode == 0:
        names = (ROOT / name.decode() for name in asked.stdout.split(b"\0") if name)
    else:
        made = {".venv", ".git", "oarlock-home", "build", "dist", "mutants", "__pycache__"}
        names = (p for p in ROOT.rglob("*") if not made & set(p.relative_to(ROOT).parts))
    return tuple(sorted(p for p in names if p.is_file()))


def modules() -> tuple[Path, ...]:
    """Every Python module of the product."""
    return tuple(p for p in tracked() if p.suffix == ".py" and (ROOT / "src") in p.parents)


def tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a tool of this environment in the project's root."""
    return subprocess.run([str(BIN / name), *arguments], cwd=ROOT, capture_output=True, text=True)
