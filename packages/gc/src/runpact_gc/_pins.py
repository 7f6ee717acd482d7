"""What people pinned: ``.pins.json``, read and changed one at a time.

Invariants: the file is no cache, so one that cannot be read ends a command instead of counting as empty. A change is
made under the lock of the store, and written whole or not at all; fields that a newer release wrote stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runpact_core import documents
from runpact_core.errors import InvalidArtifact, MissingArtifact, UnsupportedVersion
from runpact_gc._shown import plain
from runpact_gc._times import utc

if TYPE_CHECKING:
    from runpact_core.documents import Document
    from runpact_gc._lock import StoreLock
    from runpact_gc._model import Entry
    from runpact_gc._places import Places

__all__ = ["pin_entry", "pin_run", "read", "unpin"]


def read(places: Places) -> tuple[str, ...]:
    """The names that are pinned, ids of entries and run ids, sorted; none where nothing was ever pinned.

    Raises:
        InvalidArtifact: The file is none of pins.
        UnsupportedVersion: It is of a version that this release does not know.
        EnvironmentFailed: It cannot be read.
    """
    return tuple(sorted({str(pin["name"]) for pin in _load(places).data["pins"]}))


def pin_entry(places: Places, lock: StoreLock, entry: Entry, now_s: int) -> bool:
    """Pin one entry; False where it was. Raises as `read`, and where the file cannot be written."""
    about = {"family": plain(entry.family), "path": plain(entry.path)}
    return _add(places, lock, {"name": entry.id, "kind": "entry", "pinned_utc": utc(now_s), **about})


def pin_run(places: Places, lock: StoreLock, run_id: str, now_s: int) -> bool:
    """Pin every entry of a run; False where it was. Raises as `pin_entry`."""
    return _add(places, lock, {"name": run_id, "kind": "run", "pinned_utc": utc(now_s)})


def unpin(places: Places, lock: StoreLock, name: str) -> bool:
    """Take the pin of this whole name away; False where there was none. Raises as `pin_entry`."""
    document = _load(places)
    kept = [pin for pin in document.data["pins"] if pin["name"] != name]
    if len(kept) == len(document.data["pins"]):
        return False
    document.data["pins"] = kept
    _save(places, lock, document)
    return True


def _add(places: Places, lock: StoreLock, pin: dict[str, Any]) -> bool:
    document = _load(places)
    if any(each["name"] == pin["name"] for each in document.data["pins"]):
        return False
    document.data["pins"] = sorted([*document.data["pins"], pin], key=lambda each: str(each["name"]))
    _save(places, lock, document)
    return True


def _load(places: Places) -> Document:
    try:
        document = documents.read("pins", places.pins)
    except MissingArtifact:
        return documents.read("pins", b'{"schema_version": "1.0", "pins": []}')
    except InvalidArtifact as error:
        hint = "mend it, or remove it to lose all pins"
        raise InvalidArtifact(f"{places.pins}: {error.reason}", path=error.path, hint=hint) from error
    if document.read_as is None:
        raise UnsupportedVersion(f"{document.version} of {places.pins}", hint="nothing is planned without the pins")
    return document


def _save(places: Places, lock: StoreLock, document: Document) -> None:
    lock.check()
    documents.write(places.pins, document)
