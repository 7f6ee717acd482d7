"""Answers that were kept, so that a server can say "still the same" instead of sending them again.

Invariants:

* One file per use of a source (its metadata, its report, its checksums), so the folder does not grow with releases.
* A file is its head, one line of JSON, and the body. Both are checked when read, against the URL asked for too: what is
  damaged, cut, foreign or of another release is as if it were not there.
* No token, no URL and no other header is stored. Nothing here fails a fetch.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from runpact_core import files
from runpact_core.errors import RunpactError
from runpact_status_matrix._http import Known

if TYPE_CHECKING:
    from runpact_status_matrix._reply import Answer

__all__ = ["load", "store"]

_FORMAT = "runpact-status-cache 1"
_HEAD = 8192  # bytes that a head may have
_MOST_VALIDATOR = 1000


def load(folder: str, slot: str, url: str, *, limit: int) -> Known | None:
    """What was kept of this URL for this use; None where there is nothing that can be relied on."""
    try:
        head, mark, data = files.read_bytes(_path(folder, slot), limit=limit + _HEAD).partition(b"\n")
        fields = json.loads(head) if len(head) <= _HEAD else None
    except (RunpactError, ValueError, RecursionError):
        return None
    expected = {"format": _FORMAT, "url_sha256": _digest(url), "body_sha256": hashlib.sha256(data).hexdigest()}
    if not mark or len(data) > limit or not isinstance(fields, dict):
        return None
    if not expected.items() <= fields.items() or not isinstance(fields.get("origin"), str):
        return None
    etag, changed = _validator(fields.get("etag")), _validator(fields.get("last_modified"))
    return Known(data, fields["origin"], etag, changed) if etag or changed else None


def store(folder: str, slot: str, url: str, answer: Answer) -> str | None:
    """Keep an answer that can be asked for again; a sentence for the log where it could not be kept."""
    etag, changed = _validator(answer.etag), _validator(answer.last_modified)
    if answer.from_cache or not (etag or changed):
        return None
    fields = {
        "body_sha256": hashlib.sha256(answer.data).hexdigest(),
        "etag": etag,
        "format": _FORMAT,
        "last_modified": changed,
        "origin": answer.origin,
        "url_sha256": _digest(url),
    }
    try:
        files.make_dirs(folder)
        files.replace(_path(folder, slot), json.dumps(fields).encode() + b"\n" + answer.data, mode=0o600)
    except RunpactError as error:
        return f"the answer was not kept: {error.what}"
    return None


def _path(folder: str, slot: str) -> str:
    return str(Path(folder, f"{_digest(slot)}.answer"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _validator(value: object) -> str | None:
    """A header's value that may be sent back."""
    fits = isinstance(value, str) and value.isascii() and value.isprintable() and 0 < len(value) <= _MOST_VALIDATOR
    return value if fits and isinstance(value, str) else None
