"""Files shaped as the lake's own tables: typed without guessing, once each, the past left as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oarlock.ground.problems import UserProblem

from .conftest import NOW, Workspace

AT = '"at"'
TOUCHES = "person_id,at,kind\np1,2026-01-01T10:00:00Z,page.view\np1,2026-01-01T10:00:00Z,page.view\n"


def utc(column: str) -> str:
    return f"strftime(timezone('UTC', {column}), '%Y-%m-%d %H:%M:%S.%f')"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02 03:04:05.000000"),
        ("2026-01-02T03:04:05+02:00", "2026-01-02 01:04:05.000000"),
        ("2026-01-02T03:04:05.000+0000", "2026-01-02 03:04:05.000000"),
        ("2026-01-02 03:04:05.123456 UTC", "2026-01-02 03:04:05.123456"),
        ("2026-01-02 03:04", "2026-01-02 02:04:00.000000"),  # Berlin, winter
        ("2026-07-02 03:04:05", "2026-07-02 01:04:05.000000"),  # Berlin, summer
        ("2026-01-02", "2026-01-01 23:00:00.000000"),
        ("2026/1/2", "2026-01-01 23:00:00.000000"),
        (" 2026-01-02 ", "2026-01-01 23:00:00.000000"),
        ("2020-12-30 3:15:52", "2020-12-30 02:15:52.000000"),
    ],
)
def test_iso_times_are_read_in_their_zone_or_the_agreements(space: Workspace, written: str, meant: str) -> None:
    space.put("people.csv", f"person_id,created_at\np1,{written}\n")
    space.bring()
    assert space.ask(f"SELECT {utc('created_at')} FROM people") == [(meant,)]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("01/02/2026", "date-form-not-stated"),
        ("1.2.26", "date-form-not-stated"),
        ("31-12-2025 10:00", "date-form-not-stated"),
        ("2026-02-30", "not-a-date"),
        ("2026-01-02 25:00", "not-a-date"),
        ("infinity", "not-a-date"),
        ("today", "not-a-date"),
        ("20260102", "not-a-date"),
        ("2026-01-02 03:04 Europe/Paris", "not-a-date"),
        ("0000-01-01", "not-a-date"),
        ("99999-01-01", "not-a-date"),
    ],
)
def test_a_date_that_could_mean_two_days_or_none_is_set_aside(space: Workspace, written: str, reason: str) -> None:
    space.put("people.csv", f"person_id,created_at\np1,{written}\np2,2026-01-01\n")
    summary = space.bring()
    assert summary.files[0].quarantined == {reason: 1}
    assert space.ask("SELECT person_id FROM people") == [("p2",)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("1", "1.00"), ("-1.5", "-1.50"), ("2.005", "2.01"), (" 7 ", "7.00"), ("1e3", "1000.00"), (".5", "0.50")],
)
def test_money_is_exact_to_the_cent(space: Workspace, written: str, meant: str) -> None:
    space.put("opportunities.csv", f"opportunity_id,status,amount\no1,open,{written}\n")
    space.bring()
    assert space.ask("SELECT CAST(amount AS VARCHAR) FROM opportunities") == [(meant,)]


@pytest.mark.parametrize(
    "written", ["1,5", "EUR 5", "nan", "inf", "1_000", "--1", "1e999", "0x10", "12345678901234567890"]
)
def test_what_is_no_amount_is_set_aside(space: Workspace, written: str) -> None:
    space.put("opportunities.csv", f'opportunity_id,status,amount\no1,open,"{written}"\no2,open,3\n')
    assert space.bring().files[0].quarantined == {"not-an-amount": 1}
    assert space.ask("SELECT opportunity_id FROM opportunities") == [("o2",)]


def test_numbers_whole_numbers_and_flags_are_told_from_what_only_looks_like_them(space: Workspace) -> None:
    space.put("accounts.csv", "account_id,employees\na1,12.5\na2,nan\na3,1e400\n")
    space.put("users.csv", "user_id,active\nu1,TRUE\nu2,no\nu3,maybe\nu4,\n")
    space.put(
        "handoff_events.csv",
        "handoff_id,at,person_id,cycle,kind\nh1,2026-01-01,p1,2.0,offered\nh2,2026-01-01,p1,2.5,offered\n",
    )
    summary = space.bring()
    assert {f.name: f.quarantined for f in summary.files} == {
        "accounts.csv": {"not-a-number": 2}, "users.csv": {"not-a-flag": 1},
        "handoff_events.csv": {"not-a-whole-number": 1},
    }  # fmt: skip
    assert space.ask("SELECT account_id, employees FROM accounts") == [("a1", 12.5)]
    assert space.ask("SELECT user_id, active FROM users ORDER BY 1") == [("u1", True), ("u2", False), ("u4", None)]
    assert space.ask("SELECT cycle FROM handoff_events") == [(2,)]


def test_a_status_is_open_won_or_lost(space: Workspace) -> None:
    space.put("opportunities.csv", "opportunity_id,status\no1,open\no2,Won\no3,\n")
    assert space.bring().files[0].quarantined == {"unknown-status": 1, "missing-value": 1}


def test_columns_of_the_companys_own_become_properties_where_there_are_any(space: Workspace) -> None:
    space.put("people.csv", "person_id,Job Level,property_hs_all-funky-a9384-syntax\np1,vp,x\np2,,\n")
    space.bring()
    assert space.ask("SELECT person_id, properties FROM people ORDER BY 1") == [
        ("p1", {"Job Level": "vp", "property_hs_all-funky-a9384-syntax": "x"}), ("p2", {}),
    ]  # fmt: skip


def test_and_are_refused_by_name_where_there_are_none(space: Workspace) -> None:
    space.put("touches.csv", "person_id,at,kidn\np1,2026-01-01,page.view\n")
    with pytest.raises(UserProblem) as caught:
        space.bring()
    assert (caught.value.code, caught.value.next_step) == ("unknown-column", 'Did you mean "kind"?')
    assert "`kidn`" in caught.value.what


def test_a_missing_column_is_named_with_the_one_that_may_be_meant(space: Workspace) -> None:
    space.put("people.csv", "persn_id,email\np1,a\n")
    with pytest.raises(UserProblem) as caught:
        space.bring()
    assert (caught.value.code, caught.value.next_step) == ("missing-column", 'Did you mean "persn_id"?')


def test_one_refused_file_does_not_keep_the_others_out(space: Workspace) -> None:
    space.put("people.csv", "person_id\np1\n")
    space.put("touches.csv", "nobody,knows\n1,2\n")
    summary = space.bring()
    refused = {f.name: f.refused["code"] for f in summary.files if f.refused}
    assert refused == {"touches.csv": "missing-column"}
    assert space.ask("SELECT count(*) FROM people") == [(1,)]


def test_the_same_file_twice_changes_nothing(space: Workspace) -> None:
    space.put("people.csv", "person_id,email\np1,a\n")
    space.put("touches.csv", TOUCHES)
    first = space.bring()
    before = sorted((p, p.stat().st_mtime_ns) for p in (space.home / "lake").rglob("*.parquet"))
    second = space.bring(now=NOW + timedelta(days=1))
    assert (first.already, second.already) == (False, True)
    assert second.tables == {"people": {"unchanged": 1}, "touches": {"unchanged": 2}}
    assert sorted((p, p.stat().st_mtime_ns) for p in (space.home / "lake").rglob("*.parquet")) == before
    assert space.ask("SELECT count(*) FROM changes") == [(0,)]


def test_the_same_rows_in_another_file_order_and_company_change_nothing_either(space: Workspace) -> None:
    space.put("touches.csv", TOUCHES + "p2,2026-01-02T10:00:00Z,email.click\n")
    space.bring()
    space.put("touches.csv", "kind,person_id,at\nemail.click,p2,2026-01-02T11:00:00+01:00\n"
              "page.view,p1,2026-01-01T10:00:00Z\npage.view,p1,2026-01-01T10:00:00Z\n")  # fmt: skip
    summary = space.bring()
    assert (summary.already, summary.tables) == (False, {"touches": {"new": 0, "unchanged": 3}})
    assert space.ask("SELECT count(*), count(DISTINCT touch_id) FROM touches") == [(3, 3)]


def test_true_doubles_both_stay_and_a_third_one_is_new(space: Workspace) -> None:
    space.put("touches.csv", TOUCHES)
    space.bring()
    space.put("touches.csv", TOUCHES + "p1,2026-01-01T10:00:00Z,page.view\n")
    assert space.bring().tables == {"touches": {"new": 1, "unchanged": 2}}


def test_of_a_double_id_equal_rows_fall_together_and_others_are_set_aside(space: Workspace) -> None:
    space.put("touches.csv", "touch_id,person_id,at,kind\nt1,p1,2026-01-01,a\nt1,p1,2026-01-01,a\nt1,p1,2026-01-01,b\n")
    space.put("people.csv", "person_id,email\np1,a\np2,b\np1,a\np1,c\n")
    summary = space.bring()
    assert {f.name: (f.came_in, f.quarantined) for f in summary.files} == {
        "people.csv": ({"people": {"new": 2, "repeated": 1}}, {"duplicate-id": 1}),
        "touches.csv": ({"touches": {"new": 1, "repeated": 1}}, {"duplicate-id": 1}),
    }
    assert space.ask("SELECT email FROM people ORDER BY 1") == [("a",), ("b",)]
    assert space.ask("SELECT kind FROM touches") == [("a",)]


def test_a_fact_that_contradicts_the_lake_under_the_same_id_is_set_aside(space: Workspace) -> None:
    space.put("touches.csv", "touch_id,person_id,at,kind\nt1,p1,2026-01-01,a\n")
    space.bring()
    space.put("touches.csv", "touch_id,person_id,at,kind\nt1,p1,2026-01-01,b\nt2,p1,2026-01-01,b\n")
    assert space.bring().files[0].quarantined == {"conflicts-with-lake": 1}
    assert space.ask("SELECT touch_id, kind FROM touches ORDER BY 1") == [("t1", "a"), ("t2", "b")]


def test_a_value_that_moved_leaves_the_old_and_the_new_one_in_the_history(space: Workspace) -> None:
    space.put("people.csv", "person_id,email,created_at,employees_here\np1,a,2026-01-01T00:00:00Z,5\np2,b,,\n")
    space.bring()
    space.put("people.csv", "person_id,email,created_at,employees_here\np1,c,2026-01-01T00:00:00Z,\np2,b,,\n")
    later = NOW + timedelta(days=3)
    assert space.bring(now=later).tables == {"people": {"changed": 1, "unchanged": 1}}
    history = space.ask(f"SELECT field, value, {utc(AT)}, {utc('recorded_at')}, origin FROM changes ORDER BY 1, 3")
    began, moved = "2026-01-01 00:00:00.000000", "2026-11-24 12:00:00.000000"
    assert history == [
        ("email", "a", began, began, "import people.csv"), ("email", "c", moved, moved, "import people.csv"),
        ("employees_here", "5", began, began, "import people.csv"),
        ("employees_here", None, moved, moved, "import people.csv"),
    ]  # fmt: skip
    space.put("people.csv", "person_id,email,created_at,employees_here\np1,d,2026-01-01T00:00:00Z,\n")
    space.bring(now=later + timedelta(days=1))
    assert space.ask("SELECT count(*) FROM changes WHERE field = 'email'") == [(3,)]
    assert space.ask("SELECT email FROM people ORDER BY person_id") == [("d",), ("b",)]


def test_a_history_that_comes_along_is_not_told_twice(space: Workspace) -> None:
    space.put("people.csv", "person_id,email\np1,a\n")
    space.bring()
    space.put("people.csv", "person_id,email\np1,b\n")
    space.put(
        "changes.csv", "at,entity,entity_id,field,value\n2026-01-01,person,p1,email,a\n2026-02-01,person,p1,email,b\n"
    )
    space.bring()
    assert space.ask('SELECT value, origin FROM changes ORDER BY "at"') == [("a", None), ("b", None)]


def test_a_column_the_new_file_does_not_have_stays_as_it_was(space: Workspace) -> None:
    space.put("people.csv", "person_id,email,source,level\np1,a,webinar,vp\n")
    space.bring()
    space.put("people.csv", "person_id,email,segment\np1,b,x\n")
    space.bring()
    assert space.ask("SELECT email, source, properties FROM people") == [
        ("b", "webinar", {"level": "vp", "segment": "x"})
    ]


def test_what_was_recorded_when_is_kept_and_else_taken_from_when_it_happened(space: Workspace) -> None:
    space.put(
        "touches.csv",
        "touch_id,person_id,at,recorded_at\nt1,p1,2026-01-01T00:00:00Z,2026-01-05T00:00:00Z\nt2,p1,2026-01-02T00:00:00Z,\n",
    )
    summary = space.bring()
    assert summary.quarantined == 0
    assert space.ask(f"SELECT touch_id, {utc('recorded_at')} FROM touches ORDER BY 1") == [
        ("t1", "2026-01-05 00:00:00.000000"), ("t2", "2026-01-02 00:00:00.000000"),
    ]  # fmt: skip


def test_a_row_without_what_it_cannot_do_without_is_set_aside(space: Workspace) -> None:
    space.put("touches.csv", "touch_id,person_id,at\nt1,,2026-01-01\n,p1,2026-01-01\nt3,p1,\nt4,p1,2026-01-01\n")
    assert space.bring().files[0].quarantined == {"missing-value": 3}


def test_a_folder_without_any_file_we_know_is_told(space: Workspace) -> None:
    space.put("notes.txt.pdf", "x")
    with pytest.raises(UserProblem) as caught:
        space.bring()
    assert caught.value.code == "nothing-to-import"


def test_a_named_file_no_mapping_knows_is_refused(space: Workspace) -> None:
    path = space.put("strangers.csv", "a,b\n1,2\n")
    with pytest.raises(UserProblem) as caught:
        space.bring(path)
    assert caught.value.code == "not-in-mapping"


def test_progress_is_told_with_bytes_and_rows(space: Workspace) -> None:
    from oarlock.engines.intake import Step, bring_in
    from oarlock.engines.presets import preset

    path = space.put("people.csv", "person_id\np1\n")
    steps: list[Step] = []
    bring_in([path], preset("oarlock"), space.home, zone="UTC", now=NOW, progress=steps.append)
    assert [s for s in steps if s.doing == "looking at"][-1] == Step("looking at", "people.csv", 13, 13)
    assert Step("reading", "people.csv", 1, 1, "rows") in steps
