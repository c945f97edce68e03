"""What came to a door, and the answer: plain enough for a WSGI server and for Django's views alike."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from oarlock.connectors.bounded import too_large
from oarlock.ground.problems import OutsideProblem, Problem
from oarlock.web.problems import AGAIN_SECONDS, status_of

JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `headers` have small letters; `body` is at most what the door said it takes, None: it was more."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None
    host: str = ""
    scheme: str = "http"

    def require_body(self, most: int) -> bytes:
        """The body. UserProblem `too-large`."""
        if self.body is None or len(self.body) > most:
            raise too_large(most)
        return self.body

    @property
    def basic(self) -> str:
        """The user name of basic authentication, where a write key is sent; empty where none is."""
        kind, _, told = self.headers.get("authorization", "").partition(" ")
        if kind.lower() != "basic" or len(told) > 500:
            return ""
        try:
            return base64.b64decode(told.strip(), validate=True).decode("utf-8", "replace").partition(":")[0]
        except (binascii.Error, ValueError):
            return ""

    @property
    def bearer(self) -> str:
        """The token of `Authorization: Bearer`; empty where none is."""
        kind, _, told = self.headers.get("authorization", "").partition(" ")
        return told.strip() if kind.lower() == "bearer" else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer."""

    status: int
    body: bytes = b""
    type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


def plain(status: int, said: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(said, ensure_ascii=False).encode(), headers=headers or {})


def problem(error: Problem, status: int | None = None, **more: Any) -> Answer:
    """What went wrong, as problem+json."""
    number = status or {"too-large": 413}.get(error.code) or status_of(error)
    body = {"type": f"/docs/problems/{error.code}", "title": error.what, "status": number, **error.as_dict(), **more}
    again = {"Retry-After": AGAIN_SECONDS} if isinstance(error, OutsideProblem) and not error.permanent else {}
    return Answer(number, json.dumps(body, ensure_ascii=False).encode(), PROBLEM, again)
