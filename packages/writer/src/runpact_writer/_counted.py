r"""What can be counted of a log on the disk, in one pass and bounded memory: one home for verifying and for sealing.

Lines are ``\n`` bytes, as `run.json` and evidence count them: an unfinished last line is none.
"""

from __future__ import annotations

from typing import NamedTuple

from runpact_core import files
from runpact_core.errors import EnvironmentFailed

__all__ = ["Counted", "counted"]

_FIRST_LINE = 200
_BLOCK = 1 << 20


class Counted(NamedTuple):
    """What was found in a log.

    Attributes:
        first: Its first line with the line feed, where that comes early; else the line's beginning.
        lines: Number of line feeds.
        size_bytes: Number of bytes.
    """

    first: bytes
    lines: int
    size_bytes: int

    def facts(self) -> dict[str, int]:
        """The ``log`` object of `run.json`."""
        return {"lines": self.lines, "size_bytes": self.size_bytes}


def counted(path: str) -> Counted:
    """Read a log once.

    Raises:
        MissingArtifact: There is none.
        InvalidArtifact: It is no regular file.
        EnvironmentFailed: It could not be read.
    """
    lines = size = 0
    try:
        with open(files.open_read(path), "rb", buffering=0) as file:  # noqa: PTH123 - a descriptor is no path
            first = block = file.read(_BLOCK)
            while block:
                lines, size = lines + block.count(b"\n"), size + len(block)
                block = file.read(_BLOCK)
    except OSError as error:
        raise EnvironmentFailed(f"reading {path}", error) from error
    head = first[:_FIRST_LINE]
    return Counted(head[: head.find(b"\n") + 1] or head, lines, size)
