"""Enumerates what a loss of power may leave of a command's files, and asks an oracle about each state.

The idea is that of the ALICE paper: record the command once, then replay. The model is weaker than any real
file system, so what holds here holds there:

* The content of a file (writes, truncations) is durable only after an fsync or fdatasync of that file.
* A name (create, mkdir, rename, link, unlink) is durable only after an fsync of each directory that it is
  in.
* A crash may come after any operation. Of those that are not durable yet, any subset may have reached the
  disk: all subsets where at most `EXHAUSTIVE` are pending, else none, all, each prefix, all but one, only
  one. Of the last write of a subset only the first half may have reached it.
* A rename is one operation: old and new name change together.

What was printed belongs to a state, so an oracle can say "printed, therefore durable". Only the folder
``root`` counts, and only what the calls of `strace.FILE_CALLS` do to it (not memory maps). Calls of which
the effect is not modelled are an error, never ignored.

    report = enumerate_states([sys.executable, "record.py", str(root)], root, oracle, scratch)
    assert report.bad == 0, report
"""

from __future__ import annotations

import dataclasses
import itertools
import os
import shutil
from typing import TYPE_CHECKING

from tests.faults.disk import Barrier, Disk, Operation, Printed, Recording, Write
from tests.faults.recorder import record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    Oracle = Callable[[Path, bytes], list[str]]
    """Folder as found after the crash, what had been printed -> complaints."""

__all__ = ["EXHAUSTIVE", "Report", "enumerate_states", "explore"]

EXHAUSTIVE = 8
"""Up to so many pending operations, every subset of them is tried."""

_COMPLAINTS = 5  # so many bad states are described in a report


@dataclasses.dataclass(frozen=True)
class Report:
    """How many operations, distinct states after a crash, and bad ones among them; the first complaints."""

    ops: int
    states: int
    bad: int
    complaints: tuple[str, ...]

    def __str__(self) -> str:
        """How it reads in a failed assertion and in a log."""
        head = f"ops {self.ops}, states {self.states}, bad {self.bad}"
        return "\n  ".join([head, *self.complaints])


def enumerate_states(
    command: Sequence[str],
    root: Path,
    oracle: Oracle,
    scratch: Path,
    *,
    env: Mapping[str, str] | None = None,
) -> Report:
    """Record a command and explore it; ``root`` holds what is there before, ``scratch`` is ours."""
    return explore(record(command, root, env=env), oracle, scratch)


def explore(recording: Recording, oracle: Oracle, scratch: Path) -> Report:
    """Put every distinct state into a folder of its own, one after the other, and ask the oracle."""
    seen: set[tuple[bytes, bytes]] = set()
    complaints: list[str] = []
    bad = 0
    ops = sum(isinstance(event, Operation) for event in recording.events)
    for point, disk, printed in _states(recording):
        key = (disk.digest(), printed)
        if key in seen:
            continue
        seen.add(key)
        folder = scratch / "state"
        _materialise(disk, folder)
        found = oracle(folder, printed)
        shutil.rmtree(folder)
        if found:
            bad += 1
            names = ", ".join(path.decode(errors="replace") for path, _ in disk.walk())
            complaints.append(f"after event {point}, with [{names}], printed {printed!r}: {'; '.join(found)}")
    return Report(ops, len(seen), bad, tuple(complaints[:_COMPLAINTS]))


def _states(recording: Recording) -> Iterator[tuple[int, Disk, bytes]]:
    durable, printed = recording.start.copy(), b""
    pending: list[tuple[Operation, set[int]]] = []  # each with the nodes that it still waits for
    yield 0, durable, printed
    for point, event in enumerate(recording.events, 1):
        if isinstance(event, Printed):
            printed += event.data
        elif isinstance(event, Barrier):
            for op, waits in pending:
                waits.intersection_update(set() if event.node is None else waits - {event.node})
                if not waits:
                    op.apply(durable)
            pending = [each for each in pending if each[1]]
        else:
            pending.append((event, event.touches()))
        for subset in _subsets([op for op, _ in pending]):
            for variant in _with_torn(subset):
                disk = durable.copy()
                for op in variant:
                    op.apply(disk)
                yield point, disk, printed


def _subsets(pending: list[Operation]) -> Iterable[Sequence[Operation]]:
    size = len(pending)
    if size <= EXHAUSTIVE:
        return itertools.chain.from_iterable(itertools.combinations(pending, n) for n in range(size + 1))
    prefixes = (pending[:n] for n in range(size + 1))
    without_one = (pending[:n] + pending[n + 1 :] for n in range(size))
    return itertools.chain(prefixes, without_one, ([op] for op in pending))


def _with_torn(subset: Sequence[Operation]) -> Iterator[Sequence[Operation]]:
    yield subset
    for index in reversed(range(len(subset))):
        op = subset[index]
        if isinstance(op, Write) and len(op.data) > 1:
            half = dataclasses.replace(op, data=op.data[: len(op.data) // 2])
            yield [*subset[:index], half, *subset[index + 1 :]]
            return


def _materialise(disk: Disk, folder: Path) -> None:
    folder.mkdir()
    for path, content in disk.walk():
        target = os.path.join(os.fsencode(folder), path)  # noqa: PTH118 - names are bytes here
        if content is None:
            os.mkdir(target)  # noqa: PTH102 - names are bytes here
        else:
            with open(target, "wb") as file:  # noqa: PTH123 - names are bytes here
                file.write(content)
