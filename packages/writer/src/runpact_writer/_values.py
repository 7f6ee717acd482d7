"""What a pipeline gives to be recorded, made into what the contracts admit. Pure.

Whatever goes in, what comes out is plain JSON of its own: a copy, so that later changes of the pipeline's objects do
not reach the record; text without lone surrogates; numbers that readers take. What has no such form raises `Unfit`.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["Unfit", "count", "number", "plain", "said", "shown", "text", "with_article"]

_DEEPEST = 50
_INFINITY = float("inf")
_LONGEST_INTEGER = 10**100
_MOST_ROWS = 2**53 - 1
_LARGEST_METRIC = 1e9
_SHOWN = 60


class Unfit(ValueError):
    """A value cannot be recorded; the message says what is wrong with it."""


def text(value: object, hide: Callable[[str], str] = str) -> str:
    r"""Text as it is recorded: lone surrogates as ``\\udcff``, paths and other objects as they name themselves.

    ``hide`` takes secrets out of it, before anything is escaped or cut.
    """
    shown = said(value, hide)
    return shown if shown.isascii() else shown.encode("utf-8", "backslashreplace").decode("utf-8")


def said(value: object, hide: Callable[[str], str] = str) -> str:
    r"""What an object says of itself: bytes as the text that they are, those that are none as ``\xff``; no secrets."""
    if isinstance(value, bytes | bytearray):
        return hide(value.decode("utf-8", "backslashreplace"))
    return hide(os.fsdecode(value) if isinstance(value, os.PathLike) else str(value))


def plain(value: object, hide: Callable[[str], str] = str, depth: int = 0) -> Any:
    """A copy of a value as plain JSON; ``hide`` takes secrets out of every text and key in it.

    Raises:
        Unfit: It is nothing that JSON can say, or too deep, or a number that readers do not take.
    """
    from collections.abc import Mapping, Sequence  # not at the top: `text` is needed before a wrapped command runs

    if depth > _DEEPEST:
        raise Unfit(f"it is nested more than {_DEEPEST} deep")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str | os.PathLike):
        return text(value, hide)
    if isinstance(value, Mapping):
        return {_key(key, hide): plain(each, hide, depth + 1) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [plain(each, hide, depth + 1) for each in value]
    return _plain_number(value)


def count(value: object) -> int:
    """A number of rows.

    Raises:
        Unfit: It is no whole number, or is negative, or too large for readers.
    """
    found = None if isinstance(value, bool) else _plain_number(value)
    if not isinstance(found, int) or not 0 <= found <= _MOST_ROWS:
        raise Unfit(f"{shown(value)} is no number of rows")
    return found


def number(value: object) -> int | float:
    """A number that was measured.

    Raises:
        Unfit: It is no number, or beyond a thousand million either way.
    """
    if isinstance(value, bool) or not (isinstance(value, float) or hasattr(value, "__index__")):
        raise Unfit(f"{shown(value)} is not a number")
    found = _plain_number(value)
    if abs(found) > _LARGEST_METRIC:
        raise Unfit(f"{shown(value)} is no number between -1e9 and 1e9")
    return found


def _plain_number(value: object) -> int | float:
    """An integer or a finite double; what other libraries count with is taken where it is exactly an integer."""
    import operator

    if isinstance(value, float):
        if not -_INFINITY < value < _INFINITY:
            raise Unfit(f"{value} is no number that JSON can say")
        return float(value)
    try:
        whole = operator.index(value)  # type: ignore[arg-type]  # what it refuses is the question
    except TypeError:
        raise Unfit(f"{shown(value)} is no JSON value") from None
    if abs(whole) >= _LONGEST_INTEGER:
        raise Unfit("it is an integer of more than 100 digits")
    return int(whole)


def _key(key: object, hide: Callable[[str], str]) -> str:
    if not isinstance(key, str):
        raise Unfit(f"a key is {shown(key)}, no text")
    return text(key, hide)


def with_article(noun: str) -> str:
    """A noun, or the name of a type, with ``a`` or ``an`` before it."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def shown(value: object) -> str:
    """A value in few words: itself where it is short and plain, else its kind."""
    if value is None:
        return "None"
    said = repr(value) if isinstance(value, str | int | float) else with_article(type(value).__name__)
    return said if len(said) <= _SHOWN else said[:_SHOWN] + "…"
