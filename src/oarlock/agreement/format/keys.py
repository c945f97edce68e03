"""Which keys the format knows at a path, read from the models: for suggestions, the schema and the reference page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from oarlock.agreement.format.whole import Agreement
from oarlock.agreement.format.words import Section


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its path (`stages.*.owner`; `*` is a name of your own), whether it must stand, its words and choices."""

    path: str
    must: bool
    means: str
    default: object
    options: tuple[str, ...]

    @property
    def words(self) -> str:
        """What it means, and what it may be."""
        listed = ", ".join(f"`{option}`" for option in self.options)
        return f"{self.means} One of {listed}." if listed and listed not in self.means else self.means


def keys_at(path: tuple[str | int, ...]) -> list[str]:
    """The keys known in the mapping at that path; none where the names are the company's own."""
    kind: Any = Agreement
    for step in path:
        kind = _below(kind, str(step))
    return [name(key, field) for key, field in kind.model_fields.items()] if _is_section(kind) else []


def all_keys(section: type[Section] = Agreement, prefix: str = "") -> Iterator[Key]:
    """Every key of the format, sections first come first."""
    for attribute, field in section.model_fields.items():
        path = f"{prefix}{name(attribute, field)}"
        default = None if field.is_required() else field.default
        kind, stars = _innermost(field.annotation)
        options = tuple(map(str, get_args(kind))) if get_origin(kind) is Literal else ()
        yield Key(path, field.is_required(), field.description or "", default, options)
        if _is_section(kind):
            yield from all_keys(kind, f"{path}{stars}.")


def name(attribute: str, field: FieldInfo) -> str:
    """The key as it is written (`from`, where Python needs `from_`)."""
    return field.alias or attribute


def _below(kind: Any, step: str) -> Any:
    if _is_section(kind):
        found = [f for key, f in kind.model_fields.items() if name(key, f) == step]
        return _bare(found[0].annotation) if found else None
    if get_origin(kind) is dict:
        return _bare(get_args(kind)[1])
    return _bare(get_args(kind)[0]) if get_origin(kind) is list else None


def _innermost(kind: Any) -> tuple[Any, str]:
    """The type inside dictionaries and lists, with `.*` for each name and `[]` for each list on the way."""
    kind, stars = _bare(kind), ""
    while get_origin(kind) in (dict, list):
        stars += ".*" if get_origin(kind) is dict else "[]"
        kind = _bare(get_args(kind)[-1])
    return kind, stars


def _bare(kind: Any) -> Any:
    """Without `Annotated` and `| None`."""
    while get_origin(kind) is Annotated or get_origin(kind) in (Union, UnionType):
        kind = next(part for part in get_args(kind) if part is not type(None))
    return kind


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Section)
