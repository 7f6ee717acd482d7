"""What `releases` does in each environment: four journeys with the tools, and a look at what another one left.

Only what release 0.1.0 has is used, so that any two releases can be tried: newer options are for other tests. A command
that ends otherwise than it should ends its journey, with what it said.
"""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any, Final

from release_samples import CONFIG, FAILING, GREEN, REGISTRY, RUNNER, STORED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

__all__ = ["JOURNEYS", "READING", "Installed", "JourneyFailed"]

DOCUMENTS: Final = ("reports/runs/*/*.json", "dash/*.json", "dash/runs/**/last_run.json", ".artifacts/*.json")


class JourneyFailed(Exception):
    """A command did something else than it should."""


class Installed:
    """The commands of one environment, run in one project.

    Args:
        bin_dir: The environment's folder of programs.
        project: The project; it is made where it is not there.
    """

    def __init__(self, bin_dir: Path, project: Path) -> None:
        self.project = project
        self._bin = bin_dir
        project.mkdir(parents=True, exist_ok=True)
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "RUNPACT_", "PYTHON"))
        }
        self._environ = kept | {"PATH": os.pathsep.join([str(bin_dir), kept.get("PATH", os.defpath)])}

    def run(self, *words: str, code: int = 0) -> str:
        """What a command of the umbrella prints.

        Raises:
            JourneyFailed: It ended with another code.
        """
        command: list[str | Path] = [self._bin / "runpact", *words]
        env: Mapping[str, str] = self._environ
        done = subprocess.run(
            command, cwd=self.project, env=env, check=False, capture_output=True, encoding="utf-8", timeout=300
        )
        if done.returncode != code:
            said = " ".join((done.stderr or done.stdout).split())[-400:]
            raise JourneyFailed(f"{' '.join(words)}: ended with {done.returncode}, not {code}: {said}")
        return done.stdout

    def tell(self, *words: str, code: int = 0) -> Any:
        """The document that a command prints with ``--json``."""
        return json.loads(self.run(*words, "--json", code=code))

    def expect(self, actual: object, expected: object, what: str) -> None:
        """Hold a value to what it should be.

        Raises:
            JourneyFailed: It is another.
        """
        if actual != expected:
            raise JourneyFailed(f"{what}: {actual}, not {expected}")

    def write(self, path: str, text: str, *, mode: int = 0o644) -> None:
        """A file of the project."""
        target = self.project / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
        target.chmod(mode)


def record(at: Installed) -> None:
    """A run that succeeds and one that fails are recorded, listed, shown and verified."""
    at.expect(at.run("exec", "--pipeline-id", "load", "--", "sh", "-c", "echo 60 rows"), "60 rows\n", "output")
    at.run("exec", "--pipeline-id", "export", "--", "sh", "-c", "exit 3", code=3)
    runs = at.tell("runs", "list")["runs"]
    at.expect(sorted(each["status"] for each in runs), ["failed", "success"], "statuses")
    for each in runs:
        at.expect(at.tell("runs", "show", each["run_id"])["run_id"], each["run_id"], "the run shown")
    at.run("runs", "verify")


def report(at: Installed) -> None:
    """Results become reports, a checked policy, a history and a dashboard."""
    at.write("green.xml", GREEN)
    at.write("failing.xml", FAILING)
    at.run("fleet", "register", "spec-kit", "--owner", "build")
    at.run("report", "generate", "spec-kit", "--junit", "green.xml")
    at.run("report", "check", "spec-kit", "--mode", "production")
    at.run("report", "generate", "spec-kit", "--junit", "failing.xml", "--schema-version", "0.2", code=1)
    at.expect(at.tell("report", "show", "spec-kit")["status"], "failed", "the report's status")
    at.run("history", "rebuild", "--check")
    at.expect(len(at.tell("history", "show")["records"]), 2, "records of the history")
    at.run("dash", "build", "site")


def retain(at: Installed) -> None:
    """A store is scanned, cleaned, given back, compacted and verified."""
    at.write("config/artifacts.yaml", CONFIG)
    for day, text in enumerate(STORED, 1):
        at.write(f"artifacts/bench/bench_run_2026010{day}_060000_pass.jsonl", text)
    before = _store(at.project)
    at.run("artifacts", "scan")
    planned = [each for each in at.tell("artifacts", "gc")["decisions"] if each["action"] == "delete"]
    at.run("artifacts", "gc", "--apply", "--force")
    at.expect(len(before) - len(_store(at.project)), len(planned), "files that went")
    (told,) = (at.project / "artifacts/.trash").glob("gc_report_*.json")
    at.run("artifacts", "undo", told.stem.removeprefix("gc_report_"))
    at.expect(_store(at.project) == before, expected=True, what="every file is back")
    at.run("artifacts", "compact", "--apply")
    at.run("artifacts", "verify")
    at.run("artifacts", "expand", "--apply")
    at.expect(_store(at.project) == before, expected=True, what="every byte is back")


def status(at: Installed) -> None:
    """A runner is certified, its status is reported, and the matrix has it."""
    at.write("tools/dc-runner", RUNNER, mode=0o755)
    at.write("registry.json", json.dumps({"version": 2, **REGISTRY}))
    known = ("--registry", "registry.json")
    at.run("certify", *known, "--runner", "rust")
    at.run("certify", "verify", ".artifacts/runner-certification-rust.json", *known)
    out = ("--out", "status/rust/runner-status-report-v1.json")
    at.run(
        "status",
        "report",
        *known,
        "--runner",
        "rust",
        "--release-version",
        "v1.0.0",
        "--command",
        "governance=pass",
        *out,
    )
    at.run("matrix", "ingest", *known, "--enforce")
    (row,) = at.tell("matrix", "show")["matrix_rows"]
    at.expect((row["runner_id"], row["runner_status"]), ("rust", "pass"), "the row")


def _read(at: Installed) -> None:
    """Whatever another environment left is read: runs, reports, history, store, certificate, matrix."""
    at.expect(len(at.tell("runs", "list")["runs"]) >= 2, expected=True, what="two runs or more")
    at.run("runs", "verify")
    at.expect(at.tell("report", "show", "spec-kit")["status"], "failed", "the report's status")
    at.expect(len(at.tell("history", "show")["records"]), 2, "records of the history")
    at.run("artifacts", "verify")
    at.run("certify", "verify", ".artifacts/runner-certification-rust.json", "--registry", "registry.json")
    at.run("matrix", "show")
    found = sorted(str(path) for pattern in DOCUMENTS for path in at.project.glob(pattern))
    at.run("contracts", "validate", *found)


def _store(project: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (project / "artifacts/bench").iterdir()}


JOURNEYS: Final[Mapping[str, Callable[[Installed], None]]] = {
    "record": record,
    "report": report,
    "gc": retain,
    "status": status,
}
"""Journeys by name, in the order in which they are made in one project."""
READING: Final[Callable[[Installed], None]] = _read
"""The look at a project in which another environment made all journeys."""
