"""The structural difference between two versions of a contract, in words of the field.

    changes(old, new)   every difference, in the order of the contract's fields

Pure: two contracts in, a tuple of changes out. It says what changed, not what that breaks: `evolution.proof` does, with
documents. References are followed, so moving a definition is no change; a definition that is used in many places is
compared once, at the first. The names of generated classes and fields are compared as they are made from a contract: a
class for each object with named fields, a field for each of these.
"""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Any, Final

from codegen.views import LOCAL_PREFIX, is_class
from evolution.model import Change, Kind
from evolution.nodes import Node, root_node
from runpact_core import _pointer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codegen.load import Contract, Source

__all__ = ["VERSION_FIELDS", "api_names", "changes", "same_shape"]

VERSION_FIELDS: Final = frozenset({"/schema_version", "/version"})
LOWER_BOUNDS: Final = ("minimum", "minLength", "minItems")
UPPER_BOUNDS: Final = ("maximum", "maxLength", "maxItems")
WORDS: Final = ("description", "x-absent", "examples")
WORDING: Final = frozenset(
    {
        "description-changed",
        "example-added",
        "example-changed",
        "example-removed",
        "class-added",
        "class-removed",
        "class-renamed",
        "place-changed",
        "status-advanced",
        "entry-changed",
    }
)
ENTRY: Final[Mapping[str, Kind]] = {
    "gate": "gate-changed",
    "versioned_by": "versioning-changed",
    "describes": "place-changed",
}
IDENTITY: Final = frozenset({"schema_id", "major", "version", "path"})  # of a version; another one is another version
STATUSES: Final = ("planned", "active", "deprecated", "retired")  # in the order that a version goes through them


def changes(
    old: Contract,
    new: Contract,
    *,
    old_common: Source | None = None,
    new_common: Source | None = None,
    new_catalog: Source | None = None,
) -> tuple[Change, ...]:
    """Every difference between two contracts.

    Args:
        old: The one side.
        new: The other side.
        old_common: The file of shared scalars that the old side refers to.
        new_common: The same of the new side.
        new_catalog: The catalog of the new side, which has the lines of what it says; else the contract's first line.
    """
    walk = _Walk(old, new, new_catalog)
    before, after = root_node(old, old_common), root_node(new, new_common)
    walk.entry()
    walk.nodes(before, after, "")
    walk.rules(before, after)
    walk.names(before, after)
    walk.examples()
    return tuple(walk.found)


def same_shape(old: Contract, new: Contract, *, old_common: Source, new_common: Source) -> bool:
    """Whether two contracts differ in nothing but words and names, as one does that was renamed."""
    found = changes(old, new, old_common=old_common, new_common=new_common)
    return all(change.kind in WORDING for change in found)


def api_names(tree: Mapping[str, Any]) -> dict[str, str]:
    """The public names that are generated from a contract, ``Class`` or ``Class.field``, with the place of each."""
    found: dict[str, str] = {}
    nodes = {"": tree} | {f"/$defs/{name}": node for name, node in tree.get("$defs", {}).items()}
    for at, node in nodes.items():
        if is_class(dict(node)):
            found[node["title"]] = at
            for name in node["properties"]:
                field = f"{name}_" if keyword.iskeyword(name) else name
                found[f"{node['title']}.{field}"] = f"{at}/properties{_pointer.pointer([name])}"
    return found


class _Walk:
    """Walks two contracts side by side and keeps what differs."""

    def __init__(self, old: Contract, new: Contract, catalog: Source | None) -> None:
        self.old = old
        self.new = new
        self._catalog = catalog
        self.found: list[Change] = []
        self._seen: set[tuple[tuple[str, str], tuple[str, str]]] = set()
        self._worded: set[tuple[str, tuple[str, int]]] = set()
        self._renamed: dict[str, str] = {}  # classes and fields that have a new name, by their old one

    def say(self, kind: Kind, pointer: str, old: Any, new: Any, place: tuple[str, int]) -> None:
        """Keep one change."""
        self.found.append(Change(self.old.name, self.old.version, self.new.version, pointer, kind, old, new, *place))

    def entry(self) -> None:
        """What the catalog says: how documents are gated, how they state their version, where they lie, and the rest.

        A version has its own status, owner and the like, so these are compared of one version only.
        """
        old, new = self.old.entry, self.new.entry
        for field, kind in ENTRY.items():
            if old.get(field) != new.get(field):
                self.say(kind, "", old.get(field), new.get(field), self._entry_place(field))
        if self.old.version != self.new.version:
            return
        if old.get("status") != new.get("status"):
            is_back = _stage(old) > _stage(new)
            said: Kind = "status-reverted" if is_back else "status-advanced"
            self.say(said, "", old.get("status"), new.get("status"), self._entry_place("status"))
        for field in sorted({*old, *new} - {*ENTRY, *IDENTITY, "status"}):
            if old.get(field) != new.get(field):
                was, now = ({field: entry[field]} if field in entry else None for entry in (old, new))
                self.say("entry-changed", "", was, now, self._entry_place(field))

    def _entry_place(self, field: str) -> tuple[str, int]:
        """File and line of a field of the new catalog entry, or of the contract where there is no catalog."""
        entries: Any = self._catalog.tree.get("schemas", ()) if self._catalog else ()
        for index, entry in enumerate(entries):
            if self._catalog and entry.get("path") == self.new.source.path:
                return self._catalog.path, self._catalog.line(f"/schemas/{index}/{field}")
        return self.new.source.path, 1

    def nodes(self, old: Node, new: Node, pointer: str) -> None:
        """Compare what two schemas say of one place."""
        for word in WORDS:
            if old.schema.get(word) != new.schema.get(word):
                self._word(word, old, new, pointer)
        if (old.identity, new.identity) in self._seen:
            return
        self._seen.add((old.identity, new.identity))
        if "oneOf" in old.schema and "oneOf" in new.schema:
            self._branches(old, new, pointer)
            return
        if self._types(old, new, pointer):
            self._values(old, new, pointer)
            self._bounds(old, new, pointer)
            self._pattern(old, new, pointer)
            self._object(old, new, pointer)
            if "items" in old.schema and "items" in new.schema:
                self.nodes(old.child("items"), new.child("items"), f"{pointer}/*")

    def _word(self, word: str, old: Node, new: Node, pointer: str) -> None:
        before, after = old.schema.get(word), new.schema.get(word)
        place = new.place(word)
        if (word, place) not in self._worded:  # the words of a definition, once
            self._worded.add((word, place))
            kind: Kind = "example-changed" if word == "examples" else "description-changed"
            self.say(kind, pointer, before, after, place)

    def _types(self, old: Node, new: Node, pointer: str) -> bool:
        """Whether what the types admit still has something in common."""
        before, after = _types(old.schema), _types(new.schema)
        if before != after:
            kind: Kind = "type-changed"
            if before < after:
                kind = "type-widened"
            elif before > after:
                kind = "type-narrowed"
            self.say(kind, pointer, sorted(before), sorted(after), new.place("type"))
        return bool(before & after) and "union" not in before | after

    def _values(self, old: Node, new: Node, pointer: str) -> None:
        before, after = old.schema.get("const"), new.schema.get("const")
        if before != after and pointer not in VERSION_FIELDS:
            kind: Kind = "const-added" if before is None else "const-removed" if after is None else "const-changed"
            self.say(kind, pointer, before, after, new.place("const"))
        was, now = old.schema.get("enum"), new.schema.get("enum")
        if was is None and now is None:
            return
        if was is None or now is None:
            self.say("enum-added" if was is None else "enum-dropped", pointer, was, now, new.place("enum"))
            return
        was_open, is_open = bool(old.schema.get("x-open")), bool(new.schema.get("x-open"))
        for value in now:
            if value not in was:
                place = new.place("enum", str(now.index(value)))
                self.say("open-enum-value-added" if was_open else "enum-value-added", pointer, None, value, place)
        for value in was:
            if value not in now:
                place = old.place("enum", str(was.index(value)))
                self.say("open-enum-value-removed" if is_open else "enum-value-removed", pointer, value, None, place)
        if was_open != is_open:
            self.say("enum-opened" if is_open else "enum-closed", pointer, was, now, new.place("x-open"))

    def _bounds(self, old: Node, new: Node, pointer: str) -> None:
        for bound in (*LOWER_BOUNDS, *UPPER_BOUNDS):
            before, after = old.schema.get(bound), new.schema.get(bound)
            if before == after:
                continue
            looser = after is None or (
                before is not None and (after < before if bound in LOWER_BOUNDS else after > before)
            )
            self.say(
                "bound-loosened" if looser else "bound-tightened",
                pointer,
                {bound: before} if before is not None else None,
                {bound: after} if after is not None else None,
                new.place(bound),
            )

    def _pattern(self, old: Node, new: Node, pointer: str) -> None:
        before, after = old.schema.get("pattern"), new.schema.get("pattern")
        if before != after:
            one_side: Kind = "pattern-added" if before is None else "pattern-removed"
            kind = one_side if None in (before, after) else "pattern-changed"
            self.say(kind, pointer, before, after, new.place("pattern"))

    def _object(self, old: Node, new: Node, pointer: str) -> None:
        if "object" not in _types(old.schema) & _types(new.schema):
            return
        self._class(old, new, pointer)
        self._properties(old, new, pointer)
        self._openness(old, new, pointer)
        self._names_of_map(old, new, pointer)

    def _class(self, old: Node, new: Node, pointer: str) -> None:
        before, after = old.schema.get("title"), new.schema.get("title")
        if before != after and is_class(old.schema) and is_class(new.schema):
            self._renamed[str(before)] = str(after)
            self.say("class-renamed", pointer, before, after, new.place("title"))

    def _properties(self, old: Node, new: Node, pointer: str) -> None:
        before, after = old.schema.get("properties", {}), new.schema.get("properties", {})
        demanded, demands = set(old.schema.get("required", ())), set(new.schema.get("required", ()))
        for name in after:
            below = pointer + _pointer.pointer([name])
            if name in before:
                self._necessity(name in demanded, name in demands, below, new)
                self.nodes(old.child("properties", name), new.child("properties", name), below)
                continue
            kind: Kind = "required-property-added" if name in demands else "optional-property-added"
            self.say(kind, below, None, after[name], new.child("properties", name).used_at())
        for name in before:
            if name not in after:
                below = pointer + _pointer.pointer([name])
                self.say("property-removed", below, before[name], None, old.child("properties", name).used_at())
        for was, now in _renames(old, new):
            title = new.schema.get("title")
            self._renamed[f"{old.schema.get('title')}.{was}"] = f"{title}.{now}"
            place = new.child("properties", now).used_at()
            self.say("field-renamed", pointer + _pointer.pointer([was]), was, now, place)

    def _necessity(self, was: bool, now: bool, pointer: str, new: Node) -> None:  # noqa: FBT001 - was and is
        if was != now:
            kind: Kind = "property-became-required" if now else "property-became-optional"
            self.say(kind, pointer, was, now, new.place("required"))

    def _openness(self, old: Node, new: Node, pointer: str) -> None:
        before, after = old.schema.get("additionalProperties"), new.schema.get("additionalProperties")
        if isinstance(before, dict) and isinstance(after, dict):
            self.nodes(old.child("additionalProperties"), new.child("additionalProperties"), f"{pointer}/*")
        elif before != after:
            wider = before is False or after is True
            kind: Kind = "object-opened" if wider else "object-closed"
            self.say(kind, pointer, before, after, new.place("additionalProperties"))

    def _names_of_map(self, old: Node, new: Node, pointer: str) -> None:
        """What a map's names may be, at the place ``{name}`` below it."""
        before, after = old.schema.get("propertyNames"), new.schema.get("propertyNames")
        below = f"{pointer}/{{name}}"
        if before is not None and after is not None:
            self.nodes(old.child("propertyNames"), new.child("propertyNames"), below)
        elif before != after:
            kind: Kind = "pattern-added" if before is None else "pattern-removed"
            self.say(kind, below, before, after, new.place("propertyNames"))

    def _branches(self, old: Node, new: Node, pointer: str) -> None:
        """Compare the branches of two unions, told apart by the constants of their tags."""
        before, after = _tagged(old), _tagged(new)
        for tag, branch in after.items():
            if tag in before:
                self.nodes(before[tag], branch, pointer)
            else:
                self.say("branch-added", pointer, None, tag, branch.used_at())
        for tag, branch in before.items():
            if tag not in after:
                self.say("branch-removed", pointer, tag, None, branch.used_at())

    def rules(self, old: Node, new: Node) -> None:
        """Compare the cross-field rules, by their ids."""
        before = {rule["id"]: rule for rule in old.schema.get("x-rules", [])}
        after = {rule["id"]: rule for rule in new.schema.get("x-rules", [])}
        for index, (name, rule) in enumerate(after.items()):
            place = new.place("x-rules", str(index))
            if name not in before:
                self.say("rule-added", f"#{name}", None, rule, place)
            elif {**rule, "message": ""} != {**before[name], "message": ""}:
                self.say("rule-changed", f"#{name}", before[name], rule, place)
            elif rule != before[name]:
                self.say("description-changed", f"#{name}", before[name]["message"], rule["message"], place)
        for index, (name, rule) in enumerate(before.items()):
            if name not in after:
                self.say("rule-removed", f"#{name}", rule, None, old.place("x-rules", str(index)))

    def names(self, old: Node, new: Node) -> None:
        """Compare the names of classes; those of fields are compared as properties."""
        before, after = api_names(old.schema), api_names(new.schema)
        for name, at in after.items():
            if "." not in name and name not in before and name not in self._renamed.values():
                self.say("class-added", "", None, name, (new.source.path, new.source.line(at)))
        for name, at in before.items():
            if "." not in name and name not in after and name not in self._renamed:
                self.say("class-removed", "", name, None, (old.source.path, old.source.line(at)))

    def examples(self) -> None:
        """Compare the example documents, by their names; only of one version, since each version has its own."""
        if self.old.version != self.new.version:
            return
        before, after = (
            {(example.valid, example.name): example for example in contract.examples}
            for contract in (self.old, self.new)
        )
        for key, example in after.items():
            if key not in before:
                self.say("example-added", "", None, example.name, (example.path, 1))
            elif before[key].data != example.data:
                self.say("example-changed", "", example.name, example.name, (example.path, 1))
        for key, example in before.items():
            if key not in after:
                self.say("example-removed", "", example.name, None, (example.path, 1))


def _stage(entry: Mapping[str, Any]) -> int:
    """How far a version has come; one of which nothing is said, as in a set that no catalog lists, is active."""
    status = entry.get("status")
    return STATUSES.index(status if status in STATUSES else "active")


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    """The types that a schema names; ``union`` stands for a choice between objects."""
    if "oneOf" in schema:
        return frozenset({"union"})
    kinds = schema.get("type", "object")
    return frozenset(kinds if isinstance(kinds, list) else [kinds])


def _tagged(union: Node) -> dict[str, Node]:
    """The branches of a union by the constant of their tag."""
    tag = union.schema.get("discriminator", {}).get("propertyName", "")
    branches = [union.child("oneOf", str(index)) for index in range(len(union.schema["oneOf"]))]
    return {str(branch.child("properties", tag).schema.get("const")): branch for branch in branches}


def _renames(old: Node, new: Node) -> Iterator[tuple[str, str]]:
    """Properties that went, each with the one that came in its place: of the same shape, and the only one so."""
    before, after = old.schema.get("properties", {}), new.schema.get("properties", {})
    gone = {name: _shape(old.child("properties", name)) for name in before if name not in after}
    come = {name: _shape(new.child("properties", name)) for name in after if name not in before}
    for name, shape in gone.items():
        same = [other for other, its in come.items() if its == shape]
        if len(same) == 1 and list(gone.values()).count(shape) == 1:
            yield name, same[0]


def _shape(node: Node, depth: int = 0) -> Any:
    """What a node admits, without words: references followed to a depth that tells fields apart."""
    plain = {key: value for key, value in node.schema.items() if key not in {*WORDS, "title", "$defs"}}
    if depth > 3:
        return sorted(plain)
    for keyword_ in ("items", "additionalProperties", "propertyNames"):
        if isinstance(plain.get(keyword_), dict):
            plain[keyword_] = _shape(node.child(keyword_), depth + 1)
    if "properties" in plain:
        plain["properties"] = {name: _shape(node.child("properties", name), depth + 1) for name in plain["properties"]}
    if "oneOf" in plain:
        plain["oneOf"] = [branch["$ref"].removeprefix(LOCAL_PREFIX) for branch in plain["oneOf"]]
    return plain
