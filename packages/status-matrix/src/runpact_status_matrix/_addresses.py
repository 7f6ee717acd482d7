"""Which addresses a fetch may connect to, judged after the name was resolved, so no spelling of one gets around it.

A name is resolved once per connection, and the connection goes to the address that was judged here: a name that says
something else a moment later gains nothing.
"""

from __future__ import annotations

import queue
import socket
import threading
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Peer", "judge", "peers_of"]

Reach = Literal["public", "private", "never"]

_MOST = 8  # addresses of one name that are looked at
# Services of clouds that answer to whatever runs on the machine; some have addresses that are public by their range.
_METADATA = {ip_address(text) for text in ("100.100.100.200", "168.63.129.16", "fd00:ec2::254")}
# What the standard library calls global in some of its versions, and what leads to IPv4 addresses by another name.
_NOT_PUBLIC = tuple(
    ip_network(text)
    for text in (
        *("192.0.0.0/24", "192.88.99.0/24", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/23", "3fff::/20"),
        *("::/96", "100::/64", "5f00::/16", "fec0::/10"),
    )
)
_PRIVATE = tuple(
    ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)


class Peer(NamedTuple):
    """An address to connect to.

    Attributes:
        family: Of its socket.
        address: As `socket.socket.connect` takes it.
        reach: How it was judged.
        loopback: Whether it is this machine.
    """

    family: int
    address: Any
    reach: Reach
    loopback: bool


def judge(text: str) -> Reach:
    """What an address is, in the form that the system writes: ``public``; ``private``, loopback included; or ``never``.

    ``never`` are those that no report comes from and that are worth an attack: link-local ones (the metadata services
    of clouds are among them), multicast, unspecified and reserved ones, and those that carry an IPv4 address under
    another name (mapped, translated, tunnelled).
    """
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return "never"  # first: newer Pythons judge these as the IPv4 address that they carry
    if address in _METADATA or address.is_link_local or address.is_multicast or address.is_unspecified:
        return "never"
    if address.is_loopback:
        return "private"
    if address.is_reserved or any(address in network for network in _NOT_PUBLIC):
        return "never"
    if address.is_global:
        return "public"
    return "private" if any(address in network for network in _PRIVATE) else "never"


def peers_of(host: str, port: int, resolve: Callable[..., list[Any]], timeout_s: float) -> tuple[Peer, ...]:
    """The addresses of a host, judged, in the resolver's order.

    Raises:
        TimeoutError: The name was not resolved in its time.
        OSError: It is not known.
        UnicodeError: No name of a host is like that.
    """
    found = _in_time(lambda: resolve(host, port, type=socket.SOCK_STREAM), timeout_s)
    peers = [
        Peer(family, address, judge(address[0]), ip_address(address[0].partition("%")[0]).is_loopback)
        for family, _, _, _, address in found
        if family in {socket.AF_INET, socket.AF_INET6}
    ]
    return tuple(dict.fromkeys(peers[:_MOST]))


def _in_time(work: Callable[[], list[Any]], timeout_s: float) -> list[Any]:
    """The result of what cannot be told to stop; a thread that is too late is left to end by itself."""
    box: queue.SimpleQueue[list[Any] | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            box.put(work())
        except Exception as error:  # noqa: BLE001 - raised again where it was asked for
            box.put(error)

    threading.Thread(target=run, daemon=True, name="resolve").start()
    try:
        result = box.get(timeout=timeout_s)
    except queue.Empty:
        raise TimeoutError("the name was not resolved in time") from None
    if isinstance(result, Exception):
        raise result
    return result
