"""The console script of the reporter: its words, its help, its end."""

from __future__ import annotations

import pytest

from runpact_reporter import __main__, cli
from tests.reporter.support import call


@pytest.mark.parametrize("word", ["fleet", "report", "history", "dash"])
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_each_word_explains_itself(word: str, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Both spellings print the help of the word, and end with 0."""
    assert call(word, option) == 0
    assert capsys.readouterr().out.startswith(f"Usage: runpact-reporter {word} [OPTIONS] COMMAND")


def test_ctrl_c_while_all_is_loaded(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """130, quietly, wherever it comes; else the exit code is the command's."""
    monkeypatch.setattr(cli, "main", lambda: 7)
    assert __main__.main() == 7

    def interrupted() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "main", interrupted)
    assert __main__.main() == 130
    assert capsys.readouterr() == ("", "")
