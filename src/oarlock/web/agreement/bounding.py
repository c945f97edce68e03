"""Uploads refused before they are read: the length is looked at first, and only then the form (and its token)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from oarlock.agreement.limits import MAX_BYTES
from oarlock.ground.problems import UserProblem

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
MOST = 2 * MAX_BYTES + 200_000
"""The text as typed and as a file, and the rest of the form."""


def bounded(view: View[P]) -> View[P]:
    """Refuse a request longer than MOST without reading it; ask for the form's token as every view does."""
    protected = csrf_protect(view)

    @wraps(view)
    def looked_at(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if not length.isdecimal() or int(length) > MOST:
            raise UserProblem(
                "too-large", f"That is too large for an agreement: at most {MAX_BYTES:,} bytes are read.",
                "It was refused before anything of it was read.", "Send the agreement's YAML and nothing else.",
            )  # fmt: skip
        return protected(request, *args, **kwargs)

    return cast(View[P], csrf_exempt(looked_at))
