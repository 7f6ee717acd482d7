"""The truth table: every kind of change in closed and open objects and in configuration, judged by documents.

Each row has a smallest contract that changes in just that way. Its cells are what the comparison finds, by the same
documents and validators as everywhere; nothing in the table is typed by hand.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from codegen.load import Contract, ContractSet, Source
from codegen.views import DRAFT
from evolution.compare import compare
from evolution.words import kind_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evolution.model import ContractDiff, Kind, Verdict

__all__ = ["COLUMNS", "KINDS_SHOWN", "Column", "contracts", "judged", "render", "table", "verdict_on"]

Schema = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """Where a change happens: in a closed or an open object, of a record or of configuration."""

    name: str
    is_open: bool
    gate: str


COLUMNS: Final = (
    Column("closed", is_open=False, gate="record"),
    Column("open", is_open=True, gate="record"),
    Column("configuration", is_open=False, gate="configuration"),
)
WORD: Final[Schema] = {"type": "string", "description": "A word."}
SHORT: Final[Schema] = {**WORD, "pattern": "^[a-z]*$", "maxLength": 5}
COUNT: Final[Schema] = {"type": "integer", "description": "A count.", "minimum": 0, "maximum": 9}
RULE: Final[Schema] = {"id": "low-first", "kind": "order", "before": "/low", "after": "/high", "message": "high < low"}


def _enum(*values: str, is_open: bool = False) -> Schema:
    return {"type": "string", "title": "Word", "description": "A word.", "enum": list(values), "x-open": is_open}


def _union(*tags: str) -> Schema:
    """A choice between objects; each is told by its tag."""
    return {"oneOf": [{"$ref": f"#/$defs/{tag}"} for tag in tags], "discriminator": {"propertyName": "tag"}}


# What the property `x` of the object `part` is before and after; None where it is not there.
VALUES: Final[Mapping[Kind, tuple[Schema | None, Schema | None]]] = {
    "optional-property-added": (None, WORD),
    "required-property-added": (None, WORD),
    "property-removed": (WORD, None),
    "property-became-required": (WORD, WORD),
    "property-became-optional": (WORD, WORD),
    "type-widened": (WORD, {**WORD, "type": ["string", "null"]}),
    "type-narrowed": ({**WORD, "type": ["string", "null"]}, WORD),
    "type-changed": (WORD, COUNT),
    "enum-value-added": (_enum("a"), _enum("a", "b")),
    "enum-value-removed": (_enum("a", "b"), _enum("a")),
    "open-enum-value-added": (_enum("a", is_open=True), _enum("a", "b", is_open=True)),
    "open-enum-value-removed": (_enum("a", "b", is_open=True), _enum("a", is_open=True)),
    "enum-opened": (_enum("a"), _enum("a", is_open=True)),
    "enum-closed": (_enum("a", is_open=True), _enum("a")),
    "enum-added": (WORD, _enum("a")),
    "enum-dropped": (_enum("a"), WORD),
    "bound-tightened": (COUNT, {**COUNT, "maximum": 8}),
    "bound-loosened": ({**COUNT, "maximum": 8}, COUNT),
    "pattern-added": ({**WORD, "maxLength": 5}, SHORT),
    "pattern-removed": (SHORT, {**WORD, "maxLength": 5}),
    "pattern-changed": (SHORT, {**SHORT, "pattern": "^[b-z]*[0-9]*$"}),
    "const-added": (WORD, {**WORD, "const": "a"}),
    "const-removed": ({**WORD, "const": "a"}, WORD),
    "const-changed": ({**WORD, "const": "a"}, {**WORD, "const": "b"}),
    "branch-added": (_union("one"), _union("one", "two")),
    "branch-removed": (_union("one", "two"), _union("one")),
    "object-opened": (WORD, WORD),
    "object-closed": (WORD, WORD),
    "rule-added": (WORD, WORD),
    "rule-removed": (WORD, WORD),
    "rule-changed": (WORD, WORD),
    "gate-changed": (WORD, WORD),
}
REQUIRED: Final[Mapping[Kind, tuple[bool, bool]]] = {
    "optional-property-added": (False, False),
    "property-became-required": (False, True),
    "property-became-optional": (True, False),
}
RULES: Final[Mapping[Kind, tuple[Schema | None, Schema | None]]] = {
    "rule-added": (None, RULE),
    "rule-removed": (RULE, None),
    "rule-changed": (RULE, {**RULE, "before": "/high", "after": "/low"}),
}
OPENED: Final[Mapping[Kind, tuple[bool, bool]]] = {"object-opened": (False, True), "object-closed": (True, False)}
NOTES: Final[Mapping[Kind, str]] = {
    "required-property-added": " that no upgrade step supplies",
    "property-removed": " that was required",
    "pattern-changed": " so that each has texts that the other refuses",
}
KINDS_SHOWN: Final = tuple(VALUES)


def contracts(kind: Kind, column: Column) -> tuple[ContractSet, ContractSet]:
    """The two sets in which nothing else changes; a record gets a new minor, configuration is edited in place."""
    before, after = (_contract(kind, column, side) for side in (0, 1))
    if column.gate == "configuration":
        return _set(before), _set(after)
    return _set(before), _set(before, after)


def judged(kind: Kind, column: Column) -> ContractDiff | None:
    """What the comparison says of a kind of change; None where the column does not apply to it."""
    if (kind == "object-opened" and column.is_open) or (kind == "object-closed" and not column.is_open):
        return None
    if kind == "gate-changed" and column.gate == "configuration":
        return None
    diffs = compare(*contracts(kind, column), against="before").diffs
    return diffs[0]


def table() -> dict[Kind, dict[str, ContractDiff | None]]:
    """Every row, with what each column says."""
    return {kind: {column.name: judged(kind, column) for column in COLUMNS} for kind in KINDS_SHOWN}


def verdict_on(kind: Kind, diff: ContractDiff, level: str) -> Verdict:
    """The verdict on the change that the row is about."""
    return next(one for one in diff.verdicts if one.change.kind == kind and one.level == level)


def render() -> str:
    """The table in Markdown."""
    heads = [f"{column.name} {level}" for column in COLUMNS for level in ("READ", "WRITE")]
    lines = [f"| change | {' | '.join(heads)} | needs |", "|---" * (len(heads) + 2) + "|"]
    for kind, row in table().items():
        cells = [_cell(kind, row[column.name], level) for column in COLUMNS for level in ("READ", "WRITE")]
        needs = next(diff.required for diff in row.values() if diff)
        lines.append(f"| {kind_in_words(kind)}{NOTES.get(kind, '')} | {' | '.join(cells)} | {needs} |")
    return "\n".join([*lines, ""])


def _cell(kind: Kind, diff: ContractDiff | None, level: str) -> str:
    if diff is None:
        return "-"
    return "yes" if verdict_on(kind, diff, level).compatible else "**no**"


def _contract(kind: Kind, column: Column, side: int) -> Contract:
    version = "1.0" if side == 0 or column.gate == "configuration" else "1.1"
    is_open = OPENED.get(kind, (column.is_open,) * 2)[side]
    is_required = REQUIRED.get(kind, (True, True))[side]
    value = VALUES[kind][side]
    part: Schema = {"type": "object", "title": "Part", "description": "A part.", "additionalProperties": is_open}
    part |= {"required": ["x"] if value and is_required else [], "properties": {}}
    if value:
        part["properties"] = {"x": {"$ref": "#/$defs/word"} if "enum" in value else copy.deepcopy(value)}
    definitions = {"part": part, "one": _branch("one"), "two": _branch("two")}
    definitions |= {"word": value} if value and "enum" in value else {}
    properties: Schema = {"part": {"$ref": "#/$defs/part"}, "low": COUNT, "high": COUNT}
    is_stated = column.gate == "record"
    if is_stated:
        properties["schema_version"] = {"type": "string", "const": version, "description": "The version."}
    rule = RULES.get(kind, (None, None))[side]
    tree: Schema = {
        "$schema": DRAFT,
        "$id": f"thing.v{version.replace('.', '_')}.yaml",
        "title": "Thing",
        "description": "A thing.",
        "type": "object",
        "additionalProperties": False,
        "required": ["part", "low", *(["schema_version"] if is_stated else [])],
        "properties": properties,
        "$defs": definitions,
        "x-rules": [rule] if rule else [],
    }
    gate = "configuration" if kind == "gate-changed" and side == 1 else column.gate
    entry = {"gate": gate, "versioned_by": "schema_version" if is_stated else "shape"}
    return Contract("thing", version, Source(f"contracts/{tree['$id']}", tree, {}), entry, ())


def _branch(tag: str) -> Schema:
    return {
        "type": "object",
        "title": tag.title(),
        "description": "A branch.",
        "additionalProperties": False,
        "required": ["tag"],
        "properties": {"tag": {"type": "string", "const": tag, "description": "Its tag."}},
    }


def _set(*members: Contract) -> ContractSet:
    nothing = Source("contracts/common.v1.yaml", {}, {})
    return ContractSet(nothing, nothing, nothing, members)


if __name__ == "__main__":
    print(render(), end="")
