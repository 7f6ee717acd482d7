"""What the compiler does with the record of releases: reads it, and holds what it lists to its bytes."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from codegen.findings import ContractsInvalid
from codegen.lint import lint
from codegen.lint_frozen import frozen
from codegen.load import ContractSet, load
from codegen.released import PATH, FrozenContract, Release, Released, read_released
from runpact_core.errors import InvalidArtifact

CLEAN = Path(__file__).parent / "lint_fixtures" / "clean"
TOY = FrozenContract("toy", "1.0", "contracts/toy.v1_0.yaml", "0" * 64, "record", "schema_version")


def release(**parts: Any) -> Release:
    """A release that froze these parts."""
    empty: dict[str, Any] = {"contracts": (), "definitions": {}, "examples": {}, "documents": {}}
    return Release(version="0.1.0", tag="v0.1.0", date="2026-01-19", **{**empty, **parts})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the clean toy contracts that a test may change."""
    return shutil.copytree(CLEAN, tmp_path, dirs_exist_ok=True)


def test_no_record_freezes_nothing(project: Path) -> None:
    """Contracts without a record of releases are linted as ever."""
    assert read_released(project) is None
    assert lint(load(project)) == []


def test_the_record_is_read_as_values(project: Path) -> None:
    """A written record comes back as the same releases, and knows the lines of its paths."""
    made = release(contracts=(TOY,), examples={"contracts/examples/toy/1.0/valid/a-cart.json": "1" * 64})
    listed = {**dataclasses.asdict(made), "contracts": [dataclasses.asdict(TOY)]}
    text = json.dumps({"schema_version": "1.0", "releases": [listed]}, indent=2)
    (project / PATH).write_text(text)
    found = read_released(project)
    assert found == Released((made,), text)
    assert found.contract_paths == {"contracts/toy.v1_0.yaml"}
    assert text.splitlines()[found.line("contracts/toy.v1_0.yaml") - 1].strip() == '"path": "contracts/toy.v1_0.yaml",'
    assert found.line("contracts/doll.v1_0.yaml") == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "Invalid artifact: contracts/released.json: "),
        ("[]", "Invalid artifact: contracts/released.json: no document of the contract released"),
        ('{"releases": [{}]}', "Invalid artifact: contracts/released.json: no document of the contract released"),
        ('{"releases": 7}', "Invalid artifact: contracts/released.json: no document of the contract released"),
    ],
)
def test_a_record_that_is_none_is_refused(project: Path, text: str, says: str) -> None:
    """A broken record is no licence to change what was released: the error names the file and a way out."""
    (project / PATH).write_text(text)
    with pytest.raises(InvalidArtifact) as caught:
        load(project)
    assert str(caught.value).startswith(says)
    assert caught.value.path == PATH
    assert caught.value.hint == "give it back as it was committed; the release command writes it"


def test_a_released_file_that_is_gone_is_to_come_back(project: Path) -> None:
    """The entry of a released version whose file is gone shall not be removed as well, as that of another may."""
    listed = {**dataclasses.asdict(release()), "contracts": [dataclasses.asdict(TOY)]}
    (project / PATH).write_text(json.dumps({"schema_version": "1.0", "releases": [listed]}))
    for name in ("toy.v1_0.yaml", "toy.v0_1.yaml"):
        (project / "contracts" / name).unlink()
    with pytest.raises(ContractsInvalid) as caught:
        load(project)
    hints = {finding.message: finding.hint for finding in caught.value.findings if finding.rule == "L01"}
    assert hints == {
        "there is no file contracts/toy.v0_1.yaml": "remove the entry",
        "there is no file contracts/toy.v1_0.yaml": "bring it back: contracts/released.json lists it",
    }


def test_a_version_that_left_without_a_trace_is_missed(toy: ContractSet) -> None:
    """File and entry removed together are two findings: of the file, where it was frozen, and of the catalog."""
    gone = dataclasses.replace(TOY, contract="doll", path="contracts/doll.v1_0.yaml")
    released = Released((release(contracts=(gone,)),), '{\n"contracts/doll.v1_0.yaml"\n}')
    findings = list(frozen(dataclasses.replace(toy, released=released)))
    assert [(each.rule, each.path, each.line, each.message) for each in findings] == [
        ("F03", PATH, 2, "contracts/doll.v1_0.yaml was released with 0.1.0, and is gone"),
        ("F04", "contracts/catalog.yaml", 1, "there is no entry for doll 1.0, released with 0.1.0"),
    ]


@pytest.mark.parametrize("tree", [[], {}, {"$defs": []}])
def test_shared_definitions_that_cannot_be_read_are_gone(toy: ContractSet, tree: Any) -> None:
    """A file of shared definitions that is something else has lost what it had; the rule does not break on it."""
    common = dataclasses.replace(toy.common, tree=tree)
    released = Released((release(definitions={"toy_id": "0" * 64}),), "")
    (finding,) = frozen(dataclasses.replace(toy, common=common, released=released))
    assert (finding.rule, finding.message) == (
        "F05",
        "the shared definition toy_id was released with 0.1.0, and is gone",
    )
