"""The facade ``runpact_core.models``: the classes of every contract's newest version, by plain name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codegen.load import ContractSet

CLASS = re.compile(r"^class (\w+)\(", re.MULTILINE)


def render_facade(contracts: ContractSet, modules: dict[str, str]) -> str:
    """Source of the facade, given the source of every generated module; its imports are in the linter's order."""
    newest = [contracts.versions(name)[-1] for name in contracts.names]
    classes = {contract.module: sorted(CLASS.findall(modules[contract.module]), key=str.lower) for contract in newest}
    lines = ["from __future__ import annotations", ""]
    for module, names in sorted(classes.items()):
        lines += [f"from runpact_core._generated.models.{module} import (", *(f"    {name}," for name in names), ")"]
    everything = sorted(name for names in classes.values() for name in names)
    lines += ["", "__all__ = [", *(f'    "{name}",' for name in everything), "]", ""]
    return "\n".join(lines)
