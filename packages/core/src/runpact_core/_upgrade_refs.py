"""Digests that files hold of others: what an upgrade must not make untrue.

A list of checksums (``SHA256SUMS``, ``run.json.md5``, ``manifest-sha512.txt``) refers to the files that it names, where
they are there as seen from its own folder. In every other text, and of every other line of a list, a digest refers to
each file that has it, whatever it stands in: a reference of which nobody here has heard is one too. A digest is a run
of hexadecimal digits, or of base64 in either alphabet, that is as long as one of those that `marks` gives. Texts may
be UTF-8, UTF-16 or UTF-32.

A list is also read where it is compressed, by gzip or Zstandard, and where it is a symbolic link: then the names in it
are those beside the link. Of one that is compressed in another way it is said that it cannot be read. Everything else
that is compressed, is a link, or is no text, is not looked into. The manifest of a store is a cache, so it refers to
nothing.
"""
# ruff: noqa: PTH112, PTH118, PTH119, PTH120 - pathlib is slow

from __future__ import annotations

import hashlib
import io
import os
import re
from binascii import a2b_base64
from itertools import chain
from stat import S_ISLNK, S_ISREG
from typing import TYPE_CHECKING

from runpact_core import _packed, files, jsonl
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, RunpactError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runpact_core.files import Handle

__all__ = ["Digests", "is_checksums", "is_document_name", "is_manifest", "marks"]

_SIZES = (16, 20, 28, 32, 48, 64)  # bytes of the digests that `marks` gives
_HEX_SIZES = frozenset(2 * size for size in _SIZES)
_BASE64_SIZES = frozenset(-(-8 * size // 6) for size in _SIZES)  # without padding
_RUN = rb"[0-9A-Za-z+/_-]{22,}"
_HEX = rb"[0-9a-fA-F]{32,}"
_PREFIX = rb"(?:(?i:md5|sha[0-9]{1,3}|blake2b)[-_/])?"  # `sha256-<base64>` would be one run
_BASE64 = _PREFIX + rb"([0-9A-Za-z+/]{22,})"
_BASE64_URL = _PREFIX + rb"([0-9A-Za-z_-]{22,})"
_URL_TO_PLAIN = bytes.maketrans(b"-_", b"+/")

_DOCUMENTS = (".json", ".jsonl", ".yaml", ".yml")
_LISTS = (
    r"(?is:.*(?:sums|checksums?)(?:[-_0-9][^.]*)?(?:\.(?:txt|asc|old|bak))?|(?:tag)?manifest-[a-z0-9]+\.txt"
    r"|.*\.(?:md5|sha[0-9]{1,3}|b2|blake2b|sfv)(?:sums?)?)"
    r"(?i:\.(?:gz|zst|bz2|xz|lzma|lz|lz4|z|zip|7z))?"
)
_ELSE_PACKED = (
    b"BZh",
    b"\xfd7zXZ",
    b"\x5d\0\0",
    b"LZIP",
    b"\x04\x22\x4d\x18",
    b"\x1f\x9d",
    b"PK\x03\x04",
    b"7z\xbc\xaf",
)
_WIDE = {b"\xff\xfe\0\0": "utf-32", b"\0\0\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_LARGEST = 64 << 20  # bytes of a list, and of a text of somebody else outside of what was named
_LINE = rb"(?s:(\\?)[0-9a-fA-F]{32,128}[ \t]+\*?(.+))"  # as `sha256sum` and BagIt write it
_TAGGED = rb"(?s:(\\?)[A-Za-z0-9/-]+ ?\((.+)\) ?= ?[0-9a-fA-F]{32,128})"  # as BSD writes it
_ESCAPED = {rb"\\": b"\\", rb"\n": b"\n", rb"\r": b"\r"}
_COMMENT = (b"#", b";", b"-----")  # the last surrounds what is signed
_OVERLAP = 1024  # bytes, longer than any digest with its prefix, in any encoding
_PIECE = 1 << 20


def marks(raw: bytes) -> tuple[bytes, ...]:
    """The digests of a file by which others may refer to it; BLAKE2b with 64 and with 32 bytes."""
    names = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "sha3_512", "blake2b")
    digests = [hashlib.new(name, raw, usedforsecurity=False).digest() for name in names]
    return (*digests, hashlib.blake2b(raw, digest_size=32).digest())


def is_document_name(name: str) -> bool:
    """Whether a file of that name may be a document."""
    return name.endswith(_DOCUMENTS) and not files.is_temporary(name)


def is_checksums(name: str) -> bool:
    """Whether a file of that name is a list of checksums."""
    return re.fullmatch(_LISTS, name) is not None


def is_manifest(name: str) -> bool:
    """Whether a file of that name is the cache of a store, as it is or as it was before its newest change."""
    return name.startswith(".manifest.") and name.endswith(".json")


class Digests:
    """What refers to what: digests and names, each with the first file that holds it.

    Attributes:
        packed: The files that are compressed or compacted, so that nobody looked into them.
        strange: Lists of checksums of which no line was understood.
        skipped: Texts outside of what was named that are too large to be looked into.
    """

    def __init__(self) -> None:
        self._held: dict[bytes, str] = {}
        self._listed: dict[bytes, str] = {}
        self.packed: set[str] = set()
        self.strange: list[str] = []
        self.skipped: list[str] = []

    def holder(self, path: str, digests: Iterable[bytes]) -> str | None:
        """The file that refers to one with this path, or with one of these digests; None where none does."""
        held = (self._held[digest] for digest in digests if digest in self._held)
        listed = self._listed.get(os.path.join(_real_folder(path), os.fsencode(os.path.basename(path))))
        return next(held, listed)

    def add(self, content: bytes, path: str) -> None:
        """Take up the digests that a file holds, of which this is the whole content."""
        if _is_packed(content):
            self.packed.add(os.path.normpath(path))
        else:
            self._hold(content, path)

    def add_link(self, path: str) -> str | None:
        """Take up what a list refers to that is a symbolic link, as seen from there; why it cannot be read, or None."""
        if os.path.isdir(path):
            return None
        try:
            self._add_list(_of_list(os.path.realpath(path), None), path, os.path.normpath(path))
        except RunpactError as error:
            return str(error)
        return None

    def add_file(self, path: str, at: Handle) -> str | None:
        """Take up what a file refers to, in memory for a piece of it.

        Args:
            path: Where it is; its last name is looked up in ``at``.
            at: Its folder.

        Returns:
            Why it cannot be read, or None.
        """
        name, shown = os.path.basename(path), os.path.normpath(path)
        try:
            if is_checksums(name):
                self._add_list(_of_list(name, at), path, shown)
                return None
            for number, piece in enumerate(_pieces(name, at)):
                if not number and _is_packed(piece):
                    self.packed.add(shown)
                    break
                if not number and b"\0" in piece and not (is_document_name(name) or piece.startswith((*_WIDE,))):
                    break
                self._hold(piece, shown)
        except RunpactError as error:
            return str(error)
        return None

    def add_folder(
        self, folder: str, members: Iterable[tuple[str, os.stat_result]], at: Handle, *, texts: bool
    ) -> Iterator[tuple[str, str]]:
        """Take up what lists of checksums right in a folder refer to, and all its texts where ``texts`` is set.

        Yields:
            Each list that cannot be read, and why; other texts there may be anybody's.
        """
        for name, status in members:
            path = os.path.join(folder, name)
            if S_ISLNK(status.st_mode) and is_checksums(name) and (fault := self.add_link(path)):
                yield os.path.normpath(path), fault
            if is_manifest(name) or not S_ISREG(status.st_mode) or not (texts or is_checksums(name)):
                continue
            if status.st_size > _LARGEST and not is_document_name(name) and not is_checksums(name):
                self.skipped.append(os.path.normpath(path))
                continue
            fault = self.add_file(path, at)
            if fault and is_checksums(name):
                yield os.path.normpath(path), fault

    def _hold(self, content: bytes, path: str) -> bool:
        """Whether the text holds anything that may be a digest; each is taken up."""
        found = list(_digests(content))
        for digest in found:
            self._held.setdefault(digest, path)
        return bool(found)

    def _add_list(self, content: bytes, path: str, shown: str) -> None:
        lines = [line for line in _as_utf8(content).splitlines() if line.strip() and not line.startswith(_COMMENT)]
        folder = _real_folder(path)
        understood = [self._add_line(line, folder, shown) for line in lines]
        if lines and not any(understood):
            self.strange.append(shown)

    def _add_line(self, line: bytes, folder: bytes, shown: str) -> bool:
        """Take up one line of a list; whether it is understood."""
        if match := re.fullmatch(_LINE, line) or re.fullmatch(_TAGGED, line):
            name = re.sub(rb"\\[\\nr]", lambda escape: _ESCAPED[escape[0]], match[2]) if match[1] else match[2]
            target = os.path.normpath(os.path.join(folder, name))
            if os.path.lexists(target):
                self._listed.setdefault(target, shown)
                return True
        return self._hold(line, shown)


def _digests(content: bytes) -> Iterator[bytes]:
    """All that may be digests in a text: more than there are, since no other is found by chance."""
    plain = content.replace(b"\0", b"")  # what is left of UTF-16, and enough of it
    runs = b" ".join(re.findall(_RUN, plain.replace(rb"\/", b"/")))  # some write JSON so
    for digits in re.findall(_HEX, runs):
        if len(digits) in _HEX_SIZES:
            yield bytes.fromhex(digits.decode())
    url = (run.translate(_URL_TO_PLAIN) for run in re.findall(_BASE64_URL, runs))
    for run in chain(re.findall(_BASE64, runs), url):
        if len(run) in _BASE64_SIZES:
            yield a2b_base64(run + b"=" * (-len(run) % 4))


def _of_list(name: str, at: Handle | None) -> bytes:
    """The content of a list of checksums.

    Raises:
        RunpactError: It cannot be read, is too large, or is compressed in a way that is not known or is broken.
    """
    content = files.read_bytes(name, limit=_LARGEST, at=at)
    if _packed.is_packed(content[:4]):
        with io.BufferedReader(io.BytesIO(content)) as file:
            plain = _packed.unpacked(file, name)  # type: ignore[arg-type]  # the stubs tell readers of bytes apart
            content = plain.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise InvalidArtifact(f"it unpacks to more than the limit of {_LARGEST} bytes")
    elif content.startswith(_ELSE_PACKED):
        raise InvalidArtifact("it is compressed in a way that is not read here: expand it")
    return content


def _as_utf8(content: bytes) -> bytes:
    """A text of any encoding that says which it is; of one that does not say, what is left without zeros."""
    for mark, encoding in _WIDE.items():
        if content.startswith(mark):
            return content.decode(encoding, errors="replace").encode(errors="replace")
    return content.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"")


def _is_packed(start: bytes) -> bool:
    return _packed.is_packed(start[:4]) or jsonl.is_compacted(start[:64])


def _real_folder(path: str) -> bytes:
    """The folder of a file without links on the way, so that two ways to it are one."""
    return os.path.realpath(os.fsencode(os.path.dirname(path) or os.curdir))


def _pieces(name: str, at: Handle) -> Iterator[bytes]:
    """A file in pieces that overlap, so that each digest is whole in one of them."""
    try:
        with open(files.open_read(name, at=at), "rb") as file:  # noqa: PTH123 - a descriptor is no path
            rest = b""
            while piece := file.read(_PIECE):
                yield rest + piece
                rest = piece[-_OVERLAP:]
    except OSError as error:
        raise EnvironmentFailed(f"reading {name}", error) from error
