"""The one field of our own: an instant, kept as whole microseconds since 1970.

The same eight bytes on SQLite and PostgreSQL, compared as a number, and the same number the lake holds: a bulk load
converts nothing, and no two engines can order two instants differently.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.db.models.expressions import Combinable

from oarlock.ground.intervals import instant_of, micros

_S = TypeVar("_S")
_G = TypeVar("_G")

if TYPE_CHECKING:

    class _Whole(models.BigIntegerField[_S, _G]):
        _pyi_private_set_type: datetime | int | Combinable  # type: ignore[assignment]
        _pyi_private_get_type: datetime  # type: ignore[assignment]

else:

    class _Whole(models.BigIntegerField):
        def __class_getitem__(cls, types):
            return cls


class InstantField(_Whole[_S, _G]):
    """An aware datetime in Python, a bigint of microseconds in the database. A naive datetime is refused."""

    description = "an instant"

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> datetime | None:
        """What the database holds, as Python sees it."""
        return None if value is None else instant_of(value)

    def to_python(self, value: Any) -> Any:
        """A datetime stays one; a number is microseconds."""
        return instant_of(value) if isinstance(value, int) else value

    def get_prep_value(self, value: Any) -> Any:
        """What Python sees, as the database holds it."""
        if not isinstance(value, datetime):
            return value
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return micros(value)

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        """Instants are never typed into a form."""
        return None
