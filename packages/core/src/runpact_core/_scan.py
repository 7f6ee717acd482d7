r"""Says what is wrong with a JSON text, and where: slow, exact, iterative, in time linear in the text.

The language is that of `runpact_core._json.parse`: a text in which `find_fault` finds nothing is one that the
fast reader accepts, and the other way round. The fault that is reported is the first one in the order of the
text; faults of the encoding come before all others. Lines are those that ``\n`` ends, columns count
characters, both from 1.
"""

from __future__ import annotations

import re
from json import loads
from math import isfinite

from runpact_core._json import MAX_DEPTH, MAX_NUMBER_CHARS
from runpact_core.errors import InvalidArtifact

__all__ = ["decode_utf8", "find_fault", "place"]

# No group is possessive: Python 3.11.2, which systems still ship, takes "1e" for a number that way. So a group that
# repeats is bounded instead, since each round of it costs memory, and asked again for what follows.
_STRING_PART = re.compile(r'[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+){0,500}')
_TOKEN = re.compile(
    r"[ \t\n\r]*+(?:"
    r"(?P<mark>[{}\[\],:])"
    r'|(?P<string>")'
    r"|(?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)"
    r"|(?P<word>true|false|null)"
    r")"
)
# What most texts are made of, read at one go: a sound scalar before a comma, and a member of an object with one. What
# they do not take is looked at token by token.
_SPACE = r"[ \t\n\r]*+"
_BODY = r'[^"\\\x00-\x1f]*+'
_SCALAR = rf'(?:-?(?:0|[1-9][0-9]{{0,17}})|true|false|null|"{_BODY}"){_SPACE},'
_PLAIN_ITEM = re.compile(rf"{_SPACE}(?P<value>{_SCALAR})")
_PLAIN_MEMBER = re.compile(rf'{_SPACE}"(?P<key>{_BODY})"{_SPACE}:{_SPACE}(?P<value>{_SCALAR})')
_CONSTANT = re.compile(r"-?Infinity|NaN")
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    r"|\\."
)
_MARKS = (
    (b"\xef\xbb\xbf", "the text starts with a byte order mark"),
    (b"\xff\xfe\x00\x00", "the text is UTF-32, not UTF-8"),
    (b"\xff\xfe", "the text is UTF-16, not UTF-8"),
    (b"\xfe\xff", "the text is UTF-16, not UTF-8"),
)

_SAVE_AS = "save it as UTF-8 without a byte order mark"

_TOO_MANY = "too many values: more than are read from a text of this size"
_VALUE = "a value"
_FIRST_ITEM = "a value or ']'"
_KEY = "a key in double quotes"
_FIRST_KEY = "a key in double quotes or '}'"
_COLON = "':'"
_AFTER = "',' or the end of the array or object"


def find_fault(data: bytes, *, values: int) -> InvalidArtifact | None:
    """Returns the first fault of a JSON text as the error to raise, or None where there is none.

    Args:
        data: The bytes of the whole text.
        values: How many values (scalars, arrays, objects) are read.
    """
    try:
        text = decode_utf8(data)
    except InvalidArtifact as fault:
        return fault
    try:
        _Scan(text, values).run()
    except _FaultError as fault:
        line, column = place(text, fault.position)
        return InvalidArtifact(fault.reason, line=line, column=column)
    return None


def place(text: str, position: int) -> tuple[int, int]:
    """Returns line and column, from 1, of the character at ``position``."""
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def decode_utf8(data: bytes) -> str:
    """Decodes a text.

    Raises:
        InvalidArtifact: It is not UTF-8, or starts with a byte order mark; with the byte offset.
    """
    for mark, reason in _MARKS:
        if data.startswith(mark):
            raise InvalidArtifact(reason, line=1, column=1, offset=0, hint=_SAVE_AS)
    nul = data.find(b"\x00", 0, 4)
    if nul >= 0:
        reason = f"NUL at byte {nul}: the text is binary, UTF-16 or UTF-32, not UTF-8"
        raise InvalidArtifact(reason, line=1, column=nul + 1, offset=nul, hint=_SAVE_AS)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        offset = error.start
    good = data[:offset].decode()
    line, column = place(good, len(good))
    reason = f"not UTF-8: {_why_not_utf8(data[offset : offset + 2])} at byte {offset}"
    raise InvalidArtifact(reason, line=line, column=column, offset=offset, hint=_SAVE_AS)


def _why_not_utf8(pair: bytes) -> str:
    lead, second = pair[0], pair[1] if len(pair) > 1 else 0x100
    if lead in {0xC0, 0xC1} or (lead == 0xE0 and 0x80 <= second < 0xA0) or (lead == 0xF0 and 0x80 <= second < 0x90):
        return f"overlong form 0x{lead:02x}"
    if lead == 0xED and 0xA0 <= second <= 0xBF:
        return "encoded surrogate"
    return f"invalid byte 0x{lead:02x}"


class _FaultError(Exception):
    """What is wrong, and the index of the character."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position


class _Scan:
    """One pass over one text; ``_open`` holds, per open array or object, its closer and its keys so far."""

    def __init__(self, text: str, values: int) -> None:
        self._text = text
        self._values_left = values
        self._open: list[tuple[str, set[str]]] = []

    def run(self) -> None:
        state = _VALUE
        position = 0
        while True:
            state, position = self._plain(state, position)
            token = _TOKEN.match(self._text, position)
            if token is None:
                self._stop(state, position)
                return
            kind = token.lastgroup or ""  # a match always ends in one of the groups
            start = token.start(kind)
            position = token.end()
            if kind == "string":
                position = _end_of_body(self._text, start) + 1
                if self._text[position - 1 : position] != '"':
                    raise self._unexpected(state, start)
            word = self._text[start:position]
            if state in {_VALUE, _FIRST_ITEM}:
                state = self._value(state, kind, word, start)
            elif state in {_KEY, _FIRST_KEY}:
                state = self._key(state, kind, word, start)
            elif state == _COLON:
                if word != ":":
                    raise self._unexpected(state, start)
                state = _VALUE
            else:
                state = self._after(word, start)

    def _plain(self, state: str, position: int) -> tuple[str, int]:
        """Passes over the plain items or members that stand here; returns what is expected then, and where."""
        if state in {_KEY, _FIRST_KEY}:
            pattern, after, keys = _PLAIN_MEMBER, _KEY, self._open[-1][1]
        elif state in {_VALUE, _FIRST_ITEM} and self._open and self._open[-1][0] == "]":
            pattern, after, keys = _PLAIN_ITEM, _VALUE, None
        else:
            return state, position
        while part := pattern.match(self._text, position):
            state, position = after, part.end()
            if keys is not None:
                key = part["key"]
                if key in keys:
                    raise _FaultError(f"duplicate key {key!a}", part.start("key") - 1)
                keys.add(key)
            self._values_left -= 1
            if self._values_left < 0:
                raise _FaultError(_TOO_MANY, part.start("value"))
        return state, position

    def _stop(self, state: str, position: int) -> None:
        """Ends the pass where no token starts: at the end of a whole text, or with the fault."""
        start = len(self._text) - len(self._text[position:].lstrip(" \t\n\r"))
        if start < len(self._text) or self._open or state != _AFTER:
            raise self._unexpected(state, start)

    def _value(self, state: str, kind: str, word: str, start: int) -> str:
        if word == "]" and state == _FIRST_ITEM:
            self._open.pop()
            return _AFTER
        if kind == "mark" and word not in "[{":
            raise self._unexpected(state, start)
        self._values_left -= 1
        if self._values_left < 0:
            raise _FaultError(_TOO_MANY, start)
        if kind == "mark":
            if len(self._open) == MAX_DEPTH:
                raise _FaultError(f"more than {MAX_DEPTH} arrays and objects inside each other", start)
            self._open.append(("}" if word == "{" else "]", set()))
            return _FIRST_KEY if word == "{" else _FIRST_ITEM
        if kind == "number":
            _check_number(word, start)
        elif kind == "string":
            _check_surrogates(word, start)
        return _AFTER

    def _key(self, state: str, kind: str, word: str, start: int) -> str:
        if word == "}" and state == _FIRST_KEY:
            self._open.pop()
            return _AFTER
        if kind != "string":
            raise self._unexpected(state, start)
        _check_surrogates(word, start)
        key = loads(word) if "\\" in word else word[1:-1]
        keys = self._open[-1][1]
        if key in keys:
            raise _FaultError(f"duplicate key {key!a}", start)
        keys.add(key)
        return _COLON

    def _after(self, word: str, start: int) -> str:
        if not self._open:
            raise _FaultError("text after the end of the document", start)
        closer = self._open[-1][0]
        if word == ",":
            return _VALUE if closer == "]" else _KEY
        if word != closer:
            raise self._unexpected(_AFTER, start)
        self._open.pop()
        return _AFTER

    def _unexpected(self, state: str, start: int) -> _FaultError:
        """Returns the fault for a character, or the end, that cannot stand at ``start``."""
        text = self._text
        if not text.strip(" \t\n\r"):
            return _FaultError("the text is empty", start)
        if start == len(text):
            return _FaultError(f"the text ends where {state} is expected", start)
        if not self._open and state == _AFTER:
            return _FaultError("text after the end of the document", start)
        constant = _CONSTANT.match(text, start)
        if constant:
            return _FaultError(f"{constant[0]} is no JSON number", start)
        if text[start] == '"':
            return _broken_string(text, start) or _FaultError(f"expected {state}, found a string", start)
        return _FaultError(f"expected {state}, found {text[start]!a}", start)


def _end_of_body(text: str, start: int) -> int:
    """Returns where what may stand in the string that starts here ends: at its closing quote, in a sound string."""
    position = start + 1
    while (part := _STRING_PART.match(text, position)) and part.end() > position:
        position = part.end()
    return position


def _broken_string(text: str, start: int) -> _FaultError | None:
    """Returns what is wrong inside the string that starts here, None for a sound string in a wrong place."""
    end = _end_of_body(text, start)
    if end == len(text):
        return _FaultError("a string without its closing quote", start)
    if text[end] == '"':
        return None
    if text[end] == "\\":
        return _FaultError(f"unknown escape {ascii(text[end : end + 2])[1:-1]} in a string", end)
    return _FaultError(f"control character U+{ord(text[end]):04X} in a string", end)


def _check_number(word: str, start: int) -> None:
    if len(word) > MAX_NUMBER_CHARS:
        raise _FaultError(f"a number of {len(word)} characters, and at most {MAX_NUMBER_CHARS} are read", start)
    if not isfinite(float(word)):
        raise _FaultError(f"the number {word} is too large for a double", start)


def _check_surrogates(word: str, start: int) -> None:
    if "\\u" in word:
        for escape in _ESCAPE.finditer(word):
            if escape["lone"]:
                raise _FaultError(f"lone surrogate {escape['lone']} in a string", start + escape.start())
