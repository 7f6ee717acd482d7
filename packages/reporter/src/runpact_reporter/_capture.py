"""A text file as evidence: a reference to it, an excerpt of it, and an account of everything that is not in it.

Invariants:

* `capture_text_artifact` never raises for what it finds under a path, never waits for anybody, and drops nothing in
  silence: a file that is missing, unreadable, binary, too large, no regular file, or that changed while it was read,
  is a result that says so, with as much of its reference as is known.
* One pass over the file, in memory for one piece and the excerpt. The digest is of the bytes as they are stored.
* A file is read as long as it was when it was opened: one that grows cannot keep the reader.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from runpact_core import files
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact, RunpactError, UsageFailure
from runpact_reporter import _given
from runpact_reporter._excerpt import Excerpter, TextCapturePolicy, TextExcerpt, TruncationLedger

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "ArtifactRef",
    "CaptureResult",
    "TextCapturePolicy",
    "TextExcerpt",
    "TruncationLedger",
    "capture_text_artifact",
]

_PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class ArtifactRef:
    """Which file it is.

    Attributes:
        path: The path from the root, with ``/``; as it was given where there is no root or it lies elsewhere.
        abs_path: The absolute path.
        exists: Whether something has this name.
        size_bytes: Its size when it was opened; None where it could not be opened.
        sha256: Digest of its stored bytes, in lower-case hex; None where they were not all read.
        media: ``text`` or ``binary``; None where it was not read.
    """

    path: str
    abs_path: str
    exists: bool
    size_bytes: int | None
    sha256: str | None
    media: str | None = None


@dataclass(frozen=True, slots=True)
class CaptureResult:
    """What came of a capture.

    Attributes:
        artifact: The reference, in every case.
        excerpt: The excerpt; None where there is no text to show.
        error: None, or what went wrong: ``kind`` is ``missing``, ``unreadable``, ``not_a_file``, ``outside_root``,
            ``too_large`` (for ``max_read_bytes``), ``changed`` (while it was read; the excerpt shows what was read) or
            ``vanished`` (while it was read; what was read is whole), and ``message`` is one sentence.
    """

    artifact: ArtifactRef
    excerpt: TextExcerpt | None
    error: dict[str, str] | None

    def to_dict(self) -> dict[str, Any]:
        """The result as a document of contract ``capture``."""
        artifact = _without_none(asdict(self.artifact), "abs_path", *(() if self.artifact.sha256 else ("size_bytes",)))
        document: dict[str, Any] = {"schema_version": "1.0", "artifact": artifact}
        if self.excerpt is not None:
            document["excerpt"] = asdict(self.excerpt)
            if not self.excerpt.ledger.undecodable_bytes:
                del document["excerpt"]["ledger"]["undecodable_bytes"]
        return document | ({"error": dict(self.error)} if self.error else {})


def _without_none(fields: dict[str, Any], *dropped: str) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None and name not in dropped}


def capture_text_artifact(
    path: str | os.PathLike[str],
    *,
    policy: TextCapturePolicy | None = None,
    capture_policy: TextCapturePolicy | None = None,
    root: str | os.PathLike[str] | None = None,
) -> CaptureResult:
    """Capture a text file: its reference, digest, and an excerpt that says what it leaves out.

    Args:
        path: The file. A relative path is one from the current folder where that leads into ``root`` or there is no
            root, else one from ``root``. Links are followed.
        policy: How much is kept; a default where there is none.
        capture_policy: The same by its other name.
        root: The folder that ``ArtifactRef.path`` is relative to; None keeps the path as given. An absolute path to
            elsewhere is read, and kept as given; a relative one that leads out is ``outside_root``.

    Raises:
        UsageFailure: Both names of the policy were given, or something else than one; a path is none.
    """
    if policy is not None and capture_policy is not None:
        raise UsageFailure("policy and capture_policy are the same", hint="give one of them")
    limits = policy if policy is not None else capture_policy if capture_policy is not None else TextCapturePolicy()
    if not isinstance(limits, TextCapturePolicy):
        raise UsageFailure(f"the policy is of type {type(limits).__name__}", hint="give a TextCapturePolicy")
    given, base = _given.path(path), None if root is None else _given.path(root)
    place = _place(given, base)
    if base is not None and not PurePath(given).is_absolute() and _below(place, base) is None:
        found = Found(exists=os.path.lexists(place), error=_error("outside_root", "its path leads out of the root"))
    else:
        found = _read(place, limits)
    artifact = ArtifactRef(
        path=_shown(place, base, given),
        abs_path=os.path.abspath(place),  # noqa: PTH100 - links stay as they are
        exists=found.exists,
        size_bytes=found.size,
        sha256=found.digest,
        media=found.media,
    )
    return CaptureResult(artifact, found.excerpt, found.error)


@dataclass(slots=True)
class Found:
    """What was learned about a file."""

    exists: bool = True
    size: int | None = None
    digest: str | None = None
    media: str | None = None
    excerpt: TextExcerpt | None = None
    error: dict[str, str] | None = None


def _read(place: str, policy: TextCapturePolicy) -> Found:
    try:
        fd = files.open_read(place)
    except RunpactError as error:
        return _not_opened(place, error)
    try:
        return of_open(fd, place, policy)
    except OSError as error:
        return Found(error=_error("unreadable", f"it cannot be read ({error.strerror or error})"))
    finally:
        os.close(fd)


def _not_opened(place: str, error: RunpactError) -> Found:
    if isinstance(error, InvalidArtifact):
        return Found(error=_error("not_a_file", f"it is no regular file ({error.reason})"))
    cause = error.cause if isinstance(error, EnvironmentFailed) else None
    if isinstance(error, MissingArtifact | UsageFailure) or isinstance(cause, NotADirectoryError):
        dangling = not isinstance(error, UsageFailure) and os.path.lexists(place)
        message = "it is a link that leads nowhere" if dangling else "there is nothing at its path"
        return Found(exists=dangling, error=_error("missing", message))
    reason = cause.strerror if cause is not None else error.what
    return Found(exists=os.path.lexists(place), error=_error("unreadable", f"it cannot be read ({reason})"))


def _error(kind: str, message: str) -> dict[str, str]:
    return {"kind": kind, "message": message}


def of_open(fd: int, place: str, policy: TextCapturePolicy) -> Found:
    """One pass over an open file.

    Args:
        fd: Its descriptor, at its beginning; it stays open.
        place: Its path, for telling whether it went away.
        policy: How much is kept.

    Raises:
        OSError: It cannot be read.
    """
    before = os.fstat(fd)
    if before.st_size > policy.max_read_bytes:
        reason = f"it has {before.st_size} bytes, and at most {policy.max_read_bytes} are read"
        return Found(size=before.st_size, error=_error("too_large", reason))
    text, digest = Excerpter(policy), sha256()
    for piece, size in _pieces(fd, before.st_size):
        digest.update(memoryview(piece)[:size])
        text.feed(piece, size)
    more, after = os.read(fd, 1), os.fstat(fd)
    binary = text.is_binary()
    found = Found(size=before.st_size, media="binary" if binary else "text")
    found.excerpt = None if binary else text.excerpt()
    if more or text.total != before.st_size or after.st_mtime_ns != before.st_mtime_ns:
        found.error = _error("changed", f"it was written to while it was read, {text.total} bytes of it")
    else:
        found.digest = digest.hexdigest()
        if not after.st_nlink and not os.path.lexists(place):
            found.error = _error("vanished", "it went away while it was read")
    return found


def _pieces(fd: int, size: int) -> Iterator[tuple[bytearray, int]]:
    """A file's first ``size`` bytes, in a buffer that is used again for each piece, with how much of it counts."""
    buffer = bytearray(min(_PIECE, max(size, 1)))
    view = memoryview(buffer)
    with open(fd, "rb", buffering=0, closefd=False) as file:
        while size > 0 and (got := file.readinto(view[: min(size, len(buffer))])):
            yield buffer, got
            size -= got


def _place(path: str, root: str | None) -> str:
    """Where the file is: from the current folder, or from the root."""
    if root is None or PurePath(path).is_absolute() or _below(path, root) is not None:
        return path
    return os.path.join(root, path)  # noqa: PTH118 - keeps the path as given


def _below(path: str, root: str) -> str | None:
    """The path from the root; None where it is not below it."""
    try:
        below = os.path.relpath(os.path.abspath(path), os.path.abspath(root))  # noqa: PTH100 - links stay as they are
    except ValueError:  # another drive
        return None
    return None if PurePath(below).parts[:1] == (os.pardir,) else below


def _shown(place: str, root: str | None, given: str) -> str:
    """The path for people and documents: from the root where it lies there, bytes that are no UTF-8 escaped."""
    below = None if root is None else _below(place, root)
    return os.fsencode((below or given).replace(os.sep, "/")).decode(errors="backslashreplace")
