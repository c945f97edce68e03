"""The words a value may be: names, teams, shares, money, spans of time, dates, rules. Each says what it expects.

A validator here raises `PydanticCustomError(code, message)`; `reading` turns it into a finding with the value's place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any
from typing import Literal as OneOf

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError

from oarlock.agreement.written import Amount, WorkingSpan
from oarlock.ground.money import check_currency, parse_money
from oarlock.ground.periods import parse_period
from oarlock.ground.problems import UserProblem
from oarlock.ground.public_holidays import check_region
from oarlock.ground.spans import parse_span
from oarlock.ground.zones import zone_of

_NAME = r"[A-Za-z][A-Za-z0-9_-]*"
_KIND = r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*"
Team = OneOf["marketing", "sales", "joint"]
Day = OneOf["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Rhythm = OneOf["day", "week", "two-weeks", "month", "quarter", "year"]


class Section(BaseModel):
    """A mapping with known keys: nothing is guessed, nothing unknown is let through."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class OrText:
    """In the schema: the mapping, or a text as its short form."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, handler(core)]}


class OrOne:
    """In the schema: the list, or one item without brackets."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        many = handler(core)
        return {"anyOf": [many["items"], many]}


def refuse(code: str, message: str, suggestion: str = "") -> PydanticCustomError:
    """The error a validator raises. The message travels beside the template, so that nothing in it is filled in."""
    return PydanticCustomError(code, "refused", {"told": message, "suggestion": suggestion})


def _told(problem: UserProblem) -> PydanticCustomError:
    return refuse(problem.code, " ".join(filter(None, (problem.what, problem.why))), problem.next_step)


def _text_of(value: object, what: str, example: str) -> str:
    if isinstance(value, str):
        return value
    raise refuse("wrong-kind", f"This is not {what}.", f"Write it like {example}.")


def _name(value: object) -> str:
    text = _text_of(value, "a name", "`mql`")
    if not re.fullmatch(_NAME, text) or len(text) > 60:
        message = f"`{text[:60]}` cannot be a name: names have letters, digits, `-` and `_`, and begin with a letter."
        raise refuse("bad-name", message)
    return text


def _kind(value: object) -> str:
    text = _text_of(value, "a kind", "`webinar.attended`")
    if not re.fullmatch(_KIND, text) or len(text) > 120:
        raise refuse("bad-name", f"`{text[:60]}` cannot be a kind.", "Write it like `webinar.attended`.")
    return text


def _share(value: object) -> float:
    found = re.fullmatch(r"(\d{1,4}(?:\.\d{1,4})?)\s?%", value) if isinstance(value, str) else None
    if not found:
        raise refuse("bad-share", "This is not a share.", "Write it with a percent sign, like `75%`.")
    return float(Decimal(found.group(1)) / 100)


def _number(value: object) -> float:
    if isinstance(value, str) and re.fullmatch(r"[-+]?\d{1,15}(\.\d{1,15})?", value):
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse("wrong-kind", "This is not a number.", "Write it like `40` or `2.5`, without quotation marks.")
    return float(value)


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise refuse("wrong-kind", "This is not a whole number.", "Write it like `5`.")
    return value


def _amount(value: object) -> Amount:
    """`400`, `75%` or `2_400_000 EUR`."""
    if isinstance(value, str) and value.endswith("%"):
        return Amount(Decimal(str(_share(value))), "share")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Amount(Decimal(str(value)), "number")
    if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)? (minutes|hours|days|weeks)", value):
        number, unit = value.split()
        return Amount(Decimal(number), unit)
    if isinstance(value, str) and re.fullmatch(r"\d{1,3}(_\d{3})*(\.\d{1,4})?", value):
        return Amount(Decimal(value), "number")
    if not isinstance(value, str) or not re.search(r"[A-Z]{3}$", value):
        raise refuse("bad-amount", "This is not an amount.", "Write it like `400`, `75%` or `2_400_000 EUR`.")
    return _money(value)


def _money(value: object) -> Amount:
    text = _text_of(value, "an amount", "`400`, `75%` or `2_400_000 EUR`")
    try:
        paid = parse_money(text)
    except UserProblem as problem:
        raise _told(problem) from None
    return Amount(paid.amount, paid.currency)


def _span(value: object) -> WorkingSpan:
    text = _text_of(value, "a span of time", "`90 days` or `4 business hours`")
    try:
        span = parse_span(text)
    except UserProblem as problem:
        raise _told(problem) from None
    return WorkingSpan(span.amount, span.unit, span.working)


def _duration(value: object) -> timedelta:
    span = _span(value)
    if span.working:
        raise refuse("bad-span", "This is not counted in working time.", "Write it like `90 days`.")
    return timedelta(**{span.unit: span.amount})


def _date(value: object) -> date:
    text = _text_of(value, "a date", "`2026-10-01`")
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise refuse("bad-date", f"`{text[:40]}` is not a date.", "Write it like `2026-10-01`.")


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise refuse("wrong-kind", "This is neither `true` nor `false`.", "Write `true` or `false`.")


def _text(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    text = _text_of(value, "a text", "`like this`")
    if not text.strip():
        raise refuse("empty-text", "There is no text here.")
    return text.strip()


def _clock(value: object) -> str:
    text = _text_of(value, "a time of day", '`"10:00"`, with quotation marks')
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise refuse("bad-clock", f"`{text[:20]}` is not a time of day.", 'Write it like `"09:30"`.')
    return text


def _period(value: object) -> str:
    text = _text(value)
    try:
        parse_period(text, "UTC")
    except UserProblem as problem:
        raise _told(problem) from None
    return text


def _known(value: object, look_up: Callable[[str], object], what: str, example: str) -> str:
    """A text that a room below knows: a zone, a currency, a region."""
    text = _text_of(value, what, example)
    try:
        look_up(text)
    except UserProblem as problem:
        raise _told(problem) from None
    return text


def _zone(value: object) -> str:
    return _known(value, zone_of, "a time zone", "`Europe/Berlin`")


def _currency(value: object) -> str:
    return _known(value, check_currency, "a currency", "`EUR`")


def _region(value: object) -> str:
    return _known(value, check_region, "a region", "`DE-BE`")


def _rule(value: object) -> str:
    if isinstance(value, bool | int | float) or value is None:
        raise refuse("wrong-kind", "This is not a rule.", "Write it like `person.email is not null`.")
    return _text_of(value, "a rule", "`person.email is not null`")


def _many(value: object) -> object:
    """One name may stand without brackets."""
    return [value] if isinstance(value, str | int | float) and not isinstance(value, bool) else value


def _schema(pattern: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": list(examples)})


Name = Annotated[str, BeforeValidator(_name), _schema(f"^{_NAME}$", "mql")]
Kind = Annotated[str, BeforeValidator(_kind), _schema(f"^{_KIND}$", "webinar.attended")]
Text = Annotated[str, BeforeValidator(_text), WithJsonSchema({"type": ["string", "number"]})]
Rule = Annotated[str, BeforeValidator(_rule), _schema(".+", "account.employees between 50 and 5000")]
Share = Annotated[float, BeforeValidator(_share), _schema(r"^\d+(\.\d+)?\s?%$", "75%")]
Number = Annotated[float, BeforeValidator(_number), WithJsonSchema({"type": "number"})]
Whole = Annotated[int, BeforeValidator(_whole), WithJsonSchema({"type": "integer", "minimum": 0})]
Money = Annotated[Amount, BeforeValidator(_money), _schema(r"^[\d_,.]+ [A-Z]{3}$", "2_400_000 EUR")]
AnyAmount = Annotated[
    Amount,
    BeforeValidator(_amount),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}], "examples": [400, "75%", "2_400_000 EUR"]}),
]
Span = Annotated[WorkingSpan, BeforeValidator(_span), _schema(r"^\d+(\.\d+)? .+$", "4 business hours", "90 days")]
Duration = Annotated[timedelta, BeforeValidator(_duration), _schema(r"^\d+(\.\d+)? \w+$", "30 days")]
Date = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
Clock = Annotated[str, BeforeValidator(_clock), _schema(r"^([01]\d|2[0-3]):[0-5]\d$", "10:00")]
Zone = Annotated[str, BeforeValidator(_zone), _schema(r"^[A-Za-z_]+(/[A-Za-z0-9_+-]+)*$", "Europe/Berlin")]
Currency = Annotated[str, BeforeValidator(_currency), _schema("^[A-Z]{3}$", "EUR")]
Region = Annotated[str, BeforeValidator(_region), _schema("^[A-Z]{2}(-.+)?$", "DE", "DE-BE")]
Period = Annotated[str, BeforeValidator(_period), _schema(".+", "2026-Q4", "2026-10")]
Names = Annotated[list[Name], BeforeValidator(_many), OrOne()]
Texts = Annotated[list[Text], BeforeValidator(_many), OrOne()]
Teams = Annotated[list[Team], BeforeValidator(_many), OrOne()]


def said(means: str, default: Any = None, **more: Any) -> Any:
    """A key with its words (they are the reference page and the editor's help) and its default."""
    return Field(default, description=means, **more)


def must(means: str, **more: Any) -> Any:
    """A key that may not be missing."""
    return Field(description=means, **more)
