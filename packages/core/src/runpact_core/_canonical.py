r"""JSON written in the one form that this project writes: what `runpact_core._json` gives out as ``dumps``.

What is written here, `runpact_core._json.parse` reads back as the same value (limits of size apart). Apart from it,
since a wrapped command waits for the first document to be written, and reading needs what is slow to load.
"""

from __future__ import annotations

try:
    from _json import encode_basestring_ascii  # what `json.encoder` takes as well, without the rest of the package
except ImportError:  # an interpreter without it
    from json.encoder import encode_basestring_ascii

from runpact_core.errors import InvalidArtifact

__all__ = ["MAX_DEPTH", "MAX_NUMBER_CHARS", "dumps", "dumps_line", "has_surrogate"]

MAX_DEPTH = 100
"""The most arrays and objects inside each other; small enough for every stack, of ours and of the
validators."""

MAX_NUMBER_CHARS = 128
"""The longest number, in characters.

Room for each integer of 384 bits and for doubles that were printed without exponent; yet far below 309
digits, so every number that is read fits a double, and below the limit of Python on converting integers.
"""

_LONGEST_POSITIVE = 10**MAX_NUMBER_CHARS
_LONGEST_NEGATIVE = -(10 ** (MAX_NUMBER_CHARS - 1))
_INFINITY = float("inf")
_MOST_HEADS = 1000  # keys that are data have no bound


def dumps(value: object) -> bytes:
    r"""Writes the canonical form: two spaces of indent, sorted keys, ASCII, ``\n``, a final newline.

    Args:
        value: None, bool, int, float, str, or lists, tuples and dictionaries (with str keys) of them.

    Raises:
        InvalidArtifact: The value has something in it that `parse` would not read, or JSON does not have:
            NaN, an infinity, a lone surrogate, a key that is no string, another type, a too long number, too
            deep a nesting.
    """
    return _Writer("\n", ": ").write(value)


def dumps_line(value: object) -> bytes:
    r"""Writes the one-line form for JSONL: compact, sorted keys, ASCII, ending with ``\n``.

    Raises:
        InvalidArtifact: As for `dumps`.
    """
    return _Writer("", ":").write(value)


class _Writer:
    """Appends the parts of one text; ``trail`` names the place where it is, for the error."""

    def __init__(self, newline: str, colon: str) -> None:
        self._newline = newline
        self._step = "  " if newline else ""
        self._colon = colon
        self._trail: list[str | int] = [""] * (MAX_DEPTH + 1)
        self._parts: list[str] = []
        self._heads: dict[str, str] = {}

    def write(self, value: object) -> bytes:
        try:
            self._put(value, 0)
        except RecursionError:
            reason = "nesting is too deep for what is left of the call stack"
            raise InvalidArtifact(reason) from None
        self._parts.append("\n")
        return "".join(self._parts).encode("ascii")

    def _put(self, value: object, depth: int) -> None:
        if isinstance(value, dict):
            self._put_object(value, depth)
        elif isinstance(value, list | tuple):
            self._put_array(value, depth)
        else:
            self._parts.append(self._scalar(value, depth))

    def _put_object(self, members: dict[object, object], depth: int) -> None:
        gap, last = self._gaps(depth)
        put, heads, opener = self._parts.append, self._heads, "{" + gap
        for key in members:
            if not isinstance(key, str):
                raise self._refusal(f"a key of type {type(key).__name__}", depth)
        named: dict[str, object] = members  # type: ignore[assignment]  # as was just seen
        for key in sorted(named):
            self._trail[depth] = key
            item = named[key]
            head = opener + (heads.get(key) or self._head(key, depth))
            if type(item) is str and item.isascii():  # most of what is written, without two calls
                put(head + encode_basestring_ascii(item))
            else:
                put(head)
                self._put(item, depth + 1)
            opener = "," + gap
        put(last + "}" if members else "{}")

    def _head(self, key: str, depth: int) -> str:
        """A key with its colon; the same few keys come again and again."""
        head = self._scalar(key, depth) + self._colon
        if len(self._heads) < _MOST_HEADS:
            self._heads[key] = head
        return head

    def _put_array(self, items: list[object] | tuple[object, ...], depth: int) -> None:
        gap, last = self._gaps(depth)
        put, opener = self._parts.append, "[" + gap
        for index, item in enumerate(items):
            self._trail[depth] = index
            put(opener)
            self._put(item, depth + 1)
            opener = "," + gap
        put(last + "]" if items else "[]")

    def _gaps(self, depth: int) -> tuple[str, str]:
        if depth >= MAX_DEPTH:
            raise self._refusal(f"more than {MAX_DEPTH} arrays and objects inside each other", 0)
        last = self._newline + self._step * depth
        return last + self._step, last

    def _scalar(self, value: object, depth: int) -> str:
        if isinstance(value, str):
            if not value.isascii() and has_surrogate(value):
                raise self._refusal("a lone surrogate in a string", depth)
            return encode_basestring_ascii(value)
        if value is None:
            return "null"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            if not _LONGEST_NEGATIVE < value < _LONGEST_POSITIVE:
                raise self._refusal(f"a number of more than {MAX_NUMBER_CHARS} characters", depth)
            return int.__repr__(value)
        if isinstance(value, float):
            if not -_INFINITY < value < _INFINITY:
                raise self._refusal(f"{value!r} is no JSON number", depth)
            return float.__repr__(value)
        raise self._refusal(f"{type(value).__name__} is no type of JSON", depth)

    def _refusal(self, what: str, depth: int) -> InvalidArtifact:
        pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in self._trail[:depth])
        place = f" at {ascii(pointer)[1:-1]}" if depth else ""
        return InvalidArtifact(f"cannot be written as JSON: {what}{place}")


def has_surrogate(text: str) -> bool:
    """Whether a string holds half a character, which UTF-8 has no bytes for."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
