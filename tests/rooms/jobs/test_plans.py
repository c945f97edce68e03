"""A kept plan is believed only where it is whole, ours, in its place, and made of nothing but single SELECTs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import oarlock
from oarlock.jobs import plans
from oarlock.jobs.plans import Plan, folder_of, keep, name_of, read
from oarlock.jobs.steps import Step
from oarlock.loop.figures import AgreementUsed, VersionUsed
from oarlock.loop.reporting import Judged, Shown

DAY = date(2026, 2, 1)
PLAN = Plan(
    judged=Judged(
        AgreementUsed(
            "Brightwater \u2192 GmbH", 2, DAY, "sha256:ab", "EUR", "Europe/Berlin", (VersionUsed(2, DAY, "sha256:ab"),)
        ),
        (Shown("lead", "Lead", "marketing", "marketing"), Shown("mql", "MQL", "marketing", "marketing")),
    ),
    fields=("person.job_level",),
    months=(("2026-01", "2026-01-31T23:00:00+00:00"),),
    steps=(
        Step("keep", "lives", "SELECT 1 AS n", told="following"),
        Step("bring", "stages", "WITH a AS (SELECT 2 AS at) SELECT * FROM a;", ("at",), "stages", 0.25),
        Step("drop", "lives"),
    ),
    queries={"stages": "SELECT\n  2"},
)


@pytest.fixture
def name(tmp_path: Path) -> str:
    """The name of a plan that is kept in `tmp_path`."""
    name = name_of(tmp_path, ["agreement", 1])
    keep(tmp_path, name, PLAN)
    return name


def test_a_plan_is_read_as_it_was_kept_and_nobody_else_may_look(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, name) == PLAN
    assert [p.name for p in folder_of(tmp_path).iterdir()] == [name]
    assert (folder_of(tmp_path) / name).stat().st_mode & 0o077 == 0
    assert folder_of(tmp_path).stat().st_mode & 0o077 == 0


def test_no_plan_is_no_error(tmp_path: Path) -> None:
    assert read(tmp_path, name_of(tmp_path, [])) is None
    assert read(tmp_path / "nowhere" / "at all", name_of(tmp_path / "nowhere" / "at all", [])) is None


def test_the_name_holds_everything_the_plan_depends_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = name_of(tmp_path, ["agreement", ["source"], False])
    assert name_of(tmp_path, ["agreement", ["source"], False]) == first
    others = {
        name_of(tmp_path, other) for other in (["agreement", ["source"], True], ["agreement", ["owner"], False], [])
    }
    others.add(name_of(tmp_path / "another", ["agreement", ["source"], False]))
    monkeypatch.setattr(plans, "program", lambda: "the next release")
    others.add(name_of(tmp_path, ["agreement", ["source"], False]))
    assert len(others | {first}) == 6


def test_a_folder_put_in_the_place_of_another_has_other_names(tmp_path: Path, name: str) -> None:
    folder_of(tmp_path).rename(tmp_path / "before")
    assert name_of(tmp_path, ["agreement", 1]) != name


def test_the_program_is_known_by_its_source_and_the_packages_beside_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source, packages = tmp_path / "oarlock" / "__init__.py", tmp_path / "packages"
    source.parent.mkdir()
    (packages / "ibis_framework-12.0.0.dist-info").mkdir(parents=True)
    monkeypatch.setattr(oarlock, "__file__", str(source))
    monkeypatch.syspath_prepend(str(packages))
    marks = []
    for text in ("a = 1\n", "a = 1\n", "a = 2\n"):
        source.write_text(text)
        marks.append(plans.program())
    (packages / "ibis_framework-12.0.0.dist-info").rename(packages / "ibis_framework-12.0.1.dist-info")
    marks.append(plans.program())
    assert marks[0] == marks[1] and len(set(marks)) == 3


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: b"",
        lambda text: text[: len(text) // 2],
        lambda text: text.replace(b"SELECT 1", b"SELECT 2"),
        lambda text: text[:-1] + bytes([text[-1] ^ 1]),
        lambda text: b"0" * 64 + b"\n" + text.partition(b"\n")[2],
        lambda text: b"\xff\xfe\x00" * 1000,
    ],
)
def test_a_damaged_plan_is_not_there(tmp_path: Path, name: str, damage: Callable[[bytes], bytes]) -> None:
    path = folder_of(tmp_path) / name
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert path.read_bytes() != whole and read(tmp_path, name) is None
    keep(tmp_path, name, PLAN)
    assert path.read_bytes() == whole and read(tmp_path, name) == PLAN


def test_a_plan_under_another_name_is_not_there(tmp_path: Path, name: str) -> None:
    other = name_of(tmp_path, ["another agreement"])
    (folder_of(tmp_path) / name).rename(folder_of(tmp_path) / other)
    assert read(tmp_path, other) is None


@pytest.mark.parametrize(
    "statement",
    [
        "COPY (SELECT 1) TO 'stolen.csv'",
        "SELECT 1; DROP VIEW people",
        "SELECT 1; SELECT 2",
        "PRAGMA version",
        "SET threads = 1",
        "ATTACH 'other.db'",
        "INSTALL httpfs",
        "CREATE TABLE more AS SELECT 1",
        "DELETE FROM lives",
        "SELECT (",
        "",
    ],
)
def test_a_step_that_is_not_one_select_makes_the_plan_none_of_ours(tmp_path: Path, name: str, statement: str) -> None:
    for deed in ("keep", "bring"):
        keep(tmp_path, name, replace(PLAN, steps=(*PLAN.steps, Step(deed, "mine", statement))))
        assert read(tmp_path, name) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: plain["steps"][0].__setitem__(0, "execute"),
        lambda plain: plain["steps"][0].append("more"),
        lambda plain: plain["steps"][0].__setitem__(2, 7),
        lambda plain: plain["steps"][0].__setitem__(2, None),
        lambda plain: plain.pop("steps"),
        lambda plain: plain["used"].pop(),
        lambda plain: plain.update(stages=None),
        lambda plain: plain.update(versions=[[1, "no date", "x"]]),
    ],
)
def test_a_plan_of_another_make_is_not_there(
    tmp_path: Path, name: str, change: Callable[[dict[str, Any]], None]
) -> None:
    path = folder_of(tmp_path) / name
    plain = json.loads(path.read_bytes().partition(b"\n")[2])
    change(plain)
    body = json.dumps(plain).encode()
    path.write_bytes(sha256(path.name.encode() + body).hexdigest().encode() + b"\n" + body)
    assert read(tmp_path, name) is None


def test_a_plan_that_others_may_write_or_that_is_a_link_is_not_there(tmp_path: Path, name: str) -> None:
    path = folder_of(tmp_path) / name
    for mode, believed in ((0o620, False), (0o602, False), (0o644, True)):
        path.chmod(mode)
        assert (read(tmp_path, name) == PLAN) is believed
    path.parent.chmod(0o777)
    assert read(tmp_path, name) is None
    path.parent.chmod(0o700)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert read(tmp_path, name) is None


def test_a_plan_larger_than_any_is_not_read(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "LARGEST", 5_000)
    assert read(tmp_path, name) == PLAN
    keep(tmp_path, name, replace(PLAN, queries={"long": "x" * 5_000}))
    assert read(tmp_path, name) is None


def test_a_few_plans_are_kept_and_the_longest_unused_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "KEPT", 2)
    names = [name_of(tmp_path, [n]) for n in range(3)]
    for age, name in ((2, names[0]), (1, names[1])):
        keep(tmp_path, name, PLAN)
        os.utime(folder_of(tmp_path) / name, (age, age))
    os.utime(folder_of(tmp_path) / names[1], (1, 1))
    assert read(tmp_path, names[1]) == PLAN  # used: it is the younger one now
    keep(tmp_path, names[2], PLAN)
    assert [read(tmp_path, name) is not None for name in names] == [False, True, True]


def test_where_nothing_can_be_kept_nothing_is(tmp_path: Path) -> None:
    folder_of(tmp_path).write_text("no folder")
    keep(tmp_path, name_of(tmp_path, []), PLAN)
    assert read(tmp_path, name_of(tmp_path, [])) is None
    assert folder_of(tmp_path).read_text() == "no folder"
