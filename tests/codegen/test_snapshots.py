"""What the compiler makes of the toy contracts, whole, so that another generator is seen as what it is.

After a wanted change: ``hatch run test tests/codegen/test_snapshots.py --snapshot-update``, and read the difference.
"""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING

from codegen.lint import lint

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from codegen.load import ContractSet

SCHEMAS = [f"{name}.{view}" for name in ("depot_v1", "parcel_v0_1", "parcel_v0_2") for view in ("strict", "tolerant")]


def test_the_toy_contracts_follow_the_dialect(toy: ContractSet) -> None:
    """What the snapshots show is what becomes of contracts that may be compiled."""
    assert lint(toy) == []


def test_which_files_are_made(rendered: dict[str, str]) -> None:
    """A module and two schemas for each version, a page for each contract, an index, the rules and the facade."""
    core = "packages/core/src/runpact_core"
    assert sorted(rendered) == sorted(
        [
            f"{core}/models.py",
            *(f"{core}/_generated/{name}.py" for name in ("__init__", "index", "rules")),
            *(f"{core}/_generated/models/{name}.py" for name in ("__init__", "depot_v1", "parcel_v0_1", "parcel_v0_2")),
            *(f"{core}/_generated/schemas/{name}.json" for name in SCHEMAS),
            *(f"docs/contracts/{name}.md" for name in ("README", "depot", "parcel")),
        ]
    )


def test_every_file_is_as_it_was(rendered: dict[str, str], snapshot: SnapshotAssertion) -> None:
    """Each file is, byte for byte, what was looked at when the snapshot was taken."""
    for path, text in rendered.items():
        assert text == snapshot(name=path), path


def test_every_file_says_what_it_was_made_from_and_how(rendered: dict[str, str]) -> None:
    """A reader of a generated file finds its source, and the command that remakes it; it ends in one line feed."""
    for path, text in rendered.items():
        head = json.loads(text)["$comment"] if path.endswith(".json") else "\n".join(text.splitlines()[:2])
        assert "Generated from contracts/" in head, path
        assert "do not edit" in head.lower(), path
        assert "`hatch run codegen` remakes it" in head, path
        assert text.endswith("\n"), path
        assert not text.endswith("\n\n"), path


def test_every_module_parses_and_has_a_docstring(rendered: dict[str, str]) -> None:
    """Generated code is code of ours: each module opens with what it is."""
    modules = {path: text for path, text in rendered.items() if path.endswith(".py")}
    assert len(modules) == 8
    for path, text in modules.items():
        assert ast.get_docstring(ast.parse(text)), path
