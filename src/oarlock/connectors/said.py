"""Fields of a person or a firm as others name them (`jobTitle`, `employee_count`), as ours.

Promises: a name is ours, one of the company's own, or left out with a remark; no name from outside sets an owner, a
stage, a merge or an id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from oarlock.connectors.bounded import LONGEST, text_of
from oarlock.records.arrivals import Fields, Firm

MOST = 60
"""Fields of one person or firm that are taken at once."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
PERSON = {
    "email": "email", "name": "name", "title": "title", "job_title": "title", "position": "title", "phone": "phone",
    "company": "company_name", "company_name": "company_name", "organization": "company_name", "country": "country",
    "region": "region", "state": "region", "language": "language", "source": "source",
    "source_detail": "source_detail", "campaign_id": "campaign_id", "landing_page": "landing_page",
    "consent": "consent",
}  # fmt: skip
FIRM = {
    "name": "name", "domain": "domain", "website": "domain", "url": "domain", "industry": "industry",
    "employees": "employees", "employee_count": "employees", "annual_revenue": "annual_revenue",
    "revenue": "annual_revenue", "country": "country",
}  # fmt: skip
"""Their word, in small letters with underscores -> our column."""
NUMBERS = frozenset({"employees", "annual_revenue"})
CLOSED = frozenset({
    "owner_id", "recorded_stage", "stage", "merged_into", "person_id", "account_id", "parent_id", "properties",
    "created_at", "id", "load",
})  # fmt: skip
"""What nobody outside may set: these decide who owns what, or who is who."""
_FIRST, _LAST = ("first_name", "firstname", "given_name"), ("last_name", "lastname", "family_name")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """`jobTitle`, `Job Title` and `job-title` are `job_title`."""
    return re.sub(r"[^a-z0-9]+", "_", _HUMP.sub("_", name[:200]).lower()).strip("_")


def person_of(told: Mapping[str, object]) -> tuple[Fields, Firm | None, tuple[str, ...]]:
    """A person's fields, their firm where one is told, and remarks."""
    plain = {plain_name(str(k)): v for k, v in told.items()}
    firm, remarks = _firm_inside(plain)
    address = plain.pop("address", None)
    if isinstance(address, Mapping):
        plain = {plain_name(str(k)): v for k, v in address.items() if k in ("country", "state", "region")} | plain
    given, family = _taken(plain, _FIRST), _taken(plain, _LAST)
    if "name" not in plain and (given or family):
        plain["name"] = " ".join(part for part in (given, family) if part)
    fields, more = _fields(plain, PERSON)
    return fields, firm, (*remarks, *more)


def firm_of(told: Mapping[str, object], key: str | None = None) -> tuple[Firm, tuple[str, ...]]:
    """A firm's fields, and remarks."""
    fields, remarks = _fields({plain_name(str(k)): v for k, v in told.items()}, FIRM)
    return Firm(key, fields), remarks


def _firm_inside(plain: dict[str, object]) -> tuple[Firm | None, tuple[str, ...]]:
    """The firm among a person's fields: an object, or a name beside a website."""
    company = plain.get("company")
    if isinstance(company, Mapping):
        del plain["company"]
        firm, remarks = firm_of({k: v for k, v in company.items() if k != "id"}, text_of(company.get("id")))
        name = dict(firm.fields).get("name")
        if name:
            plain.setdefault("company_name", name)
        return firm, remarks
    names = (text_of(plain.get(k)) for k in ("company_name", "company", "organization"))
    name = next((n for n in names if n), None)
    site = text_of(plain.pop("website", None))
    told = {"name": name, "domain": site}
    return (firm_of({k: v for k, v in told.items() if v})[0] if name or site else None), ()


def _taken(plain: dict[str, object], names: Iterable[str]) -> str | None:
    values = [text_of(plain.pop(name, None)) for name in names]
    return next((v for v in values if v), None)


def _fields(plain: Mapping[str, object], ours: Mapping[str, str]) -> tuple[Fields, tuple[str, ...]]:
    kept: dict[str, str] = {}
    left: list[str] = []
    for name, value in plain.items():
        field, text = ours.get(name, name), text_of(value)
        if text is not None and field in NUMBERS:
            text = _number(text)
        if text is None or field in CLOSED or len(kept) >= MOST or not (name in ours or NAME.fullmatch(name)):
            if value not in (None, ""):
                left.append(name[:60])
            continue
        if field == "domain":
            text = domain_of(text)
        kept.setdefault(field, text)
        if len(text) == LONGEST:
            left.append(f"the end of {name[:60]}")
    remark = (f"Left out: {', '.join(sorted(left)[:20])}.",) if left else ()
    return tuple(kept.items()), remark


def domain_of(text: str) -> str:
    """`https://www.acme.example/about` is `acme.example`."""
    bare = re.sub(r"^[a-z]+://", "", text.strip().lower())
    return re.split(r"[/:?#]", bare, maxsplit=1)[0].removeprefix("www.")


def _number(text: str) -> str | None:
    """A whole or decimal number as text; None where it is none."""
    plain = text.replace(",", "").replace("_", "").replace(" ", "")
    return plain if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,4})?", plain) else None
