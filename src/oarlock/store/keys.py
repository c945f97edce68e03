"""The workspace's own secrets: the key sessions are signed with, and the key agreements are signed with.

Each is made once, of the operating system's randomness, readable by the owner alone, and never replaced in silence.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from secrets import token_bytes, token_urlsafe

from oarlock.ground.problems import Place, UserProblem

BYTES = 32


def keys_folder(home: Path) -> Path:
    """Where the secrets lie."""
    return home / "keys"


def session_key(home: Path) -> str:
    """The key sessions are signed with."""
    return _kept(keys_folder(home) / "session", lambda: token_urlsafe(50).encode()).decode()


def signing_seed(home: Path) -> bytes:
    """32 bytes: the seed of the Ed25519 key under every signature of this workspace."""
    return bytes.fromhex(_kept(keys_folder(home) / "signing", lambda: token_bytes(BYTES).hex().encode()).decode())


def _kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """What the file says; made if it is not there. Two at once: the first one's is kept."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        waiting = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(make())
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):  # another process was first, and its key is the one
            os.link(waiting, path)
        waiting.unlink()
    return _read(path)


def _read(path: Path) -> bytes:
    found = path.read_bytes().strip()
    if len(found) < BYTES:
        raise UserProblem(
            "damaged-key", f"The key file `{path.name}` is cut off.", "",
            "Restore the folder `keys` from a backup.", Place(str(path)),
        )  # fmt: skip
    return found
