"""Walls: a module of the product has at most 400 lines, a function at most 50; and small ones are the rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from .project import ROOT, modules

MODULE_WALL = 400
FUNCTION_WALL = 50
USUAL = range(2, 10)
"""Lines of the median function."""

FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "managers", "misc"}


GENERATED = {"0001_initial.py"}
"""Written by `make migrations` from the models, and read by nobody."""


def written() -> list[Path]:
    """The modules a person wrote."""
    return [path for path in modules() if path.name not in GENERATED]


def functions() -> Iterator[tuple[str, int]]:
    """Every function of the product with its length, from `def` to its last line."""
    for path in written():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_no_module_is_longer_than_the_wall() -> None:
    lengths = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in written()}
    assert not {name: lines for name, lines in lengths.items() if lines > MODULE_WALL}


def test_no_function_is_longer_than_the_wall() -> None:
    assert not {name: lines for name, lines in functions() if lines > FUNCTION_WALL}


def test_functions_are_short_as_a_rule() -> None:
    assert median(lines for _, lines in functions()) in USUAL


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not [str(p.relative_to(ROOT)) for p in modules() if FORBIDDEN_NAMES & set(p.with_suffix("").parts)]


def test_every_module_opens_with_what_it_is_for() -> None:
    bare = [p for p in written() if p.stat().st_size and not ast.get_docstring(ast.parse(p.read_text("utf-8")))]
    assert not [str(p.relative_to(ROOT)) for p in bare]


def test_no_product_module_evaluates_text_or_reaches_by_name() -> None:
    """`eval`, `exec`, `__import__`; `getattr` where the name is not written out."""
    found = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            reached = node.func.id == "getattr" and not isinstance(node.args[1], ast.Constant)
            if reached or node.func.id in ("eval", "exec", "__import__"):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.func.id}")
    assert not found
