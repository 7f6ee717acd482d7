"""The manifest: what the newest scan found, as a document and back. A cache, believed only as far as it cannot harm.

Invariants: what is not exactly the bytes that this release wrote (torn, flipped, of another release or configuration,
somebody else's) is not used, which costs a scan from nothing and is said in a note; reading never fails. Writing passes
the strict gate, keeps the manifest before it as the backup, durably, and only then replaces it.

    memory, note = load(places, settings)
    save(places, Memory(...))
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import documents, files
from runpact_core.errors import InvalidArtifact, MissingArtifact, RunpactError
from runpact_gc import _columns
from runpact_gc._columns import plain, written
from runpact_gc._model import Entry, Finding, Pointer, entry_id
from runpact_gc._times import utc
from runpact_gc._version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runpact_gc._folders import Folder
    from runpact_gc._places import Places
    from runpact_gc._settings import Settings

__all__ = ["MAX_BYTES", "Memory", "load", "save", "shaping", "takes_digests"]

MAX_BYTES = 1 << 30
"""The largest manifest that is read: some eight million runs."""

_ZEROS = "0" * 64
_FIELD = b'\n  "checksum": "'


class Memory(NamedTuple):
    """What a scan found, and what the next one needs.

    Attributes:
        scanned_s: When it began, seconds since 1970.
        settings: See `shaping`.
        folders: The holders of run folders, by path.
        groups: The entries of glob families.
        pointers: What kept documents point to.
        findings: What was noticed outside the holders.
    """

    scanned_s: int
    settings: str
    folders: dict[str, Folder]
    groups: tuple[Entry, ...]
    pointers: tuple[Pointer, ...]
    findings: tuple[Finding, ...]


def shaping(places: Places, settings: Settings) -> str:
    """A digest over the settings and places that shape what a scan finds."""
    shaped = (
        list(settings.patterns.items()), sorted(settings.status.items()), settings.run_id_patterns,
        sorted(settings.group_without_run_id.items()), takes_digests(settings),
        os.path.relpath(places.runs, places.project), os.path.relpath(places.dash, places.project),
    )  # fmt: skip
    return hashlib.sha256(repr(shaped).encode(errors="surrogatepass")).hexdigest()


def takes_digests(settings: Settings) -> bool:
    """Whether a scan takes the digest of every file."""
    return "checksum_sha256" in settings.extract_fields


def load(places: Places, settings: Settings) -> tuple[Memory | None, str | None]:
    """What the manifest says, and a note for people where there is one that is not used."""
    try:
        data = files.read_bytes(places.manifest, limit=MAX_BYTES)
    except MissingArtifact:
        return None, None
    except RunpactError as error:
        return None, f"the manifest is not used: {error.what}"
    try:
        reason, memory = _read(data, shaping(places, settings))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        reason, memory = "it is not what a scan writes", None
    return memory, f"the manifest is not used: {reason}" if reason else None


def _read(data: bytes, settings: str) -> tuple[str | None, Memory | None]:
    place = data.find(_FIELD) + len(_FIELD)
    stated = data[place : place + 64]
    whole = hashlib.sha256(data[:place])
    whole.update(_ZEROS.encode())
    whole.update(data[place + 64 :])
    if place < len(_FIELD) or whole.hexdigest().encode() != stated:
        return "its checksum does not fit", None
    document = json.loads(data)
    if document["schema_version"] != "1.0" or document["tool_version"] != __version__:
        return "another release wrote it", None
    if document["settings"] != settings:
        return "it was made with another configuration", None
    return None, _memory(document)


def save(places: Places, memory: Memory) -> None:
    """Replace the manifest, after what it was has become the backup.

    Raises:
        InvalidArtifact: What was found cannot be said in the contract.
        EnvironmentFailed: One of the two could not be written.
    """
    document = _document(memory)
    text = documents.dumps(document)
    digest = hashlib.sha256(text).hexdigest()
    text = text.replace(_FIELD + _ZEROS.encode(), _FIELD + digest.encode(), 1)
    found = documents.validate("manifest", text, strict=True, limit=MAX_BYTES)
    if found:
        raise InvalidArtifact(f"manifest: {found[0]}", problems=tuple(found))
    for path in (places.manifest, places.backup):
        files.make_dirs(path.parent)
    try:
        before = files.read_bytes(places.manifest, limit=MAX_BYTES)
    except MissingArtifact:
        before = None
    if before is not None:
        files.replace(places.backup, before)
    files.replace(places.manifest, text)


def _document(memory: Memory) -> dict[str, Any]:
    return {
        "schema_version": "1.0",
        "tool_version": __version__,
        "checksum": _ZEROS,
        "settings": memory.settings,
        "scanned_utc": utc(memory.scanned_s),
        "folders": [_columns.put(folder) for _, folder in sorted(memory.folders.items())],
        "groups": [_group(entry) for entry in memory.groups],
        "pointers": [{"path": written(p.document), "target": written(p.target)} for p in memory.pointers],
        "findings": [_columns.put_finding(each) for each in memory.findings],
    }


def _memory(document: Mapping[str, Any]) -> Memory:
    folders = [_columns.take(each) for each in document["folders"]]
    return Memory(
        _columns.seconds(document["scanned_utc"]),
        document["settings"],
        {folder.holder.path: folder for folder in folders},
        tuple(map(_entry, document["groups"])),
        tuple(Pointer(plain(each["path"]), plain(each["target"])) for each in document["pointers"]),
        tuple(map(_columns.take_finding, document["findings"])),
    )


def _group(entry: Entry) -> dict[str, Any]:
    found: dict[str, Any] = {
        "family": written(entry.family),
        "key": written(entry.key),
        "path": written(entry.path),
        "status": entry.status,
        "time_s": entry.time_s,
        "time_from": entry.time_from,
        "files": [_columns.put_file(file) for file in entry.files],
    }
    if entry.run_id is not None:
        found["run_id"] = written(entry.run_id)
    return found


def _entry(group: Mapping[str, Any]) -> Entry:
    found = tuple(map(_columns.take_file, group["files"]))
    family, key = plain(group["family"]), plain(group["key"])
    run_id = group.get("run_id")
    return Entry(
        entry_id(family, key), family, "glob", plain(group["path"]), key, None if run_id is None else plain(run_id),
        group["status"], group["time_s"], group["time_from"], True, False,
        sum(file.size_bytes for file in found), len(found), max(file.mtime_ns for file in found), found,
    )  # fmt: skip
