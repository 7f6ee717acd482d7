"""The published examples of the contracts, as files: what a release froze."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from runpact_core._catalog import Version

__all__ = ["ROOT", "Example", "examples"]

ROOT = Path(__file__).parents[2]
"""The folder of the project."""


class Example(NamedTuple):
    """One example: what it shows, whether a producer may write it, its bytes."""

    name: str
    valid: bool
    data: bytes


def examples(version: Version) -> list[Example]:
    """The examples of one contract version, valid ones first, by name."""
    folder = ROOT / "contracts" / "examples" / version.contract / version.version
    return [
        Example(path.stem, verdict == "valid", path.read_bytes())
        for verdict in ("valid", "invalid")
        for path in sorted((folder / verdict).glob("*.json"))
    ]
