"""What a fetch may take, and what it takes from the outside. Values, but for `token_from`'s refusal.

The limits of one source, all published here: `Settings` says how long, how much, how often and where to. A token knows
the hosts that it may be shown to, and nothing prints it.
"""

from __future__ import annotations

import random
import socket
import time
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from runpact_core.documents import MAX_BYTES
from runpact_core.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["OUTSIDE", "Deadline", "Outside", "Settings", "Token", "proxies_from", "token_from"]

OWN_TOKEN = "RUNPACT_STATUS_TOKEN"  # noqa: S105 - the name of a variable
GITHUB_TOKEN = "GITHUB_TOKEN"  # noqa: S105 - same
GITHUB_API = "https://api.github.com"
_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


class Token:
    """A secret for a release API, and who may see it.

    Args:
        value: The secret.
        host: The one host that it is for; None for any host that the registry names.
    """

    __slots__ = ("host", "value")

    def __init__(self, value: str, host: str | None = None) -> None:
        self.value = value
        self.host = host

    def __repr__(self) -> str:
        """Who may see it, and nothing of it."""
        return f"Token(host={self.host!r})"

    def is_for(self, host: str) -> bool:
        """Whether a host that the registry names may see it."""
        return self.host is None or self.host == host


class Settings(NamedTuple):
    """What the fetch of one source may do.

    Attributes:
        root: The project; relative paths of sources start there.
        cache: The folder of answers that were kept, or None to keep none. It is made where it is missing.
        allow_private: Whether a source may have a private or loopback address, and then speak plain http.
        require_digest: Whether a report is refused whose source says no digest of it.
        ca_file: The authorities to believe instead of the system's, in PEM, or None. (OpenSSL itself honours
            ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``.)
        token: The secret for the release API, or None.
        connect_s: Seconds for one connection, TLS apart, and again for its TLS.
        read_s: The longest silence of a source, in seconds.
        total_s: Seconds for one source: names, connections, redirects, answers, waiting, everything.
        grace_s: Seconds after the first byte of an answer before its rate counts.
        least_rate: Bytes per second that an answer must have on average after that.
        attempts: How often one request is made, at most.
        backoff_s: Seconds to wait before the second attempt, doubled each time.
        redirects: How many redirects of one request are followed, at most.
        max_bytes: The largest answer that is read, in bytes.
    """

    root: str = "."
    cache: str | None = None
    allow_private: bool = False
    require_digest: bool = False
    ca_file: str | None = None
    token: Token | None = None
    connect_s: float = 5.0
    read_s: float = 10.0
    total_s: float = 30.0
    grace_s: float = 5.0
    least_rate: int = 1024
    attempts: int = 4
    backoff_s: float = 0.5
    redirects: int = 5
    max_bytes: int = MAX_BYTES


class Outside(NamedTuple):
    """What a fetch takes from the outside.

    Attributes:
        now: Seconds since 1970; reads the dates that servers send.
        monotonic: Seconds of a clock that never goes back; measures all time limits.
        sleep: Waits so many seconds.
        jitter: A number from 0 to 1; spreads the attempts of many.
        resolve: As `socket.getaddrinfo`.
        dial: As `socket.socket.connect`, given the socket and a checked address.
    """

    now: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    resolve: Callable[..., list[Any]] = socket.getaddrinfo
    dial: Callable[[socket.socket, Any], None] = socket.socket.connect


OUTSIDE = Outside()
"""The real one."""


class Deadline:
    """The end of the time that a source has.

    Args:
        seconds: How long, from now on.
        monotonic: The clock.
    """

    __slots__ = ("_end", "_monotonic", "seconds")

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        self.seconds = seconds
        self._monotonic = monotonic
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left; never below 0."""
        return max(0.0, self._end - self._monotonic())


def token_from(environ: Mapping[str, str]) -> Token | None:
    """The token that the environment has for release APIs, or None.

    ``RUNPACT_STATUS_TOKEN`` is for every host that the registry names as a release API. Without it, ``GITHUB_TOKEN`` is
    for GitHub's API alone: the host of ``GITHUB_API_URL``, else api.github.com.

    Raises:
        ConfigurationError: It holds what no header can: control characters, or other than ASCII.
    """
    for name in (OWN_TOKEN, GITHUB_TOKEN):
        value = environ.get(name, "").strip()
        if not value:
            continue
        if not value.isascii() or not value.isprintable() or " " in value:
            raise ConfigurationError(f"{name} holds characters that no token has", hint="set it anew, or unset it")
        if name == OWN_TOKEN:
            return Token(value)
        host = urlsplit(environ.get("GITHUB_API_URL") or GITHUB_API).hostname
        return Token(value, host or "")
    return None


def proxies_from(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The variables that name a proxy for other programs. None is used: the people in front of it are told so."""
    return tuple(name for name in _PROXIES if environ.get(name, "").strip())
