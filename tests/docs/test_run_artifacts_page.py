"""The page for code written against `run_artifacts`: all of its programs run, and say what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "run-artifacts.md"
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_the_programs_of_the_page(tmp_path: Path) -> None:
    """As one program, with the alias made once: both calling styles, histories, failures."""
    folder = tmp_path / "runs" / "first"
    folder.mkdir(parents=True)
    (folder / "agent_stderr.txt").write_bytes(b"line of a log\n" * 1000)
    (tmp_path / "runs" / "usertest").mkdir()
    history = tmp_path / "runs" / "usertest" / "report_history.jsonl"
    history.write_bytes(b'{"run_rel":"first","status":"ok"}\n{"run_rel":"second","status":"failed"}\n')
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(PROGRAMS)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0] == "runs/first/agent_stderr.txt True True"
    assert re.fullmatch(r"first/agent_stderr\.txt [0-9a-f]{64}", lines[1])
    assert lines[2:] == [
        "10000 of 14000 bytes, 715 of 1000 lines",
        "first ok",
        "second failed",
        "2 []",
        "network",
        "push to https://***@host.invalid/x failed",
        "{'stderr': 'agent_stderr.txt'}",
        "network: RuntimeError: push to https://***@host.invalid/x failed",
        "  caused by ConnectionResetError: reset by peer",
        "  see stderr: agent_stderr.txt",
        "  removed: 1 url_credentials",
        "network type-network 32 {'url_credentials': 1}",
    ]
    assert (tmp_path / "history.jsonl").read_bytes() == (
        b'{"run_rel":"first","schema_version":"1.0","status":"ok"}\n{"lane":3,"run_rel":"second","status":"failed"}\n'
    )


def test_no_program_is_left_out() -> None:
    """Every block of Python on the page is run above; its links lead somewhere."""
    assert len(PROGRAMS) == 9
    links = re.findall(r"\]\(([^)#:]+)\)", PAGE.read_text(encoding="utf-8"))
    assert [link for link in links if not (PAGE.parent / link).exists()] == []
