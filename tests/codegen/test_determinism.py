"""The same contracts give the same files: whatever the hash seed, time zone, locale, working directory or checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = """
import hashlib, json, sys
from pathlib import Path
from codegen.compat import execute
from codegen.load import load
from codegen.project import read_project, render_project
from codegen.render import render

root = Path(sys.argv[1])
contracts = load(root)
files = render(contracts) | render_project(read_project(root)) | execute(contracts)
print(len(files), hashlib.sha256(json.dumps(list(files.items())).encode()).hexdigest())
"""
HOSTILE = """
[tool.black]
line-length = 20
skip-string-normalization = true
[tool.isort]
force_single_line = true
[tool.ruff]
line-length = 20
[tool.datamodel-codegen]
field-constraints = false
snake-case-field = true
"""


def digest(root: Path, cwd: Path, **environment: str) -> str:
    """Number and digest of everything that is made of the project at ``root``, their order included."""
    path = os.pathsep.join([str(root), str(root / "packages/core/src")])
    done = subprocess.run(
        [sys.executable, "-c", DIGEST, str(root)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


@pytest.fixture(scope="module")
def expected(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the checkout gives in a plain environment, from a folder that has nothing to do with it."""
    made = digest(root, tmp_path_factory.mktemp("cwd"), PYTHONHASHSEED="0", TZ="UTC", LC_ALL="C.UTF-8")
    assert int(made.split()[0]) > 40
    return made


def test_hash_seed_time_zone_and_locale_do_not_matter(root: Path, expected: str) -> None:
    """Another seed, half a day east, a locale that is ASCII alone, in the checkout itself."""
    ascii_only = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    assert digest(root, root, PYTHONHASHSEED="1", TZ="Pacific/Auckland", **ascii_only) == expected


def test_the_path_of_the_checkout_and_settings_above_it_do_not_matter(
    project: Path, tmp_path: Path, expected: str
) -> None:
    """A copy below settings of formatters, in a working and a temporary folder below them too, with a random seed."""
    for folder in (tmp_path, project):
        (folder / "pyproject.toml").write_text(HOSTILE, encoding="utf-8")
    (tmp_path / "temporary").mkdir()
    assert digest(project, project, PYTHONHASHSEED="random", TMPDIR=str(tmp_path / "temporary")) == expected
