"""Uploads as they stream in: written straight into the workspace, refused by size before anything is held in memory."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from oarlock.ground.clock import now
from oarlock.ground.ids import new_id
from oarlock.ground.problems import UserProblem
from oarlock.jobs.bringing_in import LIMIT, safe_name, uploads_folder

MOST_FILES = 40


class Streamed(FileUploadHandler):
    """Writes each file into the folder of one upload."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self.upload_id = new_id(now(), os.urandom(10))
        self.folder = uploads_folder(home) / self.upload_id
        self.bytes = 0
        self.files: list[tuple[str, int]] = []
        self.out: Any = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)
        if len(self.files) >= MOST_FILES:
            raise StopUpload(connection_reset=False)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = safe_name(self.file_name or "")
        taken = {known for known, _ in self.files}
        self.name = next(n for n in (name, *(f"{k}-{name}" for k in range(2, MOST_FILES + 3))) if n not in taken)
        self.out = (self.folder / self.name).open("wb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """A piece of it. Beyond the limit nothing more is taken."""
        self.bytes += len(raw_data)
        if self.bytes > LIMIT:
            self.out.close()
            self.forget()
            raise StopUpload(connection_reset=True)
        self.out.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """A file ends. One without a byte (an empty field of the form) is none."""
        self.out.close()
        if not file_size:
            (self.folder / self.name).unlink()
            return None
        self.files.append((self.name, file_size))
        return UploadedFile(name=self.name, size=file_size)

    def forget(self) -> None:
        """Remove what has arrived."""
        shutil.rmtree(self.folder, ignore_errors=True)


def refuse_by_size(request: HttpRequest) -> None:
    """UserProblem `too-large` before the first byte is read."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    if not said.isdecimal() or int(said) > LIMIT:
        why = f"At most {LIMIT // 1_000_000:,} MB come in this way."
        raise UserProblem(
            "too-large", "The upload is too large for a browser.", why,
            "Put the files on the server and run `oarlock import FILES --preset NAME`, or pack them as .gz.",
        )  # fmt: skip
