"""The options of `exec` that change how the command is run: its time, its streams, what is kept out of the log."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TYPE_CHECKING

import pytest

from runpact_core.redact import Masker
from runpact_writer import _exec
from runpact_writer._mask import Secrets, Streams
from runpact_writer._process import Manner
from tests.writer.support import LIMITS, document, only_run, outside, run_ids, runpact_command

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the engine is for POSIX systems")


def log_of(run: Path) -> bytes:
    """What the log holds after its first line."""
    return (run / "run.log").read_bytes().partition(b"\n")[2]


def test_time_is_over(project: Path, runs_dir: Path) -> None:
    """124, the group with the command gone, and the record says that its time was over and what ended it."""

    def within(limit: str) -> subprocess.CompletedProcess[bytes]:
        shutil.rmtree(runs_dir, ignore_errors=True)
        return outside("exec", "--timeout", limit, "--", "sh", "-c", "sleep 600 & echo begun; wait", cwd=project)

    done, limit = next((done, limit) for limit in LIMITS if (done := within(limit)).stdout)
    assert (done.returncode, done.stdout, done.stderr) == (124, b"begun\n", b"")
    run = only_run(runs_dir)
    assert document(run)["exit"] == {"code": 124, "signal": "SIGTERM", "timed_out": True}
    assert "warnings" not in document(run)
    assert log_of(run).endswith(f"Z the command was ended: it took longer than {limit} s\n".encode())


def test_time_that_suffices(project: Path, runs_dir: Path) -> None:
    """A command that ends in time ends as it would without a limit."""
    assert outside("exec", "--timeout=60", "--", "sh", "-c", "exit 6", cwd=project).returncode == 6
    assert document(only_run(runs_dir))["exit"] == {"code": 6}


def test_merged_streams(project: Path, runs_dir: Path) -> None:
    """`--merge`: one stream on stdout, in exactly the order in which the command wrote."""
    script = "for i in 1 2 3 4 5 6 7 8 9; do printf o$i; printf e$i >&2; done"
    done = outside("exec", "--merge", "--", "sh", "-c", script, cwd=project)
    expected = "".join(f"o{i}e{i}" for i in range(1, 10)).encode()
    assert (done.returncode, done.stdout, done.stderr) == (0, expected, b"")
    assert log_of(only_run(runs_dir)) == expected


def test_what_the_command_leaves_behind(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """X-10: a grandchild with our pipe in its hand is waited for so long and no longer, and the run says so."""
    monkeypatch.setattr(_exec, "Manner", lambda **more: Manner(linger_s=0.1, **more))
    begun = time.monotonic()
    assert _exec.main(["--", "sh", "-c", "(echo late; exec sleep 30) & exit 3"]) == 3
    assert time.monotonic() - begun < 20
    run = only_run(runs_dir)
    said = "something that the command left behind held its output open for 2 s after its end"
    assert (document(run)["exit"], document(run)["warnings"]) == ({"code": 3}, [said])


def test_masked_values(runs_dir: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Values of required and of masked variables pass to stdout and stand in no file; run.json says which do not."""
    monkeypatch.setenv("DSN", "s3cret-value")
    monkeypatch.setenv("TOKEN", "t0ken-value")
    monkeypatch.setenv("SHORT", "abc")
    words = ["--required-env", "DSN", "--mask-env", "TOKEN", "--mask-env", "SHORT", "--mask-env", "UNSET"]
    script = 'printf s3cret; sleep 0.1; echo "-value"; echo "$TOKEN" "$SHORT" >&2; : t0ken-value'
    assert _exec.main([*words, "--merge", "--", "sh", "-c", script]) == 0
    assert capfd.readouterr() == (
        "s3cret-value\nt0ken-value abc\n",
        (
            "runpact: the value of SHORT is not masked: it, or each line of it, has less than 6 bytes\n"
            "runpact: nothing is masked for --mask-env UNSET: it is not set\n"
        ),
    )
    run = only_run(runs_dir)
    assert log_of(run) == b"***\n*** abc\n"
    assert document(run)["masking"] == {"masked": ["DSN", "TOKEN"], "not_masked": ["SHORT"]}
    assert document(run)["command"][-1].endswith("; : ***")
    secrets = (b"s3cret-value", b"t0ken-value")
    assert not [path for path in run.iterdir() if any(value in path.read_bytes() for value in secrets)]


def test_nothing_to_mask() -> None:
    """Without a value there is no masker and no field; values of short lines are not masked, and listed."""
    assert (Secrets(["NONE"], {}).facts(), Secrets([], {}).mask(b"x")) == ({}, b"x")
    assert (Secrets().hide("b"), Secrets().command(["b", "\udcff"])) == (
        "b",
        {"command": ["b", "\\xff"], "command_b64": ["Yg==", "/w=="]},
    )
    assert Streams(Secrets([], {})).feed(1, b"x") == b"x"
    found = Secrets(["A", "B"], {"A": "ab\ncd\nef\ngh", "B": "long enough"})
    assert (found.masked, found.not_masked) == (["B"], ["A"])
    assert isinstance(found.masker(), Masker)
    assert found.hide("is long enough") == "is ***"
    assert found.command(["long enough\udcff", "\ud800"])["command"] == ["***\\xff", "\\ud800"]


def test_a_run_in_a_run(project: Path, runs_dir: Path) -> None:
    """X-16: each records its own, the inner one names the outer one, the exit code comes through."""
    inner = runpact_command("exec", "--pipeline-id", "inner", "--", "sh", "-c", "exit 9")
    assert outside("exec", "--pipeline-id", "outer", "--", *inner, cwd=project).returncode == 9
    runs = {document(runs_dir / name)["pipeline_id"]: document(runs_dir / name) for name in run_ids(runs_dir)}
    assert sorted(runs) == ["inner", "outer"]
    assert runs["inner"]["parent_run_id"] == runs["outer"]["run_id"]
    assert ("parent_run_id" in runs["outer"], runs["outer"]["exit"]) == (False, {"code": 9})


def test_a_parent_that_is_none(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that holds anything else than a run's id names no parent."""
    monkeypatch.setenv("RUNPACT_RUN_ID", "../x")
    assert _exec.main(["--", "true"]) == 0
    assert "parent_run_id" not in document(only_run(runs_dir))
