"""Whether a regular expression takes linear time in every engine, backtracking ones included.

A backtracking engine tries each way to read a text. The ways are counted on the position automaton of the
expression: a position for each character set, an arrow for each "may be followed by", counted as often as the
expression says so. Then

* two ways from a position back to itself over one text: their number doubles with each turn, *exponential*;
* one text that leads from p to p, from p to q and from q to q: where to cross over is free, *polynomial*;
* neither: the number of ways is bounded, whatever the length of the text.

These are the criteria of Weber and Seidl (1991). Why an own analysis: it judges the language of
`lint_regex`, which is common to several engines, with no dependency and no private parser; on so few
constructs the criteria are short and exact (but for characters beyond ASCII, which all count as the same
one). Bounded repetition is written out, up to a limit.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from codegen.lint_regex import Char, Choice, Repeat, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

    from codegen.lint_regex import Regex

__all__ = ["MAX_POSITIONS", "Automaton", "Fragment", "TooComplex", "cost"]

MAX_POSITIONS: Final = 600
MAX_STEPS: Final = 300_000

State = TypeVar("State", bound="Hashable")
Pair: TypeAlias = tuple[int, int]
Triple: TypeAlias = tuple[int, int, int]


class TooComplex(Exception):
    """The expression is too large to be judged."""


@dataclass(frozen=True)
class Fragment:
    """Where a part of the expression begins and ends, with the number of ways to get there past empty parts.

    ``empty`` is the number of ways in which the part itself is empty. More than two ways are as bad as two.
    """

    first: dict[int, int] = field(default_factory=dict)
    last: dict[int, int] = field(default_factory=dict)
    empty: int = 1


@dataclass
class Automaton:
    """The position automaton of what was added; its only users besides this module are those who compare languages.

    Attributes:
        masks: The character set of each position.
        arrows: In how many ways one position may follow another.
    """

    masks: list[int] = field(default_factory=list)
    arrows: Counter[Pair] = field(default_factory=Counter)

    def add(self, regex: Regex) -> Fragment:
        """Write an expression out into positions, and say where it begins and ends.

        Raises:
            TooComplex: There are more than `MAX_POSITIONS`.
        """
        if isinstance(regex, Char):
            self.masks.append(regex.mask)
            if len(self.masks) > MAX_POSITIONS:
                raise TooComplex
            place = {len(self.masks) - 1: 1}
            return Fragment(place, place, 0)
        if isinstance(regex, Sequence):
            whole = Fragment()
            for part in regex.parts:
                whole = self.join(whole, self.add(part))
            return whole
        if isinstance(regex, Choice):
            options = [self.add(option) for option in regex.options]
            first = {place: ways for option in options for place, ways in option.first.items()}
            last = {place: ways for option in options for place, ways in option.last.items()}
            return Fragment(first, last, min(2, sum(option.empty for option in options)))
        return self.repeat(regex)

    def repeat(self, regex: Repeat) -> Fragment:
        """``x{2,4}`` is ``xx(x(x)?)?``; ``x{2,}`` is ``xx`` with a way back; ``x*`` is ``(x+)?``."""
        copies = regex.low
        tail = Fragment()
        if regex.high is None:
            tail = self.add(regex.body)
            self.link(tail.last, tail.first)
            tail = tail if regex.low else _skippable(tail)
            copies -= 1
        else:
            for _ in range(regex.high - regex.low):
                tail = _skippable(self.join(self.add(regex.body), tail))
        for _ in range(copies):
            tail = self.join(self.add(regex.body), tail)
        return tail

    def join(self, left: Fragment, right: Fragment) -> Fragment:
        """The one, and then the other."""
        self.link(left.last, right.first)
        first = left.first | _times(right.first, left.empty)
        last = right.last | _times(left.last, right.empty)
        return Fragment(first, last, min(2, left.empty * right.empty))

    def link(self, sources: dict[int, int], targets: dict[int, int]) -> None:
        """Let each of some positions be followed by each of some others."""
        for source, ways in sources.items():
            for target, more in targets.items():
                self.arrows[source, target] += ways * more


def _skippable(part: Fragment) -> Fragment:
    return Fragment(part.first, part.last, min(2, part.empty + 1))


def _times(places: dict[int, int], factor: int) -> dict[int, int]:
    return {place: min(2, ways * factor) for place, ways in places.items() if factor}


def cost(regex: Regex, max_steps: int = MAX_STEPS) -> str:
    """The growth of the time with the length of the text: ``linear``, ``polynomial`` or ``exponential``.

    Raises:
        TooComplex: The expression has too many positions, or judging them takes too many steps.
    """
    automaton = Automaton()
    automaton.add(regex)
    return _Analysis(automaton, max_steps).verdict()


class _Analysis:
    """The search for the two criteria; only positions from which a way leads back matter."""

    def __init__(self, automaton: Automaton, max_steps: int) -> None:
        self.masks, self.arrows, self.steps = automaton.masks, automaton.arrows, max_steps
        self.after: dict[int, list[int]] = {place: [] for place in range(len(self.masks))}
        for source, target in sorted(self.arrows):
            self.after[source].append(target)
        self.reached = {place: self.search([place], self.after.__getitem__) for place in self.after}
        self.loops = sorted(
            {
                tuple(sorted(other for other in self.reached[place] if place in self.reached[other]))
                for place in self.after
                if place in self.reached[place]
            }
        )

    def search(self, start: list[State], step: Callable[[State], Iterable[State]]) -> set[State]:
        """What can be reached from ``start`` in one step or more."""
        seen: set[State] = set()
        open_states = list(start)
        while open_states:
            for state in step(open_states.pop()):
                self.steps -= 1
                if self.steps < 0:
                    raise TooComplex
                if state not in seen:
                    seen.add(state)
                    open_states.append(state)
        return seen

    def verdict(self) -> str:
        if any(self.doubles(set(loop)) for loop in self.loops):
            return "exponential"
        crossings = ((left, right) for left in self.loops for right in self.loops if left != right)
        return "polynomial" if any(self.crosses(left, right) for left, right in crossings) else "linear"

    def doubles(self, loop: set[int]) -> bool:
        """Whether two different ways lead around a loop over the same text."""
        if any(count > 1 and {*arrow} <= loop for arrow, count in self.arrows.items()):
            return True

        def step(pair: Pair) -> Iterator[Pair]:
            for left in self.after[pair[0]]:
                for right in self.after[pair[1]]:
                    if {left, right} <= loop and self.masks[left] & self.masks[right]:
                        yield left, right

        apart = {pair for pair in self.search([(place, place) for place in loop], step) if pair[0] != pair[1]}
        return any(left == right for left, right in self.search(sorted(apart), step))

    def crosses(self, left: tuple[int, ...], right: tuple[int, ...]) -> bool:
        """Whether one text goes around ``left``, from there over to ``right``, and around ``right``."""
        if right[0] not in self.reached[left[0]]:
            return False
        middle = {place for place in self.reached[left[0]] if place in right or right[0] in self.reached[place]}

        def step(triple: Triple) -> Iterator[Triple]:
            for one in self.after[triple[0]]:
                for two in self.after[triple[1]]:
                    for three in self.after[triple[2]]:
                        inside = one in left and two in middle and three in right
                        if inside and self.masks[one] & self.masks[two] & self.masks[three]:
                            yield one, two, three

        return any((p, q, q) in self.search([(p, p, q)], step) for p in left for q in right)
