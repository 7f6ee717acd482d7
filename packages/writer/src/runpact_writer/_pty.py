"""Which descriptors a command gets for stdout and stderr: a pseudo-terminal where ours is a terminal, else a pipe.

A pseudo-terminal has the size of the terminal it stands for and rewrites nothing: what the command writes comes out
byte for byte, and the real terminal does to it what it always does. It is no controlling terminal, so Ctrl-C, Ctrl-Z
and ``/dev/tty`` stay those of the real one. Where both are the same terminal there is one for both, in exact order.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Sequence

_PIPE_SIZE = 1 << 20
_OFLAG = 1


class Streams:
    """The output streams of one command.

    Attributes:
        child_out: What becomes its descriptor 1.
        child_err: What becomes its descriptor 2.
        sources: Pairs of the descriptor that is read from, and ours (1 or 2) that this goes to.
        terminals: The sources that are pseudo-terminals.
    """

    def __init__(self, *, merge: bool = False, pty: bool = True, ours: tuple[int, int] = (1, 2)) -> None:
        """Open what is needed.

        Args:
            merge: Whether both are one stream, which goes to our stdout.
            pty: Whether terminals are looked for at all.
            ours: Our own stdout and stderr.

        Raises:
            OSError: There are no more descriptors, or no more pseudo-terminals.
        """
        self.sources: list[tuple[int, int]] = []
        self.terminals: list[tuple[int, int]] = []
        self._to_close: list[int] = []
        out, err = ours
        try:
            self.child_out = self._open(out, terminal=pty and os.isatty(out))
            shared = merge or (pty and _same_terminal(out, err))
            self.child_err = self.child_out if shared else self._open(err, terminal=pty and os.isatty(err))
        except BaseException:
            self.close_child_side()
            self.close()
            raise

    def _open(self, ours: int, *, terminal: bool) -> int:
        if not terminal:
            reader, writer = os.pipe()
            _widen(writer)
        else:
            reader, writer = os.openpty()
            self.terminals.append((reader, ours))
        self.sources.append((reader, ours))
        self._to_close.append(writer)
        if terminal:
            _imitate(ours, writer)
            self.resize()
        return writer

    def resize(self) -> None:
        """Give each pseudo-terminal the size that the terminal behind it has now."""
        if not self.terminals:
            return
        import termios

        for ours, real in self.terminals:
            try:
                termios.tcsetwinsize(ours, termios.tcgetwinsize(real))
            except termios.error:  # the terminal is gone, or was just closed
                continue

    def close_child_side(self) -> None:
        """Close our copies of what the command has got."""
        _close_all(self._to_close)
        self._to_close = []

    def close(self) -> None:
        """Close what is left of the sources."""
        _close_all([fd for fd, _ in self.sources])
        self.sources = []
        self.terminals = []


def _close_all(fds: Sequence[int]) -> None:
    for fd in fds:
        os.close(fd)


def _same_terminal(out: int, err: int) -> bool:
    return os.isatty(out) and os.isatty(err) and os.fstat(out).st_rdev == os.fstat(err).st_rdev


def _imitate(real: int, fd: int) -> None:
    """Give a pseudo-terminal the settings of a terminal, but for the rewriting of output."""
    import termios

    try:
        settings = termios.tcgetattr(real)
    except termios.error:
        settings = termios.tcgetattr(fd)
    settings[_OFLAG] &= ~termios.OPOST
    termios.tcsetattr(fd, termios.TCSANOW, settings)


def _widen(fd: int) -> None:
    """Make a pipe hold more, where the system lets us: fewer turns between the command and us."""
    try:
        import fcntl

        fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
    except (ImportError, AttributeError, OSError):
        return
