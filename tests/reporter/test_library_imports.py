"""What the library loads: what is asked for, and never a web library, templates or a command line."""

from __future__ import annotations

import subprocess
import sys

import pytest

import runpact_reporter
from tests.reporter.support import environment

FOREIGN = {"typer", "click", "jinja2", "starlette", "uvicorn", "httpx", "rich", "yaml", "pydantic"}
HEAVY = FOREIGN | {"orjson", "jsonschema_rs"}
USE = """
from runpact_reporter import *
from pathlib import Path
capture_text_artifact(__import__("sys").executable).to_dict()
failure_event(ValueError("x")); sanitize_error({}); render_failure_text(None)
write_report_history_jsonl("h.jsonl", [{"run_rel": "a", "status": "b"}])
append_history("h.jsonl", {"run_rel": "a", "status": "b"})
assert len(list(iter_report_history("h.jsonl"))) == 2
"""


def loaded(code: str) -> set[str]:
    """The modules that a fresh interpreter has after a program."""
    command = [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment())
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing() -> None:
    """Neither a library of others nor a module of its own beyond the version."""
    modules = loaded("import runpact_reporter")
    assert modules & HEAVY == set()
    assert {name for name in modules if name.startswith("runpact")} == {"runpact_reporter", "runpact_reporter._version"}


def test_using_the_library_loads_no_web_library() -> None:
    """All of it used: parser and validator are there, and nothing for pages, servers or commands."""
    modules = loaded(USE)
    assert modules & FOREIGN == set()
    assert modules >= {"orjson", "jsonschema_rs"}


def test_captures_and_failures_load_no_parser() -> None:
    """Who only captures or shapes failures does not pay for histories."""
    assert loaded("from runpact_reporter import capture_text_artifact, failure_event") & HEAVY == set()


def test_all_public_names_are_there() -> None:
    """Each is found where the package says, and no other name is."""
    assert [name for name in runpact_reporter.__all__ if not hasattr(runpact_reporter, name)] == []
    with pytest.raises(AttributeError):
        runpact_reporter.nothing_of_that_name  # noqa: B018 - asking is the test
