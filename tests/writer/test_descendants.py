"""The processes below a command: all of them are found, each once, and a process that is none of them never."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from runpact_writer import _descendants
from runpact_writer._descendants import Descendants

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells who is below a process")

TREE = "sh -c 'sleep 60 & echo $!; wait' & echo $!; wait"


def test_all_below_and_nobody_else() -> None:
    """Children and theirs end; the process itself, and one beside it, do not."""
    beside = subprocess.Popen(["sleep", "60"])
    with subprocess.Popen(["bash", "-c", f"trap 'exit 7' USR1; {TREE}; wait"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        below = {int(process.stdout.readline()) for _ in range(2)}
        family = Descendants(process.pid)
        family.look()
        family.send(signal.SIGCONT)
        assert set(family._held) == below
        family.send(signal.SIGKILL)
        assert process.stdout.read() == b""
        assert process.wait(60) in {0, 128 + signal.SIGKILL}
        family.send(signal.SIGKILL)  # they have gone: nothing happens
        assert family.look() == []
        assert family._held == {}
        family.close()
    assert beside.poll() is None
    beside.kill()
    beside.wait()


def test_one_that_was_found_stays_held() -> None:
    """A child whose parent has ended since is sent what comes later, too; after `close` nothing is held."""
    with subprocess.Popen(["bash", "-c", "sleep 60 & echo $!; read line"], stdin=-1, stdout=-1) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        family = Descendants(process.pid)
        family.look()
        family.send(signal.SIGCONT)
        process.stdin.close()
        process.wait(60)
        assert list(family._held) == [pid]
        family.send(signal.SIGKILL)
        assert process.stdout.read() == b""
    family.close()
    assert family._held == {}


def test_what_changes_while_we_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has gone, or whose id is another's by now, is not held; one of somebody else's costs nothing."""
    root, (gone, taken, foreign, unseen, late) = 10**7, range(10**7 + 1, 10**7 + 6)
    for pid, parent in ((gone, root), (taken, root), (foreign, root)):
        (tmp_path / str(pid)).mkdir()
        (tmp_path / str(pid) / "stat").write_text(f"{pid} (a) b) S {parent} 1")
    for pid in (unseen, late):
        (tmp_path / str(pid)).mkdir()
    fds = []

    def opened(pid: int) -> int:
        if pid == gone:
            raise ProcessLookupError
        if pid == taken:
            (tmp_path / str(pid) / "stat").write_text(f"{pid} (a) S 1 1")
        fds.append(os.pipe())
        return fds[-1][0]

    def refuse(fd: int, number: int) -> None:
        (tmp_path / str(late) / "stat").write_text(f"{late} (a) S {foreign} 1")  # made as we were at it
        raise PermissionError(fd, number)

    monkeypatch.setattr(os, "pidfd_open", opened)
    monkeypatch.setattr(_descendants.signal, "pidfd_send_signal", refuse)  # type: ignore[attr-defined]  # what is used there
    family = Descendants(root, str(tmp_path))
    family.look()
    family.send(signal.SIGKILL)
    assert list(family._held) == [foreign, late]
    family.close()
    for _, writer in fds:
        os.close(writer)
    assert Descendants(root, str(tmp_path / "absent")).look() == []
