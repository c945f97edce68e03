"""What a form of ours was sent with, and what is wrong with it: nothing that was typed is lost, save a password.

A form is plain HTML; what it may hold is checked by the write it asks for, whose problems come back beside the field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from allauth.account.forms import LoginForm
from django.http import HttpRequest

from oarlock.ground.problems import Problem

LONGEST = 4_000
"""Letters of one field that are looked at."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong: beside which field (empty: the whole form), and in words."""

    field: str
    words: str


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth ships no types
    """allauth's own, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "E-mail"
        self.fields["remember"].label = "Stay signed in on this device for two weeks"
        for name in ("login", "password"):
            self.fields[name].widget.attrs.pop("placeholder", None)


class Asked:
    """The fields of a form as they were sent (empty before), and what is wrong with them."""

    def __init__(self, request: HttpRequest, names: Sequence[str], before: Mapping[str, str] | None = None) -> None:
        posted = request.method == "POST"
        self.typed = {name: request.POST.get(name, "")[:LONGEST] for name in names} if posted else dict(before or {})
        self.many = {name: tuple(request.POST.getlist(name)[:50]) for name in request.POST} if posted else {}
        self.wrong = [Wrong(name, "This is too long.") for name in names if len(request.POST.get(name, "")) > LONGEST]

    def __getitem__(self, name: str) -> str:
        """What was typed into that field. KeyError for a field the form has not (templates then ask the attribute)."""
        return self.typed[name]

    def refuse(self, problem: Problem, fields: Mapping[str, str]) -> None:
        """Tell a problem beside the field its code belongs to."""
        words = " ".join(part for part in (problem.what, problem.why, problem.next_step) if part)
        self.wrong.append(Wrong(fields.get(problem.code, ""), words))

    def same(self, one: str, other: str) -> bool:
        """Whether two fields were typed alike and nothing else is wrong; where not, that is told."""
        if self[one] != self[other]:
            self.wrong.append(Wrong(other, "The two passwords are not the same."))
        return not self.wrong

    @property
    def status(self) -> int:
        """What the page is answered with."""
        return 422 if self.wrong else 200

    @property
    def beside(self) -> dict[str, str]:
        """What is wrong, by field."""
        return {wrong.field: wrong.words for wrong in self.wrong}
