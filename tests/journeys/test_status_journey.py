"""Two whole journeys of a runner: from its recorded runs to the page of the matrix, and to its certificate."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("runpact")
pytest.importorskip("runpact_status_matrix")

from tests.status_matrix.hostile_server import ASSET, HostileServer
from tests.writer.support import outside

if TYPE_CHECKING:
    from pathlib import Path

PASS = [sys.executable, "-S", "-c", "print('60 rows')"]
FAIL = [sys.executable, "-S", "-c", "raise SystemExit(3)"]


def done(*words: str, cwd: Path, code: int = 0, err: str = "") -> str:
    """What `runpact` prints; it must end with this code, and say this on stderr."""
    process = outside(*words, cwd=cwd, stdin=b"")
    assert (process.returncode, process.stderr.decode()) == (code, err), process.stdout
    return process.stdout.decode()


def registry(address: str) -> dict[str, Any]:
    """One runner, whose report is an asset of the release at this address."""
    runner = {
        "runner_id": "rust",
        "class": "required",
        "status": "active",
        "entrypoints": {"implementation_repo": "dc-runner-rust"},
        "command_contract_subset": [{"name": "-c", "args": ["raise SystemExit(1)"], "expect_exit": [0, 1]}],
        "required_core_checks": ["runtime.smoke"],
        "check_plugins": [
            {"check": "runtime.smoke", "plugin": "command", "settings": {"args": PASS, "expect_exit": [0]}},
        ],
        "status_exchange": {"source_kind": "release_asset", "release_api_url": address},
    }
    return {"version": 2, "runners": [runner]}


@pytest.fixture
def projects(tmp_path: Path) -> tuple[Path, Path]:
    """The runner's repository, and the control repository."""
    folders = tmp_path / "runner", tmp_path / "control"
    for folder in folders:
        folder.mkdir()
    return folders


def test_from_recorded_runs_to_the_page(projects: tuple[Path, Path]) -> None:
    """exec, status report, a release, ingest, show, html, diff: each takes what the one before it left."""
    runner, control = projects
    done("exec", "--pipeline-id", "governance", "--", *PASS, cwd=runner)
    done("exec", "--pipeline-id", "lint", "--", *FAIL, cwd=runner, code=3)
    publish = ["status", "report", "--runner", "rust", "--implementation-repo", "dc-runner-rust"]
    publish += ["--lane-class", "required", "--from-runs", "reports/runs"]
    with HostileServer() as server:
        for version, more in (("v1.0.0", []), ("v1.1.0", ["--optional", "lint"])):
            done(*publish, "--release-version", version, *more, cwd=runner)
            report = (runner / ".artifacts" / ASSET).read_bytes()
            address = server.release("rust", report, tag=version)
            (control / "registry.json").write_text(json.dumps(registry(address)))
            said = "runpact: blocking failure: rust\n"
            ingest = ["matrix", "ingest", "--registry", "registry.json", "--allow-private", "--enforce"]
            done(*ingest, "--out", version, cwd=control, code=1, err=said)
            (row,) = json.loads((control / version / "runner-status-matrix.json").read_bytes())["matrix_rows"]
            assert (row["policy_effect"], row["verdict"]) == ("blocking_fail", "blocked")
            assert row["status_source"]["digest_from"] == "metadata"
            assert row["status_report"]["failed_commands"] == ["lint"]
    old, new = (f"{version}/runner-status-matrix.json" for version in ("v1.0.0", "v1.1.0"))
    shown = done("matrix", "show", new, cwd=control).splitlines()[1].split()
    assert shown[:3] == ["rust", "required", "degraded"]
    (change,) = json.loads(done("matrix", "diff", old, new, "--json", cwd=control))["changes"]
    assert (change["runner_id"], change["kind"]) == ("rust", "changed")
    assert done("matrix", "html", new, "--out", "page.html", cwd=control) == "page.html\n"
    page = (control / "page.html").read_text()
    assert '<tr data-verdict="blocked" data-lane="required">' in page
    assert "v1.1.0" in page


def test_from_the_registry_to_a_certificate_that_verifies(projects: tuple[Path, Path]) -> None:
    """What is asked is run and recorded; verify holds the certificate to it, and finds one changed digit."""
    runner, _ = projects
    (runner / "registry.json").write_text(json.dumps(registry("https://host.invalid/latest")))
    certify = ["certify", "--registry", "registry.json", "--runner", "rust", "--adapter", sys.executable]
    done(*certify, cwd=runner, err="60 rows\n")
    file = runner / ".artifacts" / "runner-certification-rust.json"
    certificate = json.loads(file.read_bytes())
    assert certificate["summary"]["status"] == "pass"
    assert [check["status"] for check in certificate["checks"]] == ["pass", "pass"]
    assert len(done("runs", "list", cwd=runner).splitlines()) == 3
    verify = ["certify", "verify", ".artifacts/runner-certification-rust.json", "--registry", "registry.json"]
    assert done(*verify, cwd=runner).endswith("is whole; it says pass\n")
    file.write_bytes(file.read_bytes().replace(b'"exit_code": 1', b'"exit_code": 0'))
    said = done(*verify, cwd=runner, code=1)
    assert [line.split(":")[1].strip() for line in said.splitlines() if line.startswith("BROKEN")] == ["payload-hash"]


def test_runs_of_a_certificate_are_no_results(projects: tuple[Path, Path]) -> None:
    """A certificate that failed early and passed late leaves no green result behind: no command has one."""
    runner, _ = projects
    wrong = registry("https://host.invalid/latest")
    wrong["runners"][0]["command_contract_subset"][0]["expect_exit"] = [0]
    (runner / "registry.json").write_text(json.dumps(wrong))
    certify = ["certify", "--registry", "registry.json", "--runner", "rust", "--adapter", sys.executable]
    assert outside(*certify, cwd=runner, stdin=b"").returncode == 1
    publish = ["status", "report", "--registry", "registry.json", "--runner", "rust", "--release-version", "v1"]
    said = "runpact: runs that were made for a certificate do not count: 2\n"
    document = json.loads(done(*publish, "--from-runs", "reports/runs", "--json", cwd=runner, err=said))
    assert (document["overall_status"], document["command_results"]) == ("unknown", [])


def test_the_package_runs_as_a_module(tmp_path: Path) -> None:
    """`python -m runpact_status_matrix` is its console script."""
    process = subprocess.run(
        [sys.executable, "-m", "runpact_status_matrix", "--version"],
        cwd=tmp_path, capture_output=True, check=True, text=True, timeout=60,
    )  # fmt: skip
    assert process.stdout.startswith("runpact-status-matrix 0.")
    assert process.stderr == ""
