"""Make the fixture of this release: a small workspace, backed up, with what must come out of it again.

    python tests/store/releases/make.py

To be run at every release, once, and never again for that release: what it wrote is the past.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

PEOPLE, SEED = 40, 3
HERE = Path(__file__).parent


def make(folder: Path) -> None:
    """Write `workspace.backup` and `expected.json` into a folder."""
    from oarlock import demo
    from oarlock.engines.intake import bring_in
    from oarlock.engines.presets import preset
    from oarlock.ground.clock import now

    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "workspace.backup"
    file.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "workspace"
        made = demo.make(Path(place) / "files", people=PEOPLE, seed=SEED)
        bring_in([f.path for f in made.files], preset("oarlock"), home, zone="Europe/Berlin", now=now())
        loaded = _run("load", home)
        _run("backup", home, str(file))
    (folder / "expected.json").write_text(json.dumps(loaded["rows"], indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _run(verb: str, home: Path, *words: str) -> dict[str, dict[str, int]]:
    said = {k: v for k, v in os.environ.items() if not k.startswith("OARLOCK_")}
    command = [sys.executable, "-m", "oarlock.cli", verb, *words, "--home", str(home), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=said)
    told: dict[str, dict[str, int]] = json.loads(done.stdout)
    return told


if __name__ == "__main__":
    make(HERE / version("oarlock"))
