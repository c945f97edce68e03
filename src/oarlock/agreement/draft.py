"""An agreement that was read: its exact bytes, its tree with places, its sections, and what was found so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oarlock.agreement.findings import Finding
from oarlock.agreement.nodes import EMPTY, Block, Path, find, place
from oarlock.ground.problems import Place

if TYPE_CHECKING:
    from oarlock.agreement.format.whole import Agreement


@dataclass(frozen=True, slots=True)
class Draft:
    """`name` is the file or folder as it was named; `agreement` is None where not even the required keys stand.

    Where a value was refused, `agreement` goes without it, so that everything else can still be checked. `root` is the
    whole tree; `kept` is the tree without what was refused, and its paths are those of `agreement`.
    """

    name: str
    source: bytes = b""
    root: Block = EMPTY
    kept: Block = EMPTY
    findings: tuple[Finding, ...] = ()
    agreement: Agreement | None = None

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Where the value at that path stands (or its key), or the nearest thing above it."""
        at = place(self.kept, path, key=key)
        return at if at.file else Place(self.name)

    def keys(self, *path: str | int) -> tuple[str, ...]:
        """The keys written under that path, also those whose values were refused."""
        node = find(self.root, path)
        return node.keys if isinstance(node, Block) else ()
