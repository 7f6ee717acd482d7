"""Where a command's output goes first: our own streams, with whatever moods they have."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from runpact_writer._process import Outcome, run_command
from runpact_writer._pump import Sink
from runpact_writer._signals import Shield

SIZE = 1_000_000


@pytest.mark.skipif(sys.platform == "win32", reason="pipes cannot be non-blocking there")
def test_a_stream_that_does_not_block() -> None:
    """A full pipe that refuses instead of blocking is waited for: every byte arrives."""
    reader, ours = os.pipe()
    os.set_blocking(ours, False)
    got = bytearray()

    def drain() -> None:
        while data := os.read(reader, 1 << 16):
            got.extend(data)

    thread = threading.Thread(target=drain)
    sink = Sink(ours)
    thread.start()
    sink.write(b"x" * SIZE)
    os.close(ours)
    thread.join(60)
    os.close(reader)
    assert bytes(got) == b"x" * SIZE


@pytest.mark.skipif(sys.platform == "win32", reason="pipes cannot be non-blocking there")
def test_a_stream_that_does_not_block_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """T-09: we sleep until there is room: no more than two writes for each read of the other side, however slow."""
    reader, ours = os.pipe()
    os.set_blocking(ours, False)
    reads: list[int] = []
    writes: list[int] = []
    real = os.write

    def counted(fd: int, data: memoryview) -> int:
        writes.append(len(data))
        return real(fd, data)

    monkeypatch.setattr(os, "write", counted)

    def drain() -> None:
        while data := os.read(reader, 1 << 14):
            reads.append(len(data))

    thread = threading.Thread(target=drain)
    thread.start()
    Sink(ours).write(b"x" * SIZE)
    os.close(ours)
    thread.join(60)
    os.close(reader)
    assert sum(reads) == SIZE
    assert len(writes) <= 2 * len(reads) + 2


def test_a_stream_that_is_gone() -> None:
    """After its first error a stream takes everything and writes nothing, not even to another file of that number."""
    reader, ours = os.pipe()
    os.close(reader)
    sink = Sink(ours)
    sink.write(b"lost")
    os.close(ours)
    other, again = os.pipe()
    os.dup2(again, ours)
    sink.write(b"lost as well")
    for fd in {again, ours}:
        os.close(fd)
    with open(other, "rb") as file:  # noqa: PTH123 - a descriptor
        assert file.read() == b""


def test_the_copy_gets_every_piece(capfd: pytest.CaptureFixture[str]) -> None:
    """Output goes out and is handed on with its stream, an empty piece at its end; the outcome is the command's."""
    pieces: list[tuple[int, bytes]] = []
    code = "import sys; sys.stdout.write('out'); sys.stdout.flush(); sys.stderr.write('err'); sys.exit(4)"
    with Shield() as shield:
        outcome = run_command(
            [sys.executable, "-S", "-c", code], dict(os.environ), lambda *piece: pieces.append(piece), shield
        )
    assert outcome == Outcome(4)
    assert sorted(pieces) == [(1, b""), (1, b"out"), (2, b""), (2, b"err")]
    assert capfd.readouterr() == ("out", "err")


def test_the_environment_is_the_command_s(capfd: pytest.CaptureFixture[str]) -> None:
    """What is handed over is the whole environment, nothing of ours leaks in."""
    code = "import os; print(os.environ.get('ONLY'), 'PYTEST_CURRENT_TEST' in os.environ)"
    with Shield() as shield:
        outcome = run_command([sys.executable, "-S", "-c", code], {"ONLY": "this"}, lambda *_: None, shield)
    assert (outcome, capfd.readouterr().out) == (Outcome(0), "this False\n")
