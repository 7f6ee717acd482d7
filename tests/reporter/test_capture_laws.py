"""The accounting of excerpts holds for every text and every policy; the oracle counts on the whole text."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runpact_reporter import TextCapturePolicy, TextExcerpt
from runpact_reporter._excerpt import Excerpter

POLICIES = st.builds(
    TextCapturePolicy,
    max_excerpt_bytes=st.integers(0, 24),
    head_bytes=st.integers(0, 16),
    tail_bytes=st.integers(0, 16),
    max_line_count=st.none() | st.integers(0, 4),
    binary_detection_bytes=st.integers(0, 8),
)
TEXTS = st.text(alphabet="ab\n\u00e9\u20ac\U0001f600", max_size=40).map(str.encode)
BYTES = st.lists(st.sampled_from([b"a", b"\n", b"\xe2\x82\xac", b"\x82", b"\xf0\x9f", b"\xff"]), max_size=30).map(
    b"".join
)


def excerpt(data: bytes, policy: TextCapturePolicy, piece: int = 7) -> TextExcerpt:
    """The excerpt of a text that comes in pieces."""
    text = Excerpter(policy)
    for start in range(0, len(data), piece):
        part = data[start : start + piece]
        text.feed(bytearray(part + b"left over from before"), len(part))
    return text.excerpt()


def check(data: bytes, policy: TextCapturePolicy, found: TextExcerpt) -> None:
    """Every law of the ledger."""
    ledger = found.ledger
    head, tail = data[: ledger.head_bytes], data[len(data) - ledger.tail_bytes :]
    assert ledger.head_bytes + ledger.tail_bytes == ledger.kept_bytes <= policy.max_excerpt_bytes
    assert ledger.kept_bytes + ledger.omitted_bytes == ledger.total_bytes == len(data)
    assert ledger.kept_lines + ledger.omitted_lines == ledger.total_lines == data.count(b"\n")
    assert ledger.kept_lines == head.count(b"\n") + tail.count(b"\n")
    assert found.truncated == (ledger.omitted_bytes > 0)
    assert found.head == head.decode(errors="backslashreplace")
    assert found.tail == tail.decode(errors="backslashreplace")
    share = sum(ledger.applied.values())
    assert share <= policy.max_excerpt_bytes
    if len(data) <= policy.max_excerpt_bytes and policy.max_line_count is None:
        assert not found.truncated
        assert found.tail == ""
    if policy.max_line_count is not None and found.truncated:
        assert all(part.rstrip(b"\n").count(b"\n") <= policy.max_line_count for part in (head, tail) if part)


@given(TEXTS, POLICIES, st.integers(1, 50))
def test_every_byte_and_line_is_kept_or_omitted(data: bytes, policy: TextCapturePolicy, piece: int) -> None:
    """What is kept and what is omitted make the total, and no character of a text is cut."""
    found = excerpt(data, policy, piece)
    check(data, policy, found)
    assert found.ledger.undecodable_bytes == 0


@given(BYTES, POLICIES, st.integers(1, 50))
def test_the_laws_hold_for_bytes_that_are_no_text(data: bytes, policy: TextCapturePolicy, piece: int) -> None:
    """Broken encodings change how bytes are shown, not how they are counted; the pieces they come in change nothing."""
    found = excerpt(data, policy, piece)
    check(data, policy, found)
    assert found == excerpt(data, policy, len(data) or 1)


CAPS = [(0, 0, 0), (1, 1, 0), (1, 0, 1), (4, 2, 2), (4, 4, 4), (5, 3, 1), (7, 1, 9), (8, 8, 0), (8, 0, 8)]


@pytest.mark.parametrize(("caps", "lines"), list(itertools.product(CAPS, [None, 0, 1, 2, 3])))
def test_every_combination_of_caps_at_its_edges(caps: tuple[int, int, int], lines: int | None) -> None:
    """Texts of each cap's size, one less and one more, of one-byte and of many-byte characters."""
    policy = TextCapturePolicy(*caps, max_line_count=lines)
    sizes = {size + step for size in (*caps, caps[1] + caps[2]) for step in (-1, 0, 1)}
    for size in sorted(size for size in sizes if size >= 0):
        for text in ("a" * size, "\n" * size, "a\n" * size, "\u20ac" * size, "\U0001f600\n" * size):
            data = text.encode()
            found = excerpt(data, policy)
            check(data, policy, found)
            assert found.ledger.undecodable_bytes == 0


def test_a_cut_keeps_as_much_as_fits() -> None:
    """A cut moves by the one character that it would split, and no further."""
    data = "\u20ac".encode() * 10
    found = excerpt(data, TextCapturePolicy(8, 4, 4))
    assert (found.head, found.tail, found.ledger.omitted_bytes) == ("\u20ac", "\u20ac", 24)
