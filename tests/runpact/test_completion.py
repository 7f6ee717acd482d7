"""Completion by a shell: what it asks of `runpact` in a process of its own, and the script that makes it ask."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.writer.planted_runs import FAILED, FINISHED, finished
from tests.writer.support import environment, outside, runpact_command

if TYPE_CHECKING:
    from pathlib import Path

OTHER = "20260120T120000Z__nightly__0000000"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with three runs."""
    for run_id in (FINISHED, FAILED, OTHER):
        finished(tmp_path / "reports" / "runs", run_id)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("runs show ", ["last", FINISHED, FAILED, OTHER]),
        ("runs show 20260120", [OTHER]),
        ("runs diff last 20260119T120001", [FAILED]),
        ("runs verify l", ["last"]),
        ("runs show --project elsewhere ", ["last"]),
        ("runs show --runs-dir reports/runs 20260120", [OTHER]),
        ("runs list --status ", ["success", "failed", "partial"]),
        ("runs list --st", ["--status", "--state"]),
        ("contract", ["contracts"]),
        ("", ["exec", "contracts", "runs"]),
    ],
)
def test_completion(words: str, offered: list[str], project: Path) -> None:
    """What bash asks after a tab: words, options, values, and the ids of the folder that the call names."""
    line = f"runpact {words}"
    at = str(len(line.split()) - (not line.endswith(" ")))
    done = outside(cwd=project, _RUNPACT_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=at)
    assert (done.returncode, done.stderr) == (0, b"")
    assert set(offered) <= set(done.stdout.decode().splitlines())
    if words:
        assert done.stdout.decode().splitlines() == offered


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_the_script_works_in_bash(project: Path) -> None:
    """Bash itself, after it has read the script that is printed, offers the one id that begins so."""
    runpact = project / "runpact"
    runpact.write_text(f'#!/bin/sh\nexec {shlex.join(runpact_command())} "$@"\n')
    runpact.chmod(0o755)
    script = outside("--show-completion", "bash", cwd=project, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1").stdout
    asked = (
        'COMP_WORDS=(runpact runs show 20260120) COMP_CWORD=3; _runpact_completion ./runpact; echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", f"{script.decode()}\ncomplete -p runpact\n{asked}"], cwd=project,
        env=environment(), capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.stdout.decode() == f"complete -o default -F _runpact_completion runpact\n{OTHER}\n"
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("bash", "complete -o default -F _runpact_completion runpact"),
        ("zsh", "compdef _runpact_completion runpact"),
        ("fish", "complete --command runpact "),
        ("powershell", "Register-ArgumentCompleter -Native -CommandName runpact "),
    ],
)
def test_a_script_for_each_shell(shell: str, line: str, project: Path) -> None:
    """Each script hands the word `runpact` to the completion of its shell."""
    shown = outside("--show-completion", shell, cwd=project, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert [each for each in shown.stdout.decode().splitlines() if each.startswith(line)] != []


def test_completion_is_installed_for_the_umbrella(project: Path) -> None:
    """The script for a shell asks `runpact`; it is printed, or put where the shell finds it."""
    ask: dict[str, Any] = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1", "HOME": str(project)}
    shown = outside("--show-completion", "bash", cwd=project, **ask)
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert b"_RUNPACT_COMPLETE=complete_bash" in shown.stdout
    assert outside("--install-completion", "bash", cwd=project, **ask).returncode == 0
    (script,) = (project / ".bash_completions").iterdir()
    assert script.name == "runpact.sh" or os.name == "nt"
    assert script.read_text().strip() == shown.stdout.decode().strip()
