"""Who may ask for what: decided before anything is read. Pure.

The server has no password: what protects it from pages of other sites is that it answers only under a name of this
machine (else 421, so a foreign name that leads here is of no use), only to GET and HEAD (405), and to browsers only for
our own pages or where a person follows a link (403). A path is a list of plain names, or the request is refused (400);
one that ends with ``/`` names a folder, and folders are not shown (404). Headers have a limit (431).

| Sec-Fetch-Site | Origin | answered |
|---|---|---|
| same-origin, none | absent or ours | yes |
| absent (a program, an old browser) | absent or ours | yes |
| cross-site, same-site | absent | only a navigation of a whole tab |
| any | any other, `null` too | no |
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from runpact_core.errors import MissingArtifact, UsageFailure
from runpact_reporter._dash._answers import problem

if TYPE_CHECKING:
    from runpact_reporter._dash._answers import Answer, Asked

__all__ = ["HEADER_BYTES", "LONGEST_PATH", "parts_of", "refusal"]

LONGEST_PATH = 2048
"""The longest path, in bytes, as it is sent."""

HEADER_BYTES = 16_384
"""The most bytes that the headers of a request may have, names and values together."""

_NAMES = ("127.0.0.1", "localhost")
_FORBIDDEN = ("/", "\\", ":")
_HTTP = 80


def refusal(asked: Asked, port: int) -> Answer | None:
    """Why a request is not answered, as the answer; None where it is."""
    here = {f"{name}:{port}" for name in _NAMES} | (set(_NAMES) if port == _HTTP else set())
    if sum(len(name) + len(value) for name, value in asked.headers) > HEADER_BYTES:
        return problem(431, f"the request's headers are longer than {HEADER_BYTES} bytes")
    hosts = asked.values(b"host")
    if len(hosts) == 1 and hosts[0].lower() in _NAMES and port != _HTTP:
        return problem(421, f"the request's Host has no port: this server is {hosts[0].lower()}:{port}")
    if len(hosts) != 1 or hosts[0].lower() not in here:
        return problem(421, "this server answers only under a name of this machine")
    if asked.method not in {"GET", "HEAD"}:
        return problem(405, "only GET and HEAD are answered")
    if _is_foreign(asked, {f"http://{name}" for name in here}):
        return problem(403, "this server answers no pages of other sites")
    return None


def _is_foreign(asked: Asked, ours: set[str]) -> bool:
    if any(origin.lower() not in ours for origin in asked.values(b"origin")):
        return True
    site = asked.values(b"sec-fetch-site")
    if site in ([], ["same-origin"], ["none"]):
        return False
    tab = asked.values(b"sec-fetch-mode") == ["navigate"] and asked.values(b"sec-fetch-dest") == ["document"]
    return not tab


def parts_of(raw: bytes) -> list[str]:
    """The names in a path; none for the root alone.

    Raises:
        UsageFailure: It is no path of plain names: too long, not absolute, with an empty or hidden name, ``..``,
            a separator that is escaped, a control character, or not UTF-8.
        MissingArtifact: It ends with ``/``.
    """
    if len(raw) > LONGEST_PATH:
        raise UsageFailure(f"the path is longer than {LONGEST_PATH} bytes")
    if not raw.startswith(b"/"):
        raise UsageFailure("the path does not start with /")
    if raw == b"/":
        return []
    names = [_name(part) for part in raw[1:].removesuffix(b"/").split(b"/")]
    if raw.endswith(b"/"):
        raise MissingArtifact("/".join(["", *names, ""]), hint="folders are not shown: leave out the last /")
    return names


def _name(raw: bytes) -> str:
    try:
        name = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        raise UsageFailure("the path is not UTF-8") from None
    if not name or name.startswith(".") or not name.isprintable() or any(mark in name for mark in _FORBIDDEN):
        raise UsageFailure("the path holds a name that no file here has")
    return name
