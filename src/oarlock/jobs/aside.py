"""How many rows stand in quarantine now, for pages: read once for each state of the lake, then remembered."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from oarlock.engines.aside import folder_of, quarantined


def set_aside(home: Path) -> int:
    """Rows that could not come in and have not come in good since."""
    folder = folder_of(home)
    if not folder.is_dir():
        return 0
    files = sorted(folder.glob("*/*.parquet"))
    state = tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)
    return _count(home, state) if files else 0


@lru_cache(maxsize=4)
def _count(home: Path, state: tuple[tuple[str, int, int], ...]) -> int:
    """`state` is part of the key: a file more, and it is counted anew."""
    return quarantined(home, limit=0).count
