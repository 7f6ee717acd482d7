"""Reports of runs, `last_run.json`: reading the newest, making one, which of two is newer. Pure but for the reading.

What a report says of its run, from what was recorded and what the tests reported; the first row that fits decides:

| found | status | summary begins with |
|---|---|---|
| the run is still open | in_progress | the run is not over |
| it was interrupted, or somebody pressed Ctrl-C | cancelled | interrupted |
| it cannot be read, or could not be recorded | failed | failed: |
| the tests failed (see `_counts.verdict`) | failed | what the tests say |
| the run failed | failed | failed: |
| the tests, or the run, are partial | success | partial: |
| anything else | success | what the tests say |
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import _times, documents
from runpact_core.errors import MissingArtifact, RunpactError
from runpact_reporter._counts import INTERRUPTED, lacking, verdict
from runpact_reporter._places import last_run_path
from runpact_reporter.errors import naming

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from runpact_core.documents import Document
    from runpact_reporter._counts import Counts

__all__ = ["AHEAD_S", "Ended", "age_s", "compose", "moment", "newest", "outcome", "previous", "rfc3339", "supersedes"]

AHEAD_S = 300
"""Seconds that a report may be dated into the future and still be believed."""

_LONGEST = 1000
_FIRST_MS, _LAST_MS = -62_135_596_800_000, 253_402_300_799_999


class Ended(NamedTuple):
    """How a run stands, as far as that decides its report.

    Attributes:
        state: As `runpact_core.runs.Run` has it.
        status: As its `run.json` has it; None where there is none.
        why: What people are to be told of a run that failed or is partial; may be empty.
        code: The exit code of its command; None where nobody knows.
        timed_out: Whether its command was ended for taking too long.
    """

    state: str
    status: str | None = None
    why: str = ""
    code: int | None = None
    timed_out: bool = False


def newest(dash: Path, product_id: str) -> Document:
    """The report of a product's newest run.

    Raises:
        MissingArtifact: There is none.
        InvalidArtifact: It is none.
    """
    path = last_run_path(dash, product_id)
    with naming(path):
        return documents.read("last_run", path)


def previous(dash: Path, product_id: str) -> tuple[Document | None, str | None]:
    """The report of a product's newest run where there is one, or why the one that is there cannot be read."""
    try:
        return newest(dash, product_id), None
    except MissingArtifact:
        return None, None
    except RunpactError as error:
        return None, str(error)


def outcome(run: Ended, tests: Counts | None) -> tuple[str, str]:
    """Status and summary of a run's report, by the table of this module.

    Args:
        run: How the run stands.
        tests: The counts of its tests; None where it has no test results.
    """
    if run.state != "finished":
        return _unfinished(run._replace(why=run.why or (lacking(tests) if tests is not None else "")))
    if tests is None:
        status, said = _without_tests(run)
    else:
        status, said = verdict(tests, run.code, timed_out=run.timed_out)
    if status == "failed":
        return "cancelled" if said.startswith("interrupted") else "failed", _short(said)
    if run.status == "failed":
        return "failed", _short(f"failed: {run.why or 'the run failed'} ({said})")
    if status == "partial" or run.status == "partial":
        return "success", _short(f"partial: {said}{'; ' if run.why else ''}{run.why}")
    return "success", _short(said)


def _unfinished(run: Ended) -> tuple[str, str]:
    if run.state in {"running", "running?"}:
        return "in_progress", "the run is not over"
    if run.state == "interrupted":
        return "cancelled", _short(f"interrupted{': ' if run.why else ''}{run.why}")
    return "failed", _short(f"failed: {run.why or 'the run cannot be read'}")


def _without_tests(run: Ended) -> tuple[str, str]:
    if run.timed_out:
        return "failed", "failed: the command took too long"
    if run.code == INTERRUPTED:
        return "failed", f"interrupted: the command ended with exit code {run.code}"
    if run.code:
        why = {126: ", as one that cannot be run", 127: ", as one that is not found"}.get(run.code, "")
        return "failed", f"failed: the command ended with exit code {run.code}{why}"
    ended = "the run succeeded" if run.code is None else "the command ended with exit code 0"
    return "success", f"{ended}; there are no test results"


def compose(  # noqa: PLR0913 - one for each part of a report
    *,
    product_id: str,
    run_id: str,
    started_at: str,
    ended_at: str,
    duration_ms: int,
    result: tuple[str, str],
    paths: Sequence[str],
    carried: Mapping[str, Any],
    tests: Counts | None,
    version: str,
) -> dict[str, Any]:
    """A report as its document.

    Args:
        product_id: The product.
        run_id: The run.
        started_at: When it started, as RFC 3339 writes it.
        ended_at: When it ended; of an open run, now.
        duration_ms: How long it took.
        result: Status and summary.
        paths: Its evidence, from the dash folder.
        carried: ``banana_economy``, ``kill_switch`` and ``pr_wave``.
        tests: The counts of its tests; None where it has no test results.
        version: 0.1, or 0.2, which has duration and counts too.
    """
    document: dict[str, Any] = {
        "schema_version": version,
        "product_id": product_id,
        "run_id": run_id,
        "started_at": started_at,
        "ended_at": ended_at,
        "status": result[0],
        "summary": result[1],
        "evidence": {"paths": list(paths)},
        **carried,
    }
    if version != "0.1":
        document |= {} if result[0] == "in_progress" else {"duration_ms": duration_ms}
        document |= {"metrics": {"tests": tests.document()}} if tests is not None else {}
    return document


def supersedes(report: Mapping[str, Any], before: Mapping[str, Any], now: float) -> bool:
    """Whether a report takes the place of the one that is there.

    The run that started later is newer; of two that started at one moment, the one with the greater id. One that is
    dated more than `AHEAD_S` into the future, or has no time that can be read, keeps nobody out.
    """
    mine, other = moment(report.get("started_at")), moment(before.get("started_at"))
    if mine is None or other is None or other > now + AHEAD_S:
        return True
    return (mine, str(report.get("run_id"))) >= (other, str(before.get("run_id")))


def rfc3339(ms: int) -> str:
    """A time in milliseconds since 1970 as documents write it: without a fraction where there is none.

    One before the year 1 or after the year 9999 is the first or the last that can be written.
    """
    known = min(max(ms, _FIRST_MS), _LAST_MS)
    text = datetime.fromtimestamp(known // 1000, UTC).replace(tzinfo=None).isoformat()
    return f"{text}.{known % 1000:03}Z" if known % 1000 else f"{text}Z"


def moment(stated: object) -> float | None:
    """A time of a document in seconds since 1970; None where it states none that can be read.

    More is read than the hub's `_times` admits (a day alone, a time without a zone, which is UTC then), since documents
    of unknown versions are shown as well as can be; and faster, since a page may need a hundred thousand of them.
    """
    try:
        read = datetime.fromisoformat(str(stated))
        return read.replace(tzinfo=read.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        return _times.seconds(stated)  # a leap second


def age_s(data: Mapping[str, Any], now: float) -> int | None:
    """Seconds since the run of a report ended; None where it does not say when, negative for a time to come."""
    ended = moment(data.get("ended_at"))
    return None if ended is None else int(now - ended)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}… ({len(line)} characters)"
