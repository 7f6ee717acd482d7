"""Documents of versions that nobody knows: whatever stands where anything else should, the site is made.

Invariant: every place of every published example is tried, so a page cannot come to depend on a type.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from runpact_reporter._dash import build_site
from tests.reporter.dash_samples import NOW, project, report, run_folder, write

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parents[2] / "contracts/examples"
ODD: tuple[Any, ...] = (None, True, 7, 1e15, [], {}, "", ["x"], {"a": 1}, [[]])
RUN = "20260119T060000Z__kit__a1b2c3d"


def example(contract: str, version: str) -> dict[str, Any]:
    """A published example: the one with most in it, but of test reports, which are large, the one with least."""
    found = sorted((EXAMPLES / contract / version / "valid").glob("*.json"), key=lambda path: path.stat().st_size)
    read: dict[str, Any] = json.loads(found[0 if contract == "test_report" else -1].read_bytes())
    return read


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where a document has values, outermost first."""
    keys = list(value) if isinstance(value, dict) else range(min(len(value), 1)) if isinstance(value, list) else ()
    for key in keys:
        yield (*path, key)
        yield from places(value[key], (*path, key))


def spoiled(whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The document with one value exchanged for each that is odd, one place after the other."""
    for path in places(whole):
        for odd in ODD:
            made = copy.deepcopy(whole)
            inner: Any = made
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = odd
            yield made


@pytest.mark.parametrize(
    ("contract", "version", "file"),
    [
        ("last_run", "0.2", "last_run.json"),
        ("test_report", "1.0", "test-report.json"),
        ("failure", "1.0", "error.json"),
        ("run", "0.2", "run.json"),
        ("checks", "0.2", "checks.json"),
    ],
)
def test_a_value_of_another_type_never_ends_the_site(tmp_path: Path, contract: str, version: str, file: str) -> None:
    """Each product has one value that is odd, in a document of an unknown version: every one has its pages."""
    count = 0
    for count, document in enumerate(spoiled(example(contract, version) | {"schema_version": "7.0"}), 1):
        product = f"p{count}"
        folder = run_folder(tmp_path, product, RUN)
        write(folder / "last_run.json", report(product, RUN))
        if file == "last_run.json":
            write(folder.parent / file, document)
        recorded = tmp_path / "reports/runs" / RUN.replace("kit", product)
        write((recorded if contract in {"run", "checks"} else folder) / file, document)
    built = build_site([project(tmp_path)], str(tmp_path / "site"), NOW)
    assert built.products == count > 50
    assert built.pages > 2 * count


def test_a_register_of_another_type_never_ends_the_site(tmp_path: Path) -> None:
    """A register of an unknown version with one odd value in it makes a start page each time."""
    for document in spoiled(example("products", "0.1") | {"schema_version": "7.0"}):
        write(tmp_path / "dash/products.json", document)
        assert build_site([project(tmp_path)], str(tmp_path / "site"), NOW).pages >= 1
