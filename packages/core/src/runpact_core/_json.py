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
from math import isfinite
from typing import NamedTuple, TypeAlias

from runpact_core._canonical import MAX_DEPTH, MAX_NUMBER_CHARS, dumps, dumps_line, has_surrogate
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
    "has_lone_escape",
    "has_surrogate",
    "max_values",
    "parse",
]

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

MAX_BYTES = 8 * 1024 * 1024
"""The largest text, in bytes, that `parse` reads unless told otherwise."""

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
# Compiled by `re` when first used: a wrapped command waits for this import.
_SURROGATE_PAIR = r"\\u[dD][89abAB]..\\u[dD][c-fC-F].."
_SURROGATE = r"\\u[dD][89a-fA-F]"


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
        if "\\" in text and has_lone_escape(text):
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


def has_lone_escape(text: str) -> bool:
    """Returns whether an escape stands for half a character; exact where the text is JSON."""
    text = text.replace("\\\\", "-")
    if re.search(_SURROGATE, text) is None:
        return False
    return re.search(_SURROGATE, re.sub(_SURROGATE_PAIR, "-", text)) is not None


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
