"""Folders of runs: find them, tell their state, resolve what their evidence points to. Nothing here writes.

A folder with a `run.json` is finished, whatever else lies in it. Without one it is open: its recorder holds a lock on
`open.json` as long as it lives, so the lock alone tells whether a run is running or was interrupted. Readers show a
state, they never change it.

    for run in find("reports/runs"):
        print(run.run_id, run.state, run.status)
"""

from __future__ import annotations

import os
import re
import stat
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import _jsonpath, _machine, _times, documents, files
from runpact_core._machine import Here, here
from runpact_core._pointer import MISSING
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact, RunpactError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    StrPath = str | os.PathLike[str]

__all__ = [
    "INTERRUPTED_AFTER_S",
    "RUN_ID",
    "Here",
    "Run",
    "find",
    "here",
    "ids",
    "look",
    "open_state",
    "resolve_evidence",
    "started_s",
]

RUN_ID = re.compile(_machine.RUN_ID, re.ASCII)
"""What the name of a run's folder looks like."""

INTERRUPTED_AFTER_S = 24 * 3600
"""Seconds after which a run whose lock cannot be asked (another host, no locks) is taken for interrupted."""

_A_LINK = "its folder is a symbolic link, and where that leads no run was sealed"
_BLOCK = 1 << 20
_LOG_LINE = re.compile(r"run\.log:line:([0-9]{1,1000})", re.ASCII)


class Run(NamedTuple):
    """One folder of runs, as a reader sees it.

    Attributes:
        run_id: Name of the folder.
        path: The folder.
        state: ``finished``, ``running``, ``running?`` (its lock cannot be asked from here), ``interrupted``, or
            ``unreadable`` (there is a `run.json` that cannot be read, or the folder is a link to one that was not
            sealed).
        status: ``success``, ``failed`` or ``partial`` of a finished run, else None.
        document: `run.json` of a finished run, `open.json` of an open one, None where neither can be read.
        message: What people are to be told beyond the state, or None.
        age_s: Seconds since the start of a run that is not finished, where its start is known.
    """

    run_id: str
    path: str
    state: str
    status: str | None
    document: documents.Document | None
    message: str | None
    age_s: int | None


def ids(runs_dir: StrPath) -> list[str]:
    """The names in a folder of runs that are a run's, or stand for a folder with the documents of one, sorted.

    Raises:
        MissingArtifact: There is no such folder.
        EnvironmentFailed: It cannot be listed, or is a file.
    """
    try:
        return sorted(entry.name for entry in os.scandir(runs_dir) if _may_be_run(entry))
    except FileNotFoundError as error:
        hint = "it is a dangling link" if os.path.islink(runs_dir) else "nothing was recorded there yet"  # noqa: PTH114 - pathlib is slow
        raise MissingArtifact(os.fspath(runs_dir), hint=hint) from error
    except OSError as error:
        raise EnvironmentFailed(f"listing {os.fspath(runs_dir)}", error) from error


def find(runs_dir: StrPath, *, now: float | None = None, asking: Here | None = None) -> Iterator[Run]:
    """Every run in a folder of runs, by name: what is named like a run, and what holds the documents of one.

    Args:
        runs_dir: The folder, usually ``reports/runs``.
        now: The time in seconds since 1970; the clock's where None.
        asking: The machine that asks; this one where None.

    Raises:
        MissingArtifact: There is no such folder.
        EnvironmentFailed: It cannot be listed, or is a file.
    """
    names = ids(runs_dir)
    moment = time.time() if now is None else now
    machine = asking or here()
    for name in names:
        try:
            run = look(os.path.join(runs_dir, name), now=moment, asking=machine)  # noqa: PTH118 - pathlib is slow
        except MissingArtifact:
            continue  # a file of that name, or a run that was removed just now
        yield run


def _may_be_run(entry: os.DirEntry[str]) -> bool:
    """Whether a name is a run's, or stands for a folder with the documents of one: a renamed run is not lost."""
    if RUN_ID.fullmatch(entry.name):
        return True
    return any(os.path.lexists(_in(entry.path, name)) for name in ("run.json", "open.json"))


def look(path: StrPath, *, now: float, asking: Here) -> Run:
    """One run as it is at this moment.

    Args:
        path: The run's folder.
        now: The time in seconds since 1970.
        asking: The machine that asks, see `here`.

    Raises:
        MissingArtifact: There is no such folder.
    """
    folder = os.fspath(path)
    run_id = os.path.basename(os.path.normpath(folder))  # noqa: PTH119 - pathlib is slow
    if not os.path.isdir(folder):  # noqa: PTH112 - as above
        raise MissingArtifact(folder, hint="name a folder of runs/<run_id>")
    run = _sealed(run_id, folder) or _open(run_id, folder, now, asking)
    if run.state == "interrupted" and os.path.islink(os.path.normpath(folder)):  # noqa: PTH114 - pathlib is slow
        return run._replace(state="unreadable", document=None, message=_A_LINK)  # nobody may write there to seal it
    return run


def _sealed(run_id: str, folder: str) -> Run | None:
    """The run, where it has a `run.json`."""
    try:
        document = documents.read("run", _in(folder, "run.json"))
    except MissingArtifact:
        return None
    except RunpactError as error:
        return Run(run_id, folder, "unreadable", None, None, str(error), None)
    stated = document.data.get("status")
    status = stated if isinstance(stated, str) else None
    return Run(run_id, folder, "finished", status, document, document.message, None)


def _open(run_id: str, folder: str, now: float, asking: Here) -> Run:
    path = _in(folder, "open.json")
    document: documents.Document | None = None
    locked: bool | None = False
    try:
        locked = files.is_locked(path)
        document = documents.read("open_run", path)
        message = document.message
    except MissingArtifact:
        never_begun = "it ended before it had begun to record"
        # Or it was sealed since we looked for the seal, which comes before open.json goes.
        return _sealed(run_id, folder) or Run(run_id, folder, "interrupted", None, None, never_begun, None)
    except RunpactError as error:
        message = str(error)
    data = document.data if document else {}
    state = open_state(data, locked=locked, now=now, asking=asking)
    sealed = _sealed(run_id, folder) if state == "interrupted" else None  # its recorder may have ended since we looked
    return sealed or Run(
        run_id,
        folder,
        state,
        None,
        document,
        message,
        _age(data, now),
    )


def open_state(data: Mapping[str, Any], *, locked: bool | None, now: float, asking: Here) -> str:
    """The state of a run without a seal: ``running``, ``running?`` or ``interrupted``, as `Run` has it.

    Args:
        data: Its `open.json`, as far as it can be read.
        locked: What `files.is_locked` says of that file; False where there is none.
        now: The time in seconds since 1970.
        asking: The machine that asks.
    """
    if locked:
        return "running"
    age = _age(data, now)
    unseen = locked is None or _elsewhere(data, asking)
    return "running?" if unseen and age is not None and abs(age) < INTERRUPTED_AFTER_S else "interrupted"


def _elsewhere(data: Mapping[str, Any], asking: Here) -> bool:
    """Whether the run was started on another machine, whose locks cannot be seen from here."""
    host = data.get("host")
    if not isinstance(host, dict):
        return False
    same_boot = asking.boot_id is not None and host.get("boot_id") == asking.boot_id
    return not same_boot and host.get("name") != asking.name


def started_s(run: Run) -> int | None:
    """When a run started, in seconds since 1970: as its document says, else as its id does; None where neither does."""
    data = run.document.data if run.document else {}
    stated = _times.seconds(data.get("started_utc"))
    stamp = run.run_id[:16] if stated is None and RUN_ID.fullmatch(run.run_id) else ""
    return stated if not stamp else _times.seconds(_STAMP.sub(r"\1-\2-\3T\4:\5:\6Z", stamp))


def _age(data: Mapping[str, Any], now: float) -> int | None:
    started = _times.seconds(data.get("started_utc"))
    return None if started is None else int(now) - started


_STAMP = re.compile(r"(....)(..)(..)T(..)(..)(..)Z")


def resolve_evidence(folder: StrPath, evidence: str, run: object, *, log_lines: int | None = None) -> str | None:
    """Say why a pointer points to nothing; None where it resolves.

    Args:
        folder: The run's folder.
        evidence: ``run.json:<jsonpath>``, ``run.log:line:<n>`` or ``artifacts/<path>``.
        run: The data of the run's `run.json`.
        log_lines: How many lines the log has, where that is known; else it is read.

    Raises:
        InvalidArtifact: The log is not a regular file.
        EnvironmentFailed: The log could not be read.
    """
    if evidence.startswith("run.json:"):
        try:
            found = _jsonpath.find(run, evidence.removeprefix("run.json:"))
        except InvalidArtifact as error:
            return error.reason
        return "run.json has no such field" if found is MISSING else None
    if match := _LOG_LINE.fullmatch(evidence):
        number = int(match[1])
        lines = log_lines
        if lines is None:
            lines = _count_lines(_in(os.fspath(folder), "run.log"), number)
        return None if 0 < number <= lines else f"run.log has {lines} lines"
    if evidence.startswith("artifacts/"):
        return _resolve_file(os.fspath(folder), evidence)
    return "it is in none of the three forms of evidence"


def _count_lines(path: str, enough: int) -> int:
    r"""The number of ``\n`` in a file, or any number from ``enough`` up; a missing file has none."""
    count = 0
    try:
        with open(files.open_read(path), "rb") as file:  # noqa: PTH123 - a descriptor is no path
            while count < enough and (block := file.read(_BLOCK)):
                count += block.count(b"\n")
    except MissingArtifact:
        return 0
    except OSError as error:
        raise EnvironmentFailed(f"reading {path}", error) from error
    return count


def _resolve_file(folder: str, evidence: str) -> str | None:
    """A regular file below the run's folder, reached without a link and without climbing."""
    parts = evidence.split("/")
    if any(part in {"", ".", ".."} for part in parts):
        return "the path leaves its folder or has empty parts"
    kind = 0
    for depth in range(1, len(parts) + 1):
        try:
            kind = os.lstat(_in(folder, *parts[:depth])).st_mode
        except (OSError, ValueError):
            return "there is no such file"
        if stat.S_ISLNK(kind):
            return "the path leads through a link"
    return None if stat.S_ISREG(kind) else "it is not a file"


def _in(folder: str, *names: str) -> str:
    return os.path.join(folder, *names)  # noqa: PTH118 - pathlib is slow
