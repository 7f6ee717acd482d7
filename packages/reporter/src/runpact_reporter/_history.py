"""The history of reported runs, read: from a file of one line a run, or from the tree of runs itself.

Invariants:

* Nothing is skipped in silence. Whatever is no record stops the iteration with its line number or, where the caller
  wants to go on, is handed to him as a `HistoryProblem`; everything else is read. A torn last line, which a crash
  leaves, stops nobody, but is always told.
* Memory is that of one record, however long the history.
* The order is that of the file; of a tree, that of products and run ids. A history may hold a run twice and in any
  order, since appends of several processes come as they come: that is for the reader to judge, not an error.
* A record is what the hub's strict JSON reader says it is (a duplicate key is an error, say); the fast reader in
  front of it only takes lines whose bytes it can write again exactly. (It takes deeper nesting: up to 1,000.)
"""

from __future__ import annotations

import os
import warnings
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import orjson

from runpact_core import _gate, documents, jsonl
from runpact_core.errors import InvalidArtifact, RunpactError
from runpact_reporter import _given, _history_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runpact_core.jsonl import Lines

    StrPath = str | os.PathLike[str]

__all__ = ["HistoryProblem", "HistoryWarning", "iter_report_history"]

_PLAIN_BYTES = 1 << 19  # a text this short cannot hold more values than the strict reader reads
_LIMIT = documents.MAX_BYTES  # the longest line, in bytes, its end included
_KNOWN = "1.0"
_HARMLESS = {"torn", "newer", "unreported"}

Kind = Literal["malformed", "invalid", "unsupported", "unreadable", "torn", "newer", "unreported"]


class HistoryWarning(UserWarning):
    """Something about a history that does not stop its reading: see `HistoryProblem.kind`."""


class HistoryProblem(NamedTuple):
    """A place of a history that is not what it should be.

    Attributes:
        path: The file.
        line: Its line, from 1; None where the whole file is meant.
        kind: ``malformed``, no JSON object; ``invalid``, no history record; ``unsupported``, of an unknown major
            version; ``unreadable``, a report of the tree that cannot be read. And what stops nobody: ``torn``, a last
            line that was not finished; ``newer``, of a newer minor version, which was read and given;
            ``unreported``, a run's folder without a report.
        message: What is wrong, in one sentence.
        value: The raw fields of an unsupported or invalid record, for a best effort; else None.
    """

    path: str
    line: int | None
    kind: Kind
    message: str
    value: dict[str, Any] | None = None

    @property
    def harmless(self) -> bool:
        """Whether it stops nobody."""
        return self.kind in _HARMLESS

    def __str__(self) -> str:
        """One line: place and what is wrong."""
        return f"{self.path}{'' if self.line is None else f':{self.line}'}: {self.message}"


def iter_report_history(
    path: StrPath, *, on_problem: Callable[[HistoryProblem], object] | None = None, validate: bool = True
) -> Iterator[dict[str, Any]]:
    """Iterate over the records of a history.

    Args:
        path: A JSONL file, plain or compressed with gzip or Zstandard, or a folder: a dash folder, or its
            ``runs`` folder, whose reports are then read as records.
        on_problem: Told of every problem, and the iteration goes on. Without it the first one is raised, and what
            stops nobody is a `HistoryWarning`.
        validate: Whether records are held to the contract; without it every JSON object is a record.

    Yields:
        Records as plain dictionaries, unknown fields included.

    Raises:
        InvalidArtifact: A line is no record, with its number; or what is compressed is cut or damaged, after the
            records before that place.
        MissingArtifact: There is nothing under the path.
        UsageFailure: The path is none.
        RunpactError: It could not be read.
    """
    tell, place = on_problem or _stop, _given.path(path)
    if os.path.isdir(place):  # noqa: PTH112 - pathlib is slow
        return _tree(place, tell)
    return _file(place, tell, _is_record() if validate else None)


def _file(
    path: str, tell: Callable[[HistoryProblem], object], is_record: Callable[[Any], bool] | None
) -> Iterator[dict[str, Any]]:
    loads, dumps, line_end, known = orjson.loads, orjson.dumps, orjson.OPT_APPEND_NEWLINE, _KNOWN
    with jsonl.opened(path) as file:
        lines = iter(partial(file.readline, _LIMIT), b"")
        for number, raw in enumerate(lines, 1):
            try:
                value = loads(raw)
                plain = (
                    dumps(value, None, line_end) == raw
                    and type(value) is dict
                    and len(raw) < _PLAIN_BYTES
                    and (
                        is_record is None
                        or (
                            value.get("schema_version", known) == known
                            and is_record(value)
                            # An integer written as 1.0 passes a schema and is none; all of them stand here.
                            and type(value.get("duration_ms")) is not float
                            and ("tests" not in value or float not in map(type, value["tests"].values()))
                        )
                    )
                )
            except ValueError:
                value, plain = {}, False
            if plain:
                yield value
            else:
                yield from _closely(raw, file, _Place(path, number, tell), validate=is_record is not None)


class _Place(NamedTuple):
    """Where a line stands, and who is told about it."""

    path: str
    line: int
    tell: Callable[[HistoryProblem], object]

    def report(self, kind: Kind, message: str, value: dict[str, Any] | None = None) -> None:
        self.tell(HistoryProblem(self.path, self.line, kind, message, value))


def _closely(raw: bytes, file: Lines, place: _Place, *, validate: bool) -> Iterator[dict[str, Any]]:
    """The record on a line that is not plain, by the strict reader; or what is wrong with it."""
    ended = raw.endswith(b"\n")
    if not ended and len(raw) == _LIMIT:
        jsonl.pass_line(file, _LIMIT)
        place.report("malformed", f"a line of more than {_LIMIT} bytes")
        return
    if not raw.strip(b" \t\r\n"):
        return
    try:
        value = _object(raw)
    except InvalidArtifact as error:
        torn = "the last line was torn while it was written: "
        ended = ended or not _begins_a_record(raw)
        place.report("malformed" if ended else "torn", error.reason if ended else torn + error.reason)
        return
    if not validate:
        yield value
        return
    try:
        document = documents.read("history_record", raw)
    except InvalidArtifact as error:
        place.report("invalid", error.reason, value)
        return
    if document.message:
        place.report("newer" if document.read_as else "unsupported", document.message, value)
    if document.read_as:
        yield document.data


def _begins_a_record(raw: bytes) -> bool:
    """Whether a line without an end may be the beginning of a record, or room for one that was never written."""
    return raw.lstrip(b" \t\r\n\0")[:1] in {b"{", b""}


def _object(raw: bytes) -> dict[str, Any]:
    """The object on a line.

    Raises:
        InvalidArtifact: It is no JSON, or no object.
    """
    from runpact_core import _json

    value = _json.parse(raw).value
    if not isinstance(value, dict):
        raise InvalidArtifact("it is no object")
    return value


@cache
def _is_record() -> Callable[[Any], bool]:
    """The gate of the newest version as one call; what it does not admit is looked at closely."""
    version = documents.find_contract("history_record")[-1]
    schema = orjson.loads(documents.schema(version, strict=False))
    is_valid: Callable[[Any], bool] = _gate.make_validator(schema).is_valid
    return is_valid


def _tree(root: str, tell: Callable[[HistoryProblem], object]) -> Iterator[dict[str, Any]]:
    for report in _history_record.reports(root):
        if report.path is None:
            tell(HistoryProblem(report.folder, None, "unreported", "the run has no report"))
            continue
        try:
            document = documents.read("last_run", report.path)
        except RunpactError as error:
            tell(HistoryProblem(report.path, None, "unreadable", error.what))
            continue
        if document.message:
            kind: Kind = "newer" if document.read_as else "unsupported"
            tell(HistoryProblem(report.path, None, kind, document.message, document.data))
        if document.read_as:
            yield _history_record.record_of(document.data, report.run_rel)


def _stop(problem: HistoryProblem) -> None:
    """What happens where nobody is told: a warning where reading goes on anyway, else the error."""
    if problem.harmless:
        warnings.warn(HistoryWarning(str(problem)), stacklevel=4)
        return
    raise InvalidArtifact(problem.message, path=problem.path, line=problem.line, column=1)
