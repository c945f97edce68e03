"""What can be asked of an agreement's text alone: check, explain, compare, and the schema editors use."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from oarlock.cli.door import Home, Json, door

if TYPE_CHECKING:
    from oarlock.agreement import Draft, Finding
    from oarlock.agreement.comparing import Change, Comparison
    from oarlock.agreement.dependencies import Use

File = Annotated[Path, typer.Argument(metavar="FILE", help="The agreement: a file, or a folder of files.")]


def check(context: typer.Context, file: File, home: Home = None, json: Json = False) -> None:
    """Find everything that is wrong with an agreement, each with its place and what to write instead.

    Exit code 1 where there are errors.
    """
    from oarlock.agreement import check as find
    from oarlock.agreement import read
    from oarlock.cli.findings import finding_json, show_findings
    from oarlock.cli.screen import answers, print_json

    draft = read(file)
    findings = find(draft)
    errors = sum(f.level == "error" for f in findings)
    if door(context, home, json).json:
        listed = [finding_json(f) for f in findings]
        counts = {"errors": errors, "warnings": len(findings) - errors}
        print_json({"file": str(file), "ok": not errors, **counts, "findings": listed})
    else:
        out = answers()
        show_findings(out, findings)
        out.print(_summary(draft, findings, errors), soft_wrap=True, style="bold" if errors else "")
    raise typer.Exit(1 if errors else 0)


def _summary(draft: Draft, findings: Sequence[Finding], errors: int) -> str:
    from oarlock.charts.names import shown
    from oarlock.charts.numerals import plural

    name, warnings = shown(draft.name, 300), len(findings) - errors
    if errors:
        return f"{name}: {plural(errors, 'error')}, {plural(warnings, 'warning')}."
    assert draft.agreement is not None, "an agreement without errors was understood"
    what = f"{plural(len(draft.agreement.stages), 'stage')}, in force from {draft.agreement.in_force}"
    rest = f"{plural(warnings, 'warning')}." if warnings else "nothing to mend."
    return f"{name}: the agreement of {shown(draft.agreement.company)} ({what}) holds together; {rest}"


def explain(
    context: typer.Context,
    file: File,
    term: Annotated[str | None, typer.Argument(help="One term, such as `mql` or `mql-to-sdr`.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Say an agreement, or one term of it, in plain English, with what depends on it."""
    from dataclasses import asdict

    from oarlock.agreement import explain as whole
    from oarlock.agreement import explain_term
    from oarlock.agreement.explaining import as_text, explanation_as_text
    from oarlock.cli.screen import print_json
    from oarlock.cli.workspace import sealed

    terms = sealed(file)
    told = explain_term(terms, term) if term else whole(terms)
    if door(context, home, json).json:
        print_json(asdict(told))
    else:
        typer.echo(explanation_as_text(explain_term(terms, term)) if term else as_text(whole(terms)), nl=False)


def compare(
    context: typer.Context,
    old: Annotated[Path, typer.Argument(help="The older text.")],
    new: Annotated[Path, typer.Argument(help="The newer text.")],
    home: Home = None,
    json: Json = False,
) -> None:
    """Say which terms differ between two texts, and everything each change touches; texts with errors too."""
    from oarlock.agreement import compare as compared
    from oarlock.agreement import read
    from oarlock.cli.screen import answers, print_json

    comparison = compared(read(old), read(new))
    if door(context, home, json).json:
        print_json(_comparison_json(comparison))
    else:
        out = answers()
        for line in _comparison_lines(comparison):
            out.print(line, soft_wrap=True)


def _comparison_json(comparison: Comparison) -> dict[str, Any]:
    sides = {
        side: {"company": terms.company, "in_force": terms.in_force.isoformat(), "hash": terms.hash}
        for side, terms in (("old", comparison.old), ("new", comparison.new))
    }
    return {**sides, "same_bytes": comparison.same_bytes, "changes": [_change_json(c) for c in comparison.changes]}


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "term": change.term,
        "kind": change.kind,
        "same_meaning": change.same_meaning,
        "in_words": change.in_words,
        "details": [{"key": d.key, "old": d.old, "new": d.new} for d in change.details],
        "touches": [{"term": u.term, "kind": u.kind, "through": list(u.through)} for u in change.touches],
    }


def _comparison_lines(comparison: Comparison) -> list[str]:
    from oarlock.charts.names import shown
    from oarlock.charts.numerals import plural

    if comparison.same_bytes:
        return ["The two texts are the same, byte for byte."]
    if not comparison.changes:
        return [
            "No term differs; the texts differ in layout or comments only. Signatures are over bytes, so they are void."
        ]
    lines = []
    for change in comparison.changes:
        same = " (written differently, means the same)" if change.same_meaning else ""
        lines.append(f"{change.term} {change.kind}{same}")
        if change.kind in ("changed", "moved"):
            lines += [f"    {shown(detail.in_words, 2000)}" for detail in change.details]
        lines += [f"    touches {_use(use)}" for use in change.touches]
    return [
        *lines,
        "",
        f"{plural(len(comparison.changes), 'term')} differ{'s' if len(comparison.changes) == 1 else ''}.",
    ]


def _use(use: Use) -> str:
    through = f", through {', '.join(use.through)}" if use.through else ""
    return f"{use.term} ({use.kind}{through})"


def schema(context: typer.Context, home: Home = None, json: Json = False) -> None:
    """Print the JSON Schema of the agreement, so that editors complete and check it."""
    from oarlock.agreement.schema import schema as made
    from oarlock.cli.screen import print_json

    print_json(made())
