"""The documents that every command of this tree writes or prints, made by running them over a small project.

``hatch run release documents DIR`` writes them; ``release prepare VERSION`` keeps them for ever below
``tests/compat/documents/<release>/``, and every later version must read them (`evolution.frozen` has the layout). Names
are the same each time; times, ids and digests are those of the day. What a command printed, and files that it left,
are kept as they are.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from release_samples import CAPTURE, CONFIG, FAILING, GREEN, INTERRUPTED, OLD_CHECKS, RECORD, REGISTRY, RUNNER, STORED

from runpact_core import documents

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Unexpected", "make"]

MACHINE = Path(__file__).resolve().parent / "release_machine"
DAY_S = 86_400
FIXED = {
    "GIT_AUTHOR_DATE": "2026-01-19T06:15:12Z",
    "GIT_COMMITTER_DATE": "2026-01-19T06:15:12Z",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
}


class Unexpected(Exception):
    """A command did something else than it should, so its documents are worth nothing."""


class Project:
    """A project in which commands are run, and the documents that are kept of them.

    Args:
        folder: An empty folder; the project and the copies of removed documents go below it.
        bin_dir: The folder of the commands, and of the Python that they run with.
    """

    def __init__(self, folder: Path, bin_dir: Path) -> None:
        self.folder = folder / "project"
        self.removed = folder / "removed"
        self.kept: dict[str, bytes] = {}
        self._bin = bin_dir
        for each in (self.folder, self.removed, folder / "home"):
            each.mkdir()
        outer = {key: os.environ[key] for key in ("PATH", "SYSTEMROOT") if key in os.environ}
        path = os.pathsep.join([str(bin_dir), outer.get("PATH", os.defpath)])
        more = {"HOME": str(folder / "home"), "KEEP_REMOVED": str(self.removed), "PYTHONPATH": str(MACHINE)}
        self._environ = {**outer, **FIXED, **more, "PATH": path}

    def run(self, *words: str, code: int = 0, environ: Mapping[str, str] | None = None) -> bytes:
        """The standard output of a command, which must end with ``code``."""
        env = self._environ | dict(environ or {})
        done = subprocess.run(words, cwd=self.folder, env=env, check=False, capture_output=True, timeout=300)
        if done.returncode != code:
            said = (done.stdout + done.stderr).decode("utf-8", "replace")
            raise Unexpected(f"{' '.join(words)} ended with {done.returncode}, not {code}\n{said}")
        return done.stdout

    def python(self, program: str) -> bytes:
        """The standard output of a program in Python."""
        return self.run(str(self._bin / "python"), "-c", program)

    def write(self, path: str, text: str, *, age_s: int = 0) -> None:
        """A file of the project, that old."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
        if age_s:
            then = target.stat().st_mtime - age_s
            os.utime(target, (then, then))

    def keep(self, contract: str, name: str, source: bytes | Path | str) -> None:
        """Keep a document: its bytes, its file, or a pattern that one file of the project has."""
        if isinstance(source, str):
            found = sorted(self.folder.glob(source))
            if len(found) != 1:
                raise Unexpected(f"one file should be {source}, not {len(found)}")
            source = found[0]
        data = source if isinstance(source, bytes) else source.read_bytes()
        lines = isinstance(source, Path) and source.suffix == ".jsonl"
        first = data.split(b"\n", 1)[0] if lines else data
        version = documents.read(contract, first).version
        self.kept[f"{contract}/{version}/{name}.{'jsonl' if lines else 'json'}"] = data

    def show(self, contract: str, name: str, *words: str, code: int = 0) -> Any:
        """Keep what a command prints with ``--json``, and give it back parsed."""
        printed = self.run("runpact", *words, "--json", code=code)
        self.keep(contract, name, printed)
        return json.loads(printed)


def make(bin_dir: Path) -> dict[str, bytes]:
    """Run everything with the commands of an environment.

    Args:
        bin_dir: Its folder of programs.

    Returns:
        The documents, by ``<contract>/<version>/<name>.json`` or ``.jsonl``.

    Raises:
        Unexpected: A command ended otherwise than it should, or a document names this machine or a folder of it.
    """
    with tempfile.TemporaryDirectory(prefix="runpact-release-") as text:
        project = Project(Path(text), bin_dir)
        project.run("git", "init", "-q", "-b", "main")
        identity = ("-c", "user.name=builder", "-c", "user.email=builder@host.invalid")
        project.run("git", *identity, "commit", "-q", "--allow-empty", "-m", "start")
        for journey in JOURNEYS:
            journey(project)
        told = [text, str(bin_dir), str(Path.home()), os.uname().nodename if hasattr(os, "uname") else text]
        for name, data in project.kept.items():
            if any(word.encode() in data for word in told if len(word) > 5):
                raise Unexpected(f"{name} names this machine or a folder of it")
        return dict(sorted(project.kept.items()))


def _record(project: Project) -> None:
    """The writer: a run with all there is, one that fails, one that is broken afterwards."""
    project.write("nightly.sh", RECORD)
    options = (
        "--pipeline-id",
        "nightly-load",
        "--pipeline-version",
        "1.4.0",
        "--required-env",
        "DSN",
        "--product",
        "spec-kit",
    )
    project.run("runpact", "exec", *options, "--", "sh", "nightly.sh", "60", environ={"DSN": "db://host.invalid"})
    project.keep("run", "success", "reports/runs/*__nightly-load__*/run.json")
    project.keep("checks", "success", "reports/runs/*__nightly-load__*/checks.json")
    project.keep("open_run", "open", project.removed / "open.json")
    project.run("runpact", "exec", "--pipeline-id", "export", "--required-env", "TOKEN", "--", "true", code=125)
    project.keep("run", "variable-missing", "reports/runs/*__export__*/run.json")
    project.run(
        "runpact", "exec", "--pipeline-id", "rows", "--timeout", "60", "--", "sh", "-c", "echo 3; exit 3", code=3
    )
    project.keep("run", "failed", "reports/runs/*__rows__*/run.json")
    project.keep("checks", "failed", "reports/runs/*__rows__*/checks.json")
    project.show("run_list", "three-runs", "runs", "list")
    (passed,) = (path.name for path in (project.folder / "reports/runs").glob("*__nightly-load__*"))
    project.show("run_view", "success", "runs", "show", passed)
    project.show("run_diff", "success-and-failed", "runs", "diff", passed, "last")
    project.show("run_findings", "nothing-found", "runs", "verify")
    log = project.folder / "reports/runs" / passed / "run.log"
    whole = log.read_bytes()
    log.write_bytes(b"")
    project.show("run_findings", "log-cut", "runs", "verify", code=1)
    log.write_bytes(whole)
    project.python(INTERRUPTED)
    project.run("runpact", "runs", "recover")
    project.keep("run", "interrupted", "reports/runs/*__nightly-sync__*/run.json")


def _report(project: Project) -> None:
    """The reporter: a register, reports of both versions and outcomes, what checks them, a capture."""
    project.show("products", "one-product", "fleet", "register", "spec-kit", "--name", "Spec Kit", "--owner", "build")
    project.run("runpact", "fleet", "register", "loader", "--status", "bootstrap", "--criticality", "high")
    project.keep("products", "two-products", "dash/products.json")
    project.write("green.xml", GREEN)
    project.write("failing.xml", FAILING)
    project.run("runpact", "report", "generate", "spec-kit", "--junit", "green.xml")
    project.keep("last_run", "success", "dash/runs/spec-kit/last_run.json")
    project.keep("test_report", "success", "dash/runs/spec-kit/*/test-report.json")
    newer = ("--schema-version", "0.2", "--spent-tokens", "1200", "--budget-tokens", "60000", "--pr-wave", "active")
    project.run("runpact", "report", "generate", "loader", "--junit", "failing.xml", *newer, code=1)
    project.keep("last_run", "failed", "dash/runs/loader/last_run.json")
    project.keep("test_report", "failed", "dash/runs/loader/*/test-report.json")
    project.keep("failure", "assertion", "dash/runs/loader/*/error.json")
    project.show("last_run", "shown", "report", "show", "spec-kit")
    project.show("report_check", "holds", "report", "check", "spec-kit", "--mode", "production")
    words = ("report", "check", "loader", "--mode", "production", "--max-failures", "0")
    project.show("report_check", "does-not-hold", *words, code=1)
    project.write("agent_stderr.txt", "a line of a log\n" * 1000)
    project.keep("capture", "truncated", project.python(CAPTURE))


def _history(project: Project) -> None:
    """The history: lines of reports, and one of another producer."""
    project.keep("history_record", "report_history", "dash/runs/report_history.jsonl")
    project.show("history_view", "two-runs", "history", "show")


def _retain(project: Project) -> None:
    """The gc: a store is scanned, explained, cleaned, compacted and verified."""
    project.write("config/artifacts.yaml", CONFIG)
    for day, text in enumerate(STORED, 1):
        project.write(f"artifacts/bench/bench_run_2026010{day}_060000_pass.jsonl", text, age_s=(20 - day) * DAY_S)
    project.run("runpact", "artifacts", "scan")
    project.keep("manifest", "scanned", "artifacts/.manifest.json")
    listed = project.show("artifact_list", "runs-reports-and-files", "artifacts", "list")
    entries = [each["entry_id"] for each in listed["entries"]]
    project.run("runpact", "artifacts", "pin", "--on", "--id", entries[0])
    project.keep("pins", "one-pin", "artifacts/.pins.json")
    project.show("artifact_explanation", "pinned", "artifacts", "explain", entries[0])
    project.show("gc_plan", "some-go", "artifacts", "gc")
    project.run("runpact", "artifacts", "gc", "--apply", "--force")
    project.keep("gc_report", "applied", "artifacts/.trash/gc_report_*.json")
    project.keep("gc_journal", "applied", project.removed / "journal.jsonl")
    project.show("trash_list", "some-slots", "artifacts", "trash", "list")
    project.run("runpact", "artifacts", "compact", "--apply")
    project.keep("compaction_report", "applied", "artifacts/.trash/compaction_report_*.json")
    project.show("verify_report", "nothing-found", "artifacts", "verify")
    file = min((project.folder / "artifacts/bench").glob("*.jsonl"))
    file.write_bytes(b"{}\n")
    project.show("verify_report", "changed-file", "artifacts", "verify", code=1)


def _certify(project: Project) -> None:
    """The status matrix, in the repository of a runner: certificates of both versions, a status report."""
    project.write("tools/dc-runner", RUNNER)
    (project.folder / "tools/dc-runner").chmod(0o755)
    for version in (1, 2):
        project.write("registry.json", json.dumps({"version": version, **REGISTRY}))
        project.run("runpact", "certify", "--registry", "registry.json", "--runner", "rust")
        project.keep("runner_execution_certificate", "pass", ".artifacts/runner-certification-rust.json")
    verify = ("certify", "verify", ".artifacts/runner-certification-rust.json")
    project.show("certificate_check", "whole", *verify, "--registry", "registry.json")
    report = ("status", "report", "--registry", "registry.json", "--runner", "rust", "--release-version", "v1.4.0")
    project.run("runpact", *report, "--command", "governance=pass", "--command", "style-check=fail:2")
    project.keep("runner_status_report", "fail", ".artifacts/runner-status-report-v1.json")
    project.show("runner_status_report", "pass", *report, "--command", "governance=pass:0:120")


def _collect(project: Project) -> None:
    """The status matrix, in the control repository: two matrices, their difference, the log."""
    ingest = ("runpact", "matrix", "ingest", "--registry", "registry.json")
    project.run(*ingest, "--out", "before")
    shutil.copytree(project.folder / ".artifacts", project.folder / "status/rust")
    project.run(*ingest, "--out", "after")
    for name in ("before", "after"):
        project.keep("runner_status_matrix", name, f"{name}/runner-status-matrix.json")
        project.keep("runner_status_ingest_log", name, f"{name}/runner-status-ingest-log.json")
    matrices = [f"{name}/runner-status-matrix.json" for name in ("before", "after")]
    project.show("matrix_diff", "one-came", "matrix", "diff", *matrices)


def _contracts(project: Project) -> None:
    """The core: what an upgrade would do, and the catalog."""
    project.write("old/run/checks.json", OLD_CHECKS)
    project.show("upgrade_report", "planned", "contracts", "upgrade", "old")
    project.show("schema_catalog", "contracts-list", "contracts", "list")


JOURNEYS = (_record, _report, _history, _retain, _certify, _collect, _contracts)
"""What is run, in this order: each finds what those before it left."""
