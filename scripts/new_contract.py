"""The draft of a new contract: its file, its entry in the catalog, its examples, its note.

What comes out is a whole contract of version 1.0 that passes every rule, to be rewritten into the one that is meant;
it is ``planned`` until something writes it. Generated files follow from it by ``codegen``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import new_names
from new_draft import Draft, rendered

from runpact_core import documents
from runpact_core.errors import UsageFailure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    Entry = Mapping[str, Any]

__all__ = ["contract", "examples"]

PARTS = ("State", "Maker", "Item")
TITLE = re.compile(r'^ *title: "?(\w+)"?$', re.MULTILINE)


def contract(root: Path, name: str, *, owner: str, describes: str | None) -> Draft:
    """All that a new contract takes.

    Args:
        root: The project.
        name: Its name, in snake_case.
        owner: Folder of the package that decides about it.
        describes: Where such a document lies, as the catalog has it; a file of its name where None.

    Raises:
        UsageFailure: The name, the owner or the place cannot be it, or is taken.
    """
    new_names.judge("contract", name)
    place = f"{name.replace('_', '-')}.json" if describes is None else describes
    new_names.judge_place("--describes", place)
    packages = sorted(path.parent.name for path in root.glob("packages/*/pyproject.toml"))
    if owner not in packages:
        raise UsageFailure(f"--owner: there is no package {owner}", hint=f"one of {', '.join(packages)}")
    title = new_names.class_name(name)
    entries = documents.read("schema_catalog", root / "contracts" / "catalog.yaml").data["schemas"]
    _free(root, entries, name, title, place)
    words = name.replace("_", " ")
    values = {"name": name, "title": title, "words": words, "describes": place, "owner": owner}
    draft = Draft(root)
    draft.make(f"contracts/{name}.v1_0.yaml", rendered("contract/contract.yaml.j2", values))
    for path, document in examples(name).items():
        draft.make(f"contracts/examples/{name}/1.0/{path}.json", documents.dumps(document).decode())
    draft.append("contracts/catalog.yaml", rendered("contract/entry.yaml.j2", values))
    draft.make(f"changes/+{name}.contract.md", f"New contract `{name}` 1.0: one {words}.\n")
    return draft


def examples(name: str) -> dict[str, dict[str, Any]]:
    """Documents that the contract admits and refuses, by folder and what they show."""
    item = {"name": "nightly", "state": "done", "size_bytes": 2048}
    items = f"{name}_items"
    whole = {"schema_version": "1.0", "made_utc": "2026-01-19T06:15:12Z", items: [item]}
    late = {"started_utc": "2026-01-19T06:15:13Z"}
    some = {"started_utc": "2026-01-19T06:15:00Z", "made_by": {"program": "nightly-job", "release": "1.4.0"}}
    checked = {**item, "checked_utc": "2026-01-19T06:20:00Z", "labels": ["weekly", "slow"]}
    return {
        "valid/no-items": {**whole, items: []},
        "valid/every-field": {**whole, **some, "note": "made twice", items: [checked, {**item, "name": "weekly"}]},
        "invalid/schema-version-missing": {key: value for key, value in whole.items() if key != "schema_version"},
        "invalid/unknown-field": {**whole, "colour": "green"},
        "invalid/time-without-zone": {**whole, "made_utc": "2026-01-19T06:15:12"},
        "invalid/item-without-a-state": {**whole, items: [{"name": "nightly", "size_bytes": 2048}]},
        "invalid/size-below-zero": {**whole, items: [{**item, "size_bytes": -1}]},
        "invalid/rule-made-after-it-was-begun": {**whole, **late},
    }


def _free(root: Path, entries: Sequence[Entry], name: str, title: str, place: str) -> None:
    """Refuse what is taken: the name of a contract, the title of a class, the name of a file."""
    base = place.rpartition("/")[2]
    for entry in entries:
        if entry["schema_id"] == name:
            hint = "for another version of it see contracts/README.md, How to change a contract"
            raise UsageFailure(f"there is a contract {name}", hint=hint)
        if base.endswith(".json") and base == entry["describes"].rpartition("/")[2]:
            owner = entry["schema_id"]
            raise UsageFailure(f"a file {base} is a document of {owner}", hint="name another with --describes")
        classes = TITLE.findall((root / entry["path"]).read_text(encoding="utf-8"))
        for taken in {title, *(f"{title}{part}" for part in PARTS)}.intersection(classes):
            raise UsageFailure(f"the class {taken} is that of {entry['path']}", hint="choose another name")
