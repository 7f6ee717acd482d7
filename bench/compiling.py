"""Compiling: the whole compiler, against one call of the model generator's own command over the same staged schemas.

The peer makes models and nothing else; ours lints, makes models, schemas, index, rules and pages, compares them with
the tree, and executes the compatibility matrix in a second process. It works on a copy of the tree.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shlex
import shutil
import sys
from typing import TYPE_CHECKING

from bench.measure import process
from bench.row import Pair, Row, Unavailable, at_most
from bench.samples import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["GENERATOR", "OPTIONS", "ROWS", "copied", "staged"]

GENERATOR = "datamodel_code_generator"
OPTIONS = shlex.split(
    "--input-file-type jsonschema --schema-version 2020-12 --schema-version-mode strict "
    "--output-model-type pydantic_v2.BaseModel --target-python-version 3.11 --target-pydantic-version 2 "
    "--base-class runpact_core._record.Record --use-annotated --field-constraints "
    "--strict-types str int float bool --enum-field-as-literal all --use-title-as-name --use-schema-description "
    "--use-field-description --use-standard-collections --use-union-operator --use-double-quotes --strict-refs "
    "--disable-timestamp --formatters builtin"
)
"""The compiler's own options, as the command has them."""


def copied(folder: Path) -> Path:
    """A copy of what the compiler reads and writes."""
    copy = folder / "tree"
    for name in ("codegen", "contracts", "docs", "packages"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for name in ("LICENSE", "VERSION"):
        shutil.copy(ROOT / name, copy / name)
    return copy


def staged(folder: Path) -> Path:
    """The schemas that the compiler hands to the generator."""
    from codegen import views
    from codegen.load import load

    contracts = load(ROOT)
    stage = folder / "stage"
    stage.mkdir()
    for contract in contracts.contracts:
        schema = views.model_source(contract.source.tree, contracts.definitions)
        (stage / f"{contract.module}.json").write_text(json.dumps(schema), encoding="utf-8")
    return stage


def _prepare(*, check: bool) -> Callable[[Path], Pair]:
    def prepare(folder: Path) -> Pair:
        if importlib.util.find_spec(GENERATOR) is None:
            message = f"{GENERATOR} is not installed"
            raise Unavailable(message)
        copy, stage, made = copied(folder), staged(folder), folder / "made"
        path = os.pathsep.join([str(copy), str(copy / "packages" / "core" / "src")])
        env = {**os.environ, "PYTHONPATH": path}
        compiler = [sys.executable, "-m", "codegen"]
        process(compiler, env=env, cwd=copy)(1)  # what others have in hand may leave the tree stale
        write, judge = (process([*compiler, *more], env=env, cwd=copy) for more in ([], ["--check"]))
        generate = process(
            [sys.executable, "-m", GENERATOR, "--input", str(stage), "--output", str(made), *OPTIONS],
            env=env,
            cwd=folder,
        )

        def write_again(times: int) -> float:
            shutil.rmtree(copy / "docs" / "contracts")
            return write(times)

        def generate_again(times: int) -> float:
            shutil.rmtree(made, ignore_errors=True)
            return generate(times)

        return Pair(judge if check else write_again, generate_again)

    return prepare


ROWS = (
    Row(
        "codegen",
        "compile every contract",
        "python -m codegen",
        "datamodel-codegen, models alone",
        at_most(2),
        7,
        _prepare(check=False),
    ),
    Row(
        "codegen-check",
        "check that all that is generated is up to date",
        "python -m codegen --check",
        "datamodel-codegen, models alone",
        at_most(2),
        7,
        _prepare(check=True),
    ),
)
