"""Connections that go to judged addresses, and whose every read is held to the time, rate and size of its source.

Invariants:

* A connection is opened to an address that `_addresses` judged, never by name; TLS still asks for the name.
* Each read from a socket waits as long as the silence limit and the source's deadline allow, whoever reads (status
  line, headers, sizes of chunks, body): a server that drips lasts no longer than one that is silent.
* What comes off the wire is bounded, whatever the answer says of its size.

No proxy, no ``.netrc`` and no setting of another program is used.
"""

from __future__ import annotations

import socket
import ssl
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from urllib3.connection import HTTPConnection, HTTPSConnection

from runpact_core.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runpact_status_matrix._addresses import Peer
    from runpact_status_matrix._policy import Deadline, Outside, Settings

__all__ = ["Pace", "Route", "connection", "tls_context"]

_AROUND = 1 << 20  # bytes off the wire that may surround a body: headers, sizes of chunks


class Pace:
    """What one answer may take, asked before and after each read.

    Attributes:
        stopped: The failure and its sentence, once a limit was met.
    """

    def __init__(self, settings: Settings, deadline: Deadline, monotonic: Callable[[], float]) -> None:
        self.stopped: tuple[str, str] | None = None
        self._settings = settings
        self._deadline = deadline
        self._monotonic = monotonic
        self._first_s: float | None = None
        self._received = 0

    def end(self) -> None:
        """Be told that a wait was too long: where the source's time is over with it, that is the limit it met."""
        if self._deadline.left() <= 0:
            self._stop("timeout", f"it was not done after {self._settings.total_s:g} s")

    def wait_s(self, most_s: float) -> float:
        """Seconds that the next step may wait, at most so many.

        Raises:
            TimeoutError: None, or the answer is slower than it may be.
        """
        settings, left = self._settings, self._deadline.left()
        if left <= 0:
            raise self._stop("timeout", f"it was not done after {settings.total_s:g} s")
        if self._first_s is not None:
            lasted = self._monotonic() - self._first_s
            if lasted > settings.grace_s and self._received < settings.least_rate * lasted:
                raise self._stop("timeout", f"it sent {self._received} bytes in {lasted:.1f} s, which is too slow")
        return min(most_s, left)

    def read(self, into: Callable[..., int], sock: socket.socket, args: tuple[Any, ...]) -> int:
        """Read once, in time."""
        sock.settimeout(self.wait_s(self._settings.read_s))
        count = into(*args)
        if self._first_s is None:
            self._first_s = self._monotonic()
        self._received += count
        if self._received > 2 * self._settings.max_bytes + _AROUND:
            raise self._stop("too-large", f"it sent {self._received} bytes, and would send more")
        return count

    def _stop(self, failure: str, message: str) -> TimeoutError:
        self.stopped = self.stopped or (failure, message)
        return TimeoutError(message)


class _Socket(socket.socket):
    pace: Pace

    def recv_into(self, *args: Any) -> int:
        return self.pace.read(super().recv_into, self, args)


class _TlsSocket(ssl.SSLSocket):
    pace: Pace

    def recv_into(self, *args: Any) -> int:
        return self.pace.read(super().recv_into, self, args)


class Route:
    """The way to one host.

    Attributes:
        peer: The address that was connected to; the first one before that.
        pace: Holds the answer to its limits.
        sock: The socket of the connection, once there is one.
    """

    def __init__(self, peers: Sequence[Peer], pace: Pace, settings: Settings, outside: Outside) -> None:
        self.peer = peers[0]
        self.pace = pace
        self.sock: socket.socket | None = None
        self._peers = peers
        self._connect_s = settings.connect_s
        self._dial = outside.dial

    def open(self) -> socket.socket:
        """A connected socket; its time limit is that of the TLS handshake to come.

        Raises:
            OSError: No address could be connected to; of the last one.
        """
        last: OSError = OSError("no address")
        for peer in self._peers:
            wait_s = self.pace.wait_s(self._connect_s)
            sock = _Socket(peer.family, socket.SOCK_STREAM)
            sock.pace = self.pace
            try:
                sock.settimeout(wait_s)
                self._dial(sock, peer.address)
                sock.settimeout(self.pace.wait_s(self._connect_s))
            except OSError as error:
                sock.close()
                last = error
                continue
            self.peer, self.sock = peer, sock
            return sock
        raise last

    def close(self) -> None:
        """Let go of the descriptor, also where an answer that failed half-way still holds a reader of it."""
        if self.sock is not None and (descriptor := self.sock.detach()) != -1:
            socket.close(descriptor)


class _Plain(HTTPConnection):
    route: Route

    def _new_conn(self) -> socket.socket:
        return self.route.open()


class _Secure(HTTPSConnection):
    route: Route

    def _new_conn(self) -> socket.socket:
        return self.route.open()

    def connect(self) -> None:
        super().connect()
        self.route.sock = self.sock
        cast(_TlsSocket, self.sock).pace = self.route.pace  # the handshake reads without, inside its time limit


def connection(scheme: str, host: str, port: int, route: Route, settings: Settings) -> HTTPConnection:
    """A connection that is not open yet; it opens along the route with its first request."""
    made: _Plain | _Secure
    if scheme == "https":
        made = _Secure(host, port, timeout=settings.read_s, ssl_context=tls_context(settings.ca_file))
    else:
        made = _Plain(host, port, timeout=settings.read_s)
    made.route = route
    return made


@cache
def tls_context(ca_file: str | None) -> ssl.SSLContext:
    """How servers prove who they are: to the system's authorities, or to those of the file alone.

    Raises:
        ConfigurationError: The file is not there, or holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        what = f"{ca_file} cannot be used as a file of authorities: {error.strerror or error}"
        raise ConfigurationError(what, hint="name a file of certificates in PEM") from error
    context.sslsocket_class = _TlsSocket
    return context
