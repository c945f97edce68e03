"""What every specification shares: size, padding, config, the axes of months and of names.

Promise: no text reaches a specification unless it is fit to be drawn.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from oarlock.charts import numerals
from oarlock.charts.names import shown
from oarlock.charts.palette import CONFIG

Spec = dict[str, Any]
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
WIDTH, HEIGHT = 320, 170
"""A small chart: as wide as a phone, three abreast on a laptop."""


def spec(
    sentence: str,
    rows: list[dict[str, Any]],
    layers: list[Spec],
    *,
    width: int = WIDTH,
    height: int = HEIGHT,
    left: int = 0,
    right: int = 8,
) -> Spec:
    """A whole specification; `left` and `right` leave room for labels beside the plot."""
    return {
        "$schema": SCHEMA,
        "description": shown(sentence, 2000),
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": left, "top": 18, "right": right, "bottom": 2},
        "config": CONFIG,
        "data": {"values": [_fit(row) for row in rows]},
        "layer": layers,
    }


def _fit(row: dict[str, Any]) -> dict[str, Any]:
    return {key: shown(value) if isinstance(value, str) else value for key, value in row.items()}


def unit(mark: str | Spec, encoding: Spec) -> Spec:
    """A layer that draws the rows."""
    return {"mark": mark, "encoding": encoding}


def layer(mark: str | Spec, encoding: Spec) -> Spec:
    """A layer that draws one thing, whatever the rows."""
    return {"data": {"values": [{}]}, "mark": mark, "encoding": encoding}


def months_axis(months: Sequence[str]) -> Spec:
    """Months as they follow; about five of them are named."""
    named = list(months)[:: max(1, -(-len(months) // 5))]
    words = "{" + ", ".join(f"'{m}': '{numerals.short_month(m)}'" for m in named) + "}"
    axis = {
        "title": None,
        "values": named,
        "labelExpr": f"{words}[datum.value]",
        "labelAngle": 0,
        "labelOverlap": False,
    }
    return {"field": "month", "type": "ordinal", "sort": list(months), "axis": axis}


def names_axis(names: Sequence[str]) -> Spec:
    """Rows by their number (`row`), each under its name: two rows of one name stay two."""
    words = json.dumps([shown(name, 28) for name in names])
    axis = {"title": None, "labelExpr": f"{words}[datum.value]", "labelLimit": 0, "domain": False}
    return {"field": "row", "type": "ordinal", "axis": axis}
