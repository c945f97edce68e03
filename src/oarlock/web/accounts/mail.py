"""The mail server by address: `OARLOCK_MAIL_URL=smtp://user:password@host:587`, as Django's settings.

`smtp` upgrades to TLS before it says who it is (`?tls=no` for a server on the same machine), `smtps` speaks TLS from
the start. Without an address no mail leaves, every page that would send one says so, and links are handed over by hand.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from oarlock.ground.problems import UserProblem

SECONDS = 10
"""How long a mail server may take before we give up on it: a page waits for it."""


def mail_settings(url: str | None) -> dict[str, Any]:
    """Django's mail settings for that address. UserProblem `bad-setting`, without the address: it holds a password."""
    if url is None:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _bad("It is not an address.") from error
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise _bad("It does not begin with `smtp://` or `smtps://` and a host.")
    if parts.query not in ("", "tls=no"):
        raise _bad("After the `?` it says something else than `tls=no`.")
    tls_at_once = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if tls_at_once else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": tls_at_once,
        "EMAIL_USE_TLS": not tls_at_once and parts.query != "tls=no",
        "EMAIL_TIMEOUT": SECONDS,
    }


def _bad(why: str) -> UserProblem:
    return UserProblem(
        "bad-setting", "The environment variable OARLOCK_MAIL_URL cannot be used.", why,
        "Write `smtp://user:password@host:587`, or leave it out: then no mail is sent.",
    )  # fmt: skip
