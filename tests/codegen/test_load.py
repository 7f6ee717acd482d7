"""Reading contracts: what is read, in which order, and what is said of files that do not fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codegen.findings import ContractsInvalid, Finding
from codegen.load import ContractSet, Source, load, version_key
from runpact_core.errors import InvalidArtifact, MissingArtifact

if TYPE_CHECKING:
    from pathlib import Path

PARCEL = "contracts/parcel.v0_2.yaml"


def refused(folder: Path) -> list[str]:
    """What is said of contracts that cannot be loaded."""
    with pytest.raises(ContractsInvalid) as caught:
        load(folder)
    return [str(finding) for finding in caught.value.findings]


def test_versions_come_by_name_and_number(toy: ContractSet) -> None:
    """Contracts are sorted by name, then by version as numbers; an integer version has no minor."""
    assert toy.names == ("depot", "parcel")
    assert [(contract.name, contract.version) for contract in toy.contracts] == [
        ("depot", "1"),
        ("parcel", "0.1"),
        ("parcel", "0.2"),
    ]
    assert [contract.module for contract in toy.contracts] == ["depot_v1", "parcel_v0_1", "parcel_v0_2"]
    assert toy.versions("parcel")[1].urn == "urn:runpact:parcel:0.2"
    assert toy.versions("lamp") == ()
    assert sorted(["0.10", "1", "0.9", "0.2"], key=version_key) == ["0.2", "0.9", "0.10", "1"]


def test_examples_are_read_as_bytes_valid_ones_first(toy: ContractSet) -> None:
    """An example knows its verdict, its place and its frozen bytes."""
    first, second = toy.versions("parcel")[0].examples
    assert (first.name, first.valid, second.name, second.valid) == ("minimal", True, "no-depot", False)
    assert first.path == "contracts/examples/parcel/0.1/valid/minimal.json"
    assert first.data.startswith(b'{\n  "from": "north"')
    names = [(not item.valid, item.name) for item in toy.versions("parcel")[1].examples]
    assert len(names) == 12
    assert names == sorted(names)


def test_files_that_are_no_examples_are_named(toy_folder: Path) -> None:
    """What lies beside examples, or below a version that does not exist, is a stray; hidden files are not."""
    examples = toy_folder / "contracts/examples"
    (examples / "parcel/0.2/valid/notes.txt").write_text("?", encoding="utf-8")
    (examples / "parcel/0.2/valid/.hidden").write_text("?", encoding="utf-8")
    (examples / "lamp/1.0/valid").mkdir(parents=True)
    (examples / "lamp/1.0/valid/lit.json").write_text("{}", encoding="utf-8")
    assert load(toy_folder).strays == (
        "contracts/examples/lamp/1.0/valid/lit.json",
        "contracts/examples/parcel/0.2/valid/notes.txt",
    )


def test_a_file_without_an_entry_is_a_finding(toy_folder: Path) -> None:
    """Nothing is compiled that the catalog does not list."""
    (toy_folder / "contracts/lamp.v1_0.yaml").write_text("title: Lamp\n", encoding="utf-8")
    assert refused(toy_folder) == [
        "contracts/lamp.v1_0.yaml:1: L01 the file stands in no entry of the catalog — add it to contracts/catalog.yaml"
    ]


def test_an_entry_without_a_file_is_a_finding_at_its_line(toy_folder: Path) -> None:
    """Nothing is listed that is not there."""
    (toy_folder / PARCEL).unlink()
    assert refused(toy_folder) == [
        f"contracts/catalog.yaml:11: L01 there is no file {PARCEL} — remove the entry",
    ]


@pytest.mark.parametrize(
    "odd", ["parcel.v0-3.yaml", "parcel.v0_3.yml", "parcel.v0_3.YAML", "parcel.v0_3.json", "parcel_v0_3.yaml"]
)
def test_an_odd_file_name_is_a_finding_listed_or_not(toy_folder: Path, odd: str) -> None:
    """A name says contract and version in one form only; another ending does not hide a version from everybody."""
    odd = f"contracts/{odd}"
    (toy_folder / odd).write_text("title: Parcel\n", encoding="utf-8")
    name = f"{odd}:1: L02 the name is not <contract>.v<major>_<minor>.yaml — rename it, or keep it elsewhere"
    assert refused(toy_folder) == [name]
    catalog = toy_folder / "contracts/catalog.yaml"
    catalog.write_text(f"{catalog.read_text(encoding='utf-8')}  - {{path: {odd}}}\n", encoding="utf-8")
    assert refused(toy_folder) == [name]


def test_what_lies_beside_contracts_is_no_version(toy_folder: Path) -> None:
    """Lists that a project keeps, words about contracts, and what editors leave behind are no contract versions."""
    before = load(toy_folder).contracts
    for name in ("exceptions.yaml", "README.md", ".parcel.v0_2.yaml.swp", ".draft.yaml", "parcel.v0_2.yaml~"):
        (toy_folder / "contracts" / name).write_text("{}\n", encoding="utf-8")
    (toy_folder / "contracts/old.yaml").mkdir()
    assert load(toy_folder).contracts == before


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[]\n", 1),
        ("version: 1\n", 1),
        ("version: 1\nschemas: {}\n", 2),
        ("version: 1\nschemas:\n  - one\n", 3),
        ("version: 1\nschemas:\n  - {path: contracts/depot.v1.yaml}\n  - {path: 7}\n", 4),
    ],
    ids=["list", "no-schemas", "schemas-mapping", "entry-scalar", "path-number"],
)
def test_a_catalog_that_names_no_files_is_a_finding(toy_folder: Path, text: str, line: int) -> None:
    """A catalog of another shape is told as such, not as a failure of the compiler."""
    (toy_folder / "contracts/catalog.yaml").write_text(text, encoding="utf-8")
    hint = "write a list of mappings under schemas, each with the path of a file"
    assert refused(toy_folder) == [f"contracts/catalog.yaml:{line}: L01 an entry of the catalog names no file — {hint}"]


def test_yaml_that_does_not_parse_names_the_file_and_the_place(toy_folder: Path) -> None:
    """One line leads to the fault."""
    (toy_folder / PARCEL).write_text("title: Parcel\ntitle: Again\n", encoding="utf-8")
    with pytest.raises(InvalidArtifact) as caught:
        load(toy_folder)
    assert str(caught.value) == f"Invalid artifact: {PARCEL}: duplicate key 'title' (line 2, column 1)"
    assert (caught.value.path, caught.value.line_number, caught.value.column) == (PARCEL, 2, 1)


@pytest.mark.parametrize("name", ["catalog.yaml", "common.v1.yaml", "prescribed_names.yaml"])
def test_a_file_that_every_project_has_is_missed(toy_folder: Path, name: str) -> None:
    """Its absence is one line, with its path."""
    (toy_folder / "contracts" / name).unlink()
    with pytest.raises(MissingArtifact) as caught:
        load(toy_folder)
    assert caught.value.line() == f"error[missing-artifact]: Missing artifact: contracts/{name} — the compiler needs it"


def test_a_shared_file_without_definitions_shares_nothing(toy: ContractSet) -> None:
    """The linter says what is wrong with it; reading does not fail."""
    empty = ContractSet(Source("contracts/common.v1.yaml", {}, {}), toy.catalog, toy.prescribed, ())
    assert empty.definitions == {}
    assert "parcel_id" in toy.definitions


def test_a_node_without_a_line_has_that_of_the_node_around_it() -> None:
    """A finding about something missing points to where it is missing."""
    source = Source("x.yaml", {}, {"": 1, "/properties": 4, "/properties/a": 5})
    assert [source.line(place) for place in ("/properties/a", "/properties/a/b/c", "/properties/z", "/other")] == [
        5,
        5,
        4,
        1,
    ]
    assert Source("x.yaml", {}, {}).line("/a") == 1


def test_findings_are_counted_and_sorted() -> None:
    """The error that carries them says how many there are, and has them by file and line."""
    late, early = (Finding("a.yaml", line, "D01", "wrong", "mend it") for line in (9, 2))
    assert ContractsInvalid([late]).what == "1 finding in the contracts"
    both = ContractsInvalid([late, early])
    assert both.line() == "error[contracts-invalid]: 2 findings in the contracts — see contracts/README.md"
    assert both.findings == [early, late]
    assert (both.exit_code, str(early)) == (1, "a.yaml:2: D01 wrong — mend it")
