"""Figures as JSON and back: exact. Decimals are texts, instants ISO 8601 in UTC, floats their shortest exact form.

`exact_bytes` is the one form that is hashed: keys sorted, no spaces, UTF-8.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any


def plain(value: object) -> Any:
    """The value as JSON knows it."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value


def exact_bytes(value: object) -> bytes:
    """The value's bytes under its hash."""
    return json.dumps(plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
