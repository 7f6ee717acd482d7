"""Runs as readers see them: every folder has a state, whatever became of its recorder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import runpact_core
from runpact_core import files, runs
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact
from tests.core.samples import sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RUN_ID = "20260119T061512Z__P2-Backfill__a1b2c3d"
NOW = 1768803312 + 60  # a minute after the start of the samples
HERE = runs.Here("build-7", "boot-1")
DAY = 24 * 3600
HOLDER = """\
import os, sys
from runpact_core import files
fd = os.open(sys.argv[1], os.O_RDWR)
assert files.try_lock(fd)
print("held", flush=True)
sys.stdin.read()
"""

locks = pytest.mark.skipif(sys.platform == "win32", reason="this platform has no locks")


def opened(**host: Any) -> dict[str, Any]:
    """An `open.json` of this machine and boot, or of what is said."""
    data = sample("open_run/1.0/minimal", run_id=RUN_ID, started_utc="2026-01-19T06:15:12Z")
    facts = {"name": "build-7", "boot_id": "boot-1"} | host
    data["host"] = {key: value for key, value in (data["host"] | facts).items() if value is not None}
    return data


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder of a run."""
    path = tmp_path / "runs" / RUN_ID
    path.mkdir(parents=True)
    return path


def put(folder: Path, name: str, data: object) -> None:
    """A file of a run's folder."""
    (folder / name).write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")


def look(folder: Path, now: float = NOW, asking: runs.Here = HERE) -> tuple[str, str | None, str | None, int | None]:
    """State, status, message and age of a run."""
    run = runs.look(folder, now=now, asking=asking)
    assert (run.run_id, run.path) == (RUN_ID, str(folder))
    return run.state, run.status, run.message, run.age_s


@pytest.fixture
def held(folder: Path) -> Iterator[Callable[[], None]]:
    """The lock of an `open.json`, held by another process until the function is called."""
    put(folder, "open.json", opened())
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder / "open.json")],
        env={"PYTHONPATH": str(Path(runpact_core.__file__).parents[1])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == b"held"

    def end() -> None:
        child.kill()
        child.communicate()

    yield end
    end()


@pytest.mark.parametrize("status", ["success", "failed", "partial"])
def test_a_sealed_run_is_finished(status: str, folder: Path) -> None:
    """With a `run.json` a run is finished, whatever else lies there; its status is the document's."""
    put(folder, "run.json", sample("run/0.2/full", status=status))
    put(folder, "open.json", opened())
    assert look(folder) == ("finished", status, None, None)


def test_a_run_of_another_version_is_finished(folder: Path) -> None:
    """What is read by best effort is said; a status that is no text is none."""
    put(folder, "run.json", {"schema_version": "7.0", "status": "splendid"})
    assert look(folder) == ("finished", "splendid", "Unsupported schema version: 7.0", None)
    put(folder, "run.json", {"schema_version": "7.0", "status": 1})
    assert look(folder) == ("finished", None, "Unsupported schema version: 7.0", None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "Invalid artifact: "),
        (sample("run/0.2/full", status="green"), "Invalid artifact: /status: "),
        ({"a": 1}, "Invalid artifact: schema_version is missing"),
    ],
)
def test_a_broken_seal_is_unreadable(text: object, message: str, folder: Path) -> None:
    """A `run.json` that cannot be read is never taken for green, nor for running."""
    put(folder, "run.json", text)
    put(folder, "open.json", opened())
    state, status, said, age = look(folder)
    assert (state, status, age) == ("unreadable", None, None)
    assert said is not None
    assert said.startswith(message)


def test_a_folder_instead_of_a_seal_is_unreadable(folder: Path) -> None:
    """Whatever has the name of the seal and is no file is said to be so."""
    (folder / "run.json").mkdir()
    assert look(folder) == ("unreadable", None, "Invalid artifact: a directory where a regular file should be", None)


@locks
def test_a_held_lock_is_a_running_run(folder: Path, held: Callable[[], None]) -> None:
    """As long as the recorder lives the run is running, from every host and at any age; when it is killed, not."""
    assert look(folder) == ("running", None, None, 60)
    assert look(folder, now=NOW + 100 * DAY) == ("running", None, None, 60 + 100 * DAY)
    assert look(folder, asking=runs.Here("elsewhere", None)) == ("running", None, None, 60)
    put(folder, "open.json", "{")
    state, _, message, age = look(folder)
    assert (state, age) == ("running", None)
    assert message is not None
    put(folder, "open.json", opened())
    held()
    assert look(folder) == ("interrupted", None, None, 60)


@locks
@pytest.mark.parametrize(
    ("host", "asking", "age", "state"),
    [
        ({}, HERE, 60, "interrupted"),
        ({"name": "renamed"}, HERE, 60, "interrupted"),
        ({"boot_id": "boot-0"}, HERE, 60, "interrupted"),
        ({"boot_id": None}, HERE, 60, "interrupted"),
        ({"name": "build-8", "boot_id": "boot-0"}, HERE, 60, "running?"),
        ({"name": "build-8", "boot_id": None}, HERE, 60, "running?"),
        ({"name": "build-8", "boot_id": None}, runs.Here("build-7", None), 60, "running?"),
        ({"name": "build-8"}, runs.Here("build-7", None), DAY - 1, "running?"),
        ({"name": "build-8"}, runs.Here("build-7", None), DAY, "interrupted"),
        ({"name": "build-8"}, runs.Here("build-7", None), -60, "running?"),
        ({"name": "build-8"}, runs.Here("build-7", None), -DAY, "interrupted"),
    ],
)
def test_a_free_lock(host: dict[str, Any], asking: runs.Here, age: int, state: str, folder: Path) -> None:
    """Here, it means interrupted. Of another machine it means nothing, so for a day the run may be running."""
    put(folder, "open.json", opened(**host))
    assert look(folder, now=NOW - 60 + age, asking=asking) == (state, None, None, age)


def test_without_locks_a_day_decides(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where locks cannot be asked, a run may be running until it is a day old."""
    put(folder, "open.json", opened())
    monkeypatch.setattr(files, "is_locked", lambda _: None)
    assert look(folder)[0] == "running?"
    assert look(folder, now=NOW - 60 + DAY)[0] == "interrupted"


def test_a_start_that_is_no_time_is_no_excuse(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run whose age cannot be told is not shown as running for ever."""
    monkeypatch.setattr(files, "is_locked", lambda _: None)
    put(folder, "open.json", opened() | {"started_utc": "2026-02-30T00:00:00Z"})
    assert look(folder) == ("interrupted", None, None, None)
    put(folder, "open.json", {"schema_version": "7.0", "host": "unknown"})
    assert look(folder) == ("interrupted", None, "Unsupported schema version: 7.0", None)


@locks
def test_a_newer_open_file_is_of_this_machine(folder: Path) -> None:
    """Of an unknown major, without a host that can be understood, a free lock still counts."""
    put(folder, "open.json", {"schema_version": "7.0", "host": "unknown", "started_utc": "2026-01-19T06:15:12Z"})
    assert look(folder) == ("interrupted", None, "Unsupported schema version: 7.0", 60)


@pytest.mark.parametrize("text", ["{", "[]", ""])
def test_a_broken_open_file_is_an_interrupted_run(text: str, folder: Path) -> None:
    """The run is there and has a state; what is wrong with its file is said."""
    put(folder, "open.json", text)
    state, _, message, age = look(folder)
    assert (state, age) == ("interrupted", None)
    assert message is not None
    assert message.startswith("Invalid artifact: ")


def test_an_empty_folder_is_an_interrupted_run(folder: Path) -> None:
    """A run that never came to recording is accounted for."""
    assert look(folder) == ("interrupted", None, "it ended before it had begun to record", None)


def test_a_run_sealed_while_we_look_is_finished(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seal comes before `open.json` goes: a reader between the two sees a finished run."""
    put(folder, "open.json", opened())
    real = files.is_locked

    def sealing(path: str) -> bool | None:
        put(folder, "run.json", sample("run/0.2/full"))
        Path(path).unlink()
        return real(path)

    monkeypatch.setattr(files, "is_locked", sealing)
    assert look(folder) == ("finished", "success", None, None)


def test_a_recorder_that_ends_after_the_seal_while_we_look(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`open.json` stays, its lock is free: the seal is asked for again, so the run is not shown as interrupted."""
    put(folder, "open.json", opened())
    real = files.is_locked

    def sealing(path: str) -> bool | None:
        put(folder, "run.json", sample("run/0.2/full"))
        return real(path)

    monkeypatch.setattr(files, "is_locked", sealing)
    assert look(folder) == ("finished", "success", None, None)


def test_find_gives_every_run_by_name(tmp_path: Path) -> None:
    """Folders whose names are run ids, sorted; other names, and files of such a name, are passed over."""
    ids = [f"2026011{day}T061512Z__P2-Backfill__a1b2c3d" for day in (3, 1, 2)]
    for name in [*ids, "notes", "20260119T061512Z__P2__A1B2C3D", f"{ids[0]}x", ".hidden"]:
        (tmp_path / name).mkdir()
    (tmp_path / "20260119T061512Z__P2__a1b2c3d").write_bytes(b"a file")
    put(tmp_path / ids[0], "run.json", sample("run/0.2/full", run_id=ids[0]))
    found = list(runs.find(tmp_path, now=NOW, asking=HERE))
    assert [run.run_id for run in found] == sorted(ids)
    assert [run.state for run in found] == ["interrupted", "interrupted", "finished"]


def test_find_gives_a_run_that_was_renamed(tmp_path: Path) -> None:
    """A folder with the documents of a run is shown whatever its name; one without them, of no run's name, is not."""
    for name, file in (("renamed", "run.json"), ("copied", "open.json"), ("notes", "readme.txt")):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_text("{}")
    found = runs.find(tmp_path, now=0, asking=HERE)
    assert [(run.run_id, run.state) for run in found] == [("copied", "interrupted"), ("renamed", "unreadable")]


def test_find_goes_on_when_a_run_goes(tmp_path: Path) -> None:
    """A run that is removed while the list is read is left out, and the next ones are not."""
    ids = [f"2026011{day}T061512Z__P__a1b2c3d" for day in (1, 2, 3)]
    for name in ids:
        (tmp_path / name).mkdir()
    found = runs.find(tmp_path)
    assert next(found).run_id == ids[0]
    (tmp_path / ids[1]).rmdir()
    assert [run.run_id for run in found] == [ids[2]]


def test_find_says_why_it_cannot(tmp_path: Path) -> None:
    """No folder, or a file in its place, is a typed error."""
    with pytest.raises(MissingArtifact) as caught:
        next(runs.find(tmp_path / "none"))
    assert caught.value.hint == "nothing was recorded there yet"
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(EnvironmentFailed, match=r"^listing "):
        next(runs.find(tmp_path / "file"))
    with pytest.raises(MissingArtifact) as caught:
        runs.look(tmp_path / "file", now=NOW, asking=HERE)
    assert caught.value.hint == "name a folder of runs/<run_id>"


def test_now_and_here_are_the_clock_and_the_machine(folder: Path) -> None:
    """Without being told, the age is by the clock and the machine is this one."""
    started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 100))
    machine = runs.here()
    put(folder, "open.json", opened(name=machine.name, boot_id=machine.boot_id) | {"started_utc": started})
    (run,) = runs.find(folder.parent)
    assert run.age_s is not None
    assert 100 <= run.age_s < 200
    assert run.state in {"interrupted", "running?"}


def test_a_machine_without_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system tells no boot and no name, there is none, and a word for it."""
    monkeypatch.delattr(os, "uname", raising=False)
    monkeypatch.setenv("COMPUTERNAME", "DESK-4")
    monkeypatch.setattr("builtins.open", lambda *_, **__: (_ for _ in ()).throw(OSError))
    assert runs.here() == runs.Here("DESK-4", None)
    monkeypatch.delenv("COMPUTERNAME")
    assert runs.here() == runs.Here("unknown", None)


RUN = {"outputs": [{"rows_written": 60}], "exit": None}


@pytest.fixture
def recorded(folder: Path) -> Path:
    """A run's folder with a log of three lines (and a piece) and some artifacts."""
    (folder / "run.log").write_bytes(b"one\r\ntwo\x0b\x85 \xe2\x80\xa8 still two\n\nfour has no end")
    (folder / "artifacts" / "deep").mkdir(parents=True)
    (folder / "artifacts" / "deep" / "rows.csv").write_bytes(b"")
    (folder / "secret").write_bytes(b"")
    (folder / "artifacts" / "link").symlink_to(folder / "secret")
    (folder / "artifacts" / "way").symlink_to(folder)
    return folder


@pytest.mark.parametrize(
    ("evidence", "why"),
    [
        ("run.json:$.outputs[0].rows_written", None),
        ("run.json:$.exit", None),
        ("run.json:$.outputs[1]", "run.json has no such field"),
        ("run.json:$.*", "'$.*' is no singular JSONPath"),
        ("run.json:outputs", "'outputs' is no JSONPath"),
        ("run.log:line:1", None),
        ("run.log:line:3", None),
        ("run.log:line:003", None),
        ("run.log:line:4", "run.log has 3 lines"),
        ("run.log:line:0", "run.log has 0 lines"),
        ("run.log:line:" + "9" * 900, "run.log has 3 lines"),
        ("run.log:line:-1", "it is in none of the three forms of evidence"),
        ("run.log:line:x", "it is in none of the three forms of evidence"),
        ("run.log:line:\u0661", "it is in none of the three forms of evidence"),
        ("run.log:line:", "it is in none of the three forms of evidence"),
        ("run.log:line:1\n", "it is in none of the three forms of evidence"),
        ("artifacts/deep/rows.csv", None),
        ("artifacts/deep", "it is not a file"),
        ("artifacts/none", "there is no such file"),
        ("artifacts/deep/rows.csv/x", "there is no such file"),
        ("artifacts/\x00", "there is no such file"),
        ("artifacts/../secret", "the path leaves its folder or has empty parts"),
        ("artifacts/./deep/rows.csv", "the path leaves its folder or has empty parts"),
        ("artifacts//deep", "the path leaves its folder or has empty parts"),
        ("artifacts/", "the path leaves its folder or has empty parts"),
        ("artifacts/link", "the path leads through a link"),
        ("artifacts/way/secret", "the path leads through a link"),
        ("secret", "it is in none of the three forms of evidence"),
        ("", "it is in none of the three forms of evidence"),
    ],
)
def test_evidence(evidence: str, why: str | None, recorded: Path) -> None:
    """A pointer resolves inside the run's folder, by line feeds and without links, or it is said why not."""
    assert runs.resolve_evidence(recorded, evidence, RUN) == why


def test_a_missing_log_has_no_lines(folder: Path) -> None:
    """No log is no evidence."""
    assert runs.resolve_evidence(folder, "run.log:line:1", RUN) == "run.log has 0 lines"


def test_lines_are_counted_across_blocks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However a large log is cut into blocks, its lines are counted once, and no more is read than is asked for."""
    (folder / "run.log").write_bytes(b"line\n" * 1000)
    for block in (1, 4, 5, 7, 4999, 5000, 6000):
        monkeypatch.setattr(runs, "_BLOCK", block)
        assert runs.resolve_evidence(folder, "run.log:line:1000", RUN) is None
        assert runs.resolve_evidence(folder, "run.log:line:1001", RUN) == "run.log has 1000 lines"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no FIFO")
def test_a_log_that_would_hang_is_refused(folder: Path) -> None:
    """A FIFO in the place of the log is an error, not a wait."""
    os.mkfifo(folder / "run.log")
    with pytest.raises(InvalidArtifact, match="a FIFO"):
        runs.resolve_evidence(folder, "run.log:line:1", RUN)


def test_a_log_that_cannot_be_read_is_said(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the system leaves as ours."""

    def failing(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("builtins.open", failing)
    monkeypatch.setattr(files, "open_read", lambda _: -1)
    with pytest.raises(EnvironmentFailed, match=r"^reading .*run\.log: Input/output error$"):
        runs.resolve_evidence(recorded, "run.log:line:1", RUN)
