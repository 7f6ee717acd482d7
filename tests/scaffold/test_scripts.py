"""The scripts behind `hatch run`: what they decide, apart from the programs that they start."""

from __future__ import annotations

import importlib
import re
import sys
import types
import zipfile
from pathlib import Path

import build_check
import coverage_gates
import every_python
import in_package
import pytest

ROOT = Path(__file__).resolve().parents[2]


def summary(lines: tuple[int, int], branches: tuple[int, int]) -> dict[str, dict[str, int]]:
    """One file of coverage's report: reached and all lines, reached and all branches."""
    return {
        "summary": {
            "covered_lines": lines[0],
            "num_statements": lines[1],
            "covered_branches": branches[0],
            "num_branches": branches[1],
        }
    }


def test_a_single_branch_fails_the_gate_of_100() -> None:
    """One branch of thousands not reached is below 100 %, and the file is named."""
    files = {
        "packages/core/src/a.py": summary((9999, 9999), (1999, 2000)),
        "codegen/b.py": summary((3, 3), (0, 0)),
    }
    found = coverage_gates.tallies({"files": files}, ["codegen", "packages/core"])
    assert coverage_gates.failures(found) == [
        "packages/core: below 100 %",
        "  packages/core/src/a.py: 1 of 11999 not reached",
    ]


def test_other_packages_have_95_and_no_rounding() -> None:
    """Exactly 95 % passes and a hair less does not; files of one package do not count for another."""
    files = {
        "packages/writer/src/a.py": summary((95, 100), (0, 0)),
        "packages/w/src/b.py": summary((9499, 9999), (0, 1)),
    }
    found = coverage_gates.tallies({"files": files}, ["packages/writer", "packages/w"])
    assert [tally.total for tally in found.values()] == [100, 10000]
    assert coverage_gates.failures(found)[0] == "packages/w: below 95 %"


def test_a_package_without_data_fails() -> None:
    """Nothing measured is not everything reached."""
    found = coverage_gates.tallies({"files": {}}, ["packages/new"])
    assert coverage_gates.failures(found) == ["packages/new: nothing was measured"]


def test_closure_of_what_an_installation_takes() -> None:
    """Ours are followed to the end, those of others are kept as they are written."""
    wheels = {
        name: build_check.Wheel(Path(name), name, "1", requires, "g")
        for name, requires in {
            "top": ("mid>=1,<2", "x>=3"),
            "mid": ("low>=1", "y[z]; p"),
            "low": (),
            "far": (),
        }.items()
    }
    assert build_check.closure("top", wheels) == ({"top", "mid", "low"}, {"x>=3", "y[z]; p"})


@pytest.mark.parametrize("lost", ["a_b/py.typed", "a_b-1.dist-info/licenses/LICENSE"])
def test_a_wheel_that_lacks_what_all_carry_is_refused(tmp_path: Path, lost: str) -> None:
    """The type marker and the licence are looked for in the wheel itself."""
    path = tmp_path / "a_b-1-py3-none-any.whl"
    info = "a_b-1.dist-info"
    held = {
        f"{info}/METADATA": "Name: a-b\nVersion: 1\nRequires-Dist: c>=2\n",
        f"{info}/WHEEL": "Generator: maker 3\n",
        f"{info}/licenses/LICENSE": "",
        "a_b/py.typed": "",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in held.items():
            archive.writestr(name, text)
    assert build_check.Wheel.read(path) == build_check.Wheel(path, "a-b", "1", ("c>=2",), "maker 3")
    with zipfile.ZipFile(path, "w") as archive:
        for name in held.keys() - {lost}:
            archive.writestr(name, held[name])
    with pytest.raises(build_check.ClaimFailed, match=lost):
        build_check.Wheel.read(path)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")
def test_a_python_counts_when_it_runs_and_is_that_version(tmp_path: Path) -> None:
    """Shims that fail, and names that lie, are passed over; installations of pyenv are found beside PATH."""
    stand_ins = {
        "one/python3.9": "exit 127",
        "two/python3.9": "echo 3.8",
        "pyenv/versions/3.9.1/bin/python3.9": "echo 3.9",
    }
    for name, line in stand_ins.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        path.chmod(0o755)
    environment = {"PATH": f"{tmp_path}/one:{tmp_path}/two", "PYENV_ROOT": f"{tmp_path}/pyenv"}
    assert every_python.find("3.9", environment) == tmp_path / "pyenv/versions/3.9.1/bin/python3.9"
    assert every_python.find("3.8", environment) is None


@pytest.mark.parametrize("words", [[], ["core"], ["nothing", "test"], ["core", "publish"]])
def test_words_that_make_no_sense_exit_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown package or task is one line on stderr, and starts nothing."""
    assert in_package.main(words) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error[usage]: ")


def test_an_inner_hatch_does_not_see_the_outer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The active environment of the script is not handed down, nor its programs."""
    monkeypatch.setenv("HATCH_ENV_ACTIVE", "default")
    monkeypatch.setenv("VIRTUAL_ENV", "/e")
    monkeypatch.setenv("PATH", "/e/bin:/ex/bin:/usr/bin")
    found = in_package.hatch_env()
    assert {"HATCH_ENV_ACTIVE", "VIRTUAL_ENV"}.isdisjoint(found)
    assert found["PATH"] == "/ex/bin:/usr/bin"


def test_package_environments_take_the_pins_of_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package's folder has its tasks, tools at the root's versions, and no pin of what it ships."""

    class Collector:
        """What Hatch gives a collector: the folder."""

        def __init__(self, root: str, config: object) -> None:
            self.root = root

    name = "hatch.env.collectors.plugin.interface"
    for part in ("hatch", "hatch.env", "hatch.env.collectors", "hatch.env.collectors.plugin", name):
        monkeypatch.setitem(sys.modules, part, types.ModuleType(part))
    monkeypatch.setattr(sys.modules[name], "EnvironmentCollectorInterface", Collector, raising=False)
    monkeypatch.delitem(sys.modules, "package_env", raising=False)
    module = importlib.import_module("package_env")
    monkeypatch.delitem(sys.modules, "package_env")
    config: dict[str, dict[str, object]] = {"default": {}}
    module.PackageEnvironments(str(ROOT / "packages" / "core"), {}).finalize_config(config)
    scripts = config["default"]["scripts"]
    assert isinstance(scripts, dict)
    assert {"smoke", "smoke_extended", "test", "lint"} == set(scripts)
    assert scripts["test"] == ["pytest {args:../../tests/core}"]
    dependencies = config["default"]["dependencies"]
    assert isinstance(dependencies, list)
    assert sorted(re.split(r"[=\[]", line)[0] for line in dependencies) == sorted(module.TEST_TOOLS)
    assert config["lowest"] == {"env-vars": {"UV_RESOLUTION": "lowest-direct"}}
