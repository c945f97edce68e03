"""A person merged into another is one person in the report, with the touches of both."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from oarlock.agreement import read, seal
from oarlock.engines.intake import bring_in
from oarlock.engines.presets import preset
from oarlock.jobs.measuring import measure
from oarlock.lifecycle import Versions

AGREEMENT = """
oarlock: 1
company: Mergewater
in_force: 2026-01-01
time_zone: UTC
currency: EUR
scoring:
  engagement:
    half_life: 365 days
    points: {visit: 20}
stages:
  lead:
    owner: marketing
    kind: inventory
    when: person.email is not null
  keen:
    owner: marketing
    kind: gate
    when: engagement >= 35
"""


def test_touches_of_both_count_for_the_one_who_remains(tmp_path: Path) -> None:
    files = {
        "people.csv": "person_id,email,created_at\n"
        "ann,a@x.example,2026-02-01T00:00:00Z\nann2,b@x.example,2026-02-02T00:00:00Z\n",
        "touches.csv": "touch_id,person_id,at,recorded_at,kind\n"
        "1,ann,2026-02-03T00:00:00Z,2026-02-03T00:00:00Z,visit\n2,ann2,2026-02-04T00:00:00Z,2026-02-04T00:00:00Z,visit\n",
        "changes.csv": "change_id,at,recorded_at,entity,entity_id,field,value\n"
        "m,2026-03-01T00:00:00Z,2026-03-01T00:00:00Z,person,ann2,merged_into,ann\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "agreement.yaml").write_text(AGREEMENT)
    home, now = tmp_path / "home", datetime(2026, 4, 1, tzinfo=UTC)
    bring_in([tmp_path / name for name in files], preset("oarlock"), home, zone="UTC", now=now)
    versions = Versions.of(seal(read(tmp_path / "agreement.yaml")))
    after = measure(home, versions)
    before = measure(home, versions, as_known=datetime(2026, 2, 20, tzinfo=UTC))
    assert (after.people, [s.entered for s in after.stages]) == (1, [1, 1])
    assert (before.people, [s.entered for s in before.stages]) == (2, [2, 0])
