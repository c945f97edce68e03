"""Brightwater's own people: leaders, sellers and marketers, how quick and how good each seller is, who is on leave."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Colleague:
    """One user of the CRM. `pace` multiplies the time to answer, `skill` the chance of a meeting or a win."""

    key: str
    name: str
    role: str
    team: str
    manager: str | None
    region: str
    pace: float = 1.0
    skill: float = 1.0
    active: bool = True
    leave: str = ""


STAFF = (
    Colleague("rosa", "Rosa Lindqvist", "revenue-leader", "leadership", None, "Europe"),
    Colleague("mara", "Mara Oyelaran", "marketing-leader", "marketing", "rosa", "Europe"),
    Colleague("sam", "Sam Okafor", "sales-leader", "sales", "rosa", "Europe"),
    Colleague("olive", "Olive Brandt", "operations", "operations", "rosa", "Europe"),
    Colleague("lena", "Lena Vogt", "sdr", "sdr dach", "sam", "DACH", 0.45, 1.25, leave="2025-08-04/2025-08-22"),
    Colleague("jonas", "Jonas Reiter", "sdr", "sdr dach", "sam", "DACH", 2.4, 0.8, leave="2026-07-20/2026-08-07"),
    Colleague("amelie", "Amélie Rousseau", "sdr", "sdr europe", "sam", "West", 0.9, 1.1, leave="2025-08-11/2025-08-29"),
    Colleague("piotr", "Piotr Zawada", "sdr", "sdr europe", "sam", "East", 0.7, 1.1, leave="2026-02-16/2026-02-27"),
    Colleague("ingrid", "Ingrid Solberg", "sdr", "sdr europe", "sam", "North", 1.5, 0.9, leave="2026-07-06/2026-07-31"),
    Colleague("nadia", "Nadia Haas", "account-executive", "sales dach", "sam", "DACH", 0.8, 1.2),
    Colleague("viktor", "Viktor Lehner", "account-executive", "sales dach", "sam", "DACH", 1.3, 0.85),
    Colleague("claire", "Claire Fontaine", "account-executive", "sales europe", "sam", "West", 1.0, 1.1),
    Colleague("matteo", "Matteo Greco", "account-executive", "sales europe", "sam", "South", 1.1, 0.95),
    Colleague("emil", "Emil Strand", "account-executive", "sales europe", "sam", "North", 1.4, 0.7, active=False),
    Colleague("hana", "Hana Novotná", "campaign-manager", "marketing", "mara", "Europe"),
    Colleague("theo", "Theo Winkel", "content-editor", "marketing", "mara", "Europe"),
)  # fmt: skip
KEYS = tuple(person.key for person in STAFF)


def number(key: str) -> int:
    """The place of a colleague in `STAFF`, used as code in columns."""
    return KEYS.index(key)


POOLS: tuple[tuple[tuple[str, int], ...], ...] = (
    (("lena", 2), ("jonas", 1)),
    (("amelie", 2), ("piotr", 2), ("ingrid", 1)),
)
"""Who gets leads, with weights: pool dach, pool rest-of-world; the same as in the agreement."""

TURNS = ((4, 5, 4), (6, 7, 6, 7, 8))
"""The rotation those weights give: places in `STAFF`."""

NEXT = {4: 5, 5: 4, 6: 7, 7: 8, 8: 6}
"""Who of the pool gets a lead another one let lie."""

CLOSERS = ((9, 10), (11, 12, 13))
"""The account executives of each pool: places in `STAFF`."""


def users() -> pa.Table:
    """The file users.csv; `leave` is a property of the company's own."""
    columns = {
        "user_id": [p.key for p in STAFF],
        "name": [p.name for p in STAFF],
        "email": [f"{p.key}@brightwater.example" for p in STAFF],
        "role": [p.role for p in STAFF],
        "team": [p.team for p in STAFF],
        "manager_id": [p.manager for p in STAFF],
        "region": [p.region for p in STAFF],
        "active": ["true" if p.active else "false" for p in STAFF],
        "leave": [p.leave or None for p in STAFF],
    }
    return pa.table({name: pa.array(values, pa.large_string()) for name, values in columns.items()})
