"""The accounts by domain and name, kept in the memory of each process and read anew every so often."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from oarlock.ground.clock import monotonic
from oarlock.records.arrivals import Arriving
from oarlock.store.models import Account

FRESH = 60.0
"""Seconds a directory counts. What this process begins is in it at once; two processes that begin the same firm at once
begin one account, for its id is made of its domain or name."""
MAIL = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com",
    "gmx.de", "gmx.net", "web.de", "t-online.de", "proton.me", "protonmail.com", "mail.com", "aol.com", "msn.com",
    "orange.fr", "wanadoo.fr", "free.fr", "libero.it", "qq.com", "163.com", "yandex.ru", "mail.ru", "mailinator.com",
})  # fmt: skip


@dataclass(slots=True)
class Directory:
    """Which account a firm is."""

    by_domain: dict[str, str] = field(default_factory=dict)
    read_at: float = 0.0

    def match(self, arrival: Arriving) -> str | None:
        """The account of an arrival's firm, or of its person's address; None where it is not sure."""
        told = dict(arrival.firm.fields) if arrival.firm else {}
        domains = [told.get("domain"), *(v.rpartition("@")[2] for k, v in arrival.known_by if k == "email")]
        return next((self.by_domain[d] for d in domains if d and d not in MAIL and d in self.by_domain), None)

    def add(self, account_id: str, name: str | None, domain: str | None, country: str | None) -> None:
        """An account that has just begun."""
        if domain:
            self.by_domain.setdefault(domain.lower(), account_id)


_kept = Directory()
_lock = Lock()


def directory() -> Directory:
    """The directory, at most so many seconds old."""
    with _lock:
        if not _kept.read_at or monotonic() - _kept.read_at > FRESH:
            rows = Account.objects.exclude(domain=None).values_list("domain", "account_id").order_by("-account_id")
            _kept.by_domain = {domain.lower(): account_id for domain, account_id in rows if domain}
            _kept.read_at = monotonic()
        return _kept


def forget() -> None:
    """Read it anew the next time: a test begins with other accounts."""
    _kept.read_at = 0.0
