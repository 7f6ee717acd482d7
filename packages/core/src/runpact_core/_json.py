"""Strict JSON, read and written fast.

What this module guarantees:

* `parse` accepts exactly the texts of RFC 8259 that are UTF-8 without a byte order mark, name no key of an
  object twice, hold no lone surrogate, and stay inside the limits below. It raises `InvalidArtifact` for
  everything else, and nothing but that: no `RecursionError`, no `ValueError`, for any bytes.
* `parse` is the C scanner of the standard library behind a few checks that run over the whole buffer at C
  speed. It only knows *that* something is wrong; the slow, exact scanner in `_scan` says what and where, and
  is imported only then. A property test holds the two to the same language.
* What `dumps` and `dumps_line` write, `parse` reads back as the same value (limits of size apart).

Choices: the integer ``-0`` is read as 0 and so written as ``0``, ``-0.0`` stays ``-0.0``; a fraction is read
as the nearest double, so a tiny one (``1e-400``) is read as 0.0, but one that overflows (``1e999``) is
refused.
"""

from __future__ import annotations

import re
from itertools import count
from json import JSONDecoder
from json.encoder import encode_basestring_ascii
from math import isfinite
from typing import NamedTuple, TypeAlias, cast

from runpact_core.errors import InvalidArtifact

__all__ = [
    "BYTES_PER_VALUE",
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_NUMBER_CHARS",
    "JsonValue",
    "Parsed",
    "dumps",
    "dumps_line",
    "has_surrogate",
    "max_values",
    "parse",
]

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

MAX_BYTES = 8 * 1024 * 1024
"""The largest text, in bytes, that `parse` reads unless told otherwise."""

MAX_DEPTH = 100
"""The most arrays and objects inside each other; small enough for every stack, of ours and of the
validators."""

MAX_NUMBER_CHARS = 128
"""The longest number, in characters.

Room for each integer of 384 bits and for doubles that were printed without exponent; yet far below 309
digits, so every number that is read fits a double, and below the limit of Python on converting integers.
"""

BYTES_PER_VALUE = 32
"""One value (scalar, array or object) is read per so many bytes of the limit.

Python needs some 200 bytes for a value and its key, so that bounds memory, where size alone would not;
documents of real life spend about 27 bytes per value, indentation included.
"""

_FEW_BYTES = 2 * MAX_BYTES // BYTES_PER_VALUE  # no text this short has too many values: each takes two bytes
_WHITESPACE = " \t\n\r"
_NOT_STRUCTURE = bytes(set(range(256)) - set(b'[]{}"'))
# A run of as many digits as make an integer too long has eight of every sixteenth byte; few other texts have.
_STRIDE = MAX_NUMBER_CHARS // 8
_EIGHT_DIGITS = b"0" * 8
_DIGITS_AS_0 = bytes(ord("0") if byte in b"0123456789" else byte for byte in range(256))
# Moved on by every integral float. All threads share the decoders, so a flag would be anybody's; a tally that moved in
# between says "perhaps mine", and one that did not says "none".
_integral_floats = count()
_SURROGATE_PAIR = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_LONGEST_POSITIVE = 10**MAX_NUMBER_CHARS
_LONGEST_NEGATIVE = -(10 ** (MAX_NUMBER_CHARS - 1))


class Parsed(NamedTuple):
    """A JSON text that was read.

    Attributes:
        value: The value of the text.
        integral_floats: Whether a number was written with a fraction or an exponent and yet has an integral
            value (``1.0``, ``1e2``). JSON Schema takes such a number for an integer, and a contract does not.
            True now and then without one, where other threads parse at the same time; never False with one.
    """

    value: JsonValue
    integral_floats: bool


def max_values(limit: int) -> int:
    """Returns how many values are read from a text of which at most ``limit`` bytes are read."""
    return max(limit, MAX_BYTES) // BYTES_PER_VALUE


def parse(data: bytes, *, limit: int = MAX_BYTES) -> Parsed:
    """Reads one JSON text.

    Args:
        data: The bytes of the whole file.
        limit: The most bytes that are read; it also sets how many values are (see `BYTES_PER_VALUE`).

    Returns:
        The value, and whether some float in it is integral.

    Raises:
        InvalidArtifact: The bytes are no such text; with the reason, line and column (in characters, from 1),
            and the byte offset (from 0) where the fault lies below the level of characters.
    """
    if len(data) > limit:
        reason = f"the text has {len(data)} bytes, and at most {limit} are read"
        raise InvalidArtifact(reason, hint="is this the right file?")
    if len(data) > _FEW_BYTES or len(data) - len(data.translate(None, b"[{")) > MAX_DEPTH:
        _refuse_unbounded(data, limit)
    try:
        text = data.decode().strip(_WHITESPACE)
        if "\\" in text and _has_lone_escape(text):
            raise _diagnosis(data, limit)
        scan = _scan_long if _EIGHT_DIGITS in data[::_STRIDE].translate(_DIGITS_AS_0) else _scan_plain
        before = next(_integral_floats)
        value, end = scan(text)
        integral = next(_integral_floats) != before + 1
    except (ValueError, RecursionError):
        raise _diagnosis(data, limit) from None
    if end != len(text):
        raise _diagnosis(data, limit)
    return Parsed(value, integral)


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def _integer(text: str) -> int:
    if len(text) > MAX_NUMBER_CHARS:
        raise ValueError
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if len(text) > MAX_NUMBER_CHARS or not isfinite(number):
        raise ValueError
    if number.is_integer():
        next(_integral_floats)
    return number


def _constant(name: str) -> None:
    raise ValueError(name)


_scan_plain = JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_constant=_constant).raw_decode
_scan_long = JSONDecoder(  # also judges the length of integers, which costs a call for each
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
).raw_decode


def _has_lone_escape(text: str) -> bool:
    """Whether an escape stands for half a character; exact where the text is JSON."""
    text = text.replace("\\\\", "-")
    return _SURROGATE.search(text) is not None and _SURROGATE.search(_SURROGATE_PAIR.sub("-", text)) is not None


def _refuse_unbounded(data: bytes, limit: int) -> None:
    """Raises for a text that is too deep or too rich, before the C scanner spends stack or memory on it."""
    most = max_values(limit)
    if (len(data) > 2 * most and _perhaps_too_many(data, most)) or _perhaps_too_deep(data, most):
        fault = _fault(data, limit)
        if fault is not None:
            raise fault


def _perhaps_too_many(data: bytes, most: int) -> bool:
    """Whether the text may hold more than ``most`` values; strings full of commas make that a false alarm."""
    return len(data) - len(data.translate(None, b"[{,")) >= most


def _perhaps_too_deep(data: bytes, most: int) -> bool:
    """Whether nesting may exceed `MAX_DEPTH`; False is certain for every prefix of it.

    Strings are taken out first (pairs of adjacent quotes can be dropped, since only their parity matters);
    then each round removes the innermost one or two layers of what is left.
    """
    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    layers = data.translate(None, _NOT_STRUCTURE).replace(b'""', b"")
    if b'"' in layers:
        layers = b"".join(layers.split(b'"')[::2])
    if len(layers) > 2 * most:
        return True
    for _ in range(MAX_DEPTH // 2):
        if not layers:
            break
        layers = layers.replace(b"[]", b"").replace(b"{}", b"")
    return bool(layers)


def _fault(data: bytes, limit: int) -> InvalidArtifact | None:
    from runpact_core._scan import find_fault  # only broken texts need it

    return find_fault(data, values=max_values(limit))


def _diagnosis(data: bytes, limit: int) -> InvalidArtifact:
    """Returns the error for a text that the fast path did not read."""
    # Without a fault in the text, the caller's own stack was nearly full.
    return _fault(data, limit) or InvalidArtifact("nesting is too deep for what is left of the call stack")


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
        put, opener = self._parts.append, "{" + gap
        for key in members:
            if not isinstance(key, str):
                raise self._refusal(f"a key of type {type(key).__name__}", depth)
        named = cast(dict[str, object], members)
        for key in sorted(named):
            self._trail[depth] = key
            put(opener + self._scalar(key, depth) + self._colon)
            self._put(named[key], depth + 1)
            opener = "," + gap
        put(last + "}" if members else "{}")

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
            if not isfinite(value):
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
