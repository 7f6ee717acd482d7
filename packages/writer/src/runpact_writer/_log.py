r"""The log of a run: bytes in, lines counted, nothing rewritten.

What is written here is on disk in the order it came. Where the disk takes no more, the rest is counted instead of lost
in silence, and nothing is raised: a log must not end what it is the log of. It is written through one open descriptor,
so whatever happens to its name meanwhile, nothing is written through a link or into another file; `settle` tells of it.
"""

from __future__ import annotations

import os

from runpact_core import files
from runpact_core.errors import RunpactError


class RunLog:
    r"""An open ``run.log``.

    Attributes:
        lines: Number of ``\n`` written.
        size_bytes: Number of bytes written.
        omitted_bytes: Number of bytes that could not be written, or were cut off later.
        failure: The first error, after which nothing more is written; None while all is well.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open the log, made durably where there is none.

        Raises:
            EnvironmentFailed: It could not be made.
            Refused: Something else has its name.
        """
        self._path = os.fspath(path)
        self._fd = files.open_append(path)
        self._at_line_start = True
        self.lines = 0
        self.size_bytes = 0
        self.omitted_bytes = 0
        self.failure: RunpactError | None = None

    def write(self, data: bytes) -> None:
        """Append bytes as they are."""
        taken = 0
        if self.failure is None:
            try:
                files.append(self._fd, data)
                taken = len(data)
            except RunpactError as error:
                self.failure = error
                taken = self._taken_of(len(data))
        self.lines += data.count(b"\n", 0, taken)
        self.size_bytes += taken
        self.omitted_bytes += len(data) - taken
        if taken:
            self._at_line_start = data.endswith(b"\n", 0, taken)

    def _taken_of(self, size: int) -> int:
        """How much of a write that failed is in the file: a full disk takes a part."""
        try:
            return min(max(os.fstat(self._fd).st_size - self.size_bytes, 0), size)
        except OSError:
            return 0

    def line(self, text: str) -> int:
        """Append a line of our own, on a line of its own; its number, from 1."""
        if not self._at_line_start:
            self.write(b"\n")
        self.write(text.encode("utf-8", "backslashreplace") + b"\n")
        return self.lines

    def settle(self) -> list[str]:
        """Look whether the file is what was written and has its name, and mend what can be mended.

        Returns:
            What somebody else did to it, in sentences; empty for a log that nobody touched. The counts are those of
            the file, as it is now.
        """
        try:
            seen = os.fstat(self._fd)
            folder_is_gone = not os.path.isdir(os.path.dirname(self._path) or ".")  # noqa: PTH112, PTH120 - pathlib is slow
            if folder_is_gone or (seen.st_size == self.size_bytes and has_name(seen, self._path)):
                return []
            from runpact_writer import _salvage  # rarely needed

            found = _salvage.salvage(self._fd, self._path, self.size_bytes)
        except OSError as error:
            return [f"run.log could not be looked at: {error.strerror}"]
        self._fd, self.lines, self.size_bytes = found.fd, found.lines, found.size_bytes
        self.omitted_bytes += found.missing_bytes
        return found.told

    def shorten(self, wanted: int) -> int:
        """Cut the end off to make room for something else, at least ``wanted`` bytes; how many, which are counted.

        0 where the log is too short for that, or cannot be cut.
        """
        from runpact_writer import _salvage  # rarely needed

        try:
            cut, feeds = _salvage.shorten(self._fd, self.size_bytes, wanted)
        except OSError:
            return 0
        self.size_bytes, self.lines, self.omitted_bytes = (
            self.size_bytes - cut,
            self.lines - feeds,
            self.omitted_bytes + cut,
        )
        return cut

    def sync(self) -> None:
        """Make the log durable, as far as that can be had; a failure is kept and nothing more is written."""
        try:
            files.sync(self._fd)
        except RunpactError as error:
            self.failure = self.failure or error

    def close(self) -> None:
        """Make the log durable, as `sync` does, and let go of it."""
        try:
            self.sync()
        finally:
            self.release()

    def release(self) -> None:
        """Let go of the log as it is."""
        try:
            files.close(self._fd)
        except RunpactError as error:
            self.failure = self.failure or error

    def counted(self) -> dict[str, int]:
        """The ``log`` object of `run.json`."""
        facts = {"lines": self.lines, "size_bytes": self.size_bytes}
        return facts | ({"omitted_bytes": self.omitted_bytes} if self.omitted_bytes else {})


def has_name(seen: os.stat_result, path: str) -> bool:
    """Whether an open file is the one that a path names, not through a link."""
    try:
        return os.path.samestat(seen, os.lstat(path))
    except FileNotFoundError:
        return False
