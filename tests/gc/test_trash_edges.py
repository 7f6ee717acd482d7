"""The trash commands where something is asked, in the way, or not as it was; and a manifest that cannot be had."""

from __future__ import annotations

import io
import os
import shutil
import sys
from typing import TYPE_CHECKING

import typer

from runpact_core import edge, files
from runpact_gc import _purge, _scan, _settings, _sums
from runpact_gc._remove import remove_tree
from runpact_gc.cli import artifacts
from tests.gc.trash_samples import NOW_S, places, slot_of, trashed_store

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PURGE = ("trash", "purge", "--older-than", "0", "--apply")


class Terminal(io.StringIO):
    """Somebody to ask."""

    def isatty(self) -> bool:
        """A terminal."""
        return True


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    code = edge.run(artifacts, words, "runpact artifacts")
    return (code, *capsys.readouterr())


def test_who_says_no_keeps_the_trash(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a terminal a purge asks; what is answered holds."""
    trashed_store(project)
    asked: list[str] = []
    monkeypatch.setattr(sys, "stdin", Terminal())

    def confirm(text: str, **_: object) -> bool:
        asked.append(text)
        return False

    monkeypatch.setattr(typer, "confirm", confirm)
    code, out, _ = said(capsys, *PURGE)
    assert (code, out.splitlines()[-1], asked) == (0, "nothing was purged", ["End 2 of the trash for good?"])
    assert slot_of(project, "bench").size_bytes > 0


def test_what_is_gone_when_it_is_its_turn(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slot that is not what was shown any more is said, with exit code 4; the other ends."""
    trashed_store(project)
    gone = slot_of(project, "bench").slot

    def confirm(_: str, **__: object) -> bool:
        shutil.rmtree(project / "artifacts/.trash" / gone)
        return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(typer, "confirm", confirm)
    code, out, err = said(capsys, *PURGE)
    assert code == 4
    assert "purged 1 of the trash" in out
    assert err == f"warning: {gone}: it is not what was shown any more\n"


def test_what_cannot_be_removed(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the system refuses to remove is said, with exit code 3, and is tried again by the next purge."""
    trashed_store(project)

    def refuse(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("runpact_gc._purge.remove_tree", refuse)
    code, out, err = said(capsys, *PURGE, "--force")
    assert code == 3
    assert "purged 0 of the trash, 0B" in out
    assert err.count("not all of it could be removed: Input/output error") == 2
    monkeypatch.setattr("runpact_gc._purge.remove_tree", remove_tree)
    (project / "artifacts/.trash/odd").mkdir()
    _, out, _ = said(capsys, "trash", "purge")
    assert out.splitlines()[1:] == [
        "2 of an earlier purge are left, and will be removed",
        "1 without a report never ends by itself: see runpact artifacts verify",
        "nothing was purged: add --apply",
    ]
    assert said(capsys, "trash", "purge", "--apply", "--force")[0] == 0
    assert _purge.leftovers(places(project)) == ()


def test_what_changed_in_the_trash_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is not as it was taken stays in the trash, and the command ends with an error."""
    trashed_store(project)
    slot = slot_of(project, "bench")
    path = project / "artifacts/.trash" / slot.moves[0].target
    path.write_text("else")
    code, _, err = said(capsys, "restore", slot.slot)
    assert code == 4
    assert f"{slot.moves[0].source} is not as it was taken: its content differs; what there is lies in " in err
    assert path.read_text() == "else"
    assert not (project / slot.moves[0].source).exists()


def test_lists_of_checksums_that_cannot_be_had(project: Path) -> None:
    """No run, no list: nothing is listed. A list that is no file is said."""
    root = files.open_folder(os.fspath(project))
    assert root is not None
    try:
        assert _sums.listed(root, "run") == ([], "")
        (project / "run").mkdir()
        assert _sums.listed(root, "run") == ([], "")
        (project / "run/SHA256SUMS").mkdir()
        listed, problem = _sums.listed(root, "run")
        assert listed == []
        assert problem.endswith("a directory where a regular file should be")
    finally:
        files.close_folder(root)


def test_a_manifest_that_cannot_be_had_is_left(project: Path) -> None:
    """After a command a scan that fails is no error of the command, and the manifest stays as it was."""
    trashed_store(project)
    settings = _settings.Settings(patterns={"bench": ("**/bench/*",), "proofs": ("**/proofs/*",)})
    _scan.refresh(places(project), settings, now=NOW_S)
    before = places(project).manifest.read_bytes()
    (project / "artifacts/proofs/new.jsonl").write_text("{}\n")
    _scan.refresh(places(project), settings._replace(max_files_per_scan=1), now=NOW_S)
    assert places(project).manifest.read_bytes() == before
    _scan.refresh(places(project), settings, now=NOW_S)
    assert b"new.jsonl" in places(project).manifest.read_bytes()
