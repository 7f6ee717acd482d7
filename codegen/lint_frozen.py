"""Rules F01 to F05: what was released keeps its bytes, and is read as on the day of the release.

The digests stand in ``contracts/released.json``. There is no exception: whoever relies on a release relies on each of
these bytes, descriptions included, since they become docstrings and pages. What may be added beside frozen files is
free: another version, another example, another shared definition.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from codegen.findings import Finding
from codegen.lint_scope import is_mapping
from codegen.released import PATH, definition_digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen.load import Contract, ContractSet
    from codegen.released import FrozenContract, Release, Released

__all__ = ["frozen"]

NEXT = "give the file back, and change a new minor version, or a new major one where old readers would refuse it"


def frozen(contracts: ContractSet) -> Iterator[Finding]:
    """F01 to F05, for every release."""
    if contracts.released is None:
        return
    for release in contracts.released.releases:
        yield from _contracts(contracts, contracts.released, release)
        yield from _examples(contracts, contracts.released, release)
        yield from _definitions(contracts, release)


def _contracts(contracts: ContractSet, released: Released, release: Release) -> Iterator[Finding]:
    """F01, F03 and F04."""
    present = {contract.source.path: contract for contract in contracts.contracts}
    for promised in release.contracts:
        contract = present.get(promised.path)
        if contract is None:
            yield _missing(released, release, promised.path)
            message = f"there is no entry for {promised.contract} {promised.version}, released with {release.version}"
            hint = "bring it back; a version that nobody shall use any more is `retired`"
            yield Finding(contracts.catalog.path, 1, "F04", message, hint)
            continue
        if contract.source.sha256 != promised.sha256:
            message = (
                f"{promised.contract} {promised.version} was released with {release.version}, and is not as it was"
            )
            yield Finding(promised.path, 1, "F01", message, NEXT)
        yield from _entry(contracts, contract, promised, release)


def _entry(contracts: ContractSet, contract: Contract, promised: FrozenContract, release: Release) -> Iterator[Finding]:
    """F04 of an entry that is there."""
    place = next(
        f"/schemas/{index}"
        for index, entry in enumerate(contracts.catalog.tree["schemas"])
        if entry["path"] == promised.path
    )
    for key, value in (("gate", promised.gate), ("versioned_by", promised.versioned_by)):
        if contract.entry.get(key) != value:
            line = contracts.catalog.line(f"{place}/{key}")
            message = f"{promised.contract} {promised.version} was released with {release.version} as {key}: {value}"
            hint = f"write {value}; what reads documents otherwise is a new major version"
            yield Finding(contracts.catalog.path, line, "F04", message, hint)


def _examples(contracts: ContractSet, released: Released, release: Release) -> Iterator[Finding]:
    """F02 and F03."""
    present = {example.path: example for contract in contracts.contracts for example in contract.examples}
    for path, digest in release.examples.items():
        if path not in present:
            yield _missing(released, release, path)
        elif hashlib.sha256(present[path].data).hexdigest() != digest:
            message = f"the example was released with {release.version}, and is not as it was"
            yield Finding(path, 1, "F02", message, "give it back, and show the new thing in an example of another name")


def _definitions(contracts: ContractSet, release: Release) -> Iterator[Finding]:
    """F05."""
    common = contracts.common
    present: Any = common.tree.get("$defs") if is_mapping(common.tree) else None
    definitions: dict[str, Any] = present if is_mapping(present) else {}
    for name, digest in release.definitions.items():
        if name not in definitions:
            change = "is gone"
        elif definition_digest(definitions[name]) != digest:
            change = "is not as it was"
        else:
            continue
        message = f"the shared definition {name} was released with {release.version}, and {change}"
        hint = "give it back, and write the new one under another name; frozen contracts refer to this one"
        yield Finding(common.path, common.line(f"/$defs/{name}"), "F05", message, hint)


def _missing(released: Released, release: Release, path: str) -> Finding:
    message = f"{path} was released with {release.version}, and is gone"
    return Finding(PATH, released.line(path), "F03", message, "give it back; what was released stays")
