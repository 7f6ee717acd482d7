"""The page of the compatibility matrix: the grid, the packages and every document, as the JSON has them."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from codegen import compat
from codegen.frozen_documents import FrozenDocument, frozen_documents, release_key
from runpact_core import documents

if TYPE_CHECKING:
    from pathlib import Path

    from codegen.load import ContractSet

PACKAGES = [
    {
        "package": "core",
        "commands": ["runpact-core contracts list --json"],
        "reads": [],
        "writes": [{"contract": "schema_catalog", "versions": ["1"]}],
    },
    {
        "package": "gc",
        "commands": ["runpact-gc scan", "runpact-gc list --json"],
        "reads": [{"contract": "run", "versions": ["0.1", "0.2"]}, {"contract": "pins", "versions": ["1.0"]}],
        "writes": [{"contract": "pins", "versions": ["1.0"]}],
    },
]


@pytest.fixture(scope="module")
def frozen(real: ContractSet) -> list[FrozenDocument]:
    """What two releases left of `run`: one document as it should be, one of a later minor version, one broken."""
    by_version = {each.version: each for each in real.versions("run")}
    old, new = (next(each.data for each in by_version[version].examples if each.valid) for version in ("0.1", "0.2"))
    return [
        FrozenDocument("0.1.0", "run", "0.1", "plain", "", old),
        FrozenDocument("0.1.0", "run", "0.2", "success", "", new),
        FrozenDocument("0.2.0", "run", "0.2", "broken", "", new.replace(b'"status"', b'"state"')),
    ]


@pytest.fixture(scope="module")
def files(real: ContractSet, frozen: list[FrozenDocument]) -> dict[str, str]:
    """Both files, with documents of releases and packages."""
    return compat.execute(real, frozen, PACKAGES)


@pytest.fixture(scope="module")
def document(files: dict[str, str]) -> dict[str, Any]:
    """The JSON."""
    parsed: dict[str, Any] = json.loads(files[compat.JSON_PATH])
    return parsed


@pytest.fixture(scope="module")
def page(files: dict[str, str]) -> str:
    """The page."""
    return files[compat.PAGE_PATH]


def rows(text: str) -> list[list[str]]:
    """The cells of the tables, without their headers."""
    lines = [[cell.strip() for cell in line[1:-1].split("|")] for line in text.splitlines() if line.startswith("|")]
    rules = [number for number, cells in enumerate(lines) if set(cells) == {"---"}]
    return [cells for number, cells in enumerate(lines) if number not in rules and number + 1 not in rules]


def test_every_document_stands_on_the_page(document: dict[str, Any], page: str) -> None:
    """Each row of each table has the outcomes of the JSON, in the same order; nothing is on the page alone."""
    assert page.startswith("<!-- Generated from contracts/examples/ and tests/compat/documents/ by codegen. Do not")
    expected, found = [], []
    for matrix in document["contracts"]:
        for each in [*matrix["examples"], *matrix["frozen"]]:
            where = f", release {each['release']}" if "release" in each else ""
            outcomes = [result["outcome"].replace("_", " ") for result in each["results"]]
            valid = "yes" if each.get("valid", True) else "no"
            name = f"{each['version']} {each['name'].replace('-', ' ')}{where}"
            expected.append([matrix["contract"], name, valid, *outcomes])
    for section in page.split("\n## Documents\n")[1].split("\n### ")[1:]:
        contract, said, text = re.fullmatch(
            r"(\w+)\n\n<details><summary>([0-9]+) documents</summary>\n\n(.*)\n</details>\n*", section, re.DOTALL
        ).groups()  # type: ignore[union-attr]  # a section of another form fails the test as it should
        assert len(rows(text)) == int(said)
        found += [[contract, *cells] for cells in rows(text)]
    assert found == expected


def test_the_grid_counts_what_producers_may_write(document: dict[str, Any]) -> None:
    """Each cell counts the valid examples and the documents of releases, by outcome, the best outcome first."""
    for matrix in document["contracts"]:
        places = [(cell["writer"], cell["reader"]) for cell in matrix["grid"]]
        assert places == [(writer, reader) for writer in matrix["versions"] for reader in matrix["versions"]]
        for cell in matrix["grid"]:
            counts = Counter(
                result["outcome"]
                for each in [*matrix["examples"], *matrix["frozen"]]
                for result in each["results"]
                if (each["version"], result["reader"], each.get("valid", True))
                == (cell["writer"], cell["reader"], True)
            )
            assert {each["outcome"]: each["documents"] for each in cell["outcomes"]} == counts
            order = [compat.OUTCOMES.index(each["outcome"]) for each in cell["outcomes"]]
            assert order == sorted(order)


def test_the_grid_by_value(document: dict[str, Any], page: str) -> None:
    """A release's document that a reader refuses shows in the grid, beside those that it takes."""
    (run,) = (matrix for matrix in document["contracts"] if matrix["contract"] == "run")
    valid = Counter(each["version"] for each in run["examples"] if each["valid"])
    grid = page.split("\n## Writers and readers\n")[1].split("\n## ", maxsplit=1)[0]
    assert f"| written 0.1 | same ({valid['0.1'] + 1}) | upgraded ({valid['0.1'] + 1}) |" in grid
    newer = f"tolerant ({valid['0.2'] + 1}), refused (1) | same ({valid['0.2'] + 1}), refused (1)"
    assert f"| written 0.2 | {newer} |" in grid
    assert "| compatibility | 1.0 | same (1) |" in grid


def test_every_contract_stands_in_the_grid_once(document: dict[str, Any], page: str) -> None:
    """Those with one version share a table, each other one has its own."""
    grid = page.split("\n## Writers and readers\n")[1].split("\n## ", maxsplit=1)[0]
    many = re.findall(r"^\| (\w+) \| reader ", grid, re.MULTILINE)
    one = [cells[0] for cells in rows(grid.split("These have one version:")[1])]
    assert sorted([*many, *one]) == [matrix["contract"] for matrix in document["contracts"]]


def test_packages_stand_in_one_table(page: str, document: dict[str, Any]) -> None:
    """A column for each package that was run, a row for each contract; what was run is folded away below."""
    text = page.split("\n## Packages\n")[1].split("\n## ", maxsplit=1)[0]
    assert "| contract | core | gc |\n" in text
    uses = {cells[0]: cells[1:] for cells in rows(text)}
    assert uses["run"] == ["R 0.1, 0.2", "R 0.1, 0.2"]
    assert uses["pins"] == ["R 1.0", "R 1.0; W 1.0"]
    assert uses["schema_catalog"] == ["R 1; W 1", ""]
    assert list(uses) == [matrix["contract"] for matrix in document["contracts"]]
    assert "<summary>What of gc was run</summary>\n\n```text\nrunpact-gc scan\nrunpact-gc list --json\n```\n" in text


def test_what_the_core_reads_is_what_was_tried_here(document: dict[str, Any]) -> None:
    """Each version whose own documents are read as what they are; the other packages are carried on as they were."""
    core, *others = document["packages"]
    assert others == PACKAGES[1:]
    assert core["writes"] == PACKAGES[0]["writes"]
    assert core["reads"] == [
        {"contract": matrix["contract"], "versions": matrix["versions"]} for matrix in document["contracts"]
    ]


def test_a_version_without_documents_says_so(real: ContractSet) -> None:
    """An empty cell is no white spot; and nobody is said to read what nobody has tried to."""
    (pins,) = real.versions("pins")
    contracts = replace(real, contracts=(replace(pins, examples=()),))
    files = compat.execute(contracts, (), PACKAGES[:1])
    assert "| pins | 1.0 | no documents |" in files[compat.PAGE_PATH]
    (core,) = json.loads(files[compat.JSON_PATH])["packages"]
    assert core["reads"] == [{"contract": "pins", "versions": []}]


def test_without_packages_the_page_has_no_such_part(real: ContractSet) -> None:
    """Where nobody has looked yet, the page says nothing of packages."""
    assert "\n## Packages" not in compat.execute(real)[compat.PAGE_PATH]


def test_packages_are_carried_from_the_matrix_that_is_there(tmp_path: Path, files: dict[str, str]) -> None:
    """From a valid one; a missing, broken or foreign one has none."""
    path = tmp_path / compat.JSON_PATH
    assert compat.carried(tmp_path) == []
    path.parent.mkdir()
    path.write_text(files[compat.JSON_PATH], encoding="utf-8")
    found = compat.carried(tmp_path)
    assert [each["package"] for each in found] == ["core", "gc"]
    assert found[1:] == PACKAGES[1:]
    path.write_bytes(documents.dumps({"schema_version": "1.0", "contracts": []}))
    assert compat.carried(tmp_path) == []
    path.write_bytes(b"torn")
    assert compat.carried(tmp_path) == []


def test_documents_of_releases_are_found_by_their_folders(tmp_path: Path) -> None:
    """Oldest release first, then by path; a document on each line of a .jsonl; the table beside them is none."""
    for path, data in {
        "0.10.0/run/0.2/late.json": b"{}\n",
        "0.9.0/run/0.2/early.json": b'{"a": 1}\n',
        "0.9.0/gc_journal/1.0/applied.jsonl": b'{"b": 1}\n{"b": 2}\n',
        "0.9.0/reads.txt": b"run 0.2 early: exact as 0.2\n",
        "notes/run/0.2/early.json": b"{}\n",
    }.items():
        target = tmp_path / "tests/compat/documents" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    found = [(each.release, each.contract, each.version, each.name, each.data) for each in frozen_documents(tmp_path)]
    assert found == [
        ("0.9.0", "gc_journal", "1.0", "applied line 1", b'{"b": 1}'),
        ("0.9.0", "gc_journal", "1.0", "applied line 2", b'{"b": 2}'),
        ("0.9.0", "run", "0.2", "early", b'{"a": 1}\n'),
        ("0.10.0", "run", "0.2", "late", b"{}\n"),
    ]
    assert frozen_documents(tmp_path / "notes") == ()
    assert release_key("0.10.0") > release_key("0.9.0")
