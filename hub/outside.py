"""Whether an address lies outside: what others name for us to call must never lead into our own network.

A name is resolved first and only then connected to, at the very address that was looked at, so it cannot
point inward on its second look-up. Hosts of one's own network are named by the setting HUB_INWARD_HOSTS.
Source: OWASP, server-side request forgery; domain.md §6 (media).
"""

import ipaddress
import socket
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from hub.errors import BadInput

Resolve = Callable[[str, int], list[str]]
PORTS = {"http": 80, "https": 443}


class Inward(Exception):
    """This address leads into our own network."""


class NoAddress(Exception):
    """This URL names no host that can be called."""


def dialled(url: str, allowed: Collection[str] = (), resolve: Resolve | None = None) -> str:
    """The address behind this URL's host, if every address behind it lies outside, or its host is allowed.

    `allowed` holds hosts, or host:port. Raises NoAddress, Inward, and OSError where the name is not found.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        raise NoAddress("the address cannot be read") from None
    if not host or not port:
        raise NoAddress("the address cannot be read")
    found = (resolve or addresses)(host, port)
    if not found:
        raise OSError("no address")
    is_allowed = host in allowed or f"{host}:{port}" in allowed
    if not is_allowed and not all(is_outside(one) for one in found):
        raise Inward("the address points inside our own network")
    return found[0]


def refuse_inward(
    field: str, url: str, allowed: Collection[str] = (), resolve: Resolve | None = None
) -> None:
    """Refuse to keep an address that leads inward.

    A name that is not found now is looked at when it is called. Asks the name server, so never within a
    transaction. Raises BadInput naming the field.
    """
    try:
        dialled(url, allowed, resolve)
    except Inward:
        raise BadInput(field, "the address points inside our own network") from None
    except NoAddress:
        raise BadInput(field, "the address cannot be read") from None
    except OSError:
        return


def is_outside(said: str) -> bool:
    """Whether this address belongs to the internet at large, in whatever form it is written."""
    try:
        address = ipaddress.ip_address(said.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return is_outside(str(inner))
    return address.is_global and not address.is_multicast


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address an IPv6 one leads to: mapped, 6to4, Teredo, or through a NAT64 gateway."""
    if address.teredo:
        return address.teredo[1]
    if address in NAT64 or address in COMPATIBLE:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
COMPATIBLE = ipaddress.IPv6Network("::/96")


def addresses(host: str, port: int) -> list[str]:
    """Every address behind this name. Raises OSError where there is none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise OSError("no such name") from None
    return list(dict.fromkeys(str(row[4][0]) for row in found))
