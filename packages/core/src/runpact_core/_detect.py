"""Which contract a document follows, and which versions a contract has. Public as `detect` and so on of `documents`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import _gate, _sources, _versions
from runpact_core._generated.index import INDEX
from runpact_core.errors import InvalidArtifact, UnknownContract

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runpact_core._catalog import Version

__all__ = ["Detection", "detect", "detect_bytes", "versions_of"]


class Detection(NamedTuple):
    """What a document turned out to be: the name of its contract and how its version is to be read."""

    contract: str
    version: str | None
    message: str | None


def detect(document: Mapping[str, Any], *, name: str | None = None) -> Detection:
    """Say which contract a document follows, by the name of its file and by its shape.

    Args:
        document: The document as plain data.
        name: Path or name of its file, which decides where a contract describes files of that name.

    Raises:
        UnknownContract: No contract fits.
    """
    base = os.path.basename(name) if name else ""  # noqa: PTH119 - the name may be of another platform's path
    named = [version for version in INDEX if base and version.fits_name(base)]
    keys = document.keys()
    fitting = [version for version in INDEX if version.required and keys >= set(version.required)]
    candidates = [version for version in fitting if version in named] or named or fitting or _optional(document)
    if not candidates:
        raise UnknownContract(f"no contract fits {base or 'the document'}", hint="name one, with --contract")
    best = max(candidates, key=lambda version: (len(keys & set(version.required)), version.key))
    try:
        decision = _versions.decide(document, versions_of(best.contract))
    except InvalidArtifact as error:
        return Detection(best.contract, None, str(error))
    return Detection(best.contract, decision.version.version if decision.version else decision.found, decision.message)


def _optional(document: Mapping[str, Any]) -> list[Version]:
    """The versions that require nothing and know every name at the top of a document, of which there must be one."""
    requiring_nothing = [version for version in INDEX if not version.required]
    return [version for version in requiring_nothing if document and document.keys() <= _gate.names(version)]


def detect_bytes(raw: bytes, *, name: str | None = None) -> Detection:
    """As `detect`, of a document that is not parsed yet.

    Raises:
        InvalidArtifact: The bytes are no JSON object.
        UnknownContract: No contract fits.
    """
    base = os.path.basename(name) if name else ""  # noqa: PTH119 - the name may be of another platform's path
    yaml = base.endswith((".yaml", ".yml"))
    return detect(_sources.parse(raw, len(raw), may_be_yaml=yaml)[0], name=name)


_VERSIONS = {name: tuple(version for version in INDEX if version.contract == name) for name, *_ in INDEX}


def versions_of(contract: str) -> tuple[Version, ...]:
    """All versions of a contract, oldest first.

    Raises:
        UnknownContract: There is none by that name; the hint names the nearest.
    """
    try:
        return _VERSIONS[contract]
    except KeyError:
        names = sorted(_VERSIONS)
        hint = _gate.nearest(contract, names) or f"there are {', '.join(names)}"
        raise UnknownContract(f"there is no contract {contract!r}", hint=hint) from None
