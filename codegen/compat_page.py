"""The compatibility matrix as a page: the grid first, then the packages, then every document, folded away.

A function of the document of the contract `compatibility`, which says the same for programs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["page"]

INTRO = """\
# Compatibility matrix

Which version of a contract reads which. Each example document of each contract version, and each document that a
release left, was read by a reader that is held at each version. This page was made by reading them, not by hand.

| outcome | what the reader did |
|---|---|
| same | read it as the version that it states |
| upgraded | read it as the older version that it states, and turned it into the reader's own |
| tolerant | took it for a newer minor version: read what is known, kept the rest, warned |
| best effort | took it for an unknown major version: raw fields only, with an error badge |
| refused | refused it, with a reason |

## Writers and readers

Rows are versions as written, columns readers. The numbers count what producers may write: the valid examples, and the
documents of releases.
"""
PACKAGES = """\
## Packages

What each package was seen to read (R) and to write (W), in files and on standard output, while the commands below
were run over a project that has documents of every version. Reading means that the package read a document of that
version as what it is, and did not refuse it. `core` reads whatever it is asked to judge, as the grid above shows, and
writes the newest version of whatever it is asked to upgrade. A package that is not here only calls the others.
`./hatchw run compat-packages` looks again; a test fails where this table, or what the
[catalog](../contracts/catalog.yaml) says of our packages, is not what it sees.
"""
DOCUMENTS = """\
## Documents

Every document, valid or not, by contract. An invalid one shows what producers may not write; readers are tolerant, so
they may still read it.
"""


def page(document: dict[str, Any]) -> str:
    """The text of the page, without its header."""
    matrices = document["contracts"]
    lines = [INTRO, *_grids(matrices), *_packages(document["packages"]), DOCUMENTS]
    for matrix in matrices:
        lines += _documents(matrix)
    return "\n".join(lines)


def _grids(matrices: list[dict[str, Any]]) -> Iterator[str]:
    """A grid for each contract that has versions to be compared, and one table of the others."""
    for matrix in matrices:
        versions = matrix["versions"]
        if len(versions) > 1:
            yield _row([matrix["contract"], *(f"reader {version}" for version in versions)])
            yield _rule(len(versions) + 1)
            for writer in versions:
                cells = [_cell(each) for each in matrix["grid"] if each["writer"] == writer]
                yield _row([f"written {writer}", *cells])
            yield ""
    yield from ("These have one version:", "", _row(["contract", "version", "outcome"]), _rule(3))
    for matrix in matrices:
        if len(matrix["versions"]) == 1:
            yield _row([matrix["contract"], matrix["versions"][0], _cell(matrix["grid"][0])])
    yield ""


def _cell(cell: dict[str, Any]) -> str:
    return ", ".join(f"{_words(each['outcome'])} ({each['documents']})" for each in cell["outcomes"]) or "no documents"


def _packages(packages: list[dict[str, Any]]) -> Iterator[str]:
    """One table of contracts and packages, and what was run; nothing where nobody has looked."""
    if not packages:
        return
    yield PACKAGES
    seen = sorted({use["contract"] for package in packages for use in (*package["reads"], *package["writes"])})
    yield _row(["contract", *(package["package"] for package in packages)])
    yield _rule(len(packages) + 1)
    for contract in seen:
        yield _row([contract, *(_uses(package, contract) for package in packages)])
    yield ""
    for package in packages:
        yield f"<details><summary>What of {package['package']} was run</summary>\n\n```text"
        yield from package["commands"]
        yield "```\n\n</details>\n"


def _uses(package: dict[str, Any], contract: str) -> str:
    parts = [
        f"{letter} {', '.join(use['versions'])}"
        for letter, key in (("R", "reads"), ("W", "writes"))
        for use in package[key]
        if use["contract"] == contract
    ]
    return "; ".join(parts)


def _documents(matrix: dict[str, Any]) -> Iterator[str]:
    readers, found = matrix["versions"], [*matrix["examples"], *matrix["frozen"]]
    yield f"### {matrix['contract']}\n"
    yield f"<details><summary>{len(found)} documents</summary>\n"
    yield _row(["document", "valid", *(f"reader {reader}" for reader in readers)])
    yield _rule(len(readers) + 2)
    for each in found:
        where = f", release {each['release']}" if "release" in each else ""
        name = f"{each['version']} {each['name'].replace('-', ' ')}{where}"
        valid = "yes" if each.get("valid", True) else "no"
        yield _row([name, valid, *(_words(result["outcome"]) for result in each["results"])])
    yield "\n</details>\n"


def _row(cells: list[str]) -> str:
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"


def _rule(columns: int) -> str:
    return "|---" * columns + "|"


def _words(outcome: str) -> str:
    return outcome.replace("_", " ")
