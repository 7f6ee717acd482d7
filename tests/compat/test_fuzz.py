"""Readers of foreign input: every find of old is read, some new inputs are drawn, and a planted fault is found."""

from __future__ import annotations

import importlib.util
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from evolution import fuzz
from evolution.fuzz_targets import TARGETS, Target

ROOT = Path(__file__).parents[2]
KEPT = [(name, file, data) for name in TARGETS for file, data in fuzz.finds(ROOT, name)]


@pytest.mark.parametrize(
    ("target", "data"), [(name, data) for name, _, data in KEPT], ids=[str(each[:2]) for each in KEPT]
)
def test_a_find_stays_mended(target: str, data: bytes) -> None:
    """What once was read wrongly is read as its reader says."""
    assert fuzz.attempt(TARGETS[target], data) is None


def test_every_find_belongs_to_a_target() -> None:
    """No kept find is left out, and each is named by its digest."""
    folders = {path.name for path in (ROOT / fuzz.FINDS).iterdir() if path.is_dir()}
    assert folders <= TARGETS.keys()
    assert KEPT
    assert [fuzz.Find(name, data, "").path for name, _, data in KEPT] == [
        f"{fuzz.FINDS}/{name}/{file}" for name, file, _ in KEPT
    ]


@pytest.mark.parametrize("name", TARGETS)
def test_readers_keep_their_word(name: str) -> None:
    """Seeds, and inputs drawn around them, raise nothing that is not said, break no law and take no second."""
    target = TARGETS[name]
    assert [fuzz.attempt(target, seed) for seed in target.seeds] == [None] * len(target.seeds)
    assert fuzz.draw(target, 0, 40) is None


@pytest.mark.parametrize(
    "name", ["documents", "json", "yaml", "junit", "ctrf", "events", "times", "jsonpath", "history"]
)
def test_seeds_are_read(name: str) -> None:
    """A seed is such as its reader is made for: it is read, not refused."""
    TARGETS[name].read(TARGETS[name].seeds[0])


def _broken(data: bytes) -> None:
    if b"null" in data and b"[" in data:
        raise KeyError("planted")


BROKEN = Target("broken", _broken, (ValueError,), (b'{"a": [1, 2]}\nno json',))


def test_a_planted_fault_is_found_and_made_small() -> None:
    """An error that is not said is found, with an input that is no longer than it has to be for its seed."""
    found = fuzz.draw(BROKEN, 3)
    assert found is not None
    assert found.says == "KeyError: 'planted'"
    assert len(found.data) <= 30
    assert fuzz.draw(BROKEN, 3) == found


def _slow(data: bytes) -> None:
    ends = time.process_time() + 0.02
    while time.process_time() < ends:
        pass


def test_what_a_reader_may_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors that it documents are no find; others, and too much time of the processor, are."""

    def refuse(data: bytes) -> None:
        raise ValueError(data)

    assert fuzz.attempt(Target("t", refuse, (ValueError,), ()), b"x") is None
    assert fuzz.attempt(Target("t", refuse, (KeyError,), ()), b"x") == "ValueError: b'x'"
    assert fuzz.attempt(Target("t", _slow, (), ()), b"x") is None
    monkeypatch.setattr(fuzz, "MOST_S", 0.01)
    assert fuzz.attempt(Target("t", _slow, (), ()), b"x") == "it took 0.0 s"


def test_the_command_keeps_what_it_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A find is a file of its target and an exit code; without one nothing is written."""
    monkeypatch.setitem(TARGETS, "broken", BROKEN)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert fuzz.main(["--target", "broken", "--minutes", "0.0001", "--seed", "3"], tmp_path) == 1
    ((file, data),) = fuzz.finds(tmp_path, "broken")
    assert fuzz.attempt(BROKEN, data) == "KeyError: 'planted'"
    out = capsys.readouterr().out
    assert "1 found" in out
    assert f"{fuzz.FINDS}/broken/{file}: " in out
    assert "by drawing alone" in out
    assert fuzz.main(["--target", "times", "--minutes", "0.0001"], tmp_path) == 0
    assert not (tmp_path / fuzz.FINDS / "times").exists()


def test_guided_inputs_are_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the guided process leaves behind is a find where it is one here too; seeds and old finds are its start."""
    monkeypatch.setitem(TARGETS, "broken", BROKEN)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    begun: list[list[bytes]] = []

    def run(command: list[str], **more: Any) -> None:
        (prefix,) = (Path(each.partition("=")[2]) for each in command if each.startswith("-artifact_prefix="))
        begun.append([path.read_bytes() for path in sorted(Path(command[-1]).iterdir())])
        prefix.joinpath("crash-1").write_bytes(b"[null]")
        prefix.joinpath("timeout-2").write_bytes(b"only slow there")

    monkeypatch.setattr(subprocess, "run", run)
    assert fuzz.main(["--target", "broken", "--minutes", "0.0001", "--seed", "3"], tmp_path) == 1
    assert b"[null]" in [data for _, data in fuzz.finds(tmp_path, "broken")]
    assert begun == [[*BROKEN.seeds]]


@pytest.mark.parametrize("minutes", ["0", "-1", "nan", "inf", "soon"])
def test_a_time_that_cannot_be_spent_is_refused(
    minutes: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No time, less, or no number at all: nothing is read, and the exit code is that of words without sense."""
    with pytest.raises(SystemExit) as caught:
        fuzz.main([f"--minutes={minutes}", "--target", "times"], tmp_path)
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"argument --minutes: '{minutes}' is no time: write a number above 0" in err
