from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

FIGURES = Path(__file__).parents[2] / "cli" / "figures.py"


@pytest.fixture(scope="session")
def figures() -> ModuleType:
    """Brightwater's figures, made by hand; they stand with the tests of the command line."""
    spec = importlib.util.spec_from_file_location("figures_by_hand", FIGURES)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
