"""Same inputs, same bytes: whatever the surroundings, and however often a document goes round."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import runpact_core
from evolution.generate import Maker
from runpact_core import documents
from tests.core.samples import EXAMPLES

ROUNDS = 10_000
PROBE = """\
import hashlib, json, pathlib, sys
from runpact_core import documents
digest = hashlib.sha256()
for path in sys.argv[1:]:
    document = documents.read(pathlib.Path(path).parts[-4], path)
    digest.update(documents.dumps(document.model()))
    digest.update(documents.write("written.json", document.data))
    digest.update(pathlib.Path("written.json").read_bytes())
    bad = dict(document.data, zz=1, aa=2, status=3)
    digest.update(repr(documents.validate(document.contract, bad, strict=True)).encode())
    digest.update(repr(documents.detect(document.data)).encode())
    digest.update(repr(document.unknown_fields()).encode())
print(digest.hexdigest())
"""


def test_surroundings_do_not_matter(tmp_path: Path) -> None:
    """Hash seed, locale, time zone and working directory are varied in 20 processes; all write the same bytes."""
    examples = [str(path) for path in sorted(EXAMPLES.glob("*/*/valid/*.json"))]
    assert len(examples) >= 30
    source = str(Path(runpact_core.__file__).parents[1])
    said = set()
    for number, (seed, locale, zone) in enumerate(
        itertools.product(("0", "1", "7", "4294967295", "random"), ("C", "C.UTF-8"), ("UTC", "Pacific/Kiritimati"))
    ):
        folder = tmp_path / f"{number} \u00e9"
        folder.mkdir()
        surroundings = {"PYTHONHASHSEED": seed, "LC_ALL": locale, "TZ": zone, "PYTHONPATH": source}
        done = subprocess.run(
            [sys.executable, "-c", PROBE, *examples],
            cwd=folder,
            env={key: value for key, value in os.environ.items() if key != "PYTHONUTF8"} | surroundings,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr == ""
        said.add(done.stdout.strip())
    assert len(said) == 1
    assert len(said.pop()) == 64


@pytest.mark.no_cover  # many rounds of few lines: counting them takes longer than the rounds, and others see each
def test_ten_thousand_rounds_end_where_they_began() -> None:
    """What a model writes is read as the same data, and written by its model as the same bytes."""
    versions = documents.catalog()
    schemas = [json.loads(documents.schema(version)) for version in versions]
    rounds, different = 0, set()
    for seed in range(ROUNDS // len(versions) + 1):
        for version, schema in zip(versions, schemas, strict=True):
            first = documents.dumps(Maker(schema, "random", seed).document())
            document = documents.read(version.contract, first)
            again = documents.dumps(document.model())
            assert again == first, version
            assert documents.dumps(documents.read(version.contract, again).model()) == first
            rounds += 1
            different.add(hash(first))
    assert rounds >= ROUNDS
    assert len(different) >= ROUNDS // 2


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.glob("*/*/valid/*.json")), ids=lambda path: f"{path.parts[-4]}-{path.stem}"
)
def test_rounds_on_disk(path: Path, tmp_path: Path) -> None:
    """A model is written, read, written, read: from the first file on, every file is the same."""
    contract = path.parts[-4]
    model: Any = documents.read(contract, path).model()
    first = documents.write(tmp_path / "1.json", model, contract=contract)
    for number in range(2, 5):
        document = documents.read(contract, tmp_path / f"{number - 1}.json")
        written = documents.write(tmp_path / f"{number}.json", document.model(), contract=contract)
        assert written == first == (tmp_path / f"{number}.json").read_bytes()
    assert json.loads(first) == json.loads(path.read_bytes())


def test_canonical_bytes() -> None:
    """Sorted by code point, two spaces, ASCII, no trailing space, one line feed at the end."""
    text = documents.dumps({"b": [1, 1.0, -0.0, True, None, {}], "a": {"\u00e9": "\U0001f9ed\u2028"}, "": [], "B": ""})
    assert text == (
        b'{\n  "": [],\n  "B": "",\n  "a": {\n    "\\u00e9": "\\ud83e\\udded\\u2028"\n  },\n'
        b'  "b": [\n    1,\n    1.0,\n    -0.0,\n    true,\n    null,\n    {}\n  ]\n}\n'
    )
    assert text.isascii()
