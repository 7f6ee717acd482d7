"""What an import costs: heavy libraries are loaded when they are needed, and by nothing before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import runpact_core

HEAVY = {"backports.zstd", "pydantic", "pydantic_core", "jsonschema_rs", "typer", "click", "yaml", "rich", "jsonschema"}
SLOW = {"collections", "contextlib", "dataclasses", "datetime", "enum", "functools", "inspect", "json", "re", "typing"}
LIGHT = [
    "runpact_core",
    *(f"runpact_core.{name}" for name in ("documents", "files", "runs", "jsonl", "redact", "errors")),
]
READ = """
from runpact_core import documents
raw = b'{"schema_version": "0.1", "products": []}'
"""


def loaded(code: str) -> set[str]:
    """Which of the heavy modules a fresh interpreter has after running a program."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        env={"PYTHONPATH": str(Path(runpact_core.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "runpact_core" in done.stdout.split()
    return HEAVY & set(done.stdout.split())


@pytest.mark.parametrize("module", LIGHT)
def test_importing_loads_nothing_heavy(module: str) -> None:
    """Neither the hub nor any of its public modules, the models apart, loads a validator, a model or a YAML parser."""
    assert loaded(f"import {module}") == set()


def test_the_light_modules_load_neither_typing_nor_re() -> None:
    """What a wrapped command waits for does without what takes as long to load as the interpreter itself."""
    light = ("", ".errors", ".edge", ".files", ".redact", "._canonical", "._machine", "._named")
    imports = "; ".join(f"import runpact_core{name}" for name in light)
    slow = f"(set(sys.modules) - before) & {SLOW}"
    assert loaded(f"import sys; before = set(sys.modules); {imports}; assert not {slow}, {slow}") == set()


def test_each_step_loads_what_it_needs() -> None:
    """Detecting needs nothing, reading the validator, a model pydantic, configuration YAML."""
    assert loaded(f"{READ}documents.detect_bytes(raw, name='products.json'); documents.catalog()") == set()
    assert loaded(f"{READ}documents.read('products', raw)") == {"jsonschema_rs"}
    assert loaded(f"{READ}documents.read('products', raw).model()") == {"jsonschema_rs", "pydantic", "pydantic_core"}
    assert loaded(f"{READ}documents.read('schema_catalog', b'version: 1\\nschemas: []')") == {"jsonschema_rs", "yaml"}
    assert loaded("import runpact_core.models") == {"pydantic", "pydantic_core"}


def test_public_modules_say_what_is_public() -> None:
    """Each public module has a sorted list of its public names, and all of them are there."""
    for module in LIGHT[1:]:
        names = __import__(module, fromlist=["__all__"])
        assert names.__all__
        assert [name for name in names.__all__ if not hasattr(names, name)] == []
    assert runpact_core.__all__ == ["__version__"]
    assert runpact_core.__version__.count(".") >= 2
