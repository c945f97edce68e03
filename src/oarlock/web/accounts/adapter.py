"""How allauth works here: nobody signs up by themselves, every event of an account leaves an audit line, and mail goes
out by the worker, so that no page waits for a mail server or tells by its time who is a member.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from oarlock.ground.clock import now
from oarlock.store.models import Member
from oarlock.store.writes import members
from oarlock.store.writes.audit import Acting, note
from oarlock.web.accounts import letters

log = logging.getLogger("oarlock.web.accounts")

EVENTS = {
    "account/email/password_changed": "changed-password",
    "account/email/password_set": "set-password",
    "mfa/email/totp_activated": "added-app",
    "mfa/email/totp_deactivated": "removed-app",
    "mfa/email/recovery_codes_generated": "made-recovery-codes",
    "mfa/email/webauthn_added": "added-passkey",
    "mfa/email/webauthn_removed": "removed-passkey",
}
"""What allauth calls an event of an account -> the verb of its audit line, and the letter to the member."""


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Members are invited."""
        return False

    def login(self, request: HttpRequest, user: Member) -> None:
        """Begin a session under a new key, and remember it."""
        super().login(request, user)
        members.signed_in(user.id, _key(request), agent=_agent(request), address=self.get_client_ip(request), now=now())

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """For the log: from where, never what was typed (people type their password into the wrong field)."""
        log.warning("a sign-in was refused, from %s", self.get_client_ip(request))

    def send_notification_mail(
        self, template_prefix: str, user: Member, context: Mapping[str, Any] | None = None, email: str | None = None
    ) -> None:
        """An event of somebody's account: an audit line, and a letter to the member."""
        verb = EVENTS[template_prefix]
        note(verb, "member", user.id, {}, acting=Acting.member(user.id), now=now())
        if verb in ("changed-password", "set-password"):
            self._in_a_new_session(user)
        letters.post("event", user.id, {"verb": verb}, acting=Acting.member(user.id), now=now())

    def _in_a_new_session(self, user: Member) -> None:
        """A new password ends every other session; this one goes on under a new key."""
        request = self.request
        acting, agent, address = Acting.member(user.id), _agent(request), self.get_client_ip(request)
        members.end_sessions(user.id, but=_key(request), acting=acting, now=now())
        members.keep_session(user.id, _key(request), agent=agent, address=address, now=now())

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Our own link stands in the letter; allauth's is not used."""
        return ""

    def send_password_reset_mail(self, user: Member, email: str, context: Mapping[str, Any]) -> None:
        """A letter with a link that works once. The worker makes the link, so that it lies nowhere."""
        address = self.request.build_absolute_uri("/").rstrip("/")
        letters.post("reset", user.id, {"address": address}, acting=Acting.member(user.id), now=now())


class SignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Single sign-on: whoever the provider vouches for and an administrator has made a member."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """The provider vouches for who somebody is, not for what they may do here."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """For signing in only: the verified address says who it is, no account elsewhere is ever tied to a member."""
        if sociallogin.state.get("process") != "login" or sociallogin.account.pk is not None:
            raise PermissionDenied("own-account")

    def authenticate_by_email(self, sociallogin: Any) -> tuple[Member, str] | None:
        """The active member with an address the provider has verified.

        The address is given back empty: it is the key allauth would wipe the member's password by, which is for
        sites where a stranger may have signed up under the address before. Here an administrator wrote it.
        """
        for address in (each.email for each in sociallogin.email_addresses if _verified(each.verified)):
            member = Member.objects.filter(email__iexact=address, is_active=True).first()
            if member is not None:
                return member, ""
        return None


def _verified(said: object) -> bool:
    """Some providers say it as a word, and `"false"` is no yes."""
    return said is True or said == "true"


def _key(request: HttpRequest) -> str:
    if request.session.session_key is None:
        request.session.save()
    assert request.session.session_key is not None
    return request.session.session_key


def _agent(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")
