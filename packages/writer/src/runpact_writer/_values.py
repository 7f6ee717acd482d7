"""What a pipeline gives to be recorded, made into what the contracts admit. Pure.

Whatever goes in, what comes out is plain JSON of its own: a copy, so that later changes of the pipeline's objects do
not reach the record; text without lone surrogates; numbers that readers take. What has no such form raises `Unfit`.
"""

from __future__ import annotations

import math
import operator
import os
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["Unfit", "count", "number", "plain", "text"]

_DEEPEST = 50
_LONGEST_INTEGER = 10**100
_MOST_ROWS = 2**53 - 1
_LARGEST_METRIC = 1e9
_SHOWN = 60


class Unfit(ValueError):
    """A value cannot be recorded; the message says what is wrong with it."""


def text(value: object) -> str:
    r"""Text as it is recorded: lone surrogates as ``\\udcff``, paths and other objects as they name themselves."""
    said = os.fsdecode(value) if isinstance(value, os.PathLike) else str(value)
    return said if said.isascii() else said.encode("utf-8", "backslashreplace").decode("utf-8")


def plain(value: object, depth: int = 0) -> Any:
    """A copy of a value as plain JSON.

    Raises:
        Unfit: It is nothing that JSON can say, or too deep, or a number that readers do not take.
    """
    if depth > _DEEPEST:
        raise Unfit(f"it is nested more than {_DEEPEST} deep")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str | os.PathLike):
        return text(value)
    if isinstance(value, Mapping):
        return {_key(key): plain(each, depth + 1) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [plain(each, depth + 1) for each in value]
    return _plain_number(value)


def count(value: object) -> int:
    """A number of rows.

    Raises:
        Unfit: It is no whole number, or is negative, or too large for readers.
    """
    found = None if isinstance(value, bool) else _plain_number(value)
    if not isinstance(found, int) or not 0 <= found <= _MOST_ROWS:
        raise Unfit(f"{_shown(value)} is no number of rows")
    return found


def number(value: object) -> int | float:
    """A number that was measured.

    Raises:
        Unfit: It is no number, or beyond a thousand million either way.
    """
    found = None if isinstance(value, bool) else _plain_number(value)
    if found is None or abs(found) > _LARGEST_METRIC:
        raise Unfit(f"{_shown(value)} is no number between -1e9 and 1e9")
    return found


def _plain_number(value: object) -> int | float:
    """An integer or a finite double; what other libraries count with is taken where it is exactly an integer."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Unfit(f"{value} is no number that JSON can say")
        return float(value)
    try:
        whole = operator.index(value)  # type: ignore[arg-type]  # what it refuses is the question
    except TypeError:
        raise Unfit(f"{_shown(value)} is no JSON value") from None
    if abs(whole) >= _LONGEST_INTEGER:
        raise Unfit("it is an integer of more than 100 digits")
    return int(whole)


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise Unfit(f"a key is {_shown(key)}, no text")
    return text(key)


def _shown(value: object) -> str:
    said = repr(value) if isinstance(value, str | int | float) else f"a {type(value).__name__}"
    return said if len(said) <= _SHOWN else said[:_SHOWN] + "…"
