"""The console script of gc: its words, its help, its end."""

from __future__ import annotations

import sys

import pytest

from runpact_core import edge
from runpact_gc import __main__, cli

WORDS = (
    *("scan", "list", "explain", "gc", "pin", "restore", "undo", "trash"),
    *("verify", "compact", "expand", "config", "report"),
)


def test_all_words_are_mounted_in_both(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`runpact-gc` and `runpact artifacts` have the same words, those of the design."""
    monkeypatch.setattr(sys, "argv", ["runpact-gc", "--help"])
    assert cli.main() == 0
    own = capsys.readouterr().out
    assert edge.run(cli.artifacts, ["--help"], "runpact artifacts") == 0
    umbrella = capsys.readouterr().out
    listed = [text.partition("Commands:\n")[2].splitlines() for text in (own, umbrella)]
    assert listed[0] == listed[1]
    assert sorted(line.split()[0] for line in listed[0]) == sorted(WORDS)


@pytest.mark.parametrize("words", [[], ["trash"], ["config"]])
def test_each_word_is_said_whole(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The list of commands has a whole sentence for each, on a terminal of 80 columns."""
    assert edge.run(cli.artifacts, [*words, "--help"], "runpact artifacts") == 0
    listed = capsys.readouterr().out.partition("Commands:\n")[2].splitlines()
    assert len(listed) >= 2
    assert [line for line in listed if not line.endswith(".") or line.endswith("...")] == []


@pytest.mark.parametrize("word", WORDS)
def test_each_word_explains_itself(
    word: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--help` after a word prints its help, and ends with 0."""
    monkeypatch.setattr(sys, "argv", ["runpact-gc", word, "--help"])
    assert cli.main() == 0
    assert capsys.readouterr().out.startswith(f"Usage: runpact-gc {word} ")


def test_ctrl_c_while_all_is_loaded(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """130, quietly, wherever it comes; else the exit code is the command's."""
    monkeypatch.setattr(cli, "main", lambda: 7)
    assert __main__.main() == 7

    def interrupted() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "main", interrupted)
    assert __main__.main() == 130
    assert capsys.readouterr() == ("", "")
