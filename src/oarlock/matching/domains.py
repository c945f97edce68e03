"""Domains that say which firm somebody is of: the part a firm registers, and those that say nothing.

Promise: a mail service, a throw-away address or a domain the agreement calls shared is never a firm's.
"""

from __future__ import annotations

import re
from collections.abc import Collection

LONGEST = 253


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FREE = _words("""
    gmail.com googlemail.com outlook.com outlook.de outlook.fr hotmail.com hotmail.co.uk hotmail.de hotmail.fr
    hotmail.it live.com live.co.uk live.nl msn.com yahoo.com yahoo.co.uk yahoo.de yahoo.fr yahoo.it yahoo.es
    yahoo.co.in yahoo.co.jp yahoo.com.br ymail.com rocketmail.com icloud.com me.com mac.com aol.com gmx.de gmx.net
    gmx.at gmx.ch gmx.com web.de t-online.de freenet.de arcor.de posteo.de mailbox.org orange.fr wanadoo.fr free.fr
    laposte.net sfr.fr bbox.fr libero.it virgilio.it tiscali.it alice.it tin.it terra.es ziggo.nl kpnmail.nl planet.nl
    home.nl xs4all.nl telenet.be skynet.be bluewin.ch hispeed.ch btinternet.com sky.com virginmedia.com talktalk.net
    ntlworld.com comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com
    shaw.ca rogers.com sympatico.ca bigpond.com optusnet.com.au xtra.co.nz uol.com.br bol.com.br terra.com.br wp.pl
    o2.pl onet.pl interia.pl op.pl seznam.cz centrum.cz email.cz abv.bg mail.bg yandex.ru yandex.com mail.ru bk.ru
    list.ru inbox.ru rambler.ru ukr.net qq.com 163.com 126.com sina.com sohu.com foxmail.com naver.com hanmail.net
    daum.net rediffmail.com proton.me protonmail.com pm.me tutanota.com tuta.io fastmail.com hey.com zoho.com mail.com
    email.com hushmail.com telia.com online.no luukku.com sapo.pt freemail.hu citromail.hu
""")
"""Mail services anybody may have an address of: the large ones of the countries people write from."""
THROW_AWAY = _words("""
    mailinator.com guerrillamail.com guerrillamail.net 10minutemail.com yopmail.com yopmail.fr trashmail.com
    trashmail.de tempmail.com temp-mail.org throwawaymail.com getnada.com maildrop.cc sharklasers.com dispostable.com
    fakeinbox.com mintemail.com mohmal.com discard.email wegwerfemail.de spamgourmet.com mailnesia.com moakt.com
    emailondeck.com
""")
"""Addresses for an hour."""
NOT_A_FIRM = FREE | THROW_AWAY
_SECOND = _words("ac co com edu gob gov gouv ltd me mil ne net nhs nom or org plc police sch school")
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


def domain_of(text: str | None) -> str | None:
    """The registered domain in an address, an e-mail address or a host; None where there is none.

    `https://www.acme.co.uk/x`, `ann@mail.acme.co.uk` and `acme.co.uk` are `acme.co.uk`. Registries that sell names
    below a second level are told by their form: two letters of a country behind a usual word (`co`, `com`, `ac`).
    """
    plain = (text or "").strip().lower()[: 8 * LONGEST]
    host = re.split(r"[/?#]", plain.rpartition("://")[2], maxsplit=1)[0]
    host = _in_ascii(host.rpartition("@")[2].partition(":")[0].rstrip("."))
    if len(host) > LONGEST or not _HOST.fullmatch(host):
        return None
    labels = host.split(".")
    if _is_registry(labels[-2:]):
        return ".".join(labels[-3:]) if len(labels) > 2 else None
    return ".".join(labels[-2:])


def says_a_firm(domain: str, shared: Collection[str] = ()) -> bool:
    """Whether a registered domain may stand for one firm. `shared`: the agreement's `matching.shared_domains`."""
    return domain not in NOT_A_FIRM and domain not in {domain_of(text) or text.lower() for text in shared}


def _is_registry(last: list[str]) -> bool:
    return len(last[-1]) == 2 and last[0] in _SECOND


def _in_ascii(host: str) -> str:
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
