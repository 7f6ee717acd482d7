r"""The head and the tail of a text, with a ledger of what was left out. Pure: bytes come in, values go out.

Invariants, for any bytes and any policy:

* ``kept + omitted = total``, in bytes and in lines, and ``truncated`` is true exactly where something was omitted.
* What is kept are the first bytes and the last bytes, disjoint, never more than the policy admits, and never a part
  of a code point. Bytes that are no UTF-8 are shown escaped, and counted.
* A line ends with the byte ``\n`` and with nothing else, and counts where that byte is.
* Memory is bounded by the policy, whatever comes in.
"""

from __future__ import annotations

from dataclasses import dataclass

from runpact_core.errors import UsageFailure

__all__ = ["Excerpter", "TextCapturePolicy", "TextExcerpt", "TruncationLedger"]

_LONGEST_CODE_POINT = 4
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\r\f\b\x1b")
_BINARY_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class TextCapturePolicy:
    """How much of a text is kept, and how much of a file is read.

    Attributes:
        max_excerpt_bytes: The most bytes of an excerpt; a text that is no longer is kept whole.
        head_bytes: How many bytes of the beginning are kept of a longer text.
        tail_bytes: How many bytes of its end. Where the two are together more than ``max_excerpt_bytes``, that is
            shared among them in proportion.
        max_line_count: The most lines of the head, and of the tail; None for any number.
        binary_detection_bytes: How many bytes of the beginning decide whether a file is text.
        max_read_bytes: The largest file that is read. A larger one keeps its reference, without digest and excerpt.

    Raises:
        UsageFailure: A number is negative, or none.
    """

    max_excerpt_bytes: int = 24_000
    head_bytes: int = 12_000
    tail_bytes: int = 12_000
    max_line_count: int | None = None
    binary_detection_bytes: int = 8_192
    max_read_bytes: int = 16 * 1024**3

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        for name in self.__slots__:
            value = getattr(self, name)
            if type(value) is not int and (value is not None or name != "max_line_count"):
                raise UsageFailure(f"{name} is {ascii(value)[:40]}", hint="give a whole number")
            if value is not None and value < 0:
                raise UsageFailure(f"{name} is {value}", hint="give 0 or more")

    def shares(self) -> tuple[int, int]:
        """The bytes of head and tail that a longer text really gets; together at most ``max_excerpt_bytes``."""
        asked = self.head_bytes + self.tail_bytes
        if asked <= self.max_excerpt_bytes:
            return self.head_bytes, self.tail_bytes
        head = self.max_excerpt_bytes * self.head_bytes // asked
        return head, self.max_excerpt_bytes - head if self.tail_bytes else 0


@dataclass(frozen=True, slots=True)
class TruncationLedger:
    """Where every byte and every line of a text went; see the contract ``capture``. Sizes are bytes of the file.

    Attributes:
        total_bytes: Size of the text; ``kept_bytes + omitted_bytes``.
        kept_bytes: Bytes that the excerpt shows; ``head_bytes + tail_bytes``.
        head_bytes: Bytes that the head shows.
        tail_bytes: Bytes that the tail shows.
        omitted_bytes: Bytes between the two.
        total_lines: Line feeds of the text; ``kept_lines + omitted_lines``.
        kept_lines: Line feeds that the excerpt shows.
        omitted_lines: Line feeds that were left out.
        undecodable_bytes: Bytes of the excerpt that are no UTF-8.
        asked: ``max_excerpt_bytes``, ``head_bytes`` and ``tail_bytes`` of the policy.
        applied: ``head_bytes`` and ``tail_bytes`` that held in the end.
        scaled: Whether the two were reduced in proportion, since together they were more than the maximum.
    """

    total_bytes: int
    kept_bytes: int
    head_bytes: int
    tail_bytes: int
    omitted_bytes: int
    total_lines: int
    kept_lines: int
    omitted_lines: int
    undecodable_bytes: int
    asked: dict[str, int]
    applied: dict[str, int]
    scaled: bool


@dataclass(frozen=True, slots=True)
class TextExcerpt:
    r"""What is shown of a text.

    Attributes:
        head: The beginning; all of it where nothing was omitted. Bytes that are no UTF-8 are shown as ``\xff``.
        tail: The end; empty where nothing was omitted.
        truncated: Whether anything was omitted.
        ledger: Where every byte and every line went.
    """

    head: str
    tail: str
    truncated: bool
    ledger: TruncationLedger


class Excerpter:
    """Takes a text piece by piece and keeps what its excerpt may need of it."""

    def __init__(self, policy: TextCapturePolicy) -> None:
        self._policy = policy
        self._head_share, self._tail_share = policy.shares()
        self._first_room = max(policy.max_excerpt_bytes, policy.binary_detection_bytes) + _LONGEST_CODE_POINT
        self._last_room = self._tail_share + _LONGEST_CODE_POINT
        self._first = bytearray()
        self._last = b""
        self._total = 0
        self._ends = 0

    def feed(self, piece: bytearray, size: int) -> None:
        """Take the first ``size`` bytes of a buffer, which the caller may use again."""
        room = self._first_room - len(self._first)
        if room > 0:
            self._first += piece[: min(room, size)]
        if size >= self._last_room:
            self._last = bytes(piece[size - self._last_room : size])
        else:
            self._last = (self._last + piece[:size])[-self._last_room :]
        self._ends += piece.count(b"\n", 0, size)
        self._total += size

    @property
    def total(self) -> int:
        """How many bytes the text has so far."""
        return self._total

    def is_binary(self) -> bool:
        """Whether the beginning is no text: it has a NUL, or too many control characters."""
        sample = bytes(self._first[: self._policy.binary_detection_bytes])
        controls = len(sample) - len(sample.translate(None, _CONTROLS))
        return b"\0" in sample or controls > len(sample) * _BINARY_SHARE

    def excerpt(self) -> TextExcerpt:
        """The excerpt of all that was fed."""
        head, tail = self._kept()
        policy, kept = self._policy, len(head) + len(tail)
        ends = head.count(b"\n") + tail.count(b"\n")
        ledger = TruncationLedger(
            total_bytes=self._total,
            kept_bytes=kept,
            head_bytes=len(head),
            tail_bytes=len(tail),
            omitted_bytes=self._total - kept,
            total_lines=self._ends,
            kept_lines=ends,
            omitted_lines=self._ends - ends,
            undecodable_bytes=_undecodable(head) + _undecodable(tail),
            asked={name: getattr(policy, name) for name in ("max_excerpt_bytes", "head_bytes", "tail_bytes")},
            applied={"head_bytes": self._head_share, "tail_bytes": self._tail_share},
            scaled=policy.head_bytes + policy.tail_bytes > policy.max_excerpt_bytes,
        )
        shown = [part.decode(errors="backslashreplace") for part in (head, tail)]
        return TextExcerpt(shown[0], shown[1], self._total > kept, ledger)

    def _kept(self) -> tuple[bytes, bytes]:
        """The bytes of head and tail."""
        policy, whole = self._policy, bytes(self._first[: self._total])
        cap = policy.max_line_count
        if self._total <= policy.max_excerpt_bytes:
            head = whole if cap is None or self._head_share or not self._tail_share else b""
            head = _first_lines(head, cap)
            left = whole[len(head) :]
            return head, _last_lines(left, cap) if self._tail_share or not left else b""
        head = whole[: self._head_share]
        head = head[: len(head) - _cut_into(whole, len(head))]
        start = len(self._last) - self._tail_share
        tail = self._last[start + _missing_of(self._last, start) :] if self._tail_share else b""
        return _first_lines(head, cap), _last_lines(tail, cap)


def _first_lines(text: bytes, cap: int | None) -> bytes:
    if cap is None:
        return text
    parts = text.split(b"\n", cap)
    return text[: len(text) - len(parts[cap])] if len(parts) > cap else text


def _last_lines(text: bytes, cap: int | None) -> bytes:
    if cap is None or not text:
        return text
    if cap == 0:
        return b""
    parts = text[:-1].rsplit(b"\n", cap)
    return text[len(parts[0]) + 1 :] if len(parts) > cap else text


def _cut_into(text: bytes, place: int) -> int:
    """How many bytes before a place belong to a code point that goes on after it; 0 where none is cut."""
    for back in range(1, min(_LONGEST_CODE_POINT, place + 1)):
        lead = text[place - back]
        if lead & 0xC0 == 0x80:
            continue
        length = 2 if lead & 0xE0 == 0xC0 else 3 if lead & 0xF0 == 0xE0 else 4 if lead & 0xF8 == 0xF0 else 1
        return back if length > back and _is_utf8(text[place - back : place - back + length]) else 0
    return 0


def _missing_of(text: bytes, place: int) -> int:
    """How many bytes after a place belong to a code point that begins before it; 0 where none is cut."""
    back = _cut_into(text, place)
    return (
        len(text[place - back : place - back + _LONGEST_CODE_POINT].decode(errors="replace")[0].encode()) - back
        if back
        else 0
    )


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _undecodable(text: bytes) -> int:
    if _is_utf8(text):
        return 0
    return sum("\udc80" <= char <= "\udcff" for char in text.decode(errors="surrogateescape"))
