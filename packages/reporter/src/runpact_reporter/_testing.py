"""How tests are started and old runs are cleaned away: the words of the commands, and what must be there for them."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

from runpact_core.errors import UsageFailure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["Tests", "clean", "is_pytest", "pytest_command"]

_PROBE = """
from importlib.metadata import entry_points
from importlib.util import find_spec
if find_spec("pytest") is None:
    print("nothing")
elif any(each.value == "runpact_reporter.pytest_plugin" for each in entry_points(group="pytest11")):
    print("installed")
else:
    print("module" if find_spec("runpact_reporter") else "alone")
"""
_PROBE_S = 60
_PYTEST = re.compile(r"(?:pytest|py\.test)(?:\.exe)?")
_PYTHON = re.compile(r"(?:python|pypy)[0-9.]*(?:\.exe)?")


class Tests(NamedTuple):
    """A command that runs tests.

    Attributes:
        command: Its words.
        junit: The file that it writes its results to; None where it is listened to.
    """

    command: tuple[str, ...]
    junit: Path | None


def is_pytest(command: Sequence[str]) -> bool:
    """Whether a command is pytest by its own words, so that one without a result has not run its tests."""
    if not command:
        return False
    name = os.path.basename(command[0]).lower()  # noqa: PTH119 - a word of a command
    is_module = _PYTHON.fullmatch(name) and any(pair == ("-m", "pytest") for pair in itertools.pairwise(command))
    return bool(_PYTEST.fullmatch(name) or is_module)


def pytest_command(paths: Sequence[str], scratch: Path) -> Tests:
    """The command that runs pytest over some paths: by this interpreter, else by the ``python3`` of the path.

    Args:
        paths: What is tested.
        scratch: A folder for results, where pytest cannot be listened to.

    Raises:
        UsageFailure: Neither has pytest, or a path is none but an option.
    """
    for path in paths:
        if not path or path.startswith("-"):
            hint = "options of pytest go into a command: -- pytest -x tests; a path that begins so is ./-x"
            raise UsageFailure(f"--test-path {path!r} is no path", hint=hint)
    found = shutil.which("python3")
    for python in (sys.executable, *([found] if found else [])):
        what = _probe(python)
        words = (python, "-m", "pytest")
        if what == "installed":
            return Tests((*words, "-p", "runpact", *paths), None)
        if what == "module":
            return Tests((*words, "-p", "runpact_reporter.pytest_plugin", *paths), None)
        if what == "alone":
            junit = scratch / "junit.xml"
            return Tests((*words, f"--junit-xml={junit}", *paths), junit)
    raise UsageFailure("pytest is installed neither here nor for python3", hint="install it, or name a command: -- CMD")


def clean(product_id: str, keep: int, project: str, dash: str | None) -> str | None:
    """Have old runs cleaned away by the `runpact-gc` command; gives a note for people where that was not done.

    Args:
        product_id: The product.
        keep: How many of its runs are kept.
        project: The project's folder.
        dash: The dash folder, where it is another than the project's.
    """
    program = shutil.which("runpact-gc")
    if program is None:
        return "old runs are not cleaned away: runpact-gc is not installed"
    words = [program, "--keep", str(keep), "--product", product_id, "--project", project]
    try:
        done = subprocess.run(
            [*words, *(["--dash-dir", dash] if dash else [])], stdin=subprocess.DEVNULL, stdout=2, check=False
        )
    except (OSError, ValueError) as error:
        return f"old runs are not cleaned away: {error}"
    return f"runpact-gc ended with exit code {done.returncode}; the tests run all the same" if done.returncode else None


def _probe(python: str) -> str:
    """What an interpreter has of what we need."""
    try:
        done = subprocess.run(
            [python, "-c", _PROBE],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PROBE_S,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
    except (OSError, subprocess.SubprocessError):
        return "nothing"
    return done.stdout.strip() if done.returncode == 0 else "nothing"
