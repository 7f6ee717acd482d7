"""``artifacts config check`` and ``config show``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
import typer

from runpact_core import documents, edge
from runpact_gc._cli_config import mount

if TYPE_CHECKING:
    from pathlib import Path

TEXT = b"# kept\r\nretention:\r\n  a:{keep: 3}   # three\r\n  b:   {keep: 2}\r\n"


@pytest.fixture
def config(project: Path) -> Path:
    """A file that lacks one space."""
    path = project / "config" / "artifacts.yaml"
    path.parent.mkdir()
    path.write_bytes(TEXT)
    return path


def run(*words: str) -> int:
    """The exit code of ``config`` with these words."""
    app = typer.Typer()
    app.callback()(lambda: None)
    mount(app)
    return edge.run(app, ["config", *words], "artifacts")


def test_check_tells_what_is_missing_and_writes_nothing(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As it stands no YAML reader takes the file as it was meant, so it does not hold: exit 1."""
    before = config.stat()
    assert run("check") == 1
    assert capsys.readouterr().out.startswith("config/artifacts.yaml:3: a space is missing after a:, so ")
    assert config.read_bytes() == TEXT
    assert config.stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such permissions")
def test_fix_writes_the_space_and_nothing_else(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every other byte stays, and so do permissions; then the file holds."""
    config.chmod(0o640)
    assert run("check", "--fix") == 0
    assert capsys.readouterr().out == "config/artifacts.yaml:3: put a space after a:\n"
    assert config.read_bytes() == TEXT.replace(b"a:{", b"a: {")
    assert config.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in config.parent.iterdir()] == ["artifacts.yaml"]
    assert run("check", "--fix") == 0
    assert run("check") == 0
    assert capsys.readouterr().out == "config/artifacts.yaml holds\n" * 2


def test_fix_leaves_alone_what_would_not_hold(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where something else is wrong nothing is written, and every problem is said with its line."""
    text = TEXT + b"  c: {kep: 1}\r\n  d: {keep: 0}\r\n"
    config.write_bytes(text)
    assert run("check", "--fix") == 2
    assert config.read_bytes() == text
    mistyped = "/retention/c/kep: unknown field (did you mean keep?) [additionalProperties] (line 5)"
    assert capsys.readouterr().err.splitlines() == [
        "/retention/d/keep: 0 is less than the minimum of 1 [minimum] (line 6)",
        f"error[configuration]: config/artifacts.yaml: {mistyped} (and 1 more)",
    ]
    config.write_bytes(b"a: [\n")
    assert run("check") == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_link_is_not_replaced(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a link leads to may be anybody's: it is read, and refused to be written."""
    other = config.with_name("other.yaml")
    config.rename(other)
    config.symlink_to(other)
    assert run("check", "--fix") == 4
    assert "error[refused]: " in capsys.readouterr().err
    assert (other.read_bytes(), config.is_symlink()) == (TEXT, True)


def test_without_a_file_the_defaults_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """That is said; a file that was named must be there."""
    assert run("check") == 0
    assert capsys.readouterr().out == "config/artifacts.yaml does not exist; the defaults hold\n"
    assert run("show") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "# the defaults; config/artifacts.yaml does not exist"
    assert "gc.trash_retention_days = 30  (default)" in lines
    assert all(line.endswith("  (default)") for line in lines[1:])
    assert [run(word, "--config", "none.yaml") for word in ("check", "show")] == [2, 2]
    assert capsys.readouterr().err.count("error[usage]: --config none.yaml does not exist") == 2


def test_show_says_what_holds_and_who_says_it(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each value with its key; what the file leaves out is marked; the repair is said on stderr."""
    assert config.is_file()
    assert run("show") == 0
    out, err = capsys.readouterr()
    assert err.startswith("warning: config/artifacts.yaml:3: a space is missing after a:")
    lines = out.splitlines()
    assert lines[0] == "# config/artifacts.yaml"
    assert {"retention.a.keep = 3", "retention.b.keep = 2", "layouts = {}  (default)"} <= set(lines)
    assert 'gc.trash_dir = "artifacts/.trash"  (default)' in lines


def test_json_is_a_configuration_and_nothing_else(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One document of the contract on stdout, which says every key that has a value."""
    assert config.is_file()
    assert run("show", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert documents.validate("artifacts_config", shown, strict=True) == []
    assert shown["retention"] == {"a": {"keep": 3}, "b": {"keep": 2}}
    assert shown["indexing"]["max_files_per_scan"] == 1_000_000
    assert shown["manifest"]["backup_file"] == "artifacts/.manifest.backup.json"
