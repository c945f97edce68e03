"""Whether the wheel is whole: everything it needs is in it, and installed alone it opens the demo. `make wheel`.

    python tests/wheel.py FOLDER

The wheel is unpacked into a folder of its own, which stands before the checkout on the path; what it depends on is
taken from the environment that runs this.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from urllib.request import urlopen

NEEDED = (
    "oarlock/charts/sheet/oarlock.css", "oarlock/web/static/web/oarlock.js", "oarlock/web/static/web/charts.js",
    "oarlock/web/templates/web/base.html", "oarlock/demo/agreements/2.yaml",
    "oarlock/engines/presets/hubspot-export.yaml",
    "oarlock/agreement/starter.yaml", "oarlock/cli/templates/page.html", "oarlock/py.typed",
)  # fmt: skip
"""Files that are no Python and without which something is missing."""


def main(folder: Path) -> None:
    """Look, unpack, open the demo, fetch a page and its sheet."""
    (wheel,) = folder.glob("oarlock-*.whl")
    with zipfile.ZipFile(wheel) as packed, tempfile.TemporaryDirectory() as place:
        lacking = [name for name in NEEDED if name not in packed.namelist()]
        assert not lacking, f"the wheel lacks {lacking}"
        packed.extractall(Path(place) / "installed")
        _opens(Path(place))
    print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB, and it opens the demo")


def _opens(place: Path) -> None:
    variables = {k: v for k, v in os.environ.items() if not k.startswith(("OARLOCK_", "DJANGO_"))}
    variables["PYTHONPATH"] = str(place / "installed")
    command = [sys.executable, "-m", "oarlock.cli", "demo", "--people", "100", "--json", "--home", str(place / "home")]
    with subprocess.Popen(command, env=variables, cwd=place, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = ""
            while not said.endswith("\n}\n"):
                line = process.stdout.readline()
                assert line, "the demo ended before it opened"
                said += line
            told = json.loads(said)
            for path in ("me/login/", "static/web/oarlock.css", "static/web/oarlock.js"):
                with urlopen(told["address"] + path, timeout=30) as answer:
                    assert answer.status == 200 and answer.read(), path
        finally:
            process.terminate()
            process.wait(60)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
