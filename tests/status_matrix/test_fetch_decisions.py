"""The decisions of a fetch, each by its values: addresses, pauses, what a log may show of an address."""

from __future__ import annotations

import socket
from ipaddress import ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runpact_core.errors import ConfigurationError
from runpact_status_matrix import _retry, _source, _wire
from runpact_status_matrix._addresses import judge, peers_of
from runpact_status_matrix._policy import Deadline, Settings
from runpact_status_matrix._reply import HttpFailed, place_of, shown

NEVER = (
    *("0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.1.1", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255"),  # noqa: S104 - judged, not bound
    *("100.100.100.200", "168.63.129.16", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"),
    *("192.88.99.1", "::", "::7f00:1", "::ffff:127.0.0.1", "::ffff:93.184.215.14", "64:ff9b::808:808", "2002:7f00:1::"),
    *("64:ff9b:1::1", "2001::1", "2001:db8::1", "3fff::1", "100::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1"),
    "fd00:ec2::254",
)
PRIVATE = (
    "127.0.0.1",
    "127.9.9.9",
    "::1",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.9.9",
    "192.168.1.1",
    "100.64.0.1",
    "fd12::1",
)
PUBLIC = ("93.184.215.14", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "2a00:1450::1")


@pytest.mark.parametrize(
    ("address", "reach"),
    [
        *((address, "never") for address in NEVER),
        *((address, "private") for address in PRIVATE),
        *((address, "public") for address in PUBLIC),
    ],
)
def test_an_address_is_public_private_or_never_reached(address: str, reach: str) -> None:
    """The table, address by address: what carries an IPv4 address under another name is never reached."""
    assert judge(address) == reach


@given(st.ip_addresses())
def test_whatever_is_public_is_so_for_the_standard_library_too(address: object) -> None:
    """Our judgement only ever takes away."""
    if judge(str(address)) == "public":
        assert ip_address(str(address)).is_global


def test_a_name_has_the_addresses_that_can_be_dialled() -> None:
    """Each once, in order, a few at most, and of families that are known."""
    inet, stream = socket.AF_INET, socket.SOCK_STREAM
    found = [(inet, stream, 6, "", (f"93.184.215.{n // 2}", 443)) for n in range(40)]
    found.insert(0, (socket.AF_UNIX, stream, 0, "", ("path", 0)))
    peers = peers_of("one.example", 443, lambda *_, **__: found, 1)
    assert [peer.address[0] for peer in peers] == [f"93.184.215.{n}" for n in range(4)]


FAILED = HttpFailed("http-error", "x", "u", again=True)


@given(
    tried=st.integers(1, 10),
    left=st.floats(0, 100),
    jitter=st.floats(0, 1),
    asked=st.none() | st.integers(0, 10**10),
    again=st.booleans(),
)
@example(tried=1, left=2.0, jitter=0.0, asked=2, again=True)
def test_a_pause_is_as_long_as_asked_and_ends_in_time(
    tried: int, left: float, jitter: float, asked: int | None, *, again: bool
) -> None:
    """Never shorter than the server asks, never as long as the time that is left, never beyond the attempts."""
    settings = Settings()
    failed = HttpFailed("http-error", "x", "u", again=again, retry_after_s=asked)
    wait = _retry.wait_before_next(failed, tried, settings, left, jitter)
    if not again or tried >= settings.attempts:
        assert wait is None
    elif wait is not None:
        assert (asked or 0) <= wait < left
        assert wait <= (asked if asked is not None else settings.backoff_s * 2**tried) + settings.backoff_s
    else:
        assert left <= (asked if asked is not None else settings.backoff_s * 2**tried) + settings.backoff_s


def test_pauses_double_and_half_of_each_is_by_chance() -> None:
    """0.5, 1 and 2 seconds at most, half of that at least; then there is no further attempt."""
    settings = Settings()
    for tried, most in ((1, 0.5), (2, 1.0), (3, 2.0)):
        pauses = [_retry.wait_before_next(FAILED, tried, settings, 30, jitter) for jitter in (0.0, 1.0)]
        assert pauses == [most / 2, most]
    assert _retry.wait_before_next(FAILED, 4, settings, 30, 0) is None


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://user:word@one.example/a?token=b#c", "https://one.example/a"),
        ("https://a@b@one.example", "https://one.example"),
        ("https://one.example?u@v", "https://one.example"),
        ("https://one.example/\x1b[31m\nx \xe4", "https://one.example/?[31m?x??"),
        ("https:x", "https:x"),
        ("x" * 600, "x" * 500),
    ],
)
def test_a_log_shows_of_an_address_what_is_no_secret(url: str, text: str) -> None:
    """No user, password, query or fragment; one line of bounded length that any terminal can show."""
    assert shown(url) == text


@given(st.text() | st.text("https:/@[]?#%.a1 \\\n\x00"))
@example("https://\u0130/")
@example("https://[v1.x]/")
def test_any_text_is_an_address_or_refused(text: str) -> None:
    """With one error, whose address can be shown."""
    try:
        place = place_of(text)
        seen: tuple[object, ...] = (place.host != "", place.target[0], "@" in place.origin, place.shown.isprintable())
        wanted: tuple[object, ...] = (True, "/", False, True)
    except HttpFailed as failed:
        seen, wanted = (failed.failure, failed.url.isprintable()), ("redirect-refused", True)
    assert seen == wanted


def test_an_address_is_taken_apart_once() -> None:
    """Scheme and host in small letters, the stated port or that of the scheme, an IPv6 address without brackets."""
    place = place_of("HTTPS://One.Example/a/../b?c#d")
    assert (place.origin, place.target) == ("https://one.example:443", "/b?c")
    place = place_of("http://[2A00::1]:8080")
    assert (place.host, place.port, place.origin, place.target) == ("2a00::1", 8080, "http://[2a00::1]:8080", "/")


def test_a_deadline_is_never_below_nothing() -> None:
    """What is left goes down to 0 and stays there."""
    ticks = iter([10.0, 12.0, 15.0, 99.0])
    deadline = Deadline(5, lambda: next(ticks))
    assert [deadline.left() for _ in range(3)] == [3.0, 0.0, 0.0]


def test_a_file_of_authorities_must_be_one(tmp_path: object) -> None:
    """Before anything is asked: not there, or without a certificate, is a fault of configuration."""
    from pathlib import Path

    empty = Path(str(tmp_path), "empty.pem")
    empty.write_text("nothing")
    for name in (str(empty), "absent.pem"):
        with pytest.raises(ConfigurationError, match="authorities"):
            _source.prepare(Settings(ca_file=name))
    _source.prepare(Settings())
    assert _wire.tls_context(None).verify_mode.name == "CERT_REQUIRED"


def test_a_wait_that_used_up_all_the_time_is_told_as_that() -> None:
    """Whoever reads it knows which limit to raise; a silence before that is a silence."""
    now = [0.0]
    settings = Settings(total_s=3)
    pace = _wire.Pace(settings, Deadline(3, lambda: now[0]), lambda: now[0])
    now[0] = 2.9
    pace.end()
    assert pace.stopped is None
    now[0] = 3.0
    pace.end()
    assert pace.stopped == ("timeout", "it was not done after 3 s")
