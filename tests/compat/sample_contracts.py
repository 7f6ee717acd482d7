"""Small contracts for the tests of comparisons, written as YAML so that changes have lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codegen.load import Contract, ContractSet, Example, Source
from runpact_core._json import dumps
from runpact_core._yaml import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COMMON", "TEXT", "between", "changed", "contract", "contract_set", "source", "text"]

TEXT = """\
$schema: https://json-schema.org/draft/2020-12/schema
$id: thing.v1_0.yaml
title: Thing
description: A thing.
type: object
additionalProperties: false
required: [schema_version, name, low]
properties:
  schema_version:
    type: string
    const: "1.0"
    description: The version.
  name: {$ref: "common.v1.yaml#/$defs/word"}
  low:
    type: integer
    description: The least count.
    minimum: 0
    maximum: 99
  note:
    type: string
    description: What people say of it.
    x-absent: nothing was said
    maxLength: 20
  state: {$ref: "#/$defs/state", x-absent: it has none}
  parts:
    type: array
    description: Its parts.
    x-absent: there are none
    maxItems: 3
    items: {$ref: "#/$defs/part"}
  counts: {$ref: "#/$defs/counts", x-absent: nothing was counted}
  shape: {$ref: "#/$defs/shape", x-absent: it has none}
$defs:
  state:
    title: State
    description: How it is.
    type: string
    enum: [idle, busy]
  part:
    title: Part
    description: One part.
    type: object
    additionalProperties: false
    required: [id]
    properties:
      id: {$ref: "common.v1.yaml#/$defs/word"}
      size:
        type: integer
        description: Its size.
        x-absent: not measured
        minimum: 0
        maximum: 9
  counts:
    title: Counts
    description: "Counts by name. An extension point: people may add names."
    type: object
    propertyNames:
      type: string
      description: A name.
      pattern: ^[a-z]+$
      maxLength: 9
    additionalProperties:
      type: integer
      description: The count.
      minimum: 0
      maximum: 9
  shape:
    description: What it looks like.
    oneOf:
      - $ref: "#/$defs/round"
      - $ref: "#/$defs/square"
    discriminator: {propertyName: form}
  round:
    title: Round
    description: A circle.
    type: object
    additionalProperties: false
    required: [form, radius]
    properties:
      form: {type: string, const: round, description: Its form.}
      radius: {type: integer, description: Its radius., minimum: 1, maximum: 9}
  square:
    title: Square
    description: A square.
    type: object
    additionalProperties: false
    required: [form, side]
    properties:
      form: {type: string, const: square, description: Its form.}
      side: {type: integer, description: Its side., minimum: 1, maximum: 9}
x-rules:
  - id: name-is-not-early
    kind: equal
    left: /name
    right: /note
    message: name and note differ
"""
COMMON = """\
$defs:
  word:
    type: string
    description: A word.
    pattern: ^[a-z]+$
    maxLength: 9
"""


def text(*edits: tuple[str, str], version: str = "1.0") -> str:
    """The text of the sample with some parts replaced; each part stands there."""
    made = TEXT.replace("v1_0", f"v{version.replace('.', '_')}").replace('const: "1.0"', f'const: "{version}"')
    for before, after in edits:
        assert made.count(before) == 1, before
        made = made.replace(before, after)
    return made


def between(start: str, end: str) -> str:
    """What the sample has from one text on, up to the next place of another."""
    first = TEXT.index(start)
    return TEXT[first : TEXT.index(end, first + 1)]


def source(path: str, yaml: str) -> Source:
    """A file of that text."""
    document = parse_yaml(yaml.encode())
    tree: Any = document.value
    return Source(path, tree, document.lines)


def contract(
    yaml: str = TEXT,
    *,
    version: str = "1.0",
    name: str = "thing",
    examples: Sequence[dict[str, Any]] = (),
    **entry: Any,
) -> Contract:
    """One version of the sample; examples are valid ones."""
    settings = {"gate": "record", "versioned_by": "schema_version", "status": "active", "describes": "thing.json"}
    path = f"contracts/{name}.v{version.replace('.', '_')}.yaml"
    shown = tuple(
        Example(f"example-{index}", valid=True, path=f"contracts/examples/{index}.json", data=dumps(value))
        for index, value in enumerate(examples)
    )
    return Contract(name, version, source(path, yaml), settings | entry, shown)


def changed(*edits: tuple[str, str], version: str = "1.0", **entry: Any) -> Contract:
    """The sample with some parts of its text replaced."""
    return contract(text(*edits, version=version), version=version, **entry)


def contract_set(*members: Contract, common: str = COMMON) -> ContractSet:
    """A set of contracts with the shared word."""
    nothing = Source("contracts/catalog.yaml", {}, {})
    ordered = tuple(sorted(members, key=lambda one: one.order))
    return ContractSet(source("contracts/common.v1.yaml", common), nothing, nothing, ordered)
