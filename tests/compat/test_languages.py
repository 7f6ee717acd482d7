"""Texts of patterns and lengths are compared exactly: held against all texts of a short alphabet."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evolution.languages import LONGEST, Texts, Undecided, shortest_beyond

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

LONG = 6  # characters of the texts that are tried one by one
WORDS = ["".join(word) for length in range(LONG + 1) for word in itertools.product("ab", repeat=length)]
ID = "^[a-z][a-z0-9_]*$"


def _expressions() -> SearchStrategy[str]:
    """Small expressions of the dialect over two letters."""
    atoms = st.sampled_from(["a", "b", "[ab]", "[^a]", ""])
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map("".join),
            st.lists(inner, min_size=2, max_size=3).map(lambda options: f"(?:{'|'.join(options)})"),
            st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{2,}", "{0}"])).map(
                lambda pair: f"(?:{pair[0]}){pair[1]}"
            ),
        ),
        max_leaves=8,
    )


def _sets() -> SearchStrategy[Texts]:
    patterns = st.one_of(st.none(), _expressions().map(lambda text: f"^{text}$"))
    return st.builds(Texts, patterns, st.integers(0, 4), st.one_of(st.none(), st.integers(0, LONG)))


def _has(texts: Texts, word: str) -> bool:
    fits = texts.pattern is None or re.fullmatch(texts.pattern[1:-1], word)
    return bool(fits) and texts.least <= len(word) and (texts.most is None or len(word) <= texts.most)


@settings(max_examples=300, deadline=None)
@given(_sets(), _sets())
def test_the_shortest_text_beyond_is_found_or_there_is_none(written: Texts, read: Texts) -> None:
    """What is found is written and not read; no shorter text is, and none at all where nothing is found."""
    found = shortest_beyond(written, read)
    beyond = [len(word) for word in WORDS if _has(written, word) and not _has(read, word)]
    if found is not None:
        assert _has(written, found)
        assert not _has(read, found)
    shortest = LONG + 1 if found is None else len(found)
    assert min(beyond, default=LONG + 1) >= min(shortest, LONG + 1)


@settings(max_examples=100, deadline=None)
@given(_sets())
def test_every_set_holds_itself(texts: Texts) -> None:
    """Whatever the pattern, written twice in two ways, nothing of the one is beyond the other."""
    doubled = texts.pattern and f"^(?:{texts.pattern[1:-1]}|{texts.pattern[1:-1]})$"
    assert shortest_beyond(texts, Texts(doubled, texts.least, texts.most)) is None


@pytest.mark.parametrize(
    ("read", "found"),
    [
        (Texts("^(?:[a-pr-z][a-z0-9_]*|q[a-z0-8_]*|q)$"), "q9"),
        (Texts("^(?:[a-z][a-z0-9_]{0,40}|[a-z][a-z0-9_]{42,100})$"), "a" * 42),
        (Texts("^[a-z](?:[a-pr-z0-9_]*|[a-z0-9_]*[a-pr-z0-9_])$"), "aq"),
        (Texts("^[a-z](?:[a-z0-9_])*$"), None),
        (Texts("^[a-z][a-z0-9_]{0,98}$"), "a" * 100),
        (Texts("^[a-z][a-z0-9_]{0,99}$"), None),
        (Texts(most=99), "a" * 100),
        (Texts(least=2), "a"),
        (Texts("^[^q]*$"), "q"),
    ],
)
def test_a_rare_text_is_found_within_the_length(read: Texts, found: str | None) -> None:
    """One text in millions tells two patterns apart, and a length beside a pattern counts."""
    assert shortest_beyond(Texts(ID, 0, 100), read) == found


@pytest.mark.parametrize(
    ("written", "read", "length"),
    [
        (Texts("^(?:[a-z]{5})*$", 0, 12), Texts(most=8), 10),
        (Texts("^(?:[a-z]{5})*$", 0, 9), Texts(most=5), None),
        (Texts("^(?:aaa)*b?$", 0, 400_000), Texts(most=399_997), 399_999),
        (Texts("^(?:aaa)*$", 7), Texts("^(?:aaaa)*$"), 9),
        (Texts(None, 0, LONGEST), Texts(most=LONGEST - 1), LONGEST),
        (Texts("^a{3}$", 4), Texts("^b$"), None),
    ],
)
def test_a_length_that_the_pattern_does_not_have_is_none(written: Texts, read: Texts, length: int | None) -> None:
    """The next length that the pattern has is shown, however far it is."""
    found = shortest_beyond(written, read)
    assert (None if found is None else len(found)) == length


@pytest.mark.parametrize(
    ("written", "read", "why"),
    [
        (Texts("^[ab]*a[ab]{30}$"), Texts("^[ab]*a[ab]{29}b?$"), "the patterns are too large to compare"),
        (Texts("^[ab]{700}$"), Texts("^a*$"), "a pattern is too large to compare"),
        (Texts(r"^[\u0400-\u04ff]*$"), Texts("^a*$"), "a pattern names characters beyond ASCII"),
        (Texts(r"^\xe9$"), Texts("^a*$"), "a pattern names characters beyond ASCII"),
        (Texts("^a.c$"), Texts("^a*$"), "a pattern has a dot, which means another set in each engine"),
        (Texts("^a*$"), Texts(most=LONGEST), f"texts of more than {LONGEST} characters would be needed"),
    ],
)
def test_what_is_not_decided_is_said(written: Texts, read: Texts, why: str) -> None:
    """Beyond the bounds there is no answer but why there is none; asked again, it is the same."""
    for _ in range(2):
        with pytest.raises(Undecided, match=f"^{re.escape(why)}$"):
            shortest_beyond(written, read)


def test_all_characters_beyond_ascii_are_one_to_patterns_that_name_none() -> None:
    """A class that leaves something out takes them, others do not; escapes of ASCII are characters as any."""
    assert shortest_beyond(Texts("^[^a]$"), Texts(r"^[\x00-\x60\u0062-\u007f]$")) == "\u00e9"
    assert shortest_beyond(Texts(r"^\\u0400$"), Texts(r"^[\\]u0400$")) is None
