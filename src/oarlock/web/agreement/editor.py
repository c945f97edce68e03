"""The editor's page: a text with its findings, its settings as forms, and what else was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby

from django.http import HttpRequest

from oarlock.agreement import Finding, Terms
from oarlock.agreement.editing import Setting, changed, settings, with_absence, with_reason
from oarlock.agreement.limits import MAX_BYTES
from oarlock.ground.problems import UserProblem
from oarlock.store.reads.drafts import draft_of, findings_of
from oarlock.store.reads.proposals import readable

PREFIX = "set:"
SECTIONS = {
    "in_force": "In force from", "icp": "Ideal customer", "rules": "Rules", "stages": "Stages", "scoring": "Scores",
    "promises": "Promises", "pools": "Pools", "handoffs": "Hand-offs", "goals": "Goals", "routing": "Routing",
    "detours": "Ways off the funnel", "sources": "Lead sources",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What came with a form. `source` is the file's bytes where one was chosen, else what was typed."""

    title: str = ""
    reason: str = ""
    source: bytes = b""
    upon: int = 0
    do: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)


def asked(request: HttpRequest) -> Asked:
    """The form. UserProblem `too-large`, `not-a-text` where the file is none."""
    posted, chosen = request.POST, request.FILES.get("file")
    typed = posted.get("text", "").replace("\r\n", "\n").encode("utf-8", "replace")
    upon = posted.get("upon", "")
    return Asked(
        posted.get("title", ""), posted.get("reason", ""), _file(chosen) if chosen else typed,
        int(upon) if upon.isdecimal() and len(upon) < 9 else 0, posted.get("do", ""),
        {key.removeprefix(PREFIX): str(value) for key, value in posted.items() if key.startswith(PREFIX)},
        {key: posted.get(key, "").strip() for key in ("who", "first", "until", "handoff", "word", "detour")},
    )  # fmt: skip


def _file(chosen: object) -> bytes:
    from django.core.files.uploadedfile import UploadedFile

    assert isinstance(chosen, UploadedFile)
    data = chosen.read(MAX_BYTES + 1)
    if data.startswith(b"PK\x03\x04") or b"\0" in data:
        raise UserProblem("not-a-text", "The file is no text.", "It looks like an archive or a program.",
                          "Choose the agreement's YAML file.")  # fmt: skip
    return bytes(data)


def applied(form: Asked) -> bytes:
    """The text with the form's settings in it. UserProblem says which value cannot stand there."""
    text = changed(form.source, form.values)
    more = form.more
    if more["who"] and more["first"] and more["until"]:
        text = with_absence(text, more["who"], more["first"], more["until"])
    if more["handoff"] and more["word"] and more["detour"]:
        text = with_reason(text, more["handoff"], more["word"], more["detour"])
    return text


@dataclass(frozen=True, slots=True)
class Group:
    """Settings of one section."""

    title: str
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a text: errors first, each with its line."""

    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Editor:
    """All that the page shows."""

    form: Asked
    text: str
    found: Found
    groups: tuple[Group, ...]
    terms: Terms | None


def found_in(source: bytes) -> Found:
    """What `check` says of it; nothing of an empty text."""
    every = findings_of(source) if source.strip() else ()
    errors = tuple(one for one in every if one.level == "error")
    return Found(errors, tuple(one for one in every if one.level == "warning"))


def editor(form: Asked) -> Editor:
    """The page of that text."""
    text = form.source[: MAX_BYTES + 1].decode("utf-8", "replace")
    known = settings(draft_of(form.source)) if len(form.source) <= MAX_BYTES and form.source.strip() else ()
    ordered = sorted(known, key=lambda setting: _place(setting.term))
    groups = tuple(
        Group(SECTIONS.get(section, section), tuple(group))
        for section, group in groupby(ordered, key=lambda setting: setting.term.partition(".")[0])
    )
    return Editor(form, text, found_in(form.source), groups, readable(form.source))


def _place(term: str) -> int:
    section = term.partition(".")[0]
    return list(SECTIONS).index(section) if section in SECTIONS else len(SECTIONS)
