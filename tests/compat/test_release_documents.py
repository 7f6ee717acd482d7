"""The documents that a release keeps: of every contract that a command writes, real, valid, and of no machine.

The commands are run once, over one small project, as `hatch run release prepare` runs them.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
import release_documents

from codegen.frozen_documents import FOLDER, READS, documents_in, files_of
from codegen.load import load
from codegen.released import read_released
from evolution.frozen import reads
from runpact_core import documents

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PACKAGES = {path.parent.name for path in ROOT.glob("packages/*/pyproject.toml")}

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="the small project has shell scripts"),
    pytest.mark.skipif(not (BIN / "runpact").exists(), reason="the console script runpact is not beside this Python"),
    pytest.mark.skipif(shutil.which("git") is None, reason="the small project is a repository of git"),
]


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    """What the commands of this tree wrote and printed, by path below the release's folder."""
    return release_documents.make(BIN)


def test_every_contract_that_a_command_writes_is_kept(made: dict[str, bytes]) -> None:
    """The catalog says which versions our packages write; each of them, and no other, has a document."""
    written = {
        (contract.name, contract.version)
        for contract in load(ROOT).contracts
        if PACKAGES & set(contract.entry.get("written_by", ()))
    }
    printed = {("schema_catalog", "1")}  # people write it; `contracts list --json` prints it
    assert {tuple(name.split("/")[:2]) for name in made} == written | printed
    assert len(written) >= 30


def test_every_document_is_as_strict_as_we_write(made: dict[str, bytes]) -> None:
    """What we wrote is read as the version that its folder says, keeps every rule, and has no field of no name."""
    table = reads(documents_in({f"{FOLDER}/0.1.0/{name}": data for name, data in made.items()})).splitlines()
    odd = [line for line in table if line.split()[1] != line.rpartition(": exact as ")[2]]
    assert odd == []
    assert len(table) > len(made)
    for name, data in made.items():
        for line in data.splitlines() if name.endswith(".jsonl") else [data]:
            assert documents.validate(name.split("/")[0], line, strict=True) == [], name


def test_documents_show_more_than_the_plain_case(made: dict[str, bytes]) -> None:
    """Runs that failed, were interrupted or lack a variable are among them; so are findings, lines and slots."""
    statuses = {
        name.rpartition("/")[2]: documents.read("run", data).data["status"]
        for name, data in made.items()
        if name.startswith("run/")
    }
    assert statuses == {
        "failed.json": "failed",
        "interrupted.json": "failed",
        "success.json": "success",
        "variable-missing.json": "failed",
    }
    trash = documents.read("trash_list", made["trash_list/1.0/some-slots.json"]).data
    assert trash["slots"]
    assert documents.read("run", made["run/0.2/success.json"]).data["git"]["ref"] == "main"


def test_what_a_later_tree_writes_has_the_old_names(made: dict[str, bytes]) -> None:
    """Nothing that the newest release kept is forgotten by the journey that the next one will keep."""
    found = read_released(ROOT)
    for release in found.releases[-1:] if found else ():
        kept = {path.removeprefix(f"{FOLDER}/{release.version}/") for path in files_of(ROOT, release.version)}
        assert kept - {READS} <= made.keys()


def test_a_command_that_ends_otherwise_keeps_nothing(tmp_path: Path) -> None:
    """A wrong exit code is an error with the command's words and output."""
    project = release_documents.Project(tmp_path, BIN)
    with pytest.raises(release_documents.Unexpected, match=r"sh -c echo hi; exit 3 ended with 3, not 0\nhi"):
        project.run("sh", "-c", "echo hi; exit 3")
    with pytest.raises(release_documents.Unexpected, match=r"one file should be \*\.json, not 0"):
        project.keep("run", "x", "*.json")
    assert project.kept == {}


def test_a_document_that_names_this_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name of a folder here, in whatever document, stops it all: what is kept is for everyone, for ever."""
    monkeypatch.setattr(release_documents, "JOURNEYS", (leaking,))
    with pytest.raises(release_documents.Unexpected, match=r"pins/1\.0/x\.json names this machine or a folder of it"):
        release_documents.make(BIN)


def leaking(project: release_documents.Project) -> None:
    """A journey that keeps a document with the path of its project."""
    project.keep("pins", "x", b'{"pins": [], "schema_version": "1.0", "at": "%s"}' % os.fsencode(project.folder))
