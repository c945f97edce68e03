"""Forms edit one value where it stands; comments and everything else stay as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from oarlock.agreement import check, compare, read_text
from oarlock.agreement.editing import changed, settings, with_absence, with_reason
from oarlock.ground.problems import UserProblem

TEXT = (Path(__file__).parents[3] / "src/oarlock/demo/agreements/2.yaml").read_bytes()


def found(source: bytes = TEXT) -> dict[str, str]:
    return {setting.id: setting.value for setting in settings(read_text(source))}


def test_the_values_people_change_have_a_form() -> None:
    known = found()
    assert known["in_force"] == "2026-02-01"
    assert known["stages/mql/when#0"] == known["stages/mql/when#1"] == "40"
    assert known["promises/marketing/0/at_least"] == "120"
    assert known["pools/dach/members/lena"] == "2"
    assert known["goals/revenue-2026q4/target"] == "4_500_000 EUR"
    assert known["icp/when#1"] == "5000"
    assert known["handoffs/mql-to-sdr/accept/within"] == "1 business hours"


def test_a_number_inside_a_text_of_a_rule_is_no_threshold() -> None:
    source = TEXT.replace(b"activities('meeting.held', 60) >= 1", b"activities('meeting.2', 60) >= 1")
    assert [found(source)[f"stages/sql/when#{n}"] for n in (0, 1)] == ["60", "1"]


def test_a_threshold_is_set_in_place_and_nothing_else_changes() -> None:
    made = changed(TEXT, {"stages/mql/when#1": "45", "stages/mql/when#0": "40"})
    assert made == TEXT.replace(b"engagement >= 40", b"engagement >= 45")
    assert [c.term for c in compare(read_text(TEXT), read_text(made)).changes] == ["stages.mql"]


def test_every_setting_can_be_set_to_what_it_is_and_to_something_else() -> None:
    for setting in settings(read_text(TEXT)):
        assert changed(TEXT, {setting.id: setting.value}) == TEXT
        other = "2027-01-01" if setting.id == "in_force" else setting.value.replace(setting.value[0], "9", 1)
        if other != setting.value:
            assert found(changed(TEXT, {setting.id: other}))[setting.id] == other


@pytest.mark.parametrize(
    "value", ["", "4}", "1, x: 2", "7 # gone", "a\nstages: {}", "1\n", "x: y", "9" * 300, "'", "40 and fit > 1\n  x: 1"]
)
def test_a_value_that_would_change_more_than_itself_is_refused(value: str) -> None:
    if value.strip() == "1":
        return
    with pytest.raises(UserProblem) as caught:
        changed(TEXT, {"pools/dach/members/lena": value})
    assert caught.value.code == "bad-setting-value"


def test_a_setting_the_text_does_not_have_is_refused() -> None:
    with pytest.raises(UserProblem) as caught:
        changed(TEXT, {"company": "Other"})
    assert caught.value.code == "unknown-setting"


def test_a_reason_is_added_behind_the_others() -> None:
    made = with_reason(TEXT, "mql-to-sdr", "competitor", "disqualified")
    assert made == TEXT.replace(b"bad-timing: recycled}", b"bad-timing: recycled, competitor: disqualified}")
    assert [f for f in check(read_text(made)) if f.level == "error"] == []


def test_a_reason_is_added_below_the_others_where_they_stand_in_lines() -> None:
    lines = b"reject_reasons:\n      no-budget: recycled  # for now\n      bad-data: disqualified\n"
    source = TEXT.replace(TEXT[TEXT.index(b"reject_reasons:") : TEXT.index(b"    on_breach")], lines)
    made = with_reason(source, "mql-to-sdr", "student", "disqualified")
    assert made == source.replace(b"bad-data: disqualified\n", b"bad-data: disqualified\n      student: disqualified\n")


@pytest.mark.parametrize(("reason", "detour"), [("no-budget", "recycled"), ("a: b", "c"), ("x}", "recycled"), ("", "")])
def test_a_reason_that_is_there_or_is_no_word_is_refused(reason: str, detour: str) -> None:
    with pytest.raises(UserProblem):
        with_reason(TEXT, "mql-to-sdr", reason, detour)


def test_an_absence_is_added_behind_the_others_or_begins_the_list() -> None:
    line = b"  - {who: lena, from: 2026-09-01, until: 2026-09-12}\n"
    last = b"  - {who: jonas, from: 2026-07-20, until: 2026-08-07}\n"
    assert with_absence(TEXT, "lena", "2026-09-01", "2026-09-12") == TEXT.replace(last, last + line)
    start, end = TEXT.index(b"absences:"), TEXT.index(b"promises:")
    none = TEXT[:start] + TEXT[end:]
    assert with_absence(none, "lena", "2026-09-01", "2026-09-12").endswith(b"\nabsences:\n" + line)


@pytest.mark.parametrize("who", ["lena, x: y", "lena}", "a\nb", "#"])
def test_an_absence_that_would_write_more_than_itself_is_refused(who: str) -> None:
    with pytest.raises(UserProblem):
        with_absence(TEXT, who, "2026-09-01", "2026-09-12")
