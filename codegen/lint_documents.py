"""Rules M01, E01 to E07 and L06: what takes a validator.

Contracts are schemas; examples show what their names say.

Only files without any other finding come here, since a view of a broken contract means nothing. The
validator is `jsonschema`, the reference; it has an empty registry, so nothing is ever fetched. It is
imported when first needed.

An invalid example shows what the schema refuses; one whose name starts with ``rule-<id>`` shows what only
that cross-field rule refuses, so here the schema must admit it (the rules themselves run in the tests of
the core).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from codegen.findings import Finding
from codegen.lint_rules import KEBAB_CASE, rule_ids
from codegen.lint_scope import is_mapping
from codegen.views import strict
from runpact_core._json import dumps, parse
from runpact_core._pointer import pointer
from runpact_core.errors import InvalidArtifact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from codegen.load import Contract, ContractSet, Example, Source

    Fault: TypeAlias = "tuple[str, str]"
    Judge: TypeAlias = "Callable[[object], Fault | None]"

__all__ = ["examples", "metaschema", "registered", "strays"]


def metaschema(source: Source) -> Iterator[Finding]:
    """M01: the file is a JSON Schema, and so are the views of it.

    The fast validator judges, which takes a tenth of the time; where it finds a fault the reference says which.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    hint = "see the metaschema of JSON Schema 2020-12"
    if not is_mapping(source.tree):
        yield Finding(source.path, 1, "M01", "the file is no mapping", "write a JSON Schema in YAML")
        return
    from jsonschema_rs import meta

    if meta.is_valid(source.tree):
        return
    try:
        Draft202012Validator.check_schema(source.tree)
    except SchemaError as error:
        place = pointer(list(error.absolute_path))
        yield Finding(source.path, source.line(place), "M01", f"no JSON Schema: {error.message}", hint)


def examples(contract: Contract, contracts: ContractSet) -> Iterator[Finding]:
    """E01 to E06: examples of both kinds, well named, canonical, and judged by the strict view."""
    judge = _judge(contract, contracts)
    for valid, kind in ((True, "valid"), (False, "invalid")):
        if not any(example.valid is valid for example in contract.examples):
            hint = f"add one below contracts/examples/{contract.name}/{contract.version}/{kind}/"
            yield Finding(contract.source.path, 1, "E01", f"there is no {kind} example", hint)
    for example in contract.examples:
        if not KEBAB_CASE.fullmatch(example.name):
            hint = "name it for what it shows, such as no-actor.json"
            yield Finding(example.path, 1, "E02", f"the name {example.name} is not kebab-case", hint)
        yield from _valid(example, judge) if example.valid else _invalid(example, judge, contract)


def _valid(example: Example, judge: Judge) -> Iterator[Finding]:
    """E03 and E04."""
    try:
        value = parse(example.data).value
        canonical = dumps(value) == example.data
    except InvalidArtifact as error:
        yield Finding(example.path, 1, "E03", f"the example is not JSON: {error.reason}", "correct it")
        return
    if not canonical:
        hint = "indent by 2, sort the keys, escape what is not ASCII, end with one line feed"
        yield Finding(example.path, 1, "E03", "the example is not canonical JSON", hint)
    fault = judge(value)
    if fault is not None:
        message = f"the contract refuses the example at {fault[0] or 'the root'}: {fault[1]}"
        yield Finding(example.path, 1, "E04", message, "correct the example, or move it to invalid/")


def _invalid(example: Example, judge: Judge, contract: Contract) -> Iterator[Finding]:
    """E05 and E06."""
    try:
        fault = judge(parse(example.data).value)
    except InvalidArtifact as error:
        message = f"the example is not JSON, so it shows nothing of the contract: {error.reason}"
        yield Finding(example.path, 1, "E05", message, "correct it; unreadable bytes belong in the tests of the core")
        return
    if not example.name.startswith("rule-"):
        if fault is None:
            hint = "make it break what its name says; one that breaks only a cross-field rule is rule-<id>"
            yield Finding(example.path, 1, "E05", "the contract admits the example", hint)
        return
    shown = f"{example.name}-"
    if not any(shown.startswith(f"rule-{name}-") for name in rule_ids(contract.source.tree)):
        hint = "begin the name with rule- and the id of an x-rules entry"
        yield Finding(example.path, 1, "E06", f"the contract has no rule for {example.name}", hint)
    elif fault is not None:
        message = f"the schema alone refuses the example at {fault[0] or 'the root'}: {fault[1]}"
        yield Finding(example.path, 1, "E06", message, "let it break nothing but the rule")


def strays(contracts: ContractSet) -> Iterator[Finding]:
    """E07: every file below the examples is an example of a version that exists."""
    for path in contracts.strays:
        hint = "write contracts/examples/<contract>/<version>/{valid,invalid}/<what-it-shows>.json"
        yield Finding(path, 1, "E07", "the file is no example of any contract version", hint)


def registered(contracts: ContractSet, contract: Contract) -> Iterator[Finding]:
    """L06: the catalog is a document of the contract of catalogs."""
    catalog = contracts.catalog
    fault = _judge(contract, contracts)(catalog.tree)
    if fault is not None:
        message = f"the catalog is no {contract.name} {contract.version}: {fault[1]}"
        yield Finding(catalog.path, catalog.line(fault[0]), "L06", message, f"see {contract.source.path}")


def _judge(contract: Contract, contracts: ContractSet) -> Judge:
    """What says where and why the strict view of a contract refuses a document; None where it does not."""
    from jsonschema import Draft202012Validator
    from referencing import Registry

    schema: Mapping[str, Any] = strict(contract.source.tree, contracts.definitions, contract.urn)
    validator = Draft202012Validator(schema, registry=Registry())

    def judge(document: object) -> Fault | None:
        faults = [(pointer(list(error.absolute_path)), error.message) for error in validator.iter_errors(document)]
        return min(faults, default=None)

    return judge
