"""Requests and answers of the server as values, and the headers that every answer has.

Invariants: each answer has the headers of `COMMON`, a content security policy, and a strong ETag where it has content;
an answer that holds a descriptor is its owner, and whoever sends it closes it.
"""

from __future__ import annotations

import hashlib
import json
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact, UnknownContract, UnsupportedVersion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runpact_core.errors import RunpactError

__all__ = ["API", "COMMON", "FILE", "PAGE", "Answer", "Asked", "content", "failure", "problem", "readable", "unchanged"]

COMMON = (
    ("cache-control", "no-cache"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
)
"""What no answer is without."""

_CLOSED = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE = f"default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; {_CLOSED}"
"""Policy of the pages: what the static site says of itself, and no frames."""
API = f"default-src 'none'; {_CLOSED}"
"""Policy of documents for programs."""
FILE = f"sandbox; default-src 'none'; {_CLOSED}"
"""Policy of what a run left behind: nothing in it may run, or load anything."""

_STATUS: tuple[tuple[type[RunpactError], int], ...] = (
    (MissingArtifact, 404),
    (UnknownContract, 404),
    (UnsupportedVersion, 422),
    (InvalidArtifact, 422),
    (EnvironmentFailed, 503),
)


class Asked(NamedTuple):
    """A request, as it came.

    Attributes:
        method: Its method.
        path: The path as it was sent, still with its escapes.
        query: What follows the question mark.
        headers: Its headers; names in small letters.
    """

    method: str
    path: bytes
    query: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()

    def values(self, name: bytes) -> list[str]:
        """The values of every header of that name."""
        return [value.decode("latin-1").strip() for key, value in self.headers if key == name]


class Answer(NamedTuple):
    """An answer.

    Attributes:
        status: Its status.
        headers: All of its headers.
        body: Its content, where it is in memory.
        fd: A file that holds the content instead.
        size: How many bytes of the file are the content.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    fd: int | None = None
    size: int = 0


def content(kind: str, body: bytes, policy: str, more: tuple[tuple[str, str], ...] = ()) -> Answer:
    """An answer with content that is in memory; its ETag is a digest of it."""
    tag = ("etag", f'"{hashlib.sha256(body).hexdigest()[:32]}"')
    return Answer(200, (*_headers(kind, len(body), policy), tag, *more), body)


def problem(
    status: int, what: str, *, code: str = "usage", hint: str | None = None, more: Mapping[str, object] | None = None
) -> Answer:
    """A problem document (RFC 9457): what people are told is its ``detail``, the slug of the error its ``code``."""
    title = HTTPStatus(status).phrase
    document = {"type": "about:blank", "title": title, "status": status, "detail": what, "code": code}
    body = json.dumps({**document, **({"hint": hint} if hint else {}), **(more or {})}, indent=2, sort_keys=True)
    text = (body + "\n").encode("ascii")
    allow = (("allow", "GET, HEAD"),) if status == HTTPStatus.METHOD_NOT_ALLOWED else ()
    return Answer(status, (*_headers("application/problem+json", len(text), API), *allow), text)


def readable(answer: Answer) -> Answer:
    """A problem as a small page, for a person with a browser; the status and what is said stay."""
    said = json.loads(answer.body)
    text, hint = (escape(str(said.get(part, ""))) for part in ("detail", "hint"))
    body = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Runpact Dash</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="/static/dash.css"></head><body><main><h1>{text}</h1><p>{hint}</p>'
        '<p><a href="/">To the fleet</a></p></main></body></html>\n'
    ).encode()
    return Answer(answer.status, _headers("text/html; charset=utf-8", len(body), PAGE), body)


def failure(error: RunpactError, more: Mapping[str, object] | None = None) -> Answer:
    """The answer that an error of the hub becomes; whatever is about the call itself is 400."""
    status = next((number for kind, number in _STATUS if isinstance(error, kind)), 400)
    return problem(status, error.what, code=error.code, hint=error.hint, more=more)


def unchanged(asked: Asked, answer: Answer) -> bool:
    """Whether the one who asked has this content already (``If-None-Match``, compared as RFC 9110 says)."""
    tag = dict(answer.headers).get("etag")
    stated = ",".join(asked.values(b"if-none-match"))
    known = {part.strip().removeprefix("W/") for part in stated.split(",")}
    return tag is not None and (tag in known or "*" in known)


def _headers(kind: str, size: int, policy: str) -> tuple[tuple[str, str], ...]:
    about = (("content-type", kind), ("content-length", str(size)), ("content-security-policy", policy))
    return (*COMMON, ("accept-ranges", "none"), *about)
