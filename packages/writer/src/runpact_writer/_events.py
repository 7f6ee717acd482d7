"""What a wrapped command says of its own run, in the file named by ``$RUNPACT_EVENTS``; read after it has ended.

One JSON object a line with one key: ``check``, ``input``, ``output``, ``metadata``, ``metric``. A line that is no such
object becomes a warning of the run, and the rest counts. The file is removed when all of it was taken, since the run's
documents have it then; else it stays beside them, with secrets masked. Only a regular file of bounded size is read;
what is not read is the command's own, and stays as it is.

    {"check": {"name": "Rows inserted", "status": "pass", "evidence": "rows=60"}}
    {"input": {"type": "csv", "ref": "rates.csv"}}
    {"output": {"type": "file", "ref": "report.html", "rows_written": 60}}
    {"metadata": {"region": "north"}}
    {"metric": {"rows_per_s": 812.5}}
"""

from __future__ import annotations

import os
import stat

from runpact_core import files
from runpact_core.errors import RunpactError
from runpact_writer import _values

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from runpact_writer._mask import Secrets
    from runpact_writer._recorder import RunWriter

NAME = "events.jsonl"
MAX_BYTES = 1 << 24
"""Bytes of a file that are read at most."""

MAX_LINE = 1 << 20
_MOST_WARNINGS = 20


def take(writer: RunWriter, path: str) -> None:
    """Record what the file says; where there is none, nothing. What stays of it is masked as all else of the run."""
    try:
        facts = os.lstat(path)
    except OSError:
        return
    if not stat.S_ISREG(facts.st_mode):
        writer.warn(f"{NAME} is no regular file, and was not read")
        return
    if facts.st_size > MAX_BYTES:
        writer.warn(f"{NAME} has {facts.st_size} bytes, and was not read: {MAX_BYTES} is the most")
        return
    strict = writer.strict
    try:
        writer.strict = True  # what a line says wrongly is judged here, and told in the run alone
        if _take_lines(writer, path):
            files.remove(path)
        elif writer.secrets.masked:
            files.replace(path, _masked(files.read_bytes(path, limit=MAX_BYTES), writer.secrets))
    except RunpactError as error:
        writer.warn(f"{NAME} could not be read: {error}")
    finally:
        writer.strict = strict


def _take_lines(writer: RunWriter, path: str) -> bool:
    """Record line by line; whether every one was taken."""
    from runpact_core import jsonl

    wrong = 0
    for line in jsonl.iterate(path, limit=MAX_LINE):
        fault = line.error.reason if line.error else _record(writer, line.value)
        if fault is not None:
            wrong += 1
            if wrong <= _MOST_WARNINGS:
                writer.warn(f"{NAME} line {line.number} was not taken: {fault}")
    if wrong > _MOST_WARNINGS:
        writer.warn(f"{NAME}: {wrong - _MOST_WARNINGS} more lines were not taken")
    return wrong == 0


def _masked(data: bytes, secrets: Secrets) -> bytes:
    """The lines without secrets; those that are JSON, also without the ones that stand escaped in its texts."""
    from json import dumps, loads

    lines = []
    for line in data.split(b"\n"):
        masked = secrets.mask(line)
        try:
            value = loads(line)
            hidden = _values.plain(value, secrets.hide)
        except (ValueError, RecursionError):
            hidden = value = None
        lines.append(masked if hidden == value else dumps(hidden).encode())
    return b"\n".join(lines)


def _record(writer: RunWriter, event: Any) -> str | None:
    """Record one event; what is wrong with it, or None."""
    if not isinstance(event, dict) or len(event) != 1:
        return "it is no object with one key"
    ((kind, body),) = event.items()
    taker = _TAKERS.get(kind)
    if taker is None:
        return f"{writer.hide(kind)!r} is none of {', '.join(_TAKERS)}"
    if not isinstance(body, dict):
        return f"its {kind} is no object"
    try:
        return taker(writer, body)
    except RunpactError as error:
        return str(error)
    except TypeError:
        return f"{_values.with_article(kind)} has no such fields, or lacks one"


def _check(writer: RunWriter, body: dict[str, Any]) -> str | None:
    evidence = body.get("evidence", [])
    items = evidence if isinstance(evidence, list) else [evidence]
    texts = [body.get("id", ""), body.get("name", ""), body.get("status"), *items]
    if not all(isinstance(text, str) for text in texts):
        return "a check has a text as status, as id or name or both, and a text or a list of texts as evidence"
    writer.check(**body)
    return None


def _input(writer: RunWriter, body: dict[str, Any]) -> str | None:
    fault = _named(body)
    if fault is None:
        writer.add_input(**body)
    return fault


def _output(writer: RunWriter, body: dict[str, Any]) -> str | None:
    fault = _named(body)
    if fault is None:
        writer.add_output(**body)
    return fault


def _named(body: dict[str, Any]) -> str | None:
    if isinstance(body.get("type"), str) and isinstance(body.get("ref"), str):
        return None
    return "it has no text as type and as ref"


def _metadata(writer: RunWriter, body: dict[str, Any]) -> str | None:
    for key, value in body.items():
        writer.set(key, value)
    return None


def _metric(writer: RunWriter, body: dict[str, Any]) -> str | None:
    for name, value in body.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"{writer.hide(name)} is no number"
        writer.metric(name, value)
    return None


_TAKERS: dict[str, Callable[[RunWriter, dict[str, Any]], str | None]] = {
    "check": _check,
    "input": _input,
    "output": _output,
    "metadata": _metadata,
    "metric": _metric,
}
