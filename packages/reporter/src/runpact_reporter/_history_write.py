"""The history of reported runs, written: as a whole, one record at its end, or made again from the tree of runs.

Invariants: every line is canonical and admitted by the contract, or nothing is written; a file is replaced as a whole
or not at all; a record is appended with one write, on a line of its own even after a torn one. Whoever rebuilds a
history holds its lock from the reading to the replacing, so a record that is appended meanwhile waits and is in the new
file; where there are no locks it may be lost. What a rebuilt history leaves out is kept beside it.

The history is a cache. `rebuilt_history` gives the bytes that appending each run's record, in the order in which the
runs ended, would have left; runs that ended at one instant are ordered by their path. Appends of processes that run
at the same time come as they come, so such a file may differ from the rebuilt one in the order of its lines; and a run
that was reported twice has one line in the rebuilt one, its last. Records of runs that the tree does not have stay,
each once, unless whoever rebuilds drops them.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from runpact_core import _times, documents, files, jsonl
from runpact_core.errors import InvalidArtifact, Refused
from runpact_reporter import _given, _history, _places
from runpact_reporter._history_record import record_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from runpact_reporter._history import HistoryProblem

    StrPath = str | os.PathLike[str]

__all__ = [
    "Difference",
    "Rebuilt",
    "append_history",
    "difference",
    "rebuild_history",
    "rebuilt_history",
    "record_of",
    "remade_history",
    "stands",
    "write_report_history_jsonl",
]


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
    files.replace(_given.path(path), b"".join(lines))
    return len(lines)


def append_history(path: StrPath, record: Mapping[str, Any]) -> bool:
    """Append one record durably, with one write; the file is made where there is none.

    What is there is not looked at: a record that is given twice stands there twice. (`runpact history append` looks.)

    Returns:
        Whether the file's last line was torn; it was ended, so that the record stands on a line of its own.

    Raises:
        InvalidArtifact: The record is not admitted; nothing was written.
        Refused: The history is compressed; nothing was written.
        UsageFailure: The path is none.
        RunpactError: As `runpact_core.jsonl.append`.
    """
    _line(record, "the record")
    place = _given.path(path)
    if jsonl.is_compressed(place):
        raise Refused(f"{place} is compressed, so nothing was appended", hint="decompress it first")
    return jsonl.append(place, record)


class Rebuilt(NamedTuple):
    """A history made again.

    Attributes:
        text: Its bytes.
        records: How many records it has.
        kept: How many of them are of runs that the tree does not have, and were taken from the history.
        left_out: The lines of the history that are no records, and cannot be kept.
        aside: Where the history as it was is kept, if it was replaced and had such lines.
    """

    text: bytes
    records: int
    kept: int
    left_out: tuple[HistoryProblem, ...] = ()
    aside: Path | None = None


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
    had, left_out = ([], ()) if drop else _records(dash_dir)
    others = [each for each in had if each["run_rel"].rstrip("/") not in names]
    kept = {_entry(record, jsonl.dumps(record)) for record in others}
    found = sorted({*kept, *(_entry(record, _line(record, record["run_rel"])) for record in of_tree)})
    return Rebuilt(b"".join(line for *_, line in found), len(found), len(kept), left_out)


def _entry(record: Mapping[str, Any], line: bytes) -> tuple[tuple[int, int], str, bytes]:
    """A record's line, after what it is sorted by."""
    ended = record.get("ended_at") or record.get("started_at")
    return _instant(ended), record["run_rel"], line


def _records(dash_dir: StrPath) -> tuple[list[dict[str, Any]], tuple[HistoryProblem, ...]]:
    """The records that the history has now, and the lines that are none."""
    path, told = _places.history_path(Path(dash_dir)), list[_history.HistoryProblem]()
    records = list(_history.iter_report_history(path, on_problem=told.append)) if os.path.lexists(path) else []
    return records, tuple(each for each in told if each.kind != "newer")  # of a newer one the record was given


class Difference(NamedTuple):
    """What a history lacks of the one that its tree makes, and what it has beyond.

    Attributes:
        missing: The runs whose records it lacks.
        beyond: The runs of records that it should not have; earlier records of a run that was reported again may stand.
        left_out: Lines that are no records.
        order: Whether it is the same but for the order of its lines, or for lines that may stand.
    """

    missing: list[str]
    beyond: list[str]
    left_out: tuple[HistoryProblem, ...]
    order: bool

    @property
    def harmless(self) -> bool:
        """Whether every record stands there, and nothing that is none."""
        return not (self.missing or self.beyond or self.left_out)


def difference(dash_dir: StrPath, made: Rebuilt) -> Difference:
    """Compare the history of a dash folder with the one that its tree makes; the order of lines is no difference.

    Raises:
        RunpactError: As `iter_report_history`.
    """
    path = _places.history_path(Path(dash_dir))
    records, left_out = _records(dash_dir)
    have = {jsonl.dumps(record): record["run_rel"] for record in records}
    wanted = {line: orjson.loads(line)["run_rel"] for line in made.text.splitlines(keepends=True)}
    missing = sorted(wanted[line] for line in wanted.keys() - have.keys())
    again = {each.rstrip("/") for each in wanted.values()} - set(missing)
    beyond = sorted(have[line] for line in have.keys() - wanted.keys() if have[line].rstrip("/") not in again)
    order = not os.path.lexists(path) or files.read_bytes(path, limit=sys.maxsize) != made.text
    return Difference(missing, beyond, left_out, order)


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

    Records of runs that the tree does not have stay, unless they are dropped; so do those of other producers. Where the
    history has lines that are no records, it is kept as it was, as ``report_history.unreadable.jsonl`` beside it.

    A record that is appended meanwhile waits, and is appended to the new file. (A run that was reported just before may
    stand there twice then.)

    Returns:
        How many records it has.

    Raises:
        Refused: Another process held the history for half a minute.
        RunpactError: As `rebuilt_history`, and as `runpact_core.files.replace`.
    """
    return remade_history(dash_dir, drop=drop, on_problem=on_problem).records


def remade_history(
    dash_dir: StrPath, *, drop: bool = False, on_problem: Callable[[HistoryProblem], object] | None = None
) -> Rebuilt:
    """As `rebuild_history`, and say what was written, and what was left out."""
    path = _places.history_path(Path(dash_dir))
    with _held(path):
        made = rebuilt_history(dash_dir, drop=drop, on_problem=on_problem)
        if made.left_out:
            made = made._replace(aside=_kept_aside(path))
        files.replace(path, made.text)
    return made


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Hold the file that has this name: nobody appends to it, and nobody else puts another in its place."""
    if not path.parent.is_dir() or os.name == "nt":  # who looks for it says what is missing; there are no locks there
        yield
        return
    while True:
        fd = files.hold(path)
        try:
            if _is(fd, path):
                yield
                return
        finally:
            files.close(fd)


def _is(fd: int, path: Path) -> bool:
    """Whether an open file is still the one of that name; somebody may have replaced it while we waited."""
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except OSError:
        return False


def _kept_aside(path: Path) -> Path:
    """Write the history as it is under another name beside it."""
    aside = _places.unreadable_path(path)
    files.replace(aside, files.read_bytes(path, limit=sys.maxsize))
    return aside


def _ignore(_problem: HistoryProblem) -> None:
    """Lines that are no records are not the one that is looked for."""


def _line(record: Mapping[str, Any], what: str) -> bytes:
    """A record as its line.

    Raises:
        InvalidArtifact: It is not admitted.
    """
    fields = _given.record(record, what)
    found = documents.validate("history_record", fields, strict=True)
    if found:
        raise InvalidArtifact(f"{what}: {found[0]}", problems=tuple(found))
    return jsonl.dumps(fields)


def _instant(text: str | None) -> tuple[int, int]:
    try:
        return _times.instant(text or "")
    except InvalidArtifact:
        return 0, 0
