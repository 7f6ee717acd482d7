"""Whether a recorded run is what it says: its documents, the rules between them, its log, what it points to.

What cannot be read is a finding about that run, never an end of the look at the others.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import documents, files, runs
from runpact_core.errors import MissingArtifact, RunpactError
from runpact_writer._below import below
from runpact_writer._counted import Counted, counted

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = "command_succeeded"
_BLOCK = 1 << 20


class Finding(NamedTuple):
    """Something about a run that does not hold.

    Attributes:
        file: The file it is about, from the run's folder.
        kind: One of the kinds of the contract `run_findings`.
        message: What is wrong, in one sentence.
    """

    file: str
    kind: str
    message: str


def verify(run: runs.Run) -> list[Finding]:
    """Everything that does not hold about a run; empty for one that is whole, as far as it has come.

    A run that is running, or may be, is not finished yet, and that is nothing wrong.
    """
    if run.document is None or run.state != "finished":
        return list(_unsealed_findings(run))
    log: Counted | None = None
    try:
        log = counted(_in(run, "run.log"))
        about_log = list(_log_findings(run, run.document, log))
    except MissingArtifact as error:
        log, about_log = Counted(b"", 0, 0), [Finding("run.log", "missing", str(error))]
    except RunpactError as error:
        about_log = [Finding("run.log", "unreadable", str(error))]
    sealed = [*_document_findings(run, "run.json", run.document), *_exit_findings(run.document)]
    return [*sealed, *about_log, *_check_findings(run, run.document, log)]


def duplicate(run: runs.Run, first: str) -> list[Finding]:
    """Whether a run has the identifier of the one in the folder ``first`` and not its content."""
    left, right = _files(first), _files(run.path)
    for name in sorted({*left, *right}):
        if name in left and name in right and _same(left[name], right[name]):
            continue
        return [Finding(name, "duplicate", f"{first} has the same run_id, and differs in {name}")]
    return []


def _unsealed_findings(run: runs.Run) -> Iterator[Finding]:
    if run.state == "unreadable":
        yield Finding("run.json", "unreadable", str(run.message))
        return
    marked = os.path.lexists(_in(run, "open.json"))
    if run.state == "interrupted":
        yield Finding("run.json", "not_finished", f"the run is {run.state}" if marked else str(run.message))
    if marked and run.message:
        yield Finding("open.json", "unreadable" if run.document is None else "version", run.message)


def _document_findings(run: runs.Run, file: str, document: documents.Document) -> Iterator[Finding]:
    if document.message:
        yield Finding(file, "version", document.message)
    for problem in document.problems():
        yield Finding(file, "rule", str(problem))
    stated = document.data.get("run_id")
    if stated != run.run_id:
        yield Finding(file, "run_id", f"run_id is {stated!r}, the folder is {run.run_id!r}")


def _exit_findings(document: documents.Document) -> Iterator[Finding]:
    """Whether a run says of its command what the command's end says."""
    ended = document.data.get("exit", {}) if document.read_as else {}
    cut = _cut_off(ended)
    if cut and ended["code"] == 0:
        yield Finding("run.json", "rule", f"exit.code is 0, but the command {cut}")
    if document.data.get("status") == "success" and (bad := _bad_end(document)):
        yield Finding("run.json", "rule", f"the status is success, but the command {bad}")


def _bad_end(document: documents.Document) -> str | None:
    """How the command ended where that is no success; None where it is, or where there was no command."""
    ended = document.data.get("exit", {}) if document.read_as else {}
    code = ended.get("code", 0)
    return _cut_off(ended) or (f"ended with exit code {code}" if code else None)


def _cut_off(ended: dict[str, Any]) -> str | None:
    if ended.get("timed_out"):
        return "timed out"
    return f"was ended by {ended['signal']}" if "signal" in ended else None


def _log_findings(run: runs.Run, document: documents.Document, log: Counted) -> Iterator[Finding]:
    if log.first != f"RUN_ID={run.run_id}\n".encode():
        yield Finding("run.log", "run_id", f"the first line is not RUN_ID={run.run_id}")
    stated: dict[str, Any] = document.data.get("log", {}) if document.read_as else {}
    for key, found, unit in (("lines", log.lines, "lines"), ("size_bytes", log.size_bytes, "bytes")):
        if stated.get(key, found) != found:
            yield Finding("run.log", "log_count", f"it has {found} {unit}, run.json says {stated[key]}")


def _check_findings(run: runs.Run, document: documents.Document, log: Counted | None) -> Iterator[Finding]:
    try:
        checks = documents.read("checks", _in(run, "checks.json"))
    except MissingArtifact as error:
        yield Finding("checks.json", "missing", str(error))
        return
    except RunpactError as error:
        yield Finding("checks.json", "unreadable", str(error))
        return
    yield from _document_findings(run, "checks.json", checks)
    failed = [check["id"] for check in checks.data["checks"] if check["status"] == "fail"] if checks.read_as else []
    if failed and document.data.get("status") == "success":
        yield Finding("run.json", "rule", f"the status is success, but {', '.join(failed)} failed")
    passed = {check["id"] for check in checks.data["checks"] if check["status"] == "pass"} if checks.read_as else set()
    if COMMAND in passed.difference(failed) and (bad := _bad_end(document)):
        yield Finding("checks.json", "rule", f"check {COMMAND} passed, but the command {bad}")
    for check in checks.data["checks"] if checks.read_as else []:
        for evidence in check["evidence"]:
            if log is None and evidence.startswith("run.log:"):
                continue  # that the log cannot be read was said
            missing = runs.resolve_evidence(run.path, evidence, document.data, log_lines=log.lines if log else 0)
            if missing:
                yield Finding("checks.json", "evidence", f"check {check['id']}: {evidence}: {missing}")


def _files(folder: str) -> dict[str, str]:
    """Every name below a folder that is no folder, with its path; links are not followed."""
    return {os.path.relpath(entry.path, folder).replace(os.sep, "/"): entry.path for entry in below(folder)}


def _same(left: str, right: str) -> bool:
    """Whether two files have the same bytes; what cannot be read is the same as nothing."""
    try:
        with open(files.open_read(left), "rb") as one, open(files.open_read(right), "rb") as other:  # noqa: PTH123 - a descriptor is no path
            while block := one.read(_BLOCK):
                if block != other.read(_BLOCK):
                    return False
            return not other.read(1)
    except (OSError, RunpactError):
        return False


def _in(run: runs.Run, name: str) -> str:
    return os.path.join(run.path, name)  # noqa: PTH118 - pathlib is slow
