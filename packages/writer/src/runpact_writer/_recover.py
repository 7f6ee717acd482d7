"""Seals runs that were interrupted, as failed, from what they left on the disk.

Invariants:

* A run that may be alive is never touched: its lock is taken before anything is written, and where that cannot be done
  or does not tell, `Refused` is raised.
* What is written follows from what the recorder left, the time of sealing apart: a kill in the middle and a second try
  end in the same files, and a run that is sealed is not changed. So no time of a file that this module may have made
  counts as the run's.
* Nothing is written through a link: a folder of a run that is one is refused, as is a file.
* Nothing that the recorder wrote is lost: its log stays as it is, its checks are kept; evidence that leads nowhere is
  left out of them.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any

from runpact_core import _times, documents, files, runs
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact, Refused
from runpact_writer._below import below
from runpact_writer._counted import counted
from runpact_writer._state import CHECK_STATUSES
from runpact_writer._surroundings import utc

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["recover"]

COMPLETED = "run_completed"
_LOST = "the recorder ended before it could seal the run: what it held in memory, and evidence in it, is lost"
_GRACE_S = 60.0  # a recorder that has made its folder has made open.json much sooner
_TRIES = 100  # a reader holds the lock for a moment to look at it
_KEPT = (
    *("pipeline_id", "pipeline_version", "started_utc", "trigger", "git", "env", "host"),
    *("product", "parent_run_id", "command", "command_b64"),
)


def recover(run: runs.Run, *, now: float, asking: runs.Here) -> str:
    """Seal a run that was interrupted, as failed; the files are durable when this returns.

    Args:
        run: The run, as a reader sees it; it is looked at again.
        now: The time, in seconds since 1970.
        asking: The machine that asks, see `runs.here`.

    Returns:
        ``sealed``, or ``finished`` for a run that was sealed before.

    Raises:
        Refused: The run is running, or may be; or its `run.json` cannot be read; or its folder is a link, or has not
            its name, or one with a time that does not exist.
        MissingArtifact: There is no such folder.
        EnvironmentFailed: A file could not be read or written; it may be tried again.
    """
    _refuse_a_link(run)
    _refuse_the_living(runs.look(run.path, now=now, asking=asking), now)
    fd = _lock(run.path)
    try:
        seen = runs.look(run.path, now=now, asking=asking)  # again, since nobody else seals it from here on
        if seen.state != "finished":
            _seal(seen, now, asking)
        _tidy(run.path)
    except OSError as error:
        raise EnvironmentFailed(f"sealing {run.run_id}", error) from error
    finally:
        if fd is not None:
            os.close(fd)
    return "finished" if seen.state == "finished" else "sealed"


def _refuse_a_link(run: runs.Run) -> None:
    """Raise `Refused` for a folder that is a symbolic link: what it leads to may be anything."""
    if os.path.islink(os.path.normpath(run.path)):  # noqa: PTH114 - pathlib is slow
        what = f"{run.run_id} was not sealed: its folder is a symbolic link, so nothing was written"
        raise Refused(what, hint="remove it, or name the folder that it leads to")


def _refuse_the_living(run: runs.Run, now: float) -> None:
    """Raise `Refused` for a run that is no interrupted one for certain, nor sealed."""
    if run.state in {"running", "running?"}:
        hint = "its recorder holds the lock; wait for its end"
        if run.state == "running?":
            hint = "its lock cannot be asked from here; do this on its machine, or a day after its start"
        raise Refused(f"{run.run_id} was not sealed: it is {run.state}", hint=hint)
    if run.state == "unreadable":
        raise Refused(f"{run.run_id} was not sealed: {run.message}", hint="its run.json is there: mend or remove it")
    begun = any(os.path.lexists(_in(run.path, name)) for name in ("open.json", "checks.json", "run.json"))
    if not begun and abs(now - _changed(run.path)) < _GRACE_S:
        what = f"{run.run_id} was not sealed: it may be starting at this moment"
        raise Refused(what, hint="try again in a minute")


def _changed(folder: str) -> float:
    try:
        return os.stat(folder).st_mtime  # noqa: PTH116 - pathlib is slow
    except OSError as error:
        raise EnvironmentFailed(f"looking at {folder}", error) from error


def _lock(folder: str) -> int | None:
    """Hold the lock of `open.json`, so that nobody else seals the run; None where there is no such file, or no locks.

    Raises:
        Refused: It is held.
    """
    path = _in(folder, "open.json")
    if not os.path.isfile(path):  # noqa: PTH113 - pathlib is slow
        return None
    fd = files.open_append(path)
    held: bool | None = False
    for _ in range(_TRIES):
        held = files.try_lock(fd)
        if held is not False:
            break
    if held:
        return fd
    os.close(fd)
    if held is None:
        return None
    what = f"{os.path.basename(folder)} was not sealed: its lock is held"  # noqa: PTH119 - pathlib is slow
    raise Refused(what, hint="its recorder lives, or somebody else seals it at this moment")


def _seal(run: runs.Run, now: float, asking: runs.Here) -> None:
    warnings = [_LOST]
    facts = _facts(run, warnings)
    log = counted(_completed_log(run)).facts()
    started_ns = (_times.instant(facts["started_utc"])[0] - _times.instant("1970-01-01T00:00:00Z")[0]) * 10**9
    ended_ns = max(started_ns, min(_last_ns(run.path, log), int(now) * 10**9))
    document: dict[str, Any] = {
        "schema_version": "0.2",
        **facts,
        "finished_utc": utc(ended_ns // 10**9),
        "duration_ms": (ended_ns - started_ns) // 10**6,
        "status": "failed",
        "inputs": [],
        "outputs": [],
        "log": log,
        "interruption": {"reason": _reason(facts, asking), "sealed_utc": utc(now)},
    }
    checks = _checks(run, document, warnings)
    documents.write(_in(run.path, "checks.json"), checks, contract="checks")
    documents.write(_in(run.path, "run.json"), {**document, "warnings": warnings}, contract="run")


def _facts(run: runs.Run, warnings: list[str]) -> dict[str, Any]:
    """What `open.json` says of the run, where a sealed one may say it too; else what the folder's name says."""
    data = run.document.data if run.document else {}
    facts = {"run_id": run.run_id, **{name: data[name] for name in _KEPT if name in data}}
    ends: dict[str, Any] = {"finished_utc": facts.get("started_utc"), "duration_ms": 0, "status": "failed"}
    ends |= {"inputs": [], "outputs": []}
    if not documents.validate("run", {"schema_version": "0.2", **facts, **ends}, strict=True):
        return facts
    if not runs.RUN_ID.fullmatch(run.run_id):
        what = f"{run.run_id} was not sealed: its folder has not the name of a run"
        raise Refused(what, hint=f"rename it back to {data.get('run_id', 'its run_id')}, the first line of its run.log")
    warnings.append("open.json could not be used: what is not in the folder's name is unknown")
    stamp, pipeline_id, sha7 = run.run_id.split("__")
    day, hour = stamp[:8], stamp[9:]
    started = f"{day[:4]}-{day[4:6]}-{day[6:]}T{hour[:2]}:{hour[2:4]}:{hour[4:6]}Z"
    if _times.seconds(started) is None:
        what = f"{run.run_id} was not sealed: its name says a time that does not exist"
        raise Refused(what, hint="remove the folder, or give it the name that the first line of its run.log says")
    return {
        "run_id": run.run_id,
        "pipeline_id": pipeline_id,
        "pipeline_version": "unknown",
        "started_utc": started,
        "trigger": {"type": "local_cli", "source": "unknown", "actor": "unknown"},
        "git": {"sha": sha7 if sha7.strip("0") else "0" * 40, "sha7": sha7, "ref": ""},
        "env": {"present": [], "missing": []},
    }


def _reason(facts: dict[str, Any], asking: runs.Here) -> str:
    host = facts.get("host", {})
    if not asking.boot_id or not host.get("boot_id"):
        return "unknown"
    if host["boot_id"] == asking.boot_id:
        return "killed"
    return "host_lost" if host.get("name") == asking.name else "unknown"


def _completed_log(run: runs.Run) -> str:
    """The path of the log; its first line is written where the recorder had not come to it."""
    path, first = _in(run.path, "run.log"), f"RUN_ID={run.run_id}\n".encode()
    fd = files.open_append(path)
    try:
        size = os.fstat(fd).st_size
        os.lseek(fd, 0, os.SEEK_SET)
        if size < len(first) and os.read(fd, len(first)) == first[:size]:
            files.append(fd, first[size:])
            files.sync(fd)
    finally:
        os.close(fd)
    return path


def _last_ns(folder: str, log: dict[str, int]) -> int:
    """The newest time of a file that the recorder, or its run, wrote; 0 where there is none."""
    newest = 0
    for path, seen in _walk(folder):
        name = os.path.relpath(path, folder)
        made_here = name in {"checks.json", "run.json"} or (name == "run.log" and log["lines"] <= 1)
        if not made_here and not files.is_temporary(os.path.basename(path)):  # noqa: PTH119 - pathlib is slow
            newest = max(newest, seen.st_mtime_ns)
    return newest


def _walk(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    """Every regular file below a folder, through no link."""
    for entry in below(folder, strict=True):
        seen = entry.stat(follow_symlinks=False)
        if stat.S_ISREG(seen.st_mode):
            yield entry.path, seen


def _checks(run: runs.Run, document: dict[str, Any], warnings: list[str]) -> dict[str, Any]:
    """`checks.json`: what the recorder had written of it, and that the run did not come to its end."""
    kept = []
    for check in _written_checks(run, warnings):
        evidence = [each for each in check["evidence"] if runs.resolve_evidence(run.path, each, document) is None]
        kept.append({**check, "evidence": evidence})
    told = any(check["id"] == COMPLETED and check["status"] == "fail" for check in kept)
    return _counted(run.run_id, kept if told else [*kept, _completion()])


def _written_checks(run: runs.Run, warnings: list[str]) -> list[dict[str, Any]]:
    """The checks that the recorder had written; none that this module, or a second try of it, adds anyway."""
    try:
        found = documents.read("checks", _in(run.path, "checks.json"))
        checks = [check for check in found.data["checks"] if check != _completion()] if found.read_as else []
    except MissingArtifact:
        return []
    except InvalidArtifact as error:
        warnings.append(f"checks.json could not be used: {error.reason}")
        return []
    if documents.validate("checks", _counted(run.run_id, checks), strict=True):
        warnings.append("checks.json could not be used: it holds what this version does not know")
        return []
    return checks


def _completion() -> dict[str, Any]:
    return {"id": COMPLETED, "name": "The run came to its end", "status": "fail", "evidence": [_EVIDENCE]}


_EVIDENCE = "run.json:$.interruption"


def _counted(run_id: str, checks: list[dict[str, Any]]) -> dict[str, Any]:
    counts = {status: sum(check["status"] == status for check in checks) for status in CHECK_STATUSES}
    return {"schema_version": "0.2", "run_id": run_id, "checks": checks, "summary": counts}


def _tidy(folder: str) -> None:
    """Remove what a sealed run has no use for: its open mark and files that a kill left unfinished."""
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if files.is_temporary(entry.name)]
    for name in [*names, "open.json"]:
        files.remove(_in(folder, name))


def _in(folder: str, name: str) -> str:
    return os.path.join(folder, name)  # noqa: PTH118 - pathlib is slow
