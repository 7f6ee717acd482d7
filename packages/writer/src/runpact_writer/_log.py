r"""The log of a run: bytes in, lines counted, nothing rewritten.

What is written here is on disk in the order it came. Where the disk takes no more, the rest is counted instead of lost
in silence, and nothing is raised: a log must not end what it is the log of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runpact_core import files
from runpact_core.errors import RunpactError

if TYPE_CHECKING:
    import os


class RunLog:
    r"""An open ``run.log``.

    Attributes:
        lines: Number of ``\n`` written.
        size_bytes: Number of bytes written.
        omitted_bytes: Number of bytes that could not be written.
        failure: The first error, after which nothing more is written; None while all is well.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open the log, made durably where there is none.

        Raises:
            EnvironmentFailed: It could not be made.
            Refused: Something else has its name.
        """
        self._fd = files.open_append(path)
        self._at_line_start = True
        self.lines = 0
        self.size_bytes = 0
        self.omitted_bytes = 0
        self.failure: RunpactError | None = None

    def write(self, data: bytes) -> None:
        """Append bytes as they are."""
        if self.failure is None:
            try:
                files.append(self._fd, data)
            except RunpactError as error:
                self.failure = error
            else:
                self.lines += data.count(b"\n")
                self.size_bytes += len(data)
                self._at_line_start = data.endswith(b"\n")
                return
        self.omitted_bytes += len(data)

    def line(self, text: str) -> int:
        """Append a line of our own, on a line of its own; its number, from 1."""
        if not self._at_line_start:
            self.write(b"\n")
        self.write(text.encode("utf-8", "backslashreplace") + b"\n")
        return self.lines

    def close(self) -> None:
        """Make the log durable, as far as that can be had."""
        try:
            files.sync(self._fd)
        except RunpactError as error:
            self.failure = self.failure or error
        finally:
            files.close(self._fd)

    def counted(self) -> dict[str, int]:
        """The ``log`` object of `run.json`."""
        facts = {"lines": self.lines, "size_bytes": self.size_bytes}
        return facts | ({"omitted_bytes": self.omitted_bytes} if self.omitted_bytes else {})
