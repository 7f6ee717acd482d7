"""Frozen history: what a release freezes is told when a byte of it changes, and what comes after it is free."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

import pytest

from codegen.frozen_documents import FOLDER, READS, documents_in, files_of, frozen_documents
from codegen.lint_frozen import frozen
from codegen.load import ContractSet, load
from codegen.released import PATH, Released, read_released
from evolution.frozen import document_findings, earlier_releases, freeze, reads, record
from runpact_core import documents
from runpact_core.errors import Refused

ROOT = Path(__file__).resolve().parents[2]
DAY = "2026-01-19"
SEALED = b'{"checks": [], "run_id": "x"}\n'


@pytest.fixture(scope="module")
def contracts() -> ContractSet:
    """The contracts of the project, without what was released of them."""
    return dataclasses.replace(load(ROOT), released=None)


@pytest.fixture(scope="module")
def released(contracts: ContractSet) -> ContractSet:
    """The same, all of it frozen by a first release."""
    return dataclasses.replace(contracts, released=freeze(contracts, {}, "0.1.0", DAY))


def changed(contracts: ContractSet, path: str, **parts: Any) -> ContractSet:
    """The contracts with another source or other examples of the contract that lies at the path."""
    replaced = [
        dataclasses.replace(each, **parts) if each.source.path == path else each for each in contracts.contracts
    ]
    return dataclasses.replace(contracts, contracts=tuple(replaced))


def told(contracts: ContractSet) -> list[tuple[str, str]]:
    """Rule and file of every finding about what was released."""
    return [(finding.rule, finding.path) for finding in frozen(contracts)]


def test_the_record_of_the_project_holds() -> None:
    """`contracts/released.json` is a document of its contract, and every file that it lists is as it was."""
    assert documents.validate("released", ROOT / PATH, strict=True) == []
    found = read_released(ROOT)
    assert found is not None
    assert [str(finding) for finding in frozen(load(ROOT))] == []
    assert [str(finding) for finding in document_findings(ROOT, found)] == []


def test_every_frozen_document_reads_as_on_its_day() -> None:
    """Each document of each release reads as its own table says; all were written by us, so none is refused."""
    for folder in sorted(path for path in (ROOT / FOLDER).glob("[0-9]*")):
        files = files_of(ROOT, folder.name)
        table = reads(documents_in(files))
        assert table == (folder / READS).read_text(encoding="utf-8")
        assert "refused" not in table
        assert "problem" not in table
    assert all(each.data for each in frozen_documents(ROOT))


def test_a_release_freezes_everything(contracts: ContractSet, released: ContractSet) -> None:
    """Every contract, example and shared definition is listed with its digest; the record is a valid document."""
    assert released.released is not None
    (release,) = released.released.releases
    run = next(each for each in release.contracts if (each.contract, each.version) == ("run", "0.2"))
    digest = hashlib.sha256((ROOT / "contracts" / "run.v0_2.yaml").read_bytes()).hexdigest()
    assert dataclasses.astuple(run) == ("run", "0.2", "contracts/run.v0_2.yaml", digest, "record", "schema_version")
    assert len(release.contracts) == len(contracts.contracts)
    assert release.examples.keys() == {each.path for one in contracts.contracts for each in one.examples}
    assert release.definitions.keys() == contracts.definitions.keys()
    assert documents.validate("released", record(released.released.releases), strict=True) == []
    assert told(released) == []


def test_a_byte_of_a_contract_is_told(released: ContractSet) -> None:
    """One byte of a contract file is F01 at that file, with what to do instead."""
    run = next(each for each in released.contracts if each.source.path == "contracts/run.v0_2.yaml")
    other = dataclasses.replace(run.source, sha256="0" * 64)
    (finding,) = frozen(changed(released, "contracts/run.v0_2.yaml", source=other))
    assert str(finding) == (
        "contracts/run.v0_2.yaml:1: F01 run 0.2 was released with 0.1.0, and is not as it was — "
        "give the file back, and change a new minor version, or a new major one where old readers would refuse it"
    )


def test_bytes_of_examples_are_told(released: ContractSet) -> None:
    """One example with another byte is F02 at that file, one that is gone F03 in the record."""
    pins = next(each for each in released.contracts if each.name == "pins")
    first, second, *rest = pins.examples
    other = dataclasses.replace(first, data=first.data + b" ")
    assert told(changed(released, pins.source.path, examples=(other, second, *rest))) == [("F02", first.path)]
    assert told(changed(released, pins.source.path, examples=(first, *rest))) == [("F03", PATH)]


def test_a_released_version_is_read_as_it_was(released: ContractSet) -> None:
    """A record that becomes configuration, or is told by other means, is F04 at its entry in the catalog."""
    pins = next(each for each in released.contracts if each.name == "pins")
    entry = {**pins.entry, "gate": "configuration", "versioned_by": "shape"}
    found = told(changed(released, pins.source.path, entry=entry))
    assert found == [("F04", "contracts/catalog.yaml")] * 2
    retired = {**pins.entry, "status": "retired", "describes": "nothing any more"}
    assert told(changed(released, pins.source.path, entry=retired)) == []


def test_what_is_added_is_free(released: ContractSet) -> None:
    """A new shared definition, a new example and a new version break nothing that was released."""
    pins = next(each for each in released.contracts if each.name == "pins")
    tree = {**released.common.tree, "$defs": {**released.definitions, "colour": {"type": "string"}}}
    more = dataclasses.replace(pins.examples[0], path=f"{pins.examples[0].path}.new")
    newer = dataclasses.replace(pins, version="1.1", source=dataclasses.replace(pins.source, path="contracts/new.yaml"))
    grown = dataclasses.replace(
        changed(released, pins.source.path, examples=(*pins.examples, more)),
        common=dataclasses.replace(released.common, tree=tree),
    )
    grown = dataclasses.replace(grown, contracts=(*grown.contracts, newer))
    assert told(grown) == []

    second = freeze(grown, {}, "0.2.0", "2026-02-19")
    first, latest = second.releases
    assert released.released is not None
    assert (first,) == released.released.releases
    assert [each.path for each in latest.contracts] == ["contracts/new.yaml"]
    assert list(latest.examples) == [more.path]
    assert list(latest.definitions) == ["colour"]


def test_a_release_is_frozen_anew_until_a_later_one(released: ContractSet) -> None:
    """The newest release takes what the tree has now; one before it is closed."""
    again = freeze(released, {f"{FOLDER}/0.1.0/run/0.2/x.json": SEALED}, "0.1.0", "2026-01-20")
    (release,) = again.releases
    assert release.date == "2026-01-20"
    assert release.documents == {f"{FOLDER}/0.1.0/run/0.2/x.json": hashlib.sha256(SEALED).hexdigest()}
    later = freeze(released, {}, "0.10.0", DAY)
    assert [each.version for each in later.releases] == ["0.1.0", "0.10.0"]
    with pytest.raises(Refused, match=r"contracts/released\.json has 0\.10\.0 already"):
        earlier_releases(later, "0.9.0")


def test_planned_versions_are_not_frozen(contracts: ContractSet) -> None:
    """A contract version that is planned may still change, and so may its examples."""
    pins = next(each for each in contracts.contracts if each.name == "pins")
    (release,) = freeze(
        changed(contracts, pins.source.path, entry={**pins.entry, "status": "planned"}), {}, "0.1.0", DAY
    ).releases
    assert "pins" not in {each.contract for each in release.contracts}
    assert not any("/pins/" in path for path in release.examples)


@pytest.fixture
def kept(tmp_path: Path, contracts: ContractSet) -> Released:
    """A project of one release with two documents."""
    for name in ("a", "b"):
        path = tmp_path / FOLDER / "0.1.0" / "checks" / "0.2" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(SEALED)
    return freeze(contracts, files_of(tmp_path, "0.1.0"), "0.1.0", DAY)


def test_documents_of_a_release_are_held(tmp_path: Path, kept: Released) -> None:
    """A changed document and a missing one are F06, one that the release did not write is F07."""
    assert document_findings(tmp_path, kept) == []
    folder = tmp_path / FOLDER / "0.1.0" / "checks" / "0.2"
    (folder / "a.json").write_bytes(SEALED + b"\n")
    (folder / "b.json").rename(folder / "c.json")
    found = document_findings(tmp_path, kept)
    names = {rule: f"{FOLDER}/0.1.0/checks/0.2/{name}.json" for rule, name in (("changed", "a"), ("new", "c"))}
    assert [(each.rule, each.path) for each in found] == [
        ("F06", PATH),
        ("F06", names["changed"]),
        ("F07", names["new"]),
    ]
    assert found[0].line == kept.line(f"{FOLDER}/0.1.0/checks/0.2/b.json") > 1


def test_the_table_says_how_documents_read() -> None:
    """Each line names a document and what the reader makes of it; lines of JSONL count one by one."""
    files = {
        f"{FOLDER}/0.1.0/{READS}": b"",
        f"{FOLDER}/0.1.0/pins/1.0/none.json": b'{"pins": [], "schema_version": "1.0"}',
        f"{FOLDER}/0.1.0/pins/1.0/newer.jsonl": b'{"pins": [], "schema_version": "1.7", "x": 1}\n{"pins": 1}\n',
        f"{FOLDER}/0.1.0/pins/1.0/wrong.json": b'{"pins": 1, "schema_version": "1.0"}',
    }
    assert reads(documents_in(files)).splitlines() == [
        "pins 1.0 none: exact as 1.0",
        "pins 1.0 newer line 1: tolerant as 1.0; Unsupported schema version: 1.7; unknown /x",
        "pins 1.0 newer line 2: refused: Invalid artifact: schema_version is missing",
        "pins 1.0 wrong: refused: /pins [type]",
    ]
