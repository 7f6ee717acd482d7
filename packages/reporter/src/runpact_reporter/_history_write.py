"""The history of reported runs, written: as a whole, one record at its end, or made again from the tree of runs.

Invariants: every line is canonical and admitted by the contract, or nothing is written; a file is replaced as a whole
or not at all; a record is appended with one write, on a line of its own even after a torn one.

The history is a cache. `rebuilt_history` gives the bytes that appending each run's record, in the order in which the
runs ended, would have left; runs that ended at one instant are ordered by their path. Appends of processes that run
at the same time come as they come, so such a file may differ from the rebuilt one in the order of its lines; and a run
that was reported twice has one line in the rebuilt one, its last. Records of runs that the tree does not have stay,
each once, unless whoever rebuilds drops them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import _times, documents, files, jsonl
from runpact_core.errors import InvalidArtifact, Refused
from runpact_reporter import _history, _places
from runpact_reporter._history_record import record_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from runpact_reporter._history import HistoryProblem

    StrPath = str | os.PathLike[str]

__all__ = [
    "Rebuilt",
    "append_history",
    "rebuild_history",
    "rebuilt_history",
    "record_of",
    "stands",
    "write_report_history_jsonl",
]

_ROUNDS = 5


def write_report_history_jsonl(path: StrPath, records: Iterable[Mapping[str, Any]]) -> int:
    """Write a whole history in place of the one under the path; the lines are held in memory until then.

    Args:
        path: The file; its folder must exist.
        records: The records, in order; unknown fields are kept.

    Returns:
        How many records were written.

    Raises:
        InvalidArtifact: A record is not admitted; the message has its number, and nothing was written.
        RunpactError: As `runpact_core.files.replace`.
    """
    lines = [_line(record, f"record {number}") for number, record in enumerate(records, 1)]
    files.replace(path, b"".join(lines))
    return len(lines)


def append_history(path: StrPath, record: Mapping[str, Any]) -> bool:
    """Append one record durably, with one write; the file is made where there is none.

    Returns:
        Whether the file's last line was torn; it was ended, so that the record stands on a line of its own.

    Raises:
        InvalidArtifact: The record is not admitted; nothing was written.
        Refused: The history is compressed; nothing was written.
        RunpactError: As `runpact_core.jsonl.append`.
    """
    _line(record, "the record")
    if jsonl.is_compressed(path):
        raise Refused(f"{os.fspath(path)} is compressed, so nothing was appended", hint="decompress it first")
    return jsonl.append(path, record)


class Rebuilt(NamedTuple):
    """A history made again.

    Attributes:
        text: Its bytes.
        records: How many records it has.
        kept: How many of them are of runs that the tree does not have, and were taken from the history.
    """

    text: bytes
    records: int
    kept: int


def rebuilt_history(
    dash_dir: StrPath, *, drop: bool = False, on_problem: Callable[[HistoryProblem], object] | None = None
) -> Rebuilt:
    """The history that the tree of runs makes, with the records of runs that the tree does not have.

    Args:
        dash_dir: The dash folder.
        drop: Whether those records are left out: the tree alone makes the history then.
        on_problem: As in `iter_report_history`, for the tree.

    Raises:
        RunpactError: As `iter_report_history`.
    """
    of_tree = list(_history.iter_report_history(dash_dir, on_problem=on_problem))
    names = {record["run_rel"] for record in of_tree}
    others = [] if drop else [each for each in _records(dash_dir) if each["run_rel"].rstrip("/") not in names]
    kept = {_entry(record, jsonl.dumps(record)) for record in others}
    found = sorted({*kept, *(_entry(record, _line(record, record["run_rel"])) for record in of_tree)})
    return Rebuilt(b"".join(line for *_, line in found), len(found), len(kept))


def _entry(record: Mapping[str, Any], line: bytes) -> tuple[tuple[int, int], str, bytes]:
    """A record's line, after what it is sorted by."""
    ended = record.get("ended_at") or record.get("started_at")
    return _instant(ended), record["run_rel"], line


def _records(dash_dir: StrPath) -> list[dict[str, Any]]:
    """The records that the history has now; what is none cannot be kept."""
    path = _places.history_path(Path(dash_dir))
    return list(_history.iter_report_history(path, on_problem=_ignore)) if os.path.lexists(path) else []


def stands(path: StrPath, record: Mapping[str, Any]) -> bool:
    """Whether a history has this very record already.

    Raises:
        RunpactError: As `iter_report_history`.
    """
    found = _history.iter_report_history(path, on_problem=_ignore, validate=False) if os.path.lexists(path) else ()
    return any(each == record for each in found)


def rebuild_history(
    dash_dir: StrPath, *, drop: bool = False, on_problem: Callable[[HistoryProblem], object] | None = None
) -> int:
    """Replace the history of a dash folder by the one that its tree of runs makes.

    Records of runs that the tree does not have stay, unless they are dropped; so do those of other producers.

    A run that is reported meanwhile is not lost: the tree is looked at again after the file was replaced, until it
    made the same history. (It may stand there twice then.)

    Returns:
        How many records it has.

    Raises:
        RunpactError: As `rebuilt_history`, and as `runpact_core.files.replace`.
    """
    made = rebuilt_history(dash_dir, drop=drop, on_problem=on_problem)
    for _ in range(_ROUNDS):
        files.replace(_places.history_path(Path(dash_dir)), made.text)
        again = rebuilt_history(dash_dir, drop=drop, on_problem=_ignore)
        if again.text == made.text:
            break
        made = again
    return made.records


def _ignore(_problem: HistoryProblem) -> None:
    """It was told the first time."""


def _line(record: Mapping[str, Any], what: str) -> bytes:
    """A record as its line.

    Raises:
        InvalidArtifact: It is not admitted.
    """
    found = documents.validate("history_record", dict(record), strict=True)
    if found:
        raise InvalidArtifact(f"{what}: {found[0]}", problems=tuple(found))
    return jsonl.dumps(record)


def _instant(text: str | None) -> tuple[int, int]:
    try:
        return _times.instant(text or "")
    except InvalidArtifact:
        return 0, 0
