"""What a wrapped command reads and writes is its own, byte for byte, and once more in the log. See test_exec_volume."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from runpact_writer import _exec
from tests.writer.support import document, environment, only_run, outside, runpact_command

if TYPE_CHECKING:
    from pathlib import Path

ALL_BYTES = bytes(range(256)) + b"\xff\xfe split \xe2\x82" + b"\0" * 3 + b"\r\n\x1b[31m no final newline"
BURST = """
import random, sys
sys.stdout.buffer.write(random.Random(7).randbytes(5_000_001))
"""


def log_of(run: Path) -> bytes:
    """What the log holds after its first line, which is checked."""
    first, _, rest = (run / "run.log").read_bytes().partition(b"\n")
    assert first == f"RUN_ID={run.name}".encode()
    return rest


def test_any_bytes_pass_through(project: Path, runs_dir: Path) -> None:
    """T-02: stdin reaches the command, stdout and the log get its bytes: all 256 values, no final newline."""
    done = outside("exec", "--", "cat", cwd=project, stdin=ALL_BYTES)
    assert (done.returncode, done.stdout, done.stderr) == (0, ALL_BYTES, b"")
    run = only_run(runs_dir)
    assert log_of(run) == ALL_BYTES
    size = (run / "run.log").stat().st_size
    assert document(run)["log"] == {"lines": 1 + ALL_BYTES.count(b"\n"), "size_bytes": size}


def test_a_reader_who_leaves_early(project: Path, runs_dir: Path) -> None:
    """T-07: `| head -1`: the command runs on to its own end, the log is whole, the exit code is the command's."""
    code = "for number in range(50000): print(number)\nraise SystemExit(5)"
    wrapped = runpact_command("exec", "--", sys.executable, "-S", "-c", code)
    with subprocess.Popen(
        wrapped, cwd=project, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"0\n"
        process.stdout.close()
        err = process.stderr.read()
        assert (process.wait(60), err) == (5, b"")
    run = only_run(runs_dir)
    assert log_of(run) == b"".join(b"%d\n" % number for number in range(50000))
    assert document(run)["exit"] == {"code": 5}


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has a device that is always full")  # noqa: PTH110 - at import
def test_a_full_disk_behind_stdout(project: Path, runs_dir: Path) -> None:
    """T-08: our stdout takes no more, the log still takes all, and the command's exit code stands."""
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            runpact_command("exec", "--", "sh", "-c", "echo lost; exit 4"), cwd=project, env=environment(),
            stdout=full, stderr=subprocess.PIPE, check=False, timeout=60,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (4, b"")
    assert log_of(only_run(runs_dir)) == b"lost\n"


CLOSED = 'exec "$@" {how}'


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX closes descriptors")
@pytest.mark.parametrize("how", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_standard_streams(how: str, project: Path, runs_dir: Path) -> None:
    """A stream that is closed takes nothing, and no file of the run is taken for it: the record verifies."""
    words = runpact_command("exec", "--", "sh", "-c", "echo out; echo err >&2; exit 6")
    done = subprocess.run(
        ["sh", "-c", CLOSED.format(how=how), "sh", *words], cwd=project, env=environment(), check=False,
        stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
    )  # fmt: skip
    out = b"" if " >&-" in f" {how}" else b"out\n"
    err = b"" if "2>&-" in how else b"err\n"
    assert (done.returncode, done.stdout, done.stderr) == (6, out, err)
    run = only_run(runs_dir)
    assert sorted(log_of(run).split()) == [b"err", b"out"]
    assert outside("runs", "verify", cwd=project).stdout.decode() == f"{run.name}: ok\n"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes cannot be non-blocking there")
def test_a_pipe_that_somebody_made_non_blocking(project: Path) -> None:
    """T-09: where our stdout is full and does not block, we wait until it takes the rest; nothing is lost."""
    reader, ours = os.pipe()
    os.set_blocking(ours, False)
    with subprocess.Popen(
        runpact_command("exec", "--", sys.executable, "-S", "-c", BURST), cwd=project, env=environment(), stdout=ours
    ) as process:
        os.close(ours)
        with open(reader, "rb") as file:  # noqa: PTH123 - a descriptor
            got = file.read()
        assert process.wait(60) == 0
    assert len(got) == 5_000_001


def test_the_command_knows_its_run(runs_dir: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """RUNPACT_RUN_ID and RUNPACT_RUN_DIR are set for the command; the folder is absolute and can be written to."""
    code = (
        "import os; from pathlib import Path; run = Path(os.environ['RUNPACT_RUN_DIR']);"
        "(run / 'artifacts').mkdir(); (run / 'artifacts' / 'rows.csv').write_text('a,b');"
        "print(os.environ['RUNPACT_RUN_ID'], run)"
    )
    assert _exec.main(["--", sys.executable, "-S", "-c", code]) == 0
    run = only_run(runs_dir)
    assert capfd.readouterr().out == f"{run.name} {run}\n"
    assert (run / "artifacts" / "rows.csv").read_text() == "a,b"
