"""The forms that end a run by themselves: the `with` block and the decorator; statuses by how the block ends."""

from __future__ import annotations

import asyncio
import os
import threading
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import runs
from runpact_core.errors import EnvironmentFailed, UsageFailure
from runpact_writer import RunWriter, _verify, current_run, recorded
from runpact_writer.errors import InvalidPipelineId, RequiredEnvMissing, WrongMoment
from tests.writer.support import NOON, START, around, document, only_run, run_ids, writer

if TYPE_CHECKING:
    from pathlib import Path


class Unsayable(Exception):
    """An exception whose message fails."""

    def __str__(self) -> str:
        """Fail."""
        raise KeyError


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (None, "success", None),
        (SystemExit(), "success", None),
        (SystemExit(0), "success", None),
        (SystemExit(3), "failed", "SystemExit: 3"),
        (SystemExit("no rows"), "failed", "SystemExit: no rows"),
        (KeyboardInterrupt(), "failed", "KeyboardInterrupt"),
        (ValueError("a\nRUN_ID=forged"), "failed", r"ValueError: a\x0aRUN_ID=forged"),
        (GeneratorExit(), "failed", "GeneratorExit"),
        (ValueError("x" * 900), "failed", f"ValueError: {'x' * 500}… (900 characters)"),
        (Unsayable(), "failed", "Unsayable: its message cannot be had: KeyError"),
    ],
)
def test_how_a_block_ends(error: BaseException | None, status: str, line: str | None, runs_dir: Path) -> None:
    """W-13: the status per table; the exception goes on, and stands in the log on one bounded line."""
    raised = None
    try:
        with writer(runs_dir):
            if error is not None:
                raise error  # noqa: TRY301 - the block must end with it
    except BaseException as caught:  # noqa: BLE001 - every kind is tried
        raised = caught
    assert raised is error
    run = only_run(runs_dir)
    assert document(run)["status"] == status
    assert document(run)["trigger"]["type"] == "local_cli"
    lines = (run / "run.log").read_text().splitlines()
    assert lines[1:] == ([] if line is None else [f"2026-01-19T12:00:00Z {line}"])
    checks = document(run, "checks.json")["checks"]
    assert [(check["id"], check["status"], check["evidence"]) for check in checks] == (
        [] if line is None else [("run_completed", "fail", ["run.log:line:2"])]
    )
    assert _verify.verify(runs.look(run, now=NOON, asking=runs.here())) == []


def test_a_block_that_finished_or_started_by_hand(runs_dir: Path) -> None:
    """W-14: what `finish` said in the block stands, whatever follows; a started run is not started again."""
    recorder = writer(runs_dir)
    recorder.start("worker_cron", "nightly", "mia")
    with pytest.raises(ValueError, match="late"), recorder as inside:  # noqa: PT012 - the block is what is tried
        assert inside is recorder
        recorder.finish("partial")
        raise ValueError("late")
    run = document(only_run(runs_dir))
    assert (run["status"], run["trigger"]["type"], run["run_id"]) == ("partial", "worker_cron", recorder.run_id)
    with pytest.raises(ValueError, match="again"), recorder:
        raise ValueError("again")
    assert document(only_run(runs_dir)) == run


def test_a_missing_variable_stops_before_the_body(runs_dir: Path) -> None:
    """The body does not run; the run is there, sealed as failed, and names what is missing."""
    ran = []
    with pytest.raises(RequiredEnvMissing) as caught, writer(runs_dir, "NEON_DSN"):
        ran.append(1)
    assert (caught.value.names, ran) == (("NEON_DSN",), [])
    run = only_run(runs_dir)
    assert document(run)["status"] == "failed"
    assert document(run)["env"]["missing"] == ["NEON_DSN"]
    assert not (run / "open.json").exists()


def test_secrets_in_an_exception(runs_dir: Path) -> None:
    """A value of a required variable, as drivers put it into messages, is not recorded; a short word stays."""
    environ = {"NEON_DSN": "postgres://s3cret", "MODE": "x"}
    recorder = writer(runs_dir, "NEON_DSN", "MODE", environ=environ)
    with pytest.raises(ConnectionError), recorder:  # noqa: PT012 - the block is what is tried
        recorder.warn("retry of postgres://s3cret")
        raise ConnectionError("no route to postgres://s3cret/x")
    run = only_run(runs_dir)
    assert "ConnectionError: no route to ***/x" in (run / "run.log").read_text()
    assert document(run)["warnings"] == ["retry of ***"]
    assert not [path for path in run.iterdir() if b"s3cret" in path.read_bytes()]


def test_a_strict_recorder_does_not_hide_what_ended_the_block(
    runs_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where body and recording both fail, the body's exception is raised and ours is said."""

    def refuse(*_: object, **__: object) -> None:
        raise EnvironmentFailed("writing", OSError(28, "No space left on device"))

    monkeypatch.setattr("runpact_core.files.replace", refuse)
    with pytest.raises(ValueError, match="mine"), writer(runs_dir):
        raise ValueError("mine")
    hint = "(free some room, then seal the run: runpact runs recover)"
    assert capsys.readouterr().err == f"error[environment]: writing {hint}: No space left on device\n"
    with pytest.raises(EnvironmentFailed), writer(runs_dir):
        pass


def options(runs_dir: Path, **environ: str) -> dict[str, Any]:
    """Options of a recorder in a fixed world."""
    return {"runs_dir": runs_dir, "announce": False, "around": around(environ)}


def test_a_recorded_function(runs_dir: Path) -> None:
    """Each call is a run of its own; arguments, result, name and docstring are the function's."""

    @recorded("P2-Backfill", "0.1.0", ["NEON_DSN"], **options(runs_dir, NEON_DSN="x"))
    def backfill(pair: str, *, rows: int = 60) -> str:
        """Fill."""
        current_run().add_output(type="neon_table", ref=pair, rows_written=rows)
        return f"{pair} {rows}"

    assert (backfill.__name__, backfill.__doc__) == ("backfill", "Fill.")
    assert [backfill("GBP_USD"), backfill("EUR_USD", rows=1)] == ["GBP_USD 60", "EUR_USD 1"]
    outputs = [document(runs_dir / name)["outputs"][0] for name in run_ids(runs_dir)]
    assert [output["rows_written"] for output in outputs] == [60, 1]
    with pytest.raises(WrongMoment, match="no recorded function is running"):
        current_run()


def test_the_run_around_a_caller(runs_dir: Path) -> None:
    """That of the innermost block or recorded function, whichever it is; after it that of the one around."""

    @recorded("inner", "1", **options(runs_dir))
    def inner() -> str:
        return current_run().run_id

    with RunWriter("outer", "1", **options(runs_dir)) as outer:
        assert current_run() is outer
        assert "__inner__" in inner()
        with RunWriter("third", "1", **options(runs_dir)) as third:
            assert current_run() is third
            third.finish()
        assert current_run() is outer
        other = RunWriter("fourth", "1", **options(runs_dir))
        other.__exit__(None, None, None)  # never entered
        assert current_run() is outer
    with pytest.raises(WrongMoment, match="no recorded function is running"):
        current_run()


def test_threads_of_a_recorded_function(runs_dir: Path) -> None:
    """A thread is inside the run where it runs in a copy of the function's context, else nowhere."""

    def work(said: list[object]) -> None:
        try:
            current_run().set("thread", "inside")
        except WrongMoment as error:
            said.append(error.code)

    @recorded("x", "1", **options(runs_dir))
    def both() -> list[object]:
        said: list[object] = []
        for target, args in ((copy_context().run, (work, said)), (work, (said,))):
            thread = threading.Thread(target=target, args=args)
            thread.start()
            thread.join()
        return said

    assert both() == [WrongMoment.code]
    assert document(only_run(runs_dir))["metadata"] == {"thread": "inside"}


def test_a_recorded_function_that_fails_or_may_not_begin(runs_dir: Path) -> None:
    """What it raises is raised; without its environment its body does not run."""

    @recorded("x", "1", ["NEON_DSN"], **options(runs_dir))
    def never() -> None:
        raise AssertionError

    @recorded("y", "1", **options(runs_dir))
    def fails() -> None:
        raise ValueError("mine")

    with pytest.raises(RequiredEnvMissing):
        never()
    with pytest.raises(ValueError, match="mine"):
        fails()
    assert [document(runs_dir / name)["status"] for name in run_ids(runs_dir)] == ["failed", "failed"]


def test_a_recorded_coroutine(runs_dir: Path) -> None:
    """The run ends with the body, not with the call; the runs of two tasks do not mix."""

    @recorded("x", "1", **options(runs_dir))
    async def work(name: str) -> str:
        await asyncio.sleep(0)
        current_run().set("name", name)
        return name

    async def both() -> list[str]:
        return list(await asyncio.gather(work("a"), work("b")))

    assert asyncio.run(both()) == ["a", "b"]
    found = [document(runs_dir / name) for name in run_ids(runs_dir)]
    assert sorted(run["metadata"]["name"] for run in found) == ["a", "b"]
    assert {run["status"] for run in found} == {"success"}


def test_what_cannot_be_recorded_is_told_where_it_is_written() -> None:
    """A wrong id or a function that yields is an error at the decoration, not in the night."""
    with pytest.raises(InvalidPipelineId):
        recorded("a/b", "1")
    with pytest.raises(UsageFailure, match="rows yields"):

        @recorded("x", "1")
        def rows() -> Any:
            yield 1


def test_a_recorder_that_nobody_holds(runs_dir: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """W-14: an unfinished recorder that is collected leaves the run open, readers say interrupted, nothing is said."""
    recorder = writer(runs_dir)
    recorder.start(*START)
    here = runs.Here("build-7", "b00t")
    state = runs.look(only_run(runs_dir), now=NOON, asking=here).state
    del recorder
    assert (state, runs.look(only_run(runs_dir), now=NOON, asking=here).state) == ("running", "interrupted")
    assert capfd.readouterr() == ("", "")
    RunWriter("x", "1").__del__()


def test_a_lock_that_somebody_closed(runs_dir: Path) -> None:
    """A program that closes every descriptor there is still gets its seal, and no error of ours."""
    recorder = writer(runs_dir, strict=False)
    recorder.start(*START)
    assert recorder._opened is not None
    assert recorder._opened._lock is not None
    os.close(recorder._opened._lock)
    assert recorder.finish() == "success"
    assert document(only_run(runs_dir))["status"] == "success"
