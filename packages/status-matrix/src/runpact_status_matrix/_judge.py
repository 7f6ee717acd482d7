"""Whether the bytes that a source gave are an acceptable report of a runner. Pure.

The order of the questions: is it a document (limits and strictness of the core), of a version that the pin lists, with
nothing that its contract forbids; does it agree with itself; is it of this runner, repository and release; is it not
from the future; is it not older than, and not another than, what was accepted before. The first "no" is the answer.
Which lane the runner is in, the registry alone says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import documents
from runpact_core.errors import InvalidArtifact, Problem
from runpact_status_matrix._freshness import SKEW_S, is_future, moment_of, shown
from runpact_status_matrix._releases import is_older, is_same
from runpact_status_matrix._status import Result, overall

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from runpact_status_matrix._model import Fetched, Runner
    from runpact_status_matrix._state import Known

__all__ = ["CONTRACT", "Accepted", "Refused", "judge"]

CONTRACT = "runner_status_report"


class Accepted(NamedTuple):
    """A report that stands.

    Attributes:
        data: The report.
        generated: When it was made, as a moment of `_freshness`.
        fresh_until: Until when it may be relied on, in the same form.
        judged_by: Name and version of the contract that judged it.
    """

    data: dict[str, Any]
    generated: int
    fresh_until: int
    judged_by: str


class Refused(NamedTuple):
    """A report that does not stand, and why."""

    failure: str
    message: str
    problems: tuple[Problem, ...] = ()
    judged_by: str | None = None


def judge(
    fetched: Fetched, runner: Runner, now: int, versions: AbstractSet[str], known: Known | None
) -> Accepted | Refused:
    """Judge what a source gave.

    Args:
        fetched: The bytes.
        runner: The runner whose report it must be.
        now: The moment of `_freshness` to judge against.
        versions: The versions of the contract that may judge.
        known: What was accepted before, or None.
    """
    read = _read(fetched.data, versions)
    if isinstance(read, Refused):
        return read
    other = _of_another(read, runner) or _of_another_release(read, fetched.release)
    if other:
        return Refused("wrong-runner", other, judged_by=read.judged_by)
    if is_future(read.generated, now):
        said = f"the report is dated {shown(read.generated)}, more than {SKEW_S // 60} minutes after {shown(now)}"
        return Refused("from-the-future", said, judged_by=read.judged_by)
    before = None if known is None else _against(read, fetched.sha256, known)
    return before or read


def _read(raw: bytes, versions: AbstractSet[str]) -> Accepted | Refused:
    """Read the report as its contract says."""
    try:
        document = documents.read(CONTRACT, raw)
    except InvalidArtifact as error:
        return Refused("invalid-report-shape", error.reason, error.problems)
    if document.read_as is None:
        problem = Problem("/version", "version", str(document.message))
        return Refused("invalid-report-shape", problem.message, (problem,))
    judged_by = f"{CONTRACT} {document.read_as}"
    if document.read_as not in versions:
        problem = Problem("/version", "version", f"the catalog does not list version {document.read_as} as one in use")
        return Refused("invalid-report-shape", problem.message, (problem,), judged_by)
    moments, problems = {}, document.problems()
    for field in ("generated_at", "fresh_until"):
        try:
            moments[field] = moment_of(document.data[field])
        except InvalidArtifact as error:
            problems.append(Problem(f"/{field}", "time", error.reason))
    if not problems:
        problems = _contradictions(document.data)
    if problems:
        return Refused("invalid-report-shape", str(problems[0]), tuple(problems), judged_by)
    return Accepted(document.data, moments["generated_at"], moments["fresh_until"], judged_by)


def _contradictions(report: dict[str, Any]) -> list[Problem]:
    """Where a report says that it passes, and its own results do not."""
    results = [
        Result(each["command"], each["status"], each["exit_code"], each["duration_ms"], each.get("required", True))
        for each in report["command_results"]
    ]
    follows = overall(results)
    if report["overall_status"] != "pass" or follows == "pass":
        return []
    failed = [result.command for result in results if result.status == "fail"]
    because = f"{failed[0]} failed" if failed else "no command passed"
    said = f"the report says pass, but {because}: by its results it is {follows}"
    return [Problem("/overall_status", "contradiction", said)]


def _of_another(report: Accepted, runner: Runner) -> str | None:
    """What the report says of itself that the registry says otherwise."""
    wanted = {
        "runner_id": runner.runner_id,
        "implementation_repo": runner.implementation_repo,
    }
    for field, value in wanted.items():
        if report.data[field] != value:
            return f"the report says {field} {report.data[field]}, the registry says {value}"
    return None


def _of_another_release(report: Accepted, found_at: str | None) -> str | None:
    """That the report is attached to a release which it does not name."""
    said = report.data["release_version"]
    if found_at is None or is_same(said, found_at):
        return None
    return f"the report says release {said}, and was found at the release {found_at}"


def _against(report: Accepted, sha256: str, known: Known) -> Refused | None:
    """Hold a report against the one that was accepted last."""
    release = report.data["release_version"]
    if release == known.release_version:
        if sha256 == known.sha256:
            return None
        said = f"release {release} had another report before, of digest {known.sha256[:12]}; now it is {sha256[:12]}"
        return Refused("equivocation", said, judged_by=report.judged_by)
    accepted = f"that of {known.release_version}, made {known.generated_at}, was accepted before"
    if is_older(release, known.release_version):
        return Refused("rollback", f"release {release} is older; {accepted}", judged_by=report.judged_by)
    if report.generated < moment_of(known.generated_at):
        said = f"the report of {release} was made {shown(report.generated)}; {accepted}"
        return Refused("rollback", said, judged_by=report.judged_by)
    return None
