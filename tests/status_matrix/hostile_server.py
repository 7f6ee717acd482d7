"""A release API on this machine, over real TCP and TLS, that lies and misbehaves on request.

    with HostileServer() as server:
        address = server.release("rust", report)  # an honest release; options make it a lie
        server.play("/repos/rust/releases/latest", status(500), server.scripts[...])

Each path has steps; every request takes the next one, and the last one stays. A step is a function that writes raw
bytes to the connection. Steps that wait do so until the client has gone or the server closes, so nothing outlives a
test. `Pretence` gives hosts public addresses that lead here, so that what is public and what is not can be told apart.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import socket
import socketserver
import ssl
import threading
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import trustme

from runpact_status_matrix._policy import Outside

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Step = Callable[["Exchange"], None]

__all__ = ["ASSET", "Authority", "Exchange", "HostileServer", "Pretence", "Seen"]

ASSET = "runner-status-report-v1.json"
PUBLISHED = "2026-01-19T06:00:00Z"


class Seen(NamedTuple):
    """One request that arrived.

    Attributes:
        path: With its query.
        headers: By their names in small letters.
    """

    path: str
    headers: dict[str, str]


class Exchange:
    """A connection with its request, for a step to answer."""

    def __init__(self, sock: socket.socket, seen: Seen, server: HostileServer) -> None:
        self.sock = sock
        self.seen = seen
        self.server = server

    def send(self, data: bytes) -> bool:
        """Write bytes; False where the client has gone or the server closes."""
        try:
            self.sock.sendall(data)
        except OSError:
            return False
        self.server.sent += len(data)
        return not self.server.closing.is_set()

    def head(self, code: int = 200, length: int | None = None, **headers: Any) -> bool:
        """Write the head of an answer; underscores in names of headers stand for hyphens."""
        lines = [f"HTTP/1.1 {code} Said", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
        if length is not None:
            lines.append(f"Content-Length: {length}")
        return self.send("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1"))

    def wait(self, seconds: float | None = None) -> bool:
        """Do nothing, until the server closes at the latest; whether it still is open."""
        return not self.server.closing.wait(seconds)


def reply(body: bytes = b"", code: int = 200, **headers: Any) -> Step:
    """An answer as it should be."""

    def step(exchange: Exchange) -> None:
        exchange.head(code, len(body), **headers)
        exchange.send(body)

    return step


def revalidated(body: bytes, etag: str, **headers: Any) -> Step:
    """An answer with an ETag, and 304 to whoever has it."""

    def step(exchange: Exchange) -> None:
        if exchange.seen.headers.get("if-none-match") == etag:
            exchange.head(304, ETag=etag, **headers)
        else:
            reply(body, ETag=etag, **headers)(exchange)

    return step


def redirect(location: str, code: int = 302) -> Step:
    """An answer that leads elsewhere."""
    return reply(code=code, Location=location)


def late(seconds: float, then: Step) -> Step:
    """An answer after some time."""

    def step(exchange: Exchange) -> None:
        if exchange.wait(seconds):
            then(exchange)

    return step


def raw(data: bytes) -> Step:
    """These bytes, then the end of the connection."""

    def step(exchange: Exchange) -> None:
        exchange.send(data)

    return step


def cut(body: bytes, stated: int) -> Step:
    """An answer that announces another size than it has."""

    def step(exchange: Exchange) -> None:
        exchange.head(200, stated)
        exchange.send(body)

    return step


def stall(prefix: bytes = b"") -> Step:
    """Some bytes of an answer, then silence."""

    def step(exchange: Exchange) -> None:
        exchange.send(prefix)
        exchange.wait()

    return step


def drip(prefix: bytes, piece: bytes = b"x", every_s: float = 0.01) -> Step:
    """Some bytes of an answer, then piece after piece for ever."""

    def step(exchange: Exchange) -> None:
        open_ = exchange.send(prefix)
        while open_ and exchange.wait(every_s):
            open_ = exchange.send(piece)

    return step


def endless(prefix: bytes, piece: bytes = b" " * 65536) -> Step:
    """Some bytes of an answer, then more as fast as they are taken, for ever."""

    def step(exchange: Exchange) -> None:
        open_ = exchange.send(prefix)
        while open_:
            open_ = exchange.send(piece)

    return step


HEAD = b"HTTP/1.1 200 Said\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
ANNOUNCED = HEAD + b"Content-Length: 1000\r\n\r\n"


def gzip_bomb(unpacked: int = 50 << 20) -> Step:
    """A small body that is a large one when it is unpacked."""
    return reply(gzip.compress(bytes(unpacked), 1), Content_Encoding="gzip")


class Authority:
    """An authority that proves who servers are, and the certificate of those in the tests."""

    def __init__(self, folder: Path, *names: str) -> None:
        made = trustme.CA()
        self.ca_file = str(folder / "authority.pem")
        made.cert_pem.write_to_path(self.ca_file)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.issue_cert("localhost", "127.0.0.1", *names).configure_cert(self.context)


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024
    hostile: HostileServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that refuse us are what the tests are about."""


class _Handler(socketserver.BaseRequestHandler):
    server: _Listener

    def handle(self) -> None:
        hostile, sock = self.server.hostile, self.request
        if hostile.mute:
            hostile.closing.wait()
            return
        if hostile.authority is not None:
            try:
                sock = hostile.authority.context.wrap_socket(sock, server_side=True)
            except OSError:
                return
        with contextlib.suppress(OSError), sock:
            seen = _read_request(sock)
            if seen is None:
                return
            with hostile.lock:
                hostile.seen.append(seen)
                steps = hostile.scripts.get(seen.path, [reply(b"{}", 404)])
                step = steps.pop(0) if len(steps) > 1 else steps[0]
            step(Exchange(sock, seen, hostile))


def _read_request(sock: socket.socket) -> Seen | None:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = sock.recv(65536)
        if not piece:
            return None
        head += piece
        if head.startswith(b"\x16"):  # TLS, spoken to us in vain
            sock.sendall(b"HTTP/1.1 400 Said\r\n\r\n")
            return None
    first, *lines = head.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Seen(first.split(" ")[1], {name.lower(): value.strip() for name, _, value in pairs})


class HostileServer:
    """A server with a script for each path; 404 for all others.

    Args:
        authority: Who proves who it is; None for plain http.
        mute: Accept connections and say nothing, not even TLS.

    Attributes:
        port: Where it listens, on 127.0.0.1.
        seen: The requests, in the order in which they arrived.
        sent: How many bytes left for clients.
    """

    def __init__(self, authority: Authority | None = None, *, mute: bool = False) -> None:
        self.authority = authority
        self.mute = mute
        self.scripts: dict[str, list[Step]] = {}
        self.seen: list[Seen] = []
        self.sent = 0
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self._listener = _Listener(("127.0.0.1", 0), _Handler)
        self._listener.hostile = self
        self.port: int = self._listener.server_address[1]
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and let go of whoever waits."""
        self.closing.set()
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """The address of a path here, under any name."""
        return f"{'https' if self.authority else 'http'}://{host}:{self.port}{path}"

    def play(self, path: str, *steps: Step) -> None:
        """What requests of a path get: one step each, the last one for ever."""
        self.scripts[path] = list(steps)

    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [seen.path for seen in self.seen]

    def release(
        self,
        runner: str,
        report: bytes,
        *,
        host: str = "127.0.0.1",
        tag: str = "v1.0.0",
        latency_s: float = 0,
        asset: dict[str, Any] | None = None,
        more: list[dict[str, Any]] | None = None,
        release: dict[str, Any] | None = None,
    ) -> str:
        """Play a release with one report, and give the address of its metadata.

        Args:
            runner: Part of the paths.
            report: The asset's bytes.
            host: The name under which the asset is announced.
            tag: The release's.
            latency_s: Seconds before each answer.
            asset: Fields of the asset's metadata that are other than they should be; None takes one out.
            more: Metadata of further assets.
            release: Fields of the release that are other than they should be.
        """
        download = f"/download/{runner}/{tag}/{ASSET}"
        described = {
            "name": ASSET,
            "state": "uploaded",
            "size": len(report),
            "digest": f"sha256:{hashlib.sha256(report).hexdigest()}",
            "browser_download_url": self.url(download, host),
        } | (asset or {})
        assets = [{name: value for name, value in described.items() if value is not None}, *(more or [])]
        metadata = {"tag_name": tag, "published_at": PUBLISHED, "assets": assets} | (release or {})
        path = f"/repos/{runner}/releases/latest"
        answers = ((path, reply(json.dumps(metadata).encode())), (download, reply(report)))
        for place, answer in answers:
            self.play(place, late(latency_s, answer) if latency_s else answer)
        return self.url(path, host)


class Pretence:
    """Hosts with addresses of our choice: what is dialled at a public one arrives here, at the same port.

    Args:
        hosts: Name → addresses; each look-up of a name takes the next one of several lists.
    """

    def __init__(self, **hosts: str) -> None:
        self.hosts: dict[str, list[list[str]]] = {name.replace("_", "."): [[text]] for name, text in hosts.items()}
        self.asked: list[str] = []
        self.dialled: list[str] = []
        self.slept: list[float] = []

    def resolve(self, host: str, port: int, **_: Any) -> list[Any]:
        """As `socket.getaddrinfo`; names that are not ours are looked up where they always are."""
        self.asked.append(host)
        lists = self.hosts.get(host)
        if lists is None:
            return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        texts = lists.pop(0) if len(lists) > 1 else lists[0]
        return [
            (socket.AF_INET6 if ":" in text else socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, port))
            for text in texts
        ]

    def dial(self, sock: socket.socket, address: Any) -> None:
        """As `socket.socket.connect`."""
        self.dialled.append(address[0])
        sock.connect(("127.0.0.1", address[1]))

    def outside(self, **changes: Any) -> Outside:
        """All that a fetch takes from the outside; waiting between attempts takes no time."""
        made = Outside(sleep=self.slept.append, jitter=lambda: 1.0, resolve=self.resolve, dial=self.dial)
        return made._replace(**changes)
