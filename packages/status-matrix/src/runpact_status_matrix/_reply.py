"""What an HTTP answer means, read from its status and headers. Pure.

Nothing that a server wrote is repeated in a sentence: statuses are numbers, addresses are shown without what may be a
secret in them (user, password, query, fragment).
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from urllib3.exceptions import LocationParseError
from urllib3.util.url import parse_url

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Answer", "HttpFailed", "Place", "failure_of", "place_of", "retry_after", "shown", "stated_length"]

_PORTS = {"http": 80, "https": 443}
_PASSING = {408, 425, 429, 500, 502, 503, 504}  # statuses after which the same request may succeed
_MOST_SHOWN = 500


class HttpFailed(Exception):
    """A request that gave no answer of use.

    Args:
        failure: A slug of `_model.FAILURES`.
        message: One sentence, without the address.
        url: Where, as `shown` shows it.
        again: Whether the same request may succeed a moment later.
        retry_after_s: Seconds that the server asks to wait, or None.
        details: As `Failed.details`.
    """

    def __init__(  # noqa: PLR0913 - an error whose parts become fields of a value
        self,
        failure: str,
        message: str,
        url: str,
        *,
        again: bool = False,
        retry_after_s: int | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.failure = failure
        self.message = message
        self.url = url
        self.again = again
        self.retry_after_s = retry_after_s
        self.details: dict[str, Any] = dict(details or {})


class Answer(NamedTuple):
    """The answer to a request.

    Attributes:
        data: The body; of what was kept, where the server says that it still holds.
        url: Where it came from in the end, as `shown` shows it.
        origin: Scheme, host and port of that place.
        etag: What the server calls this state of the body, or None.
        last_modified: Since when it has it, as the server writes it, or None.
        public: Whether an address that is public took part.
        from_cache: Whether the body is the one that was kept.
    """

    data: bytes
    url: str
    origin: str
    etag: str | None
    last_modified: str | None
    public: bool
    from_cache: bool


class Place(NamedTuple):
    """An http(s) URL, taken apart once for everything that judges or uses it.

    Attributes:
        scheme: ``http`` or ``https``.
        host: Lower case; an IPv6 address without brackets.
        port: The stated one, or the scheme's.
        target: What the request line names: path and query.
        origin: ``scheme://host:port``.
        url: All of it, without fragment.
        shown: For people and logs: see `shown`.
    """

    scheme: str
    host: str
    port: int
    target: str
    origin: str
    url: str
    shown: str


def place_of(url: str) -> Place:
    """The parts of a URL.

    Raises:
        HttpFailed: It is not http(s), holds user and password, or has characters that URLs do not have.
    """
    if not url.isascii() or not url.isprintable() or {" ", "\\"} & set(url):
        raise HttpFailed("redirect-refused", "the address has characters that no URL has", shown(url))
    try:
        parts = parse_url(url)
    except (LocationParseError, ValueError):
        raise HttpFailed("redirect-refused", "the address is no URL", shown(url)) from None
    scheme, host = (parts.scheme or "").lower(), (parts.host or "").lower()
    if scheme not in _PORTS:
        what = f"addresses of the kind {scheme[:20]!r} are not followed" if scheme else "the address names no scheme"
        raise HttpFailed("redirect-refused", what, shown(url))
    if parts.auth is not None:
        raise HttpFailed("redirect-refused", "the address has a user or a password in it", shown(url))
    if not host or "%" in host or parts.port == 0:
        raise HttpFailed("redirect-refused", "the address names no host that can be asked", shown(url))
    port = parts.port or _PORTS[scheme]
    origin = f"{scheme}://{host}:{port}"
    return Place(
        scheme, host.strip("[]"), port, parts.request_uri, origin, parts._replace(fragment=None).url, shown(url)
    )


def shown(url: str) -> str:
    """A URL as it may stand in a log: without user, password, query and fragment, printable, of bounded length."""
    text = url.partition("#")[0].partition("?")[0]
    scheme, mark, rest = text.partition("://")
    if mark:
        host, slash, path = rest.partition("/")
        text = f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
    clean = "".join(each if each.isascii() and each.isprintable() and each != " " else "?" for each in text)
    return clean[:_MOST_SHOWN]


def retry_after(value: str | None, now_s: float) -> int | None:
    """What a ``Retry-After`` asks for, in whole seconds from now; None where there is none, or nobody can read it."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:12]), 10**10)
    try:
        moment = parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return max(0, round(moment - now_s))


def failure_of(status: int, headers: Mapping[str, str], place: Place, now_s: float) -> HttpFailed:
    """What a status that brings no report is.

    A forbidden answer of an API whose limit is used up is a request to come back when the limit is renewed.
    """
    wait = retry_after(headers.get("retry-after"), now_s)
    used_up = status in {403, 429} and headers.get("x-ratelimit-remaining", "").strip() == "0"
    reset = headers.get("x-ratelimit-reset", "").strip()
    if wait is None and used_up and reset.isascii() and reset.isdigit():
        wait = min(max(0, int(reset[:12]) - round(now_s)), 10**10)
    limited = status == 429 or used_up or (status == 403 and wait is not None)
    again = limited or status in _PASSING
    return HttpFailed(
        "rate-limited" if limited else "http-error",
        f"it answered with HTTP status {status}",
        place.shown,
        again=again,
        retry_after_s=wait if again else None,
        details={"status": status},
    )


def stated_length(values: list[str], place: Place) -> int | None:
    """The ``Content-Length`` of an answer; None where there is none.

    Raises:
        HttpFailed: There are two that differ, or it is no number.
    """
    stated = {part.strip() for value in values for part in value.split(",")}
    if not stated:
        return None
    text = stated.pop()
    if stated or not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise HttpFailed("http-error", "it announced a size that is no size", place.shown)
    return int(text)
