"""A contract version as its writers and readers know it, with the real validators.

What is admitted is decided by the same views and the same validator that gate documents at run time. Where something
is refused, a second form of the view says at which place: it asks for the branch of a union by its tag, so that a fault
in a branch is told at its own place and not at that of the union.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from codegen import rules, views
from evolution.generate import base_documents, resolve
from runpact_core import _gate, _json, _rules
from runpact_core._catalog import Version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen.load import Contract

__all__ = ["Edition", "Fault"]

Schema = dict[str, Any]
EXAMPLES = 8  # of one version, that documents are made from
_SAID = 160  # characters of what the validator says


class Fault(NamedTuple):
    """Where and why a document is refused; for an unknown or missing name, ``place`` ends in it, if it is told.

    ``says`` is the validator's sentence, cut short; empty where the place says it all.
    """

    place: tuple[str | int, ...]
    keyword: str
    says: str = ""


class Edition:
    """One version of one contract, as one set of contracts has it."""

    def __init__(self, contract: Contract, definitions: Mapping[str, Schema]) -> None:
        self.contract = contract
        self._definitions = definitions

    @cached_property
    def strict(self) -> Schema:
        """What writers may write."""
        return views.strict(self.contract.source.tree, self._definitions, self.contract.urn)

    @cached_property
    def gate(self) -> Schema:
        """What readers take: the tolerant view; of configuration the strict one."""
        if self.is_configuration:
            return self.strict
        return views.tolerant(self.contract.source.tree, self._definitions, self.contract.urn)

    @property
    def is_configuration(self) -> bool:
        """Whether documents are read as strictly as they are written."""
        return self.contract.entry.get("gate") == "configuration"

    @cached_property
    def version(self) -> Version:
        """The version as the version table knows it."""
        entry, tree = self.contract.entry, self.contract.source.tree
        return Version(
            contract=self.contract.name,
            version=self.contract.version,
            status=entry.get("status", "active"),
            gate=entry.get("gate", "record"),
            versioned_by=entry.get("versioned_by", "schema_version"),
            describes=entry.get("describes", ""),
            path=self.contract.source.path,
            source=entry.get("source", ""),
            root=tree.get("title", ""),
            required=tuple(tree.get("required", ())),
            integers=(),
        )

    @cached_property
    def _writer(self) -> Any:
        return _gate.make_validator(self.strict)

    @cached_property
    def _reader(self) -> Any:
        return _gate.make_validator(self.gate)

    @cached_property
    def _teller(self) -> Any:
        return _gate.make_validator(_by_tag(self.gate, self.gate))

    def writes(self, document: object) -> bool:
        """Whether the schema lets writers write it, cross-field rules apart."""
        return bool(self._writer.is_valid(document))

    def reads(self, document: object) -> bool:
        """Whether readers take it."""
        return bool(self._reader.is_valid(document))

    def faults(self, document: object) -> tuple[Fault, ...]:
        """Why readers refuse it; nothing where they take it."""
        if self.reads(document):
            return ()
        return tuple(fault for error in self._teller.iter_errors(document) for fault in _told(error))

    def unknown_places(self, document: object) -> set[tuple[str | int, ...]]:
        """Where the document has fields that the version does not name, extension points apart."""
        return {
            (*error.instance_path, name)
            for error in self._writer.iter_errors(document)
            if error.schema_path[-1] == "additionalProperties"
            for name in getattr(error.kind, "unexpected", ())
        }

    @cached_property
    def _rules(self) -> list[_rules.Rule]:
        return [_rule(rule) for rule in self.contract.source.tree.get("x-rules", [])]

    def broken_rules(self, document: Mapping[str, Any]) -> list[str]:
        """Ids of the cross-field rules that do not hold; writers do not write such a document."""
        return [rule.id for rule in self._rules if _is_broken(rule, document)]

    @cached_property
    def documents(self) -> tuple[Any, ...]:
        """Documents to begin with: published examples, then the least, the most and random ones."""
        examples = [_json.parse(example.data).value for example in self.contract.examples if example.valid]
        try:
            made = [base.value for base in base_documents(self.strict)]
        except (RuntimeError, ValueError):  # bounds that no value keeps: the contract admits no such document
            made = []
        distinct = {repr(document): document for document in (*examples[:EXAMPLES], *made)}
        return tuple(document for document in distinct.values() if self.writes(document))


def _rule(rule: Mapping[str, Any]) -> _rules.Rule:
    arguments = {
        key: tuple(value) if isinstance(value, list) else value for key, value in rule.items() if key != "kind"
    }
    made: _rules.Rule = getattr(_rules, rules.KINDS[rule["kind"]])(**arguments)
    return made


def _is_broken(rule: _rules.Rule, document: Mapping[str, Any]) -> bool:
    try:
        return rule.broken_at(document) is not None
    except (TypeError, AttributeError):  # the fields have types that the rule cannot compare; the linter refuses that
        return True


def _told(error: Any) -> list[Fault]:
    place, keyword = tuple(error.instance_path), str(error.schema_path[-1])
    says = error.message
    if len(says) > _SAID:
        says = f"{says[: _SAID // 2]}…{says[-_SAID // 2 :]}"
    if "propertyNames" in error.schema_path:
        return [Fault(place, "propertyNames", says)]
    if keyword == "required":
        return [Fault((*place, error.kind.property), keyword, says)]
    if keyword == "additionalProperties":
        unexpected = getattr(error.kind, "unexpected", None)  # an object without any names says none
        return [Fault((*place, name), keyword, says) for name in unexpected or ()] or [Fault(place, keyword, says)]
    return [Fault(place, keyword, says)]


def _by_tag(node: Any, root: Schema) -> Any:
    """Copy a view with each union as one question for each tag."""
    if isinstance(node, list):
        return [_by_tag(item, root) for item in node]
    if not isinstance(node, dict):
        return node
    copied = {key: _by_tag(value, root) for key, value in node.items()}
    branches = node.get("oneOf")
    if not isinstance(branches, list):
        return copied
    del copied["oneOf"]
    tag, constants = _tag(branches, root)
    asked = [
        {"if": {"required": [tag], "properties": {tag: {"const": value}}}, "then": branch}
        for value, branch in zip(constants, branches, strict=True)
    ]
    return {**copied, "type": "object", "required": [tag], "properties": {tag: {"enum": constants}}, "allOf": asked}


def _tag(branches: list[Schema], root: Schema) -> tuple[str, list[str]]:
    """The property that tells branches apart, and its constant in each."""
    constants = []
    for branch in branches:
        properties = resolve(branch, root)["properties"]
        resolved = {name: resolve(child, root) for name, child in properties.items()}
        constants.append({name: child["const"] for name, child in resolved.items() if "const" in child})
    names = [name for name in constants[0] if all(name in of_branch for of_branch in constants)]
    tag = next(name for name in names if len({str(of_branch[name]) for of_branch in constants}) == len(constants))
    return tag, [of_branch[tag] for of_branch in constants]
