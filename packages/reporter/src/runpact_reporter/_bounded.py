"""Text of others in bounded space: what is left out of the middle is counted where it was, and nothing else changes."""

from __future__ import annotations

__all__ = ["Gathered", "bounded", "sayable"]


def bounded(text: str, limit: int) -> str:
    """At most ``limit`` characters of a text, two thirds from its head, with a statement of how many are left out."""
    gathered = Gathered(limit)
    gathered.add(text)
    return gathered.value()


def sayable(text: str) -> str:
    r"""The text with lone surrogates, which JSON in UTF-8 cannot say, written as ``\udc80``."""
    return text.encode("utf-8", "backslashreplace").decode()


class Gathered:
    """A text that comes in pieces, kept in memory for at most three times its limit.

    Args:
        limit: The most characters that are kept.
    """

    __slots__ = ("_dropped", "_head", "_limit", "_parts", "_size")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._parts: list[str] = []
        self._size = 0
        self._head = ""
        self._dropped = 0

    def add(self, text: str) -> None:
        """Take the next piece."""
        self._parts.append(text)
        self._size += len(text)
        if self._size > 2 * self._limit:
            self._cut()

    def value(self) -> str:
        """What was taken, whole or with its middle left out and counted."""
        if self._size > self._limit:
            self._cut()
        tail = "".join(self._parts)
        if not self._dropped:
            return tail
        return f"{self._head}\n[… {self._dropped} characters left out …]\n{tail}"

    def _cut(self) -> None:
        """Keep the head once and for all, and of the rest the end."""
        text = "".join(self._parts)
        if not self._dropped:
            self._head = text[: self._limit * 2 // 3]
            text = text[len(self._head) :]
        tail = self._limit - len(self._head)
        self._dropped += max(len(text) - tail, 0)
        self._parts = [text[max(len(text) - tail, 0) :]]
        self._size = len(self._head) + len(self._parts[0])
