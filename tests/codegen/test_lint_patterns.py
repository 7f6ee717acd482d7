"""Rule D10 in depth: which patterns are refused as slow, and which as read differently by engines."""

from __future__ import annotations

import re
from itertools import product

import pytest

from codegen.lint_ambiguity import TooComplex, cost
from codegen.lint_regex import Char, Choice, PatternRefused, Regex, Repeat, Sequence, parse

LINEAR = [
    "^$",
    "^[0-9]{8}T[0-9]{6}Z__[A-Za-z0-9-]+__[a-f0-9]{7}$",
    "^[^/]+(/[^/]+)*$",
    "^(a|b)*$",
    "^a+[0-9]+a+$",
    "^(ab|a)*b*$",
    "^(a*b)*a*$",
    "^x?x?x?$",
    "^([a-z]{0,50},)*$",
    "^(a|)+$",
    "^()*$",
    r"^[\x00-\x1f]*[\u0020-\u007f]*$",
    "^a{2,}b{3}c{0}[-d-]*$",
    r"^(?:\.|\\|\n|\r|\t)+$",
]
POLYNOMIAL = ["^a*a*$", "^a*b?a*$", "^[a-z]*[a-z0-9]*$", "^(a+){2}$", "^(ab)*c?(aba|b)*$", "^a*b*a*[ab]*$"]
EXPONENTIAL = [
    "^(a+)+$",
    "^(a*)*$",
    "^(a|a)*$",
    "^(a?b?)*$",
    "^(ab?|b)*$",
    "^(aa|aaa)*$",
    "^(a{1,3})*$",
    "^((a*)?b)*$",
    "^((a?){3}b)*$",
    r"^([^\x00-\x7f]|\u00e9)*$",
]


@pytest.mark.parametrize(
    ("growth", "pattern"),
    [
        *product(["linear"], LINEAR),
        *product(["polynomial"], POLYNOMIAL),
        *product(["exponential"], EXPONENTIAL),
    ],
)
def test_the_growth_of_the_time_is_known(growth: str, pattern: str) -> None:
    """A pattern is judged by how the ways to read a text grow with the text."""
    re.compile(pattern)
    assert cost(parse(pattern)) == growth


def ways(regex: Regex, text: str, start: int) -> list[int]:
    """Where each way to read ``text`` from ``start`` ends: a backtracking engine in its plainest form."""
    if isinstance(regex, Char):
        fits = start < len(text) and regex.mask >> ord(text[start]) & 1
        return [start + 1] if fits else []
    if isinstance(regex, Choice):
        return [end for option in regex.options for end in ways(option, text, start)]
    if isinstance(regex, Sequence):
        ends = [start]
        for part in regex.parts:
            ends = [end for middle in ends for end in ways(part, text, middle)]
        return ends
    rest = Repeat(regex.body, max(regex.low - 1, 0), None if regex.high is None else regex.high - 1)
    ends = [] if regex.low else [start]
    if regex.high != 0:
        for middle in ways(regex.body, text, start):
            ends += ways(rest, text, middle) if middle > start else [middle]
    return ends


def most_ways(regex: Regex, units: tuple[str, ...], length: int) -> int:
    """The most ways to read the whole of a text that repeats one of the units."""
    texts = [(unit * length)[:length] for unit in units]
    return max(ways(regex, text, 0).count(length) for text in texts)


BODIES = ["a", "ab", "a|b", "a?", "a|ab", "a*b", "a?b", "(a|b)b", "a+", "a{1,2}", "ab|b", "(a?|b)"]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("tail", ["", "a*", "b*", "(ab)*", "b?a*", "a?"])
def test_the_verdict_agrees_with_counting(body: str, tail: str) -> None:
    """Where the verdict is linear, a longer text has no more ways to be read; where it is not, it has."""
    regex = parse(f"^({body})*{tail}$")
    units = ("a", "b", "ab", "aab", "abb")
    short, long = most_ways(regex, units, 6), most_ways(regex, units, 12)
    assert (long > short) is (cost(regex) != "linear")


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("a$", "is not anchored at both ends"),
        ("", "is not anchored at both ends"),
        (r"^a\$", "is not anchored at both ends"),
        ("^a|b$", "is not anchored at both ends: each anchor belongs to one alternative"),
        ("^a)$", "closes a group that it did not open"),
        ("^(a$", "does not close a group"),
        ("^(a$)$", "has $ where it is no plain character"),
        ("^((a)$", "does not close a group"),
        ("^" + "(" * 21 + ")" * 21 + "$", "nests groups more than 20 deep"),
        ("^*$", "has * where it is no plain character"),
        ("^a{,2}$", "has { where it is no plain character"),
        ("^a{10000}$", "has { where it is no plain character"),
        ("^a]$", "has ] where it is no plain character"),
        ("^a+?$", "has a quantifier upon a quantifier"),
        ("^a++$", "has a quantifier upon a quantifier"),
        ("^(?i)a$", "has (?i: lookaround, flags and named groups are not in the dialect"),
        ("^(?P<x>a)$", "has (?P: lookaround, flags and named groups are not in the dialect"),
        ("^(?<!a)b$", "has (?<: lookaround, flags and named groups are not in the dialect"),
        ("^[]$", "has an empty class"),
        ("^[a$", "does not close a class"),
        ("^[a-$", "does not close a class"),
        ("^[a[b]$", "has a class with [b in it"),
        ("^[a&&b]$", "has a class with && in it"),
        ("^[z-a]$", "has a range that runs backwards"),
        (r"^\w$", r"has \w"),
        (r"^[\s]$", r"has \s"),
        (r"^\A$", r"has \A"),
        (r"^\x1$", r"has \x"),
        (r"^(a)\1$", r"has the back-reference \1"),
        ("^é$", "has characters beyond ASCII"),
        ("^.$", "has a dot, which means another set in each engine"),
    ],
)
def test_what_engines_read_differently_is_refused(pattern: str, reason: str) -> None:
    """What is outside the language that all engines share is refused with its reason, and with a hint."""
    with pytest.raises(PatternRefused) as refused:
        parse(pattern)
    assert (refused.value.reason, bool(refused.value.hint)) == (reason, True)


def test_characters_are_sets() -> None:
    """A class is the set of its characters; all beyond ASCII are one, also in what a negated class leaves."""
    assert parse("^[a-c]$") == Sequence((Char(0b111 << 97),))
    assert parse(r"^[^\x00-\x7f]$") == Sequence((Char(1 << 128),))
    assert parse(r"^[\u0080-\uffff]$") == Sequence((Char(1 << 128),))
    assert parse(r"^[^\u00e9]$") == Sequence((Char((1 << 129) - 1),))


@pytest.mark.parametrize("pattern", ["^[a-z]{601}$", "^(a{0,40}b)*(a{0,40}c)*$"])
def test_what_is_too_large_is_not_judged(pattern: str) -> None:
    """A pattern whose judgement would take long is refused rather than waited for."""
    with pytest.raises(TooComplex):
        cost(parse(pattern), max_steps=2_000)
