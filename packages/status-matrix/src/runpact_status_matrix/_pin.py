"""Which schemas judge reports: those of this release, as far as a catalog that was given lists them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import documents, files
from runpact_core.errors import MissingArtifact, UsageFailure
from runpact_status_matrix._judge import CONTRACT

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Pin", "pin"]

_IN_USE = ("active", "deprecated")


class Pin(NamedTuple):
    """Which schemas judge.

    Attributes:
        versions: The versions of the report's contract that may judge.
        logged: The pin as the ingest log has it.
        warnings: What people are to be told.
    """

    versions: frozenset[str]
    logged: dict[str, Any]
    warnings: tuple[str, ...]


def pin(catalog: Path | None, shown: str | None) -> Pin:
    """Pin the schemas.

    A catalog that names the contract decides which versions judge: those that it calls active or deprecated. One that
    does not name it says nothing of it, so this release's own judge, with a warning.

    Args:
        catalog: The file, a document of the contract ``schema_catalog``; None for none.
        shown: How the log names it.

    Raises:
        UsageFailure: There is no such file.
        ConfigurationError: It is no catalog.
    """
    ours = {version.version: version for version in documents.find_contract(CONTRACT)}
    if catalog is None:
        logged: dict[str, Any] = {"source": "built_in", "schemas": [_schema(each) for each in ours.values()]}
        return Pin(frozenset(ours), logged, ())
    try:
        raw = files.read_bytes(catalog, limit=documents.MAX_BYTES)
    except MissingArtifact as error:
        raise UsageFailure(f"there is no catalog {catalog}", hint="name one, with --catalog") from error
    listed = {
        str(entry.get("version", entry["major"])): entry
        for entry in documents.read("schema_catalog", raw).data["schemas"]
        if entry["schema_id"] == CONTRACT
    }
    logged = {"source": "catalog", "path": shown, "sha256": hashlib.sha256(raw).hexdigest()}
    if not listed:
        logged["schemas"] = [_schema(each) for each in ours.values()]
        warning = f"the catalog does not name {CONTRACT}, so this release's own schemas judge"
        return Pin(frozenset(ours), logged, (warning,))
    judging = [number for number in ours if number in listed and listed[number]["status"] in _IN_USE]
    logged["schemas"] = [_schema(ours[number]) | _says(listed[number]) for number in judging]
    none = (
        () if judging else (f"the catalog lists no version of {CONTRACT} that this release knows and that is in use",)
    )
    return Pin(frozenset(judging), logged, none)


def _schema(version: Any) -> dict[str, Any]:
    digest = hashlib.sha256(documents.schema(version, strict=False)).hexdigest()
    return {"schema_id": version.contract, "schema_revision": version.version, "sha256": digest}


def _says(entry: dict[str, Any]) -> dict[str, Any]:
    """Where the catalog says that the contract is, and what it says of it."""
    return {"path": entry["path"], "status": entry["status"]}
