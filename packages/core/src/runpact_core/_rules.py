"""The five kinds of cross-field rule, each a value that checks a document.

Contracts declare rules under ``x-rules``; the compiler turns each into one of these. A rule looks only at fields that
are there: where an optional one is absent it has nothing to say. Rules run behind the schema, so types are as declared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from runpact_core import _pointer, _times
from runpact_core._pointer import MISSING, resolve
from runpact_core.errors import InvalidArtifact

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Rule(Protocol):
    """What all rules share."""

    @property
    def id(self) -> str:
        """Identifier of the rule, in kebab-case."""

    @property
    def message(self) -> str:
        """What is wrong where it does not hold."""

    def broken_at(self, document: Mapping[str, Any]) -> str | None:
        """The pointer to what does not hold, or None."""


@dataclass(frozen=True)
class Equal:
    """Two fields have the same value."""

    id: str
    message: str
    left: str
    right: str

    def broken_at(self, document: Mapping[str, Any]) -> str | None:
        """The right field, where it differs."""
        left, right = resolve(document, self.left), resolve(document, self.right)
        return self.right if MISSING not in (left, right) and left != right else None


@dataclass(frozen=True)
class Sum:
    """A total is the sum of its parts; an absent part counts as nothing."""

    id: str
    message: str
    total: str
    parts: tuple[str, ...]

    def broken_at(self, document: Mapping[str, Any]) -> str | None:
        """The total, where it is not the sum."""
        total = resolve(document, self.total)
        parts = [part for part in (resolve(document, pointer) for pointer in self.parts) if part is not MISSING]
        return self.total if total is not MISSING and total != sum(parts) else None


@dataclass(frozen=True)
class Order:
    """One moment or number is not later or greater than another; times are compared across offsets."""

    id: str
    message: str
    before: str
    after: str

    def broken_at(self, document: Mapping[str, Any]) -> str | None:
        """The later field, where it comes first, or whichever names a moment that does not exist."""
        keys = []
        for pointer in (self.before, self.after):
            value = resolve(document, pointer)
            if value is MISSING or value is None:
                return None
            try:
                keys.append(_times.instant(value) if isinstance(value, str) else (value, 0))
            except InvalidArtifact:
                return pointer
        return self.after if keys[0] > keys[1] else None


@dataclass(frozen=True)
class Template:
    """A string is made of others; ``{/pointer}`` stands for a field, ``{*}`` for any text."""

    id: str
    message: str
    value: str
    template: str

    def broken_at(self, document: Mapping[str, Any]) -> str | None:
        """The string, where it is not so made."""
        value = resolve(document, self.value)
        pattern, last = [], 0
        for match in _PLACEHOLDER.finditer(self.template):
            pattern.append(re.escape(self.template[last : match.start()]))
            part = ".*" if match[1] == "*" else resolve(document, match[1])
            if part is MISSING:
                return None
            pattern.append(part if match[1] == "*" else re.escape(str(part)))
            last = match.end()
        pattern.append(re.escape(self.template[last:]))
        if value is MISSING:
            return None
        return None if re.fullmatch("".join(pattern), value, re.DOTALL) else self.value


@dataclass(frozen=True)
class CountBy:
    """An object counts the items of a list by one of their fields: ``{"pass": 2}`` for two items that pass."""

    id: str
    message: str
    items: str
    key: str
    counts: str

    def broken_at(self, document: Mapping[str, Any]) -> str | None:
        """The first count that is wrong, or the counts where an item's value has none."""
        items, counts = resolve(document, self.items), resolve(document, self.counts)
        if MISSING in (items, counts):
            return None
        found = dict.fromkeys(counts, 0)
        for item in items:
            value = item.get(self.key)
            if value in counts:
                found[value] += 1
            elif value is not None:
                return self.counts
        wrong = [name for name, number in found.items() if isinstance(counts[name], int) and counts[name] != number]
        return self.counts + _pointer.pointer([wrong[0]]) if wrong else None
