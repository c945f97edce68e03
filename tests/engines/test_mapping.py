"""Mappings say how a company's own files read; what makes no sense in one is told all at once, with its line."""

# ruff: noqa: E501  (tables of cases read better unbroken)

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oarlock.engines.headers import must_have
from oarlock.engines.mapping import Mapping
from oarlock.engines.mapping_text import parse_mapping, read_mapping
from oarlock.engines.presets import names, preset
from oarlock.ground.problems import UserProblem

from .conftest import Workspace

HEAD = "oarlock_mapping: 1\nname: ours\nfiles:\n  deals:\n    match: {names: ['deals*']}\n"


def mapping(tables: str, more: str = "") -> Mapping:
    return parse_mapping(f"{HEAD}{more}    tables:\n{tables}".encode(), "ours.yaml")


def deals(columns: str, more: str = "") -> Mapping:
    """A mapping of deals with an id and a status, and the columns of the test."""
    indented = "".join(f"          {line}\n" for line in columns.strip().splitlines())
    text = "      - table: opportunities\n        columns:\n          opportunity_id: id\n          status: {value: open}\n"
    return mapping(text + indented, more)


def one(space: Workspace, given: Mapping, header: str, value: str, column: str) -> object:
    """What one cell becomes; the reason where its row was set aside."""
    space.put("deals.csv", f"id\t{header}\n1\t{value}\n")
    summary = space.bring(mapping=given)
    if summary.quarantined:
        return next(iter(summary.files[0].quarantined))
    [(found,)] = space.ask(f"SELECT CAST({column} AS VARCHAR) FROM opportunities")
    return found


@pytest.mark.parametrize(
    ("columns", "value", "column", "meant"),
    [
        ("amount: {from: x, decimal: comma, drop: '.'}", "1.234,56", "amount", "1234.56"),
        ("amount: {from: x, decimal: comma}", "1.234,56", "amount", "not-an-amount"),
        ("amount: {from: x, drop: '$,'}", "$1,234.50", "amount", "1234.50"),
        ("amount: {from: x, times: 1000}", "1.5", "amount", "1500.00"),
        ("amount: {from: x, times: 0.01}", "1999", "amount", "19.99"),
        ("amount: {from: x, nulls: ['-', n/a]}", "n/a", "amount", None),
        ("closed_at: {from: x, date: '%d/%m/%Y'}", "03/04/2026", "closed_at", "2026-04-02 22:00:00+00"),
        ("closed_at: {from: x, date: '%m/%d/%Y'}", "03/04/2026", "closed_at", "2026-03-03 23:00:00+00"),
        ("closed_at: {from: x, date: '%d/%m/%Y'}", "2026-04-03", "closed_at", "not-a-date"),
        ("closed_at: {from: x, date: ['%d.%m.%Y %H:%M', '%d.%m.%Y']}", "3.4.2026", "closed_at", "2026-04-02 22:00:00+00"),
        ("closed_at: {from: x, date: '%d.%m.%Y %H:%M %z'}", "03.04.2026 10:00 -0500", "closed_at", "2026-04-03 15:00:00+00"),
        ("closed_at: {from: x, epoch: milliseconds}", "1767225600123", "closed_at", "2026-01-01 00:00:00.123+00"),
        ("closed_at: {from: x, epoch: seconds}", "1767225600", "closed_at", "2026-01-01 00:00:00+00"),
        ("closed_at: {from: x, epoch: seconds}", "1e30", "closed_at", "not-a-date"),
        ("closed_at: {from: x, day: true}", "2026-07-01 23:59:59", "closed_at", "2026-06-30 22:00:00+00"),
        ("product: {from: x, values: {GTXPro: GTX Pro}}", "GTXPro", "product", "GTX Pro"),
        ("product: {from: x, values: {GTXPro: GTX Pro}}", "gtxpro", "product", "gtxpro"),
        ("product: {from: x, values: {a: b}, otherwise: none}", "c", "product", None),
        ("product: {from: x, values: {a: b}, otherwise: other}", "c", "product", "other"),
        ("product: {from: x, values: {a: b}, otherwise: other}", "", "product", None),
        ("product: {from: x, values: {a: b}, otherwise: refuse}", "c", "product", "unknown-value"),
        ("product: {from: x, values: {a: b}, otherwise: refuse}", "a", "product", "b"),
        ("product: {from: x, empty: nothing}", "", "product", "nothing"),
        ("product: {from: x, lower: true, prefix: p-}", "ABC", "product", "p-abc"),
        ("product: {from: x, prefix: p-}", "", "product", None),
        ("product: {from: x, part: {split: ;, take: 2}}", "a; b ;c", "product", "b"),
        ("product: {from: x, part: {split: ;, take: -1}}", "a;b;c", "product", "c"),
        ("product: {from: x, only: '006'}", "0011", "product", None),
        ("product: {from: [x, id]}", "", "product", "1"),
        ("product: {from: [x, id], with: ' '}", "a", "product", "a 1"),
        ("product: {from: [x, id], with: ' '}", "", "product", "1"),
    ],
)  # fmt: skip
def test_one_cell(space: Workspace, columns: str, value: str, column: str, meant: object) -> None:
    assert one(space, deals(columns), "x", value, column) == meant


def test_the_mappings_own_time_zone_goes_before_the_agreements(space: Workspace) -> None:
    tokyo = deals("closed_at: x", "    time_zone: Asia/Tokyo\n")
    assert one(space, tokyo, "x", "2026-01-02 00:00", "closed_at") == "2026-01-01 15:00:00+00"


def test_only_what_is_needed_must_be_there(space: Workspace) -> None:
    needs_all = deals("amount: Amount")
    assert must_have(needs_all.files[0]) == ["id", "Amount"]
    with pytest.raises(UserProblem) as caught:
        one(space, needs_all, "Amont", "5", "amount")
    assert (caught.value.code, caught.value.next_step) == ("missing-column", 'Did you mean "Amont"?')
    assert one(space, deals("amount: Amount", "    needs: [id]\n"), "Amont", "5", "amount") is None


def test_headers_match_without_regard_to_case_and_blanks_around_them(space: Workspace) -> None:
    assert one(space, deals("amount: Deal Amount"), " deal AMOUNT ", "5", "amount") == "5.00"


def test_a_column_that_is_there_twice_is_refused_if_it_is_used(space: Workspace) -> None:
    with pytest.raises(UserProblem) as caught:
        one(space, deals("amount: x"), "x\tx", "5\t6", "amount")
    assert caught.value.code == "doubled-column"


def test_conditions_choose_rows_and_the_summary_says_how_many_were_left_out(space: Workspace) -> None:
    chosen = mapping(
        "      - table: opportunities\n        when:\n          - {column: stage, in: [Won, Lost]}\n"
        "          - {column: amount, is: known}\n"
        "        columns: {opportunity_id: id, status: {value: won}}\n"
    )
    space.put("deals.csv", "id,stage,amount\n1,Won,5\n2,Open,5\n3,Lost,\n")
    summary = space.bring(mapping=chosen)
    assert (space.ask("SELECT opportunity_id FROM opportunities"), summary.files[0].left_out) == ([("1",)], 2)


def test_values_are_fetched_from_other_files_of_the_import(space: Workspace) -> None:
    text = (
        HEAD + "    tables:\n      - table: opportunities\n        columns:\n          opportunity_id: id\n"
        "          status: {value: open}\n"
        "          person_id: {from: id, lookup: {file: links, match: deal, take: person}}\n"
        "          stage: {from: stage, lookup: {file: stages, match: key, take: [label, rank], otherwise: keep}}\n"
        "  links: {match: {names: ['links*']}}\n  stages: {match: {names: ['stages*']}}\n"
    )
    both = parse_mapping(text.encode(), "ours.yaml")
    space.put("deals.csv", "id,stage\n1,a\n2,b\n")
    space.put("links.csv", "deal,person\n1,p9\n1,p8\n")
    space.put("stages.csv", "key,label,rank\na,First,1\n")
    space.bring(mapping=both)
    rows = space.ask("SELECT opportunity_id, person_id, stage FROM opportunities ORDER BY 1")
    assert rows == [("1", "p9", "First/1"), ("2", None, "b")]


def test_a_file_to_look_in_that_did_not_come_leaves_the_value_empty(space: Workspace) -> None:
    text = (
        HEAD + "    tables:\n      - table: opportunities\n        columns:\n          opportunity_id: id\n"
        "          status: {value: open}\n"
        "          person_id: {from: id, lookup: {file: links, match: deal, take: person}}\n"
        "  links: {match: {names: ['links*']}}\n"
    )
    space.put("deals.csv", "id\n1\n")
    space.bring(mapping=parse_mapping(text.encode(), "ours.yaml"))
    assert space.ask("SELECT person_id FROM opportunities") == [(None,)]


def test_every_piece_of_a_field_is_a_row(space: Workspace) -> None:
    pieces = mapping(
        "      - table: opportunity_contacts\n        columns: {opportunity_id: id}\n"
        "        each: {column: person_id, from: people, split: ';'}\n"
    )
    space.put("deals.csv", "id,people\n1,a; b;a\n2,\n3,;c;\n")
    space.bring(mapping=pieces)
    assert space.ask("SELECT * EXCLUDE (role) FROM opportunity_contacts ORDER BY ALL") == [
        ("1", "a"),
        ("1", "b"),
        ("3", "c"),
    ]


WRONG = {
    "a table nobody has": ("table: opportunites\n        columns: {}", 'Did you mean "opportunities"?'),
    "a column nobody has": ("table: opportunities\n        columns: {opportunity_id: i, status: {value: open}, amont: x}",
                            'Did you mean "amount"?'),
    "a key nobody has": ("table: opportunities\n        colums: {}", 'Did you mean "columns"?'),
    "no id": ("table: opportunities\n        columns: {status: {value: open}}", "`opportunities.opportunity_id` must be mapped"),
    "a status nobody has": ("table: opportunities\n        columns: {opportunity_id: i, status: {value: Won}}", "not `Won`"),
    "two sources": ("table: opportunities\n        columns: {opportunity_id: {from: i, value: x}, status: {value: open}}",
                    "either `from` or `value`"),
    "a date form that is none": ("table: opportunities\n        columns: {opportunity_id: i, status: {value: open},"
                                 " closed_at: {from: x, date: '%Q'}}", "`%Q` is not a form of date"),
    "a file that is not there": ("table: opportunities\n        columns: {opportunity_id: i, status: {value: open},"
                                 " person_id: {from: i, lookup: {file: dels, match: a, take: b}}}", 'Did you mean "deals"?'),
    "properties where none are": ("table: touches\n        properties: [a]\n        columns: {person_id: a, at: b}",
                                  "holds no properties"),
    "two conditions in one": ("table: touches\n        when: [{column: a, is: known, in: [b]}]\n"
                              "        columns: {person_id: a, at: b}", "one of `is`, `in` and `not_in`"),
    "a number where a text belongs": ("table: touches\n        columns: {person_id: 5, at: b}", "ours.yaml:8"),
    "dated rows elsewhere": ("table: touches\n        columns: {person_id: a, at: b}\n"
                             "        dated: [{at: a, field: b, value: c}]", "`dated` makes rows of `changes` only"),
}  # fmt: skip


@pytest.mark.parametrize("fault", WRONG)
def test_what_makes_no_sense_is_told_with_its_line(fault: str) -> None:
    text, told = WRONG[fault]
    with pytest.raises(UserProblem) as caught:
        mapping(f"      - {text}\n")
    assert caught.value.code == "mapping-wrong"
    assert told in caught.value.why
    assert "ours.yaml:" in caught.value.why


def test_everything_is_told_at_once() -> None:
    with pytest.raises(UserProblem) as caught:
        mapping("      - table: opportunities\n        columns: {amont: x, nam: y}\n")
    assert caught.value.what == "The mapping has 4 errors."


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[" * 3000,
        b"a: &x 1\nb: *x\n",
        b"\xff\xfe",
        b"name: !!python/object:os.system x",
        b"x" * 1_200_000,
        b"- 1\n",
        b"{{{",
    ],
)
def test_hostile_mappings_are_findings(text: bytes) -> None:
    with pytest.raises(UserProblem) as caught:
        parse_mapping(text, "ours.yaml")
    assert caught.value.code == "mapping-wrong"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_wounded_preset_is_a_mapping_or_findings(data: st.DataObject) -> None:
    source = (Path(read_mapping.__code__.co_filename).parent / "presets" / "olist.yaml").read_bytes()
    at = data.draw(st.integers(0, len(source)))
    wound = data.draw(st.binary(max_size=6))
    cut = data.draw(st.integers(0, 20))
    try:
        parse_mapping(source[:at] + wound + source[at + cut :], "olist.yaml")
    except UserProblem as problem:
        assert problem.code == "mapping-wrong"


def test_a_mapping_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserProblem) as caught:
        read_mapping(tmp_path / "none.yaml")
    assert caught.value.code == "mapping-missing"


def test_presets_are_read_and_an_unknown_one_is_told_with_the_near_one() -> None:
    assert names() == ["hubspot-export", "maven-crm", "oarlock", "olist", "salesforce-export", "touchpoints"]
    assert [preset(name).name for name in names()] == names()
    with pytest.raises(UserProblem) as caught:
        preset("hubspot")
    assert caught.value.next_step == 'Did you mean "hubspot-export"?'


def test_every_preset_but_the_native_one_has_an_agreement_that_checks() -> None:
    from oarlock.agreement import check, read

    root = Path(__file__).parents[2] / "agreements"
    for name in names():
        if name != "oarlock":
            findings = check(read(root / name / "agreement.yaml"))
            assert [f for f in findings if f.level == "error"] == [], name


DOCS = Path(__file__).parents[2] / "docs"


def test_the_example_of_the_reference_is_a_mapping(space: Workspace) -> None:
    text = (DOCS / "reference" / "mapping.md").read_text()
    example = parse_mapping(text.split("```yaml\n")[1].split("```")[0].encode(), "mapping.md")
    space.put(
        "deals.csv", "Deal ID;Stage;Value;Closed on;Product;Segment;Region\n1;Won;1.234,50;03.04.2026;GTXPro;S;R\n"
    )
    space.bring(mapping=example)
    found = space.ask("SELECT status, CAST(amount AS VARCHAR), product, properties FROM opportunities")
    assert found == [("won", "1234.50", "GTX Pro", {"Segment": "S", "Region": "R"})]


def test_the_reference_names_every_key() -> None:
    from oarlock.engines import mapping_text as written

    text = (DOCS / "reference" / "mapping.md").read_text()
    models = (written.FileText, written.FormatText, written.TargetText, written.ColumnText, written.LookupText)
    keys = {f.alias or name for model in models for name, f in model.model_fields.items()} - {"match", "format"}
    assert [k for k in sorted(keys) if f"`{k}`" not in text and f".{k}`" not in text and f"{k}:" not in text] == []


def test_the_guide_names_every_reason() -> None:
    from oarlock.engines.typing_text import REASONS

    text = (DOCS / "how-to" / "import.md").read_text()
    source = "".join(p.read_text() for p in Path(read_mapping.__code__.co_filename).parent.glob("*.py"))
    others = ["too-few-fields", "too-many-fields", "quote-left-open", "row-too-long", "nul-byte", "not-utf-8",
              "return-inside-a-field", "duplicate-id", "conflicts-with-lake", "missing-value", "unknown-status",
              "date-form-not-stated"]  # fmt: skip
    assert [r for r in others if r not in source] == []
    assert [r for r in [*others, *REASONS.values()] if f"`{r}`" not in text] == []
