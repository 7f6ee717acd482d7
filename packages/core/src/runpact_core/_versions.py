"""The version table: what a reader does with the version it finds, as a pure function.

    known                            read as that version
    newer minor of a known major     read as the newest known minor, tolerantly, with a warning
    anything else that is there      raw fields only, with an error badge
    none                             the shape decides; where no shape fits, refuse

"Known" is what the reader knows: a reader held at an older version knows that version and those before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from runpact_core.errors import InvalidArtifact, UnknownContract

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runpact_core._catalog import Version

Reading = Literal["exact", "tolerant", "best-effort"]

_SCHEMA_VERSION = r"(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})"  # compiled when first used
_SHOWN = 40
_WORDS = {"None": "null", "True": "true", "False": "false"}  # as JSON writes them


class Decision(NamedTuple):
    """How a document is to be read.

    Attributes:
        version: The contract version to read it as; None where none fits.
        reading: ``exact``, ``tolerant`` (a newer minor) or ``best-effort`` (an unknown major).
        found: The version that the document states; None where it states none.
        message: What people are told; None where there is nothing to tell.
    """

    version: Version | None
    reading: Reading
    found: str | None
    message: str | None


def decide(document: Mapping[str, Any], known: Sequence[Version]) -> Decision:
    """Judge a document by the versions of one contract that the reader knows, oldest first.

    Raises:
        InvalidArtifact: The document states no version, and has no shape that is known without one.
    """
    field = "version" if known[-1].versioned_by == "version" else "schema_version"
    if field not in document:
        return _by_shape(document, known, field)
    stated = document[field]
    for version in known:
        if version.version == stated and field == "schema_version":  # nearly always, so without taking it apart
            return Decision(version, "exact", stated, None)
    found, key = _parsed(stated, field)
    for version in known:
        if version.version == found:
            return Decision(version, "exact", found, None)
    message = f"Unsupported schema version: {_shown(stated)}{_kind(stated, field)}"
    same_major = [version for version in known if key is not None and version.major == key[0]]
    if same_major and key is not None and key > same_major[-1].key:
        return Decision(same_major[-1], "tolerant", found, message)
    return Decision(None, "best-effort", found or _shown(stated), message)


def known_to(versions: Sequence[Version], held_at: str | None) -> Sequence[Version]:
    """The versions that a reader knows which is held at one of them; all, where it is not held.

    Raises:
        UnknownContract: There is no such version.
    """
    if held_at is None:
        return versions
    for index, version in enumerate(versions):
        if version.version == held_at:
            return versions[: index + 1]
    raise UnknownContract(
        f"{versions[0].contract} has no version {held_at}",
        hint=f"it has {', '.join(version.version for version in versions)}",
    )


def _by_shape(document: Mapping[str, Any], known: Sequence[Version], field: str) -> Decision:
    for version in reversed(known):
        if version.versioned_by == "shape" and document.keys() >= set(version.required):
            return Decision(version, "exact", None, None)
    if any(version.versioned_by == "shape" for version in known):
        missing = sorted(set(known[0].required) - document.keys())
        raise InvalidArtifact(f"{field} is missing", hint=f"without it, {', '.join(missing)} would be required")
    raise InvalidArtifact(f"{field} is missing")


def _parsed(stated: object, field: str) -> tuple[str | None, tuple[int, ...] | None]:
    """The stated version as text and as numbers; None for what is no version at all."""
    if field == "version":
        if isinstance(stated, int) and not isinstance(stated, bool) and stated >= 0:
            return str(stated), (stated,)
        return None, None
    match = re.fullmatch(_SCHEMA_VERSION, stated) if isinstance(stated, str) else None
    return (match[0], (int(match[1]), int(match[2]))) if match else (None, None)


def _shown(stated: object) -> str:
    """The stated version for a message: as it is where it is plain text, else as its Python form, cut short."""
    plain = isinstance(stated, str) and stated.isascii() and stated.isprintable() and stated and " " not in stated
    text = stated if isinstance(stated, str) and plain else _WORDS.get(str(stated), repr(stated))
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _kind(stated: object, field: str) -> str:
    """What the version is instead of the string or integer that it should be, in brackets; nothing where it is one."""
    wanted: type = str if field == "schema_version" else int
    if isinstance(stated, wanted) and not isinstance(stated, bool):
        return ""
    kinds = {str: "a string", bool: "a boolean", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return f" ({kinds.get(type(stated), 'nothing')}, not {'a string' if wanted is str else 'an integer'})"
