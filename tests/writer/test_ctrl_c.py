"""X-05: a key typed at a terminal that means a signal reaches a wrapped command once, not once more through us."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from tests.writer.support import document, environment, only_run, runpact_command

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":
    pytest.skip("the engine is for POSIX systems", allow_module_level=True)

import pty

COUNTS = """
import signal, sys
seen = []
for name in ("SIGINT", "SIGQUIT"):
    signal.signal(getattr(signal, name), lambda *_: (seen.append(1), print("seen", flush=True)))
print("go", flush=True)
sys.stdin.readline()
sys.exit(len(seen))
"""


@pytest.mark.parametrize("key", [b"\x03", b"\x1c"], ids=["ctrl-c", "ctrl-backslash"])
def test_a_key_is_one_signal(key: bytes, project: Path, runs_dir: Path) -> None:
    """The command counts what it got until it has read a line that was typed after the first: one."""
    pid, fd = pty.fork()
    if pid == 0:  # pragma: no cover - the child
        os.chdir(project)
        words = runpact_command("exec", "--", sys.executable, "-S", "-c", COUNTS)
        os.execvpe(words[0], words, environment())  # noqa: S606 - the command that is tested
    typed, seen = [(b"go\r\n", key), (b"seen\r\n", b"\n")], b""
    try:
        while data := os.read(fd, 1000):
            seen += data
            if typed and typed[0][0] in seen:
                os.write(fd, typed.pop(0)[1])
    except OSError:  # the terminal's other side is closed
        pass
    os.close(fd)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
    assert document(only_run(runs_dir))["exit"] == {"code": 1}
