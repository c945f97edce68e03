from __future__ import annotations

from dataclasses import replace
from types import ModuleType

from oarlock.charts import verdicts
from oarlock.charts.basis import Basis, judged_by
from oarlock.charts.explanations import of_report
from oarlock.charts.numerals import NBSP


def test_a_back_test_begins_with_what_it_amounts_to(figures: ModuleType) -> None:
    sentence = verdicts.of_backtest(figures.backtest())[0].replace(NBSP, " ")
    assert sentence == (
        "Under the proposal 312 fewer would have entered MQL (−10 %, 2,787 instead of 3,099); "
        "the dropped (312) won 3 of 40 closed deals, the kept (2,808) won 91 of 300 closed deals."
    )


def test_a_proposal_that_changes_nothing_says_so(figures: ModuleType) -> None:
    test = figures.backtest()
    same = replace(test, stages=tuple((was, was) for was, _ in test.stages), fates=(), shifts=())
    assert verdicts.of_backtest(same) == [
        "The proposal would have changed nothing: every stage entered by the same people."
    ]


def test_as_many_but_others_is_a_change_and_few_deals_are_said_to_be_few(figures: ModuleType) -> None:
    test = figures.backtest()
    fates = (
        replace(test.fates[0], people=5, won=1, lost=2),
        replace(test.fates[1], people=5, won=0, lost=0),
    )
    same = replace(test, stages=tuple((was, was) for was, _ in test.stages), fates=fates)
    assert verdicts.of_backtest(same) == [
        "Under the proposal as many would have entered MQL (3,099), but others; the dropped (5) closed no deal, "
        "the added (5) won 1 of 3 closed deals (too few to lean on)."
    ]


def test_a_stage_that_comes_or_goes_is_named(figures: ModuleType) -> None:
    test = figures.backtest()
    lead, mql = figures.STAGES[0], figures.STAGES[1]
    told = verdicts.of_backtest(replace(test, stages=((lead, None), (None, mql)), fates=(), shifts=()))
    assert told == [
        "Marketing qualified lead would be new, with 3,099 entered.",
        "Lead would be gone; 18,204 had entered it.",
    ]


def test_drift_names_the_stage_that_is_furthest_apart(figures: ModuleType) -> None:
    first, second = verdicts.of_drift(figures.drift(), figures.NAMES)
    assert first.replace(NBSP, " ") == "Record and definition agree in 20,099 of 21,877 cases (91.9 %)."
    assert second.startswith("Furthest apart at Marketing qualified lead: 611 only the CRM recorded, 420 only")


def test_every_figure_of_a_report_is_explained_with_its_counts(figures: ModuleType) -> None:
    told = of_report(figures.report())
    rate = told["rate.mql.sal"]
    facts = dict(rate.facts)
    assert rate.value.replace(NBSP, " ") == "70.6 %"
    assert facts["Numerator"] == "2,204 entered Sales accepted lead"
    assert facts["Denominator"] == "3,120 entered Marketing qualified lead"
    assert facts["The rest"] == "12 still open, 904 away on a detour"
    assert rate.query == "SELECT 1 < 2"
    assert {"Basis", "Version", "As known"} <= set(facts)
    for explained in told.values():
        assert explained.words.endswith("."), explained.key
        assert {"Basis", "Version", "As known"} <= {word for word, _ in explained.facts}, explained.key


def test_too_few_cases_are_said_to_be_too_few(figures: ModuleType) -> None:
    report = figures.report()
    few = replace(report.conversions[0], denominator=29, numerator=3, still_open=26)
    told = of_report(replace(report, conversions=(few, *report.conversions[1:])))
    assert dict(told["rate.lead.mql"].facts)["Enough cases?"] == "no: 29, fewer than 30; read with care"
    assert dict(told["rate.mql.sal"].facts)["Enough cases?"] == "yes"


def test_all_versions_that_judged_are_named(figures: ModuleType) -> None:
    told = judged_by(figures.VERSIONS).replace(NBSP, " ")
    assert told == "2 from 10 Feb 2026, 1 before: each event by the version in force then"
    assert judged_by(figures.VERSIONS[:1]) == "1, for all of history"
    line = Basis(figures.AGREEMENT, figures.AS_KNOWN).line("cohort").replace(NBSP, " ")
    assert line == "versions 1 to 2 · as known Sat 31 Oct 2026, 23:30 · cohort"
