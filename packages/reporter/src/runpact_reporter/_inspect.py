"""A published report looked at: what it says, what its tests say, whether its evidence is there. Changes nothing."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runpact_core import documents, files
from runpact_core.errors import MissingArtifact, RunpactError, UsageFailure
from runpact_reporter import _evidence, _last_run
from runpact_reporter._counts import Counts, counts, lacking
from runpact_reporter._ctrf import read_ctrf
from runpact_reporter._places import LAST_RUN, last_run_path, product_dir
from runpact_reporter._policy import Found, Item
from runpact_reporter._recorded_runs import LAST, RecordedRuns
from runpact_reporter.errors import naming

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runpact_core.documents import Document

__all__ = ["evidence_paths", "look", "report_of", "tests_of"]

_REPORT = "test-report.json"
_ERROR = "error.json"
_EXPLAINED = 124  # exit codes from here on say that the command was ended, or was not started
_MOST_SUMS = 1 << 24
_HEAD = 16


def report_of(dash: Path, product_id: str, run: str | None = None) -> Document:
    """The report of a product's newest run, or of a run that is named: its id, how that begins, its folder, or last.

    Raises:
        MissingArtifact: There is none.
        InvalidArtifact: It is none.
        UsageFailure: More than one run begins so.
    """
    if run is None or run == LAST:
        return _last_run.newest(dash, product_id)
    run = os.path.basename(os.path.normpath(run))  # noqa: PTH119 - of a folder that need not be there
    folder = product_dir(dash, product_id)
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False))
    except OSError as error:
        raise MissingArtifact(str(folder)) from error
    fitting = [run] if run in names else [name for name in names if name.startswith(run)]
    if len(fitting) > 1:
        raise UsageFailure(f"{len(fitting)} runs of {product_id} begin with {run}", hint="write more of the id")
    if not fitting:
        raise MissingArtifact(str(folder / run), hint=f"see runpact history show, or the names in {folder}")
    try:
        path = folder / fitting[0] / LAST_RUN
        with naming(path):
            return documents.read("last_run", path)
    except MissingArtifact:
        newest = _last_run.newest(dash, product_id)  # producers of the field keep the newest alone
        if newest.data.get("run_id") != fitting[0]:
            raise
        return newest


def evidence_paths(data: Mapping[str, Any]) -> list[str]:
    """The paths that a report lists, as far as a version that we do not know has some."""
    evidence = data.get("evidence")
    paths = evidence.get("paths") if isinstance(evidence, dict) else None
    return [path for path in paths if isinstance(path, str)] if isinstance(paths, list) else []


def tests_of(dash: Path, data: Mapping[str, Any]) -> dict[str, Any] | None:
    """The report of the tests that a report lists as evidence; None where it lists none that can be read."""
    for path in evidence_paths(data):
        if path.rpartition("/")[2] == _REPORT and not _place(dash, path)[1]:
            try:
                return read_ctrf(dash / path)
            except RunpactError:
                continue
    return None


def look(project: str | os.PathLike[str], dash: Path, product_id: str, now: float) -> Found:
    """What is there of a product's newest report.

    Args:
        project: The project's folder, in which a newer run may have been recorded.
        dash: The dash folder.
        product_id: The product.
        now: The time in seconds since 1970.
    """
    where = last_run_path(dash, product_id)
    try:
        report = _last_run.newest(dash, product_id)
    except RunpactError as error:
        return Found(fault=str(error), where=str(where))
    data = report.data
    run_id = data.get("run_id")
    if report.read_as is None:
        return Found(fault=str(report.message), run_id=run_id if isinstance(run_id, str) else None, where=str(where))
    home = f"runs/{product_id}/{run_id}"
    digests = _digests(dash / home)
    items = tuple(_item(dash, path, home, digests) for path in evidence_paths(data))
    tests = tests_of(dash, data)
    counted = counts(tests) if tests else _of_metrics((data.get("metrics") or {}).get("tests"))
    numbers = None if counted is None else counted.document()
    after = RecordedRuns(Path(project, "reports", "runs"), now).newer(dash, product_id, data)
    lacks = _lacks(data, counted, _exit_code(dash / home))
    return Found("", str(run_id), items, numbers, str(where), lacks, str(after or ""))


def _of_metrics(stated: object) -> Counts | None:
    """The counts that a report states, where its tests are not there to be counted; None where it states none."""
    if not isinstance(stated, dict):
        return None
    return Counts(*(stated.get(name) for name in Counts._fields if name not in Counts._field_defaults))  # type: ignore[arg-type]  # the contract says that they are numbers


def _lacks(data: Mapping[str, Any], found: Counts | None, exit_code: int | None) -> str:
    """Why a report cannot stand for the whole of the tests, beyond what failed tests explain; empty where it can."""
    status, summary = data.get("status"), str(data.get("summary", ""))
    missing = lacking(found) if found is not None else ""
    if status == "success":
        return missing
    explained = status == "failed" and found is not None and found.failed > 0 and not found.interrupted
    if explained and not missing and (exit_code or 0) in range(_EXPLAINED):
        return ""
    return f"{status}: {summary.removeprefix(f'{status}: ')}"


def _exit_code(folder: Path) -> int | None:
    """What the command of a failed run ended with; None where nobody knows."""
    try:
        code = documents.read("failure", folder / _ERROR).data.get("exit_code")
    except RunpactError:
        return None
    return code if isinstance(code, int) else None


def _item(dash: Path, path: str, home: str, digests: Mapping[str, str]) -> Item:
    """One path of the evidence, and what is wrong with it."""
    real, fault = _place(dash, path)
    if fault:
        return Item(path, fault)
    inside = Path(real).relative_to(os.path.realpath(dash)).as_posix()
    if not inside.startswith(f"{home}/"):
        return Item(path, "it is of another run")
    try:
        head, digest = _content(real)
    except (RunpactError, OSError) as error:
        return Item(path, str(error))
    name = inside.removeprefix(f"{home}/")
    if name in digests and digests[name] != digest:
        return Item(path, f"it was changed since it was reported (see {_evidence.SUMS})")
    if os.path.splitext(name)[1].lower() in _evidence.PICTURES:  # noqa: PTH122 - the name is no path
        is_picture = _evidence.is_picture(name, head)
        return Item(path, "" if is_picture else "it is no such picture", is_picture)
    return Item(path, _unreadable(real) if name == _REPORT else "")


def _unreadable(report: str) -> str:
    """Why a report of tests is none; empty where it is one."""
    try:
        read_ctrf(report)
    except RunpactError as error:
        return str(error)
    return ""


def _place(dash: Path, path: str) -> tuple[str, str]:
    """Where a path of the evidence leads, or why it leads nowhere that counts."""
    parts = path.split("/")
    if not path or path.startswith("/") or "\\" in path or ".." in parts or "\0" in path or ":" in parts[0]:
        return "", "the path leads out of the dash folder"
    try:
        real = os.path.realpath(dash / path, strict=True)
        found = Path(real).stat()
    except OSError as error:
        return "", "it is missing" if isinstance(error, FileNotFoundError) else str(error.strerror)
    base = os.path.realpath(dash)
    if os.path.commonpath([real, base]) != base:
        return "", "a link leads out of the dash folder"
    if not stat.S_ISREG(found.st_mode):
        return "", "it is not a file"
    return (real, "") if found.st_size else ("", "it is empty")


def _content(real: str) -> tuple[bytes, str]:
    """How a file begins, and its digest."""
    with open(files.open_read(real), "rb") as file:  # noqa: PTH123 - a descriptor is no path
        head = file.read(_HEAD)
        file.seek(0)
        return head, hashlib.file_digest(file, "sha256").hexdigest()


def _digests(folder: Path) -> dict[str, str]:
    try:
        return _evidence.read_sums(files.read_bytes(folder / _evidence.SUMS, limit=_MOST_SUMS))
    except RunpactError:
        return {}
