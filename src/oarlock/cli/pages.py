"""Self-contained pages: one file in Oarlock's design language, without a script and without anything fetched.

Promises: everything from outside is escaped; the page states a policy that forbids scripts and requests; every word
reaches it as text that was already written, so that no page rounds differently from the terminal.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.utils.safestring import SafeString, mark_safe

from oarlock.charts import drawing
from oarlock.charts.basis import Basis
from oarlock.charts.explanations import Explained
from oarlock.charts.frame import Spec

MISSING = "‼ %s"
"""What a template shows for a name it was not given: a test looks for it."""


@cache
def _engine() -> Engine:
    folder = Path(__file__).parent / "templates"
    return Engine(dirs=[str(folder)], autoescape=True, string_if_invalid=MISSING)


def render(template: str, basis: Basis, **context: Any) -> str:
    """The page of that template. Every value is text, a flag or a collection of such: never a bare number."""
    whole = {
        "style": _style(),
        "company": basis.company,
        "basis": {"version": basis.version, "judged_by": basis.judged_by, "known": basis.known},
        **context,
    }
    return str(_engine().get_template(template).render(Context(whole, autoescape=True)))


@cache
def _style() -> SafeString:
    """The sheet, as it ships with the charts room: ours, so it needs no escaping."""
    return mark_safe((files("oarlock.charts") / "sheet" / "oarlock.css").read_text(encoding="utf-8"))  # noqa: S308


def drawn(spec: Spec) -> SafeString:
    """A chart, in the page's colours. Vega escapes every text it writes, and `drawing` the sentence."""
    return mark_safe(drawing.svg(spec, themed=True))  # noqa: S308


def panel(explained: Explained) -> dict[str, Any]:
    """One explanation as its panel shows it."""
    return {
        "id": element_id(explained.key),
        "title": explained.title,
        "team": explained.team,
        "value": explained.value,
        "words": explained.words,
        "facts": explained.facts,
        "query": explained.query or "",
    }


def element_id(key: str) -> str:
    """An id for that key: other characters than letters, digits and `-` become their number."""
    return "x-" + "".join(c if c.isalnum() and c.isascii() else "-" if c == "." else f"_{ord(c):x}_" for c in key)
