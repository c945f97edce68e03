"""Notices by the channels an administrator set up: Slack, Teams, Mattermost, a webhook, ..., spoken by Apprise.

    look_at(address)                what service it is and how much of it may be shown, before it is kept
    send(address, notice id, ...)   one notice

Promises: only the services of SERVICES, which speak HTTP by a client we can watch (`jobs.reaching`); nothing reads a
file, a socket of this machine or a second address; what a service said is told without a secret of the address.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from oarlock.ground.problems import OutsideProblem, UserProblem
from oarlock.jobs.reaching import inside_problem, reaching

if TYPE_CHECKING:
    from apprise import NotifyBase

SERVICES = {
    "slack": "Slack", "workflow": "Teams", "workflows": "Teams", "msteams": "Teams", "discord": "Discord",
    "gchat": "Google Chat", "mmost": "Mattermost", "mmosts": "Mattermost", "rocket": "Rocket.Chat",
    "rockets": "Rocket.Chat", "zulip": "Zulip", "webex": "Webex", "wxteams": "Webex", "matrix": "Matrix",
    "matrixs": "Matrix", "tgram": "Telegram", "ntfy": "ntfy", "ntfys": "ntfy", "gotify": "Gotify",
    "gotifys": "Gotify", "pover": "Pushover", "json": "Webhook", "jsons": "Webhook", "form": "Webhook",
    "forms": "Webhook",
}  # fmt: skip
"""How an address may begin -> the service's name. All of these speak HTTP through `requests`."""
OWN_HOST = frozenset({
    "mmost", "mmosts", "rocket", "rockets", "matrix", "matrixs", "gotify", "gotifys", "json", "jsons", "form", "forms",
})  # fmt: skip
"""Services at a host of one's own: it is shown. With the others the host's place holds a secret."""
HEADERS = frozenset({"json", "jsons", "form", "forms"})
"""Services that take a header of ours: the notice's id goes there."""
REFUSED = frozenset({"attach", "attach-as", "method", "redirect", "verify", "cto", "rto", "retry", "wait"})
"""Options of an address that would reach for files, or undo a bound of ours."""
LONGEST = 1_000
SECONDS = 5.0
WORDS = 200
log = logging.getLogger("apprise")


@dataclass(frozen=True, slots=True)
class Looked:
    """An address that may be kept: which service it is, and what of it is no secret."""

    service: str
    shown: str


def look_at(address: str) -> Looked:
    """What that address is. UserProblem `bad-channel` where it may not be kept, without a word of it."""
    text = address.strip()
    scheme = text.partition("://")[0].lower()
    if len(text) > LONGEST or not text.isprintable():
        raise _bad("It is too long, or holds letters that cannot be seen.")
    if scheme not in SERVICES and not _hooks(text):
        raise _bad(f"It begins with none of {', '.join(f'{known}://' for known in sorted(SERVICES))}.")
    if REFUSED.intersection(_options(text)):
        raise _bad(f"The options {', '.join(sorted(REFUSED))} are not taken.")
    plugin = _plugin(text)
    if plugin is None:
        raise _bad("Something is missing in it, or has another form than that service's addresses.")
    kind = text.partition("://")[0].lower()
    service = SERVICES.get(kind, str(plugin.service_name))
    host = f"{urlsplit(text).hostname or ''}/" if kind in (*OWN_HOST, "https") else ""
    return Looked(service, f"{kind}://{host}…")


def send(address: str, notice_id: str, subject: str, text: str, *, inside: tuple[str, ...]) -> None:
    """One notice by that address. OutsideProblem `channel-refused`, `inside`."""
    plugin = _plugin(_marked(address, notice_id))
    if plugin is None:
        raise OutsideProblem(
            "channel-refused", "The channel's address means nothing any more.", "", "Set it up anew.", permanent=True
        )
    host = (urlsplit(address).hostname or "").lower()
    heard = _Hearing()
    log.addHandler(heard)
    try:
        with reaching([host] if host in inside else []) as watch:
            passed = plugin.notify(body=text, title=subject)
    finally:
        log.removeHandler(heard)
    if passed:
        return
    if watch.refused:
        raise inside_problem()
    raise OutsideProblem(
        "channel-refused", "The channel did not take it.", _scrubbed(heard.words, address), permanent=False
    )


def _plugin(address: str) -> NotifyBase | None:
    """Apprise's own for that address; None where it knows none. Imported here: it takes a second, and few need it."""
    from apprise import Apprise, AppriseAsset

    asset = AppriseAsset(secure_logging=True, app_id="Oarlock", app_desc="Oarlock", app_url="", image_url_mask=None)
    found = Apprise.instantiate(address, asset=asset)
    if found is not None:
        found.redirects = False
        found.socket_connect_timeout = found.socket_read_timeout = SECONDS
    return found


def _marked(address: str, notice_id: str) -> str:
    """The address, with the notice's id as a header where its service takes one."""
    if address.partition("://")[0].lower() not in HEADERS:
        return address
    return f"{address}{'&' if '?' in address else '?'}+X-Oarlock-Notice={notice_id}&+Idempotency-Key={notice_id}"


def _hooks(address: str) -> bool:
    """Whether it is a whole address a service gave out, such as Slack's and Teams' own."""
    host = urlsplit(address).hostname or ""
    known = ("hooks.slack.com", "discord.com", "chat.googleapis.com", "logic.azure.com", "powerplatform.com")
    return address.lower().startswith("https://") and any(host == own or host.endswith(f".{own}") for own in known)


def _options(address: str) -> set[str]:
    pairs = urlsplit(address).query.split("&")
    return {unquote(pair.partition("=")[0]).strip().lower() for pair in pairs}


class _Hearing(logging.Handler):
    """What Apprise says of its failure while it sends."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.words = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the first warning."""
        self.words = self.words or record.getMessage()


def _scrubbed(words: str, address: str) -> str:
    """What was said, without any part of the address but its service."""
    secrets = sorted({part for part in re.split(r"[^A-Za-z0-9_-]", unquote(address)) if len(part) > 3}, key=len)
    calm = "".join(c if c.isprintable() else " " for c in words)
    for secret in reversed(secrets):
        calm = calm.replace(secret, "…")
    return calm[:WORDS]


def _bad(why: str) -> UserProblem:
    return UserProblem(
        "bad-channel", "This address cannot be a channel's.", why, "docs/how-to/notices.md shows one of each service."
    )
