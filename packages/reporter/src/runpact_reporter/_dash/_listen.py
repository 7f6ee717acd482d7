"""The socket of the server, and what one connection may take of it. The only module that imports uvicorn.

Invariants: it listens on 127.0.0.1 alone. A connection that does not bring a whole request within `REQUEST_S`, or does
not take what is sent for `STALL_S`, is dropped; of more than `CONNECTIONS`, the one that has waited longest for a
request is. Headers that have not ended have at most `HEADER_BYTES`; `_guard` refuses those that end beyond it.
"""

from __future__ import annotations

import errno
import os
import socket
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from runpact_core.errors import EnvironmentFailed
from runpact_reporter._dash._guard import HEADER_BYTES

if TYPE_CHECKING:
    import asyncio

    from runpact_reporter._dash.serve import Application

__all__ = ["ADDRESS", "CONNECTIONS", "REQUEST_S", "STALL_S", "bound", "configuration", "run"]

ADDRESS = "127.0.0.1"
CONNECTIONS = 256
REQUEST_S = 10.0
STALL_S = 30.0
_KEEP_ALIVE_S = 5
_BACKLOG = 512


def bound(port: int) -> socket.socket:
    """A listening socket; port 0 is a free one.

    Raises:
        EnvironmentFailed: The port is taken, or not for us.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere it lets two share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((ADDRESS, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        hint = "choose another with --port, or 0 for a free one" if error.errno in _TAKEN else None
        raise EnvironmentFailed(f"listening on {ADDRESS}:{port}", error, hint=hint) from error
    return listener


_TAKEN = {errno.EADDRINUSE, errno.EACCES}


def run(application: Application, listener: socket.socket) -> None:
    """Answer until a signal comes. Ctrl-C leaves as `KeyboardInterrupt`."""
    uvicorn.Server(configuration(application)).run(sockets=[listener])


def configuration(application: Application) -> uvicorn.Config:
    """The server's settings: HTTP/1.1 alone, quiet, with the limits of this module."""
    return uvicorn.Config(
        application,
        http=_Connection,
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=2,
        h11_max_incomplete_event_size=HEADER_BYTES,
    )


_waiting: dict[_Connection, None] = {}


class _Connection(H11Protocol):
    """A connection with limits of time, which the server itself does not have."""

    _timer: asyncio.TimerHandle | None = None
    _stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > CONNECTIONS and _waiting:
            oldest = next(iter(_waiting))
            oldest._drop()  # noqa: SLF001 - of this class

    def connection_lost(self, exc: Exception | None) -> None:
        self._asked()
        self._moving()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not getattr(self.cycle, "response_complete", True):  # there is none before the first request
            self._asked()

    def on_response_complete(self) -> None:
        self._wait()
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stall = self._stall or self.loop.call_later(STALL_S, self._drop)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._moving()

    def _wait(self) -> None:
        """A request is due."""
        self._asked()
        _waiting[self] = None
        self._timer = self.loop.call_later(REQUEST_S, self._drop)

    def _asked(self) -> None:
        """No request is due any more."""
        _waiting.pop(self, None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _moving(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _drop(self) -> None:
        _waiting.pop(self, None)
        self.transport.abort()
