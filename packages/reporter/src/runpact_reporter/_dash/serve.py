"""The dashboard as an ASGI application: the same pages as the static site, from disk at each request; read only.

Invariants: it keeps nothing between requests; nothing outside the dash folders is read for ``/api/`` and ``/files/``;
whatever goes wrong is an answer, never an exception, so a request cannot end the server. At most `AT_ONCE` requests
read the disk at the same time, in threads; a file is sent piece by piece. It knows nothing of sockets: `_listen` does.
"""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from runpact_core.errors import InvalidArtifact, MissingArtifact, RunpactError, UsageFailure
from runpact_reporter._dash import _answers, _api, _guard
from runpact_reporter._dash._answers import Answer, Asked

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping, Sequence

    from runpact_reporter._dash._model import Project

    Message = MutableMapping[str, Any]
    Send = Callable[[Message], Awaitable[None]]
    Pages = Callable[[Sequence[Project], str, float], tuple[str, bytes] | None]

__all__ = ["AT_ONCE", "Application"]

AT_ONCE = 4
"""How many requests read the disk at the same time."""

_PIECE = 1 << 16
_SHOWN = ("text/", "image/png", "image/jpeg", "image/gif", "image/webp")


class Application:
    """The server's decisions, callable as ASGI 3.

    Args:
        projects: Whose fleets are shown.
        port: The port it is reached at, which the names in requests must state.
        clock: Gives seconds since 1970.
        pages: Gives one file of the site, as `_site.render_page`.
        log: Told of each request: method, path as it was sent, status. A failure that nobody foresaw is told too.
    """

    def __init__(
        self,
        projects: Sequence[Project],
        port: int,
        clock: Callable[[], float],
        pages: Pages,
        log: Callable[[str], object] = len,
    ) -> None:
        self._projects = projects
        self._port = port
        self._clock = clock
        self._pages = pages
        self._log = log
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="dash")

    async def __call__(self, scope: Message, _receive: Callable[[], Awaitable[Message]], send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        asked = Asked(scope["method"], scope["raw_path"], scope["query_string"], tuple(scope["headers"]))
        answer = await asyncio.get_running_loop().run_in_executor(self._threads, self.answer, asked)
        self._log(f"{answer.status} {asked.method} {asked.path.decode('latin-1')}")
        await _sent(answer, send, headers_only=asked.method == "HEAD" or answer.status == 304)

    def answer(self, asked: Asked) -> Answer:
        """The answer to a request. Closes no descriptor that it hands out."""
        try:
            answer = _guard.refusal(asked, self._port) or self._found(asked)
        except RunpactError as error:
            answer = _answers.failure(error)
            is_page = not asked.path.startswith((b"/api/", b"/files/"))
            return _answers.readable(answer) if is_page and _reads_html(asked) else answer
        except Exception as error:  # noqa: BLE001 - a fault of ours must not end the server; it is told
            self._log(f"fault: {type(error).__name__}: {error}")
            return _answers.problem(500, "this page could not be made", code="internal")
        if not _answers.unchanged(asked, answer):
            return answer
        if answer.fd is not None:
            os.close(answer.fd)
        left_out = {"content-length", "content-type", "content-disposition"}
        return Answer(304, tuple(each for each in answer.headers if each[0] not in left_out))

    def _found(self, asked: Asked) -> Answer:
        parts = _guard.parts_of(asked.path)
        if parts[:1] in (["api"], ["files"]):
            query = _query(asked.query)
            dash = self._dash(query.get("project", "1"))
            return _api.answer_api(dash, parts[1:], query) if parts[0] == "api" else _api.answer_file(dash, parts[1:])
        page = self._pages(self._projects, "/".join(parts), self._clock())
        if page is None:
            raise MissingArtifact("/" + "/".join(parts))
        kind, body = page
        if parts[:1] != ["f"]:
            return _answers.content(kind, body, _answers.PAGE)
        shown = "inline" if kind.startswith(_SHOWN) else "attachment"
        return _answers.content(kind, body, _answers.FILE, (("content-disposition", shown),))

    def _dash(self, number: str) -> str:
        if not (number.isascii() and number.isdigit() and len(number) < 6 and 0 < int(number) <= len(self._projects)):
            raise UsageFailure(f"project is not a whole number from 1 to {len(self._projects)}")
        return self._projects[int(number) - 1].dash


def _reads_html(asked: Asked) -> bool:
    """Whether a browser asks for a page."""
    return any("text/html" in stated for stated in asked.values(b"accept"))


def _query(raw: bytes) -> dict[str, str]:
    try:
        fields = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=10)
    except ValueError:
        raise UsageFailure("the query cannot be read") from None
    if len(found := dict(fields)) < len(fields):
        raise UsageFailure("the query says one thing twice")
    return found


async def _sent(answer: Answer, send: Send, *, headers_only: bool) -> None:
    """Send an answer, and close its file whatever happens."""
    try:
        headers = [(name.encode("ascii"), value.encode("ascii")) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        left = 0 if headers_only or answer.fd is None else answer.size
        while left:
            piece = await asyncio.to_thread(os.read, answer.fd or 0, min(_PIECE, left))
            if not piece:
                raise InvalidArtifact("the file became shorter while it was sent")  # the connection ends with it
            left -= len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"" if headers_only else answer.body})
    finally:
        if answer.fd is not None:
            os.close(answer.fd)
