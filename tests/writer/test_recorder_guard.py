"""A failure of the recording is not the pipeline's: what is said, what is recorded, and what `strict` changes."""

from __future__ import annotations

import datetime as dt
import os
import pathlib
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import documents, files, runs
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, RunpactError, UsageFailure
from runpact_writer import _guard, _verify
from runpact_writer.errors import WrongMoment
from tests.writer.support import NOON, START, document, only_run, run_ids, writer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runpact_writer import RunWriter


def lax(runs_dir: Path, *required: str, **more: Any) -> RunWriter:
    """A recorder as pipelines have it: not strict."""
    return writer(runs_dir, *required, strict=False, **more)


def verified(run: Path) -> list[str]:
    """What does not hold about a recorded run."""
    return [str(finding) for finding in _verify.verify(runs.look(run, now=NOON, asking=runs.here()))]


def full(*_: object, **__: object) -> None:
    """A disk that takes no more."""
    raise EnvironmentFailed("writing", OSError(28, "No space left on device"))


def test_everything_that_a_pipeline_can_say(runs_dir: Path) -> None:
    """Metadata, metrics and warnings are recorded as plain JSON, a copy of their own, and the run verifies."""
    recorder = lax(runs_dir)
    recorder.start(*START)
    given = {"pairs": ["GBP_USD"], "deep": (1, None, True)}
    recorder.set("config", given)
    given["pairs"] = ["changed later"]
    recorder.set("path", pathlib.PurePosixPath("a/b"))
    recorder.set("path", "last")
    recorder.metric("rows_per_s", 1.5)
    recorder.metric("rows", 3)
    recorder.add_input("csv", "a\udcff", range="all")
    recorder.warn("odd\nrow")
    assert recorder.finish() == "partial"
    run = document(only_run(runs_dir))
    assert run["metadata"] == {"config": {"pairs": ["GBP_USD"], "deep": [1, None, True]}, "path": "last"}
    assert run["metrics"] == {"rows_per_s": 1.5, "rows": 3}
    assert run["inputs"] == [{"type": "csv", "ref": "a\\udcff", "range": "all"}]
    assert run["warnings"] == ["odd\nrow"]
    log = (only_run(runs_dir) / "run.log").read_text().splitlines()
    assert log[1] == r"2026-01-19T12:00:00Z warning: odd\x0arow"
    assert verified(only_run(runs_dir)) == []


def nested(depth: int) -> Any:
    """Lists in lists."""
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (
            lambda w: w.add_output("t", "r", rows_written=-1, x=1),
            "outputs[0].rows_written: -1 is no number of rows",
        ),
        (
            lambda w: w.add_output("t", "r", rows_updated="60"),
            "outputs[0].rows_updated: '60' is no JSON value",
        ),
        (lambda w: w.add_output("t", "r", rows_written=True), "outputs[0].rows_written: True is no number of rows"),
        (
            lambda w: w.add_input("t", "r", day=dt.date(2026, 1, 1)),
            "inputs[0].day: a date is no JSON value",
        ),
        (lambda w: w.set("x", float("nan")), "metadata.x: nan is no number that JSON can say"),
        (lambda w: w.set("x", {1: 2}), "metadata.x: a key is 1, no text"),
        (lambda w: w.set("x", nested(60)), "metadata.x: it is nested more than 50 deep"),
        (lambda w: w.set("x", 10**200), "metadata.x: it is an integer of more than 100 digits"),
        (lambda w: w.metric("x", 2e9), "metrics.x: 2000000000.0 is no number between -1e9 and 1e9"),
        (lambda w: w.metric("x", "y" * 100), f"metrics.x: '{'y' * 59}… is not a number"),
        (lambda w: w.metric("x", True), "metrics.x: True is not a number"),
    ],
)
def test_a_value_that_no_contract_admits(
    act: Callable[[RunWriter], None], said: str, runs_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is left out and named, on stderr and in the run; the rest is recorded and the run gets its seal."""
    recorder = lax(runs_dir)
    recorder.start(*START)
    act(recorder)
    assert recorder.finish() == "partial"
    assert capsys.readouterr().err == f"runpact: left out {said}\n"
    run = document(only_run(runs_dir))
    assert run["warnings"] == [f"Runpact: left out {said}"]
    assert len(run["inputs"] + run["outputs"]) == (1 if "puts[0]" in said else 0)
    assert verified(only_run(runs_dir)) == []
    strict = writer(runs_dir)
    strict.start(*START)
    with pytest.raises(InvalidArtifact) as caught:
        act(strict)
    assert caught.value.reason == said


@pytest.mark.parametrize(
    "act",
    [
        lambda w: w.check("a", None, "passed"),
        lambda w: w.check(None, None, "pass"),
        lambda w: w.metric("rows per s", 1),
        lambda w: w.finish("green"),
        lambda w: w.start(*START),
    ],
)
def test_words_of_the_program_are_always_judged(act: Callable[[RunWriter], None], runs_dir: Path) -> None:
    """A wrong word or moment in the program is its own, and raised also where recording is not strict."""
    recorder = lax(runs_dir)
    recorder.start(*START)
    with pytest.raises(UsageFailure):
        act(recorder)
    assert recorder.finish() == "success"


def test_what_would_be_refused_at_the_end_is_left_out(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Facts that no contract has, documents larger than readers take: the run is sealed without, and says so."""
    recorder = lax(runs_dir)
    recorder.start(*START)
    recorder.check("big", "b" * (9 << 20), "fail", ["artifacts/x"])
    recorder.set("x", 1)
    assert recorder.finish(exit={"code": "no"}) == "failed"
    run = document(only_run(runs_dir))
    assert "metadata" not in run
    assert [warning[:40] for warning in run["warnings"]] == ["what the pipeline gave was left out: Inv"]
    (check,) = document(only_run(runs_dir), "checks.json")["checks"]
    assert (check["id"], check["name"], check["status"]) == ("big", "big", "fail")
    assert capsys.readouterr().err.startswith("runpact: Invalid artifact: ")
    assert verified(only_run(runs_dir)) == []


def test_a_folder_that_cannot_be_made(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The pipeline goes on as if it were recorded: ids, line numbers and statuses as usual, and one line on stderr."""
    runs_dir.parent.mkdir()
    runs_dir.write_text("in the way")
    recorder = lax(runs_dir, "NEON_DSN")
    identifier = recorder.start(*START)
    assert runs.RUN_ID.fullmatch(identifier)
    assert recorder.run_dir == str(runs_dir / identifier)
    assert (recorder.log("x"), recorder.ok) == (0, False)
    recorder.record_output(b"x")
    recorder.check("a", None, "pass", ["text"])
    recorder.add_input("t", "r")
    assert recorder.finish() == "failed"
    with pytest.raises(WrongMoment):
        recorder.finish()
    (line,) = capsys.readouterr().err.splitlines()
    assert line == f"runpact: making the folder {runs_dir}: Not a directory; this run is not recorded"


def test_a_fault_of_ours(runs_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw is told as such and ends there; where strict it is raised, typed."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("runpact_writer._surroundings.host", broken)
    recorder = lax(runs_dir)
    assert recorder.start(*START) == "unrecorded"
    assert recorder.finish() == "success"
    assert (
        capsys.readouterr().err == "runpact: recording failed: ZeroDivisionError: by zero; this run is not recorded\n"
    )
    with pytest.raises(RunpactError, match="recording failed: ZeroDivisionError: by zero"):
        writer(runs_dir).start(*START)


@pytest.mark.parametrize("step", ["checks.json", "run.json"])
def test_a_seal_that_fails_may_be_tried_again(
    step: str, runs_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """W-04: the status comes back, the run stays open and can be logged to; the next finish seals it and tells."""
    real = documents.write

    def write(path: Any, document: Any, *, contract: str | None = None) -> bytes:
        if str(path).endswith(step):
            full()
        return real(path, document, contract=contract)

    recorder = lax(runs_dir)
    recorder.start(*START)
    with monkeypatch.context() as patch:
        patch.setattr(documents, "write", write)
        assert recorder.finish() == "success"
    said = "writing (free some room, then seal the run: runpact runs recover): No space left on device"
    assert capsys.readouterr().err == f"runpact: {said}\n"
    run = only_run(runs_dir)
    assert runs.look(run, now=NOON, asking=runs.here()).state == "running"
    assert recorder.log("once more") == 2
    assert recorder.finish() == "partial"
    assert document(run)["warnings"] == [f"Runpact: {said}"]
    assert (verified(run), run_ids(run)) == ([], ["checks.json", "run.json", "run.log"])


def test_a_mark_that_cannot_be_removed(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seal stands, the lock is free, and a second finish is one too many."""
    recorder = lax(runs_dir)
    recorder.start(*START)
    monkeypatch.setattr(files, "remove", full)
    assert recorder.finish() == "success"
    assert runs.look(only_run(runs_dir), now=NOON, asking=runs.here()).status == "success"
    assert files.is_locked(only_run(runs_dir) / "open.json") is False
    with pytest.raises(WrongMoment):
        recorder.finish("failed")


def test_evidence_that_could_not_be_written_is_no_pointer(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that the disk did not take is not pointed to; the check stands and the run says what is missing."""
    recorder = lax(runs_dir)
    recorder.start(*START)
    monkeypatch.setattr(files, "append", full)
    recorder.check("a", None, "pass", ["words", "run.json:$.status"])
    assert recorder.finish() == "partial"
    (check,) = document(only_run(runs_dir), "checks.json")["checks"]
    assert check["evidence"] == ["run.json:$.status"]
    assert verified(only_run(runs_dir)) == []


def test_threads(runs_dir: Path) -> None:
    """W-12: 16 threads log and check: one whole line per call, each number its own line, each thread in its order."""
    recorder = lax(runs_dir)
    recorder.start(*START)
    numbers: dict[str, int] = {}

    def work(thread: int) -> None:
        for each in range(50):
            text = f"{thread} {each}\r\x1b[2K\n\0\ud800"
            numbers[f"{thread} {each}"] = recorder.log(text)
            recorder.check(f"check_{thread}_{each}", None, "pass", [f"seen {thread} {each}"])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    recorder.finish()
    run = only_run(runs_dir)
    lines = (run / "run.log").read_bytes().decode().split("\n")
    assert len(lines) == 1 + 16 * 50 * 2 + 1
    for text, number in numbers.items():
        assert lines[number - 1] == rf"2026-01-19T12:00:00Z {text}\x0d\x1b[2K\x0a\x00\ud800"
    assert all(
        numbers[f"{thread} {each}"] < numbers[f"{thread} {each + 1}"] for thread in range(16) for each in range(49)
    )
    assert document(run, "checks.json")["summary"]["pass"] == 800
    assert verified(run) == []


def test_a_line_of_ten_megabytes(runs_dir: Path) -> None:
    """W-12: it is one line, whole."""
    recorder = lax(runs_dir)
    recorder.start(*START)
    assert recorder.log("x" * 10_000_000) == 2
    assert recorder.log("y") == 3
    recorder.finish()
    assert [len(line) for line in (only_run(runs_dir) / "run.log").read_text().splitlines()[1:]] == [10_000_021, 22]


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
@pytest.mark.parametrize("hooks", [True, False])
def test_the_child_of_a_fork_has_no_run(runs_dir: Path, capfd: pytest.CaptureFixture[str], *, hooks: bool) -> None:
    """W-13: nothing the child does reaches the run, which is said once; its copy of the lock is closed."""
    recorder = lax(runs_dir)
    with recorder:
        before = {name: (only_run(runs_dir) / name).read_bytes() for name in run_ids(only_run(runs_dir))}
        child = os.fork()
        if child == 0:  # pragma: no cover - in the child
            code = 1
            try:
                if not hooks:  # as in a child of a library that forks by itself
                    recorder._disowned, recorder._pid = False, -1
                lock = recorder._opened._lock if recorder._opened else -1
                recorder.__exit__(ValueError, ValueError("child"), None)
                recorder.check("a", None, "fail")
                done = (recorder.log("x"), recorder.finish("failed"), lock)
                recorder.strict = True
                try:
                    recorder.log("x")
                except WrongMoment:
                    code = 0 if done == (0, "failed", None) else 2
            finally:
                os._exit(code)
        assert os.waitpid(child, 0)[1] == 0
        assert {name: (only_run(runs_dir) / name).read_bytes() for name in before} == before
    assert document(only_run(runs_dir))["status"] == "success"
    said = "a run is recorded by the process that started it, so what this one records is left out"
    assert capfd.readouterr().err == f"runpact: {said}\n"


def test_a_run_inside_a_run(runs_dir: Path) -> None:
    """Started by a wrapped command, a run names the one around it; any other value of the variable is no id."""
    parent = "20260119T110000Z__outer__a1b2c3d"
    writer(runs_dir, environ={"RUNPACT_RUN_ID": parent}).start(*START)
    assert document(only_run(runs_dir), "open.json")["parent_run_id"] == parent
    recorder = writer(runs_dir, environ={"RUNPACT_RUN_ID": "x\n"})
    recorder.start(*START)
    assert "parent_run_id" not in document(pathlib.Path(recorder.run_dir), "open.json")


def test_a_run_that_was_disowned(runs_dir: Path) -> None:
    """W-13: what a child of a fork is left with: every call does nothing, or, where strict, is a typed error."""
    recorder = lax(runs_dir)
    recorder.start(*START)
    run = only_run(runs_dir)
    before = {name: (run / name).read_bytes() for name in run_ids(run)}
    _guard._after_fork()
    assert files.is_locked(run / "open.json") is False
    assert recorder.log("x") == 0
    recorder.record_output(b"x")
    recorder.warn("x")
    recorder.set("x", 1)
    recorder.metric("x", 1)
    recorder.add_input("t", "r")
    recorder.add_output("t", "r")
    recorder.check("a", None, "fail", ["x"])
    recorder.__exit__(None, None, None)
    assert recorder.finish("failed") == "failed"
    recorder.strict = True
    with pytest.raises(WrongMoment, match="recorded by the process that started it"):
        recorder.log("x")
    assert {name: (run / name).read_bytes() for name in run_ids(run)} == before
    unstarted = lax(runs_dir)
    unstarted.disown()
    with pytest.raises(WrongMoment):
        _ = unstarted.run_id


@pytest.mark.skipif(sys.platform == "win32", reason="the current folder cannot be removed there")
def test_a_current_folder_that_is_gone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A relative folder of runs leads nowhere then: it is said, and the pipeline goes on."""
    (project / "gone").mkdir()
    os.chdir(project / "gone")
    (project / "gone").rmdir()
    recorder = lax(pathlib.Path("runs"))
    assert recorder.start(*START) == "unrecorded"
    assert recorder.run_dir == str(pathlib.Path("runs", "unrecorded"))
    assert recorder.finish() == "success"
    os.chdir(project)
    said = "runpact: finding the current folder: No such file or directory; this run is not recorded\n"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(("hint", "notes"), [(None, []), ("try this", ["hint: try this"])])
def test_a_traceback_shows_the_hint(hint: str | None, notes: list[str], runs_dir: Path) -> None:
    """Of a misuse that is raised, once, however deep the call is."""
    recorder = lax(runs_dir)
    with pytest.raises(UsageFailure) as caught, _guard.Turn(recorder), _guard.Turn(recorder):
        raise UsageFailure("x", hint=hint)
    assert getattr(caught.value, "__notes__", []) == notes
