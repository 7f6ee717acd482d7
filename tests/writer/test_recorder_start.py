"""The start of a run: an id that nobody else has, a folder that is seen at once, or nothing at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runpact_core import files, runs
from runpact_core.errors import EnvironmentFailed, Refused, RunpactError
from tests.faults import failsweep
from tests.writer.support import NOON, START, document, environment, only_run, run_ids, writer

if TYPE_CHECKING:
    from tests.faults.failsweep import Point

CROWD = """
import os, sys
from pathlib import Path
from tests.writer.support import START, writer
runs_dir, gate = Path(sys.argv[1]), int(sys.argv[2])
children = []
for number in range(40):
    child = os.fork()
    if child == 0:
        os.read(gate, 1)  # all are let go at once
        writer(runs_dir).start(*START)
        os._exit(0)
    children.append(child)
sys.exit(sum(os.waitpid(child, 0)[1] != 0 for child in children))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_two_hundred_starts_in_one_second(runs_dir: Path) -> None:
    """W-08: 200 processes with one clock, pipeline and commit: 200 folders, valid ids, the true time in each."""
    root = str(Path(__file__).parents[2])
    env = environment()
    env["PYTHONPATH"] = os.pathsep.join([root, env["PYTHONPATH"]])
    gate, ours = os.pipe()
    crowd = [
        subprocess.Popen([sys.executable, "-c", CROWD, str(runs_dir), str(gate)], env=env, pass_fds=[gate])
        for _ in range(5)
    ]
    os.close(gate)
    os.close(ours)  # the end of the pipe is the signal
    for each in crowd:
        with each:
            assert each.wait(60) == 0
    names = run_ids(runs_dir)
    assert len(names) == 200
    assert all(runs.RUN_ID.fullmatch(name) for name in names)
    assert {document(runs_dir / name, "open.json")["started_utc"] for name in names} == {"2026-01-19T12:00:00Z"}


def test_a_taken_second_is_passed_over(runs_dir: Path) -> None:
    """The id moves on to the next free second, the recorded time does not."""
    taken = [writer(runs_dir) for _ in range(3)]
    identifiers = [each.start(*START) for each in taken]
    assert identifiers == [f"20260119T12000{n}Z__P2-Backfill__0000000" for n in range(3)]
    assert document(runs_dir / identifiers[2], "open.json")["started_utc"] == "2026-01-19T12:00:00Z"
    for each in taken:
        each.finish()
    assert {document(runs_dir / name)["started_utc"] for name in identifiers} == {"2026-01-19T12:00:00Z"}


def test_a_name_may_be_taken_by_anything(runs_dir: Path) -> None:
    """W-11: a file or a link of that name is not touched and not followed."""
    runs_dir.mkdir(parents=True)
    (runs_dir / "20260119T120000Z__P2-Backfill__0000000").write_text("mine")
    (runs_dir / "20260119T120001Z__P2-Backfill__0000000").symlink_to(runs_dir.parent)
    assert writer(runs_dir).start(*START) == "20260119T120002Z__P2-Backfill__0000000"
    assert (runs_dir / "20260119T120000Z__P2-Backfill__0000000").read_text() == "mine"
    assert run_ids(runs_dir.parent) == ["runs"]


def test_a_start_that_fails_leaves_nothing(runs_dir: Path) -> None:
    """Whatever call of the system fails, once or for ever: a typed error and no folder, or a run that is there."""

    def start() -> None:
        recorder = writer(runs_dir)
        recorder.start(*START)
        recorder.finish()

    def complaints(raised: BaseException | None, point: Point) -> list[str]:
        found = [] if raised is None or isinstance(raised, RunpactError) else [f"raised {raised!r}"]
        for name in run_ids(runs_dir):
            left = run_ids(runs_dir / name)
            begun = {"open.json", "run.log"} <= set(left) or "run.json" in left
            cleaning_failed = point.for_ever
            if not (begun or cleaning_failed):
                found.append(f"a run that did not begin: {left}")
            if raised is None and "run.json" not in left:
                found.append("no error, and no seal")
        return found

    def clean() -> None:
        for name in run_ids(runs_dir):
            for path in (runs_dir / name).iterdir():
                path.unlink()
            (runs_dir / name).rmdir()

    report = failsweep.sweep(start, complaints, prepare=clean)
    assert report.complaints == ()
    assert report.points > 100


def test_a_start_may_be_tried_again(runs_dir: Path) -> None:
    """After a start that failed the recorder is as before, with no folder; the next start works."""
    runs_dir.parent.mkdir()
    runs_dir.write_text("in the way")
    recorder = writer(runs_dir)
    with pytest.raises(EnvironmentFailed):
        recorder.start(*START)
    runs_dir.unlink()
    recorder.start(*START)
    assert recorder.finish() == "success"
    assert run_ids(only_run(runs_dir)) == ["checks.json", "run.json", "run.log"]


@pytest.mark.parametrize("step", ["replace_locked", "open_append", "append"])
def test_each_step_of_the_opening(step: str, runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the open mark or the log cannot be written, the folder is gone again."""

    def refuse(*_: object, **__: object) -> None:
        raise Refused("not today")

    monkeypatch.setattr(files, step, refuse)
    recorder = writer(runs_dir)
    with pytest.raises(Refused):
        recorder.start(*START)
    assert run_ids(runs_dir) == []
    assert recorder._opened is None


@pytest.mark.parametrize("name", ["files.remove", "os.rmdir"])
def test_cleaning_up_that_fails_hides_nothing(name: str, runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is that of the start, also where what was made cannot be removed."""

    def fail(*_: object, **__: object) -> None:
        if name == "os.rmdir":
            raise OSError(16, "busy")
        raise EnvironmentFailed("removing", OSError(16, "busy"))

    def refuse(*_: object) -> None:
        raise Refused("not today")

    monkeypatch.setattr(files, "open_append", refuse)
    monkeypatch.setattr(*((files, "remove", fail) if name == "files.remove" else (os, "rmdir", fail)))
    with pytest.raises(Refused):
        writer(runs_dir).start(*START)
    assert run_ids(only_run(runs_dir)) == (["open.json"] if name == "files.remove" else [])


def test_what_json_cannot_say_is_written_as_an_escape(runs_dir: Path) -> None:
    """A lone surrogate in what was given, from bytes of the environment, is recorded as it would be shown."""
    writer(runs_dir).start("local_cli", "x", "mia\udcff")
    assert document(only_run(runs_dir), "open.json")["trigger"]["actor"] == "mia\\udcff"


RECORDS = """
import sys
from runpact_writer import RunWriter
writer = RunWriter("x", "1", runs_dir=sys.argv[1])
writer.start("local_cli", "test", "mia")
sys.stdin.read()
"""


def test_alive_means_the_lock_is_held(runs_dir: Path) -> None:
    """While a process records, its run is running; a kill -9 makes it interrupted, with no help and at once."""
    with subprocess.Popen(
        [sys.executable, "-c", RECORDS, str(runs_dir)], env=environment(), stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline().decode() == f"RUN_ID={only_run(runs_dir).name}\n"
        found = runs.look(only_run(runs_dir), now=NOON, asking=runs.here())
        assert (found.state, found.status) == ("running", None)
        process.kill()
        assert process.wait(60) in {-getattr(signal, "SIGKILL", 9), 1}
    found = runs.look(only_run(runs_dir), now=NOON, asking=runs.here())
    assert (found.state, found.status) == ("interrupted", None)
