"""Cross-field rules as code: each ``x-rules`` entry becomes a value of a class in ``runpact_core._rules``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen.load import ContractSet

KINDS = {"equal": "Equal", "sum": "Sum", "order": "Order", "template": "Template", "count_by": "CountBy"}


def render_rules(contracts: ContractSet) -> str:
    """Source of the module that holds every rule, by contract and version."""
    used = {KINDS[rule["kind"]] for contract in contracts.contracts for rule in _rules(contract.source.tree)}
    lines = [
        "from __future__ import annotations",
        "",
        "from typing import Final",
        "",
        f"from runpact_core._rules import {', '.join(sorted(used | {'Rule'}))}",
        "",
        "RULES: Final[dict[tuple[str, str], tuple[Rule, ...]]] = {",
    ]
    for contract in contracts.contracts:
        rules = _rules(contract.source.tree)
        if rules:
            lines.append(f"    ({contract.name!r}, {contract.version!r}): (")
            for rule in rules:
                lines += _call(rule)
            lines.append("    ),")
    return "\n".join([*lines, "}", ""])


def _rules(tree: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(tree.get("x-rules", []))


def _call(rule: Mapping[str, Any]) -> list[str]:
    arguments = {
        key: tuple(value) if isinstance(value, list) else value for key, value in rule.items() if key != "kind"
    }
    return [f"        {KINDS[rule['kind']]}(", *(f"            {k}={v!r}," for k, v in arguments.items()), "        ),"]
