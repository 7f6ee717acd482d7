"""Contracts that change: the comparison of all of them, and how it and the executed matrix grow with versions.

The comparison runs as its command does, against a folder in which every contract lacks what it has now: its last
optional property. The growth of both is ours with so many versions of one contract against ours with a quarter of
them: a cost that grows with the number of versions is 4 there, one that grows with its square 16. The matrix has a cell
for each pair of versions, so its square is what it is.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from datetime import date
from typing import TYPE_CHECKING, Any

from bench.compiling import GENERATOR, OPTIONS, copied, staged
from bench.measure import process, repeated
from bench.row import Pair, Row, Unavailable, at_most
from bench.samples import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.row import Scale

__all__ = ["rows", "versions_of_pins"]

QUARTER = 4
_TODAY = date(2026, 1, 19)


def rows(scale: Scale) -> tuple[Row, ...]:
    """The rows, the growing ones with that many versions."""
    many, few = scale.versions, max(1, scale.versions // QUARTER)
    return (
        Row(
            "compat",
            "compare every contract, each with a property more",
            "python -m evolution compat",
            "datamodel-codegen, models alone",
            at_most(2),
            7,
            _compare,
        ),
        Row(
            "compat-growth",
            f"compare {many} new versions of one contract",
            f"the comparison of {many} versions",
            f"the comparison of {few}",
            at_most(QUARTER * 1.25),
            3,
            functools.partial(_growth, many, few),
        ),
        Row(
            "matrix-growth",
            f"execute the matrix of {many} versions of one contract",
            f"python -m codegen.executed, {many} versions",
            f"the same, {few} versions",
            at_most(QUARTER * QUARTER * 1.25),
            2,
            functools.partial(_matrix, many, few),
        ),
    )


def versions_of_pins(root: Path, count: int) -> None:
    """Enter minor versions of the contract ``pins`` into a project, each with a field of its own, and its examples."""
    contracts = root / "contracts"
    text = (contracts / "pins.v1_0.yaml").read_text(encoding="utf-8")
    entries = []
    for minor in range(1, count + 1):
        field = f"  note_{minor}:\n    type: string\n    description: A note.\n    x-absent: there is none\n"
        made = text.replace("pins.v1_0.yaml", f"pins.v1_{minor}.yaml").replace('const: "1.0"', f'const: "1.{minor}"')
        made = made.replace("$defs:\n", f"{field}$defs:\n", 1)
        (contracts / f"pins.v1_{minor}.yaml").write_text(made, encoding="utf-8")
        for verdict in ("valid", "invalid"):
            example = min((contracts / "examples/pins/1.0" / verdict).glob("*.json"))
            target = contracts / f"examples/pins/1.{minor}" / verdict / example.name
            target.parent.mkdir(parents=True)
            document = {**json.loads(example.read_bytes()), "schema_version": f"1.{minor}"}
            target.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        entries.append(_entry(f"1.{minor}"))
    catalog = (contracts / "catalog.yaml").read_text(encoding="utf-8")
    (contracts / "catalog.yaml").write_text(catalog + "".join(entries), encoding="utf-8")
    steps = "".join(
        f'STEPS["pins", "1.{minor}"] = lambda data: {{**data, "schema_version": "1.{minor}"}}\n'
        for minor in range(1, count + 1)
    )
    upgrades = root / "packages/core/src/runpact_core/_upgrades.py"
    if upgrades.exists():
        upgrades.write_text(upgrades.read_text(encoding="utf-8") + steps, encoding="utf-8")


def _compare(folder: Path) -> Pair:
    if importlib.util.find_spec(GENERATOR) is None:
        message = f"{GENERATOR} is not installed"
        raise Unavailable(message)
    older, stage, made = folder / "older", staged(folder), folder / "made"
    _without_a_property(older)
    path = os.pathsep.join([str(ROOT), str(ROOT / "packages" / "core" / "src")])
    command = [sys.executable, "-m", "evolution", "compat", "--against", str(older), "--json"]
    env = {**os.environ, "PYTHONPATH": path}
    generate = process(
        [sys.executable, "-m", GENERATOR, "--input", str(stage), "--output", str(made), *OPTIONS], env=env, cwd=folder
    )

    def compare() -> None:
        done = subprocess.run(command, env=env, cwd=ROOT, check=False, capture_output=True)
        assert json.loads(done.stdout)["ok"] is False, done.stderr

    def generate_again(times: int) -> float:
        shutil.rmtree(made, ignore_errors=True)
        return generate(times)

    return Pair(repeated(compare), generate_again)


def _without_a_property(folder: Path) -> None:
    """The contracts of the project as they may have been: each without its last optional property at the top."""
    from codegen.load import load

    shutil.copytree(ROOT / "contracts", folder / "contracts", ignore=shutil.ignore_patterns("examples"))
    for contract in load(ROOT).contracts:
        tree: dict[str, Any] = dict(contract.source.tree)
        named = (
            *tree.get("required", ()),
            *(part for rule in tree.get("x-rules", ()) for part in str(rule).split("/")),
        )
        optional = [name for name in tree["properties"] if not any(name in part for part in named)]
        if optional:
            properties = {name: child for name, child in tree["properties"].items() if name != optional[-1]}
            text = json.dumps({**tree, "properties": properties}, indent=1, ensure_ascii=False)  # YAML, too
            (folder / contract.source.path).write_text(text, encoding="utf-8")


def _growth(many: int, few: int, folder: Path) -> Pair:
    older = _only_pins(folder / "older")
    return Pair(*(_gated(_only_pins(folder / f"newer-{count}"), older, count) for count in (many, few)))


def _only_pins(folder: Path) -> Path:
    """A project with the one contract, so that what grows is all that there is."""
    contracts = folder / "contracts"
    contracts.mkdir(parents=True)
    for name in ("common.v1.yaml", "pins.v1_0.yaml"):
        shutil.copy(ROOT / "contracts" / name, contracts)
    shutil.copytree(ROOT / "contracts/examples/pins", contracts / "examples/pins")
    (contracts / "prescribed_names.yaml").write_text("version: 1\nnames: []\n", encoding="utf-8")
    (contracts / "catalog.yaml").write_text("version: 1\nschemas:\n" + _entry("1.0"), encoding="utf-8")
    return folder


def _entry(version: str) -> str:
    """The entry of a version of the contract in the catalog."""
    return (
        f'  - schema_id: pins\n    major: 1\n    version: "{version}"\n'
        f"    path: contracts/pins.v{version.replace('.', '_')}.yaml\n    status: active\n    gate: record\n"
        "    versioned_by: schema_version\n    describes: artifacts/.pins.json\n"
    )


def _gated(newer: Path, older: Path, count: int) -> Callable[[int], float]:
    from evolution.cli import gate

    versions_of_pins(newer, count)

    def compare(times: int) -> float:
        start = time.perf_counter()
        for _ in range(times):
            assert len(gate(str(older), newer, _TODAY).judged.pairs) == count
        return time.perf_counter() - start

    return compare


def _matrix(many: int, few: int, folder: Path) -> Pair:
    return Pair(*(_executed(folder / str(count), count) for count in (many, few)))


def _executed(folder: Path, count: int) -> Callable[[int], float]:
    """The executed step of a copy of the project with so many versions: the index and the schemas of them suffice."""
    from codegen import views
    from codegen.index import render_index
    from codegen.load import load
    from codegen.render import GENERATED

    folder.mkdir()
    copy = copied(folder)
    versions_of_pins(copy, count)
    contracts = load(copy)
    (copy / GENERATED / "index.py").write_text(render_index(contracts), encoding="utf-8")
    for contract in contracts.versions("pins"):
        for name, view in (("strict", views.strict), ("tolerant", views.tolerant)):
            schema = view(contract.source.tree, contracts.definitions, contract.urn)
            target = copy / GENERATED / "schemas" / f"{contract.module}.{name}.json"
            target.write_text(json.dumps(schema), encoding="utf-8")
    path = os.pathsep.join([str(copy), str(copy / "packages" / "core" / "src")])
    env = {**os.environ, "PYTHONPATH": path}
    return process([sys.executable, "-m", "codegen.executed", str(copy)], env=env, cwd=copy)
