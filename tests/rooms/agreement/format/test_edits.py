"""Small edits of an agreement's text: one place changes, everything else stays to the letter."""

from __future__ import annotations

from oarlock.agreement import check, read_text, seal
from oarlock.agreement.edits import edits_of
from oarlock.agreement.terms import Stage
from oarlock.demo import AGREEMENTS

SOURCE = AGREEMENTS[1].read_bytes()


def test_every_edit_changes_one_line_and_reads_as_an_agreement() -> None:
    lines = SOURCE.decode().splitlines()
    found = list(edits_of(SOURCE, "mql", ("Warm lead",)))
    for edit in found:
        changed = [n for n, line in enumerate(edit.source.decode().splitlines()) if line != lines[n]]
        assert len(changed) == 1, edit.words
        errors = {f.code for f in check(read_text(edit.source)) if f.level == "error"}
        assert errors <= {"unreachable-stage"}, edit.words  # a bar nobody can reach is for `check` to say
    assert {e.kind for e in found} == {"threshold", "condition", "word"}


def test_a_threshold_is_moved_a_condition_dropped_and_a_word_added() -> None:
    told = {e.words: e.source for e in edits_of(SOURCE, "mql", ("Warm lead",))}

    def stage(words: str) -> Stage:
        found = seal(read_text(told[words])).stage("mql")
        assert found is not None
        return found

    moved, dropped = stage("fit >= 20 in place of 40").rule, stage("without the condition fit >= 40").rule
    assert moved is not None and moved.text == "fit >= 20 and engagement >= 40"
    assert dropped is not None and dropped.text == "engagement >= 40"
    assert stage("Warm lead counts as recorded, too").recorded_as == ("Marketing Qualified Lead", "Warm lead")


def test_a_rule_with_or_between_its_conditions_loses_none_of_them() -> None:
    text = SOURCE.replace(b"fit >= 40 and engagement >= 40", b"fit >= 40 or engagement >= 40 and fit >= 10")
    assert not [e for e in edits_of(text, "mql") if e.kind == "condition"]


def test_numbers_within_quotes_and_hostile_words_are_left_alone() -> None:
    text = SOURCE.replace(b"fit >= 40 and engagement >= 40", b"person.title = 'a > 5' and engagement >= 40")
    moved = [e.words for e in edits_of(text, "mql") if e.kind == "threshold"]
    assert moved and all(words.startswith("engagement") for words in moved)
    assert not [e for e in edits_of(SOURCE, "mql", ('x"], when: [y', "a\nb")) if e.kind == "word"]
