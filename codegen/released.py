"""What the releases froze, as values: ``contracts/released.json``, a document of the contract `released`.

Reading it settles its form only as far as the linter needs it; that it is a valid document is for those who write and
check it (`evolution.frozen`), since the compiler cannot lean on what it compiles. Files are named by their paths from
the project, with ``/``; digests are sha256 in hexadecimal.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from runpact_core._json import dumps, parse
from runpact_core.errors import InvalidArtifact

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["PATH", "FrozenContract", "Release", "Released", "definition_digest", "read_released"]

PATH: Final = "contracts/released.json"


@dataclass(frozen=True)
class FrozenContract:
    """One contract version as it was released: its file, the file's digest, and how its documents are read."""

    contract: str
    version: str
    path: str
    sha256: str
    gate: str
    versioned_by: str


@dataclass(frozen=True)
class Release:
    """One release: what it froze, and no earlier one. Definitions, examples and documents are digests by name."""

    version: str
    tag: str
    date: str
    contracts: tuple[FrozenContract, ...]
    definitions: Mapping[str, str]
    examples: Mapping[str, str]
    documents: Mapping[str, str]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Release:
        """From the parsed document.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: It is something else.
        """
        parts = {key: dict(data[key].items()) for key in ("definitions", "examples", "documents")}
        contracts = tuple(FrozenContract(**entry) for entry in data["contracts"])
        return cls(data["version"], data["tag"], data["date"], contracts, **parts)


@dataclass(frozen=True)
class Released:
    """Every release, oldest first, and the text that says so."""

    releases: tuple[Release, ...]
    text: str

    @property
    def contract_paths(self) -> frozenset[str]:
        """The files of all frozen contract versions."""
        return frozenset(frozen.path for release in self.releases for frozen in release.contracts)

    def line(self, name: str) -> int:
        """The line of the document that says a path first, or a name as a key; 1 where none does."""
        quoted = f'"{name}"'
        return next((number for number, line in enumerate(self.text.splitlines(), 1) if quoted in line), 1)


def read_released(root: Path) -> Released | None:
    """What the project's releases froze; None where it keeps no record of releases.

    Raises:
        InvalidArtifact: The record cannot be read as one.
    """
    try:
        data = (root / PATH).read_bytes()
    except FileNotFoundError:
        return None
    hint = "give it back as it was committed; the release command writes it"
    try:
        value: Any = parse(data).value
        releases = tuple(Release.of(release) for release in value["releases"])
    except InvalidArtifact as error:
        line, column = error.line_number, error.column
        raise InvalidArtifact(f"{PATH}: {error.reason}", path=PATH, line=line, column=column, hint=hint) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidArtifact(f"{PATH}: no document of the contract released", path=PATH, hint=hint) from error
    return Released(releases, data.decode())


def definition_digest(definition: object) -> str:
    """The digest of a shared definition: of its canonical JSON, since the file around it may get new ones."""
    return hashlib.sha256(dumps(definition)).hexdigest()
