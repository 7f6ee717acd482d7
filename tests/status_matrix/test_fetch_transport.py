"""Servers that send too much, too little, too slowly, packed, or nothing that is HTTP (M-10 to M-13, M-18)."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from runpact_status_matrix import _source, _wire
from runpact_status_matrix._addresses import Peer
from runpact_status_matrix._policy import OUTSIDE, Deadline, Settings
from tests.status_matrix import hostile_server as hostile
from tests.status_matrix.fetching import HERE, PUBLIC, REPORT, failed, fetched, runner
from tests.status_matrix.hostile_server import ANNOUNCED, ASSET, CHUNKED, HEAD, Authority, HostileServer, Pretence

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATH = "/repos/rust/releases/latest"
DOWNLOAD = f"/download/rust/v1.0.0/{ASSET}"
ONCE = HERE._replace(attempts=1)


def test_the_published_limits_are_these() -> None:
    """What one source may take, unless told otherwise: no more than 30 seconds, 8 MiB, 5 redirects, 4 attempts."""
    published = Settings()
    assert (published.total_s, published.connect_s, published.read_s) == (30.0, 5.0, 10.0)
    assert (published.max_bytes, published.redirects, published.attempts) == (8 << 20, 5, 4)
    assert (published.allow_private, published.token, published.cache) == (False, None, None)


def test_an_honest_release_gives_its_report() -> None:
    """The bytes, their digest, the release and its date; two requests, nothing that identifies us in them."""
    with HostileServer() as server:
        found = fetched(server.release("rust", REPORT))
        assert found.data == REPORT
        assert (found.release, found.release_published_s, found.digest_from) == ("v1.0.0", 1768802400, "metadata")
        assert found.url == server.url(DOWNLOAD)
        assert found.notes == ()
        assert server.paths() == [PATH, DOWNLOAD]
        sent = server.seen[0].headers
    assert set(sent) == {"host", "accept", "accept-encoding", "connection", "user-agent"}
    assert sent["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("step", "failure"),
    [
        pytest.param(hostile.endless(HEAD + b"\r\n"), "too-large", id="endless without a length"),
        pytest.param(hostile.endless(CHUNKED, b"5\r\nhello\r\n"), "too-large", id="chunked for ever"),
        pytest.param(hostile.endless(CHUNKED + b"-1\r\n"), "too-large", id="a chunk of less than nothing"),
        pytest.param(hostile.endless(CHUNKED + b"fffffffff\r\n"), "too-large", id="one chunk for ever"),
        pytest.param(hostile.endless(HEAD, b"A: b\r\n"), "http-error", id="headers for ever"),
        pytest.param(hostile.endless(b"", b"x"), "http-error", id="a status line for ever"),
        pytest.param(hostile.raw(HEAD + b"Content-Length: 100001\r\n\r\n"), "too-large", id="too large as announced"),
        pytest.param(hostile.gzip_bomb(), "encoding-refused", id="gzip bomb"),
        pytest.param(hostile.reply(b"{}", Content_Encoding="br"), "encoding-refused", id="brotli"),
        pytest.param(hostile.reply(b"{}", Content_Encoding="gzip, gzip"), "encoding-refused", id="nested"),
        pytest.param(
            hostile.raw(HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), "encoding-refused", id="transfer"
        ),
        pytest.param(hostile.cut(b"{}", 10), "truncated", id="shorter than announced"),
        pytest.param(hostile.raw(CHUNKED + b"5\r\nhel"), "truncated", id="a chunk that is cut"),
        pytest.param(hostile.raw(CHUNKED + b"2\r\n{}\r\n"), "truncated", id="no last chunk"),
        pytest.param(hostile.raw(HEAD + b"Content-Length: 2, 3\r\n\r\n{}"), "http-error", id="two lengths"),
        pytest.param(hostile.raw(HEAD + b"Content-Length: -2\r\n\r\n{}"), "http-error", id="a negative length"),
        pytest.param(hostile.raw(HEAD + b"Content-Length: two\r\n\r\n{}"), "http-error", id="no length"),
        pytest.param(
            hostile.raw(HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
            "truncated",
            id="chunks of another length",
        ),
        pytest.param(hostile.raw(b"220 ready\r\n\r\n"), "http-error", id="not HTTP"),
        pytest.param(hostile.raw(b""), "connection-failed", id="nothing"),
    ],
)
def test_an_answer_that_is_not_whole_is_none(step: hostile.Step, failure: str) -> None:
    """Of metadata and of the report alike: the failure has its name, and little more than the limit was read."""
    with HostileServer() as server:
        url = server.release("rust", REPORT)
        server.play(DOWNLOAD, step)
        assert failed(url, ONCE).failure == failure
        server.play(PATH, step)
        assert failed(url, ONCE).failure == failure
        assert server.sent < 16 << 20


def test_the_largest_body_is_read_and_one_byte_more_is_not() -> None:
    """The limit is the last size that is taken, with a length and without one; the failure tells how much was read."""
    with HostileServer() as server:
        report = bytes(ONCE.max_bytes)
        url = server.release("rust", report)
        assert fetched(url, ONCE).data == report
        server.play(DOWNLOAD, hostile.raw(HEAD + b"\r\n" + report + b"x"))
        found = failed(url, ONCE)
        assert (found.failure, found.details) == (
            "too-large",
            {"status": 200, "size_bytes": ONCE.max_bytes + 1, "redirects": 0, "attempts": 1},
        )
        large = server.release("rust", report + b"x")
        server.seen.clear()
        assert failed(large, ONCE).failure == "too-large"
        assert server.paths() == [PATH]  # its size was announced, so it was not asked for


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(hostile.drip(ANNOUNCED), id="body"),
        pytest.param(hostile.drip(CHUNKED, b"1\r\nx\r\n"), id="chunks"),
        pytest.param(hostile.drip(CHUNKED, b"0"), id="size of a chunk"),
        pytest.param(hostile.drip(HEAD + b"A: "), id="header"),
        pytest.param(hostile.drip(b"HTTP/1.1 200 "), id="status line"),
        pytest.param(hostile.drip(b"", b"HTTP/1.1 100 Wait\r\n\r\n"), id="for ever soon"),
        pytest.param(hostile.stall(), id="silence"),
        pytest.param(hostile.stall(ANNOUNCED), id="silence after the headers"),
    ],
)
@pytest.mark.parametrize("grace_s", [0.1, 60])
def test_a_slow_answer_ends_at_its_limits(step: hostile.Step, grace_s: float) -> None:
    """Whatever drips, and wherever: at the least rate, or else when the time of the source is over."""
    limits = ONCE._replace(total_s=0.6, grace_s=grace_s, read_s=0.4)
    with HostileServer() as server:
        url = server.release("rust", REPORT)
        server.play(PATH, step)
        found = failed(url, limits)
    assert found.failure == "timeout"


def test_a_slow_answer_over_tls_ends_at_its_limits(tmp_path: Path) -> None:
    """Reads through TLS are held to the same rate, as is the handshake with a server that says nothing."""
    authority = Authority(tmp_path)
    limits = ONCE._replace(ca_file=authority.ca_file, total_s=30, grace_s=0.2)
    with HostileServer(authority) as server, HostileServer(mute=True) as mute:
        url = server.release("rust", REPORT)
        server.play(DOWNLOAD, hostile.drip(ANNOUNCED))
        found = failed(url, limits)
        assert (found.failure, found.message.endswith("which is too slow")) == ("timeout", True)
        found = failed(mute.url("/x").replace("http:", "https:"), limits._replace(connect_s=0.2))
        assert found.failure == "timeout"


def test_time_is_that_of_the_source_not_of_a_request() -> None:
    """Attempts that each are inside their limits end together at the source's: its clock says when."""
    ticks = iter(range(1000))
    with HostileServer() as server:
        server.play(PATH, hostile.reply(code=500))
        found = failed(server.url(PATH), HERE._replace(attempts=1000, total_s=50), monotonic=lambda: float(next(ticks)))
    assert found.details is not None
    assert 1 < found.details["attempts"] < 20
    assert next(ticks) < 60


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_a_passing_error_is_asked_again(status: int) -> None:
    """The second answer counts, pauses grow, and the log tells of each attempt."""
    with HostileServer() as server:
        url = server.release("rust", REPORT)
        error = hostile.reply(code=status)
        server.play(PATH, error, error, server.scripts[PATH][0])
        pretence = Pretence()
        found = fetched(url, pretence=pretence)
        assert found.notes == tuple(
            f"asked again after attempt {n}: it answered with HTTP status {status}" for n in (1, 2)
        )
        assert pretence.slept == [0.5, 1.0]


@pytest.mark.parametrize(
    ("status", "failure", "asset_failure", "requests"),
    [
        (404, "missing-release-metadata", "missing-status-asset", 1),
        (410, "missing-release-metadata", "missing-status-asset", 1),
        (401, "http-error", "http-error", 1),
        (403, "http-error", "http-error", 1),
        (204, "http-error", "http-error", 1),
        (206, "http-error", "http-error", 1),
        (304, "http-error", "http-error", 1),
        (501, "http-error", "http-error", 1),
        (500, "http-error", "http-error", 3),
        (503, "http-error", "http-error", 3),
        (429, "rate-limited", "rate-limited", 3),
    ],
)
def test_a_status_has_its_failure(status: int, failure: str, asset_failure: str, requests: int) -> None:
    """By what was asked for: what is not there is missing, what may pass was asked for again."""
    with HostileServer() as server:
        url = server.release("rust", REPORT)
        server.play(DOWNLOAD, hostile.reply(code=status))
        found = failed(url)
        assert (found.failure, found.url) == (asset_failure, server.url(DOWNLOAD))
        assert found.details == {"status": status, "redirects": 0, "attempts": requests}
        server.play(PATH, hostile.reply(code=status))
        server.seen.clear()
        assert failed(url).failure == failure
        assert server.paths() == [PATH] * requests


@pytest.mark.parametrize(
    ("headers", "waits"),
    [
        ({"Retry-After": "2"}, [2.5]),
        ({"Retry-After": "Thu, 01 Jan 1970 00:16:42 GMT"}, [2.5]),
        ({"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, [0.5]),
        ({"Retry-After": "soon"}, [0.5]),
        ({"Retry-After": "-3"}, [0.5]),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1001"}, [1.5]),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_server_is_given_the_time_that_it_asks_for(status: int, headers: dict[str, Any], waits: list[float]) -> None:
    """In seconds or as a date, from the clock that is given; what nobody can read is as if it were not there."""
    if status == 503 and "Retry-After" not in headers:
        waits = [0.5]
    with HostileServer() as server:
        url = server.release("rust", REPORT)
        server.play(PATH, hostile.reply(code=status, **headers), server.scripts[PATH][0])
        pretence = Pretence()
        fetched(url, pretence=pretence, now=lambda: 1000.0)
        assert pretence.slept == waits


@pytest.mark.parametrize("status", [429, 503, 403])
@pytest.mark.parametrize("asked", ["1000000000", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_server_that_asks_for_too_much_is_left_alone(status: int, asked: str) -> None:
    """Nobody waits beyond the time of the source: the answer says how long was asked for."""
    with HostileServer() as server:
        server.play(PATH, hostile.reply(code=status, Retry_After=asked))
        pretence = Pretence()
        found = failed(server.url(PATH), pretence=pretence)
        assert found.failure == "rate-limited"
        assert found.details is not None
        assert found.details["retry_after_s"] >= 10**9
        assert (pretence.slept, len(server.seen)) == ([], 1)


def test_a_limit_that_is_used_up_is_no_refusal() -> None:
    """HTTP 403 of an API whose limit is used up until later is rate-limited; 403 alone is an error."""
    with HostileServer() as server:
        server.play(PATH, hostile.reply(code=403, X_RateLimit_Remaining="0", X_RateLimit_Reset="5000"))
        found = failed(server.url(PATH), now=lambda: 1000.0)
    assert (found.failure, (found.details or {})["retry_after_s"]) == ("rate-limited", 4000)
    assert found.message == "it answered with HTTP status 403 and asks to come back in 1 h 6 min"


def test_a_server_must_prove_who_it_is(tmp_path: Path) -> None:
    """An authority that nobody believes, a certificate of another host, and what is no TLS: all are tls-failed."""
    authority, pretence = Authority(tmp_path, "rust.example"), Pretence(other_example="93.184.215.14")
    with HostileServer(authority) as server, HostileServer() as plain:
        url = server.release("rust", REPORT)
        found = failed(url)
        assert (found.failure, len(server.seen)) == ("tls-failed", 0)
        known = HERE._replace(ca_file=authority.ca_file)
        assert fetched(url, known).data == REPORT
        found = failed(server.url(PATH, "other.example"), known, pretence)
        assert (found.failure, "other.example" in found.message) == ("tls-failed", True)
        assert failed(plain.url(PATH).replace("http:", "https:"), known).failure == "tls-failed"


def test_where_nobody_listens_is_no_connection() -> None:
    """A refused connection and an unknown name are connection-failed, asked for again and then given up."""
    with HostileServer() as server:
        url = server.url("/x")
    found = failed(url)
    assert (found.failure, (found.details or {})["attempts"]) == ("connection-failed", 3)
    for number, attempts in ((socket.EAI_NONAME, 1), (socket.EAI_AGAIN, 3)):
        found = failed("https://one.example/x", PUBLIC, resolve=_unknown(number))
        assert (found.failure, (found.details or {})["attempts"]) == ("connection-failed", attempts)
    assert failed(f"https://{'a' * 64}.example/x", PUBLIC).failure == "connection-failed"


def _unknown(number: int) -> Callable[..., list[Any]]:
    def resolve(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror(number, "not known")

    return resolve


def test_without_a_pretence_the_real_network_is_used() -> None:
    """The default of what comes from the outside fetches from this machine."""
    with HostileServer() as server:
        found = _source.fetch(runner(server.release("rust", REPORT)), HERE, OUTSIDE)
    assert getattr(found, "data", None) == REPORT


def test_a_reader_that_is_left_keeps_no_connection() -> None:
    """Where an answer fails half-way its reader may live on in the error; the descriptor is let go of all the same."""
    with HostileServer() as server:
        pace = _wire.Pace(HERE, Deadline(5.0, time.monotonic), time.monotonic)
        route = _wire.Route([Peer(socket.AF_INET, ("127.0.0.1", server.port), "private", True)], pace, HERE, OUTSIDE)
        route.close()
        with route.open() as sock, sock.makefile("rb") as reader:
            descriptor = sock.fileno()
            before = os.fstat(descriptor).st_ino
            route.close()
            with suppress(OSError):  # another thread may have taken the number by now, for something else
                assert os.fstat(descriptor).st_ino != before
            assert (sock.fileno(), reader.closed) == (-1, False)
