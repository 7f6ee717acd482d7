"""Many sources at once: bounded, for a limited time, and stopped by a signal with everything written."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runpact_status_matrix import _collect, _ingest
from runpact_status_matrix._model import Failed
from tests.status_matrix.ingesting import Answers, entry, fetched, ingest, report, row, runner, write_registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runpact_status_matrix._model import Fetched, Runner


@pytest.fixture
def over() -> Iterator[threading.Event]:
    """Set at the end, so that sources that never answer let go of their threads."""
    event = threading.Event()
    yield event
    event.set()


def test_no_more_are_asked_at_once_than_said() -> None:
    """Three at once, exactly: each waits until two others are there."""
    together, now, most, lock = threading.Barrier(3), 0, 0, threading.Lock()

    def ask(_: Runner) -> Failed:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        together.wait(10)
        with lock:
            now -= 1
        return Failed("timeout", "no", None)

    runners = [runner(f"r{number}") for number in range(9)]
    found = _collect.collect(runners, ask, _collect.Inbox(), jobs=3, deadline_s=60, monotonic=time.monotonic)
    assert (most, len(found.answers), found.unfinished) == (3, 9, None)


def test_who_has_not_answered_at_the_end_of_the_time_is_missing(over: threading.Event) -> None:
    """The others stand; nobody is waited for, and the sources behind are not asked any more."""
    asked = []

    def never(of: Runner) -> Failed:
        asked.append(of.runner_id)
        over.wait()
        return Failed("timeout", "late", None)

    def ask(of: Runner) -> Fetched | Failed:
        return fetched(report("a")) if of.runner_id == "a" else never(of)

    write_registry(entry("a"), entry("b"), entry("c"))
    done = ingest(fetch=ask, jobs=1, deadline_s=0.3)
    assert row(done, "a")["verdict"] == "ok"
    for name in "bc":
        assert row(done, name)["failure"] == "timeout"
        assert row(done, name)["why"] == "the time of the ingest, 0.3 s, was over before its source answered"
    assert done.log["warnings"] == ["the time of the ingest, 0.3 s, was over before 2 of 3 sources answered"]
    assert (asked, done.exit_code) == (["b"], 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_asking_and_not_the_writing(number: signal.Signals, over: threading.Event) -> None:
    """What was answered stands, the rest is missing and says why; all is written; the exit code is the shell's."""

    def ask(of: Runner) -> Fetched | Failed:
        if of.runner_id == "a":
            return fetched(report("a"))
        os.kill(os.getpid(), number)
        over.wait()
        return Failed("timeout", "late", None)

    before = signal.getsignal(number)
    write_registry(entry("a"), entry("b"), entry("c"))
    done = ingest(fetch=ask, jobs=1)
    assert signal.getsignal(number) is before
    assert (done.exit_code, done.failing) == (128 + number, (f"ended by {number.name}",))
    assert row(done, "a")["verdict"] == "ok"
    assert row(done, "c")["why"] == f"the ingest was ended by {number.name} before its source answered"
    assert done.log["warnings"] == [f"the ingest was ended by {number.name} before 2 of 3 sources answered"]
    for name in (_ingest.MATRIX, _ingest.MARKDOWN, _ingest.LOG):
        assert Path(".artifacts", name).exists()
    assert number.name in Path(".artifacts", _ingest.MARKDOWN).read_text(encoding="utf-8")


def test_a_signal_after_the_last_answer_changes_nothing_but_the_exit_code() -> None:
    """All rows stand, and the caller is told all the same."""
    inbox = _collect.Inbox()
    with _collect.listening(inbox):
        found = _collect.collect(
            [runner()], Answers(rust=fetched(report())), inbox, jobs=4, deadline_s=9, monotonic=time.monotonic
        )
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
    assert (inbox.signal, found.unfinished) == (signal.SIGTERM, None)


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    """As under `nohup`."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with _collect.listening(_collect.Inbox()):
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_in_another_thread_signals_are_left_alone() -> None:
    """Only the main thread may have handlers; an ingest elsewhere works without."""
    write_registry(entry("rust"))
    found: list[_ingest.Done] = []
    thread = threading.Thread(target=lambda: found.append(ingest(fetch=Answers(rust=fetched(report())))))
    thread.start()
    thread.join(30)
    assert found[0].exit_code == 0


def test_nobody_to_ask_is_done_at_once() -> None:
    """No runner, no thread, no waiting."""
    found = _collect.collect([], Answers(), _collect.Inbox(), jobs=4, deadline_s=9, monotonic=time.monotonic)
    assert found == _collect.Collected({}, None)
