r"""The dictionary form of JSON Lines, written. `_dictionary` says what it is, and reads it.

Invariants: what is written depends on the bytes and the threshold alone. A line that is strict JSON, has an end and
is not too long is cut into its shape and the texts of its values; every other line is kept as text or as base64.
Dictionaries are those of a block of lines, so memory is bounded by a block, whatever the size of the file.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from functools import partial
from json import JSONDecoder
from json.encoder import encode_basestring as quoted
from os.path import commonprefix
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from runpact_core import _json
from runpact_core._dictionary import LONGEST, MARK, Header
from runpact_core.errors import InvalidArtifact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["encode"]

_BLOCK = 1 << 22  # bytes of lines that share a dictionary
_PIECE = 1 << 16
_TOKEN = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*"(?:[ \t\r]*:)?|-?[0-9][0-9.eE+-]*|true|false|null)')
_HOLE, _INSIDE = "\b", "\f"  # no JSON text holds them as they are
_SHORTEST_PREFIX = 4  # with the quote


def _refused(name: str) -> None:
    raise ValueError(name)


_judge = JSONDecoder(parse_constant=_refused).decode


class _Cut(NamedTuple):
    """A line that is JSON: its text, its shape with a hole for each value, and their texts."""

    text: str
    shape: str
    values: list[str]


def encode(source: BinaryIO, target: BinaryIO, *, threshold: int = 3) -> Header:
    """Write the dictionary form, as `runpact_core.jsonl.encode` has it."""
    header = _measured(source)
    said = f'"version":"1.0","bytes":{header.size_bytes},"sha256":"{header.sha256}"'
    target.write(MARK + said.encode() + b',"original":"runpact artifacts expand"}\n')
    digest, size, first = hashlib.sha256(), 0, True
    for block in _blocks(source):
        whole = b"".join(block)
        digest.update(whole)
        size += len(whole)
        target.write("".join(_written(block, max(threshold, 2), first=first)).encode())
        first = False
    if (size, digest.hexdigest()) != header:
        raise InvalidArtifact("the file changed while it was read", hint="try again")
    return header


def _measured(source: BinaryIO) -> Header:
    digest, size = hashlib.sha256(), 0
    source.seek(0)
    for piece in iter(partial(source.read, _PIECE), b""):
        digest.update(piece)
        size += len(piece)
    source.seek(0)
    return Header(size, digest.hexdigest())


def _blocks(source: BinaryIO) -> Iterator[list[bytes]]:
    lines: list[bytes] = []
    size = 0
    for line in iter(partial(source.readline, LONGEST), b""):
        lines.append(line)
        size += len(line)
        if size >= _BLOCK:
            yield lines
            lines, size = [], 0
    if lines:
        yield lines


def _written(lines: Sequence[bytes], threshold: int, *, first: bool) -> Iterator[str]:
    """What a block is written as."""
    out: list[str] = []
    alike: dict[str, list[tuple[int, _Cut]]] = {}
    begins = True  # whether a line begins here, and none goes on
    for number, line in enumerate(lines):
        cut = _cut(line) if begins else None
        begins = line.endswith(b"\n")
        if cut is None:
            out.append(_kept(line))
        else:
            out.append(f'{{"~1":{cut.text}}}\n')
            if not (first and number == 0):
                alike.setdefault(cut.shape, []).append((number, cut))
    shapes: list[str] = []
    filled: list[tuple[int, str, Sequence[str]]] = []
    for shape, group in sorted(alike.items(), key=_rank):
        if len(group) < threshold:
            filled.extend((number, quoted(cut.shape), cut.values) for number, cut in group)
        else:
            folded, rows = _folded(shape, [cut.values for _, cut in group])
            filled.extend((number, str(len(shapes)), row) for (number, _), row in zip(group, rows, strict=True))
            shapes.append(quoted(folded))
    values, said = _dictionary(Counter(value for _, _, row in filled for value in row), threshold)
    for number, shape, row in filled:
        text = ",".join([shape, *map(said.__getitem__, row)])
        if len(text) + 2 < len(out[number]) - 6:  # the two forms without what both have
            out[number] = f'{{"~":[{text}]}}\n'
    if first:
        yield out.pop(0)
    if shapes:
        yield f'{{"~shapes":[{",".join(shapes)}]}}\n'
    if values:
        yield f'{{"~values":[{",".join(values)}]}}\n'
    yield from out


def _rank(item: tuple[str, list[tuple[int, _Cut]]]) -> tuple[int, str]:
    return -len(item[1]), item[0]


def _cut(line: bytes) -> _Cut | None:
    """The parts of a line, or None where it is no JSON, has no end, or says half a character."""
    try:
        text = line.decode()
        if not text.endswith("\n"):
            return None
        text = text[:-1]
        _judge(text)
    except (ValueError, RecursionError):
        return None
    if "\\u" in text and _json.has_lone_escape(text):
        return None
    parts = _TOKEN.split(text)
    tokens = parts[1::2]
    parts[1::2] = [token if token[-1] == ":" else _HOLE for token in tokens]
    return _Cut(text, "".join(parts), [token for token in tokens if token[-1] != ":"])


def _kept(line: bytes) -> str:
    """A line, or a part of one, that has no shape."""
    text = line.removesuffix(b"\n")
    more = "" if len(text) < len(line) else "+"
    try:
        return f'{{"~text{more}":{quoted(text.decode())}}}\n'
    except UnicodeDecodeError:
        return f'{{"~base64{more}":"{base64.b64encode(text).decode()}"}}\n'


def _folded(shape: str, rows: list[list[str]]) -> tuple[str, Sequence[Sequence[str]]]:
    """A shape that says what all its lines share: whole values, and what strings begin with; and what is left."""
    texts, kept = shape.split(_HOLE), []
    folded = [texts[0]]
    for text, column in zip(texts[1:], zip(*rows, strict=True), strict=True):
        least, most = min(column), max(column)
        if least == most:
            folded.append(least)
        else:
            shared = commonprefix((least, most))  # noqa: RUF071 - of texts, character by character
            start = shared.split("\\")[0] if shared.startswith('"') else ""
            if len(start) >= _SHORTEST_PREFIX:
                folded.append(f'{start}{_INSIDE}"')
                kept.append(['"' + value[len(start) :] for value in column])
            else:
                folded.append(_HOLE)
                kept.append(list(column))
        folded.append(text)
    left: Sequence[Sequence[str]] = list(zip(*kept, strict=True)) if kept else [()] * len(rows)
    return "".join(folded), left


def _dictionary(counts: Counter[str], threshold: int) -> tuple[list[str], dict[str, str]]:
    """The values that pay to be said once, and how each value is said."""
    values: list[str] = []
    said = {text: f"[{text}]" if text.isdigit() else text for text in counts}
    often = [item for item in counts.items() if item[1] >= threshold]
    for text, count in sorted(often, key=lambda item: (-item[1], item[0])):
        name = str(len(values))
        if count * (len(said[text]) - len(name)) > len(text) + 1:
            said[text] = name
            values.append(text)
    return values, said
