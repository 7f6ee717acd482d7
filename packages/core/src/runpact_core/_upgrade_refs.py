"""Digests that files hold of others: what an upgrade must not make untrue.

A list of checksums (``SHA256SUMS``, ``run.json.sha256``) refers to the files that it names. In every other document,
and where a list names no file, 64 hexadecimal digits refer to every file that has this sha256, whatever their field is
called: a reference of which nobody here has heard is one too. What is compressed is not looked into. The manifest of a
store is a cache, so it refers to nothing.
"""
# ruff: noqa: PTH118, PTH119, PTH120 - pathlib is slow

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from runpact_core import files
from runpact_core.errors import EnvironmentFailed, RunpactError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runpact_core.files import Handle

__all__ = ["Digests", "is_checksums", "is_document_name", "is_manifest"]

_DOCUMENTS = (".json", ".jsonl", ".yaml", ".yml")
_CHECKSUMS = (".sha256", ".sha256sum")
_LARGEST_LIST = 64 << 20  # bytes
_LISTED = rb"[0-9a-fA-F]{64} [ *](.+?)\r?"  # as `sha256sum` writes it
_DIGEST = rb"(?<![0-9a-fA-F])[0-9a-fA-F]{64}(?![0-9a-fA-F])"
_OVERLAP = 65
_PIECE = 1 << 20


def is_document_name(name: str) -> bool:
    """Whether a file of that name may be a document."""
    return name.endswith(_DOCUMENTS) and not files.is_temporary(name)


def is_checksums(name: str) -> bool:
    """Whether a file of that name is a list of checksums."""
    return "SUMS" in name.upper() or name.endswith(_CHECKSUMS)


def is_manifest(name: str) -> bool:
    """Whether a file of that name is the cache of a store, as it is or as it was before its newest change."""
    return name.startswith(".manifest.") and name.endswith(".json")


class Digests:
    """What refers to what: digests and names, each with the first file that holds it."""

    def __init__(self) -> None:
        self._held: dict[bytes, str] = {}
        self._listed: dict[bytes, str] = {}

    def holder(self, path: str, sha256: bytes) -> str | None:
        """The file that refers to one with this path and this digest, of 32 bytes; None where none does."""
        if sha256 in self._held:
            return self._held[sha256]
        return self._listed.get(os.path.join(_real_folder(path), os.fsencode(os.path.basename(path))))

    def add(self, content: bytes, path: str) -> None:
        """Take up the digests that a file holds."""
        for digest in re.findall(_DIGEST, content):
            self._held.setdefault(bytes.fromhex(digest.decode()), path)

    def add_file(self, path: str, at: Handle) -> str | None:
        """Take up what a file refers to; of a document in memory for a piece of it.

        Args:
            path: Where it is; its last name is looked up in ``at``.
            at: Its folder.

        Returns:
            Why it cannot be read, or None.
        """
        name, shown = os.path.basename(path), os.path.normpath(path)
        try:
            if is_checksums(name):
                self._add_list(files.read_bytes(name, limit=_LARGEST_LIST, at=at), path, shown)
                return None
            for piece in _pieces(name, at):
                self.add(piece, shown)
        except RunpactError as error:
            return str(error)
        return None

    def add_folder(
        self, folder: str, names: Iterable[str], at: Handle, *, documents: bool
    ) -> Iterator[tuple[str, str]]:
        """Take up what lists of checksums right in a folder refer to, and its documents where ``documents`` is set.

        Yields:
            Each list that cannot be read, and why; documents there may be anybody's.
        """
        for name in names:
            if is_checksums(name) or (documents and is_document_name(name) and not is_manifest(name)):
                path = os.path.join(folder, name)
                fault = self.add_file(path, at)
                if fault and is_checksums(name):
                    yield os.path.normpath(path), fault

    def _add_list(self, content: bytes, path: str, shown: str) -> None:
        folder = _real_folder(path)
        for line in content.split(b"\n"):
            if match := re.fullmatch(_LISTED, line, re.DOTALL):
                self._listed.setdefault(os.path.normpath(os.path.join(folder, match[1])), shown)
            else:
                self.add(line, shown)


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
