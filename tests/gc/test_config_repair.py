"""The one repair: a space after a key that a bracket follows, and no other byte."""

from __future__ import annotations

from itertools import pairwise

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from runpact_gc import _repair
from runpact_gc._repair import repair


@pytest.mark.parametrize(
    ("written", "meant", "mended"),
    [
        (b"a:[1]\n", b"a: [1]\n", ((1, "a"),)),
        (b"a:{keep: 12}\n", b"a: {keep: 12}\n", ((1, "a"),)),
        (b"x:\n  a-b.c:[]\n", b"x:\n  a-b.c: []\n", ((2, "a-b.c"),)),
        (b"'q':[1]\r\n\"r\":{}", b"'q': [1]\r\n\"r\": {}", ((1, "q"), (2, "r"))),
        (b"a: {x: [1]}\nb:[\n  c:[1],\n]\n", b"a: {x: [1]}\nb: [\n  c:[1],\n]\n", ((2, "b"),)),
        (b"k: |\n  a:[1]\ng:[1]\n", b"k: |\n  a:[1]\ng: [1]\n", ((3, "g"),)),
        ("caf\u00e9:[1] # a:[1]".encode(), "caf\u00e9: [1] # a:[1]".encode(), ((1, "caf\u00e9"),)),
    ],
)
def test_a_key_gets_its_space(written: bytes, meant: bytes, mended: tuple[tuple[int, str], ...]) -> None:
    """One space for each key of a mapping in lines; line and key are told."""
    assert repair(written) == (meant, mended)
    assert repair(meant) == (meant, ())


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"a: [1]\n",
        b"# a:[1]\n",
        b"x: |\n  a:[1]\n",
        b"x: >-\n  text\n  a:[1]\n",
        b'x: "\na:[1]"\n',
        b"x: 'it''s\n  a:[1]'\n",
        b"x: {\n a:[1]\n}\n",
        b"x: [\n a:[1]\n]\n",
        b"x: some text\n  a:[1]\n",
        b"x: http://a:[1]\n",
        b"a:1\n",
        b"run_id_patterns:\n  - run:[0-9]\n",
        b"field:\n  run:[0-9]+\n",
        b"a:[1\n",
        b"a:b:[1]\n",
        b"? [a]\n: b\n",
        b"a:[1]\n\xff",
    ],
)
def test_nothing_else_is_touched(text: bytes) -> None:
    """Strings, comments, texts of many lines, what stands in brackets, and what is no UTF-8 stay as they are."""
    assert repair(text) == (text, ())


def test_what_comes_after_another_fault_is_left_alone() -> None:
    """Up to the fault keys are known, after it nothing is: the reader then says what is wrong."""
    text = b"a:[1]\nb: 'open\nc:[1]\n"
    assert repair(text) == (b"a: [1]\nb: 'open\nc:[1]\n", ((1, "a"),))
    assert repair(b'a:[1]\nb: "\\UFFFFFFFF"\n').mended == ((1, "a"),)


def test_the_parser_in_python_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where libyaml is missing the other parser finds the same keys."""
    text = b'a:[1]\nx: |\n  b:[1]\nc:{d: 1}\nz: "\\UFFFFFFFF"\n'
    expected = repair(text)
    assert expected.mended == ((1, "a"), (4, "c"))
    monkeypatch.setattr(_repair, "_LOADER", yaml.SafeLoader)
    assert repair(text) == expected


def test_what_is_too_large_is_not_looked_at() -> None:
    """A file beyond the limit is the reader's to refuse."""
    text = b"a:[1]\n" + b"#" * _repair.MAX_BYTES
    assert repair(text) == (text, ())


KEYS = st.from_regex(r"[a-z][a-z0-9_.-]{0,5}", fullmatch=True)


@given(st.dictionaries(KEYS, st.tuples(st.booleans(), st.sampled_from(["[1, 2]", "{b: [x]}", "[]", "{}"])), min_size=1))
def test_a_file_is_read_as_if_the_spaces_were_there(keys: dict[str, tuple[bool, str]]) -> None:
    """Whichever spaces are missing, the repaired text is the one in which none is."""
    meant = "".join(f"{key}: {value}\n" for key, (_, value) in keys.items())
    written = "".join(f"{key}:{'' if bare else ' '}{value}\n" for key, (bare, value) in keys.items())
    found = repair(written.encode())
    assert found.data.decode() == meant
    assert [key for _, key in found.mended] == [key for key, (bare, _) in keys.items() if bare]


@given(st.text(alphabet="ab:[]{}'\"#|>- \n,1"))
def test_only_spaces_between_colon_and_bracket_join(text: str) -> None:
    """For any text, taking one space away at each place that was mended gives the text back."""
    found = repair(text.encode())
    lines = found.data.decode().split("\n")
    for line, _ in found.mended:
        cut = lines[line - 1]
        at = min(place for place in (cut.find(": ["), cut.find(": {")) if place >= 0)
        lines[line - 1] = cut[: at + 1] + cut[at + 2 :]
    assert "\n".join(lines) == text
    assert all(one < two for (one, _), (two, _) in pairwise(found.mended))
