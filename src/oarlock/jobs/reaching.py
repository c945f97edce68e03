"""Where requests of ours may go: never inside, whatever an address says, resolves to, or redirects to.

    with reaching(allowed): ...     whatever this thread connects to in here is asked first, at the connect itself

Promises: the address that is connected to is the one that was asked, so a name that resolves differently the second
time, a redirect, or a library with a client of its own changes nothing; loopback, private, shared, reserved, multicast
and link-local addresses (the metadata services of clouds among them), also mapped or translated ones, are refused. The
hosts named in OARLOCK_INSIDE_HOSTS may be reached although they are private; link-local ones never.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from socket import IPPROTO_TCP, gaierror, getaddrinfo
from threading import local

from oarlock.ground.problems import OutsideProblem

TRANSLATED = ip_network("64:ff9b::/96")
CONNECTING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


class Inside(OSError):
    """The address lies where nothing outside may send us."""


@dataclass(slots=True)
class Watch:
    """What a thread may reach of the inside, and whether it was refused anything."""

    allowed: frozenset[str]
    refused: bool = False


class _Here(local):
    """How this thread is watched; None where it is not."""

    watch: Watch | None = None


_here = _Here()
_watching: list[bool] = []


@contextmanager
def reaching(hosts: Collection[str] = ()) -> Iterator[Watch]:
    """Watch every connection of this thread; `hosts` are the inside ones it may reach all the same."""
    if not _watching:
        _watching.append(True)
        sys.addaudithook(_asked)
    watch = Watch(frozenset(address for host in hosts for address in _addresses(host)))
    _here.watch = watch
    try:
        yield watch
    finally:
        _here.watch = None


def require_outside(text: str, allowed: Collection[str] = ()) -> None:
    """Inside where nobody may send us there. A name that is no address by now could not be asked about: refused."""
    try:
        address = _plain(ip_address(text.partition("%")[0]))
    except ValueError as error:
        raise Inside(f"{text[:60]} is no address") from error
    if address.is_link_local:
        raise Inside("the address is link-local")
    if not (address.is_global and not address.is_multicast) and str(address) not in allowed:
        raise Inside("the address lies inside the network")


def inside_problem() -> OutsideProblem:
    """What is told where an address was refused."""
    return OutsideProblem(
        "inside", "The address lies inside the network of this server.",
        "Nothing that is entered in a page may reach in there by itself.",
        "Whoever runs the server names the host in OARLOCK_INSIDE_HOSTS where that is meant.", permanent=True,
    )  # fmt: skip


def _asked(event: str, details: tuple[object, ...]) -> None:
    """Python tells of every connection before it is made; what is raised here keeps it from being made."""
    watch = _here.watch
    if event not in CONNECTING or watch is None:
        return
    target = details[1] if len(details) > 1 else None
    try:
        require_outside(str(target[0]) if isinstance(target, tuple) else "", watch.allowed)
    except Inside:
        watch.refused = True
        raise


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The address that is really reached: mapped, translated and tunnelled ones unwrapped."""
    if isinstance(address, IPv4Address):
        return address
    if address in TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _addresses(host: str) -> Iterator[str]:
    try:
        found = getaddrinfo(host.strip("[]"), None, proto=IPPROTO_TCP)
    except (gaierror, UnicodeError):
        return
    yield from (str(_plain(ip_address(str(where[0]).partition("%")[0]))) for *_, where in found)
