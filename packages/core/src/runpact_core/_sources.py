"""The bytes of a document as an object: JSON, or, of configuration, YAML; and where a fault of them lies."""

from __future__ import annotations

from typing import Any

from runpact_core import _json
from runpact_core.errors import InvalidArtifact


def parse(raw: bytes, limit: int, *, may_be_yaml: bool) -> tuple[dict[str, Any], bool]:
    """The document as an object, and whether it has numbers that only look like integers."""
    data: object
    if may_be_yaml and raw.lstrip()[:1] != b"{":
        from runpact_core import _yaml

        parsed = _yaml.parse_yaml(raw, limit=limit)
        data, integral_floats = parsed.value, parsed.integral_floats
    else:
        data, integral_floats = _json.parse(raw, limit=limit)
    if not isinstance(data, dict):
        raise InvalidArtifact(f"it is {_kind(data)}, not an object", hint="a document is one JSON object")
    return data, integral_floats


def _kind(value: object) -> str:
    kinds = {list: "a list", str: "a string", bool: "a boolean", int: "a number", float: "a number"}
    return kinds.get(type(value), "null")


def located(error: InvalidArtifact, path: str | None) -> str:
    """What is wrong with configuration, with its file and place."""
    place = "" if error.line_number is None else f" (line {error.line_number}, column {error.column})"
    return f"{path or 'configuration'}: {error.reason}{place}"
