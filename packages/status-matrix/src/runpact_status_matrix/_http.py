"""One GET over http(s), bounded in time, size and redirects, that goes only where it may.

Invariants (each a row of the tests against the hostile server):

* Redirects are followed by hand, each hop judged as the first: http and https alone, never from https to http, and
  only to addresses that may be reached. Once a public address took part, the rest of the way is public.
* Plain http is spoken to addresses that are not public, and to no other.
* The token goes to the origin (scheme, host, port) that the registry names, over https or to this machine, and to no
  hop after another origin took part. Nothing else that identifies us is sent.
* A body is what the server announced, is not packed, and is not larger than the limit; else there is no body.
"""

from __future__ import annotations

import ssl
from contextlib import closing, contextmanager
from http.client import HTTPException, IncompleteRead
from socket import EAI_NONAME, gaierror
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

from urllib3 import exceptions as urllib3_errors

from runpact_status_matrix import _wire
from runpact_status_matrix._addresses import peers_of
from runpact_status_matrix._reply import Answer, HttpFailed, failure_of, place_of, stated_length
from runpact_status_matrix._version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from urllib3.response import HTTPResponse

    from runpact_status_matrix._addresses import Peer
    from runpact_status_matrix._policy import Deadline, Outside, Settings, Token
    from runpact_status_matrix._reply import Place
    from runpact_status_matrix._wire import Route

__all__ = ["Known", "Request", "get"]

_NEVER = "is not one to be reached, whatever is allowed"
_REDIRECTS = {301, 302, 303, 307, 308}
_PIECE = 1 << 16
# What an error means, the first that fits: kinds, failure, sentence, whether asking again makes sense.
_MEANINGS: tuple[tuple[tuple[type[BaseException], ...], str, str, bool], ...] = (
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError), "connection-failed", "it closed the connection", True),
    ((ssl.SSLError, urllib3_errors.SSLError), "tls-failed", "it was not believed", False),
    ((TimeoutError, urllib3_errors.TimeoutError), "timeout", "it did not answer in time", True),
    ((gaierror,), "connection-failed", "its name is not known", True),
    ((UnicodeError,), "connection-failed", "no host has such a name", False),
    ((IncompleteRead,), "truncated", "it sent less than it announced", True),
    ((OSError,), "connection-failed", "there was no connection, or it broke", True),
)


class Known(NamedTuple):
    """An answer that was kept.

    Attributes:
        data: Its body.
        origin: Who gave it; only they are asked whether it still holds.
        etag: As of `Answer`.
        last_modified: As of `Answer`.
    """

    data: bytes
    origin: str
    etag: str | None
    last_modified: str | None


class Request(NamedTuple):
    """What is asked for.

    Attributes:
        url: Where.
        accept: The media types that are welcome.
        limit: The largest body, in bytes.
        private_ok: Whether addresses that are not public may be reached.
        token: The secret, or None.
        token_origin: Who may see it; as `Place.origin`.
        known: What was kept of an earlier answer, or None.
    """

    url: str
    accept: str
    limit: int
    private_ok: bool
    token: Token | None = None
    token_origin: str = ""
    known: Known | None = None


class _Hop(NamedTuple):
    place: Place
    number: int
    private_ok: bool
    token_ok: bool


def get(request: Request, settings: Settings, outside: Outside, deadline: Deadline) -> Answer:
    """The answer to a request, redirects followed.

    Raises:
        HttpFailed: There is none of use; ``details`` has ``redirects``, and ``status`` where there was one.
    """
    hop = _Hop(place_of(request.url), 0, request.private_ok, token_ok=True)
    try:
        while True:
            hop = hop._replace(token_ok=hop.token_ok and hop.place.origin == request.token_origin)
            found = _ask(hop, request, settings, outside, deadline)
            if isinstance(found, Answer):
                return found
            hop = found
    except HttpFailed as failed:
        failed.details.setdefault("redirects", hop.number)
        raise


def _ask(hop: _Hop, request: Request, settings: Settings, outside: Outside, deadline: Deadline) -> Answer | _Hop:
    """One exchange: its answer, or the next hop."""
    place = hop.place
    pace = _wire.Pace(settings, deadline, outside.monotonic)
    with _as_failures(place, pace):
        peers = _allowed(hop, peers_of(place.host, place.port, outside.resolve, pace.wait_s(settings.connect_s)))
        route = _wire.Route(peers, pace, settings, outside)
        made = _wire.connection(place.scheme, place.host, place.port, route, settings)
        with closing(route), closing(made) as connection:
            connection.connect()
            headers = _headers(hop, request, route)
            connection.request("GET", place.target, headers=headers, preload_content=False, decode_content=False)
            with closing(connection.getresponse()) as response:
                public = not hop.private_ok or route.peer.reach == "public"
                if response.status in _REDIRECTS:
                    return _next(hop, response, settings.redirects, private_ok=not public)
                return _answer(hop, request, response, outside.now(), public=public)


def _allowed(hop: _Hop, peers: tuple[Peer, ...]) -> tuple[Peer, ...]:
    """Those of the addresses that may be reached.

    Raises:
        HttpFailed: There is none.
    """
    place = hop.place
    allowed = {"public", "private"} if hop.private_ok else {"public"}
    found = tuple(peer for peer in peers if peer.reach in allowed)
    if not found:
        private = any(peer.reach == "private" for peer in peers)
        what = "is private: --allow-private reaches it, unless a public source leads to it" if private else _NEVER
        raise HttpFailed("address-refused", f"the address of {place.host[:100]} {what}", place.shown)
    if place.scheme == "https":
        return found
    near = tuple(peer for peer in found if peer.reach == "private")
    if not near:
        failure = "redirect-refused" if hop.number else "tls-failed"
        raise HttpFailed(failure, "plain http proves nothing, so it is not spoken to public addresses", place.shown)
    return near


def _headers(hop: _Hop, request: Request, route: Route) -> dict[str, str]:
    headers = {
        "Accept": request.accept,
        "Accept-Encoding": "identity",
        "Connection": "close",
        "User-Agent": f"runpact-status-matrix/{__version__}",
    }
    sheltered = hop.place.scheme == "https" or route.peer.loopback
    if request.token is not None and hop.token_ok and sheltered and request.token.is_for(hop.place.host):
        headers["Authorization"] = f"Bearer {request.token.value}"
    known = request.known
    if known is not None and known.origin == hop.place.origin:
        if known.etag:
            headers["If-None-Match"] = known.etag
        if known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
    return headers


def _next(hop: _Hop, response: HTTPResponse, most: int, *, private_ok: bool) -> _Hop:
    """Where a redirect leads."""
    location = response.headers.get("location", "").strip()
    if not location:
        details = {"status": response.status}
        raise HttpFailed("http-error", "it led elsewhere without saying where", hop.place.shown, details=details)
    try:
        url = urljoin(hop.place.url, location)
    except ValueError:
        raise HttpFailed("redirect-refused", "it led to what is no URL", hop.place.shown) from None
    place = place_of(url)
    if hop.number >= most:
        raise HttpFailed("too-many-redirects", f"it led on after {most} redirects", hop.place.shown)
    if hop.place.scheme == "https" and place.scheme == "http":
        raise HttpFailed("redirect-refused", "it led from https to http", place.shown)
    return hop._replace(place=place, number=hop.number + 1, private_ok=private_ok)


def _answer(hop: _Hop, request: Request, response: HTTPResponse, now_s: float, *, public: bool) -> Answer:
    place, headers, known = hop.place, response.headers, request.known
    if response.status == 304 and known is not None and known.origin == place.origin:
        return Answer(
            known.data, place.shown, place.origin, known.etag, known.last_modified, public=public, from_cache=True
        )
    if response.status != 200:
        raise failure_of(response.status, {name.lower(): value for name, value in headers.items()}, place, now_s)
    data = _body(response, request.limit, place)
    etag, changed = headers.get("etag"), headers.get("last-modified")
    return Answer(data, place.shown, place.origin, etag, changed, public=public, from_cache=False)


def _body(response: HTTPResponse, limit: int, place: Place) -> bytes:
    """The whole body.

    Raises:
        HttpFailed: It is packed, too large, or not what was announced.
    """
    packed = response.headers.get("content-encoding", "identity").strip().lower()
    transfer = response.headers.get("transfer-encoding", "chunked").strip().lower()
    if packed not in {"", "identity"} or transfer != "chunked":
        raise HttpFailed("encoding-refused", "it sent packed bytes, which were not asked for", place.shown)
    stated = stated_length(response.headers.getlist("content-length"), place)
    if stated is not None and stated > limit:
        what = f"it announced {stated} bytes, and at most {limit} are read"
        raise HttpFailed("too-large", what, place.shown, details={"status": 200})
    pieces: list[bytes] = []
    size = 0
    while piece := response.read(min(_PIECE, limit + 1 - size)):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            what = f"it sent more than the {limit} bytes that are read"
            raise HttpFailed("too-large", what, place.shown, details={"status": 200, "size_bytes": size})
    if stated is not None and size != stated:
        what = f"it sent {size} bytes and announced {stated}"
        raise HttpFailed("truncated", what, place.shown, again=True, details={"status": 200, "size_bytes": size})
    return b"".join(pieces)


@contextmanager
def _as_failures(place: Place, pace: _wire.Pace) -> Iterator[None]:
    """Turns what an exchange raises into `HttpFailed`."""
    try:
        yield
    except (OSError, HTTPException, urllib3_errors.HTTPError, UnicodeError) as error:
        if isinstance(error, TimeoutError | urllib3_errors.TimeoutError):
            pace.end()
        if pace.stopped is not None:
            failure, message = pace.stopped
            raise HttpFailed(failure, message, place.shown, again=failure == "timeout") from error
        raise _failure(error, place) from error


def _failure(error: Exception, place: Place) -> HttpFailed:
    """What an error of the network, the TLS library or the HTTP library is."""
    chain = [error, error.__cause__, *error.args]
    found = next((each for each in _MEANINGS if any(isinstance(link, each[0]) for link in chain)), None)
    if found is None:
        return HttpFailed("http-error", "it answered with what is not HTTP", place.shown)
    _, failure, message, again = found
    for each in chain:
        if isinstance(each, ssl.SSLCertVerificationError):
            message = f"{message}: {each.verify_message}"
            break
        if failure == "connection-failed" and isinstance(each, OSError) and each.errno:
            again = each.errno != EAI_NONAME if isinstance(each, gaierror) else again
            message = f"{message} (error {each.errno})"
            break
    return HttpFailed(failure, message, place.shown, again=again)
