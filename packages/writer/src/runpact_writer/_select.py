"""Which runs a call means: by the name that somebody typed, or by filters. Nothing here writes.

A name is, in this order: ``last``; a folder, where it holds a separator; a name in the folder of runs; the beginning of
exactly one id in there; a folder of the current one.
"""

from __future__ import annotations

import fnmatch
import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from runpact_core import runs
from runpact_core.errors import MissingArtifact, RunpactError, UsageFailure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LAST = "last"
_HINT = "runpact runs list shows what there is"
_SHOWN = 3
_LENGTH = re.compile(r"([0-9]{1,9})(s|min|h|d|w)", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T.+)?", re.ASCII)
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}


class Filter(NamedTuple):
    """What a run has to be; an empty part admits every run.

    Attributes:
        pipelines: Pipeline ids, or patterns of them with ``*``, ``?`` and ``[…]``.
        statuses: ``success``, ``failed``, ``partial``.
        states: ``finished``, ``running`` (``running?`` too), ``running?`` alone, ``interrupted``, ``unreadable``.
        since: Seconds since 1970 before which it may not have started.
    """

    pipelines: Sequence[str] = ()
    statuses: Sequence[str] = ()
    states: Sequence[str] = ()
    since: int | None = None

    def admits(self, run: runs.Run) -> bool:
        """Whether the run is all that."""
        if self.pipelines and not any(fnmatch.fnmatchcase(pipeline(run) or "", each) for each in self.pipelines):
            return False
        if self.statuses and run.status not in self.statuses:
            return False
        if self.states and not {run.state, run.state.rstrip("?")} & {*self.states}:
            return False
        return self.since is None or (runs.started_s(run) or 0) >= self.since


def pipeline(run: runs.Run) -> str | None:
    """The pipeline's id: as the run's document says where we know its version, else as its id does; None otherwise."""
    stated = run.document.data.get("pipeline_id") if run.document and run.document.read_as else None
    if isinstance(stated, str):
        return stated
    return run.run_id.split("__")[1] if runs.RUN_ID.fullmatch(run.run_id) else None


def stated_id(run: runs.Run) -> str:
    """The identifier that a run's document states; the folder's name where it states none."""
    stated = run.document.data.get("run_id") if run.document else None
    return stated if isinstance(stated, str) else run.run_id


def newest_first(found: Iterable[runs.Run]) -> list[runs.Run]:
    """By start, then by id; a run whose start nobody knows comes last."""
    return sorted(found, key=lambda run: (runs.started_s(run) or 0, run.run_id), reverse=True)


def moment(text: str, now: float) -> int:
    """Seconds since 1970 of a UTC date, a time, or a length of time before now: ``2026-01-19``, ``7d``.

    Raises:
        UsageFailure: It is none of these.
    """
    if length := _LENGTH.fullmatch(text):
        return int(now) - int(length[1]) * _SECONDS[length[2]]
    try:
        if not _DATE.fullmatch(text):
            raise ValueError(text)  # noqa: TRY301 - what the next line raises for a date that does not exist
        stated = datetime.fromisoformat(text)
        return int((stated if stated.tzinfo else stated.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        hint = "write 2026-01-19, 2026-01-19T06:00:00Z, or how long ago: 90s, 30min, 12h, 7d, 2w"
        raise UsageFailure(f"{text!r} is no date and no length of time", hint=hint) from None


def named(name: str, folder: str, *, now: float, asking: runs.Here) -> runs.Run:
    """The run that a name means.

    Raises:
        MissingArtifact: There is none, or it means a folder of something else.
        UsageFailure: The name is empty, or begins several ids.
    """
    if not name:
        raise UsageFailure("the name of a run is empty", hint=_HINT)
    if name == LAST:
        return _last(folder, now, asking)
    path = _path(name, folder)
    try:
        found = runs.look(path, now=now, asking=asking)
    except MissingArtifact as error:
        raise MissingArtifact(path, hint=_HINT) from error
    if found.document is None and not runs.RUN_ID.fullmatch(found.run_id) and not _has_document(path):
        raise MissingArtifact(os.path.join(path, "run.json"), hint=f"{path} is no folder of a run")  # noqa: PTH118 - pathlib is slow
    return found


def _has_document(path: str) -> bool:
    """Whether a folder holds the document of a run, though nobody can read it: as `runs.find` sees it."""
    return any(os.path.lexists(os.path.join(path, name)) for name in ("run.json", "open.json"))  # noqa: PTH118 - pathlib is slow


def _last(folder: str, now: float, asking: runs.Here) -> runs.Run:
    """The newest of the runs that are called as their documents say: a copy of a run is no newer run."""
    every = newest_first(runs.find(folder, now=now, asking=asking))
    found = [run for run in every if stated_id(run) == run.run_id]
    if not found:
        hint = "no folder there has the name of its run" if every else "nothing was recorded there yet"
        raise MissingArtifact(f"a run in {folder}", hint=hint)
    newest = runs.started_s(found[0])
    return max((run for run in found if runs.started_s(run) == newest), key=_touched_ns)


def _touched_ns(run: runs.Run) -> tuple[int, str]:
    """What tells runs of one second apart: when something was last made or removed in the folder, else the id."""
    try:
        return os.stat(run.path).st_mtime_ns, run.run_id  # noqa: PTH116 - pathlib is slow
    except OSError:  # removed just now
        return 0, run.run_id


def _path(name: str, folder: str) -> str:
    """Where the run of that name should be."""
    inside = os.path.join(folder, name)  # noqa: PTH118 - pathlib is slow
    if name in {".", ".."} or os.sep in name or (os.altsep and os.altsep in name):
        return name
    if os.path.isdir(inside):  # noqa: PTH112 - pathlib is slow
        return inside
    begun = beginning(name, folder)
    if len(begun) > 1:
        some = ", ".join(begun[:_SHOWN]) + (", …" if len(begun) > _SHOWN else "")
        raise UsageFailure(f"{len(begun)} runs begin with {name}: {some}", hint="write more of the id")
    if begun:
        return os.path.join(folder, begun[0])  # noqa: PTH118 - as above
    return inside if runs.RUN_ID.fullmatch(name) and not os.path.isdir(name) else name  # noqa: PTH112 - as above


def beginning(text: str, folder: str) -> list[str]:
    """The ids in a folder of runs that begin so; none where there is no such folder."""
    try:
        return [each for each in runs.ids(folder) if each.startswith(text)]
    except RunpactError:
        return []
