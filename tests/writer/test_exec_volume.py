"""Much output, of every kind: identical in three places, in bounded memory (T-01, T-03, T-04, T-06, T-15, X-15).

The three places: what the command wrote, what came out of the wrapper's stdout, and `run.log` after its first line.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

import pytest

from tests.writer.support import document, environment, only_run, outside, runpact_command

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the engine is for POSIX systems")

BLOCK = 1 << 20
GIB = 1 << 30
BURST = """
import hashlib, os, sys
size, seed = int(sys.argv[1]), sys.argv[2].encode()
block = hashlib.shake_256(seed).digest(min(size, 1 << 20))
digest = hashlib.sha256()
while size:
    left = memoryview(block)[:size]
    digest.update(left)
    size -= len(left)
    if not size:
        with open("told", "w") as told:
            told.write(digest.hexdigest())
    while left:
        left = left[os.write(1, left):]
os._exit(5)
"""
"""Writes so many bytes, tells their hash in a file, and is gone the moment after its last write."""

MEMORY = 'grep VmHWM "/proc/$PPID/status" >&2'
"""The last words of a command that says how much memory the wrapper has needed so far."""


def digest(file: IO[bytes]) -> str:
    """The hash of what is left of a file, in bounded memory."""
    found = hashlib.sha256()
    while block := file.read(BLOCK):
        found.update(block)
    return found.hexdigest()


def log_digest(run: Path) -> str:
    """The hash of a log after its first line, which is checked."""
    with (run / "run.log").open("rb") as log:
        assert log.readline() == f"RUN_ID={run.name}\n".encode()
        return digest(log)


def three_ways(folder: Path, size: int, seed: int) -> list[str]:
    """Run a burst in a folder; the three hashes."""
    words = runpact_command("exec", "--", sys.executable, "-S", "-c", BURST, str(size), str(seed))
    with subprocess.Popen(words, cwd=folder, env=environment(), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        out = digest(process.stdout)
        assert process.wait(60) == 5
    run = only_run(folder / "reports" / "runs")
    assert document(run)["log"]["size_bytes"] == size + len(f"RUN_ID={run.name}\n")
    return [(folder / "told").read_text(), out, log_digest(run)]


@pytest.mark.parametrize("seed", range(50))
def test_a_burst_and_an_instant_exit(seed: int, project: Path) -> None:
    """T-01: 5,000,000 bytes by a command that is gone the next moment, fifty times: identical in three places."""
    told, out, log = three_ways(project, 5_000_000, seed)
    assert (len(told), out, log) == (64, told, told)


def test_a_burst_of_a_gigabyte() -> None:
    """T-01: the same with 1 GiB, on a disk in memory where there is one, since speed is not the point."""
    places = [Path(place) for place in ("/dev/shm", tempfile.gettempdir())]  # noqa: S108 - a place with room
    room = {place: shutil.disk_usage(place).free for place in places if place.is_dir()}
    place = next((place for place, free in room.items() if free > 2 * GIB), None)
    if place is None:
        pytest.skip(f"2 GiB are needed for a while, and there are {room}")
    with tempfile.TemporaryDirectory(dir=place) as folder:
        told, out, log = three_ways(Path(folder), GIB, 0)
    assert (len(told), out, log) == (64, told, told)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc tells how much memory was needed")
def test_a_line_without_end(project: Path, runs_dir: Path) -> None:
    """T-03: one line of 256 MiB, no line feed: whole in both places, and the wrapper stays under 64 MiB."""
    size = 256 << 20
    words = runpact_command("exec", "--", "sh", "-c", f"head -c {size} /dev/zero; {MEMORY}")
    with subprocess.Popen(
        words, cwd=project, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        out = digest(process.stdout)
        said = process.stderr.read()
        assert process.wait(60) == 0
    zeros = hashlib.sha256()
    for _ in range(size // BLOCK):
        zeros.update(bytes(BLOCK))
    assert out == zeros.hexdigest()
    zeros.update(said)
    run = only_run(runs_dir)
    assert log_digest(run) == zeros.hexdigest()
    assert document(run)["log"]["lines"] == 2
    name, kilobytes, _ = said.split()
    assert (name, int(kilobytes) < 64 << 10) == (b"VmHWM:", True), said


def test_a_progress_bar(project: Path, runs_dir: Path) -> None:
    """T-04: 100,000 updates by carriage returns are one line, raw in both places; nothing waits for a line feed."""
    bar = b"".join(b"\r%3d%% [%-20s]" % (number // 1000, b"#" * (number // 5000)) for number in range(100_001))
    done = outside("exec", "--", "cat", cwd=project, stdin=bar + b"\n")
    assert (done.returncode, done.stdout == bar + b"\n", done.stderr) == (0, True, b"")
    run = only_run(runs_dir)
    assert log_digest(run) == hashlib.sha256(bar + b"\n").hexdigest()
    assert document(run)["log"]["lines"] == 2


BOTH = """
import sys
letters = bytes.maketrans(b"0123456789\\n", b"abcdefghij;")
for number in range(100_000):
    line = b"%d\\n" % number
    sys.stdout.buffer.write(line.translate(letters))
    sys.stderr.buffer.write(line)
"""


def test_each_stream_is_whole_and_in_order(project: Path, runs_dir: Path) -> None:
    """T-06: 100,000 lines on each: stdout stays stdout, stderr stays stderr, the log has each whole, in its order."""
    done = outside("exec", "--", sys.executable, "-S", "-c", BOTH, cwd=project)
    digits, letters = b"0123456789\n", b"abcdefghij;"
    err = b"".join(b"%d\n" % number for number in range(100_000))
    out = err.translate(bytes.maketrans(digits, letters))
    assert (done.stdout == out, done.stderr == err) == (True, True)
    log = (only_run(runs_dir) / "run.log").read_bytes().partition(b"\n")[2]
    assert (log.translate(None, digits) == out, log.translate(None, letters) == err) == (True, True)


MANY = """
import os
for writer in range(20):
    if not os.fork():
        for number in range(100):
            os.write(1, (b"%02d:%03d:" % (writer, number)).ljust(4095, b"x") + b"\\n")
        os._exit(0)
for _ in range(20):
    os.wait()
"""


def test_many_writers_to_one_pipe(project: Path, runs_dir: Path) -> None:
    """T-15: twenty processes, lines of 4096 bytes: none lost, none torn, each writer's in its order, in both places."""
    done = outside("exec", "--", sys.executable, "-S", "-c", MANY, cwd=project)
    assert (done.returncode, len(done.stdout)) == (0, 20 * 100 * 4096)
    lines = done.stdout.splitlines()
    for writer in range(20):
        own = [line.rstrip(b"x") for line in lines if line.startswith(b"%02d:" % writer)]
        assert own == [b"%02d:%03d:" % (writer, number) for number in range(100)]
    assert {len(line) for line in lines} == {4095}
    assert log_digest(only_run(runs_dir)) == hashlib.sha256(done.stdout).hexdigest()


def test_a_gigabyte_on_stdin(project: Path, runs_dir: Path) -> None:
    """X-15: 1 GiB through a pipe reaches the command as it is; none of it is in the run."""
    block = hashlib.shake_256(b"stdin").digest(BLOCK)
    words = runpact_command("exec", "--", "sha256sum")
    if shutil.which("sha256sum") is None:
        pytest.skip("sha256sum is not installed")
    expected = hashlib.sha256()
    with subprocess.Popen(
        words, cwd=project, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(GIB // BLOCK):
            piece = number.to_bytes(8, "big") + block[8:]
            expected.update(piece)
            process.stdin.write(piece)
        process.stdin.close()
        out = process.stdout.read()
        assert process.wait(60) == 0
    assert out.decode() == f"{expected.hexdigest()}  -\n"
    assert (only_run(runs_dir) / "run.log").stat().st_size < 200
