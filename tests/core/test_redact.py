"""Text of others on a terminal: nothing of it acts."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest

from runpact_core import redact


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain \u00e9 \u6f22 \U0001f9ed", "plain \u00e9 \u6f22 \U0001f9ed"),
        ("", ""),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("a\r\nb\tc", r"a\x0d\x0ab\x09c"),
        ("\x00\x7f\x85\x9b", r"\x00\x7f\x85\x9b"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\u2066a\u2069\u200f\u061c", r"\u2066a\u2069\u200f\u061c"),
        ("a\u200bb\ufeff", r"a\u200bb\ufeff"),
        ("\u2028\u2029", r"\u2028\u2029"),
        ("\ud800", r"\ud800"),
        ("a\xadb\u180e\ufff9\U000e0041", r"a\xadb\u180e\ufff9\U000e0041"),
    ],
)
def test_what_would_act_is_shown(text: str, shown: str) -> None:
    """Controls, marks of direction, invisible ones and half characters come out as escapes; all else as it is."""
    assert redact.for_terminal(text) == shown


def test_what_passes_unlooked_at_is_safe() -> None:
    """A text that Python calls printable is given back as it is: none of the characters that act is printable."""
    acting = [each for each in map(chr, range(sys.maxunicode + 1)) if re.fullmatch(redact._UNSAFE, each)]
    assert len(acting) == 65 + 1 + 1 + 1 + 5 + 7 + 16 + 2048 + 1 + 3 + 128
    assert [each for each in acting if each.isprintable() or redact.for_terminal(each) == each] == []


def test_no_control_character_is_left() -> None:
    """Of all characters there are, no control, half character, separator of lines or mark of direction gets through."""
    shown = redact.for_terminal("".join(map(chr, range(sys.maxunicode + 1))))
    kinds = {unicodedata.category(character) for character in shown}
    assert kinds & {"Cc", "Cs", "Zl", "Zp"} == set()
    directions = {unicodedata.bidirectional(character) for character in shown}
    assert directions & {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "B", "S"} == set()
    assert not set(shown) & {"\u200e", "\u200f", "\u061c", "\ufeff", "\u200b", "\xad", "\U000e007f"}
    assert len(shown) > sys.maxunicode


def test_a_byte_that_is_no_text_is_shown_as_that_byte() -> None:
    """As `os.fsdecode` gives it; other halves of characters are shown by their code."""
    assert redact.for_terminal("a\udcff\udc80\ud800") == "a\\xff\\x80\\ud800"
