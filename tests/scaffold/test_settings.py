"""What is written in several files says one thing: versions, licences, pins, lists of packages."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml"))
EACH = pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)


def toml(path: Path) -> dict[str, Any]:
    """A TOML file as plain values."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def module(package: Path) -> Path:
    """The one import package of a distribution."""
    (found,) = (path.parent for path in package.glob("src/*/__init__.py"))
    return found


@EACH
def test_version_is_that_of_the_one_file(package: Path) -> None:
    """The file that the build reads says what VERSION says."""
    version = (ROOT / "VERSION").read_text(encoding="utf-8").strip()
    settings = toml(package / "pyproject.toml")
    assert settings["tool"]["hatch"]["version"]["path"] == f"src/{module(package).name}/_version.py"
    text = (module(package) / "_version.py").read_text(encoding="utf-8")
    assert re.findall(r'^__version__ = "(.*)"$', text, flags=re.MULTILINE) == [version]
    assert "version" not in settings["project"]


@EACH
def test_every_distribution_has_the_licence_and_its_types(package: Path) -> None:
    """Each folder that is published holds the root's licence, byte for byte, and the marker of PEP 561."""
    assert (package / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert (module(package) / "py.typed").read_bytes() == b""


@EACH
def test_ranges_of_ours_hold_the_version(package: Path) -> None:
    """A distribution of ours asks for the others in one range, which the present version is in."""
    major, minor, _ = (ROOT / "VERSION").read_text(encoding="utf-8").split(".")
    settings = toml(package / "pyproject.toml")
    extras = settings["project"].get("optional-dependencies", {}).values()
    asked = [*settings["project"]["dependencies"], *(line for extra in extras for line in extra)]
    ours = [line for line in asked if line.startswith("runpact")]
    expected = f">={major}.{minor},<{major}.{int(minor) + 1}"
    assert [re.sub(r"^[a-z0-9-]+(\[[a-z]+\])?", "", line) for line in ours] == [expected] * len(ours)
    sources = settings["tool"].get("uv", {}).get("sources", {})
    names = [re.split(r"[\[>=<]", line)[0] for line in ours]
    assert sources == {name: {"path": f"../{name.removeprefix('runpact-')}", "editable": True} for name in names}


@EACH
def test_pythons_are_those_of_the_matrix(package: Path) -> None:
    """Classifiers, the lower bound and the versions that test-all runs name the same Pythons."""
    matrix = toml(ROOT / "hatch.toml")["envs"]["on"]["matrix"][0]["python"]
    project = toml(package / "pyproject.toml")["project"]
    marks = [line.rpartition(" ")[2] for line in project["classifiers"] if re.search(r"3\.\d+$", line)]
    assert marks == matrix
    assert project["requires-python"] == f">={matrix[0]}"


def test_every_tool_is_pinned_exactly_and_once() -> None:
    """Tools have one exact version; the generator's and Hatch's stand in no other file of settings."""
    listed = toml(ROOT / "hatch.toml")["envs"]["default"]["dependencies"]
    assert [line for line in listed if not re.fullmatch(r"[A-Za-z0-9.-]+(\[[a-z]+\])?==[0-9][0-9.]*", line)] == []
    names = [line.split("==")[0] for line in listed]
    assert len(set(names)) == len(names)
    hatch = re.findall(r"^hatch_version=(.*)$", (ROOT / "hatchw").read_text(encoding="utf-8"), flags=re.MULTILINE)
    pins = {
        "hatchw": hatch[0],
        "hatch.toml": dict(line.split("==") for line in listed)["datamodel-code-generator"],
    }
    files = ["hatchw", "hatch.toml", "pyproject.toml", ".ci/run", ".github/workflows/ci.yml"]
    files += [path.relative_to(ROOT).as_posix() for path in ROOT.glob("packages/*/pyproject.toml")]
    for home, pin in pins.items():
        assert [name for name in files if pin in (ROOT / name).read_text(encoding="utf-8")] == [home]


def test_tools_see_every_package() -> None:
    """Types, coverage and layers are judged in each package; a new one cannot be forgotten."""
    tool = toml(ROOT / "pyproject.toml")["tool"]
    folders = {f"packages/{package.name}/src" for package in PACKAGES}
    modules = {module(package).name for package in PACKAGES}
    assert folders <= set(tool["mypy"]["files"])
    assert folders == {path.partition("/")[2] for path in tool["mypy"]["mypy_path"].split(":")[1:-1]}
    assert folders == set(tool["coverage"]["run"]["source"]) - {"codegen", "evolution"}
    assert modules == set(tool["importlinter"]["root_packages"]) - {"codegen", "evolution"}
    layers, published, _ = tool["importlinter"]["contracts"]
    assert modules == {name for layer in layers["layers"] for name in re.split(r" *[|:] *", layer)}
    assert modules == set(published["source_modules"])
    assert modules <= set(tool["ruff"]["lint"]["isort"]["known-first-party"])
