"""One documentation page per contract: where the file lies, its versions, fields, rules and examples."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codegen import views

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codegen.load import Contract, ContractSet

VERSIONED_BY = {
    "schema_version": "the field `schema_version`",
    "version": "the field `version`",
    "shape": "its shape; documents carry no version",
}


def render_pages(contracts: ContractSet) -> dict[str, str]:
    """Text of every page and of their index, by file name."""
    pages = {f"{name}.md": _page(contracts.versions(name), contracts) for name in contracts.names}
    return {"README.md": _index(contracts), **pages}


def _index(contracts: ContractSet) -> str:
    rows = ["| contract | versions | describes |", "|---|---|---|"]
    for name in contracts.names:
        versions = contracts.versions(name)
        numbers = ", ".join(contract.version for contract in versions)
        rows.append(f"| [{name}]({name}.md) | {numbers} | `{versions[-1].entry['describes']}` |")
    intro = [
        "# Contracts",
        "",
        "Every file that a run leaves has a contract. A page says where the file lies, what its fields mean, and which",
        "versions there are. What is read by which version stands in the [compatibility matrix](../compatibility.md).",
    ]
    return "\n".join([*intro, "", *rows, ""])


def _page(versions: tuple[Contract, ...], contracts: ContractSet) -> str:
    newest = versions[-1]
    entry = newest.entry
    lines = [
        f"# {newest.name}",
        "",
        newest.source.tree["description"].strip(),
        "",
        f"Where it lies: `{entry['describes']}`.",
    ]
    lines += _people(entry)
    if "layout" in entry:
        lines += ["", "```text", entry["layout"].rstrip("\n"), "```"]
    lines += ["", "| version | status | recognised by | contract |", "|---|---|---|---|"]
    for contract in versions:
        path = contract.source.path
        by = VERSIONED_BY[contract.entry["versioned_by"]]
        lines.append(f"| {contract.version} | {contract.entry['status']} | {by} | [{path}](../../{path}) |")
    for contract in reversed(versions):
        lines += ["", f"## Version {contract.version}", *_fields_table(contract, contracts), *_rules(contract)]
        lines += _examples(contract)
    return "\n".join([*lines, ""])


def _people(entry: Mapping[str, Any]) -> list[str]:
    facts = [
        ("Written by", ", ".join(entry.get("written_by", []))),
        ("Read by", ", ".join(entry.get("read_by", []))),
        ("Comes from", entry.get("source", "")),
    ]
    return [f"{label}: {value}." for label, value in facts if value]


def _fields_table(contract: Contract, contracts: ContractSet) -> Iterator[str]:
    tree = contract.source.tree
    yield from ("", "| field | type | required | meaning |", "|---|---|---|---|")
    for place, node, required, absent in _fields(tree, tree.get("$defs", {}), contracts, ""):
        need = "yes" if required else f"no; absent: {absent}"
        meaning = " ".join(str(node.get("description", "")).split())
        yield f"| `{place}` | {_cell(_type(node))} | {_cell(need)} | {_cell(meaning)} |"


def _fields(
    node: Mapping[str, Any], defs: Mapping[str, Any], contracts: ContractSet, place: str
) -> Iterator[tuple[str, dict[str, Any], bool, str]]:
    """Every field below an object, depth first: place, schema, whether required, what absence means."""
    for name, child in node.get("properties", {}).items():
        target = _resolved(child, defs, contracts)
        here = f"{place}.{name}" if place else name
        yield here, target, name in node.get("required", []), target.get("x-absent", "")
        inner = target
        while (element := _element(inner)) is not None:
            here += "[]" if "items" in inner else ".*"
            inner = _resolved(element, defs, contracts)
        for branch in inner.get("oneOf", [inner]):
            yield from _fields(_resolved(branch, defs, contracts), defs, contracts, here)


def _element(node: Mapping[str, Any]) -> dict[str, Any] | None:
    """The schema of what a list or a map holds, or None."""
    found = node.get("items", node.get("additionalProperties"))
    return found if isinstance(found, dict) else None


def _resolved(node: Mapping[str, Any], defs: Mapping[str, Any], contracts: ContractSet) -> dict[str, Any]:
    ref = node.get("$ref", "")
    if ref.startswith(views.COMMON_PREFIX):
        return {**contracts.definitions[ref.removeprefix(views.COMMON_PREFIX)], **node}
    if ref:
        return {**defs[ref.removeprefix(views.LOCAL_PREFIX)], **node}
    return dict(node)


def _type(node: Mapping[str, Any]) -> str:
    """The type of a field in a few words."""
    if "const" in node:
        return f"`{json.dumps(node['const'])}`"
    if "enum" in node:
        values = ", ".join(f"`{value}`" for value in node["enum"])
        return f"{values}; readers take any other" if node.get("x-open") else values
    if "oneOf" in node:
        return f"object, by its `{node['discriminator']['propertyName']}`"
    kind = node["type"]
    kinds = kind if isinstance(kind, list) else [kind]
    text = " or ".join("list" if kind == "array" else kind for kind in kinds)
    return f"{text} `{node['pattern']}`" if "pattern" in node else text


def _rules(contract: Contract) -> Iterator[str]:
    rules = contract.source.tree.get("x-rules", [])
    if rules:
        yield from ("", "Between fields:", "")
        yield from (f"- `{rule['id']}` is broken where {rule['message']}" for rule in rules)


def _examples(contract: Contract) -> Iterator[str]:
    for valid, label in ((True, "Valid examples"), (False, "Refused examples")):
        examples = [example for example in contract.examples if example.valid is valid]
        if examples:
            links = ", ".join(f"[{_words(example.name)}](../../{example.path})" for example in examples)
            yield from ("", f"{label}: {links}.")
    shown = max((e for e in contract.examples if e.valid), key=lambda e: len(e.data), default=None)
    if shown:
        yield from ("", "```json", shown.data.decode("utf-8").rstrip("\n"), "```")


def _words(name: str) -> str:
    return name.replace("-", " ")


def _cell(text: str) -> str:
    """Text for a cell of a Markdown table."""
    return text.replace("|", "\\|")
