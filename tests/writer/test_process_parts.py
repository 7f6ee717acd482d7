"""The parts of the engine, each by itself: the weave of two streams, the child, the minder of signals, the terminal."""

from __future__ import annotations

import os
import random
import select
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from runpact_writer import _child, _process, _pty, _pump, _signals, _spawn
from runpact_writer._child import Child
from runpact_writer._signals import Minder, Shield
from runpact_writer._weave import Weave
from runpact_writer.errors import NotStarted

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the engine is for POSIX systems")


class Killed(Child):
    """A child that only notes what it is sent."""

    def __init__(self, *, group: bool = False) -> None:
        self.pid, self.group, self.fd = 0, group, None
        self.sent: list[tuple[int, bool]] = []

    def send(self, number: int, *, to_group: bool = False) -> None:
        """Note it."""
        self.sent.append((number, to_group))


@pytest.mark.parametrize("seed", range(20))
def test_no_line_is_broken_into(seed: int) -> None:
    """T-06: for any pieces of lines that are short enough, each line of the log is whole, and each stream in order."""
    chance = random.Random(seed)  # noqa: S311 - a test's choice
    lines = {stream: [b"%d:%d\n" % (stream, number) for number in range(200)] for stream in (1, 2)}
    left = {stream: b"".join(each) for stream, each in lines.items()}
    written: list[bytes] = []
    weave = Weave(written.append)
    while left:
        stream = chance.choice(sorted(left))
        size = chance.randint(1, 30)
        weave.feed(stream, left[stream][:size])
        left[stream] = left[stream][size:]
        if not left[stream]:
            weave.end(stream)
            del left[stream]
    found = b"".join(written).splitlines(keepends=True)
    assert {stream: [line for line in found if line.startswith(b"%d:" % stream)] for stream in (1, 2)} == lines
    assert len(found) == 400


def test_a_long_line_does_not_wait_for_ever() -> None:
    """T-03: past the limit the other stream's bytes are written after all: memory is bounded, nothing is lost."""
    written: list[bytes] = []
    weave = Weave(written.append, limit=4)
    weave.feed(1, b"bar")
    weave.feed(2, b"1234")
    weave.feed(2, b"")
    assert written == [b"bar"]
    weave.feed(2, b"5")
    weave.feed(1, b" 9\n")
    weave.end(2)
    weave.end(1)
    assert b"".join(written) == b"bar12345 9\n"


def test_an_ended_stream_never_holds_the_log() -> None:
    """What a stream left waiting comes when the other has finished its line, and lets what waits behind it follow."""
    written: list[bytes] = []
    weave = Weave(written.append)
    weave.feed(1, b"a")
    weave.feed(2, b"b")
    weave.end(2)
    weave.feed(1, b"\nc")
    weave.feed(1, b"d\n")
    weave.end(1)
    assert b"".join(written) == b"a\nbcd\n"


def test_the_last_look(capfd: pytest.CaptureFixture[str]) -> None:
    """Where we stop waiting, what is there is taken once more; a stream that just ended gives nothing."""
    reader, writer = os.pipe()
    os.write(writer, b"late")
    pieces: list[bytes] = []
    source = _pump.Source(reader, _pump.Sink(1), pieces.append)
    source.give_up()
    os.close(writer)
    source.give_up()
    os.close(reader)
    assert (pieces, capfd.readouterr().out) == ([b"late", b"", b""], "late")


def test_settings_and_sizes_that_cannot_be_had() -> None:
    """A terminal that goes away under us costs nothing but its size, and a thing that is no pipe stays as it is."""
    ours, real = os.openpty()
    streams = _pty.Streams(ours=(real, real))
    os.close(real)
    os.close(ours)
    streams.resize()
    reader, writer = os.pipe()
    _pty._imitate(reader, streams.child_out)
    _pty._widen(streams.child_out)
    for fd in (reader, writer):
        os.close(fd)
    assert os.isatty(streams.child_out)
    streams.close_child_side()
    streams.close()


def test_an_unfinished_last_line_lets_the_other_stream_go_on() -> None:
    """A stream that ends without a line feed no longer holds the log."""
    written: list[bytes] = []
    weave = Weave(written.append)
    weave.feed(1, b"$ ")
    weave.feed(2, b"x\n")
    weave.end(1)
    assert written == [b"$ ", b"x\n"]


@pytest.mark.parametrize(
    ("number", "from_terminal", "group", "sent"),
    [
        (signal.SIGTERM, False, False, [(signal.SIGTERM, False)]),
        (signal.SIGINT, True, False, []),
        (signal.SIGINT, True, True, [(signal.SIGINT, True)]),
        (signal.SIGINT, False, True, [(signal.SIGINT, False)]),
        (signal.SIGWINCH, True, False, [(signal.SIGWINCH, False)]),
        (signal.SIGCHLD, False, False, []),
    ],
)
def test_what_is_passed_on(
    number: signal.Signals, *, from_terminal: bool, group: bool, sent: list[tuple[int, bool]]
) -> None:
    """X-05: what the terminal sends is passed on only to a command that it cannot reach; a new size always."""
    child, sizes = Killed(group=group), []
    Minder(child, set(), resize=lambda: sizes.append(1)).take(number, from_terminal)
    assert (child.sent, len(sizes)) == (sent, number == signal.SIGWINCH)


def test_time_is_over() -> None:
    """X-08: TERM and CONT to the whole group, KILL after the grace, and once more at the end for what is left."""
    child = Killed(group=True)
    with Shield() as shield:
        minder = Minder(child, shield.held, timeout_s=0.0, grace_s=0.0)
        with minder:
            reader, writer = os.pipe()
            while len(child.sent) < 3:
                select.select([reader], [], [], 0.01)
        os.close(reader)
        os.close(writer)
    names = (signal.SIGTERM, signal.SIGCONT, signal.SIGKILL, signal.SIGKILL)
    assert (minder.timed_out, child.sent) == (True, [(name, True) for name in names])


def test_a_signal_that_ends_all() -> None:
    """Where signals end the command: the first goes to all of it, the next one kills, others are passed on as ever."""
    child = Killed(group=True)
    minder = Minder(child, set(), ends=True)
    for number in (signal.SIGUSR1, signal.SIGINT, signal.SIGTERM):
        minder.take(number, from_terminal=False)
    sent = [(signal.SIGUSR1, False), (signal.SIGINT, True), (signal.SIGCONT, True), (signal.SIGKILL, True)]
    assert (child.sent, minder.stopped_by, minder.timed_out) == (sent, signal.SIGINT, False)


def test_what_a_signal_left_is_killed() -> None:
    """After the grace KILL, which is no time limit, and once more at the end."""
    child = Killed(group=True)
    with Shield(ends=True) as shield, Minder(child, shield.held, grace_s=0.0, ends=True) as minder:
        minder.take(signal.SIGTERM, from_terminal=False)
        reader, writer = os.pipe()
        while len(child.sent) < 3:
            select.select([reader], [], [], 0.01)
        os.close(reader)
        os.close(writer)
    names = (signal.SIGTERM, signal.SIGCONT, signal.SIGKILL, signal.SIGKILL)
    assert child.sent == [(name, True) for name in names]
    assert (minder.stopped_by, minder.timed_out) == (signal.SIGTERM, False)


@pytest.mark.parametrize("ends", [True, False])
def test_a_signal_after_the_end(*, ends: bool) -> None:
    """It is for nobody, but who ends with signals is told of the first one."""
    with Shield(ends=ends) as shield:
        signal.raise_signal(signal.SIGTERM)
    assert shield.stopped_by == (signal.SIGTERM if ends else None)


def test_stopping_is_the_system_s_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    """X-06: we stop by the same signal, which the system ignores where nobody could continue us."""
    raised: list[tuple[int, bool]] = []
    held = signal.pthread_sigmask

    def stop(number: int) -> None:
        raised.append((number, number in held(signal.SIG_BLOCK, set())))

    monkeypatch.setattr("runpact_writer._signals.signal.raise_signal", stop)
    child = Killed()
    with Shield():
        Minder(child, set()).take(signal.SIGTSTP, from_terminal=False)
        assert signal.SIGTSTP in held(signal.SIG_BLOCK, set())
    assert (raised, child.sent) == ([(signal.SIGTSTP, False)], [(signal.SIGTSTP, False)])


def test_where_signals_cannot_be_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `sigtimedwait` we look again and again; Ctrl-C counts as the terminal's where stdin is one."""
    monkeypatch.delattr("runpact_writer._signals.signal.sigtimedwait")
    monkeypatch.setattr(os, "isatty", lambda fd: fd == 0)
    with Shield() as shield:
        assert _signals._wait(shield.held, 0.0) is None
        for number, from_terminal in ((signal.SIGINT, True), (signal.SIGTERM, False)):
            signal.raise_signal(number)
            assert _signals._wait(shield.held, 0.0) == (number, from_terminal)


def test_an_ignored_end_of_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """X-11: where SIGCHLD was ignored the exit code is known all the same, and it is ignored again afterwards."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        with Shield() as shield:
            assert shield.ignored == {signal.SIGCHLD}
            outcome = _process.run_command(["sh", "-c", "exit 3"], dict(os.environ), lambda *_: None, shield)
        assert (outcome.code, signal.getsignal(signal.SIGCHLD)) == (3, signal.SIG_IGN)
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_where_the_system_does_not_tell_of_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without descriptors of processes the end is found by looking; a signal to one that has gone goes nowhere."""
    monkeypatch.setattr(os, "pidfd_open", None)
    monkeypatch.setattr(_child, "_watch", lambda _: None)
    pieces: list[tuple[int, bytes]] = []
    with Shield() as shield:
        outcome = _process.run_command(
            ["sh", "-c", "echo hi; sleep 0.1; exit 4"], dict(os.environ), lambda *piece: pieces.append(piece), shield
        )
    assert (outcome, sorted(pieces)) == (_process.Outcome(4), [(1, b""), (1, b"hi\n"), (2, b"")])


def test_a_child_that_has_gone() -> None:
    """A reaped child is sent nothing; one that was reaped by others, or is none, neither."""
    pid = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 5"], os.environ)
    child = Child(pid, group=True)
    assert (child.reap(), child.has_ended(), child.reap()) == (5, True, 5)
    child.send(signal.SIGKILL)
    stranger = Child(pid)
    stranger.send(signal.SIGKILL)
    stranger.send(signal.SIGKILL, to_group=True)
    assert stranger.fd is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells who is below a process")
def test_a_child_without_a_group_of_its_own() -> None:
    """X-08: what is for its group reaches those below it; their end of the pipe closes, and nothing stays open."""
    reader, writer = os.pipe()
    pid = os.posix_spawn(
        "/bin/sh",
        ["sh", "-c", "sleep 60 & echo ready; wait"],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, writer, 1)],
    )
    os.close(writer)
    assert os.read(reader, 100) == b"ready\n"
    child = Child(pid)
    for number in (signal.SIGCONT, signal.SIGKILL):
        child.send(number, to_group=True)
    assert (os.read(reader, 100), child.reap()) == (b"", -signal.SIGKILL)
    assert child._below is None
    os.close(reader)


def test_no_more_descriptors(monkeypatch: pytest.MonkeyPatch) -> None:
    """X-13: no pipe, or no process: 125, the system's words, and nothing left open."""

    def refuse(*_: object) -> None:
        raise OSError(24, "Too many open files")

    before = os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else []  # noqa: PTH112, PTH208 - of Linux
    for name in ("pipe", "fork"):
        with monkeypatch.context() as patch, Shield() as shield:
            patch.setattr(os, name, refuse)
            with pytest.raises(NotStarted, match="true: Too many open files") as caught:
                _process.run_command(["true"], {}, lambda *_: None, shield)
            assert caught.value.exit_code == 125
    after = os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else []  # noqa: PTH112, PTH208 - of Linux
    assert len(after) == len(before)


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (["x\0y"], 125, "embedded null byte"),
        ([""], 127, "command not found"),
        (["true", "x" * (1 << 18)], 126, "Argument list too long"),
    ],
)
def test_words_that_no_command_can_have(argv: list[str], code: int, words: str) -> None:
    """X-12: a zero byte, no name, and more than the system takes: each its code and its words."""
    with Shield() as shield, pytest.raises(NotStarted, match=words) as caught:
        _process.run_command(argv, dict(os.environ), lambda *_: None, shield)
    assert caught.value.exit_code == code


def test_what_is_a_script(project: Path) -> None:
    """Text is one; an empty file, a program, zero bytes and a file that is not there are none."""
    for name, data in {"text": b"echo", "empty": b"", "elf": b"\x7fELF", "zero": b"a\0"}.items():
        (project / name).write_bytes(data)
    names = ("text", "empty", "elf", "zero", "absent")
    assert [name for name in names if _spawn.is_script(str(project / name))] == ["text"]


def test_without_a_way_to_bind_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another system, or an interpreter without `ctypes`: the command runs unbound."""
    monkeypatch.setitem(sys.modules, "_ctypes", None)
    assert _spawn._death_signal()() is None
    monkeypatch.setattr(sys, "platform", "darwin")
    assert _spawn._death_signal()() is None


def test_a_pseudo_terminal_for_a_terminal() -> None:
    """T-11: size, byte for byte, one for both of one terminal, and the end is seen; the other stream is a pipe."""
    import termios

    _, real = os.openpty()
    _, other = os.openpty()
    termios.tcsetwinsize(real, (33, 77))
    streams = _pty.Streams(ours=(real, real))
    assert streams.child_out == streams.child_err
    assert (os.isatty(streams.child_out), termios.tcgetwinsize(streams.child_out)) == (True, (33, 77))
    os.write(streams.child_out, b"a\nb\r\n")
    assert os.read(streams.sources[0][0], 100) == b"a\nb\r\n"
    termios.tcsetwinsize(real, (10, 20))
    streams.resize()
    assert termios.tcgetwinsize(streams.child_out) == (10, 20)
    streams.close_child_side()
    ended: list[bytes] = []
    assert _pump.Source(streams.sources[0][0], _pump.Sink(real), ended.append).move() == 0
    assert ended == [b""]
    streams.close()
    for ours, expected in (((real, other), [real, other]), ((real, 1), [real, 1])):
        streams = _pty.Streams(ours=ours)
        assert [fd for _, fd in streams.sources] == expected
        assert len(streams.terminals) == sum(map(os.isatty, ours))
        streams.close_child_side()
        streams.close()
    streams = _pty.Streams(ours=(real, real), pty=False, merge=True)
    assert (streams.terminals, len(streams.sources), os.isatty(streams.child_out)) == ([], 1, False)
    streams.resize()
    streams.close_child_side()
    streams.close()
