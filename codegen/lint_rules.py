"""Rules R01 to R07: the cross-field rules under ``x-rules`` say what they check, and check what is there.

The five kinds are those of `codegen.rules`; what runs them later does not look at types again, so the
operands' types are settled here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from codegen.lint_scope import is_object, properties, text, types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen.findings import Finding
    from codegen.lint_scope import Scope

__all__ = ["KEYS", "KEBAB_CASE", "cross_field_rules", "rule_ids"]

KEYS: Final = {
    "equal": ("left", "right"),
    "sum": ("total", "parts"),
    "order": ("before", "after"),
    "template": ("value", "template"),
    "count_by": ("items", "key", "counts"),
}
KEBAB_CASE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
NUMBERS: Final = frozenset({"integer", "number"})

Schema = dict[str, Any]


def rule_ids(tree: Schema) -> list[str]:
    """Identifiers of a contract's rules."""
    return [rule["id"] for rule in tree.get("x-rules", [])]


def cross_field_rules(scope: Scope) -> Iterator[Finding]:
    """R01 to R07, for every rule of a file."""
    rules = scope.source.tree.get("x-rules", [])
    if not isinstance(rules, list):
        yield scope.finding("/x-rules", "R01", "x-rules is no list", "write a list of rules")
        return
    seen: set[str] = set()
    for index, rule in enumerate(rules):
        place = f"/x-rules/{index}"
        if isinstance(rule, dict):
            yield from _identity(scope, place, rule, seen)
            yield from _content(scope, place, rule)
        else:
            yield scope.finding(place, "R01", "the rule is no mapping", "write id, kind, message and operands")


def _identity(scope: Scope, place: str, rule: Schema, seen: set[str]) -> Iterator[Finding]:
    """R02 and R04: an id of its own, and a message."""
    name = rule.get("id")
    if not isinstance(name, str) or not KEBAB_CASE.fullmatch(name):
        hint = "write an id such as run-ends-after-it-starts"
        yield scope.finding(f"{place}/id", "R02", f"the rule's id {name!r} is not kebab-case", hint)
    elif name in seen:
        yield scope.finding(f"{place}/id", "R02", f"two rules have the id {name}", "give each an id of its own")
    else:
        seen.add(name)
    if not text(rule, "message"):
        yield scope.finding(place, "R04", f"the rule {name} has no message", "say what is wrong where it does not hold")


def _content(scope: Scope, place: str, rule: Schema) -> Iterator[Finding]:
    """R01 and R03, and, where these hold, what depends on the kind."""
    kind = rule.get("kind")
    if not isinstance(kind, str) or kind not in KEYS:
        hint = f"write one of {', '.join(KEYS)}"
        yield scope.finding(f"{place}/kind", "R03", f"there is no kind of rule {kind!r}", hint)
        return
    expected = {"id", "kind", "message", *KEYS[kind]}
    hint = f"the operands of {kind} are {', '.join(KEYS[kind])}"
    unknown = [key for key in rule if key not in expected]
    for key in unknown:
        yield scope.finding(f"{place}/{key}", "R01", f"{kind} has no operand {key}", hint)
    malformed = [key for key in KEYS[kind] if not _has_form(key, rule.get(key))]
    for key in malformed:
        message = f"the operand {key} of {kind} is missing or of another form"
        yield scope.finding(f"{place}/{key}", "R01", message, hint)
    if not unknown and not malformed:
        yield from _operands(scope, place, kind, rule)


def _has_form(key: str, value: object) -> bool:
    if key == "parts":
        return isinstance(value, list) and bool(value) and all(isinstance(part, str) for part in value)
    return isinstance(value, str) and bool(value)


def _operands(scope: Scope, place: str, kind: str, rule: Schema) -> Iterator[Finding]:
    pointers: dict[str, str] = {}
    for key in KEYS[kind]:
        value = rule[key]
        if key == "template":
            yield from _template(scope, f"{place}/template", value)
            named = [path for path in PLACEHOLDER.findall(value) if path.startswith("/")]
            pointers |= {f"{place}/template#{index}": path for index, path in enumerate(named)}
        elif key == "parts":
            pointers |= {f"{place}/parts/{index}": path for index, path in enumerate(value)}
        elif key != "key":
            pointers[f"{place}/{key}"] = value
    fields = {where: _field(scope, path) for where, path in pointers.items()}
    for where, field in fields.items():
        if field is None:
            hint = "write a pointer such as /git/sha7"
            yield scope.finding(where.partition("#")[0], "R05", f"there is no property {pointers[where]}", hint)
    if None not in fields.values():
        known = {where.removeprefix(f"{place}/"): field for where, field in fields.items() if field is not None}
        yield from _types(scope, place, rule, known)


def _template(scope: Scope, place: str, template: str) -> Iterator[Finding]:
    """R06: text, ``{*}`` and ``{/pointer}``."""
    inside = PLACEHOLDER.findall(template)
    odd = [path for path in inside if path != "*" and not path.startswith("/")]
    if odd or set("{}") & set(PLACEHOLDER.sub("", template)) or set(inside) <= {"*"}:
        hint = "write text with {/pointer} for fields, and {*} for any text"
        yield scope.finding(place, "R06", f"the template {template} names no fields, or not as it should", hint)


def _field(scope: Scope, path: str) -> Schema | None:
    """The schema of the property that a pointer names, through references."""
    current: Schema | None = scope.source.tree if path.startswith("/") else None
    for part in path.split("/")[1:]:
        child = properties(current or {}).get(part)
        current = scope.resolve(child) if isinstance(child, dict) else None
    return current


def _types(scope: Scope, place: str, rule: Schema, fields: dict[str, Schema]) -> Iterator[Finding]:
    """R07: operands have types that the kind can compare."""
    kind = rule["kind"]
    admitted = {where: set(types(field)) for where, field in fields.items()}
    wrong: list[str] = []
    hint = ""
    if kind == "sum":
        wrong = [where for where, found in admitted.items() if not found or not found <= NUMBERS]
        hint = "add up integers or numbers that are never null"
    elif kind == "order":
        before, after = admitted["before"] - {"null"}, admitted["after"] - {"null"}
        comparable = before == after == {"string"} or (before and after and before | after <= NUMBERS)
        wrong = [] if comparable else ["after"]
        hint = "compare two times, or two numbers"
    elif kind == "template":
        wrong = [] if admitted["value"] == {"string"} else ["value"]
        hint = "name a string that is never null"
    elif kind == "count_by":
        wrong = [where for where, holds in _counted(scope, rule["key"], fields) if not holds]
        hint = "count the objects of a list by one of their fields into an object"
    for where in wrong:
        yield scope.finding(f"{place}/{where}", "R07", f"the operand {where} of {kind} has the wrong type", hint)


def _counted(scope: Scope, key: str, fields: dict[str, Schema]) -> list[tuple[str, bool]]:
    items = fields["items"].get("items")
    element = (scope.resolve(items) if isinstance(items, dict) else None) or {}
    is_list = types(fields["items"]) == ("array",)
    return [
        ("items", is_list),
        ("key", not is_list or key in properties(element)),
        ("counts", is_object(fields["counts"])),
    ]
