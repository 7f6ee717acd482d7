"""The five kinds of cross-field rule, each a value that checks a document.

Contracts declare rules under ``x-rules``; the compiler turns each into one of these. A rule looks only at fields that
are there: where an optional one is absent it has nothing to say. Rules run behind the schema, so types are as declared.
"""

from __future__ import annotations

import re
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


class _Said:
    """What a rule is called and says; plain, since a wrapped command waits for what `dataclasses` loads."""

    __slots__ = ("id", "message")

    def __init__(self, id: str, message: str) -> None:  # noqa: A002 - as contracts call it
        self.id = id
        self.message = message


class Equal(_Said):
    """Two fields have the same value."""

    __slots__ = ("left", "right")

    def __init__(self, id: str, message: str, left: str, right: str) -> None:  # noqa: A002 - as contracts call it
        super().__init__(id, message)
        self.left = left
        self.right = right

    def broken_at(self, document: Mapping[str, Any]) -> str | None:
        """The right field, where it differs."""
        left, right = resolve(document, self.left), resolve(document, self.right)
        return self.right if MISSING not in (left, right) and left != right else None


class Sum(_Said):
    """A total is the sum of its parts; an absent part counts as nothing."""

    __slots__ = ("parts", "total")

    def __init__(self, id: str, message: str, total: str, parts: tuple[str, ...]) -> None:  # noqa: A002 - as contracts call it
        super().__init__(id, message)
        self.total = total
        self.parts = parts

    def broken_at(self, document: Mapping[str, Any]) -> str | None:
        """The total, where it is not the sum."""
        total = resolve(document, self.total)
        parts = [part for part in (resolve(document, pointer) for pointer in self.parts) if part is not MISSING]
        return self.total if total is not MISSING and total != sum(parts) else None


class Order(_Said):
    """One moment or number is not later or greater than another; times are compared across offsets."""

    __slots__ = ("after", "before")

    def __init__(self, id: str, message: str, before: str, after: str) -> None:  # noqa: A002 - as contracts call it
        super().__init__(id, message)
        self.before = before
        self.after = after

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


class Template(_Said):
    """A string is made of others; ``{/pointer}`` stands for a field, ``{*}`` for any text."""

    __slots__ = ("template", "value")

    def __init__(self, id: str, message: str, value: str, template: str) -> None:  # noqa: A002 - as contracts call it
        super().__init__(id, message)
        self.value = value
        self.template = template

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


class CountBy(_Said):
    """An object counts the items of a list by one of their fields: ``{"pass": 2}`` for two items that pass."""

    __slots__ = ("counts", "items", "key")

    def __init__(self, id: str, message: str, items: str, key: str, counts: str) -> None:  # noqa: A002 - as contracts call it
        super().__init__(id, message)
        self.items = items
        self.key = key
        self.counts = counts

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
