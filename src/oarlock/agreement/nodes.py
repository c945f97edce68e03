"""The agreement's YAML as a small tree of our own: every key and every value knows its line and column.

Only mappings, sequences and scalars exist here: anchors, aliases, merge keys, tags and directives are refused while the
events stream in, so nothing expands and nothing is constructed. Scalars follow YAML 1.2: `no` is a word, not a flag.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from oarlock.ground.problems import NOWHERE, Place

Atom = str | int | float | bool | None
Plain = Atom | list["Plain"] | dict[str, "Plain"]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value. `text_place` is where its first letter stands (behind a quote, below a block mark)."""

    value: Atom
    place: Place
    text_place: Place
    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A sequence."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value."""

    key: str
    place: Place
    value: Node


@dataclass(frozen=True, slots=True)
class Block:
    """A mapping, its entries in the order written; no key twice. `flow` says it was written in braces."""

    entries: tuple[Entry, ...]
    place: Place
    flow: bool = False

    def entry(self, key: str) -> Entry | None:
        """The entry of that key, or None."""
        return next((e for e in self.entries if e.key == key), None)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in order."""
        return tuple(e.key for e in self.entries)


Node = Scalar | Items | Block
EMPTY = Block((), NOWHERE)


def plain(node: Node) -> Plain:
    """The tree without its places."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return {entry.key: plain(entry.value) for entry in node.entries}


def child(node: Node, step: str | int) -> Node | None:
    """The value under that key or at that index, or None."""
    if isinstance(node, Block):
        entry = node.entry(str(step))
        return entry.value if entry else None
    if isinstance(node, Items) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step]
    return None


def find(root: Node, path: Path) -> Node | None:
    """The node at that path, or None."""
    node: Node | None = root
    for step in path:
        node = child(node, step) if node is not None else None
    return node


def place(root: Node, path: Path, *, key: bool = False) -> Place:
    """Where the value at that path stands (or its key); where there is none, the nearest thing above it."""
    node, at = root, root.place
    for step in path:
        entry = node.entry(str(step)) if isinstance(node, Block) else None
        below = child(node, step)
        if below is None:
            break
        node = below
        at = entry.place if entry and (key or isinstance(below, Block | Items)) else below.place
    return at


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Every node with its path, outermost first."""
    yield path, node
    if isinstance(node, Block):
        for entry in node.entries:
            yield from walk(entry.value, (*path, entry.key))
    elif isinstance(node, Items):
        for index, item in enumerate(node.items):
            yield from walk(item, (*path, index))


def without(node: Node, gone: Collection[Path], path: Path = ()) -> Node:
    """The tree without what stands at these paths; later items of a sequence move up."""
    if isinstance(node, Block):
        kept = [(entry, (*path, entry.key)) for entry in node.entries]
        entries = [replace(entry, value=without(entry.value, gone, at)) for entry, at in kept if at not in gone]
        return replace(node, entries=tuple(entries))
    if isinstance(node, Items):
        items = [(item, (*path, number)) for number, item in enumerate(node.items)]
        return replace(node, items=tuple(without(item, gone, at) for item, at in items if at not in gone))
    return node
