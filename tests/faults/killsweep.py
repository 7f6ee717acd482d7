"""Kills a command at each of its file calls, asks an oracle what is left, and runs the command again.

Invariants: which points are tried is the same each time; every point starts from a fresh folder; a point is
one call by name and number, counted from the first call that touches the folder, so the start of the
interpreter is not swept; the command is killed as it enters the call, before the call has an effect. The
command must do the same calls each time (its ids may differ). Compiled modules come from a folder of the sweep's
own, filled before the calls are counted: those beside the sources are written by whoever imports them first, and a
module that is found compiled half-way through a sweep takes fewer calls than before.
"""

from __future__ import annotations

import collections
import dataclasses
import os
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

from tests.faults import strace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tests.faults.crashstates import Oracle

__all__ = ["EVERY", "KILL_CALLS", "Report", "chosen", "sweep"]

KILL_CALLS = (
    "open,openat,close,write,pwrite64,ftruncate,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,link,"
    "linkat,fsync,fdatasync"
)
"""The calls at which a kill is tried."""

EVERY = "RUNPACT_EVERY_POINT"
"""Set in the environment, every point is tried, whatever a test asks for."""


@dataclasses.dataclass(frozen=True)
class Report:
    """How many points were tried, at how many of them the command died, the complaints by point, and what there was.

    Attributes:
        points: How many were tried.
        killed: At how many of them the command died; fewer mean that it does not do the same calls each time.
        complaints: What was wrong, by point.
        of: How many points there are.
        missed: The points at which it did not die.
    """

    points: int
    killed: int
    complaints: tuple[str, ...]
    of: int = 0
    missed: tuple[str, ...] = ()

    def __str__(self) -> str:
        """How it reads in a failed assertion and in a log."""
        head = f"kill points {self.points} of {self.of}, killed {self.killed}, complaints {len(self.complaints)}"
        return "\n  ".join([head, *self.complaints, *(f"not killed at {each}" for each in self.missed)])


def sweep(
    command: Callable[[Path], Sequence[str]],
    killed: Oracle,
    scratch: Path,
    *,
    again: Oracle | None = None,
    prepare: Callable[[Path], object] = lambda _: None,
    env: Mapping[str, str] | None = None,
    most: int | None = None,
) -> Report:
    """Try every point, or about so many of them.

    Args:
        command: The command for a folder.
        killed: What it says of the folder and of what was printed before the kill are complaints.
        scratch: A folder of ours.
        again: Asked after the command was run again, whole; None to leave that out. The command must succeed.
        prepare: Fills a new folder.
        env: The environment of the command; None for ours.
        most: About how many points to try, the same ones each time: the first and the last call of each kind, and
            others at even distances. None, or `EVERY` in our environment: all.
    """
    root = scratch / "root"
    complaints: list[str] = []
    missed: list[str] = []
    env = strace.compiled(command(_fresh(root, prepare)), scratch / "compiled", env)
    there = _points(command, _fresh(root, prepare), env)
    points = there if most is None or os.environ.get(EVERY) else chosen(there, most)
    for name, number in points:
        _fresh(root, prepare)
        fault = f"{name}:signal=KILL:when={number}"
        done, _ = strace.run(command(root), trace=name, inject=[fault], env=env)
        missed += [] if done.returncode in {-signal.SIGKILL, 128 + signal.SIGKILL} else [f"{name} {number}"]
        found = killed(root, done.stdout)
        if again is not None:
            after = subprocess.run(
                command(root), stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60, env=env
            )
            found += [] if after.returncode == 0 else [f"run again: status {after.returncode}"]
            found += [f"run again: {complaint}" for complaint in again(root, after.stdout)]
        if found:
            complaints.append(f"at {name} {number}: {'; '.join(found)}")
    return Report(len(points), len(points) - len(missed), tuple(complaints), len(there), tuple(missed))


def chosen(points: Sequence[tuple[str, int]], most: int) -> list[tuple[str, int]]:
    """About so many of the points, in their order: the first and last of each kind, and others at even distances."""
    kinds = {name: [point for point in points if point[0] == name] for name, _ in points}
    taken = {point for each in kinds.values() for point in (each[0], each[-1])}
    step = max(1, -(-len(points) // max(1, most - len(taken))))
    taken.update(points[step // 2 :: step])
    return [point for point in points if point in taken]


def _fresh(root: Path, prepare: Callable[[Path], object]) -> Path:
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    prepare(root)
    return root


def _points(
    command: Callable[[Path], Sequence[str]], root: Path, env: Mapping[str, str] | None
) -> list[tuple[str, int]]:
    done, calls = strace.run(command(root), trace=KILL_CALLS, env=env)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    inside = os.fsencode(root)
    seen: collections.Counter[str] = collections.Counter()
    points = []
    touched = False
    for call in calls:
        seen[call.name] += 1
        paths = (arg.path if isinstance(arg, strace.Handle) else arg for arg in call.args)
        touched = touched or any(isinstance(path, bytes) and path.startswith(inside) for path in paths)
        if touched:
            points.append((call.name, seen[call.name]))
    return points
