"""What a file's content is turned into, and back: each form is written, read again, and held to the original.

Invariants: a form is only good when what it gives back has the size and the digest of the original; whatever says
otherwise leaves the file alone. Memory is bounded whatever the size of JSONL; Markdown is read whole, up to a limit.
"""

from __future__ import annotations

import hashlib
import io
import sys
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from runpact_core import _packed, jsonl
from runpact_core.errors import InvalidArtifact
from runpact_gc import _markdown
from runpact_gc._swap import Left

if TYPE_CHECKING:
    from typing import BinaryIO

    from runpact_gc._settings import Markdown

__all__ = ["Codec", "Made", "compressed", "expanded", "shortened", "written"]

Codec = Literal["dictionary", "zstd"]

_PIECE = 1 << 16
_LEVEL = 10  # of Zstandard: twice the time of 3 for what is read rarely
_MOST_MARKDOWN = 8 << 20
_ZSTD = b"\x28\xb5\x2f\xfd"
_START = 64


class Made(NamedTuple):
    """What was read and what was written: sizes, and digests (sha256, in hex); headings that went."""

    before_bytes: int
    before_sha256: str
    after_bytes: int
    after_sha256: str
    removed: tuple[str, ...] = ()


def written(source: io.BufferedReader, target: io.BufferedRandom, path: str, threshold: int) -> Made:
    """The dictionary form of JSONL, verified.

    Raises:
        Left: It has that form or is compressed; or it would not come back.
    """
    start = source.peek(_START)
    if jsonl.is_compacted(start) or _packed.is_packed(start):
        raise Left("already", "it is compacted already")
    try:
        header = jsonl.encode(source, target, threshold=threshold)
        target.seek(0)
        back = jsonl.decode(target, cast("BinaryIO", _Nowhere()), path)
    except InvalidArtifact as error:
        raise Left("refused", error.reason) from error
    return _verified((header.size_bytes, header.sha256), (back.size_bytes, back.sha256), target)


def compressed(source: io.BufferedReader, target: io.BufferedRandom, path: str) -> Made:
    """The whole content under Zstandard, verified.

    Raises:
        Left: It is compressed already; or it would not come back.
    """
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    if _packed.is_packed(source.peek(_START)):
        raise Left("already", "it is compressed already")
    parameter = zstd.CompressionParameter
    options: dict[int, int] = {parameter.compression_level: _LEVEL, parameter.checksum_flag: 1}
    with zstd.ZstdFile(cast("BinaryIO", target), "wb", options=options) as packed:
        before = _copied(source, cast("BinaryIO", packed))
    target.seek(0)
    try:
        back = _copied(_packed.unpacked(cast("io.BufferedReader", target), path), _Nowhere())
    except InvalidArtifact as error:
        raise Left("refused", error.reason) from error
    return _verified(before, back, target)


def expanded(source: io.BufferedReader, target: io.BufferedRandom, path: str) -> Made:
    """The original of what was compacted, in whichever form.

    Raises:
        Left: It is not compacted, or damaged.
    """
    start = source.peek(_START)
    if not (jsonl.is_compacted(start) or start.startswith(_ZSTD)):
        raise Left("not-compacted", "it is not compacted")
    try:
        after = _copied(jsonl.expanded(_packed.unpacked(source, path), path), target)
    except InvalidArtifact as error:
        named = error.reason.startswith(f"{path} is ")  # whoever is told sees the path beside it
        raise Left("damaged", f"it{error.reason.removeprefix(path)}" if named else error.reason) from error
    source.seek(0)
    return Made(*_copied(source, _Nowhere()), *after)


def shortened(source: io.BufferedReader, target: io.BufferedRandom, rules: Markdown) -> Made:
    """Markdown without empty sections, with headings in one form.

    Raises:
        Left: It is no UTF-8, too large, or would mean something else.
    """
    raw = source.read(_MOST_MARKDOWN + 1)
    if len(raw) > _MOST_MARKDOWN:
        raise Left("too-large", f"it has more than {_MOST_MARKDOWN} bytes")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise Left("refused", "it is no UTF-8") from None
    done = _markdown.tidied(
        text, remove_empty_sections=rules.remove_empty_sections, canonical_headers=rules.canonical_headers
    )
    if done is None:
        raise Left("refused", "it would mean something else")
    new = done.text.encode()
    target.write(new)
    return Made(len(raw), _sha256(raw), len(new), _sha256(new), done.removed)


class _Nowhere(io.RawIOBase):
    """Takes everything and keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        return len(data)  # type: ignore[arg-type] # bytes, whatever they are held in


def _verified(before: tuple[int, str], back: tuple[int, str], target: io.BufferedRandom) -> Made:
    if before != back:
        raise Left("refused", "what it would give back is not what it was")
    target.seek(0)
    return Made(*before, *_copied(target, _Nowhere()))


def _copied(source: BinaryIO | io.BufferedReader, target: BinaryIO | io.RawIOBase) -> tuple[int, str]:
    """Copy to the end; size and digest."""
    digest, size = hashlib.sha256(), 0
    for piece in iter(partial(source.read, _PIECE), b""):
        digest.update(piece)
        size += len(piece)
        target.write(piece)
    return size, digest.hexdigest()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
