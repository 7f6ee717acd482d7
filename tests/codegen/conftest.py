"""What the tests of the compiler share: the toy contracts, what is made of them, and a copy of the project to spoil."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from codegen.cli import main
from codegen.load import ContractSet, load
from codegen.released import PATH as RELEASED
from codegen.render import render

ROOT = Path(__file__).resolve().parents[2]
TOY = Path(__file__).parent / "toy"
COPIED = ("contracts", "codegen", "packages", "docs")
COPIED_FILES = ("VERSION", "LICENSE")
NOTHING_RELEASED = b'{\n  "releases": [],\n  "schema_version": "1.0"\n}\n'


@pytest.fixture(scope="session")
def root() -> Path:
    """The project itself, which no test changes."""
    return ROOT


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of all that the compiler reads and writes, made up to date, so that one stale file fails one test."""
    target = tmp_path_factory.mktemp("compiled")
    ignored = shutil.ignore_patterns("__pycache__", ".*", "dist", "tests")
    for name in COPIED:
        shutil.copytree(ROOT / name, target / name, ignore=ignored)
    for name in COPIED_FILES:
        shutil.copyfile(ROOT / name, target / name)
    (target / RELEASED).write_bytes(NOTHING_RELEASED)  # so that a test may change any contract
    assert main([], target) == 0
    return target


@pytest.fixture
def project(compiled: Path, tmp_path: Path) -> Path:
    """A copy of the project that a test may change; some hundreds of small files."""
    return shutil.copytree(compiled, tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__"))


@pytest.fixture
def toy_folder(tmp_path: Path) -> Path:
    """A copy of the toy contracts' project that a test may change."""
    return shutil.copytree(TOY, tmp_path / "toy")


@pytest.fixture(scope="session")
def toy() -> ContractSet:
    """The toy contracts: everything that the dialect has, in two contracts."""
    return load(TOY)


@pytest.fixture(scope="session")
def real() -> ContractSet:
    """The contracts of the project."""
    return load(ROOT)


@pytest.fixture(scope="session")
def rendered(toy: ContractSet) -> dict[str, str]:
    """Every file that is made of the toy contracts."""
    return render(toy)
