"""A small project of contracts, those of ``tests/codegen/toy``, under git, for tests that change it."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from codegen import views
from codegen.index import render_index
from codegen.load import load
from codegen.rules import render_rules

if TYPE_CHECKING:
    from codegen.load import ContractSet

ROOT = Path(__file__).resolve().parents[2]
TOY = ROOT / "tests" / "codegen" / "toy"
PARCEL = "contracts/parcel.v0_2.yaml"
DEPOT = "contracts/depot.v1.yaml"
CATALOG = "contracts/catalog.yaml"
WHEEL = "runpact_core-0.0.0-py3-none-any.whl"


def copied(folder: Path) -> Path:
    """A copy of the toy project, without git."""
    return shutil.copytree(TOY, folder / "project")


def committed(folder: Path) -> Path:
    """A copy of the toy project with one commit on ``main``."""
    root = copied(folder)
    git(root, "init", "--quiet", "--initial-branch=main")
    commit(root)
    return root


def commit(root: Path) -> str:
    """Commit everything; the identifier of the commit."""
    git(root, "add", "--all")
    who = ("-c", "user.name=test", "-c", "user.email=test@example.invalid", "-c", "commit.gpgsign=false")
    git(root, *who, "commit", "--quiet", "--message=toy")
    return git(root, "rev-parse", "HEAD").strip()


def git(root: Path, *words: str) -> str:
    """What a git command prints."""
    return subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True, text=True).stdout


def edit(root: Path, path: str, old: str, new: str) -> None:
    """Replace a text that occurs once in a file."""
    text = (root / path).read_text(encoding="utf-8")
    assert text.count(old) == 1, (path, old, text.count(old))
    (root / path).write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def add_version(root: Path, version: str) -> str:
    """Enter a copy of the newest parcel as another version; its path."""
    path = f"contracts/parcel.v{version.replace('.', '_')}.yaml"
    text = (root / PARCEL).read_text(encoding="utf-8")
    text = text.replace("$id: parcel.v0_2.yaml", f"$id: {Path(path).name}").replace(
        'const: "0.2"', f'const: "{version}"'
    )
    (root / path).write_text(text, encoding="utf-8", newline="\n")
    entry = (
        f'  - schema_id: parcel\n    major: {version.partition(".")[0]}\n    version: "{version}"\n    path: {path}\n'
        "    status: active\n    gate: record\n    versioned_by: schema_version\n"
        "    describes: parcels/<parcel_id>/parcel.json\n"
    )
    edit(root, CATALOG, "  - schema_id: depot\n", f"{entry}  - schema_id: depot\n")
    for example in sorted((root / "contracts/examples/parcel/0.2").rglob("*.json")):
        target = root / "contracts/examples/parcel" / version / example.parent.name / example.name
        target.parent.mkdir(parents=True, exist_ok=True)
        document = json.loads(example.read_bytes())
        if "schema_version" in document:
            document["schema_version"] = "9.9" if example.stem == "newer-minor" else version
        target.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8", newline="\n")
    return path


def remove_version(root: Path, version: str) -> None:
    """Take a version of the parcel out of the catalog and the tree."""
    path = f"contracts/parcel.v{version.replace('.', '_')}.yaml"
    catalog = (root / CATALOG).read_text(encoding="utf-8").split("  - schema_id: ")
    kept = [entry for entry in catalog if f"path: {path}\n" not in entry]
    assert len(kept) == len(catalog) - 1
    (root / CATALOG).write_text("  - schema_id: ".join(kept), encoding="utf-8", newline="\n")
    (root / path).unlink()
    shutil.rmtree(root / "contracts/examples/parcel" / version)


def wheel(root: Path, folder: Path) -> Path:
    """A wheel with what the compiler makes of a project's contracts, as far as a comparison reads it."""
    path = folder / WHEEL
    path.write_bytes(packed(load(root)))
    return path


def packed(contracts: ContractSet) -> bytes:
    """The bytes of such a wheel."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("runpact_core/_generated/index.py", render_index(contracts))
        archive.writestr("runpact_core/_generated/rules.py", render_rules(contracts))
        for contract in contracts.contracts:
            for name, view in (("strict", views.strict), ("tolerant", views.tolerant)):
                schema = view(contract.source.tree, contracts.definitions, contract.urn)
                archive.writestr(f"runpact_core/_generated/schemas/{contract.module}.{name}.json", json.dumps(schema))
    return data.getvalue()
