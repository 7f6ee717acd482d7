"""Evidence taken in: copied whole, durably and hashed, so that what a report points to cannot change behind it.

Invariants: what is taken is a regular file of bounded size, reached by its own name and through no link; a file is
there whole or not at all; two files of one name are kept apart; the name under which one is kept is one part of a path
without characters that act.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
from typing import TYPE_CHECKING, NamedTuple

from runpact_core import files
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact
from runpact_reporter.errors import naming

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

__all__ = ["MAX_BYTES", "PICTURES", "SUMS", "Taken", "copy", "free_name", "is_picture", "read_sums", "sums", "take"]

MAX_BYTES = 1 << 30
"""The largest file, in bytes, that is taken as evidence."""

PICTURES = {
    ".png": b"\x89PNG\r\n\x1a\n",
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".gif": b"GIF8",
    ".webp": b"RIFF",
}
"""How files of pictures begin, by the end of their name."""

SUMS = "SHA256SUMS"
"""Holds the digests of a report's files, as `sha256sum` writes and checks them."""

_BLOCK = 1 << 20
_LONGEST = 120
_UNSAFE = re.compile(r"[^A-Za-z0-9._+=@ ()-]")
_SUM = re.compile(r"([0-9a-f]{64}) [ *](.+)")


class Taken(NamedTuple):
    """A file that was taken in.

    Attributes:
        name: Where it lies, from the folder of the report, with ``/``.
        sha256: Digest of what was written.
        size_bytes: Its size.
    """

    name: str
    sha256: str
    size_bytes: int


def take(source: Path, folder: Path, name: str, *, limit: int = MAX_BYTES) -> Taken:
    """Copy a file of others into the folder of a report.

    Args:
        source: The file.
        folder: The folder of the report; what ``name`` has before its last part is made.
        name: Where it goes, from there, with ``/``.
        limit: The most bytes that are taken.

    Raises:
        MissingArtifact: There is no such file.
        InvalidArtifact: It is a link, a folder, a FIFO, a device; it is too large.
        EnvironmentFailed: It could not be read or written.
    """
    try:
        found = os.lstat(source)
    except FileNotFoundError as error:
        raise MissingArtifact(str(source)) from error
    except (OSError, ValueError) as error:
        cause = error if isinstance(error, OSError) else OSError(str(error))
        raise EnvironmentFailed(f"reading {source}", cause) from error
    if stat.S_ISLNK(found.st_mode):
        raise InvalidArtifact(f"{source} is a link", path=str(source), hint="name the file that it leads to")
    return copy(source, folder, name, limit=limit, same=(found.st_dev, found.st_ino))


def copy(
    source: Path, folder: Path, name: str, *, limit: int | None = None, same: tuple[int, int] | None = None
) -> Taken:
    """Copy a file that may still grow, as far as it goes now; `take` for a file of ours.

    Raises:
        RunpactError: As `take`.
    """
    target = folder.joinpath(*name.split("/"))
    with naming(source):
        fd = files.open_read(source)
    try:
        about = os.fstat(fd)
        if same is not None and same != (about.st_dev, about.st_ino):
            raise InvalidArtifact(f"{source} was exchanged while it was read", path=str(source), hint="try again")
        if limit is not None and about.st_size > limit:
            reason = f"{source}: {about.st_size} bytes are more than the limit of {limit}"
            raise InvalidArtifact(reason, path=str(source))
        files.make_dirs(target.parent)
        digest, size = _write(fd, target, about.st_size)
    finally:
        os.close(fd)
    return Taken(name, digest, size)


def _write(fd: int, target: Path, size: int) -> tuple[str, int]:
    """Put the first ``size`` bytes of a descriptor under a name, durably; digest and size of what was there."""
    digest, left = hashlib.sha256(), size
    temporary = target.with_name(f".{target.name[:48]}.{secrets.token_hex(8)}.tmp")
    out = files.open_append(temporary)
    try:
        try:
            while left > 0 and (block := os.read(fd, min(_BLOCK, left))):
                left -= len(block)
                digest.update(block)
                files.append(out, block)
            files.sync(out)
        finally:
            files.close(out)
        os.replace(temporary, target)  # noqa: PTH105 - as the rest of this function: descriptors and names
        files.sync_dir(target.parent)
    except BaseException as error:
        _forget(temporary)
        if isinstance(error, OSError):
            raise EnvironmentFailed(f"writing {target}", error) from error
        raise
    return digest.hexdigest(), size - left


def _forget(temporary: Path) -> None:
    """Remove what was not finished; what fails here must not hide why."""
    try:
        temporary.unlink(missing_ok=True)
    except OSError:
        return


def free_name(source: Path, taken: Collection[str]) -> str:
    """A name for a file among those that are taken already: its own, with a number where another has it.

    Names that differ in case alone are one name, since some file systems say so.
    """
    name = _UNSAFE.sub("_", source.name)[-_LONGEST:].lstrip(". ") or "file"
    stem, dot, suffix = name.rpartition(".")
    stem, ending = (stem, f"{dot}{suffix}") if stem else (name, "")
    known, number, free = {each.lower() for each in taken}, 1, name
    while free.lower() in known:
        number += 1
        free = f"{stem}-{number}{ending}"
    return free


def sums(taken: Collection[Taken]) -> bytes:
    """The file of digests, sorted by name."""
    return "".join(f"{each.sha256}  {each.name}\n" for each in sorted(taken, key=lambda one: one.name)).encode()


def read_sums(text: bytes) -> dict[str, str]:
    """The digests of a file of digests, by name; lines that are none are passed over."""
    found = (_SUM.fullmatch(line) for line in text.decode("utf-8", "replace").splitlines())
    return {match[2]: match[1] for match in found if match}


def is_picture(name: str, head: bytes) -> bool:
    """Whether a file that begins so is the picture that the end of its name says."""
    begin = PICTURES.get(os.path.splitext(name)[1].lower())  # noqa: PTH122 - the name is no path
    return begin is not None and head.startswith(begin)
