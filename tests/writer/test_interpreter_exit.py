"""What becomes of a run when its interpreter ends: sealed where the program still says so, else left open, silently."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from runpact_core import runs
from tests.writer.support import environment, only_run

if TYPE_CHECKING:
    from pathlib import Path

RECORDS = """
import atexit, os, sys, threading
from runpact_writer import RunWriter
writer = RunWriter("x", "1", runs_dir=sys.argv[1], announce=False)
writer.start("local_cli", "test", "mia")
"""
AFTER_MAIN = "threading.main_thread().join(); writer.log('late'); writer.finish()"
WITHOUT_END = "[writer.log('busy') for _ in iter(int, 1)]"


@pytest.mark.parametrize(
    ("ending", "code", "state"),
    [
        ("", 0, "interrupted"),
        ("sys.exit(3)", 3, "interrupted"),
        ("os._exit(4)", 4, "interrupted"),
        (f"threading.Thread(target=lambda: {WITHOUT_END}, daemon=True).start()", 0, "interrupted"),
        ("atexit.register(writer.finish)", 0, "finished"),
        (f"threading.Thread(target=lambda: [{AFTER_MAIN}]).start()".replace("; ", ", "), 0, "finished"),
    ],
    ids=["falls-off", "sys-exit", "os-exit", "daemon-thread", "atexit", "thread-after-main"],
)
def test_the_end_of_the_interpreter(ending: str, code: int, state: str, runs_dir: Path) -> None:
    """The program's own exit code, nothing on either stream, and a run that is open for nobody to finish, or sealed."""
    words = [sys.executable, "-c", RECORDS + ending, str(runs_dir)]
    done = subprocess.run(words, env=environment(), capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (code, b"", b"")
    assert runs.look(only_run(runs_dir), now=time.time(), asking=runs.here()).state == state
