"""What each package reads and writes is found by running it, and neither matrix nor catalog says anything else."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from codegen import compat
from codegen.load import load
from evolution import packages
from evolution.journey import STEPS, Step
from evolution.packages import CommandFailed, drift, main, observe
from evolution.watched import Seen, Use
from runpact_core import documents

if TYPE_CHECKING:
    from codegen.load import ContractSet

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = tuple(sorted(path.parent.name for path in ROOT.glob("packages/*/pyproject.toml")))


@pytest.fixture(scope="module")
def contracts() -> ContractSet:
    """The contracts of the project."""
    return load(ROOT)


@pytest.fixture(scope="module")
def seen(contracts: ContractSet) -> Seen:
    """One whole journey, watched."""
    return observe(contracts)


@pytest.fixture(scope="module")
def found(seen: Seen) -> dict[str, Any]:
    """What was seen, by package."""
    return {each["package"]: each for each in packages.packages(seen)}


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seen: Seen) -> Path:
    """What the command reads and writes of the project, to be spoilt; the journey is the one that was watched."""
    for name in ("contracts", "docs", "tests/compat/documents"):
        if (ROOT / name).exists():  # the last one comes with the first release
            shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.setattr(packages, "observe", lambda _: seen)
    return tmp_path


def versions(uses: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Versions by contract."""
    return {use["contract"]: use["versions"] for use in uses}


def test_the_matrix_is_what_is_seen_now(found: dict[str, Any]) -> None:
    """The committed matrix has what a new run sees; the core's reads are what the matrix itself tries."""
    document = json.loads((ROOT / compat.JSON_PATH).read_bytes())
    assert document["packages"], "run `hatch run compat-packages`"
    for each in document["packages"]:
        expected = found[each["package"]]
        assert each["commands"] == expected["commands"]
        assert each["writes"] == expected["writes"]
        if each["package"] != compat.CORE:
            assert each["reads"] == expected["reads"]
    core = versions(next(each for each in document["packages"] if each["package"] == compat.CORE)["reads"])
    assert core == {matrix["contract"]: matrix["versions"] for matrix in document["contracts"]}


def test_the_catalog_says_what_is_seen(contracts: ContractSet, found: dict[str, Any]) -> None:
    """`read_by` and `written_by` name those of our packages that do it, and no other."""
    assert drift(contracts, list(found.values())) == []


@pytest.mark.parametrize(
    ("package", "contract", "reads", "writes"),
    [
        ("writer", "run", ["0.1", "0.2"], ["0.2"]),
        ("writer", "open_run", ["1.0"], ["1.0"]),
        ("reporter", "last_run", ["0.1", "0.2"], ["0.1", "0.2"]),
        ("reporter", "run", ["0.1", "0.2"], None),
        ("reporter", "capture", None, ["1.0"]),
        ("reporter", "history_record", ["1.0"], ["1.0"]),
        ("gc", "run", ["0.1", "0.2"], None),
        ("gc", "checks", None, None),
        ("gc", "gc_journal", ["1.0"], ["1.0"]),
        ("gc", "artifacts_config", ["1.0"], None),
        ("status-matrix", "runner_execution_certificate", ["1", "2"], ["1", "2"]),
        ("status-matrix", "runner_certification_registry", ["1", "2"], None),
        ("core", "upgrade_report", ["1.0"], ["1.0"]),
        ("core", "schema_catalog", ["1"], ["1"]),
    ],
)
def test_uses_by_value(
    found: dict[str, Any], package: str, contract: str, reads: list[str] | None, writes: list[str] | None
) -> None:
    """What some packages are known to do was seen, and what they do not was not."""
    assert versions(found[package]["reads"]).get(contract) == reads
    assert versions(found[package]["writes"]).get(contract) == writes


def test_every_tool_is_run(found: dict[str, Any]) -> None:
    """Each of our distributions but the umbrella, which calls the others; what is shown of them names no folder."""
    assert list(found) == ["core", "gc", "reporter", "status-matrix", "writer"]
    assert all(each["commands"] and each["reads"] and each["writes"] for each in found.values())
    assert not [step.shown for step in STEPS if str(ROOT) in step.shown or sys.executable in step.shown]


def test_a_catalog_that_claims_too_much_or_too_little_is_drift(contracts: ContractSet, found: dict[str, Any]) -> None:
    """Each side of the difference is one line that an editor can jump to; a planned version need not be in use."""

    def with_entry(**changes: Any) -> ContractSet:
        changed = [
            replace(each, entry={**each.entry, **changes}) if each.name == "gc_plan" else each
            for each in contracts.contracts
        ]
        return replace(contracts, contracts=tuple(changed))

    told = list(found.values())
    too_much, too_little = drift(with_entry(written_by=["reporter"]), told)
    place, _, rest = too_much.partition(": ")
    path, _, number = place.partition(":")
    assert (ROOT / path).read_text(encoding="utf-8").splitlines()[int(number) - 1] == "    written_by: [gc]"
    assert rest == "gc_plan 1.0: reporter was not seen among written_by"
    assert too_little.endswith("gc_plan 1.0: gc is missing in written_by")
    assert drift(with_entry(written_by=["reporter"], status="planned"), told) == []
    assert drift(with_entry(written_by=["gc", "core", "people"]), told) == []


def test_the_command_finds_nothing_to_do(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On the tree as it is, writing and checking change nothing."""
    before = (copy / compat.JSON_PATH).read_bytes()
    assert main(["--check"], copy) == 0
    assert main([], copy) == 0
    assert capsys.readouterr().out == "the matrix is what was seen\n" * 2
    assert (copy / compat.JSON_PATH).read_bytes() == before


def test_a_matrix_that_says_otherwise_is_stale_and_mended(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--check` prints the difference and the repair; without it both files are made again."""
    path = copy / compat.JSON_PATH
    right = path.read_bytes()
    document = json.loads(right)
    document["packages"][1]["writes"] = []
    path.write_bytes(documents.dumps(document))
    assert main(["--check"], copy) == 1
    shown = capsys.readouterr()
    assert '+          "contract": "gc_plan",' in shown.out
    assert shown.err.startswith("error[stale]: the matrix is not what was seen")
    assert main([], copy) == 0
    assert capsys.readouterr().out == "wrote 1 files\n"
    assert path.read_bytes() == right


def test_drift_fails_the_command(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A catalog that names a package wrongly is one line each, and exit code 1, also where the matrix is right."""
    path = copy / "contracts/catalog.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("read_by: [writer, reporter]", "read_by: [writer, gc]"))
    assert main([], copy) == 1
    told = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[2] for line in told[:-1]] == [
        f"checks {version}: {word}"
        for version in ("0.1", "0.2")
        for word in ("gc was not seen among read_by", "reporter is missing in read_by")
    ]
    assert told[-1].startswith("error[drift]: the catalog says otherwise than what was seen")


def test_a_step_that_cannot_be_done_is_told(contracts: ContractSet, capsys: pytest.CaptureFixture[str]) -> None:
    """A call that makes no sense ends the journey with what the command said; the folder of before is back."""
    here = Path.cwd()
    with pytest.raises(CommandFailed, match=r"runpact-gc explain --nothing ended with 2: error\[usage\]"):
        observe(contracts, [Step("gc", "explain --nothing")])
    assert Path.cwd() == here
    assert capsys.readouterr().out == ""


def test_an_error_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where there are no contracts, the command says so with the error's own exit code."""
    assert main([], tmp_path) == 1
    assert capsys.readouterr().err.startswith("error[missing-artifact]: ")


def test_ci_variables_do_not_reach_the_commands(contracts: ContractSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journey is the same in CI: its variables are taken out, and come back."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    kept: list[str | None] = []
    observe(contracts, [Step("core", "look", lambda _: kept.append(os.environ.get("GITHUB_ACTIONS")))])
    assert kept == [None]
    assert os.environ["GITHUB_ACTIONS"] == "true"


def test_uses_are_sorted_by_version_as_numbers() -> None:
    """0.10 follows 0.9."""
    seen = Seen(reads={Use("gc", "run", version) for version in ("0.10", "0.9", "0.2")})
    (entry,) = packages.packages(seen, [Step("gc", "scan"), Step("gc", "scan")])
    assert entry == {
        "package": "gc",
        "commands": ["runpact-gc scan"],
        "reads": [{"contract": "run", "versions": ["0.2", "0.9", "0.10"]}],
        "writes": [],
    }
