"""A list walked along one index, a page at a time, from the place where the last page ended.

Promises: no page costs more than its own rows and `REACH` more, however long the list is. A filter no index serves is
asked of at most `REACH` rows a page; if those did not fill the page, the page says so and the next one goes on there.
Rows without a value to sort by come last.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import DecimalField, Model, Q, QuerySet

from oarlock.ground.intervals import micros
from oarlock.ground.problems import UserProblem

Rows = QuerySet[Any, Any]
Residual = Callable[[Rows], Rows]
SIZE = 50
REACH = 5_000
"""Rows a page looks at where a filter has no index of its own."""
COUNTED = 1_000
"""Beyond so many rows a list says "more than"."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the value it was sorted by (None: among those without one) and the key."""

    value: int | str | None
    key: str

    def text(self) -> str:
        """As it stands in an address."""
        return json.dumps([self.value, self.key], ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Order:
    """The column a list is sorted by, its key, and which way."""

    column: str
    key: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Walk:
    """The keys of one page. `limited`: it ended for `REACH` rows were looked at, not for the list was over."""

    keys: tuple[str, ...]
    after: Place | None = None
    limited: bool = False
    first: bool = True


def place(text: str) -> Place | None:
    """The place an address names; None for the beginning. UserProblem `bad-place` where it is none of ours."""
    if not text:
        return None
    try:
        value, key = json.loads(text[:1000])
    except (ValueError, TypeError, RecursionError) as error:
        raise _bad_place() from error
    if not isinstance(key, str) or isinstance(value, bool) or not isinstance(value, int | str | None):
        raise _bad_place()
    if not all(_storable(text) for text in (key, str(value))) or (isinstance(value, int) and abs(value) >= 2**63):
        raise _bad_place()
    return Place(value, key)


def _storable(text: str) -> bool:
    """Whether a database takes it: no NUL, no half of a letter (JSON can spell either)."""
    return not re.search(r"[\x00\ud800-\udfff]", text)


def _bad_place() -> UserProblem:
    return UserProblem(
        "bad-place", "This list has no such place.", "The address was cut off or changed.",
        "Begin at the top of the list.",
    )  # fmt: skip


def walk(rows: Rows, residual: Residual | None, order: Order, after: Place | None, size: int = SIZE) -> Walk:
    """One page of `rows` (a stretch of one index) that also pass `residual`."""
    keys: list[str] = []
    if after is None or after.value is not None:
        sorted_rows = _beyond(rows.filter(**{f"{order.column}__isnull": False}), order, after)
        keys, ended = _take(sorted_rows, residual, order, size)
        if ended is not None:
            return Walk(tuple(keys), ended, len(keys) < size, after is None)
        after_null = None
    else:
        after_null = after.key
    rest = rows.filter(**{f"{order.column}__isnull": True})
    if after_null is not None:
        rest = rest.filter(**{f"{order.key}__gt": after_null})
    more, ended = _take(rest.order_by(order.key), residual, Order(order.key, order.key, False), size - len(keys))
    found = Place(None, ended.key) if ended is not None else None
    limited = found is not None and len(keys) + len(more) < size
    return Walk((*keys, *more), found, limited, after is None)


def count(rows: Rows, residual: Residual | None) -> int | None:
    """How many rows there are, up to `COUNTED` + 1; None where a filter has no index, for that would be a long look."""
    return rows[: COUNTED + 1].count() if residual is None else None


def _beyond(rows: Rows, order: Order, after: Place | None) -> Rows:
    """The rows in order, from a place on. Twice the same bound: once for the index, once to be exact."""
    sign = "-" if order.descending else ""
    if after is not None:
        _require_fit(rows, order, after)
        than = "lt" if order.descending else "gt"
        rows = rows.filter(**{f"{order.column}__{than}e": after.value}).filter(
            Q(**{f"{order.column}__{than}": after.value}) | Q(**{f"{order.key}__{than}": after.key})
        )
    return rows.order_by(f"{sign}{order.column}", f"{sign}{order.key}")


def _require_fit(rows: Rows, order: Order, after: Place) -> None:
    """UserProblem `bad-place` for an amount that is none."""
    field = next((f for f in rows.model._meta.concrete_fields if f.name == order.column), None)
    if isinstance(field, DecimalField):
        try:
            field.clean(after.value, None)
        except ValidationError as error:
            raise _bad_place() from error


def _take(rows: Rows, residual: Residual | None, order: Order, size: int) -> tuple[list[str], Place | None]:
    """The keys of the next rows, and the place they end at if there is more beyond."""
    far = None
    if residual is not None:
        far = _far(rows, order)
        rows = residual(_until(rows, far, order))
    found = list(rows.values_list(order.column, order.key)[: size + 1])
    keys = [key for _, key in found[:size]]
    if len(found) > size:
        return keys, _place(*found[size - 1]) if size else Place(None, "")
    return keys, far


def _far(rows: Rows, order: Order) -> Place | None:
    """The place `REACH` rows on; None where the list ends before."""
    found = list(rows.values_list(order.column, order.key)[REACH - 1 : REACH])
    return _place(*found[0]) if found else None


def _until(rows: Rows, far: Place | None, order: Order) -> Rows:
    if far is None:
        return rows
    than = "gt" if order.descending else "lt"
    if order.column == order.key:
        return rows.filter(**{f"{order.key}__{than}e": far.key})
    return rows.filter(**{f"{order.column}__{than}e": far.value}).filter(
        Q(**{f"{order.column}__{than}": far.value}) | Q(**{f"{order.key}__{than}e": far.key})
    )


def _place(value: Any, key: str) -> Place:
    if isinstance(value, datetime):
        return Place(micros(value), key)
    return Place(str(value) if isinstance(value, Decimal) else value, key)


def in_order(model: type[Model], keys: tuple[str, ...]) -> list[Any]:
    """The rows of these keys, in their order; keys that are gone are left out."""
    found = model._default_manager.in_bulk(list(keys))
    return [found[key] for key in keys if key in found]
