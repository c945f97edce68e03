"""Secrets of others that the store has to keep: locked with a key of the workspace, opened where they are used.

Promises: without the folder `keys` nothing that is locked can be read; a byte changed is noticed; two locks of one
secret differ. The key is made for this alone (HKDF-SHA256), so nothing that is locked says anything of a signature.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from oarlock.ground.problems import UserProblem
from oarlock.store.keys import signing_seed

USE = b"oarlock: addresses of channels and calendars"


def lock(home: Path, secret: str) -> str:
    """The secret as the store may keep it."""
    return _box(home).encrypt(secret.encode()).decode("ascii")


def unlock(home: Path, locked: str) -> str:
    """The secret again. UserProblem `cannot-unlock` where it was locked with other keys, or changed."""
    try:
        return _box(home).decrypt(locked.encode("ascii", "replace")).decode()
    except InvalidToken as error:
        raise UserProblem(
            "cannot-unlock", "A secret the store keeps cannot be read.", "It was locked with other keys.",
            "Restore the folder `keys`, or enter the address again.",
        ) from error  # fmt: skip


def _box(home: Path) -> Fernet:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=USE).derive(signing_seed(home))
    return Fernet(urlsafe_b64encode(made))
