"""A report's publication as a command for crash states and kills, and what must hold of the dash folder after any.

Run as ``published.py FOLDER WAY``: publishes one report below FOLDER/dash, in place of an older one that `prepare` put
there, and prints FINISHED when `publish` has returned. WAY is ``whole``; ``again``, without
end; or one of the bugs of `BUGS`.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema_rs  # noqa: F401 - `environment` looks up where it is

from runpact_core import documents, files, jsonl
from runpact_core.errors import RunpactError
from runpact_reporter import _ctrf, _evidence, _publish
from runpact_reporter._history_record import record_of

__all__ = ["BUGS", "FINISHED", "NEW", "OLD", "command", "complaints", "environment", "prepare", "publication"]

FINISHED = b"finished\n"
OLD, NEW = "20260119T120000Z__x__0000000", "20260119T130000Z__x__0000000"
PRODUCT = "x"
BUGS = ("pointer-before-evidence", "no-copy-sync", "pointer-in-place")
"""Bugs that the enumerator must see."""


def command(root: Path, way: str = "whole") -> list[str]:
    """The publication in a process of its own."""
    return [sys.executable, "-S", __file__, str(root), way]


def environment() -> dict[str, str]:
    """The environment in which it finds what it imports without the site packages' start-up."""
    names = ("runpact_core", "runpact_reporter", "jsonschema_rs", "orjson")
    sources = {str(Path(str(sys.modules[name].__file__)).parents[1]) for name in names}
    path = os.pathsep.join(sorted(sources))
    return {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}


def prepare(root: Path) -> None:
    """A dash folder with an older report, and the files of a new one."""
    folder = root / "dash" / "runs" / PRODUCT / OLD
    folder.mkdir(parents=True)
    _publish.export_schemas(root / "dash")
    (folder / "pytest_output.log").write_bytes(b"old\n")
    data = _data(OLD, "12", [f"runs/{PRODUCT}/{OLD}/pytest_output.log"])
    for path in (folder / "last_run.json", folder.parent / "last_run.json"):
        documents.write(path, data)
    (folder.parents[1] / "report_history.jsonl").write_bytes(jsonl.dumps(record_of(data, f"{PRODUCT}/{OLD}")))
    (root / "run.log").write_bytes(b"one line\n" * 3)
    (root / "proof.txt").write_bytes(b"proof\n")


def publication(root: Path) -> _publish.Publication:
    """The new report: failed, with tests, a log and evidence."""
    test = {"name": "test_a", "status": "failed", "duration": 5, "message": "assert 1 == 2"}
    return _publish.Publication(
        PRODUCT,
        NEW,
        root / "run.log",
        lambda _before, _fault, paths: _data(NEW, "13", paths),
        report=_ctrf.build("pytest", [test], start=1, stop=6),
        error={"message": "test_a: assert 1 == 2"},
        exit_code=1,
        evidence=(root / "proof.txt",),
    )


def complaints(root: Path, printed: bytes) -> list[str]:
    """What is wrong with the dash folder that a crash or a kill left, given what was printed before."""
    runs = root / "dash" / "runs"
    try:
        newest = documents.read("last_run", runs / PRODUCT / "last_run.json")
    except RunpactError as error:
        return [f"last_run.json: {error}"]
    found = _of_report(root / "dash", newest)
    lines = list(jsonl.iterate(runs / "report_history.jsonl"))
    found += [f"history: {line.error}" for line in lines[:-1] if line.error]
    told = [line.value["run_id"] for line in lines if line.error is None]
    if told[:1] != [OLD] or len(set(told)) != len(told):
        found.append(f"the history tells of {told}")
    if NEW in told and newest.data["run_id"] != NEW:
        found.append("the history is ahead of last_run.json")
    if FINISHED in printed and (newest.data["run_id"], told) != (NEW, [OLD, NEW]):
        found.append(f"finished was printed, and the newest is {newest.data['run_id']}, the history {told}")
    return found


def _of_report(dash: Path, newest: documents.Document) -> list[str]:
    """What is wrong with what a report points to."""
    found = []
    home = dash / "runs" / PRODUCT / newest.data["run_id"]
    own = home / "last_run.json"
    if not own.exists() or own.read_bytes() != newest.raw:
        return ["the run's own report is another"]
    if newest.data["run_id"] == NEW:
        digests = _evidence.read_sums((home / "SHA256SUMS").read_bytes())
        names = sorted(path.removeprefix(f"runs/{PRODUCT}/{NEW}/") for path in newest.data["evidence"]["paths"])
        lost = [name for name in names if not (home / name).exists()]
        if lost and f"{len(lost)} piece" not in newest.data["summary"]:  # what could not be had is named, and said
            found.append(f"nothing says that {lost} are missing")
        names = [name for name in names if name not in lost]
        if names != sorted(digests) or not {"error.json", "pytest_output.log", "test-report.json"} <= set(names):
            found.append(f"there are digests of {sorted(digests)} and paths to {names}")
        for name in names:
            digest = hashlib.sha256((home / name).read_bytes()).hexdigest()
            if digests.get(name) != digest:
                found.append(f"{name} is {digest}")
    return found


def _data(run_id: str, hour: str, paths: list[str]) -> dict[str, Any]:
    budget = ("budget_tokens", "spent_tokens", "budget_minutes", "spent_minutes", "max_ci_heal_attempts")
    return {
        "schema_version": "0.1",
        "product_id": PRODUCT,
        "run_id": run_id,
        "started_at": f"2026-01-19T{hour}:00:00Z",
        "ended_at": f"2026-01-19T{hour}:00:05Z",
        "status": "failed",
        "summary": "1 failed",
        "evidence": {"paths": paths},
        "banana_economy": {**dict.fromkeys(budget, 0), "ci_heal_attempts_used": 0},
        "kill_switch": {"enabled": False, "reason": ""},
        "pr_wave": {"state": "none", "open_prs": 0, "last_update": f"2026-01-19T{hour}:00:05Z"},
    }


def _plant(way: str, root: Path) -> None:
    """Put one bug into the publication."""
    if way == "pointer-before-evidence":
        real = _publish._asked_for

        def early(folder: Path, asked: _publish.Publication) -> Any:
            home = f"runs/{PRODUCT}/{NEW}"
            names = ("pytest_output.log", "test-report.json", "error.json", "evidence/proof.txt")
            data = _data(NEW, "13", [f"{home}/{name}" for name in names])
            documents.write(folder.parent / "last_run.json", data)
            return real(folder, asked)

        setattr(_publish, "_asked_for", early)  # noqa: B010 - as below
    elif way == "no-copy-sync":
        setattr(files, "sync", lambda _: None)  # noqa: B010 - typed assignment would refuse the bug
    elif way == "pointer-in-place":
        write = documents.write

        def in_place(path: Any, document: Any, **more: Any) -> bytes:
            if Path(path).parent.name == PRODUCT:
                text = documents.dumps(document)
                Path(path).write_bytes(text)
                return text
            return write(path, document, **more)

        setattr(documents, "write", in_place)  # noqa: B010 - typed assignment would refuse the bug


def _main(root: Path, way: str) -> None:
    for contract in ("last_run", "failure", "test_report", "history_record"):  # loaded late: no calls in the sweep
        for example in (Path(__file__).parents[2] / "contracts" / "examples" / contract).glob("*/valid/*.json"):
            documents.validate(contract, example, strict=True)
    for version in _publish._SCHEMAS.values():
        documents.schema(documents.find_contract(version)[0])
    _plant(way, root)
    while True:
        _publish.publish(root / "dash", publication(root), time.time())
        os.write(1, FINISHED)
        if way != "again":
            return


if __name__ == "__main__":
    _main(Path(sys.argv[1]), sys.argv[2])
