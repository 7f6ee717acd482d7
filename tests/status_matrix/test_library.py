"""The package as a library: its names, and that importing it costs nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

import runpact_status_matrix


def test_every_name_is_there() -> None:
    """What `__all__` says can be taken, and nothing else is made up."""
    for name in runpact_status_matrix.__all__:
        assert getattr(runpact_status_matrix, name) is not None
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = runpact_status_matrix.no_such_name


def test_importing_it_loads_nothing_heavy() -> None:
    """Neither the package nor `verify_certificate` loads what signs; the package alone loads no library at all."""
    script = (
        "import sys, runpact_status_matrix as package\n"
        "print(sorted({'rfc8785', 'pydantic', 'typer', 'urllib3', 'jsonschema_rs', 'jinja2'} & set(sys.modules)))\n"
        "package.verify_certificate\n"
        "print(sorted({'securesystemslib', 'cryptography', 'typer', 'urllib3', 'socket'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "[]"]
