"""The doors before Django: what arrives needs no session, no cookie and no page, and many arrive.

A WSGI server's threads wait here for the line's commit, and only a few of them at a time make pages: each page has a
connection to the database, and memory of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections
from django.http.request import split_domain_port, validate_host

from oarlock.ground.problems import OutsideProblem, Problem
from oarlock.web.arrivals.asking import Answer, Asked, problem
from oarlock.web.arrivals.forms import form
from oarlock.web.arrivals.hooks import hook
from oarlock.web.arrivals.leads import lead
from oarlock.web.arrivals.segment import events
from oarlock.web.policy import HEADERS

Environment = Mapping[str, Any]
Start = Callable[..., Any]
Application = Callable[[Any, Start], Iterable[bytes]]
DOORS: tuple[tuple[str, Callable[[Asked], Answer]], ...] = (
    ("/v1/", events), ("/api/leads", lead), ("/in/form/", form), ("/in/hook/", hook),
)  # fmt: skip
log = logging.getLogger("oarlock.arrivals")
MOST_BYTES = 500_000
PAGES = 4
"""Pages made at a time in one process."""
SECURE = HEADERS | {
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "private, no-store",
}  # fmt: skip


def before(pages: Application) -> Application:
    """The application with the doors before it."""
    places = BoundedSemaphore(PAGES)

    def application(environ: Environment, start: Start) -> Iterable[bytes]:
        opened = door(str(environ.get("PATH_INFO", "")))
        host = _host(environ)
        if opened is None or not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
            with places:
                return pages(environ, start)
        answer = answered(opened, _asked(environ, host))
        close_old_connections()
        status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
        start(status, [*headers_of(answer).items(), ("Content-Length", str(len(answer.body)))])
        return [answer.body]

    return application


def door(path: str) -> Callable[[Asked], Answer] | None:
    """The door of that address; None where there is none."""
    for start, opened in DOORS:
        if path.startswith(start) and (start.endswith("/") or path == start):
            return opened
    return None


def answered(opened: Callable[[Asked], Answer], asked: Asked) -> Answer:
    """What the door answers; the database away is said so, and a bug is one."""
    try:
        return opened(asked)
    except Problem as told:
        return problem(told)
    except (OperationalError, InterfaceError) as away:
        log.error("the database does not answer: %s", type(away).__name__)
        return problem(OutsideProblem(
            "database-away", "The database does not answer.", "What was not acknowledged was not written.",
            "Send it again in a moment.", permanent=False,
        ))  # fmt: skip
    except Exception as bug:
        log.error("a bug: %s at %s", type(bug).__name__, asked.path, exc_info=bug)
        return problem(Problem("bug", "This is a bug in Oarlock, not in what you did.", f"{type(bug).__name__}."), 500)


def headers_of(answer: Answer) -> dict[str, str]:
    """An answer's headers, with those every answer carries."""
    lasting = {"Strict-Transport-Security": f"max-age={seconds}"} if (seconds := settings.SECURE_HSTS_SECONDS) else {}
    return SECURE | lasting | {"Content-Type": answer.type} | dict(answer.headers)


def _host(environ: Environment) -> str:
    """The host that was asked, as a proxy tells it where we stand behind one."""
    told = environ.get("HTTP_X_FORWARDED_HOST") if settings.USE_X_FORWARDED_HOST else None
    return str(told or environ.get("HTTP_HOST", ""))


def _asked(environ: Environment, host: str) -> Asked:
    headers = {k[5:].replace("_", "-").lower(): str(v) for k, v in environ.items() if k.startswith("HTTP_")}
    headers["content-type"] = str(environ.get("CONTENT_TYPE") or "application/x-www-form-urlencoded")
    proxy = settings.SECURE_PROXY_SSL_HEADER
    safe = proxy is not None and environ.get(proxy[0]) == proxy[1]
    return Asked(
        str(environ.get("REQUEST_METHOD", "GET")), str(environ.get("PATH_INFO", "")), headers, _body(environ), host,
        "https" if safe else str(environ.get("wsgi.url_scheme", "http")),
    )  # fmt: skip


def _body(environ: Environment) -> bytes | None:
    """The body; None where it is more than any door takes."""
    length = str(environ.get("CONTENT_LENGTH") or "")
    if length.isdecimal() and int(length) > MOST_BYTES:
        return None
    data: bytes = environ["wsgi.input"].read(int(length) if length.isdecimal() else MOST_BYTES + 1)
    return data if len(data) <= MOST_BYTES else None
