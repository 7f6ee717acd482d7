"""The register of the fleet, `dash/products.json`: who is in it, read and changed one at a time.

What the register holds beyond what this release knows is kept as it is. A change is a function from the entries to the
entries, applied under the lock of the dash folder to what is there then, and written whole or not at all; two who
change it at once lose nothing.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from runpact_core import documents, files
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact, UnsupportedVersion, UsageFailure
from runpact_reporter._last_run import newest
from runpact_reporter._places import holding, last_run_path, product_dir, registry_path, unreadable_path
from runpact_reporter.errors import AlreadyRegistered, NoReport, UnknownProduct, naming

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from runpact_core.documents import Document

__all__ = ["STATUSES", "entries", "find", "load", "register", "remove", "switch"]

STATUSES = ("bootstrap", "active", "pending", "development", "planned", "deprecated", "archived")
"""Where in its life a product may be, as contract ``products`` has it."""

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST = 100
_LONGEST_TEXT = 200
_SPOKEN = ("display_name", "owner", "status", "repo", "path", "spec_path", "schedule_path")
_ACTING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"  # between the letters of many languages, and in pictures that are made of several
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}


def load(dash: Path) -> Document:
    """Read the register.

    Raises:
        MissingArtifact: There is none.
        InvalidArtifact: It is none.
    """
    path = registry_path(dash)
    try:
        with naming(path):
            return documents.read("products", path)
    except MissingArtifact as error:
        raise MissingArtifact(
            str(path),
            hint="call it in the project's folder; where that is here, register a product:"
            " runpact fleet register PRODUCT",
        ) from error


def entries(document: Document) -> list[dict[str, Any]]:
    """The entries of a register, as far as a version that we do not know has some."""
    listed = document.data.get("products")
    return [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []


def find(listed: Sequence[Mapping[str, Any]], product_id: str) -> Mapping[str, Any]:
    """The entry of a product.

    Raises:
        UnknownProduct: There is none; the hint names the nearest.
    """
    for entry in listed:
        if entry.get("product_id") == product_id:
            return entry
    known = [str(entry.get("product_id")) for entry in listed]
    raise UnknownProduct(product_id, difflib.get_close_matches(product_id, known, n=1))


def register(dash: Path, entry: Mapping[str, Any], *, update: bool = False) -> dict[str, Any]:
    """Put a product into the register, which is made where there is none, with the schemas of what lies beside it.

    Args:
        dash: The dash folder.
        entry: The fields of the product that are known; ``product_id`` among them.
        update: Whether fields of a product that is there already are set anew, instead of an error.

    Returns:
        The product's whole entry.

    Raises:
        UsageFailure: The id is no slug; a text is empty, too long, or has characters that act.
        UnknownProduct: A product is to be updated that is not there.
        AlreadyRegistered: The product is there already, or one whose id differs in case alone.
        InvalidArtifact: The register, or what would become of it, is not valid; nothing was written.
    """
    from runpact_reporter._publish import export_schemas  # it knows the register as well

    product_id = entry["product_id"]
    _check_texts(entry)
    if update:
        find(_entries_if_any(dash), product_id)  # before anything is made
    with holding(dash):
        document = _load_or_begin(dash)
        listed = document.data["products"] = list(document.data.get("products") or [])
        same = [each for each in listed if str(each.get("product_id")).lower() == product_id.lower()]
        if same and not (update and same[0]["product_id"] == product_id):
            raise AlreadyRegistered(str(same[0]["product_id"]))
        if same:
            whole = same[0]
            whole |= {name: value for name, value in entry.items() if value is not None}
        else:
            _check_slug(product_id)
            given = {name: value for name, value in entry.items() if value is not None}
            whole = {"display_name": product_id, "owner": "unknown", "status": "active"} | given
            listed.append(whole)
        _save(dash, document)
    export_schemas(dash)
    return dict(whole)


def remove(dash: Path, product_id: str) -> Path:
    """Take a product out of the register; its runs stay, in the folder that is returned.

    Raises:
        UnknownProduct: It is not in the register.
        MissingArtifact: There is no register.
    """
    load(dash)  # a folder is not made to find that it holds nothing
    with holding(dash):
        document = load(dash)
        gone = find(entries(document), product_id)
        document.data["products"] = [entry for entry in document.data["products"] if entry is not gone]
        _save(dash, document)
    return product_dir(dash, product_id)


def switch(dash: Path, product_id: str, *, enabled: bool, reason: str) -> Document | Path:
    """Set the kill switch of a product, which its newest report carries, and every later one takes over.

    Returns:
        The report; or, where it is switched off and the report cannot be read, the name under which that was set
        aside, so that the next report starts afresh.

    Raises:
        UsageFailure: It is switched on without a reason.
        InvalidArtifact: It is switched on, and the report cannot be read; until that is repaired it counts as on.
        UnknownProduct: The product is not in the register.
        NoReport: The product has no report that could carry it.
    """
    if enabled and not reason.strip():
        raise UsageFailure("a kill switch needs a reason", hint="say it with --reason")
    find(entries(load(dash)), product_id)
    path = last_run_path(dash, product_id)
    if not path.exists():
        raise NoReport(product_id)
    with holding(product_dir(dash, product_id)):
        try:
            document = newest(dash, product_id)
            if document.read_as is None:
                raise UnsupportedVersion(str(document.data.get("schema_version")))  # noqa: TRY301 - told as the others are
        except (InvalidArtifact, UnsupportedVersion):
            if enabled:
                raise
            return _set_aside(path)
        document.data["kill_switch"] = {"enabled": enabled, "reason": reason if enabled else ""}
        documents.write(path, document)
    return document


def _set_aside(path: Path) -> Path:
    """Give a report that cannot be read another name beside it."""
    aside = unreadable_path(path)
    try:
        path.rename(aside)
    except OSError as error:
        raise EnvironmentFailed(f"setting {path} aside", error) from error
    files.sync_dir(path.parent)
    return aside


def _load_or_begin(dash: Path) -> Document:
    try:
        return load(dash)
    except MissingArtifact:
        return documents.read("products", b'{"schema_version": "0.1", "products": []}')


def _entries_if_any(dash: Path) -> list[dict[str, Any]]:
    try:
        return entries(load(dash))
    except MissingArtifact:
        return []


def _save(dash: Path, document: Document) -> None:
    documents.write(registry_path(dash), document)


def _check_slug(product_id: str) -> None:
    if _SLUG.fullmatch(product_id) and len(product_id) <= _LONGEST and product_id not in _RESERVED:
        return
    slug = re.sub(r"[^a-z0-9]+", "-", product_id.lower()).strip("-")[:_LONGEST].rstrip("-")
    hint = f"use at most {_LONGEST} lower-case letters, digits and single hyphens"
    if slug and slug not in _RESERVED:
        hint += f", such as {slug}"
    raise UsageFailure(f"{product_id[:_LONGEST]!r} is no product id", hint=hint)


def _check_texts(entry: Mapping[str, Any]) -> None:
    for name in _SPOKEN:
        text = entry.get(name)
        if text is None:
            continue
        said, hint = name.replace("_", " "), f"write 1 to {_LONGEST_TEXT} characters on one line"
        if not text.strip():
            raise UsageFailure(f"the {said} is empty", hint=hint)
        if len(text) > _LONGEST_TEXT:
            raise UsageFailure(f"the {said} has {len(text)} characters", hint=hint)
        if any(unicodedata.category(each) in _ACTING and each not in _JOINERS for each in text):
            raise UsageFailure(f"the {said} has control characters, or some that cannot be seen", hint=hint)
