"""From text to nodes: the events of a YAML parser, with everything refused that an agreement has no need of.

Promise: whatever the text, the answer is a tree or findings, in time proportional to the text; never an exception.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from oarlock.agreement.findings import Finding
from oarlock.agreement.limits import MAX_DEPTH, MAX_VALUES, mixed_word
from oarlock.agreement.nodes import EMPTY, Atom, Block, Entry, Items, Node, Scalar, child
from oarlock.ground.problems import Place

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,14})\Z")
_FRACTION = re.compile(r"-?(0|[1-9][0-9]{0,14})\.(0|[0-9]{0,14}[1-9])\Z")
_CONSTANTS: dict[str, Atom] = {"": None, "~": None, "null": None, "true": True, "false": False}
_RULE_IN_BRACES = re.compile(r"\{[^{}]*\bwhen\s*:")
_STUMBLES = (YAMLError, ValueError, TypeError, AttributeError, LookupError, AssertionError, NotImplementedError)
RULE_IN_BRACES = "Write the rule on a line of its own: `when: ...` below the name, without braces."


class _Refused(Exception):
    """Carries the one finding at which building stops."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def parse(text: str, file: str) -> tuple[Block, list[Finding]]:
    """The top mapping of a YAML text (empty where nothing could be read) and what was found."""
    builder = _Builder(text, file)
    try:
        return builder.document(), builder.findings
    except _Refused as refused:
        return EMPTY, [*builder.findings, refused.finding]
    except MarkedYAMLError as broken:
        return EMPTY, [*builder.findings, _broken(broken, text, file)]
    except _STUMBLES as broken:
        # The YAML library stumbled over a text it should have refused. Its message means nothing to a person.
        message = f"This is not YAML ({type(broken).__name__})."
        return EMPTY, [*builder.findings, _error("yaml-broken", message, Place(file))]


@dataclass
class _Builder:
    text: str
    file: str
    findings: list[Finding] = field(default_factory=list)
    values: int = 0
    lines: list[str] = field(default_factory=list)

    def document(self) -> Block:
        self.lines = self.text.split("\n")
        events = self._events()
        root: Block | None = None
        for event in events:
            if isinstance(event, DocumentStartEvent):
                self._start(event, again=root is not None)
            elif isinstance(event, MappingStartEvent):
                root = self._block(event, events, 1)
            elif isinstance(event, NodeEvent):
                self._top(event)
        return root or EMPTY

    def _events(self) -> Iterator[Event]:
        for event in YAML(typ="safe", pure=True).parse(self.text):
            if isinstance(event, NodeEvent):
                self._plain_only(event)
            yield event

    def _start(self, event: DocumentStartEvent, *, again: bool) -> None:
        if again:
            self._refuse("many-documents", "A second document begins here (`---`).", event, "Keep one document a file.")
        if event.version or event.tags:
            self._refuse("yaml-directive", "A line beginning with `%` steers the parser.", event, "Delete it.")

    def _top(self, event: NodeEvent) -> None:
        if isinstance(event, ScalarEvent) and event.value == "":
            return
        self._refuse("not-a-mapping", "An agreement is made of `key: value` lines.", event, "Begin with `oarlock: 1`.")

    def _plain_only(self, event: NodeEvent) -> None:
        """No anchors, aliases or tags; no more values than an agreement needs."""
        self.values += 1
        if isinstance(event, AliasEvent) or event.anchor:
            self._refuse("yaml-anchor", "Anchors and aliases (`&name`, `*name`) are not read.", event, "Write it out.")
        if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag:
            self._refuse("yaml-tag", "Tags (`!name`) are not read.", event, "Delete the tag.")
        if self.values > MAX_VALUES:
            self._refuse("too-many-values", f"The agreement has more than {MAX_VALUES:,} keys and values.", event)

    def _node(self, event: Event, events: Iterator[Event], depth: int) -> Node:
        if depth > MAX_DEPTH:
            self._refuse("too-deep", f"This is nested more than {MAX_DEPTH} levels deep.", event)
        if isinstance(event, MappingStartEvent):
            return self._block(event, events, depth)
        if isinstance(event, SequenceStartEvent):
            items = []
            while not isinstance(event := next(events), SequenceEndEvent):
                items.append(self._node(event, events, depth + 1))
            return Items(tuple(items), self._place(event))
        return self._scalar(event)

    def _block(self, start: MappingStartEvent, events: Iterator[Event], depth: int) -> Block:
        entries: dict[str, Entry] = {}
        while not isinstance(event := next(events), MappingEndEvent):
            key, at = self._key(event), self._place(event)
            value = self._node(next(events), events, depth + 1)
            if key in entries:
                first = entries[key].place.line
                self._note(
                    "duplicate-key", f"`{key}` stands here a second time (first in line {first}).", at, "Keep one."
                )
            else:
                entries[key] = Entry(key, at, value)
        block = Block(tuple(entries.values()), self._place(start), bool(start.flow_style))
        self._split_rule(block)
        self._cut_rule(block)
        return block

    def _key(self, event: Event) -> str:
        if not isinstance(event, ScalarEvent):
            raise self._refusal("complex-key", "A key must be one word.", self._place(event))
        key: str = event.value
        if key == "<<":
            self._refuse("yaml-merge", "Merge keys (`<<`) are not read.", event, "Write the keys out.")
        if len(key) > 200:
            self._refuse("long-key", "A key has at most 200 characters.", event)
        word = mixed_word(key)
        if word:
            self._note("look-alike", f"`{word}` mixes letters of several scripts that look alike.", self._place(event),
                       "Type the word again.")  # fmt: skip
        return key

    def _split_rule(self, block: Block) -> None:
        """`{when: a in (1, 2)}` is valid YAML with a meaning nobody wants: the comma ends the rule."""
        rule = child(block, "when")
        if not block.flow or not isinstance(rule, Scalar) or rule.text.count("(") <= rule.text.count(")"):
            return
        torn = [e for e in block.entries if isinstance(e.value, Scalar) and e.value.text == ""]
        if torn:
            message = "The comma ended the rule: a rule with a comma cannot stand inside braces."
            self._refuse_at("rule-in-braces", message, torn[0].place, RULE_IN_BRACES)

    def _cut_rule(self, block: Block) -> None:
        """`when: source = 'a #b'` is valid YAML too: what follows ` #` is a comment."""
        rule = child(block, "when")
        if isinstance(rule, Scalar) and not rule.style and rule.text.count("'") % 2 and self._commented(rule):
            message = "The ` #` began a comment and cut the rule off."
            self._note("rule-cut-by-comment", message, rule.text_place, "Write the rule below `when: |`.")

    def _commented(self, rule: Scalar) -> bool:
        line = self.lines[rule.text_place.line - 1]
        return " #" in line[rule.text_place.column - 1 :]

    def _scalar(self, event: Event) -> Scalar:
        assert isinstance(event, ScalarEvent), "mappings, sequences and aliases are dealt with before"
        quoted = event.style in ("'", '"', "|", ">")
        text: str = event.value
        if len(text) > 20_000:
            self._refuse("long-text", "A text has at most 20,000 characters.", event)
        return Scalar(
            text if quoted else _atom(text), self._place(event), self._text_place(event), text, event.style or ""
        )

    def _place(self, event: Event) -> Place:
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _text_place(self, event: ScalarEvent) -> Place:
        at = self._place(event)
        if event.style in ("'", '"'):
            return Place(self.file, at.line, at.column + 1)
        if event.style in ("|", ">"):
            for number in range(at.line, min(at.line + 50, len(self.lines))):
                stripped = self.lines[number].lstrip()
                if stripped:
                    return Place(self.file, number + 1, len(self.lines[number]) - len(stripped) + 1)
        return at

    def _note(self, code: str, message: str, at: Place, suggestion: str = "") -> None:
        self.findings.append(_error(code, message, at, suggestion))

    def _refuse(self, code: str, message: str, event: Event, suggestion: str = "") -> None:
        self._refuse_at(code, message, self._place(event), suggestion)

    def _refuse_at(self, code: str, message: str, at: Place, suggestion: str = "") -> None:
        raise self._refusal(code, message, at, suggestion)

    def _refusal(self, code: str, message: str, at: Place, suggestion: str = "") -> _Refused:
        return _Refused(_error(code, message, at, suggestion))


def _atom(text: str) -> Atom:
    """A plain scalar's value, as YAML 1.2 has it, without hexadecimal, octal, exponents, infinities.

    A number is one only where its digits come back as they were: `012` and `1.50` may be somebody's ids.
    """
    lowered = text if text in _CONSTANTS else text.lower() if text.lower() in ("null", "true", "false") else None
    if lowered is not None and lowered in _CONSTANTS:
        return _CONSTANTS[lowered]
    if _WHOLE.match(text):
        return int(text)
    return float(text) if _FRACTION.match(text) else text


def _broken(broken: MarkedYAMLError, text: str, file: str) -> Finding:
    mark = broken.problem_mark or broken.context_mark
    at = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
    lines = text.split("\n")
    begun = broken.context_mark.line if broken.context_mark else at.line - 1
    if _RULE_IN_BRACES.search("\n".join(lines[max(0, begun) : at.line])):
        message = "A rule with commas, brackets or colons cannot stand inside braces: YAML reads them as its own."
        return _error("rule-in-braces", message, at, RULE_IN_BRACES)
    line = lines[at.line - 1] if 0 < at.line <= len(lines) else ""
    message = f"This is not YAML: {_one_line(broken.problem or broken.context or 'it cannot be read')}."
    return _error("yaml-broken", message, at, _hint(line))


def _hint(line: str) -> str:
    if "\t" in line:
        return "Indent with spaces: YAML does not allow tabs there."
    if re.search(r":\s*(['\"]).*\1\s*\S", line):
        return "A value that begins with a quotation mark must end with it: begin the rule with a name instead."
    if re.search(r":\s.*:\s", line):
        return "A value with a colon and a space needs quotation marks around it."
    return "Compare the indentation with the lines above."


def _one_line(message: str) -> str:
    return " ".join(message.split())[:200]


def _error(code: str, message: str, at: Place, suggestion: str = "") -> Finding:
    return Finding("error", code, message, at, suggestion)
