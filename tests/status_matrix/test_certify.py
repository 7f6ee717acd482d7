"""Certifying a runner: what is run, how, what is found, and that nothing says more than was found."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runpact_core import documents, runs
from runpact_core.errors import ConfigurationError, Refused, UsageFailure
from runpact_status_matrix import _certify, certify, verify_certificate
from runpact_status_matrix.errors import UnknownRunner
from tests.status_matrix.certifying import adapter, call, registry, request

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="commands are wrapped on POSIX systems alone")

JSON = Path(".artifacts/runner-certification-rust.json")
PAGE = Path(".artifacts/runner-certification-rust.md")


def found(**changes: Any) -> dict[str, dict[str, Any]]:
    """The checks of a certificate by their ids."""
    return {check["id"]: check for check in certify(request(**changes)).document["checks"]}


def test_a_runner_that_does_what_it_should_passes() -> None:
    """The certificate is what its contract says, lies where the source document says, and verifies."""
    adapter()
    registry()
    done = certify(request())
    assert done.document["summary"] == {"status": "pass", "passed": 5, "failed": 0, "skipped": 0, "blocking": True}
    assert done.document["runner"]["certified_at"] == "2026-01-19T06:15:12Z"
    assert [check["id"] for check in done.document["checks"]] == [
        "governance",
        "style-check",
        "runtime.a",
        "runtime.b",
        "/specs/core.spec.md#CASE-1",
    ]
    assert JSON.read_bytes() == documents.dumps(done.document)
    assert documents.validate("runner_execution_certificate", JSON, strict=True) == []
    assert "| governance | pass | 1 | exit code 1, as expected |" in PAGE.read_text(encoding="utf-8")
    assert verify_certificate(JSON, registry="registry.json")["ok"]


@pytest.mark.parametrize("version", [1, 2])
def test_the_version_is_that_of_the_registry(version: int) -> None:
    """A registry of version 1 gives a certificate of version 1, with the same digest of the intent."""
    adapter()
    registry(version)
    document = certify(request()).document
    assert (document["version"], document["execution_intent"]["registry_ref"]["version"]) == (version, version)
    assert document["equivalence"]["intent_hash"][:8] == "da887fe0"


def test_words_reach_the_command_as_they_are() -> None:
    """No shell reads them, the run's log has what was printed, and the certificate names the log."""
    adapter()
    registry(command_contract_subset=[{"name": "x", "args": ["$HOME", "a;b", "*", "", "é"], "expect_exit": [0]}])
    check = found()["x"]
    log = Path(check["evidence_ref"].lstrip("/"))
    assert log.read_text(encoding="utf-8").splitlines()[1:] == ["[x]", "[$HOME]", "[a;b]", "[*]", "[]", "[é]"]
    assert documents.read("run", log.parent / "run.json").data["metadata"] == {"certified_runner": "rust"}
    assert log.parent.name in runs.ids("reports/runs")


@pytest.mark.parametrize(
    ("script", "detail"),
    [
        ("exit 7", "exit code 7 instead of 0 or 1"),
        ("kill -KILL $$", "exit code 137 instead of 0 or 1"),
        ("exec sleep 60", "ended after its 0.3 s"),
        (None, "/adapter is not there"),
    ],
)
def test_what_does_not_end_as_expected_has_failed(script: str | None, detail: str) -> None:
    """Another exit code, a signal, too long a time, a program that is not there: that command failed, and says why."""
    if script is not None:
        adapter(f"#!/bin/sh\n{script}\n")
    registry(required_core_checks=None, required_core_cases=None)
    done = certify(request(timeout_s=0.3 if "sleep" in (script or "") else 60))
    first = done.document["checks"][0]
    assert first["status"] == "fail"
    assert first["detail"].endswith(detail)
    assert done.document["summary"]["status"] == "fail"
    assert verify_certificate(JSON)["ok"]


@pytest.mark.skipif(os.name != "posix", reason="needs modes of files")
def test_why_a_program_cannot_be_run_is_said() -> None:
    """A folder, a file that is not executable, a name with words behind it, a name that no folder of PATH has."""
    registry(required_core_checks=None, required_core_cases=None)
    Path("folder").mkdir()
    Path("plain").write_text("x", encoding="utf-8")
    adapter()
    for named, said in (
        ("./folder", "/folder is a folder"),
        ("./plain", "/plain may not be run: it is not executable"),
        ("./adapter --flag", "/adapter --flag is not there"),
        ("no-such-program", "no program no-such-program is on the PATH"),
    ):
        check = certify(request(adapter=named)).document["checks"][0]
        assert check["status"] == "fail"
        assert check["detail"].endswith(said)


def test_the_registry_says_how_long_a_command_may_take() -> None:
    """Its limit counts before that of the call, and a code that is expected does not help who ran out of time."""
    adapter("#!/bin/sh\nexec sleep 60\n")
    registry(command_contract_subset=[{"name": "x", "args": [], "expect_exit": [124], "timeout_s": 1}])
    check = found()["x"]
    assert (check["status"], check["exit_code"], check["detail"]) == ("fail", 124, "ended after its 1 s")


def test_a_command_reads_nothing_and_stdout_stays_ours(capfd: pytest.CaptureFixture[str]) -> None:
    """A command that waits for input gets its end, what it prints goes to stderr, and stdout has the document alone."""
    adapter("#!/bin/sh\nread line || echo nothing to read\nexit 0\n")
    registry(required_core_checks=None, required_core_cases=None)
    assert call("--registry", "registry.json", "--runner", "rust", "--json") == 0
    out, err = capfd.readouterr()
    assert json.loads(out) == json.loads(JSON.read_bytes())
    assert "nothing to read" in err


def test_another_adapter_and_another_folder(tmp_path: Path) -> None:
    """--adapter is a path from here, paths of the registry lie below the project, and commands run in it."""
    registry(entrypoints={"implementation_repo": "r"}, required_core_checks=None, required_core_cases=None)
    Path("other").write_text("#!/bin/sh\npwd\n", encoding="utf-8")
    Path("other").chmod(0o755)
    Path("project").mkdir()
    words = ("--registry", "registry.json", "--runner", "rust", "--root", "project", "--adapter", "./other")
    assert call(*words) == 0
    document = json.loads(Path("project", JSON).read_bytes())
    log = Path("project", document["checks"][0]["evidence_ref"].lstrip("/"))
    assert log.read_text(encoding="utf-8").splitlines()[1] == str(tmp_path / "project")
    assert document["execution_intent"]["registry_ref"]["path"] == "registry.json"
    assert Path.cwd() == tmp_path


def test_runs_that_lie_elsewhere_are_named_by_their_ids(tmp_path: Path) -> None:
    """No path of this machine stands in a certificate."""
    adapter()
    registry(required_core_checks=None, required_core_cases=None)
    elsewhere = tmp_path.parent / f"{tmp_path.name}-runs"
    check = found(runs_dir=elsewhere)["style-check"]
    assert (elsewhere / check["evidence_ref"]).is_file()
    assert str(tmp_path) not in JSON.read_text(encoding="utf-8")


def test_a_runner_of_whom_nothing_is_asked_is_not_green(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing was found out, so it is no pass, and line, page and exit code say so; its class still does not block."""
    registry(
        **{"class": "compatibility_non_blocking"},  # type: ignore[arg-type]  # a word of the language
        required_core_checks=None,
        required_core_cases=None,
        command_contract_subset=None,
    )
    assert call("--registry", "registry.json", "--runner", "rust") == 1
    said = "rust: fail: the registry asks nothing of this runner, so nothing is certified\n"
    assert capsys.readouterr().out.endswith(said)
    document = json.loads(JSON.read_bytes())
    assert document["summary"] == {"status": "fail", "passed": 0, "failed": 0, "skipped": 0, "blocking": False}
    assert PAGE.read_text(encoding="utf-8").endswith("Nothing is asked of this runner, so nothing is certified.\n")
    assert verify_certificate(JSON, registry="registry.json")["ok"]


def test_what_cannot_be_certified_is_a_usage_error_and_writes_nothing() -> None:
    """No registry, a broken one, a runner that is not in it, one that cannot be called, a path out of the project."""
    with pytest.raises(UsageFailure, match="no registry"):
        certify(request())
    registry(command_contract_subset=[{"name": "x", "args": "a", "expect_exit": [0]}])
    with pytest.raises(ConfigurationError, match="args"):
        certify(request())
    registry(artifact_contract={"json_out": "/../c.json", "md_out": "/c.md"})
    with pytest.raises(ConfigurationError, match="leaves the project"):
        certify(request())
    registry()
    with pytest.raises(UnknownRunner):
        certify(request(runner_id="rusty"))
    with pytest.raises(UsageFailure, match="adapter is empty"):
        certify(request(adapter=""))
    registry(entrypoints={"implementation_repo": "r"})
    with pytest.raises(UsageFailure, match="public_adapter"):
        certify(request())
    assert not Path(".artifacts").exists()


def test_a_folder_where_the_certificate_should_be_is_refused() -> None:
    """Nothing is run where nothing could be written."""
    adapter("#!/bin/sh\ntouch ran\n")
    registry()
    JSON.mkdir(parents=True)
    with pytest.raises(Refused):
        certify(request())
    assert not Path("ran").exists()


@pytest.mark.parametrize(("name", "code"), [("INT", 130), ("TERM", 143)])
def test_an_interruption_leaves_a_certificate_that_says_fail(name: str, code: int) -> None:
    """The signal reaches the command; what was not made has failed, and says why; nothing more is begun."""
    adapter(f'#!/bin/sh\n[ "$1" = governance ] && exit 0\nkill -{name} $$\n')
    registry()
    assert call("--registry", "registry.json", "--runner", "rust", "--check-command", "touch ran") == code
    document = json.loads(JSON.read_bytes())
    details = [(check["status"], check["exit_code"], check["detail"]) for check in document["checks"]]
    later = ("fail", 0, "not made: the certification was interrupted before")
    interrupted = ("fail", code, f"interrupted by SIG{name}")
    assert details == [("pass", 0, "exit code 0, as expected"), interrupted, later, later, later]
    assert verify_certificate(JSON, registry="registry.json")["ok"]
    assert not list(Path().glob("ran*"))


@pytest.mark.parametrize(("name", "code"), [("INT", 130), ("TERM", 143)])
def test_a_signal_to_us_ends_all_that_was_begun(name: str, code: int) -> None:
    """A shell that waits for a child, where stdout is no terminal: both end at once, and nothing outlives them."""
    adapter("#!/bin/sh\nsleep 600 &\necho $! >&2\nsleep 601\necho after >&2\n")
    registry(required_core_checks=None, required_core_cases=None)
    words = ["-m", "runpact_status_matrix", "certify", "--registry", "registry.json", "--runner", "rust"]
    with subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        left = int(process.stderr.readline())
        process.send_signal(getattr(signal, f"SIG{name}"))
        rest = process.communicate(timeout=60)[1]
        assert process.returncode == code
    assert b"after" not in rest
    status = Path(f"/proc/{left}/status")
    assert not status.exists() or "State:\tZ" in status.read_text(encoding="utf-8")
    document = json.loads(JSON.read_bytes())
    assert [check["detail"] for check in document["checks"]] == [
        f"interrupted by SIG{name}",
        "not made: the certification was interrupted before",
    ]


def test_ctrl_c_in_our_own_code_leaves_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no command runs, the certificate says that it was interrupted."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_certify, "make", interrupted)
    adapter()
    registry()
    done = certify(request())
    assert done.interrupted
    assert [check["status"] for check in done.document["checks"]] == ["pass", "pass", "fail", "fail", "fail"]
    assert done.document["checks"][2]["detail"] == "interrupted"


def test_a_kill_leaves_a_certificate_that_says_fail() -> None:
    """Also where one that says pass lay there: it is replaced before anything is run."""
    adapter()
    registry()
    assert certify(request()).document["summary"]["status"] == "pass"
    adapter("#!/bin/sh\necho started\nexec sleep 60\n")
    words = ["-m", "runpact_status_matrix", "certify", "--registry", "registry.json", "--runner", "rust"]
    with subprocess.Popen([sys.executable, *words], stderr=subprocess.PIPE, env={**os.environ}) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == b"started\n"
        process.send_signal(signal.SIGKILL)
    document = json.loads(JSON.read_bytes())
    assert document["summary"] == {"status": "fail", "passed": 0, "failed": 5, "skipped": 0, "blocking": True}
    assert {check["detail"] for check in document["checks"]} == {"not made: the certification did not come to its end"}
    assert verify_certificate(JSON, registry="registry.json")["ok"]
    assert "# Runner rust: FAIL" in PAGE.read_text(encoding="utf-8")


def test_the_commit_is_that_of_the_project_or_the_one_that_is_given() -> None:
    """Zeros where there is no repository."""
    adapter()
    registry()
    assert certify(request()).document["runner"]["commit_sha"] == "0" * 40
    subprocess.run(["git", "init", "-q"], check=True)
    Path(".git/refs/heads").mkdir(parents=True, exist_ok=True)
    Path(".git/HEAD").write_text("b" * 40 + "\n", encoding="utf-8")
    assert certify(request()).document["runner"]["commit_sha"] == "b" * 40
    assert certify(request(commit_sha="c" * 40)).document["runner"]["commit_sha"] == "c" * 40
