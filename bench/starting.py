"""Starting: what a command costs before it does anything, against the interpreter's own start.

Every process gets the same environment, and what its site-packages do at start-up is on both sides. The installed
console script is used where there is one; in a tree that is not installed, what the script would do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import runpact as package
import runpact_core
import runpact_writer
from bench.measure import process
from bench.row import Pair, Row, Unavailable, at_most

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["ROWS", "environment", "found", "runpact"]

PASS = ("python -c pass", (sys.executable, "-c", "pass"))
TYPER = ('python -c "import typer"', (sys.executable, "-c", "import typer"))
CALL = "import sys; from runpact.cli import main; sys.exit(main())"


def runpact() -> list[str]:
    """The command, as it is here."""
    script = shutil.which("runpact", path=str(Path(sys.executable).parent))
    return [script] if script else [sys.executable, "-c", CALL]


def environment() -> dict[str, str]:
    """What every process gets: this one's, without what makes a recorded run talk to a CI service.

    The search path is this process's own folders of sources, or nothing where the packages are installed.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "PYTHON"))}
    folders = [str(Path(module.__file__ or "").parents[1]) for module in (package, runpact_core, runpact_writer)]
    return kept | ({"PYTHONPATH": os.pathsep.join(folders)} if len(runpact()) > 1 else {})


def _whole(words: Sequence[str], peer: Sequence[str]) -> Callable[[Path], Pair]:
    def prepare(folder: Path) -> Pair:
        env = environment()
        return Pair(process([*runpact(), *words], env=env, cwd=folder), process(peer, env=env, cwd=folder))

    return prepare


def _exec(folder: Path) -> Pair:
    return _whole(["exec", "--", found("true")], PASS[1])(folder)


def _exec_start(folder: Path) -> Pair:
    """Ours until the first byte that the child says, which includes the start of that child."""
    command, env = [*runpact(), "exec", "--", found("echo"), "started"], environment()

    def first_byte() -> float:
        start = time.perf_counter()
        with subprocess.Popen(command, env=env, cwd=folder, stdout=subprocess.PIPE, bufsize=0) as child:
            assert child.stdout is not None
            said = child.stdout.read(1)
            taken = time.perf_counter() - start
        assert said == b"s"
        assert child.returncode == 0
        return taken

    return Pair(lambda times: sum(first_byte() for _ in range(times)), process(PASS[1], env=env, cwd=folder))


def found(name: str) -> str:
    """Where a command is.

    Raises:
        Unavailable: Nowhere.
    """
    path = shutil.which(name)
    if path is None:
        message = f"there is no command {name}"
        raise Unavailable(message)
    return path


ROWS = (
    Row(
        "start-version",
        "runpact --version",
        "runpact --version",
        PASS[0],
        at_most(2),
        40,
        _whole(["--version"], PASS[1]),
    ),
    Row("start-help", "runpact --help", "runpact --help", TYPER[0], at_most(1.5), 20, _whole(["--help"], TYPER[1])),
    Row("exec-whole", "wrap a command that does nothing", "runpact exec -- true", PASS[0], at_most(5), 25, _exec),
    Row(
        "exec-start",
        "until a wrapped command says a byte",
        "runpact exec -- echo",
        PASS[0],
        at_most(2.5),
        25,
        _exec_start,
    ),
)
