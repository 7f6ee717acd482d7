"""The structural difference of two contracts: each change in its word, at its place, in its file and line."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from codegen import views
from codegen.load import load
from evolution.diff import api_names, changes
from evolution.words import describe, kind_in_words, meeting, shown
from tests.compat.mutants import mutants
from tests.compat.sample_contracts import COMMON, TEXT, between, changed, contract, source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen.load import Contract, Source
    from evolution.model import Change

ROOT = Path(__file__).resolve().parents[2]


def shared(yaml: str = COMMON) -> Source:
    """The file of the shared word."""
    return source("contracts/common.v1.yaml", yaml)


def found(new: Contract, old: Contract | None = None, *, common: str = COMMON) -> tuple[Change, ...]:
    """What changed from the sample."""
    return changes(old or contract(), new, old_common=shared(), new_common=shared(common))


def told(new: Contract, old: Contract | None = None, *, common: str = COMMON) -> list[tuple[str, str, Any, Any]]:
    """The same as plain tuples, without files and lines."""
    return [(one.kind, one.pointer, one.old, one.new) for one in found(new, old, common=common)]


PART = "    required: [id]\n"
EDITS: dict[str, tuple[tuple[str, str], tuple[str, str, Any, Any]]] = {
    "required property": (
        ("low]\nproperties:", "low, more]\nproperties:\n  more: {type: boolean, description: More.}"),
        ("required-property-added", "/more", None, {"type": "boolean", "description": "More."}),
    ),
    "became required": (
        (PART, "    required: [id, size]\n"),
        ("property-became-required", "/parts/*/size", False, True),
    ),
    "became optional": ((PART, "    required: []\n"), ("property-became-optional", "/parts/*/id", True, False)),
    "wider type": (
        ("  note:\n    type: string", "  note:\n    type: [string, 'null']"),
        ("type-widened", "/note", ["string"], ["null", "string"]),
    ),
    "other type": (
        ("  note:\n    type: string", "  note:\n    type: array"),
        ("type-changed", "/note", ["string"], ["array"]),
    ),
    "enum value": (("[idle, busy]", "[idle, busy, gone]"), ("enum-value-added", "/state", None, "gone")),
    "enum value gone": (("[idle, busy]", "[idle]"), ("enum-value-removed", "/state", "busy", None)),
    "enum opened": (
        ("    enum: [idle, busy]", "    x-open: true\n    enum: [idle, busy]"),
        ("enum-opened", "/state", ["idle", "busy"], ["idle", "busy"]),
    ),
    "no enum": (("    enum: [idle, busy]\n", ""), ("enum-dropped", "/state", ["idle", "busy"], None)),
    "lower maximum": (("maximum: 99", "maximum: 98"), ("bound-tightened", "/low", {"maximum": 99}, {"maximum": 98})),
    "lower minimum": (
        ("    minimum: 0\n    maximum: 99", "    minimum: -1\n    maximum: 99"),
        ("bound-loosened", "/low", {"minimum": 0}, {"minimum": -1}),
    ),
    "no maximum": (("    maximum: 99\n", ""), ("bound-loosened", "/low", {"maximum": 99}, None)),
    "more elements": (("maxItems: 3", "maxItems: 4"), ("bound-loosened", "/parts", {"maxItems": 3}, {"maxItems": 4})),
    "new bound": (
        ("maxLength: 20", "maxLength: 20\n    minLength: 1"),
        ("bound-tightened", "/note", None, {"minLength": 1}),
    ),
    "names of a map": (
        ("      pattern: ^[a-z]+$\n", "      pattern: ^[a-y]+$\n"),
        ("pattern-changed", "/counts/{name}", "^[a-z]+$", "^[a-y]+$"),
    ),
    "values of a map": (
        ("      description: The count.\n      minimum: 0\n", "      description: The count.\n      minimum: 1\n"),
        ("bound-tightened", "/counts/*", {"minimum": 0}, {"minimum": 1}),
    ),
    "map to anything": (
        (
            between("    additionalProperties:\n", "  shape:\n"),
            "    additionalProperties: true\n",
        ),
        (
            "object-opened",
            "/counts",
            {"type": "integer", "description": "The count.", "minimum": 0, "maximum": 9},
            True,
        ),
    ),
    "open object": (
        (
            "One part.\n    type: object\n    additionalProperties: false",
            "One part.\n    type: object\n    additionalProperties: true",
        ),
        ("object-opened", "/parts/*", False, True),
    ),
    "branch gone": (('      - $ref: "#/$defs/square"\n', ""), ("branch-removed", "/shape", "square", None)),
    "in a branch": (
        ("Its radius., minimum: 1", "Its radius., minimum: 2"),
        ("bound-tightened", "/shape/radius", {"minimum": 1}, {"minimum": 2}),
    ),
    "tag": (("const: round", "const: circle"), ("branch-added", "/shape", None, "circle")),
    "class": (("title: Part", "title: Piece"), ("class-renamed", "/parts/*", "Part", "Piece")),
    "rule": (("right: /note", "right: /state"), ("rule-changed", "#name-is-not-early", None, None)),
    "message": (
        ("name and note differ", "they differ"),
        ("description-changed", "#name-is-not-early", "name and note differ", "they differ"),
    ),
    "description": (
        ("What people say of it.", "Words."),
        ("description-changed", "/note", "What people say of it.", "Words."),
    ),
    "absence": (
        ("nothing was said", "nobody spoke"),
        ("description-changed", "/note", "nothing was said", "nobody spoke"),
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_change_is_called_by_its_word(name: str) -> None:
    """One edit of a contract is one change, of the kind, place and values that people would name."""
    edit, expected = EDITS[name]
    first = told(changed(edit))[0]
    if expected[0] == "rule-changed":
        assert first[:2] == expected[:2]
        assert (first[2]["right"], first[3]["right"]) == ("/note", "/state")
    else:
        assert first == expected
    assert len(told(changed(edit))) == (2 if name == "tag" else 1)


def test_nothing_changed() -> None:
    """The same contract twice has no changes, nor has one whose definitions were only named and placed otherwise."""
    assert found(contract()) == ()
    renamed = TEXT.replace("defs/part", "defs/piece").replace("\n  part:\n", "\n  piece:\n")
    assert found(contract(renamed)) == ()
    inlined = TEXT.replace(
        '  name: {$ref: "common.v1.yaml#/$defs/word"}',
        "  name: {type: string, description: A word., pattern: '^[a-z]+$', maxLength: 9}",
    )
    assert found(contract(inlined)) == ()


def test_a_version_is_no_change() -> None:
    """The constant of the version field differs between versions, and says nothing."""
    assert found(changed(version="1.1")) == ()


def test_an_added_place_has_its_line() -> None:
    """What is new is shown in the new file, what is gone in the old one, each at its line."""
    new = changed(("[idle, busy]", "[idle, gone]"), version="1.1")
    assert [(one.kind, one.path, one.line) for one in found(new)] == [
        ("enum-value-added", "contracts/thing.v1_1.yaml", line_of("enum:")),
        ("enum-value-removed", "contracts/thing.v1_0.yaml", line_of("enum:")),
    ]
    gone = changed(
        (
            between("      size:\n", "  counts:\n    title"),
            "",
        )
    )
    (removed,) = found(gone)
    assert (removed.kind, removed.pointer, removed.line) == (
        "property-removed",
        "/parts/*/size",
        line_of("      size:"),
    )


def line_of(part: str) -> int:
    """The first line of the sample that has the text."""
    return next(number for number, line in enumerate(TEXT.splitlines(), 1) if part in line)


def test_a_shared_word_is_shown_where_it_changed() -> None:
    """A change in the shared definitions has their file and line, and is told once for all that use it."""
    (change,) = found(contract(), common=COMMON.replace("maxLength: 9", "maxLength: 8"))
    assert (change.kind, change.pointer, change.path, change.line) == (
        "bound-tightened",
        "/name",
        "contracts/common.v1.yaml",
        6,
    )


def test_one_use_of_a_definition_may_leave_it() -> None:
    """Of two fields that share a definition, the one that gets its own is told, and the other is not."""
    word = '      id: {$ref: "common.v1.yaml#/$defs/word"}\n'
    own = "      id: {type: string, description: A word., pattern: '^[a-z]+$', maxLength: 8}\n"
    assert told(changed((word, own))) == [("bound-tightened", "/parts/*/id", {"maxLength": 9}, {"maxLength": 8})]


def test_a_renamed_property_is_told_as_such() -> None:
    """A property that went while one of its shape came is one gone, one come, and a renamed field."""
    renamed = changed(("  note:\n", "  remark:\n"))
    assert [(kind, place) for kind, place, _, _ in told(renamed)] == [
        ("optional-property-added", "/remark"),
        ("property-removed", "/note"),
        ("field-renamed", "/note"),
    ]
    assert told(renamed)[-1][2:] == ("note", "remark")


def test_two_like_properties_are_no_renaming() -> None:
    """Where two properties of one shape came, nobody can say which is the old one."""
    one = between("  note:\n", "  state: {")
    doubled = changed((one, one.replace("note", "remark") + one.replace("note", "saying")))
    assert [kind for kind, *_ in told(doubled)] == ["optional-property-added"] * 2 + ["property-removed"]


def test_classes_come_and_go() -> None:
    """A definition that comes with a new field is a class that comes; and the other way round."""
    part = between("  part:\n", "  counts:\n    title")
    without = contract(TEXT.replace(between("  parts:\n", "  counts: {"), "").replace(part, ""))
    assert [one[:3] for one in told(without)] == [
        ("property-removed", "/parts", views_of("parts")),
        ("class-removed", "", "Part"),
    ]
    assert [one[0] for one in told(contract(), without)] == ["optional-property-added", "class-added"]


def views_of(name: str) -> Any:
    """A property of the sample as it is written."""
    return contract().source.tree["properties"][name]


def test_the_catalog_counts() -> None:
    """How documents are gated, how they state their version and where they lie are compared."""
    other = changed(gate="configuration", versioned_by="shape", describes="other.json")
    assert [(kind, old, new) for kind, _, old, new in told(other)] == [
        ("gate-changed", "record", "configuration"),
        ("versioning-changed", "schema_version", "shape"),
        ("place-changed", "thing.json", "other.json"),
    ]


def test_examples_are_compared_within_a_version() -> None:
    """Example documents come, change and go; those of another version are others."""
    one, two = {"name": "a"}, {"name": "b"}
    before, after = contract(examples=[one, two]), contract(examples=[two])
    assert [kind for kind, *_ in told(after, before)] == ["example-changed", "example-removed"]
    assert [kind for kind, *_ in told(before, after)] == ["example-changed", "example-added"]
    assert told(changed(version="1.1"), before) == []


def test_rules_come_and_go() -> None:
    """A cross-field rule that came or went is named by its id."""
    without = contract(TEXT[: TEXT.index("x-rules")])
    assert [one[:2] for one in told(without)] == [("rule-removed", "#name-is-not-early")]
    assert [one[:2] for one in told(contract(), without)] == [("rule-added", "#name-is-not-early")]


def test_a_map_gets_names() -> None:
    """Free names that were free before are bound, and the other way round."""
    free = changed((between("    propertyNames:", "    additionalProperties:\n"), ""))
    assert [one[:2] for one in told(free)] == [("pattern-removed", "/counts/{name}")]
    assert [one[:2] for one in told(contract(), free)] == [("pattern-added", "/counts/{name}")]


def test_a_constant_is_compared() -> None:
    """Constants that come, go and change are told, but for that of the version."""
    note = "    description: What people say of it.\n"
    first, second = changed((note, f"{note}    const: a\n")), changed((note, f"{note}    const: b\n"))
    assert [one[0] for one in told(first)] == ["const-added"]
    assert [one[0] for one in told(contract(), first)] == ["const-removed"]
    assert told(second, first) == [("const-changed", "/note", "a", "b")]


def test_no_change_of_a_view_is_missed() -> None:
    """Whatever keyword of a real contract is altered, where its strict view differs a change is told."""
    contracts = load(ROOT)
    missed, tried = [], 0
    for name in ("run", "test_report", "artifacts_config", "last_run"):
        old = contracts.versions(name)[-1]
        strict = views.strict(old.source.tree, contracts.definitions, "x")
        for what, tree in mutants(old.source.tree):
            if views.strict(tree, contracts.definitions, "x") == strict and "x-open" not in what:
                continue
            new = replace(old, source=replace(old.source, tree=tree))
            tried += 1
            if not changes(old, new, old_common=contracts.common, new_common=contracts.common):
                missed.append(f"{name} {what}")
    assert missed == []
    assert tried > 300


def test_names_are_those_of_the_generated_code() -> None:
    """The public names that are compared are just those that the generated models have."""
    for one in load(ROOT).contracts:
        path = ROOT / f"packages/core/src/runpact_core/_generated/models/{one.module}.py"
        assert set(api_names(one.source.tree)) == set(_generated(path.read_text(encoding="utf-8"))), one.module


def _generated(text: str) -> Iterator[str]:
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
            for part in node.body:
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                    yield f"{node.name}.{part.target.id}"


def test_changes_are_told_in_words() -> None:
    """A change is one sentence in words of the field, with values cut short."""
    sentences = [
        describe(found(changed(EDITS[name][0]))[0])
        for name in ("enum value", "lower maximum", "new bound", "class", "required property", "enum opened")
    ]
    assert sentences == [
        'enum value added: "gone"',
        "bound tightened: the greatest value was 99, is 98",
        "bound tightened: the least length was none, is 1",
        'class renamed: "Part" became "Piece"',
        "required property added",
        'enum opened: ["idle", "busy"]',
    ]
    assert shown("a" * 100) == f'"{"a" * 59}…'
    assert kind_in_words("open-enum-value-added") == "open enum value added"
    assert meeting("READ") == "old data, new reader"
