"""Results from a folder of recorded runs: the newest run of every pipeline is the result of the command of that name.

A run that was interrupted, or whose documents cannot be read, failed: its absence is never green. One that is still
running has no result yet, so there is no report to make. Runs that were made for a certificate are no results: they
are all of one pipeline, and the newest of them would hide the others; the certificate says how they ended. A run of
another commit says nothing of the one that is reported; where git was not there, nobody knows, and the run counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import runs
from runpact_core.errors import EnvironmentFailed, MissingArtifact, UsageFailure
from runpact_status_matrix._status import Result

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runpact_core.runs import Here, Run

__all__ = ["Recorded", "results"]

_SKEW_S = 300
_CERTIFIED = "certified_runner"  # what `certify` adds to the metadata of its runs
_STATUSES = {"success": "pass", "partial": "pass", "failed": "fail"}


class Recorded(NamedTuple):
    """The results of recorded runs, and what people are to be told of them."""

    results: list[Result]
    notes: list[str]


def results(folder: str, *, now: float, asking: Here, commit_sha: str | None) -> Recorded:
    """Take the results of a folder of runs, in the order in which the runs began.

    Args:
        folder: The folder of runs.
        now: The time, in seconds since 1970.
        asking: The machine that asks.
        commit_sha: The commit that is reported on: runs of another one do not count. None where all count.

    Raises:
        UsageFailure: The folder is not there, cannot be listed, or holds no run; or a newest run still goes on.
    """
    try:
        found = list(runs.find(folder, now=now, asking=asking))
    except (MissingArtifact, EnvironmentFailed) as error:
        raise UsageFailure(f"--from-runs: {error}", hint="name a folder of runs, such as reports/runs") from error
    if not found:
        raise UsageFailure(f"--from-runs: there is no run in {folder}", hint="record some: runpact exec -- CMD")
    notes: list[str] = []
    newest = _newest(_of_commit(found, commit_sha, notes), now, notes)
    return Recorded([_result(name, run, notes) for name, run in newest.items()], notes)


def _of_commit(found: list[Run], commit_sha: str | None, notes: list[str]) -> list[Run]:
    """The runs of the commit, and those of which nobody knows the commit."""
    if commit_sha is None:
        return found
    of_it = [run for run in found if not (sha := _commit(run)) or commit_sha.startswith(sha)]
    others = len(found) - len(of_it)
    if others:
        notes.append(f"runs of other commits than {commit_sha[:7]} do not count: {others} (--any-commit counts them)")
    return of_it


def _commit(run: Run) -> str:
    """The commit of a run: as its document says, else the beginning that its id has; empty where it has none."""
    stated = _data(run).get("git", {}).get("sha")
    if not isinstance(stated, str):
        stated = run.run_id.rsplit("__", 1)[-1] if runs.RUN_ID.fullmatch(run.run_id) else ""
    return stated if stated.strip("0") else ""


def _newest(found: Iterable[Run], now: float, notes: list[str]) -> dict[str, Run]:
    """The newest run of every pipeline, in the order in which they began."""
    newest: dict[str, Run] = {}
    certified = 0
    for run in sorted(found, key=lambda run: (runs.started_s(run) or 0, run.run_id)):
        if (runs.started_s(run) or 0) > now + _SKEW_S:
            notes.append(f"{run.run_id} is dated later than now, so it does not count")
            continue
        if _CERTIFIED in _data(run).get("metadata", {}):
            certified += 1
            continue
        name = _command(run)
        newest.pop(name, None)  # so that it moves to the end
        newest[name] = run
    if certified:
        notes.append(f"runs that were made for a certificate do not count: {certified}")
    return newest


def _command(run: Run) -> str:
    """The pipeline of a run: as its document says, else as its id does."""
    stated = _data(run).get("pipeline_id")
    if isinstance(stated, str) and stated:
        return stated
    return run.run_id.split("__")[1] if runs.RUN_ID.fullmatch(run.run_id) else run.run_id


def _result(name: str, run: Run, notes: list[str]) -> Result:
    if run.state in {"running", "running?"}:
        raise UsageFailure(f"--from-runs: {run.run_id} is still {run.state}", hint="wait until it has ended")
    data = _data(run)
    run_id = run.run_id if runs.RUN_ID.fullmatch(run.run_id) else None
    status: Any = _STATUSES.get(run.status or "") if run.state == "finished" and data else None
    if status is None:
        notes.append(f"{run.run_id} is {run.state}, so {name} failed")
        status = "fail"
    code = data.get("exit", {}).get("code", 1 if status == "fail" else 0)
    return Result(name, status, code, data.get("duration_ms", 0), run_id=run_id)


def _data(run: Run) -> dict[str, Any]:
    """What the run's document says, where its contract vouches for it."""
    return run.document.data if run.document and run.document.read_as else {}
