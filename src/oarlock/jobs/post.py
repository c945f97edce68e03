"""Notices by mail: one connection for many, each with an id that stays the same however often it is sent.

Promises: a server that hangs is given up after `web.accounts.mail.SECONDS` a step; what it said is told in words
without our password; `Message-ID` and `X-Oarlock-Notice` are made of the notice, so a second copy can be told from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from smtplib import SMTPAuthenticationError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from oarlock.ground.problems import OutsideProblem

FOOT = "You hear of this because of your choices in Oarlock"
WORDS = 200
"""Letters of a server's answer that are kept."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice as its receiver reads it."""

    id: str
    email: str
    subject: str
    text: str


class Post:
    """A connection to the mail server, opened when it is first needed and closed at the end."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def __enter__(self) -> Post:
        return self

    def __exit__(self, *raised: object) -> None:
        self.hang_up()

    def hang_up(self) -> None:
        """Close the connection; a server that is gone by now needs no word."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def send(self, letter: Letter) -> None:
        """Hand one letter over. OutsideProblem `no-mail`, `mail-away`, `mail-refused` (`permanent` by its answer)."""
        if settings.OARLOCK.mail_url is None:
            raise OutsideProblem(
                "no-mail", "No mail server is set up.", "", "Name one in OARLOCK_MAIL_URL.", permanent=True
            )
        if self._connection is None:
            self._connection = self._opened()
        try:
            self._connection.send_messages([_message(letter, self._connection)])
        except SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise _refused(code, said) from error
        except SMTPResponseException as error:
            self.hang_up()
            raise _refused(error.smtp_code, error.smtp_error) from error
        except (SMTPException, OSError) as error:
            self.hang_up()
            raise _away(error) from error

    def _opened(self) -> BaseEmailBackend:
        connection: BaseEmailBackend = get_connection()
        try:
            connection.open()
        except SMTPAuthenticationError as error:
            raise OutsideProblem(
                "mail-away", "The mail server does not let us in.", f"It answered {error.smtp_code}.",
                "Look at user and password in OARLOCK_MAIL_URL.", permanent=False,
            ) from error  # fmt: skip
        except (SMTPException, OSError) as error:
            raise _away(error) from error
        return connection


def words_of(body: Mapping[str, Any], name: str) -> str:
    """A notice as plain text: what is told, and where to look."""
    if "lines" in body:
        parts = ["\n".join((f"- {each['subject']}", *_link(each["path"]))) for each in body["lines"]]
        parts += [f"And {body['more']} more."] if body["more"] else []
    else:
        parts = [str(body.get("words", "")), *_link(body.get("path", ""))]
    return "\n\n".join((f"Hello {name},", *(part for part in parts if part)))


def with_foot(text: str) -> str:
    """The text of a mail, with where its receiver changes what they hear."""
    return "\n\n".join((text, "-- \n" + ", ".join((f"{FOOT}, Settings, Notices", *_link("/me/notices/"))) + "\n"))


def _link(path: object) -> tuple[str, ...]:
    """The whole address of a page of ours; nothing where the house has none, or the path is no path of ours."""
    home = settings.OARLOCK.address
    if not isinstance(path, str) or not path.startswith("/") or path.startswith("//") or not home:
        return ()
    return (home.rstrip("/") + path,)


def _message(letter: Letter, connection: BaseEmailBackend) -> EmailMessage:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {
        "Message-ID": f"<{letter.id}@{domain}>", "X-Oarlock-Notice": letter.id, "Auto-Submitted": "auto-generated",
    }  # fmt: skip
    return EmailMessage(
        letter.subject, letter.text, settings.DEFAULT_FROM_EMAIL, [letter.email], headers=headers, connection=connection
    )


def _refused(code: int, said: bytes | str) -> OutsideProblem:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    answer = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:WORDS]
    permanent = 500 <= code < 600
    return OutsideProblem(
        "mail-refused", "The mail server refused it.", f"It answered {code} {answer}".strip() + ".", permanent=permanent
    )


def _away(error: Exception) -> OutsideProblem:
    return OutsideProblem("mail-away", "The mail server does not answer.", f"{type(error).__name__}.", permanent=False)
