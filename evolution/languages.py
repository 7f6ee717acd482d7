"""Whether every text of one string schema fits another: decided for all texts, with the shortest one that does not.

The position automata of both patterns are walked side by side over the subsets of positions that one text may have
reached; a text that the writer's pattern ends with and the reader's does not tells them apart. Lengths are layers of
that walk. So an answer is exact, and it is a text that is found or the certainty that there is none.

Two things are not decided, and are said to be undecided: patterns that name single characters beyond ASCII (to the
parser these are all alike), and walks of more than `MAX_STEPS` steps.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from codegen.lint_ambiguity import Automaton, TooComplex
from codegen.lint_regex import Char, PatternRefused, Repeat, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen.lint_regex import Regex

__all__ = ["LONGEST", "MAX_STEPS", "Texts", "Undecided", "shortest_beyond"]

State: TypeAlias = tuple[int, int]  # the positions that both automata may be in, as bits
Layer: TypeAlias = dict[State, tuple[State, int]]  # each with the one before it and the symbol between

MAX_STEPS: Final = 50_000
LONGEST: Final = 5_000_000
"""Characters of a text that is shown at most."""

SYMBOLS: Final = 129  # those of ASCII, and one for all others
ANY: Final = Repeat(Char((1 << SYMBOLS) - 1), 0, None)
ESCAPED: Final = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|.)")
READABLE: Final = [ord(character) for character in string.ascii_lowercase + string.digits + string.ascii_uppercase]
SHOWN: Final = tuple(dict.fromkeys([*READABLE, *range(0x21, 0x7F), 0x20, *range(0x20), 0x7F, 128]))
OTHER: Final = "\u00e9"  # the character that stands for all beyond ASCII


class Undecided(Exception):
    """Two sets of texts cannot be compared; the message says why."""


@dataclass(frozen=True)
class Texts:
    """The texts of a string schema.

    Attributes:
        pattern: An anchored pattern of the dialect; None where every text fits.
        least: Characters that a text has at least.
        most: Characters that it has at most; None where there is no limit.
    """

    pattern: str | None = None
    least: int = 0
    most: int | None = None


def shortest_beyond(written: Texts, read: Texts) -> str | None:
    """The shortest text that is among those written and not among those read; None where all of them are.

    Raises:
        Undecided: A pattern is outside the dialect or names characters beyond ASCII, or the walk is too long.
    """
    answer = _answer(written, read)
    if isinstance(answer, Undecided):
        raise answer
    return answer


@lru_cache(maxsize=1024)
def _answer(written: Texts, read: Texts) -> str | Undecided | None:
    try:
        texts = [text for text in _beyond(written, read) if text is not None]
    except Undecided as undecided:
        return undecided
    return min(texts, key=len, default=None)


def _beyond(written: Texts, read: Texts) -> Iterator[str | None]:
    """The shortest texts that are too short for the reader, not of its pattern, and too long; None where none are."""
    most = LONGEST + 1 if written.most is None else written.most
    yield _outside(written, written.least, min(most, read.least - 1))
    if read.pattern not in {None, written.pattern}:
        yield _shortest(_machine(written.pattern), _machine(read.pattern), written.least, written.most)
    if read.most is not None:
        yield _outside(written, max(written.least, read.most + 1), written.most)


def _outside(written: Texts, least: int, most: int | None) -> str | None:
    """The shortest text written within some lengths, all of which the reader refuses."""
    if most is not None and most < least:
        return None
    if written.pattern is None and least <= LONGEST:
        return chr(SHOWN[0]) * least
    return _shortest(_machine(written.pattern), None, least, most)


class _Machine:
    """One automaton, whose states are sets of positions; the start has a bit of its own."""

    def __init__(self, regex: Regex) -> None:
        automaton = Automaton()
        whole = automaton.add(regex)
        count = len(automaton.masks)
        self.masks = automaton.masks
        self.start = 1 << count
        self.final = _bits(whole.last) | (self.start if whole.empty else 0)
        self._after = [0] * count + [_bits(whole.first)]
        for source, target in automaton.arrows:
            self._after[source] |= 1 << target
        self._memo: dict[tuple[int, int], int] = {}
        self._reading = [
            sum(1 << place for place, mask in enumerate(self.masks) if mask >> symbol & 1) for symbol in range(SYMBOLS)
        ]

    def step(self, state: int, symbol: int) -> int:
        """The positions after one more character."""
        known = self._memo.get((state, symbol))
        if known is None:
            reached, rest = 0, state
            while rest:
                lowest = rest & -rest
                reached |= self._after[lowest.bit_length() - 1]
                rest ^= lowest
            known = reached & self._reading[symbol]
            self._memo[state, symbol] = known
        return known


@lru_cache(maxsize=256)
def _machine(pattern: str | None) -> _Machine:
    if pattern is None:
        return _Machine(ANY)
    for escape in ESCAPED.finditer(pattern):
        if int(escape[1] or escape[2] or "0", 16) >= SYMBOLS - 1:
            raise Undecided("a pattern names characters beyond ASCII")
    try:
        return _Machine(parse(pattern))
    except TooComplex:
        raise Undecided("a pattern is too large to compare") from None
    except PatternRefused as refused:
        raise Undecided(f"a pattern {refused.reason}") from None


def _bits(places: dict[int, int]) -> int:
    return sum(1 << place for place in places)


def _symbols(masks: list[int]) -> list[int]:
    """One symbol for each class of symbols that no mask tells apart, readable ones first."""
    classes = {tuple(mask >> symbol & 1 for mask in masks): symbol for symbol in reversed(SHOWN)}
    return sorted(classes.values(), key=SHOWN.index)


def _shortest(writer: _Machine, reader: _Machine | None, least: int, most: int | None) -> str | None:
    """The shortest text that the writer takes and the reader does not, with a length within bounds."""
    if least > LONGEST:
        raise Undecided(f"texts of more than {LONGEST} characters would be needed")
    walk = _Walk(writer, reader)
    for _ in range(least):
        if not walk.deepen():
            break
    return walk.ends(least, most)


class _Walk:
    """The walk through both automata, layer by layer."""

    def __init__(self, writer: _Machine, reader: _Machine | None) -> None:
        self._writer, self._reader = writer, reader
        self._symbols = _symbols([*dict.fromkeys([*writer.masks, *(reader.masks if reader else [])])])
        self._steps = MAX_STEPS
        start = (writer.start, reader.start if reader else 0)
        self._layers: list[Layer] = [{start: (start, 0)}]
        self._seen: dict[frozenset[State], int] = {frozenset(self._layers[0]): 0}
        self._turn = (0, 0)  # from which layer on they repeat, and after how many

    def _after(self, layer: Layer) -> Layer:
        found: Layer = {}
        for state in layer:
            for symbol in self._symbols:
                self._steps -= 1
                if self._steps < 0:
                    raise Undecided("the patterns are too large to compare")
                one = self._writer.step(state[0], symbol)
                two = self._reader.step(state[1], symbol) if self._reader else 0
                if one:
                    found.setdefault((one, two), (state, symbol))
        return found

    def deepen(self) -> bool:
        """Whether there is a next layer that no layer before it was like."""
        self._layers.append(self._after(self._layers[-1]))
        states, depth = frozenset(self._layers[-1]), len(self._layers) - 1
        if states in self._seen:
            self._turn = (self._seen[states], depth - self._seen[states])
            return False
        self._seen[states] = depth
        return True

    def _layer(self, depth: int) -> Layer:
        """A layer; those beyond the first repetition are those of the turn again."""
        if depth < len(self._layers):
            return self._layers[depth]
        first, turn = self._turn
        return self._layers[first + 1 + (depth - first - 1) % turn]

    def ends(self, least: int, most: int | None) -> str | None:
        """The text to the nearest place, from a layer on, where only the writer may end."""
        layer, depth = self._layer(least), least
        later: Layer = {}
        seen = set(layer)
        while layer and (most is None or depth <= most):
            for state in layer:
                if state[0] & self._writer.final and not (self._reader and state[1] & self._reader.final):
                    return self._text(state, later, least)
            layer = {state: before for state, before in self._after(layer).items() if state not in seen}
            seen |= layer.keys()
            later |= layer
            depth += 1
        return None

    def _text(self, state: State, later: Layer, least: int) -> str:
        symbols = []
        while state in later:
            state, symbol = later[state]
            symbols.append(symbol)
        for depth in range(least, 0, -1):
            state, symbol = self._layer(depth)[state]
            symbols.append(symbol)
        return "".join(chr(symbol) if symbol < SYMBOLS - 1 else OTHER for symbol in reversed(symbols))
