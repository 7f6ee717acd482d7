"""Rules D13 and D14: names of properties, and descriptions.

A property's name becomes an attribute of a class, so it is snake_case and hides nothing of Python or of
the model's base. Names that a source document prescribes stand in ``contracts/prescribed_names.yaml``,
each for the contracts that use it.
"""

from __future__ import annotations

import re
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, Final

from codegen.findings import Finding
from codegen.lint_scope import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen.lint_scope import Scope
    from codegen.load import Source

__all__ = ["descriptions", "names"]

SNAKE_CASE: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
MODEL_PREFIX: Final = "model_"
MODEL_ATTRIBUTES: Final = frozenset(
    """
    construct copy dict from_orm json parse_file parse_obj parse_raw schema schema_json update_forward_refs
    validate
    """.split()  # noqa: SIM905 - a list of twelve lines is no easier to read
)
"""Public attributes of pydantic's ``BaseModel``, but for those with `MODEL_PREFIX`; a test compares them."""

BUILTINS: Final = frozenset(
    """
    abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile
    complex delattr dict dir divmod enumerate eval exec filter float format frozenset getattr globals
    hasattr hash hex id input int isinstance issubclass iter len list locals map max memoryview min next
    object oct open ord pow print property range repr reversed round set setattr slice sorted staticmethod
    str sum super tuple type vars zip
    """.split()  # noqa: SIM905 - a list of seventy lines is no easier to read
)
"""The builtins in lower case, without those that only an interactive session has. Written out, so that every
Python gives the same findings; a test compares them with Python's."""


def names(scopes: list[Scope], prescribed: Source) -> Iterator[Finding]:
    """D13: every name is a plain attribute or prescribed; every prescribed name is in use."""
    entries = _entries(prescribed)
    exempt = {(name, contract) for name, contract, _ in entries}
    used: set[tuple[str, str]] = set()
    for scope in scopes:
        for node in scope.nodes:
            reason = _refusal(node.name) if node.part == "property" else None
            if reason is None:
                continue
            used.add((node.name, scope.name))
            if (node.name, scope.name) not in exempt:
                hint = f"choose another name; one that a source document prescribes goes to {prescribed.path}"
                yield scope.finding(node.pointer, "D13", f"the name {node.name} {reason}", hint)
    for name, contract, place in entries:
        if (name, contract) not in used:
            message = f"{contract} has no property {name} that needs to be prescribed"
            yield Finding(prescribed.path, prescribed.line(place), "D13", message, "remove it")


def _refusal(name: str) -> str | None:
    """Why a name cannot be that of an attribute, or None."""
    if iskeyword(name):
        return "is a keyword of Python"
    if not SNAKE_CASE.fullmatch(name):
        return "is not snake_case"
    if name in BUILTINS:
        return "is a builtin of Python"
    if name in MODEL_ATTRIBUTES or name.startswith(MODEL_PREFIX):
        return "is an attribute of every model"
    return None


def _entries(prescribed: Source) -> list[tuple[str, str, str]]:
    """Every prescribed name with one contract, and its place in the file."""
    entries: list[dict[str, Any]] = prescribed.tree["names"]
    return [
        (entry["name"], contract, f"/names/{index}/contracts/{number}")
        for index, entry in enumerate(entries)
        for number, contract in enumerate(entry["contracts"])
    ]


def descriptions(scope: Scope) -> Iterator[Finding]:
    """D14: contracts, definitions and properties say what they mean, in other words than their name."""
    for node in scope.nodes:
        if node.part not in {"root", "library", "definition", "property"}:
            continue
        if "$ref" in node.schema and "description" not in node.schema:
            continue  # what it refers to describes it
        described = text(node.schema, "description")
        if not described:
            hint = "say what it means, with its unit; it becomes the docstring"
            yield scope.finding(node.pointer, "D14", f"{node.name} has no description", hint)
        elif _words(described) in (_words(node.name), _words(text(node.schema, "title"))):
            place = f"{node.pointer}/description"
            yield scope.finding(place, "D14", f"{node.name} is described by its name", "say what the name does not")


def _words(phrase: str) -> str:
    """The letters and digits of a phrase, without articles."""
    return "".join(word for word in re.findall(r"[a-z0-9]+", phrase.lower()) if word not in {"a", "an", "the"})
