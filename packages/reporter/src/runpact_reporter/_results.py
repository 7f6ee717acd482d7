"""The results of tests, taken in: read from the files that hold them, judged for their age, put into the run.

Invariants: a file that should have results and has none, cannot be read, or is older than the run makes the whole
incomplete, so it is never green; what could be read of the others is kept. A report that is written passes the
contract.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import documents, files
from runpact_core.errors import RunpactError
from runpact_reporter import _ctrf, _evidence
from runpact_reporter._counts import STATUSES, Counts, counts, verdict
from runpact_reporter._events import read_events
from runpact_reporter._junit import read_junit
from runpact_reporter.errors import StaleResults, naming

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from runpact_writer import RunWriter

__all__ = ["EVENTS", "REPORT", "Results", "Sources", "judge", "marks", "put", "read", "tell"]

EVENTS = "artifacts/pytest-events.jsonl"
"""Where the events of a pytest session lie in the folder of a run."""

REPORT = "artifacts/test-report.json"
"""Where the report of the tests lies in the folder of a run."""

_SLACK_NS = 2_000_000_000  # the coarsest file systems count in steps of two seconds

Mark = tuple[int, int, int, int]
Before = tuple[int, "Mapping[Path, Mark | None]"]


class Sources(NamedTuple):
    """Where results are.

    Attributes:
        junit: Files of JUnit XML.
        ctrf: Files of CTRF.
        events: The events of a pytest session, which count where neither of the others was named.
        needed: Whether a report without results is a failure even where no file was named.
    """

    junit: tuple[Path, ...] = ()
    ctrf: tuple[Path, ...] = ()
    events: Path | None = None
    needed: bool = False


class Results(NamedTuple):
    """What was found.

    Attributes:
        report: All results as one report (CTRF as a plain dict); None where there are none and none were needed.
        faults: Why something of them is missing.
    """

    report: dict[str, Any] | None = None
    faults: tuple[RunpactError, ...] = ()

    @property
    def counts(self) -> Counts | None:
        """The counts of the report."""
        return None if self.report is None else counts(self.report)


def marks(sources: Sources) -> Before:
    """What the files are like now, before a run that is to write them: the time, and a mark of each that is there."""
    import time

    return time.time_ns(), {path: _mark(path) for path in (*sources.junit, *sources.ctrf)}


def judge(path: Path, before: Before) -> None:
    """Raise `StaleResults` where a file was not written since `marks` was asked, or says that it is older."""
    at, known = before
    now = _mark(path)
    if now is not None and (now == known.get(path) or now[3] < at - _SLACK_NS):
        raise StaleResults(str(path))


def _mark(path: Path) -> Mark | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None  # whoever reads it says why
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def read(sources: Sources, before: Before | None = None, *, at_ms: int) -> Results:
    """Read every file of results.

    Args:
        sources: Where they are.
        before: What `marks` gave before the run; None where their age does not matter.
        at_ms: The time, in milliseconds since 1970: when tests ended of which nobody says when.
    """
    wanted: list[tuple[Callable[[Path], dict[str, Any]], Path]] = [
        *((read_junit, path) for path in sources.junit),
        *((_ctrf.read_ctrf, path) for path in sources.ctrf),
    ]
    if not wanted and sources.events is not None and os.path.lexists(sources.events):
        wanted, before = [(read_events, sources.events)], None
    reports, faults = [], []
    for reader, path in wanted:
        try:
            if before is not None:
                judge(path, before)
            with naming(path):
                reports.append(reader(path))
        except RunpactError as error:
            faults.append(error)
    if not wanted and not sources.needed:
        return Results()
    report = _ctrf.dated(_ctrf.merge(reports), at_ms)
    return Results(_incomplete(report, [str(fault) for fault in faults]), tuple(faults))


def _incomplete(report: dict[str, Any], said: list[str]) -> dict[str, Any]:
    """The report with more sentences that say why it is not the whole."""
    if said:
        known = report["results"]["summary"].setdefault("extra", {}).setdefault("runpact", {})
        known["incomplete"] = [*said, *(known.get("incomplete") or ())]
    return report


def put(folder: Path, name: str, report: Mapping[str, Any]) -> dict[str, Any]:
    """Write a report durably, as the contract has it; what another tool wrote wrongly is set right or left out.

    Args:
        folder: The folder of the run, or of the product's report.
        name: The file in it.
        report: The report.

    Returns:
        What was written.

    Raises:
        RunpactError: It could not be written.
    """
    target = folder.joinpath(*name.split("/"))
    files.make_dirs(target.parent)
    fitting = dict(report)
    problems = documents.validate("test_report", fitting, strict=True, limit=_ctrf.MAX_BYTES)
    if problems:
        fitting = _fitting(report, {problem.pointer for problem in problems})
    documents.write(target, fitting, contract="test_report", limit=_ctrf.MAX_BYTES)
    return fitting


def _fitting(report: Mapping[str, Any], pointers: set[str]) -> dict[str, Any]:
    """The report with a summary that counts its tests, and of each test that is at fault only what is sound.

    What is left out is what no published version of CTRF has; the file that it came from is kept in the run.
    """
    faulty = {pointer.split("/")[3] for pointer in pointers if pointer.startswith("/results/tests/")}
    results = report["results"]
    tests = [_known(test) if str(index) in faulty else test for index, test in enumerate(results["tests"])]
    summary = results["summary"]
    made = _ctrf.build(
        str(results["tool"].get("name", "unknown")) if isinstance(results.get("tool"), dict) else "unknown",
        tests,
        start=_ctrf.whole(summary.get("start")),
        stop=_ctrf.whole(summary.get("stop")),
        known=(summary.get("extra") or {}).get("runpact") or {},
        duration=_ctrf.whole(summary.get("duration")) or None,
    )
    for name in ("environment", "extra"):
        if name in results and not any(pointer.startswith(f"/results/{name}") for pointer in pointers):
            made["results"][name] = results[name]
    return made


def _known(test: Mapping[str, Any]) -> dict[str, Any]:
    """Of a test what every version of the contract has, where it is of its type."""
    kept = {name: test[name] for name in ("name", "status", "duration") if name in test}
    kept["name"] = str(kept["name"])
    kept["status"] = kept["status"] if kept["status"] in STATUSES else "other"
    kept["duration"] = _ctrf.whole(kept["duration"])
    for name in ("message", "trace", "filePath", "rawStatus"):
        if isinstance(test.get(name), str):
            kept[name] = test[name]
    for name in ("line", "retries"):
        if isinstance(test.get(name), int) and not isinstance(test[name], bool) and test[name] >= 0:
            kept[name] = test[name]
    return kept | ({"flaky": test["flaky"]} if isinstance(test.get("flaky"), bool) else {})


def tell(writer: RunWriter, found: Results, sources: Sources, code: int | None) -> None:
    """Put results into the run that is being recorded: the files, the report, checks, figures.

    Args:
        writer: The recorder of the run, open.
        found: What `read` gave.
        sources: Where it was read.
        code: The exit code of the tests; None where nobody knows.
    """
    folder = Path(writer.run_dir)
    if sources.events is not None and os.path.lexists(sources.events):
        _evidence.copy(sources.events, folder, EVENTS)
    _keep(writer, folder, (*sources.junit, *sources.ctrf), found.faults)
    if found.report is None:
        return
    put(folder, REPORT, found.report)
    writer.add_output(type="test_report", ref=REPORT)
    numbers = counts(found.report)
    status, summary = verdict(numbers, code)
    collected = max(numbers.collected or 0, numbers.expected or 0, 1)
    whole = numbers.reported >= collected and not numbers.incomplete
    faults = [f"{fault}" for fault in found.faults]
    writer.check("tests_reported", "Every test has a result", "pass" if whole else "fail", [REPORT, *faults])
    passed = "fail" if numbers.failed or not numbers.reported else "skip" if status == "partial" else "pass"
    writer.check("tests_passed", "Every test with a result passed", passed, [REPORT])
    for name, number in numbers.document().items():
        writer.metric(f"tests.{name}", number)
    writer.set("summary", summary)


def _keep(writer: RunWriter, folder: Path, sources: Sequence[Path], faults: Sequence[RunpactError]) -> None:
    """Keep the files that results came from, as they are; those that could not be read were said."""
    bad = {getattr(fault, "path", None) for fault in faults}
    taken: list[str] = []
    for source in sources:
        if str(source) in bad:
            continue
        name = _evidence.free_name(source, taken)
        taken.append(name)
        kept = _evidence.copy(source, folder, f"artifacts/results/{name}", limit=_evidence.MAX_BYTES)
        writer.add_output(type="test_results", ref=kept.name, sha256=kept.sha256, size_bytes=kept.size_bytes)
