"""The linter of the contracts: every rule of the dialect, in one place.

`lint` is pure: it looks at what was loaded, nowhere else, and gives the same findings in the same order
on every machine. A rule is a function from a file (or all files) to findings; it assumes nothing that
another rule checks. Validation comes last, and only of what has no finding so far. Each rule has failing
fixtures in ``tests/codegen/lint_fixtures/<rule>/``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.lint_catalog import catalog
from codegen.lint_documents import examples, metaschema, registered, strays
from codegen.lint_frozen import frozen
from codegen.lint_keywords import allowed_keywords, banned_keywords
from codegen.lint_names import descriptions, names
from codegen.lint_objects import absence, closed_objects, named_objects, tagged_unions, unique_titles
from codegen.lint_patterns import patterns
from codegen.lint_references import references, rings, shared_scalars
from codegen.lint_rules import cross_field_rules
from codegen.lint_scope import scopes
from codegen.lint_values import constants, enums, numbers, times

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codegen.findings import Finding
    from codegen.lint_scope import Scope
    from codegen.load import Contract, ContractSet

__all__ = ["RULES", "lint"]

RULES: Final = {
    "D01": "allowed keywords only",
    "D02": "no keyword or schema that the model generator does not enforce",
    "D03": "objects and enums are definitions with a title of their own; nothing else has one",
    "D04": "an object says whether it is closed, and an open one who may add what",
    "D05": "optional means absent, never null, and says what absence means",
    "D06": "a constant is a string, and required",
    "D07": "the values of an enum are strings with names of their own",
    "D08": "a union is of objects that a required constant tells apart",
    "D09": "a number is [integer, number] with bounds",
    "D10": "a pattern is anchored, ASCII, linear, and has a maxLength",
    "D11": "a time is a string with a pattern",
    "D12": "references go to the file itself or to the scalars of common",
    "D13": "a property's name is plain snake_case, or prescribed",
    "D14": "contracts, definitions and properties are described",
    "R01": "a cross-field rule has the operands of its kind, and nothing else",
    "R02": "a cross-field rule has an id of its own in kebab-case",
    "R03": "a cross-field rule is of a known kind",
    "R04": "a cross-field rule has a message",
    "R05": "a cross-field rule names properties that exist",
    "R06": "a template names fields",
    "R07": "the operands of a cross-field rule have types that it can compare",
    "L03": "an entry of the catalog agrees with the name of its file",
    "L04": "a contract version stands in the catalog once",
    "L05": "a contract carries its version as the catalog says",
    "L06": "the catalog is a document of its own contract",
    "M01": "a contract is a JSON Schema",
    "E01": "a contract version has valid and invalid examples",
    "E02": "an example is named in kebab-case",
    "E03": "a valid example is canonical JSON",
    "E04": "a valid example is valid",
    "E05": "an invalid example is JSON, and invalid",
    "E06": "an example of a broken rule breaks a rule that exists, and nothing else",
    "E07": "an example belongs to a contract version",
    "F01": "a released contract keeps its bytes",
    "F02": "a released example keeps its bytes",
    "F03": "a released file stays",
    "F04": "a released version stays in the catalog, and is read as it was",
    "F05": "a shared definition of a release stays as it was",
}
"""Every rule of the linter in a few words. (L01 and L02 belong to `codegen.load`.)"""

FILE_RULES: Final[tuple[Callable[[Scope], Iterator[Finding]], ...]] = (
    allowed_keywords,
    banned_keywords,
    named_objects,
    closed_objects,
    absence,
    constants,
    enums,
    tagged_unions,
    numbers,
    patterns,
    times,
    references,
    shared_scalars,
    rings,
    descriptions,
    cross_field_rules,
)


def lint(contracts: ContractSet) -> list[Finding]:
    """Everything that is wrong with the contracts, by file and line; empty where they can be compiled."""
    files = scopes(contracts)
    findings = [finding for rule in FILE_RULES for file in files for finding in rule(file)]
    findings += unique_titles(files)
    findings += names(files, contracts.prescribed)
    findings += catalog(contracts)
    findings += frozen(contracts)
    findings += strays(contracts)
    faulty = {finding.path for finding in findings}
    if contracts.common.path not in faulty:
        findings += _validate(contracts, faulty)
    return sorted(findings)


def _validate(contracts: ContractSet, faulty: set[str]) -> list[Finding]:
    """What takes a validator, of the files without a finding."""
    findings = list(metaschema(contracts.common))
    if findings:
        return findings
    sound: list[Contract] = []
    for contract in contracts.contracts:
        if contract.source.path not in faulty:
            found = list(metaschema(contract.source))
            findings += found
            sound += [] if found else [contract]
    for contract in sound:
        findings += examples(contract, contracts)
    for contract in [contract for contract in sound if contract.name == "schema_catalog"][-1:]:
        findings += registered(contracts, contract)
    return findings
