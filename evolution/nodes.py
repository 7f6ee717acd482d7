"""Places of a contract: a schema with its references followed, and where in which file each keyword of it stands.

Nothing is copied but the keywords beside a reference, and nothing is changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codegen.views import COMMON_PREFIX, LOCAL_PREFIX
from runpact_core import _pointer

if TYPE_CHECKING:
    from codegen.load import Contract, Source

__all__ = ["Node", "root_node"]

Schema = dict[str, Any]


@dataclass(frozen=True)
class Node:
    """One place of a contract.

    Attributes:
        schema: The schema that holds there, references followed.
        source: The file in which it is written.
        at: Where in that file; the definition, where the place only refers to one.
        use: File and pointer of the place that refers to it; the same, where it does not.
        common: The file of shared scalars; None where there is none.
    """

    schema: Schema
    source: Source
    at: str
    use: tuple[Source, str]
    common: Source | None

    @property
    def identity(self) -> tuple[str, str]:
        """The same for every use of one definition."""
        return self.source.path, self.at

    def child(self, *parts: str) -> Node:
        """The node below some keywords, such as ``properties`` and a name."""
        schema: Any = self.schema
        for part in parts:
            schema = schema[int(part)] if isinstance(schema, list) else schema[part]
        return _followed(schema, self.source, self.at + _pointer.pointer(list(parts)), self.common)

    def place(self, *parts: str) -> tuple[str, int]:
        """File and 1-based line of a keyword of the node, or of what is nearest to it."""
        source, at = self.source, self.at + _pointer.pointer(list(parts))
        if parts and at not in source.lines:  # it may stand beside the reference
            beside = self.use[1] + _pointer.pointer(list(parts))
            source, at = (self.use[0], beside) if beside in self.use[0].lines else (source, at)
        return source.path, source.line(at)

    def used_at(self) -> tuple[str, int]:
        """File and 1-based line of the place that has the node."""
        source, at = self.use
        return source.path, source.line(at)


def root_node(contract: Contract, common: Source | None) -> Node:
    """The whole of a contract."""
    return _followed(contract.source.tree, contract.source, "", common)


def _followed(schema: Schema, source: Source, at: str, common: Source | None) -> Node:
    use = (source, at)
    while "$ref" in schema:
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        reference: str = schema["$ref"]
        if reference.startswith(COMMON_PREFIX) and common is not None:
            source, name = common, reference.removeprefix(COMMON_PREFIX)
        else:
            name = reference.removeprefix(LOCAL_PREFIX)
        target: Schema = source.tree["$defs"][name]
        schema = {**target, **beside}
        at = "/$defs" + _pointer.pointer([name])
    return Node(schema, source, at, use, common)
