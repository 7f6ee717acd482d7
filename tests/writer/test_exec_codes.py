"""What `exec` returns: the command's own exit code whenever it ran, 125 to 127 or 2 where it could not."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from runpact_core import _locks
from runpact_writer import _exec
from runpact_writer._process import run_command
from runpact_writer._signals import Shield
from tests.writer.support import document, environment, only_run, run_ids, runpact_command

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals and modes of POSIX")


@pytest.mark.parametrize("code", [0, 1, 2, 3, 125, 255])
def test_the_command_s_exit_code_is_ours(code: int, runs_dir: Path) -> None:
    """X-01: exit code n comes back as n, is recorded, and alone decides about success."""
    assert _exec.main(["--", sys.executable, "-S", "-c", f"raise SystemExit({code})"]) == code
    run = only_run(runs_dir)
    assert document(run)["exit"] == {"code": code}
    assert document(run)["status"] == ("success" if code == 0 else "failed")
    (check,) = document(run, "checks.json")["checks"]
    assert check == {
        "id": "command_succeeded",
        "name": "The command ends with exit code 0",
        "status": "pass" if code == 0 else "fail",
        "evidence": ["run.json:$.exit.code"],
    }


@posix_only
def test_all_exit_codes() -> None:
    """X-01: 256 of 256."""
    with Shield() as shield:
        codes = [
            run_command(["sh", "-c", f"exit {code}"], dict(os.environ), lambda *_: None, shield).code
            for code in range(256)
        ]
    assert codes == list(range(256))


@posix_only
@pytest.mark.parametrize(
    "name",
    [
        *("SIGHUP", "SIGINT", "SIGQUIT", "SIGABRT", "SIGKILL", "SIGSEGV", "SIGPIPE", "SIGTERM", "SIGRTMIN"),
        *("SIGXCPU", "SIGUSR1", "SIGALRM"),
    ],
)
def test_death_by_a_signal(name: str, runs_dir: Path) -> None:
    """X-02: 128 + n after signal n, and the record has its name."""
    number = getattr(signal, name)
    assert _exec.main(["--", "sh", "-c", f"ulimit -c 0; kill -{int(number)} $$"]) == 128 + number
    assert document(only_run(runs_dir))["exit"] == {"code": 128 + number, "signal": name}


@posix_only
def test_a_signal_without_a_name_of_its_own(runs_dir: Path) -> None:
    """Real-time signals between the first and the last are named by their distance from the first."""
    number = signal.SIGRTMIN + 2
    assert _exec.main(["--", "sh", "-c", f"kill -{number} $$"]) == 128 + number
    assert document(only_run(runs_dir))["exit"] == {"code": 128 + number, "signal": "SIGRTMIN+2"}


def test_a_command_that_is_not_there(runs_dir: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """X-03: 127 and one line; the run is recorded as failed, with the reason in its log."""
    assert _exec.main(["--", "no-such-command", "x"]) == 127
    assert capfd.readouterr() == (
        "",
        "error[not-started]: no-such-command: command not found — check the name and PATH\n",
    )
    run = only_run(runs_dir)
    assert document(run)["exit"] == {"code": 127}
    assert document(run)["command"] == ["no-such-command", "x"]
    assert (
        (run / "run.log")
        .read_text()
        .endswith("Z the command could not be started: no-such-command: command not found\n")
    )


@posix_only
def test_a_file_that_is_not_executable(runs_dir: Path, project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """X-03: 126 and one line; so for a folder."""
    (project / "plain").write_text("#!/bin/sh\n")
    assert _exec.main(["--pipeline-id", "one", "--", "./plain"]) == 126
    assert _exec.main(["--pipeline-id", "two", "--", str(project)]) == 126
    assert capfd.readouterr().err.splitlines() == [
        "error[not-started]: ./plain: not executable — check its mode and its first line",
        f"error[not-started]: {project}: not executable — check its mode and its first line",
    ]
    assert {document(runs_dir / name)["exit"]["code"] for name in run_ids(runs_dir)} == {126}


@posix_only
def test_a_command_below_a_file_is_not_found(project: Path) -> None:
    """A path through something that is no folder leads to no command: 127."""
    (project / "plain").touch()
    assert _exec.main(["--", "plain/x"]) == 127


@posix_only
def test_a_file_that_the_system_cannot_run(runs_dir: Path, project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """126 where the command is there and executable, but no program: the system's own words say why."""
    (project / "torn").write_bytes(b"\x7fELF")
    (project / "torn").chmod(0o755)
    assert _exec.main(["--", "./torn"]) == 126
    line = "error[not-started]: ./torn: Exec format error — it is no program for this machine\n"
    assert capfd.readouterr().err == line
    assert document(only_run(runs_dir))["exit"] == {"code": 126}


@posix_only
def test_a_script_without_a_first_line(runs_dir: Path, project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What shells run with `sh` since the system cannot run it, we run so as well; its words reach it."""
    (project / "bare").write_text('echo "$1"; exit 5\n')
    (project / "bare").chmod(0o755)
    assert _exec.main(["--", "./bare", "a b"]) == 5
    assert capfd.readouterr() == ("a b\n", "")
    assert document(only_run(runs_dir))["command"] == ["./bare", "a b"]


@posix_only
def test_few_descriptors(project: Path, runs_dir: Path) -> None:
    """X-13: with any small number of descriptors the command runs, or it is 125 and one line; no run is half."""
    codes = set()
    for limit in range(7, 15):
        few = ["bash", "-c", f'ulimit -n {limit}; exec "$@"', "bash"]
        words = [*few, *runpact_command("exec", "--", "sh", "-c", "exit 3")]
        done = subprocess.run(words, cwd=project, env=environment(), capture_output=True, check=False, timeout=60)
        codes.add(done.returncode)
        assert (done.returncode, done.stderr.count(b"\n")) in {(3, 0), (125, 1)}, (limit, done)
    assert codes == {3, 125}
    for name in run_ids(runs_dir):
        assert sorted(path.name for path in (runs_dir / name).iterdir()) == ["checks.json", "run.json", "run.log"]
        assert document(runs_dir / name)["exit"]["code"] in codes


def test_a_missing_variable(runs_dir: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """125, the command is not started, and the run that records it fails for that reason."""
    monkeypatch.setenv("IS_SET", "s3cret-value")
    monkeypatch.setenv("IS_EMPTY", "")
    words = [word for name in ("IS_SET", "NOT_SET", "IS_EMPTY") for word in ("--required-env", name)]
    assert _exec.main([*words, "--", sys.executable, "-c", "print('started')"]) == 125
    assert capfd.readouterr() == (
        "",
        "error[required-env-missing]: NOT_SET, IS_EMPTY are not set — set what the pipeline requires\n",
    )
    run = only_run(runs_dir)
    assert document(run)["status"] == "failed"
    assert document(run)["exit"] == {"code": 125}
    assert document(run)["env"] == {"present": ["IS_SET"], "missing": ["NOT_SET", "IS_EMPTY"]}
    assert document(run, "checks.json")["checks"] == [
        {
            "id": "required_env_present",
            "name": "Required environment variables are set",
            "status": "fail",
            "evidence": ["run.json:$.env.missing"],
        }
    ]
    assert "the command was not started: NOT_SET, IS_EMPTY are not set" in (run / "run.log").read_text()


def test_variables_that_are_set_are_recorded_by_name_only(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file of the run holds the value of a required variable, the check says that it was set."""
    monkeypatch.setenv("NEON_DSN", "postgres-s3cret")
    assert _exec.main(["--required-env=NEON_DSN", "--", sys.executable, "-S", "-c", ""]) == 0
    run = only_run(runs_dir)
    assert sorted(path.name for path in run.iterdir()) == ["checks.json", "run.json", "run.log"]
    assert not [path for path in run.iterdir() if b"s3cret" in path.read_bytes()]
    assert document(run)["env"] == {"present": ["NEON_DSN"], "missing": []}
    first = document(run, "checks.json")["checks"][0]
    assert (first["id"], first["status"]) == ("required_env_present", "pass")
    assert first["evidence"] == ["run.json:$.env.present"]


def test_a_folder_of_runs_that_is_a_file(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """125 before the start: one line, nothing run, the file untouched."""
    (project / "reports").write_text("mine")
    assert _exec.main(["--", sys.executable, "-c", "print('started')"]) == 125
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"error[environment]: making the folder {project / 'reports'}: Not a directory — ")
    assert (project / "reports").read_text() == "mine"


@posix_only
def test_a_folder_without_locks(
    runs_dir: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the file system has no locks, stderr and the log say what is lost; the run is whole, and may be green."""
    monkeypatch.setattr(_locks, "flock", lambda *_, **__: None)
    assert _exec.main(["--", "true"]) == 0
    said = (
        "there are no locks here: readers show this run as running? until it ends, and if it is killed as interrupted"
        " only a day after its start"
    )
    assert capfd.readouterr() == ("", f"runpact: {said}\n")
    run = only_run(runs_dir)
    assert (run / "run.log").read_text() == f"RUN_ID={run.name}\n{document(run)['started_utc']} {said}\n"
    assert (document(run)["status"], "warnings" in document(run)) == ("success", False)


AS_NOBODY = """
import codecs, os, sys
from runpact_writer import _exec
from runpact_writer._process import run_command
from runpact_writer._signals import Shield
if os.geteuid() == 0:
    codecs.lookup("ascii")  # read while our own interpreter is still readable
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
sys.exit(_exec.main(["--", "echo", "started"]))
"""


@posix_only
def test_a_folder_that_may_not_be_written() -> None:
    """125 before the start for a user without rights: one line, nothing run, nothing left."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", AS_NOBODY], cwd=folder, env=environment(), capture_output=True, check=False,
            timeout=60,
        )  # fmt: skip
        assert list(Path(folder).iterdir()) == []
    assert (done.returncode, done.stdout) == (125, b"")
    line = done.stderr.decode()
    assert line.startswith(f"error[environment]: making the folder {folder}/reports: Permission denied — ")
    assert line.count("\n") == 1


def test_the_current_folder_is_gone(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """125 and one line where nobody can say what a relative folder means; a given absolute one is enough."""
    if sys.platform == "win32":
        pytest.skip("a current folder cannot be removed there")
    kept, gone = project / "kept", project / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    try:
        assert _exec.main(["--", "true"]) == 125
        assert "error[environment]: finding the current folder: No such file" in capfd.readouterr().err
        assert _exec.main(["--runs-dir", str(kept), "--", "true"]) == 0
    finally:
        os.chdir(project)
    assert document(only_run(kept))["git"]["sha7"] == "0000000"


@posix_only
@pytest.mark.parametrize("code", [0, 7])
def test_a_folder_that_goes_while_the_command_runs(
    code: int, runs_dir: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is made again, which is said in two lines, of folder and log; the command's exit code stands."""
    assert _exec.main(["--", "sh", "-c", f'echo out; rm -r "$RUNPACT_RUN_DIR"; exit {code}']) == code
    out, err = capfd.readouterr()
    assert out == "out\n"
    assert [line.partition(" while the run went on; ")[0] for line in err.splitlines()] == [
        "runpact: the folder of the run was removed",
        "runpact: run.log was deleted",
    ]
    assert document(only_run(runs_dir))["exit"] == {"code": code}


@posix_only
def test_a_broken_stderr_does_not_change_the_exit_code(project: Path) -> None:
    """The line about a failed recording meets a reader who has gone: the command's exit code stands."""
    reader, ours = os.pipe()
    os.close(reader)
    done = subprocess.run(
        runpact_command("exec", "--", "sh", "-c", 'rm -r "$RUNPACT_RUN_DIR"; exit 7'), cwd=project,
        env=environment(), stdout=subprocess.PIPE, stderr=ours, check=False, timeout=60,
    )  # fmt: skip
    os.close(ours)
    assert (done.returncode, done.stdout) == (7, b"")


FULL_DISK = """
mkdir -p "$1" && mount -t tmpfs -o size=128k none "$1" || exit 77
shift
"$@"
code=$?
head -c 20 reports/runs/*/open.json
ls reports/runs/*/
exit $code
"""


@posix_only
def test_a_command_that_fills_the_disk(project: Path, runs_dir: Path) -> None:
    """W-04: no room for the seal: one line, the command's exit code and output, and a run that was never closed."""
    if shutil.which("unshare") is None:
        pytest.skip("mount namespaces are Linux's, and need unshare")
    fill = 'echo begun; head -c 1000000 /dev/zero 2>/dev/null > "$RUNPACT_RUN_DIR/artifact"; echo done; exit 9'
    words = ["unshare", "--map-root-user", "--mount", "sh", "-c", FULL_DISK, "sh", str(runs_dir)]
    done = subprocess.run(
        [*words, *runpact_command("exec", "--", "sh", "-c", fill)],
        cwd=project,
        env=environment(),
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"this machine lets us mount nothing: {done.stderr.strip()}")
    assert done.returncode == 9, done.stderr
    assert done.stdout.startswith('begun\ndone\n{\n  "command": [')
    assert done.stdout.split()[-3:] == ["artifact", "open.json", "run.log"]
    (line,) = done.stderr.splitlines()
    assert line.startswith("runpact: writing ")
    assert line.endswith("(free some room, then seal the run: runpact runs recover): No space left on device")
