"""YAML of configuration and contracts, read as plain values, with the line of every node.

What this module guarantees:

* `parse_yaml` takes one document made of mappings with string keys, sequences and scalars. Anchors, aliases,
  merge keys, tags, directives, duplicate keys, tabs and control characters are refused, with line and column;
  nothing is ever expanded, so no input grows. `InvalidArtifact` is the one error, for any bytes.
* A plain scalar has one meaning for every reader, of YAML 1.1 or 1.2, or it is refused: only ``null``,
  ``true``, ``false`` (in these letters), decimal integers and decimal fractions as JSON writes them are
  values. What another reader may take for a boolean, a number, a time or nothing (``no``, ``012``, ``1:30``,
  ``1e3``, ``2026-01-01``, ``~``, an empty value) is refused with the advice to quote it. All other plain
  scalars are strings.
* The document is built from parser events, without recursion. Where libyaml is missing, the parser in Python
  takes its place; a test holds the two to the same documents, values and lines (they may name and place an
  error of syntax differently). What only one of them reads is refused.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple, NoReturn, TypeAlias

import yaml

from runpact_core._json import (
    BYTES_PER_VALUE,
    MAX_DEPTH,
    MAX_NUMBER_CHARS,
    JsonValue,
    has_surrogate,
)
from runpact_core._scan import decode_utf8, place
from runpact_core.errors import InvalidArtifact

__all__ = ["MAX_YAML_BYTES", "YamlDocument", "parse_yaml"]

MAX_YAML_BYTES = 1024 * 1024
"""The largest text, in bytes, that `parse_yaml` reads unless told otherwise."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # tests set it: only its parser is used, never its tags

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FRACTION = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
_AMBIGUOUS = re.compile(
    r"""
    ( [-+]? [0-9] [0-9_]*+ (?: \. [0-9_]*+ )? (?: e [-+]? [0-9_]++ )?   # 012  1_000  5.  1e3  +1
    | [-+]? \. [0-9] [0-9_]*+ (?: e [-+]? [0-9_]++ )?                   # .5
    | [-+]? 0 (?: b [01_]++ | o [0-7_]++ | x [0-9a-f_]++ )              # 0x1F  0o14
    | [-+]? [0-9] [0-9_]*+ (?: : [0-9_]++ )++ (?: \. [0-9_]*+ )?        # 1:30:00
    | [0-9]{4} - [0-9]{1,2} - [0-9]{1,2} (?: (?: t | \ ++ )             # 2026-01-01T12:00:00.5 +01:00
      [0-9]{1,2} : [0-9]{2} : [0-9]{2} (?: \. [0-9]*+ )?
      (?: \ *+ (?: z | [-+] [0-9]{1,2} (?: :? [0-9]{2} )? ) )? )?
    | [-+]? \. (?: inf | nan )
    | y | yes | n | no | on | off | true | false | null | ~ | = | <<
    )""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_FORBIDDEN = re.compile(
    "[^\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|\r(?!\n)|^%",
    re.MULTILINE,
)
_HEADER_COMMENT = re.compile(r"[|>][-+0-9]*+#")
_WORDS: dict[str, bool | None] = {"null": None, "true": True, "false": False}
_QUOTE = "quote it; only null, true, false and plain decimal numbers need no quotes"

_Scalar: TypeAlias = "bool | int | float | str | None"
_Event: TypeAlias = Any  # of PyYAML, whose stubs leave open whether an event has a mark; from a parser it has


class YamlDocument(NamedTuple):
    """A YAML document that was read.

    Attributes:
        value: The document as plain values.
        lines: Of every node, by its JSON pointer, the line (from 1): of the key for a member of a mapping, of
            the value itself for an item of a sequence and for the root (``""``).
        integral_floats: Whether a number was written with a fraction and yet has an integral value (``1.0``).
    """

    value: JsonValue
    lines: dict[str, int]
    integral_floats: bool


def parse_yaml(data: bytes, *, limit: int = MAX_YAML_BYTES) -> YamlDocument:
    """Reads one YAML document.

    Args:
        data: The bytes of the whole file.
        limit: The most bytes that are read; it also sets how many values are (one per 32 bytes of it).

    Raises:
        InvalidArtifact: The bytes are no such document; with the reason, line and column (in characters, from
            1), and the byte offset where they are not UTF-8.
    """
    if len(data) > limit:
        reason = f"the text has {len(data)} bytes, and at most {limit} are read"
        raise InvalidArtifact(reason, hint="is this the right file?")
    text = decode_utf8(data)
    _refuse_characters(text)
    builder = _Builder(text, max(limit, MAX_YAML_BYTES) // BYTES_PER_VALUE)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        _refuse(f"not YAML: {error.problem or error.context}", error.problem_mark or error.context_mark)
    except yaml.YAMLError as error:
        _refuse(f"not YAML: {error}", None)
    except (ValueError, OverflowError):  # the parser in Python hands any code to chr()
        _refuse("not YAML: an escape names a character beyond Unicode", None)
    if builder.documents == 0:
        raise InvalidArtifact("the document is empty", line=1, column=1)
    return YamlDocument(builder.value, builder.lines, builder.integral_floats)


def _refuse(reason: str, mark: Any, hint: str | None = None) -> NoReturn:
    if mark is None:
        raise InvalidArtifact(reason, hint=hint) from None
    raise InvalidArtifact(reason, line=mark.line + 1, column=mark.column + 1, hint=hint) from None


def _refuse_characters(text: str) -> None:
    """Refuses what parsers disagree on, or what an eye cannot see, wherever it stands."""
    found = _FORBIDDEN.search(text)
    if found is None:
        return
    line, column = place(text, found.start())
    if found[0] == "\t":
        reason, hint = "a tab", r"use spaces, or \t inside double quotes"
    elif found[0] == "%":
        reason, hint = "a line that begins with '%' is a directive, which is refused", None
    elif found[0] == "\r":
        reason, hint = "a carriage return that ends no line", None
    else:
        reason, hint = f"character U+{ord(found[0]):04X}", "write it as an escape inside double quotes"
    raise InvalidArtifact(reason, line=line, column=column, hint=hint)


class _Frame:
    """An open mapping or sequence, its pointer, whether it has brackets, and the key that waits."""

    __slots__ = ("container", "flow", "key", "pointer")

    def __init__(self, container: Any, pointer: str, *, flow: bool) -> None:
        self.container = container
        self.pointer = pointer
        self.flow = flow
        self.key: str | None = None


class _Builder:
    """Turns events into the document."""

    def __init__(self, text: str, values: int) -> None:
        self._text = text
        self.value: JsonValue = None
        self.lines: dict[str, int] = {}
        self.integral_floats = False
        self.documents = 0
        self._open: list[_Frame] = []
        self._values_left = values

    def take(self, event: _Event) -> None:
        """Takes one event.

        Raises:
            InvalidArtifact: The event is one that is refused.
        """
        if isinstance(event, yaml.NodeEvent):
            _refuse_decoration(event)
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            else:
                self._collection(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                _refuse("a second document", event.start_mark, "one file holds one document")

    def _scalar(self, event: _Event) -> None:
        frame = self._open[-1] if self._open else None
        if frame is not None and isinstance(frame.container, dict) and frame.key is None:
            self._key(frame, event)
            return
        value = self._resolve(event)
        if isinstance(value, float) and value.is_integer():
            self.integral_floats = True
        self._add(value, event)

    def _resolve(self, event: _Event) -> _Scalar:
        """Returns the value of a scalar; refuses the two forms that only libyaml reads."""
        if not event.style:
            if "?" in event.value and self._open and self._open[-1].flow:
                _refuse("'?' in a plain scalar inside brackets", event.start_mark, "quote it")
            return _plain(event)
        if event.style in "|>" and _HEADER_COMMENT.match(self._text, event.start_mark.index):
            _refuse(f"'#' directly after {event.style!r}", event.start_mark, "put a space before the comment")
        return _string(event)

    def _collection(self, event: _Event) -> None:
        if len(self._open) == MAX_DEPTH:
            _refuse(f"more than {MAX_DEPTH} mappings and sequences inside each other", event.start_mark)
        container: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        pointer = self._add(container, event)
        self._open.append(_Frame(container, pointer, flow=bool(event.flow_style)))

    def _key(self, frame: _Frame, event: _Event) -> None:
        if event.value == "<<" and not event.style:
            _refuse("a merge key", event.start_mark, "write the members out")
        key = self._resolve(event)
        if not isinstance(key, str):
            _refuse(f"key {event.value} is no string", event.start_mark, "quote it")
        if key in frame.container:
            _refuse(f"duplicate key {key!a}", event.start_mark)
        frame.key = key
        frame.container[key] = None  # holds the place, so that the next one of this name is seen at once
        pointer = f"{frame.pointer}/{key.replace('~', '~0').replace('/', '~1')}"
        self.lines[pointer] = event.start_mark.line + 1

    def _add(self, value: Any, event: _Event) -> str:
        """Puts a value in its place and returns the pointer to it."""
        self._values_left -= 1
        if self._values_left < 0:
            _refuse("too many values: more than are read from a text of this size", event.start_mark)
        if not self._open:
            self.value = value
            self.lines[""] = event.start_mark.line + 1
            return ""
        frame = self._open[-1]
        if isinstance(frame.container, list):
            pointer = f"{frame.pointer}/{len(frame.container)}"
            frame.container.append(value)
            self.lines[pointer] = event.start_mark.line + 1
            return pointer
        if frame.key is None:
            _refuse("a mapping or sequence as key", event.start_mark, "keys are strings")
        pointer = f"{frame.pointer}/{frame.key.replace('~', '~0').replace('/', '~1')}"
        frame.container[frame.key] = value
        frame.key = None
        return pointer


def _refuse_decoration(event: _Event) -> None:
    if isinstance(event, yaml.AliasEvent):
        _refuse("an alias", event.start_mark, "write the value out")
    if event.anchor is not None:
        _refuse("an anchor", event.start_mark, "write the value out where it is used")
    if event.tag is not None:
        _refuse(f"the tag {event.tag!a}", event.start_mark, "leave it out")


def _string(event: _Event) -> str:
    text: str = event.value
    if not text.isascii() and has_surrogate(text):
        _refuse("a lone surrogate in a string", event.start_mark)
    return text


def _plain(event: _Event) -> _Scalar:
    """Returns the value of a scalar without quotes.

    Raises:
        InvalidArtifact: Readers of YAML differ on it.
    """
    text: str = event.value
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) or _FRACTION.fullmatch(text):
        if len(text) > MAX_NUMBER_CHARS:
            reason = f"a number of {len(text)} characters, and at most {MAX_NUMBER_CHARS} are read"
            _refuse(reason, event.start_mark)
        return float(text) if "." in text else int(text)
    if not text:
        _refuse("no value", event.start_mark, 'write null, "", [] or {}')
    if _AMBIGUOUS.fullmatch(text):
        _refuse(f"readers of YAML differ on what {text[:40]!a} is", event.start_mark, _QUOTE)
    return text
