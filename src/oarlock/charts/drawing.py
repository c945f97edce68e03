"""A chart as SVG, drawn without a browser and without the network.

Promises: every drawing says in one sentence what it shows (`role="img"` with `aria-label`); no style attribute, no
script, no reference to anything outside; the colours follow the page's theme where `themed`.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from oarlock.charts.palette import VARIABLES

_OPENING = re.compile(r"<svg [^>]*>")
_ROLE = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
_STYLE = re.compile(r' style="[^"]*"')
_COLOUR = re.compile(r'="(#[0-9a-fA-F]{6})"')


def svg(spec: dict[str, Any], *, themed: bool = False) -> str:
    """Draw a specification of this room. Its `description` becomes what a screen reader says."""
    import vl_convert  # takes a while, and only who wants a drawing should wait

    drawn: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return _tidy(drawn, spec["description"], themed)


def _tidy(drawn: str, sentence: str, themed: bool) -> str:
    """Our own opening tag; none of Vega's inner roles, which would be read out one by one."""
    opening = _OPENING.search(drawn)
    assert opening is not None, "Vega draws one svg element"
    width, height = _size(opening.group())
    inner = _STYLE.sub("", _ROLE.sub("", drawn[opening.end() :]))
    if themed:
        inner = _COLOUR.sub(_variable, inner)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawn" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img" aria-label="{escape(sentence)}">'
    )
    return head + inner


def _size(opening: str) -> tuple[str, str]:
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', opening)
    assert found is not None, "Vega says how large its drawing is"
    return found.group(1), found.group(2)


def _variable(found: re.Match[str]) -> str:
    name = VARIABLES.get(found.group(1).lower())
    return f'="var({name}, {found.group(1)})"' if name else found.group(0)
