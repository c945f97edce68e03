"""The colours of the design language, and the Vega-Lite config that uses them. Teams by name; no green.

The light values stand in every specification. `drawing` swaps them for the stylesheet's variables where a chart
lies in a page, so that one drawing serves light and dark.
"""

from __future__ import annotations

from typing import Any

TEAMS = {"marketing": "#10898a", "sales": "#be7300", "joint": "#39414c"}
PALE = {"marketing": "#6dbab8", "sales": "#e3b467", "joint": "#868d97"}
INK, INK_2, INK_3 = "#1a1e24", "#4a515a", "#656c75"
HAIR, RULE, PAPER, WASH = "#e5e1d9", "#cdc8bd", "#fbfaf7", "#eeede9"
SIGNAL, SIGNAL_WASH = "#b80f48", "#fce9ee"

VARIABLES = {
    TEAMS["marketing"]: "--teal",
    TEAMS["sales"]: "--amber",
    TEAMS["joint"]: "--joint",
    PALE["marketing"]: "--teal-mid",
    PALE["sales"]: "--amber-mid",
    PALE["joint"]: "--joint-mid",
    INK: "--ink",
    INK_2: "--ink-2",
    INK_3: "--ink-3",
    HAIR: "--hair",
    RULE: "--rule",
    PAPER: "--paper",
    WASH: "--joint-wash",
    SIGNAL: "--signal",
    SIGNAL_WASH: "--signal-wash",
}
"""Each colour's variable in oarlock.css."""

DARK = {
    "--teal": "#35aaa6", "--amber": "#dc9c34", "--joint": "#d3d6da", "--teal-mid": "#1f7876", "--amber-mid": "#94651a",
    "--joint-mid": "#7c858f", "--ink": "#eceae4", "--ink-2": "#b6bbc2", "--ink-3": "#949ba4", "--hair": "#2b3139",
    "--rule": "#434b56", "--paper": "#12151a", "--joint-wash": "#242a31", "--signal": "#ff8ba6",
    "--signal-wash": "#3b1722",
}  # fmt: skip

FONT = "Inter, ui-sans-serif, system-ui, sans-serif"

CONFIG: dict[str, Any] = {
    "background": None,
    "font": FONT,
    "view": {"stroke": None},
    "range": {"category": list(TEAMS.values())},
    "axis": {
        "labelColor": INK_3, "labelFontSize": 12, "titleColor": INK_3, "titleFontSize": 12, "titleFontWeight": 400,
        "gridColor": HAIR, "domainColor": RULE, "ticks": False, "labelPadding": 6,
    },
    "axisX": {"grid": False},
    "axisY": {"domain": False, "tickCount": 4},
    "line": {"strokeWidth": 2, "strokeJoin": "round"},
    "bar": {"color": TEAMS["joint"], "discreteBandSize": {"band": 0.68}},
    "point": {"size": 36, "filled": True},
    "rule": {"color": INK, "strokeDash": [2, 3], "strokeWidth": 1.5},
    "text": {"color": INK, "fontSize": 12, "fontWeight": 600},
    "legend": {"disable": True},
    "style": {"version": {"color": INK_3, "strokeDash": [3, 3], "strokeWidth": 1}},
}  # fmt: skip


def team(owner: str) -> str:
    """The name of that owner as a team; whoever is neither of the two is both."""
    return owner if owner in TEAMS else "joint"


def colour(owner: str) -> str:
    """The owner's colour."""
    return TEAMS[team(owner)]
