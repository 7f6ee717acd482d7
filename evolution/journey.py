"""What is run of each package, to see what it reads and writes: its own commands over a small project.

The project begins with documents of every version that people or other programs may bring; what the commands make of
it joins them. Nothing is fetched, and no step depends on what the machine has beside Python and a shell.
"""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runpact_core import documents, jsonl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from codegen.load import Contract, ContractSet

__all__ = ["STEPS", "Step", "prepare", "words"]

RUN = "20260119T0615{number:02}Z__example__a1b2c3d"
OPEN, LEFT = 58, 59  # two open runs: one that is sealed by a command, and one that is left as it is
GREEN = '<testsuite name="s" tests="1"><testcase classname="t" name="a" time="0.1"/></testsuite>\n'
RED = """\
<testsuite name="s" tests="1" failures="1"><testcase classname="t" name="a" time="0.1"><failure message="59 rows">\
AssertionError: 59 rows</failure></testcase></testsuite>
"""
CONFIG = """\
layouts:
  runs: {keep: 1}
  dash: {keep: 1}
retention:
  bench: {keep: 1}
patterns:
  bench: ["**/bench/*.jsonl"]
"""
RUNNER: dict[str, Any] = {
    "runner_id": "rust",
    "class": "required",
    "status": "active",
    "entrypoints": {"public_adapter": "/adapter", "implementation_repo": "dc-runner-rust"},
    "required_core_checks": ["runtime.smoke"],
    "command_contract_subset": [{"name": "governance", "args": [], "expect_exit": [0]}],
    "check_plugins": [
        {"check": "runtime.smoke", "plugin": "command", "settings": {"args": ["./adapter"], "expect_exit": [0]}}
    ],
    "status_exchange": {"source_kind": "folder", "folder": "/.artifacts", "freshness_slo_hours": 72},
}


@dataclass(frozen=True)
class Step:
    """One command of a package's own console script, or one call of its library.

    Attributes:
        package: The package's folder.
        text: The words; those in capitals stand for values of `words`. Of a call, what is called.
        call: The library, where no command does it.
    """

    package: str
    text: str
    call: Callable[[Path], None] | None = None

    @property
    def shown(self) -> str:
        """The step as people read it."""
        return self.text if self.call else f"runpact-{self.package} {self.text}"


def _captured(project: Path) -> None:
    reporter = importlib.import_module("runpact_reporter")
    result = reporter.capture_text_artifact("capture.txt", root=str(project))
    print(documents.dumps(result.to_dict()).decode(), end="")


STEPS = (
    Step("writer", "exec --pipeline-id load -- PYTHON -S -c pass"),
    Step("writer", "exec --pipeline-id load -- PYTHON -S -c pass"),
    Step("writer", "runs list --json"),
    Step("writer", "runs show RUN --json"),
    Step("writer", "runs show OLD_RUN --json"),
    Step("writer", "runs diff OLD_RUN RUN --json"),
    Step("writer", "runs verify --json"),
    Step("writer", "runs recover OPEN_RUN"),
    Step("reporter", "fleet register spec-kit --owner build"),
    Step("reporter", "fleet list --json"),
    Step("reporter", "report generate spec-kit --junit red.xml"),
    Step("reporter", "report generate spec-kit --junit green.xml --schema-version 0.2"),
    Step("reporter", "report generate spec-kit --ctrf report.ctrf.json"),
    Step("reporter", "report generate spec-kit --run reports/runs/OLD_RUN"),
    Step("reporter", "report generate spec-kit --run reports/runs/RUN"),
    Step("reporter", "report generate spec-kit --run reports/runs/LEFT_RUN"),
    Step("reporter", "report show spec-kit --json"),
    Step("reporter", "report check spec-kit --mode production --json"),
    Step("reporter", "history rebuild"),
    Step("reporter", "history show --json"),
    Step("reporter", "dash build site"),
    Step("reporter", "capture_text_artifact('capture.txt').to_dict()", _captured),
    Step("gc", "config check"),
    Step("gc", "scan"),
    Step("gc", "list --json"),
    Step("gc", "pin --id ENTRY --on"),
    Step("gc", "explain ENTRY --json"),
    Step("gc", "gc --json"),
    Step("gc", "gc --apply --force"),
    Step("gc", "trash list --json"),
    Step("gc", "undo GC_ID"),
    Step("gc", "compact --apply"),
    Step("gc", "verify --json"),
    Step("gc", "--keep 1 --dry-run"),
    *(
        Step("status-matrix", text)
        for version in ("1", "2")
        for text in (
            f"certify --registry registry.{version}.json --runner rust",
            "certify verify .artifacts/runner-certification-rust.json --json",
        )
    ),
    Step("status-matrix", "status report --runner rust --release-version v1.0.0 --registry registry.2.json --from-runs"
         " reports/runs --json"),
    Step("status-matrix", "status report --runner rust --release-version v1.0.0 --registry registry.2.json --command"
         " governance=pass"),
    Step("status-matrix", "matrix ingest --registry registry.1.json --catalog catalog.json --out before"),
    Step("status-matrix", "matrix ingest --registry registry.2.json --out after"),
    Step("status-matrix", "matrix show after/runner-status-matrix.json --json"),
    Step("status-matrix", "matrix diff before/runner-status-matrix.json after/runner-status-matrix.json --json"),
    Step("core", "contracts list --json"),
    Step("core", "contracts validate EXAMPLES"),
    Step("core", "contracts upgrade examples/run --json"),
    Step("core", "contracts upgrade examples/run --apply"),
)  # fmt: skip
"""Everything that is run, in that order: each takes what those before it left."""


def prepare(project: Path, contracts: ContractSet) -> None:
    """Fill an empty folder with what a project has before any of the commands."""
    for name, file in (("run", "run.json"), ("checks", "checks.json")):
        for number, contract in enumerate(contracts.versions(name)):
            _put(project / "reports/runs" / RUN.format(number=number) / file, _valid(contract))
    for number in (OPEN, LEFT):
        _put(project / "reports/runs" / RUN.format(number=number) / "open.json", _example(contracts, "open_run"))
    for number, contract in enumerate(contracts.versions("last_run")):
        _report(project / "dash/runs/example" / RUN.format(number=number), contract, contracts)
    for contract in contracts.versions("runner_certification_registry"):
        registry = {"version": int(contract.version), "runners": [RUNNER]}
        _put(project / f"registry.{contract.version}.json", documents.dumps(registry))
    journal = jsonl.dumps(json.loads(_example(contracts, "gc_journal")))
    _put(project / "artifacts/.trash/.journal.jsonl", journal)  # of an operation that was interrupted at its begin
    _put(project / "report.ctrf.json", _example(contracts, "test_report"))
    _put(project / "catalog.json", _example(contracts, "schema_catalog"))
    _put(project / "config/artifacts.yaml", CONFIG.encode())
    _put(project / "capture.txt", b"a line of a log\n")
    _put(project / "green.xml", GREEN.encode())
    _put(project / "red.xml", RED.encode())
    _put(project / "adapter", b"#!/bin/sh\nexit 0\n")
    (project / "adapter").chmod(0o755)
    for day in (1, 2):
        line = json.dumps({"pair": "P1", "check": "spread within the limit that is published"})
        _put(project / f"artifacts/bench/run_2026010{day}_060000.jsonl", f"{line}\n".encode() * 50)
    for contract in contracts.contracts:
        for example in (each for each in contract.examples if each.valid):
            _put(project / "examples" / contract.name / f"{contract.version}-{example.name}.json", example.data)


def words(text: str, project: Path) -> list[list[str]]:
    """The words of a step, with what the capitals stand for; more than one list where a step is done more than once."""
    if "EXAMPLES" in text:
        return [
            ["contracts", "validate", "--contract", folder.name, *sorted(map(str, folder.iterdir()))]
            for folder in sorted((project / "examples").iterdir())
        ]
    values = _values(project)
    found = []
    for word in text.split():
        place, _, last = word.rpartition("/")
        value = values[last]() if last in values else last
        found.append(f"{place}/{value}" if place else value)
    return [found]


def _values(project: Path) -> Mapping[str, Callable[[], str]]:
    """What a word in capitals stands for, once it is asked."""
    return {
        "PYTHON": lambda: sys.executable,
        "OLD_RUN": lambda: RUN.format(number=0),
        "OPEN_RUN": lambda: RUN.format(number=OPEN),
        "LEFT_RUN": lambda: RUN.format(number=LEFT),
        "RUN": lambda: _newest(project / "reports/runs", "*__load__*"),
        "ENTRY": lambda: _entry(project),
        "GC_ID": lambda: _newest(project / "artifacts/.trash", "gc_report_*.json")[len("gc_report_") : -len(".json")],
    }


def _newest(folder: Path, pattern: str) -> str:
    return max(path.name for path in folder.glob(pattern))


def _entry(project: Path) -> str:
    """The id of some entry of the store, as its manifest has it."""
    manifest = json.loads((project / "artifacts/.manifest.json").read_bytes())
    return str(manifest["folders"][0]["ids"][:12])


def _report(folder: Path, contract: Contract, contracts: ContractSet) -> None:
    """A reported run, which is the product's newest if no later one follows."""
    _put(folder / "test-report.json", _example(contracts, "test_report"))
    _put(folder / "error.json", _example(contracts, "failure"))
    _put(folder / "pytest_output.log", b"1 passed\n")
    report = json.loads(_valid(contract))
    last_run = documents.dumps({**report, "product_id": folder.parent.name, "run_id": folder.name})
    for place in (folder, folder.parent):
        _put(place / "last_run.json", last_run)


def _example(contracts: ContractSet, name: str) -> bytes:
    """The first valid example of a contract's newest version."""
    return _valid(contracts.versions(name)[-1])


def _valid(contract: Contract) -> bytes:
    return next(example.data for example in contract.examples if example.valid)


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
