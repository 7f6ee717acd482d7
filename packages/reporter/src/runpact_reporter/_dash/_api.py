"""What programs get: documents of the contracts under ``/api/``, and files of runs under ``/files/``.

Invariants: a document is given byte for byte as it lies on disk, after it was read as every reader reads it; what is
missing, invalid or of an unknown major version is a problem document with the text that the dashboard shows, the last
one with the raw fields. Files of runs are given as texts, as pictures, or to be saved, and never so that they run.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING
from urllib.parse import quote

from runpact_core import documents
from runpact_core._folder import Doing, close_quietly
from runpact_core.errors import MissingArtifact, UnsupportedVersion, UsageFailure
from runpact_reporter import _ctrf
from runpact_reporter._dash import _answers
from runpact_reporter._dash._model import Project
from runpact_reporter._dash._read import Place
from runpact_reporter._dash._records import LIMIT, MOST, records_of
from runpact_reporter._dash._within import open_within, read_within
from runpact_reporter._places import LAST_RUN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runpact_reporter._dash._answers import Answer

__all__ = ["answer_api", "answer_file"]

_JSON = "application/json"
_JSON_SCHEMA = "application/schema+json"
_LINES = "application/jsonl"
_SCHEMA = ".schema.json"
_UNLESS_ASKED = {"last_run": "last_run@0.1"}  # of every other contract the newest version is written
_HINT = "there are products.json, runs/<product>/…, schemas/<name>.schema.json"
_OF_RUN = {LAST_RUN: "last_run", "test-report.json": "test_report", "error.json": "failure"}
_TEXT = {".csv", ".json", ".jsonl", ".log", ".md", ".out", ".err", ".txt", ".yaml", ".yml"}
_PNG = b"\x89PNG\r\n\x1a\n"


def answer_api(dash: str, parts: Sequence[str], query: Mapping[str, str]) -> Answer:
    """The answer to ``/api/…``.

    Args:
        dash: The dash folder.
        parts: The names after ``/api/``.
        query: The query's values.

    Raises:
        RunpactError: Nothing is answered; `_answers.failure` says what then.
    """
    match parts:
        case ["products.json"]:
            return _document("products", dash, ["products.json"])
        case ["schemas", name] if name.endswith(_SCHEMA):
            return _answers.content(_JSON_SCHEMA, _schema(dash, name), _answers.API)
        case ["runs", product, "last_run.json"]:
            return _document("last_run", dash, ["runs", product, LAST_RUN])
        case ["runs", product, "history.jsonl"]:
            return _history(dash, product, query)
        case ["runs", product, run_id, name] if name in _OF_RUN:
            return _document(_OF_RUN[name], dash, ["runs", product, run_id, name])
    raise MissingArtifact("/".join(["", "api", *parts]), hint=_HINT)


def _schema(dash: str, name: str) -> bytes:
    """The schema of that name in the dash folder, which its documents follow; else the one that we know by it."""
    with contextlib.suppress(MissingArtifact):
        return read_within(dash, ["schemas", name], f"dash/schemas/{name}", limit=documents.MAX_BYTES)
    contract = name.removesuffix(_SCHEMA)
    wanted = _UNLESS_ASKED.get(contract, contract if "@" in contract else contract.replace(".", "@", 1))
    return documents.schema(documents.find_contract(wanted)[-1])


def _document(contract: str, dash: str, parts: list[str]) -> Answer:
    shown = "/".join(["dash", *parts])
    limit = _ctrf.MAX_BYTES if contract == "test_report" else documents.MAX_BYTES
    raw = read_within(dash, parts, shown, limit=limit)
    document = documents.read(contract, raw, limit=limit)
    if document.read_as is None:
        error = UnsupportedVersion(document.version, hint="its raw fields are in `document`")
        return _answers.failure(error, {"document": document.data})
    said = (("runpact-message", ascii(document.message)[1:-1]),) if document.message else ()
    return _answers.content(_JSON, raw, _answers.API, said)


def _history(dash: str, product: str, query: Mapping[str, str]) -> Answer:
    stated = query.get("limit", str(LIMIT))
    limit = int(stated) if stated.isascii() and stated.isdigit() and len(stated) <= len(str(MOST)) else 0
    if not 0 < limit <= MOST:
        raise UsageFailure(f"limit is not a whole number from 1 to {MOST}")
    found = records_of(dash, product, limit)
    if not found.lines and product not in Place(Project("", dash, dash), "", 0).entries:
        raise MissingArtifact(f"dash/runs/{product}", hint="the register names no such product, and no folder is its")
    said = (("runpact-omitted", str(found.omitted)), ("runpact-problems", str(found.problems)))
    return _answers.content(_LINES, b"".join(found.lines), _answers.API, said)


def answer_file(dash: str, parts: Sequence[str]) -> Answer:
    """The answer to ``/files/PRODUCT/RUN_ID/…``: the file, open.

    Raises:
        RunpactError: As `answer_api`.
    """
    if len(parts) < 3:
        hint = "a file of a run is /files/<product>/<run_id>/<path in the run's folder>"
        raise MissingArtifact("/".join(["", "files", *parts]), hint=hint)
    shown = "/".join(["dash", "runs", *parts])
    fd = open_within(dash, ["runs", *parts], shown)
    try:
        with Doing(f"reading {shown}"):
            about = os.fstat(fd)
            kind, inline = _kind(parts[-1], fd)
    except BaseException:
        close_quietly(fd)
        raise
    state = (about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
    name = f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(parts[-1], safe='')}"
    headers = (
        *_answers.COMMON,
        ("accept-ranges", "none"),
        ("content-type", kind),
        ("content-length", str(about.st_size)),
        ("content-security-policy", _answers.FILE),
        ("content-disposition", name),
        ("etag", '"' + "-".join(f"{number:x}" for number in state) + '"'),
    )
    return _answers.Answer(200, headers, fd=fd, size=about.st_size)


def _kind(name: str, fd: int) -> tuple[str, bool]:
    """The content type, and whether a browser shows it: a text as a plain one, a PNG that begins as one."""
    ending = os.path.splitext(name)[1].lower()  # noqa: PTH122 - no path of the disk
    if ending == ".png" and os.read(fd, len(_PNG)) == _PNG:
        os.lseek(fd, 0, os.SEEK_SET)
        return "image/png", True
    os.lseek(fd, 0, os.SEEK_SET)
    return ("text/plain; charset=utf-8", True) if ending in _TEXT else ("application/octet-stream", False)
