"""The bytes of a document as an object: JSON, or, of configuration, YAML; and where a fault of them lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runpact_core import _json
from runpact_core.errors import InvalidArtifact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runpact_core.errors import Problem


def parse(raw: bytes, limit: int, *, may_be_yaml: bool) -> tuple[dict[str, Any], bool, Mapping[str, int]]:
    """The document as an object, whether it has numbers that only look like integers, and the lines of YAML."""
    data: object
    lines: Mapping[str, int] = {}
    if may_be_yaml and raw.lstrip()[:1] != b"{":
        from runpact_core import _yaml

        parsed = _yaml.parse_yaml(raw, limit=limit)
        data, lines, integral_floats = parsed
    else:
        data, integral_floats = _json.parse(raw, limit=limit)
    if not isinstance(data, dict):
        hint = "a document is one mapping of keys to values" if lines else "a document is one JSON object"
        raise InvalidArtifact(f"it is {_kind(data)}, not an object", hint=hint)
    return data, integral_floats, lines


def line_of(pointer: str, lines: Mapping[str, int]) -> int | None:
    """The line of a value, or of the nearest one around it that has a line; None where there are no lines."""
    while pointer and pointer not in lines:
        pointer = pointer.rpartition("/")[0]
    return lines.get(pointer)


def placed(problems: list[Problem], lines: Mapping[str, int]) -> list[Problem]:
    """The problems with their lines, where there are any."""
    return [problem._replace(line=line_of(problem.pointer, lines)) for problem in problems] if lines else problems


def _kind(value: object) -> str:
    kinds = {list: "a list", str: "a string", bool: "a boolean", int: "a number", float: "a number"}
    return kinds.get(type(value), "null")


def located(error: InvalidArtifact, path: str | None) -> str:
    """What is wrong with configuration, with its file and place."""
    place = "" if error.line_number is None else f" (line {error.line_number}, column {error.column})"
    return f"{path or 'configuration'}: {error.reason}{place}"
