"""What documents and names say about a run: its status and its time. Pure; what says nothing leaves it unknown.

Documents are read leniently: what does not concern gc may be wrong with them. A document that is no JSON object is an
error all the same, since a run that cannot be judged cannot be protected.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core.errors import InvalidArtifact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runpact_gc._model import Status

__all__ = [
    "Said",
    "at_pointer",
    "evidence_paths",
    "from_last_run",
    "from_names",
    "from_run",
    "from_value",
    "parse",
    "stamp_s",
    "time_s",
]

_OF_RUN: dict[str, Status] = {"success": "pass", "failed": "fail", "partial": "partial"}
_OF_LAST_RUN: dict[str, Status] = {"success": "pass", "failed": "fail"}
_PARTIAL = "partial:"  # how the reporter begins the summary of a run that was partial
_IN_PROGRESS = "in_progress"
_STAMP = re.compile(r"(?<![0-9])([0-9]{8})[T_-]([0-9]{6})(?![0-9])", re.ASCII)
_NO_WORD = re.compile(r"[^0-9a-z]+", re.ASCII)


class Said(NamedTuple):
    """What one document says about a run.

    Attributes:
        run_id: The run it speaks of.
        status: How that ended; ``unknown`` where it does not say.
        time_s: When it started (else ended), seconds since 1970.
        open: Whether it says that the run has not ended.
        pipeline_id: What was run.
    """

    run_id: str | None = None
    status: Status = "unknown"
    time_s: int | None = None
    open: bool = False
    pipeline_id: str | None = None


def parse(data: bytes) -> dict[str, Any]:
    """One JSON object, leniently.

    Raises:
        InvalidArtifact: It is none.
    """
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        return value
    reason = "it is no JSON object"
    raise InvalidArtifact(reason)


def from_run(document: dict[str, Any]) -> Said:
    """What a `run.json` or an `open.json` says."""
    moment = time_s(document.get("started_utc"))
    if moment is None:
        moment = time_s(document.get("finished_utc"))
    status = _OF_RUN.get(_text(document.get("status")) or "", "unknown")
    return Said(_text(document.get("run_id")), status, moment, pipeline_id=_text(document.get("pipeline_id")))


def from_last_run(document: dict[str, Any]) -> Said:
    """What a `last_run.json` says."""
    moment = time_s(document.get("started_at"))
    if moment is None:
        moment = time_s(document.get("ended_at"))
    stated = _text(document.get("status")) or ""
    status = _OF_LAST_RUN.get(stated, "unknown")
    if status == "pass" and (_text(document.get("summary")) or "").startswith(_PARTIAL):
        status = "partial"
    return Said(_text(document.get("run_id")), status, moment, stated == _IN_PROGRESS)


def evidence_paths(document: dict[str, Any]) -> list[str]:
    """What the evidence of a `last_run.json` names."""
    evidence = document.get("evidence")
    paths = evidence.get("paths") if isinstance(evidence, dict) else None
    return [path for path in paths if isinstance(path, str) and path] if isinstance(paths, list) else []


def at_pointer(value: object, pointer: str) -> object:
    """What a JSON pointer (RFC 6901) leads to; None where it leads nowhere."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isascii() and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def from_value(value: object, pass_values: Sequence[str], fail_values: Sequence[str]) -> Status:
    """What the value of a field says; letter case is ignored."""
    text = json.dumps(value) if isinstance(value, bool | int | float) else _text(value)
    if text is None:
        return "unknown"
    if text.lower() in {each.lower() for each in fail_values}:
        return "fail"
    return "pass" if text.lower() in {each.lower() for each in pass_values} else "unknown"


def from_names(names: Sequence[str], pass_words: Sequence[str], fail_words: Sequence[str]) -> Status:
    """What whole words in names say; failing wins, letter case is ignored."""
    words = {word for name in names for word in _NO_WORD.split(name.lower())}
    if not words.isdisjoint(word.lower() for word in fail_words):
        return "fail"
    return "unknown" if words.isdisjoint(word.lower() for word in pass_words) else "pass"


def time_s(stated: object) -> int | None:
    """A moment as documents write it, in seconds since 1970; UTC where it names no offset; None where it is none."""
    if not isinstance(stated, str):
        return None
    try:
        moment = datetime.fromisoformat(stated)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() // 1)
    except (ValueError, OverflowError):
        return None


def stamp_s(name: str) -> int | None:
    """The first ``YYYYMMDD?HHMMSS`` of a name that is a moment, in seconds since 1970, as UTC."""
    for match in _STAMP.finditer(name):
        moment = time_s(f"{match[1]}T{match[2]}Z")
        if moment is not None:
            return moment
    return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
