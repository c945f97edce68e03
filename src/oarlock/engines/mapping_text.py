"""Mappings as people write them: YAML, under the same limits as an agreement, every key checked.

Promise: a Mapping, or one UserProblem that names everything wrong with line and suggestion; never a traceback.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from oarlock.agreement import limits, nodes, yaml_text
from oarlock.agreement.findings import Finding
from oarlock.engines.mapping import Mapping
from oarlock.engines.mapping_sense import assemble
from oarlock.ground.problems import Place, UserProblem
from oarlock.ground.spelling import did_you_mean

Atom = str | bool | int | float
Header = Annotated[str, Field(min_length=1, max_length=400)]


class Strict(BaseModel):
    """No key that is not known, no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class PartText(Strict):
    """`part: {split: ";", take: 1}`."""

    split: Annotated[str, Field(min_length=1)]
    take: int = 1


class LookupText(Strict):
    """`lookup: {file: deal_contacts, match: deal_id, take: contact_id}`."""

    file: str
    match: Header
    take: Header | list[Header]
    values: dict[str, Atom] = {}
    otherwise: Literal["none", "keep"] = "none"


class ColumnText(Strict):
    """One column, long form."""

    source: Annotated[Header | list[Header] | None, Field(alias="from")] = None
    value: Atom | None = None
    joined_by: Annotated[str | None, Field(alias="with")] = None
    part: PartText | None = None
    lookup: LookupText | None = None
    nulls: list[str] = []
    lower: bool = False
    values: dict[str, Atom] = {}
    otherwise: str = "keep"
    empty: Atom | None = None
    prefix: str = ""
    date: str | list[str] | None = None
    epoch: Literal["seconds", "milliseconds"] | None = None
    decimal: Literal["point", "comma"] = "point"
    drop: str = ""
    times: Annotated[int | float | None, Field(gt=0)] = None
    day: bool = False
    only: str = ""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, form: object) -> object:
        """`email: Work Email` is short for `email: {from: Work Email}`."""
        return {"from": form} if isinstance(form, str) else form


class ConditionText(Strict):
    """`{column: x, is: known}` or `{column: x, in: [a, b]}` or `{column: x, not_in: [a]}`."""

    column: Header
    known: Annotated[Literal["known", "unknown"] | None, Field(alias="is")] = None
    options: Annotated[list[Atom] | None, Field(alias="in")] = None
    none_of: Annotated[list[Atom] | None, Field(alias="not_in")] = None


class DatedText(Strict):
    """`{at: Became a Lead Date, field: recorded_stage, value: lead}`, or `from:` a column instead of `value:`."""

    at: ColumnText
    field: str
    value: Atom | None = None
    source: Annotated[ColumnText | None, Field(alias="from")] = None


class EachText(Strict):
    """`each: {column: person_id, from: Associated Contact IDs, split: ";"}`."""

    column: str
    source: Annotated[Header, Field(alias="from")]
    split: Annotated[str, Field(min_length=1)]


class TargetText(Strict):
    """One lake table a file feeds."""

    table: str
    columns: Literal["same"] | dict[str, ColumnText] = {}
    properties: Literal["rest", "rest as names"] | list[Header] | dict[str, ColumnText] = []
    leave_out: list[Header] = []
    when: list[ConditionText] = []
    derived: bool = False
    dated: list[DatedText] = []
    each: EachText | None = None
    changed_at: ColumnText | None = None


class MatchText(Strict):
    """How a file is recognised."""

    names: list[str] = []
    headers: list[Header] = []


class FormatText(Strict):
    """How a file is written."""

    delimiter: Literal[",", ";", "\t", "|"] | None = None
    encoding: Literal["utf-8", "latin-1", "utf-16"] | None = None
    quote: Literal["double", "none"] = "double"
    broken_in: Header | None = None
    nulls: list[str] = [""]


class FileText(Strict):
    """One kind of file."""

    match: MatchText
    format: FormatText = FormatText()
    needs: list[Header] | None = None
    time_zone: str | None = None
    tables: list[TargetText] = []


class MappingText(Strict):
    """The whole mapping."""

    oarlock_mapping: Literal[1]
    name: str
    means: str = ""
    time_zone: str | None = None
    files: dict[str, FileText]


def read_mapping(path: Path) -> Mapping:
    """The mapping in a file. Raises UserProblem `mapping-wrong`, or `mapping-missing` where there is no such file."""
    try:
        data = path.read_bytes() if path.stat().st_size <= limits.MAX_BYTES else b" " * (limits.MAX_BYTES + 1)
    except OSError as error:
        raise UserProblem(
            "mapping-missing", f"There is no mapping at {path}.", str(error.strerror), where=Place(str(path))
        ) from error
    return parse_mapping(data, str(path))


def parse_mapping(data: bytes, file: str) -> Mapping:
    """The mapping in these bytes; `file` is what findings call it. Raises UserProblem `mapping-wrong`."""
    text, findings = limits.decode(data, file)
    if text is None:
        raise _wrong(findings)
    root, findings = yaml_text.parse(text, file)
    if findings:
        raise _wrong(findings)
    try:
        written = MappingText.model_validate(nodes.plain(root))
    except ValidationError as error:
        raise _wrong(_found(error, root)) from error
    mapping, findings = assemble(written, root, f"sha256:{sha256(data).hexdigest()}")
    if mapping is None:
        raise _wrong(findings)
    return mapping


def _found(error: ValidationError, root: nodes.Block) -> list[Finding]:
    """Pydantic's errors in our words. Of what a value may be, the branch that got furthest speaks."""
    found: dict[nodes.Path, tuple[str, str]] = {}
    for item in error.errors(include_url=False):
        found.setdefault(_real_path(root, item["loc"], item["type"]), (item["type"], item["msg"]))
    deeper = {path[:n] for path in found for n in range(len(path))}
    return [_finding(path, *said, root) for path, said in found.items() if path not in deeper]


def _real_path(root: nodes.Block, loc: tuple[int | str, ...], kind: str) -> nodes.Path:
    """Without the steps pydantic invents for the branches of a union."""
    path: nodes.Path = ()
    for n, step in enumerate(loc, 1):
        if nodes.find(root, (*path, step)) is not None or (n == len(loc) and kind == "missing"):
            path = (*path, step)
    return path


def _finding(path: nodes.Path, kind: str, message: str, root: nodes.Block) -> Finding:
    place = nodes.place(root, path, key=True)
    word = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        return Finding("error", "unknown-key", f"`{word}` is not a key of a mapping here.", place, _near(word))
    if kind == "missing":
        return Finding("error", "missing-key", f"`{word}` is missing.", place)
    return Finding("error", "wrong-value", f"`{word}`: {message}.", place)


def _near(word: str) -> str:
    models = (MappingText, FileText, FormatText, MatchText, TargetText, ColumnText, ConditionText, DatedText, EachText)
    known = {f.alias or name for model in models for name, f in model.model_fields.items()}
    return did_you_mean(word, known)


def _wrong(findings: list[Finding]) -> UserProblem:
    lines = [f"{f.place}: {f.message} {f.suggestion}".rstrip() for f in findings]
    what = f"The mapping has {len(lines)} error{'s' if len(lines) > 1 else ''}."
    return UserProblem("mapping-wrong", what, "\n".join(lines), "Mend the mapping.", findings[0].place)
