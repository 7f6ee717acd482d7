"""Whether a recorded run is what it says: its documents, the rules between them, its log, what it points to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import documents, runs
from runpact_core.errors import RunpactError

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIRST_LINE = 200


class Finding(NamedTuple):
    """Something about a run that does not hold: the file it is about, and what is wrong."""

    file: str
    message: str


def verify(run: runs.Run) -> list[Finding]:
    """Everything that does not hold about a run; empty for one that is finished and whole.

    Raises:
        EnvironmentFailed: The log could not be read.
    """
    if run.document is None or run.state != "finished":
        return [Finding("run.json", run.message or f"the run is {run.state}")]
    return [*_run_findings(run, run.document), *_log_findings(run), *_check_findings(run, run.document)]


def _run_findings(run: runs.Run, document: documents.Document) -> Iterator[Finding]:
    if document.message:
        yield Finding("run.json", document.message)
    for problem in document.problems():
        yield Finding("run.json", str(problem))
    yield from _names(run, "run.json", document.data)


def _names(run: runs.Run, file: str, data: dict[str, Any]) -> Iterator[Finding]:
    if data.get("run_id") != run.run_id:
        yield Finding(file, f"run_id is {data.get('run_id')!r}, the folder is {run.run_id!r}")


def _log_findings(run: runs.Run) -> Iterator[Finding]:
    try:
        with open(os.path.join(run.path, "run.log"), "rb") as file:  # noqa: PTH118, PTH123 - pathlib is slow
            first = file.readline(_FIRST_LINE)
    except OSError as error:
        yield Finding("run.log", error.strerror or str(error))
        return
    if first != f"RUN_ID={run.run_id}\n".encode():
        yield Finding("run.log", f"the first line is not RUN_ID={run.run_id}")


def _check_findings(run: runs.Run, document: documents.Document) -> Iterator[Finding]:
    try:
        checks = documents.read("checks", os.path.join(run.path, "checks.json"))  # noqa: PTH118 - pathlib is slow
    except RunpactError as error:
        yield Finding("checks.json", str(error))
        return
    if checks.message:
        yield Finding("checks.json", checks.message)
    for problem in checks.problems():
        yield Finding("checks.json", str(problem))
    yield from _names(run, "checks.json", checks.data)
    for check in checks.data.get("checks", []) if checks.read_as else []:
        for evidence in check["evidence"]:
            missing = runs.resolve_evidence(run.path, evidence, document.data)
            if missing:
                yield Finding("checks.json", f"check {check['id']}: {evidence}: {missing}")
