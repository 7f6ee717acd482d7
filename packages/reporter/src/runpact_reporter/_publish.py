"""A report put where readers find it, step by step, so that a crash at any moment leaves nothing half.

The order, each step durable before the next: evidence, `pytest_output.log`, `test-report.json`, `error.json` and their
digests; the run's own `last_run.json`; the product's `last_run.json`, under the product's lock and only where no newer
run has one; the line of the history; the exported schemas. So what a reader is pointed to is there, whole. A fault of
the last two is told and takes nothing back: the report stands, and `history rebuild` makes the line.

Evidence that was asked for and could not be taken in is listed all the same, and said in the summary: what is listed
and not there is seen by everybody who checks, what is not listed by nobody.

A run that is reported again has its files replaced, one by one, and its line in the history once more only where the
line says something new.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import documents, files, jsonl
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact, RunpactError
from runpact_reporter import _evidence, _results
from runpact_reporter._capture import capture_text_artifact
from runpact_reporter._failure import failure_event
from runpact_reporter._history_record import record_of
from runpact_reporter._history_write import append_history
from runpact_reporter._last_run import previous, supersedes
from runpact_reporter._places import LAST_RUN, history_path, holding, last_run_path, product_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from runpact_core.documents import Document

    Compose = Callable[[Document | None, str | None, list[str]], dict[str, Any]]
    """Previous report, why it cannot be read, paths of the evidence from the dash folder -> the report."""

__all__ = ["ERROR", "LOG", "REPORT", "Publication", "Published", "export_schemas", "publish"]

LOG = "pytest_output.log"
REPORT = "test-report.json"
ERROR = "error.json"

_SCHEMAS = {
    "products": "products@0.1",
    "last_run.0.1": "last_run@0.1",
    "last_run.0.2": "last_run@0.2",
    "test_report": "test_report@1.0",
    "history_record": "history_record@1.0",
    "failure": "failure@1.0",
}
_MOST_SCHEMA_BYTES = 1 << 22
_RUN_ID = re.compile(r"[^/\\\x00-\x1f\x7f]{1,200}")


class Publication(NamedTuple):
    """What is to be published of a run.

    Attributes:
        product_id: The product.
        run_id: The run; one part of a path.
        log: What the tests printed: a file, or the bytes.
        compose: Makes the report, under the lock of the product.
        report: The report of the tests; None where there are no results.
        error: What made the run fail, for `failure_event`; None where it did not fail.
        exit_code: The exit code of its command; None where nobody knows.
        occurred_at: When it ended.
        screenshot: A picture of the rendered pages.
        evidence: More files.
    """

    product_id: str
    run_id: str
    log: Path | bytes
    compose: Compose
    report: Mapping[str, Any] | None = None
    error: object = None
    exit_code: int | None = None
    occurred_at: str | None = None
    screenshot: Path | None = None
    evidence: tuple[Path, ...] = ()


class Published(NamedTuple):
    """What was published.

    Attributes:
        data: The report.
        folder: The folder of the run's report.
        is_newest: Whether it is the product's newest now.
        faults: Why evidence that was asked for could not be taken in.
        late: Why the history or the schemas could not follow the report, which stands; None where they did.
    """

    data: dict[str, Any]
    folder: Path
    is_newest: bool
    faults: tuple[RunpactError, ...]
    late: RunpactError | None = None


def publish(dash: Path, publication: Publication, now: float) -> Published:
    """Publish a report.

    Args:
        dash: The dash folder.
        publication: What is published.
        now: The time in seconds since 1970.

    Raises:
        InvalidArtifact: The run's id is no name; nothing was done.
        RunpactError: A step could not be done; what was there before it still stands.
    """
    if not _RUN_ID.fullmatch(publication.run_id) or publication.run_id in {".", ".."}:
        raise InvalidArtifact(f"the run id {publication.run_id[:200]!r} cannot be the name of a folder")
    folder = product_dir(dash, publication.product_id) / publication.run_id
    files.make_dirs(folder)
    taken, lost = _asked_for(folder, publication)
    taken = [*_own(dash, folder, publication), *taken]
    files.replace(folder / _evidence.SUMS, _evidence.sums(taken))
    base = folder.relative_to(dash).as_posix()
    paths = [f"{base}/{name}" for name in (*(each.name for each in taken), *lost)]
    data, is_newest, late = _point(dash, folder, publication, paths, now, lost=len(lost))
    try:
        export_schemas(dash, data["schema_version"])
    except RunpactError as error:
        late = late or error
    return Published(data, folder, is_newest, tuple(lost.values()), late)


def export_schemas(dash: Path, version: str | None = None) -> list[str]:
    """Export the schemas that the files of a dash folder follow; those that are there already are left alone.

    Args:
        dash: The dash folder.
        version: The version of ``last_run`` that was written last, whose schema has the plain name
            ``last_run.schema.json``. None where none was written: what has that name stays, else it is that of 0.1.

    Returns:
        The names of the files that were written.

    Raises:
        RunpactError: A file could not be written.
    """
    folder, written = dash / "schemas", []
    files.make_dirs(folder)
    plain = {} if version is None and (folder / "last_run.schema.json").exists() else {"last_run": version or "0.1"}
    for name, contract in (_SCHEMAS | {name: f"{name}@{each}" for name, each in plain.items()}).items():
        path, text = folder / f"{name}.schema.json", documents.schema(documents.find_contract(contract)[0])
        try:
            there = files.read_bytes(path, limit=_MOST_SCHEMA_BYTES)
        except RunpactError:
            there = b""
        if there != text:
            files.replace(path, text)
            written.append(path.name)
    return written


def _asked_for(folder: Path, publication: Publication) -> tuple[list[_evidence.Taken], dict[str, RunpactError]]:
    """Take in the screenshot and the further evidence; what cannot be taken is told by its name, the rest is."""
    wanted: list[tuple[Path, str]] = []
    if publication.screenshot is not None:
        suffix = publication.screenshot.suffix.lower()
        wanted.append((publication.screenshot, f"screenshot{suffix if suffix in _evidence.PICTURES else '.png'}"))
    names: list[str] = []
    for source in publication.evidence:
        names.append(_evidence.free_name(source, names))
        wanted.append((source, f"evidence/{names[-1]}"))
    taken: list[_evidence.Taken] = []
    lost: dict[str, RunpactError] = {}
    for source, name in wanted:
        try:
            taken.append(_evidence.take(source, folder, name))
        except RunpactError as error:
            lost[name] = error
            if os.path.lexists(folder / name):  # of an earlier report of this run
                files.remove(folder / name)
    return taken, lost


def _own(dash: Path, folder: Path, publication: Publication) -> list[_evidence.Taken]:
    """Write what the run itself left: its output, the report of its tests, why it failed."""
    if isinstance(publication.log, bytes):
        files.replace(folder / LOG, publication.log)
    else:
        _evidence.copy(publication.log, folder, LOG)
    names = [LOG]
    if publication.report is not None:
        _results.put(folder, REPORT, publication.report)
        names.append(REPORT)
    if publication.error is not None:
        event = failure_event(
            publication.error,
            exit_code=publication.exit_code,
            occurred_at=publication.occurred_at,
            run_id=publication.run_id,
            product_id=publication.product_id,
            artifacts=[capture_text_artifact(folder / LOG, root=dash)],
        )
        documents.write(folder / ERROR, event, contract="failure")
        names.append(ERROR)
    for name in {REPORT, ERROR} - set(names):  # of an earlier report of this run
        files.remove(folder / name)
    return [_digest(folder, name) for name in names]


def _digest(folder: Path, name: str) -> _evidence.Taken:
    """A file of ours as evidence."""
    path = folder / name
    try:
        with open(files.open_read(path), "rb") as file:  # noqa: PTH123 - a descriptor is no path
            return _evidence.Taken(name, hashlib.file_digest(file, "sha256").hexdigest(), file.tell())
    except OSError as error:
        raise EnvironmentFailed(f"reading {path}", error) from error


def _point(  # noqa: PLR0913 - what is written, where, and when
    dash: Path, folder: Path, publication: Publication, paths: list[str], now: float, *, lost: int
) -> tuple[dict[str, Any], bool, RunpactError | None]:
    """Point to what was written: the run's report, the product's, the history; why the last of them does not."""
    with holding(product_dir(dash, publication.product_id)):
        before, fault = previous(dash, publication.product_id)
        data = publication.compose(before, fault, paths)
        if lost:
            missing = f"{lost} piece{' of evidence is' if lost == 1 else 's of evidence are'} missing"
            data["summary"] = f"{data['summary']}; {missing}"
        is_again = (folder / LAST_RUN).exists()
        documents.write(folder / LAST_RUN, data, contract="last_run")
        is_newest = before is None or supersedes(data, before.data, now)
        if is_newest:
            documents.write(last_run_path(dash, publication.product_id), data, contract="last_run")
        record = record_of(data, f"{publication.product_id}/{publication.run_id}")
        try:
            if not (is_again and _is_recorded(history_path(dash), record)):
                append_history(history_path(dash), record)
        except RunpactError as error:
            return data, is_newest, error
    return data, is_newest, None


def _is_recorded(history: Path, record: Mapping[str, Any]) -> bool:
    """Whether the last line that the history has of a run says the same."""
    last = None
    try:
        for line in jsonl.iterate(history):
            if isinstance(line.value, dict) and line.value.get("run_rel") == record["run_rel"]:
                last = line.value
    except MissingArtifact:
        return False
    return last == record
