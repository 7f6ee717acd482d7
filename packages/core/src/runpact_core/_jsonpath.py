"""Singular queries of JSONPath (RFC 9535): ``$.outputs[0]['rows written']`` points to one value or to none.

Evidence uses nothing more, so this reads the one form that cannot select several values, and refuses the rest.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from runpact_core._json import parse
from runpact_core._pointer import MISSING
from runpact_core.errors import InvalidArtifact

_SEGMENT = r"""[ \t\n\r]*(?:
    \.(?P<name>[A-Za-z_\u0080-\U0010ffff][0-9A-Za-z_\u0080-\U0010ffff]*)
    |\[\s*(?P<index>0|-?[1-9][0-9]{0,15})\s*\]
    |\[\s*"(?P<double>(?:[^"\\\x00-\x1f]|\\.)*)"\s*\]
    |\[\s*'(?P<single>(?:[^'\\\x00-\x1f]|\\.)*)'\s*\]
    )"""


def find(document: object, query: str) -> Any:
    """The value that a singular query selects, or `MISSING`.

    Raises:
        InvalidArtifact: The text is no singular query.
    """
    node: Any = document
    for key in parse_query(query):
        node = _step(node, key)
        if node is MISSING:
            break
    return node


def _step(node: Any, key: str | int) -> Any:
    if isinstance(key, str):
        return node.get(key, MISSING) if isinstance(node, dict) else MISSING
    return node[key] if isinstance(node, list) and -len(node) <= key < len(node) else MISSING


def parse_query(query: str) -> list[str | int]:
    """The names and indexes of a singular query, outermost first; see `find`."""
    if not query.startswith("$"):
        raise InvalidArtifact(f"{query!r} is no JSONPath", hint="it starts with $")
    keys: list[str | int] = []
    place = 1
    while place < len(query):
        match = _segment().match(query, place)
        if match is None:
            raise InvalidArtifact(f"{query!r} is no singular JSONPath", hint="write .name, ['name'] or [index]")
        keys.append(_key(match))
        place = match.end()
    return keys


@cache
def _segment() -> re.Pattern[str]:
    """The pattern, compiled by the first query: that takes longer than loading the module."""
    return re.compile(_SEGMENT, re.VERBOSE | re.ASCII)


def _key(match: re.Match[str]) -> str | int:
    if match["name"] is not None:
        return match["name"]
    if match["index"] is not None:
        return int(match["index"])
    if match["single"] is not None:
        text = re.sub(r'\\(.)|"', lambda m: {None: '\\"', "'": "'"}.get(m[1], m[0]), match["single"])
    else:
        text = match["double"]
    name = parse(f'"{text}"'.encode()).value
    return str(name)
