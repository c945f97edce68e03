"""Reading files, folders and bytes: places, YAML's traps, and limits that hold before anything is parsed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from oarlock.agreement import Draft, check, read, read_text, shaping
from oarlock.agreement.bundles import MARK, bundle, unbundle
from oarlock.agreement.limits import MAX_BYTES
from oarlock.agreement.nodes import find, plain, without
from oarlock.agreement.yaml_text import parse
from oarlock.ground.problems import UserProblem

HEAD = "oarlock: 1\ncompany: X\nin_force: 2026-01-01\ntime_zone: UTC\ncurrency: EUR\n"
TWO = "stages:\n  a: {owner: sales, kind: inventory}\n  b: {owner: sales, kind: inventory}\n"


def draft(text: str | bytes) -> Draft:
    return read_text(text if isinstance(text, bytes) else text.encode(), "a.yaml")


def codes(text: str | bytes) -> list[str]:
    return [f.code for f in draft(text).findings]


def test_a_small_agreement_reads_without_findings_of_its_form() -> None:
    assert codes(HEAD + TWO) == []


def test_a_key_and_a_value_know_their_line_and_column() -> None:
    read_in = draft(HEAD + TWO)
    assert str(read_in.place(("stages", "b", "owner"))) == "a.yaml:8:14"
    assert str(read_in.place(("stages", "b", "owner"), key=True)) == "a.yaml:8:7"
    assert str(read_in.place(("stages", "b"))) == "a.yaml:8:3"


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        (b"\xef\xbb\xbf" + HEAD.encode(), "byte-order-mark", "a.yaml:1:1"),
        ((HEAD + "means: caf").encode() + b"\xe9\n", "not-utf-8", "a.yaml:6:11"),
        (HEAD + "means: cafe\u0301\n", "not-normalised", "a.yaml:6:1"),
        (HEAD + "means: a\u202eb\n", "hidden-character", "a.yaml:6:9"),
        (HEAD + "means: a\u200bb\n", "hidden-character", "a.yaml:6:9"),
        (HEAD + "means: a\x07b\n", "hidden-character", "a.yaml:6:9"),
        (HEAD + "me\u0430ns: x\n", "look-alike", "a.yaml:6:1"),
        (HEAD + "means: &a x\n", "yaml-anchor", "a.yaml:6:8"),
        (HEAD + "means: *a\n", "yaml-anchor", "a.yaml:6:8"),
        (HEAD + "means: !!python/object:os.system x\n", "yaml-tag", "a.yaml:6:8"),
        (HEAD + "<<: {a: b}\n", "yaml-merge", "a.yaml:6:1"),
        (HEAD + "? [a, b]\n: c\n", "complex-key", "a.yaml:6:3"),
        (HEAD + "---\na: b\n", "many-documents", "a.yaml:6:1"),
        ("%YAML 1.1\n---\n" + HEAD, "yaml-directive", "a.yaml:2:1"),
        (HEAD + "company: Y\n", "duplicate-key", "a.yaml:6:1"),
        ("- a\n- b\n", "not-a-mapping", "a.yaml:1:1"),
        (HEAD + "means: " + "[" * 2000, "too-deep", "a.yaml:6:72"),
        (HEAD + "pay: {" + "a: {" * 13, "too-deep", "a.yaml:6:50"),
        ("\n" * 20_001, "too-many-lines", "a.yaml"),
        (HEAD + "pay: [" + "a,\n" * 9_990, "too-many-values", "a.yaml:9993:1"),
        (HEAD + "means: |\n" + "  xyz\n" * 5_001, "long-text", "a.yaml:6:8"),
        (HEAD + "means: " + "x" * 20_000, "long-line", "a.yaml:6:1"),
        (HEAD + "x" * 201 + ": 1", "long-key", "a.yaml:6:1"),
        (HEAD + "means: 'never closed\n", "yaml-broken", "a.yaml:7:1"),
        (HEAD + "\tmeans: x\n", "yaml-broken", "a.yaml:6:1"),
    ],
)
def test_what_no_agreement_needs_is_refused_by_name(data: str | bytes, code: str, place: str) -> None:
    hits = [f for f in draft(data).findings if f.code == code]
    assert [str(f.place) for f in hits][:1] == [place]
    assert all(f.level == "error" for f in hits)


def test_a_text_over_a_megabyte_is_refused_unread() -> None:
    assert codes(b"#" * (MAX_BYTES + 1)) == ["too-large"]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 2000, "- " * 5000, "? " * 5000, "{a: " * 2000, "!" * 900_000, "&a " * 3000, '"' * 100_000, ": " * 50_000,
        "a: [" + "," * 100_000, "a: |\n" + " x\n" * 200_000, "\n" * 900_000, "---\n" * 100_000, "a: '" + "\n" * 900_000,
        "".join(f"k{n}: {n}\n" for n in range(60_000)), "".join(f"{' ' * n}a:\n" for n in range(1000)),
        "a: " + "x " * 300_000, "".join(f"kez{n}: 1\n" for n in range(4_900)),
    ],
    ids=lambda text: text[:6].strip() or "blank",
)  # fmt: skip
def test_no_text_of_a_megabyte_takes_more_than_seconds(text: str) -> None:
    began = time.process_time()
    check(draft(text))
    assert time.process_time() - began < 10


def test_a_rule_with_a_comma_inside_braces_is_explained() -> None:
    broken = draft(HEAD + "icp: {means: x, when: person.country in ('DE', 'AT')}\n").findings[0]
    torn = draft(HEAD + "icp: {means: x, when: account.employees in (1, 2)}\n").findings[0]
    assert broken.code == torn.code == "rule-in-braces"
    assert "line of its own" in broken.suggestion and torn.place.line == 6


def test_a_rule_without_a_comma_may_stand_inside_braces() -> None:
    assert codes(HEAD + TWO + "icp: {means: x, when: account.country = 'DE'}\n") == []
    assert codes(HEAD + TWO + "icp: {means: x, when: lower(account.country = 'DE'}\n") == []


def test_a_rule_cut_off_by_a_comment_is_explained() -> None:
    assert codes(HEAD + TWO + "icp:\n  when: person.source = 'a #b'\n") == ["rule-cut-by-comment"]
    assert codes(HEAD + TWO + "icp:\n  when: person.source = 'a' # b\n") == []


def test_words_stay_words_and_numbers_numbers() -> None:
    read_in = draft(HEAD + TWO + "vocabulary: {a: no, e: '7', f: {means: 7}}\n")
    assert read_in.agreement is not None
    assert {k: w.means for k, w in read_in.agreement.vocabulary.items()} == {"a": "no", "e": "7", "f": "7"}


@pytest.mark.parametrize(
    "word", ["012", "1.50", "1.0", "0x1F", "1e3", "+5", "-0.0", "007.10", "1_000", "9" * 16, "2026-10-01"]
)
def test_an_id_that_looks_like_a_number_keeps_its_digits(word: str) -> None:
    read_in = draft(HEAD + f"stages:\n  a: {{owner: sales, kind: gate, recorded_as: [{word}, x]}}\n")
    assert read_in.agreement is not None
    assert read_in.agreement.stages["a"].recorded_as == [word, "x"]


def test_points_may_have_a_sign_and_decimals() -> None:
    read_in = draft(HEAD + TWO + "scoring: {engagement: {points: {a: +5, b: 2.50, c: -3, d: 0.5}}}\n")
    assert read_in.agreement is not None and read_in.agreement.scoring is not None
    assert read_in.agreement.scoring.engagement is not None
    assert read_in.agreement.scoring.engagement.points == {"a": 5.0, "b": 2.5, "c": -3.0, "d": 0.5}


def test_norway_is_a_country_and_yes_is_no_flag() -> None:
    finding = draft(HEAD + TWO + "detours: {out: {final: yes}}\n").findings[0]
    assert (finding.code, finding.suggestion) == ("wrong-kind", "Write `true` or `false`.")


def test_nothing_behind_a_key_is_a_warning_and_counts_as_absent() -> None:
    read_in = draft(HEAD + TWO + "detours:\n")
    assert [(f.level, f.code) for f in read_in.findings] == [("warning", "empty-value")]
    assert read_in.agreement is not None and read_in.agreement.detours == {}


def test_an_empty_file_misses_what_must_stand() -> None:
    missing = {f.message.split("`")[1] for f in draft("").findings}
    assert missing == {"oarlock", "company", "in_force", "time_zone", "currency", "stages"}


def test_a_missing_file_and_an_empty_folder_are_problems_of_the_one_who_asked(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "none.yaml", "no-such-file"), (tmp_path, "no-agreement")):
        with pytest.raises(UserProblem) as problem:
            read(path)
        assert problem.value.code == code


def test_a_folder_is_read_as_one_agreement_and_its_cases_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD)
    (tmp_path / "b.yml").write_text(TWO)
    (tmp_path / "cases.yaml").write_text("cases: []\n")
    (tmp_path / "notes.txt").write_text("not yaml")
    folder = read(tmp_path)
    assert not folder.findings and folder.agreement is not None and list(folder.agreement.stages) == ["a", "b"]
    assert folder.place(("stages", "a", "kind")).file == str(tmp_path / "b.yml")


def test_a_key_in_two_files_of_a_folder_is_found_with_both_places(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD + TWO)
    (tmp_path / "b.yaml").write_text("company: Y\n")
    finding = read(tmp_path).findings[0]
    assert finding.code == "duplicate-key" and finding.place.file.endswith("b.yaml") and "a.yaml" in finding.message


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "agreement").mkdir()
    (tmp_path / "secret.yaml").write_text("company: secret\n")
    (tmp_path / "agreement" / "a.yaml").write_text(HEAD + TWO)
    (tmp_path / "agreement" / "b.yaml").symlink_to(tmp_path / "secret.yaml")
    assert not read(tmp_path / "agreement").findings


def test_the_bytes_of_a_folder_read_again_as_the_same_agreement(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD)
    (tmp_path / "b.yaml").write_text(TWO)
    folder = read(tmp_path)
    again = read_text(folder.source)
    assert folder.source.startswith(MARK) and again.agreement == folder.agreement and again.source == folder.source


def test_no_two_folders_have_the_same_bytes() -> None:
    folders = [[("a", b"bc")], [("ab", b"c")], [("a", b"b"), ("c", b"")], [("a", b""), ("b", b"c")], []]
    assert len({bundle(files) for files in folders}) == len(folders)
    assert all(unbundle(bundle(files)) == tuple(files) for files in folders)


@pytest.mark.parametrize("spoil", [b"x", b"1 1\nab1 1\nab", b"01 1\nab", b"1 9\nab", b"2 1\nab", b"1 1\n\xffb"])
def test_bytes_that_only_look_like_a_folder_are_not_one(spoil: bytes) -> None:
    assert unbundle(MARK + spoil) is None
    assert check(read_text(MARK + spoil))


def test_unknown_keys_come_with_the_nearest_known_one() -> None:
    finding = draft(HEAD + TWO + "leadrship: {}\n").findings[0]
    assert (finding.code, finding.suggestion) == ("unknown-key", 'Did you mean "leadership"?')


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("oarlock: 2\n", "unknown-format", "oarlock: 1"),
        ("in_force: 1.10.2026\n", "bad-date", "2026-10-01"),
        ("in_force: 2026-02-30\n", "bad-date", "2026-10-01"),
        ("time_zone: Europe/Berln\n", "time-zone-unknown", "Europe/Berlin"),
        ("currency: EURO\n", "currency-unknown", "EUR"),
        ("company: ''\n", "empty-text", ""),
        ("company: [a]\n", "wrong-kind", ""),
        ("icp: person.email is null\n", "wrong-kind", "`when:`"),
        ("icp: {when: 3}\n", "wrong-kind", "person.email"),
        ("rules: {a-b: {when: icp}}\n", "bad-name", "icp"),
        (f"rules: {{{'r' * 61}: {{when: icp}}}}\n", "string-too-long", ""),
        ("scorecard: [revenue, '']\n", "empty-text", ""),
        ("fields: {foo: {type: text}}\n", "bad-name", "person.job_level"),
        ("goals: {a b: {metric: revenue, target: 1 EUR, period: '2026', owner: x}}\n", "bad-name", ""),
        ("goals: {g: {metric: revenue, target: 1, period: 2026-Q5, owner: x}}\n", "period-malformed", "2026-Q4"),
        ("goals: {g: {metric: revenue, target: soon, period: 2026-Q4, owner: x}}\n", "bad-amount", "75%"),
        ("goals: {g: {metric: revenue, target: 1 XXQ, period: 2026-Q4, owner: x}}\n", "currency-unknown", ""),
        ("matching: {sure: 0.9}\n", "bad-share", "75%"),
        ("notices: {quiet: ['25:00', '08:00']}\n", "bad-clock", "09:30"),
        ("notices: {quiet: ['20:00']}\n", "too-few", ""),
        ("scoring: {engagement: {half_life: 3 business days}}\n", "bad-span", "90 days"),
        ("scoring: {engagement: {half_life: a month}}\n", "span-malformed", "90 days"),
        ("scoring: {engagement: {points: {web inar: 3}}}\n", "bad-name", "webinar.attended"),
        ("scoring: {engagement: {points: {webinar: many}}}\n", "wrong-kind", "40"),
        ("pools: {p: {members: [a, b]}}\n", "wrong-kind", ""),
        ("pools: {p: {members: {a: 1}, skip_last: -1}}\n", "wrong-kind", "5"),
        ("routing: {to: x}\n", "wrong-kind", ""),
        ("routing: [" + "{to: queue a}, " * 501 + "]\n", "too-many", ""),
        ("attribution: {models: [frist]}\n", "not-one-of", "first"),
        ("calendars: {c: {hours: {mon: '09:00-10:00'}, holidays: XX}}\n", "holiday-region-unknown", ""),
    ],
)
def test_a_value_of_the_wrong_form_says_what_is_expected(text: str, code: str, says: str) -> None:
    key = text.partition(":")[0]
    head = "".join(line + "\n" for line in HEAD.splitlines() if not line.startswith(key + ":"))
    hits = [f for f in draft(head + TWO + text).findings if f.code == code]
    assert hits and says in hits[0].suggestion
    assert hits[0].place.line == (head + TWO).count("\n") + 1


def test_texts_from_outside_are_never_filled_in() -> None:
    hits = draft(HEAD + TWO + "goals: {'{told}{suggestion}': {metric: a}}\n").findings
    assert any("`{told}{suggestion}` cannot be a name" in f.message for f in hits)


def test_a_text_the_parser_itself_refuses_is_a_finding() -> None:
    root, found = parse("a: \x00", "a.yaml")
    assert not root.entries and [f.code for f in found] == ["yaml-broken"]


def test_hints_say_what_usually_went_wrong() -> None:
    hints = {
        "\ta: b\n": "spaces",
        "icp:\n  when: 'x' = person.source\n": "quotation mark must end",
        "icp:\n  when: person.source = a: b\n": "colon",
        "icp:\n when: x\n  means: y\n": "indentation",
    }
    assert [text for text, hint in hints.items() if hint not in draft(text).findings[0].suggestion] == []


def test_a_rule_below_a_block_mark_knows_where_it_begins() -> None:
    for mark in ("|", ">", ">-"):
        text = HEAD + TWO + f"icp:\n  when: {mark}\n    person.emial is null\n"
        assert [str(f.place) for f in check(draft(text)) if f.code == "unknown-name"] == ["a.yaml:11:5"]
    quoted = HEAD + TWO + 'icp:\n  when: "person.emial is null"\n'
    assert [str(f.place) for f in check(draft(quoted)) if f.code == "unknown-name"] == ["a.yaml:10:10"]
    assert [f.code for f in draft(HEAD + TWO + "icp:\n  when: |\n").findings] == []


def test_lines_may_end_as_windows_ends_them() -> None:
    assert codes((HEAD + TWO).replace("\n", "\r\n")) == []


def test_one_file_is_read_with_its_path_as_place(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD + TWO + "pya: {}\n")
    assert str(read(tmp_path / "a.yaml").findings[0].place) == f"{tmp_path / 'a.yaml'}:9:1"


def test_a_folder_over_a_megabyte_is_refused(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_bytes(b"#" * (MAX_BYTES - 100))
    assert [f.code for f in check(read(tmp_path))] == ["too-large"]


def test_a_file_nobody_may_read_is_a_problem_of_the_one_who_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.yaml").write_text(HEAD)

    def refuse(path: Path, mode: str) -> None:
        raise PermissionError(13, "no", str(path))

    monkeypatch.setattr(Path, "open", refuse)  # root, who runs tests in a container, may read everything
    with pytest.raises(UserProblem) as problem:
        read(tmp_path / "a.yaml")
    assert problem.value.code == "cannot-read" and "Permission denied" in problem.value.what


def test_it_gives_up_rather_than_go_round_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shaping, "_MOST_ROUNDS", 1)
    assert draft(HEAD).agreement is None and check(draft(HEAD)) == list(draft(HEAD).findings)


def test_paths_lead_only_where_something_stands() -> None:
    root = draft(HEAD + TWO).root
    assert find(root, ("company", "x")) is None and find(root, ("stages", 0)) is None
    assert without(root, {("stages", "a")}) != root and plain(without(root, set())) == plain(root)
