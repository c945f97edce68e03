"""Tables for the terminal: dense, ruled, figures to the right; whose a row is by half a disc, a word and a colour."""

from __future__ import annotations

from rich import box
from rich.console import Console, ConsoleOptions, Group, JustifyMethod, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from oarlock.charts.names import shown
from oarlock.charts.numerals import FEW_MARK, MARKS, NOTHING
from oarlock.charts.palette import TEAMS, team
from oarlock.cli.screen import cell

BAR = 20
"""Characters of the longest bar."""
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
INK = "default"


class Sheet:
    """A table under its title, with a note that says version, as-known date and basis; a caption may follow."""

    def __init__(self, title: str, note: str, *columns: str) -> None:
        self.title = Text(title, style="bold")
        self.note = Text(note, style="dim")
        self.caption = ""
        self.table = Table(
            box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim"
        )
        for column in columns:
            self._add_column(column)

    def _add_column(self, column: str) -> None:
        """`#` before the name: figures; `|`: a bar."""
        name = shown(column.lstrip("#|"), 24)
        figures = column.startswith("#")
        justify: JustifyMethod = "right" if figures else "left"
        self.table.add_column(name, justify=justify, no_wrap=column[:1] in ("#", "|"), overflow="fold")

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.table.row_count

    def row(self, *cells: RenderableType) -> None:
        """One more row."""
        self.table.add_row(*cells)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Title, note, table, caption."""
        yield self.title
        if self.note:
            yield self.note
        yield self.table
        if self.caption:
            yield Text(self.caption, style="dim")


def whose(name: str, owner: str, longest: int = 40) -> Text:
    """`◐ Lead` in the owner's colour; the mark alone tells whose it is where there is no colour."""
    return Text(f"{MARKS[team(owner)]} {cell(name, longest)}", style=hue(owner))


def hue(owner: str) -> str:
    """The terminal's colour for an owner: ink is whatever the terminal writes with."""
    return TEAMS[team(owner)] if team(owner) != "joint" else INK


def bar(share: float, owner: str, longest: int = BAR) -> Text:
    """A bar of that share of the longest, to an eighth of a character; something is never nothing."""
    eighths = max(1 if share > 0 else 0, round(share * longest * 8))
    return Text("█" * (eighths // 8) + _EIGHTHS[eighths % 8], style=hue(owner))


def figure(text: str, few: bool = False) -> Text:
    """A figure; with too few cases it is grey and carries `°`."""
    plain = cell(text, 60)
    return Text(f"{plain}{FEW_MARK}", style="dim") if few and plain != NOTHING else Text(plain)


def stacked(*parts: RenderableType) -> Group:
    """One below the other, with a line between."""
    spaced: list[RenderableType] = []
    for part in parts:
        spaced += [Text(""), part] if spaced else [part]
    return Group(*spaced)
