"""Values of others, made fit to be kept: secrets taken out and counted, everything bounded, nothing that raises.

Invariants: what `Cleaner.value` returns is plain JSON of bounded depth, length and size, whatever came in: cycles,
hostile ``__str__`` and ``__repr__``, huge texts, half characters. What is left out is said in its place. A placeholder
is the same for every secret, so it tells nothing of its length.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from math import isfinite

from runpact_core.redact import sanitize

__all__ = ["LONGEST_TEXT", "Cleaner", "cleaned", "text_of"]

LONGEST_TEXT = 20_000
"""The most characters of one text that are kept; of a longer one its two halves are."""

_LONGEST_SEARCHED = 200_000  # characters; LONGEST_TEXT lies far inside, so a cut between them tells nothing
_SHORT = 200
_MOST_ITEMS = 1_000
_MOST_VALUES = 20_000
_DEEPEST = 20
_PLACEHOLDER = "***"
_SECRET_NAME = re.compile(
    r"passw(?:or)?d|passphrase|secret|token|api_?key|auth(?:orization)?$|cookie|credential|private_?key|dsn$",
    re.IGNORECASE,
)
_MOST_NUMBER = 10**120


class Cleaner:
    """Cleans the parts of one event, and counts what it took out of all of them.

    Args:
        shorten: Whether long texts are cut; not where their length was bounded, and accounted for, before.
    """

    def __init__(self, *, shorten: bool = True) -> None:
        self._shorten = shorten
        self._removed: Counter[str] = Counter()
        self._left = _MOST_VALUES

    @property
    def removed(self) -> dict[str, int]:
        """How many places were replaced, by kind."""
        return dict(sorted(self._removed.items()))

    def text(self, text: str) -> str:
        """A text without what looks like a secret, and of bounded length."""
        half = _LONGEST_SEARCHED // 2
        ends = [text] if len(text) <= 2 * half or not self._shorten else [text[:half], text[-half:]]
        between = len(text) - sum(map(len, ends))
        for number, end in enumerate(ends):
            ends[number], found = _without_secrets(end)
            self._removed.update(found)
        if not self._shorten:
            return ends[0]
        return _shortened(ends, between)  # after the secrets are out: a cut would hide what one looks like

    def value(self, value: object) -> object:
        """A value as plain JSON, each of its texts cleaned."""
        return self._value(value, ())

    def _value(self, value: object, above: tuple[int, ...]) -> object:  # noqa: PLR0911 - one for each kind of value
        self._left -= 1
        if self._left < 0:
            return "<left out: too many values>"
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            fits = isfinite(value) if isinstance(value, float) else -_MOST_NUMBER < value < _MOST_NUMBER
            return value if fits else self.text(text_of(value))
        if id(value) in above:
            return "<left out: it contains itself>"
        if isinstance(value, Mapping | list | tuple | set | frozenset) and len(above) >= _DEEPEST:
            return "<left out: too deep>"
        if isinstance(value, Mapping):
            return self._object(value, (*above, id(value)))
        if isinstance(value, list | tuple | set | frozenset):
            items = sorted(value, key=text_of) if isinstance(value, set | frozenset) else list(value)
            kept = [self._value(item, (*above, id(value))) for item in items[:_MOST_ITEMS]]
            return kept if len(items) <= _MOST_ITEMS else [*kept, f"<left out: {len(items) - _MOST_ITEMS} more>"]
        return self.text(text_of(value))

    def _object(self, value: Mapping[object, object], above: tuple[int, ...]) -> dict[str, object]:
        names = list(value)
        members: dict[str, object] = {}
        for name in names[:_MOST_ITEMS]:
            key, member = self.text(text_of(name)), value[name]
            if _SECRET_NAME.search(key) and isinstance(member, str | bytes) and member:
                self._removed["named_value"] += 1
                members[key] = _PLACEHOLDER
            else:
                members[key] = self._value(member, above)
        if len(names) > _MOST_ITEMS:
            members["<left out>"] = len(names) - _MOST_ITEMS
        return members


def cleaned(text: str) -> str:
    """A text of a tool as people may see it: without what looks like a secret, and of bounded length."""
    return _remembered(text) if len(text) <= _SHORT else Cleaner().text(text)


@lru_cache(4096)
def _remembered(text: str) -> str:
    """The same tests have the same names in run after run."""
    return Cleaner().text(text)


def text_of(value: object) -> str:
    """The text of any value, as JSON can hold it; of one that cannot say itself, its type."""
    try:
        text = bytes(value).decode(errors="backslashreplace") if isinstance(value, bytes | bytearray) else str(value)
        return str.__str__(text).encode(errors="backslashreplace").decode()
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - whatever a foreign method does, an event is made
        return f"<{type(value).__name__} that cannot be shown>"


def _shortened(ends: list[str], between: int) -> str:
    """The two ends of a text as one that is not too long, with the number of characters that are not in it."""
    size, half = sum(map(len, ends)), LONGEST_TEXT // 2
    if not between and size <= LONGEST_TEXT:
        return "".join(ends)
    return f"{ends[0][:half]}\n<left out: {size + between - 2 * half} characters>\n{ends[-1][-half:]}"


def _without_secrets(text: str) -> tuple[str, dict[str, int]]:
    """A text without secrets that nobody registered, and how many there were, by kind in small letters and ``_``."""
    clean, counts = sanitize(text)
    return clean, {kind.replace("-", "_"): count for kind, count in counts.items()}
