"""A rule is read into the closed tree, or each mistake is told at its place with what to write instead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from oarlock.agreement.findings import Finding
from oarlock.agreement.language import _refuse_compiled_parser, read_rule
from oarlock.agreement.lexing import MAX_DEPTH, MAX_NODES
from oarlock.agreement.names import CANONICAL, RESERVED, Names
from oarlock.agreement.terms import Field, NamedRule, Rule, Stage, Terms
from oarlock.agreement.tree import (
    And,
    Arithmetic,
    Between,
    Coalesce,
    Compare,
    Contains,
    Count,
    DaysSince,
    In,
    IsNull,
    Like,
    Literal,
    Lower,
    Name,
    Negative,
    Node,
    Not,
    Or,
    StartsWith,
)
from oarlock.agreement.writing import write
from oarlock.ground.problems import Place, UserProblem

NAMES = Names.made(
    (Field("person.job_level", "text"), Field("person.subscribed", "flag")), ["icp"], ZoneInfo("Europe/Berlin")
)
EMAIL, COUNTRY = Name("person.email", "text"), Name("person.country", "text")
FIT, ICP, CREATED = Name("fit", "number"), Name("icp", "flag"), Name("person.created_at", "time")
ONE, TWO = Literal(1.0), Literal(2.0)


def tree(text: str) -> Node:
    rule, findings = read_rule(text, names=NAMES)
    assert rule is not None and not findings, findings
    return rule.tree


HERE = Place("a.yaml", 7, 1)


def only_finding(text: str, where: Place = HERE) -> Finding:
    rule, findings = read_rule(text, where, NAMES)
    assert rule is None and len(findings) == 1, findings
    return findings[0]


@pytest.mark.parametrize(("text", "expected"), [
    ("icp", ICP),
    ("ICP is null or true", None),
    ("fit >= 1", Compare(">=", FIT, ONE)),
    ("fit != 1", Compare("<>", FIT, ONE)),
    ("fit = 1_000.5", Compare("=", FIT, Literal(1000.5))),
    ("fit = -1", Compare("=", FIT, Literal(-1.0))),
    ("- fit = - ( 1 )", Compare("=", Negative(FIT), Negative(ONE))),
    ("person.email = 'it''s'", Compare("=", EMAIL, Literal("it's"))),
    ("icp and icp and (icp and icp)", And((ICP, ICP, And((ICP, ICP))))),
    ("icp or icp and not icp", Or((ICP, And((ICP, Not(ICP)))))),
    ("not fit = 1", Not(Compare("=", FIT, ONE))),
    ("person.country in ('DE', 'AT')", In(COUNTRY, (Literal("DE"), Literal("AT")))),
    ("fit not in (1, -2)", Not(In(FIT, (ONE, Literal(-2.0))))),
    ("not fit in (1)", Not(In(FIT, (ONE,)))),
    ("fit between 1 and 2 and icp", And((Between(FIT, ONE, TWO), ICP))),
    ("fit not between 1 and 2", Not(Between(FIT, ONE, TWO))),
    ("person.email like '%@x.example'", Like(EMAIL, "%@x.example")),
    ("person.email not like '_'", Not(Like(EMAIL, "_"))),
    ("person.email is null", IsNull(EMAIL)),
    ("person.email IS NOT NULL", Not(IsNull(EMAIL))),
    ("fit - 1 - 2 = fit * 2 + 1", Compare("=", Arithmetic("-", Arithmetic("-", FIT, ONE), TWO),
                                          Arithmetic("+", Arithmetic("*", FIT, TWO), ONE))),
    ("touches('webinar.attended', 30) > 2", Compare(">", Count("touches", "webinar.attended", 30), TWO)),
    ("Activities('*', 7) = 1", Compare("=", Count("activities", "*", 7), ONE)),
    ("days_since(person.created_at) > 2", Compare(">", DaysSince(CREATED), TWO)),
    ("lower(person.email) = 'x'", Compare("=", Lower(EMAIL), Literal("x"))),
    ("contains(person.email, '@')", Contains(EMAIL, "@")),
    ("starts_with(lower(person.email), 'a')", StartsWith(Lower(EMAIL), "a")),
    ("coalesce(person.email, person.country, '') = ''",
     Compare("=", Coalesce((EMAIL, COUNTRY, Literal(""))), Literal(""))),
    ("coalesce(icp, person.subscribed, false)", Coalesce((ICP, Name("person.subscribed", "flag"), Literal(False)))),
    ("icp = (fit > 1)", Compare("=", ICP, Compare(">", FIT, ONE))),
    ("(icp or icp) is null", IsNull(Or((ICP, ICP)))),
    ("\n  icp\n  and\ticp\r\n", And((ICP, ICP))),
])  # fmt: skip
def test_each_form_becomes_the_tree_it_means(text: str, expected: Node | None) -> None:
    if expected is None:
        assert only_finding(text).code == "unknown-name"
    else:
        assert tree(text) == expected


def test_the_rule_keeps_its_text_and_place() -> None:
    rule, _ = read_rule("icp", Place("a.yaml", 3, 5), NAMES)
    assert rule == Rule("icp", ICP, Place("a.yaml", 3, 5))


@pytest.mark.parametrize(("text", "column", "code", "suggestion"), [
    ("person.emial is null", 1, "unknown-name", 'Did you mean "person.email"?'),
    ("icp and job_level = 'vp'", 9, "unknown-name", 'Did you mean "person.job_level"?'),
    ("icp and Person.email = 'x'", 9, "unknown-name", 'Did you mean "person.email"?'),
    ("icp and lowr(person.email) = 'x'", 9, "unknown-function", 'Did you mean "lower"?'),
    ("icp and read_csv('x') = 'y'", 9, "unknown-function",
     "Rules have: touches, activities, days_since, lower, contains, starts_with, coalesce."),
    ("icp or lower", 8, "not-called", "Write lower(...)."),
    ("fit > '40'", 7, "wrong-type", "Without quotes: 40"),
    ("icp and fit", 9, "wrong-type", "Compare it: score >= 40"),
    ("fit + person.email > 1", 7, "wrong-type", "A number stands without quotes."),
    ("person.email = null", 1, "null-compared", "Ask: is null, or: is not null"),
    ("fit in (1, null)", 1, "null-compared", "Ask: is null, or: is not null"),
    ('person.email = "x"', 16, "double-quotes", "Put texts in single quotes: 'manufacturing'."),
    ("icp == true", 5, "unknown-sign", "Compare with one `=`."),
    ("icp -- because", 5, "comment", "Write what it means in `means:`. Between two signs put a space."),
    ("icp; icp", 4, "statement", "Join conditions with `and`."),
    ("fit::text = 'x'", 4, "cast", "Declare the field's type under `fields:`."),
    ("handoff.state = 'acepted'", 17, "unknown-value",
     'Did you mean "accepted"? It is one of: offered, accepted, rejected, lapsed, returned, recycled, worked, '
     "converted."),
    ("opportunity.status in ('won', 'x')", 31, "unknown-value", "It is one of: open, won, lost."),
    ("person.created_at > 'soon'", 21, "bad-time",
     "Write '2026-10-01', '2026-10-01 09:30' or '2026-10-01T09:30:00+02:00'."),
    ("icp is true", 1, "not-in-rules", "A condition stands alone: icp, or: not icp"),
    ("fit = 1 = icp", 1, "not-in-rules", "Put brackets round each condition."),
    ("fit = 1 is null", 1, "not-in-rules", "Put brackets round each condition."),
    ("icp icp", 1, "not-in-rules", "Put `and`, `or` or a comparison between them."),
    ("icp = not icp", 7, "odd-not", "Put brackets round what it denies."),
    ("icp and (fit > 1", 9, "brackets", "Add a `)`."),
    ("icp) and icp", 4, "brackets", "Delete it."),
    ("icp and person.email = 'x", 24, "open-quote", "Close it with '. A quote inside is written twice: 'it''s'."),
    ("icp between true and true", 1, "wrong-type", ""),
    ("icp and", 5, "rule-broken", "A value or a condition is missing."),
    ("touches('x', 0) > 1", 14, "bad-argument", "Write: touches('meeting.held', 30)"),
    ("fit > 1e5", 7, "bad-number", "Write digits: 5000, 5_000 or 0.75."),
    ("case when icp then icp end", 1, "not-in-rules",
     "A rule compares names, as in: account.employees between 50 and 5000"),
])  # fmt: skip
def test_a_mistake_is_told_at_its_column_with_what_to_write(text: str, column: int, code: str, suggestion: str) -> None:
    _, findings = read_rule(text, Place("a.yaml", 7, 1), NAMES)
    assert findings[0].level == "error"
    assert (findings[0].place, findings[0].code, findings[0].suggestion) == (
        Place("a.yaml", 7, column),
        code,
        suggestion,
    )


def test_columns_count_from_where_the_rule_stands_in_the_file() -> None:
    assert only_finding("icp and nothing", Place("a.yaml", 7, 11)).place == Place("a.yaml", 7, 19)


def test_a_later_line_begins_at_the_column_of_the_first() -> None:
    assert only_finding("icp\nand nothing", Place("a.yaml", 7, 11)).place == Place("a.yaml", 8, 15)


def test_without_a_place_lines_and_columns_count_from_one() -> None:
    assert read_rule("nothing")[1][0].place == Place("", 1, 1)


def test_all_mistakes_of_a_kind_are_told_at_once() -> None:
    _, findings = read_rule("fit > 'x' and person.email = 1 and not fit and icp < icp", names=NAMES)
    assert [f.place.column for f in findings] == [7, 30, 40, 52]
    _, findings = read_rule("one = two or three(4)", names=NAMES)
    assert [f.code for f in findings] == ["unknown-name", "unknown-name", "unknown-function"]


def test_one_mistake_is_told_once() -> None:
    assert only_finding("(person.email + 1) * 2 - 3 > fit").code == "wrong-type"


@pytest.mark.parametrize(("text", "instant"), [
    ("2026-10-01", datetime(2026, 9, 30, 22, tzinfo=UTC)),
    ("2026-01-01", datetime(2025, 12, 31, 23, tzinfo=UTC)),
    ("2026-10-01 09:30", datetime(2026, 10, 1, 7, 30, tzinfo=UTC)),
    ("2026-10-01T09:30:00.25", datetime(2026, 10, 1, 7, 30, 0, 250000, tzinfo=UTC)),
    ("2026-10-01T09:30:00Z", datetime(2026, 10, 1, 9, 30, tzinfo=UTC)),
    ("2026-10-01T09:30-05:00", datetime(2026, 10, 1, 14, 30, tzinfo=UTC)),
    ("2026-10-25T02:30:00+01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
])  # fmt: skip
def test_a_quoted_date_beside_a_time_is_an_instant_in_the_agreements_zone(text: str, instant: datetime) -> None:
    assert tree(f"person.created_at >= '{text}'") == Compare(">=", CREATED, Literal(instant))
    assert tree(f"'{text}' >= person.created_at") == Compare(">=", Literal(instant), CREATED)
    assert tree(f"person.created_at in ('{text}')") == In(CREATED, (Literal(instant),))
    assert tree(f"days_since('{text}') > 2") == Compare(">", DaysSince(Literal(instant)), TWO)
    assert tree(write(tree(f"person.created_at >= '{text}'"))) == Compare(">=", CREATED, Literal(instant))


def test_beside_a_text_a_quoted_date_stays_a_text() -> None:
    assert tree("person.email = '2026-10-01'") == Compare("=", EMAIL, Literal("2026-10-01"))


@pytest.mark.parametrize("text", ["2026-03-29 02:30", "2026-10-25 02:30"])
def test_an_hour_that_does_not_exist_or_exists_twice_wants_its_offset(text: str) -> None:
    finding = only_finding(f"person.created_at > '{text}'")
    assert finding.code == "bad-time" and "Europe/Berlin" in finding.message


def test_nesting_is_counted_before_the_parser_sees_it() -> None:
    assert tree("(" * MAX_DEPTH + "icp" + ")" * MAX_DEPTH) == ICP
    assert only_finding("(" * (MAX_DEPTH + 1) + "icp" + ")" * (MAX_DEPTH + 1)).code == "rule-too-deep"
    assert only_finding("not " * (MAX_DEPTH + 1) + "icp").code == "rule-too-deep"
    assert only_finding("fit" + " + 1" * (MAX_DEPTH + 1) + " = 1").code == "rule-too-deep"


def test_two_hundred_parts_are_read_and_one_more_is_not() -> None:
    assert isinstance(tree("icp" + " or icp" * (MAX_NODES // 2 - 1)), Or)
    assert only_finding("icp" + " or icp" * (MAX_NODES // 2)).code == "rule-too-large"


def test_the_compiled_parser_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sqlglotc").mkdir()
    (tmp_path / "sqlglotc" / "__init__.py").write_text("")
    _refuse_compiled_parser.cache_clear()
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(UserProblem, match="compiled build of sqlglot") as refused:
        read_rule("icp", names=NAMES)
    assert refused.value.code == "compiled-sqlglot" and "uninstall" in refused.value.next_step


@pytest.fixture(autouse=True)
def forget_what_was_found_of_the_parser() -> Iterator[None]:
    yield
    _refuse_compiled_parser.cache_clear()


def test_names_follow_the_lakes_columns() -> None:
    assert CANONICAL["person.email"] == "text"
    assert CANONICAL["account.employees"] == CANONICAL["opportunity.amount"] == CANONICAL["score"] == "number"
    assert CANONICAL["opportunity.closed_at"] == CANONICAL["handoff.at"] == "time"
    assert "person.properties" not in CANONICAL and "person.person_id" not in CANONICAL


def test_an_id_may_be_written_in_two_ways_and_is_one_name() -> None:
    assert tree("opportunity.opportunity_id is null") == tree("opportunity.id is null")


def test_names_of_sealed_terms_are_fields_rules_and_zone_together() -> None:
    stage = Stage("lead", "Lead", "marketing", "inventory", Rule("icp", ICP))
    terms = Terms(
        "Brightwater", datetime(2026, 10, 1).date(), "Asia/Tokyo", "EUR", (stage,),  # noqa: DTZ001
        fields=(Field("person.job_level", "number"),), rules=(NamedRule("icp", Rule("true", Literal(True))),),
    )  # fmt: skip
    names = Names.of(terms)
    assert (names.type_of("person.job_level"), names.type_of("icp"), names.zone.key) == ("number", "flag", "Asia/Tokyo")


def test_a_canonical_name_cannot_be_given_another_type() -> None:
    assert Names.made((Field("person.email", "number"),)).type_of("person.email") == "text"


def test_words_of_the_language_are_reserved() -> None:
    assert {"and", "null", "lower", "touches", "score", "fit", "engagement"} <= RESERVED
