"""The gates: a document against one view of one contract version, by the fast validator.

Schemas come out of the package alone; a reference to anything else is an error, nothing is ever fetched. The validator
is loaded when the first gate is, since most of what imports the hub needs none.
"""

from __future__ import annotations

import json
import os
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from runpact_core import _json, _pointer
from runpact_core.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    import jsonschema_rs

    from runpact_core._catalog import Version

View = Literal["strict", "tolerant"]

_SCHEMAS = os.path.join(os.path.dirname(__file__), "_generated", "schemas")  # noqa: PTH118, PTH120 - pathlib is slow
_LONGEST_MESSAGE = 300
_LONGEST_VALUE, _MOST_OPTIONS = 60, 12
_LONGEST_MISTYPED = 100  # comparing names costs the square of their length,
_HINTED = 100  # for each of them, and a document may have a hundred thousand


def schema_text(version: Version, view: View) -> bytes:
    """The published JSON Schema of one view, as canonical JSON."""
    with open(os.path.join(_SCHEMAS, f"{version.module}.{view}.json"), "rb") as file:  # noqa: PTH118, PTH123 - as above
        return file.read()


@cache
def _validator(version: Version, view: View) -> jsonschema_rs.Validator:
    return make_validator(_schema(version, view))


@cache
def _schema(version: Version, view: View) -> Any:
    return _json.parse(schema_text(version, view)).value


def names(version: Version) -> set[str]:
    """The names that a document of a version may have at its top."""
    return set(_schema(version, "strict")["properties"])


def make_validator(schema: Any) -> jsonschema_rs.Validator:
    """A validator of a schema that stands alone; its patterns run in linear time."""
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(
        schema, validate_formats=False, retriever=_refuse, pattern_options=jsonschema_rs.RegexOptions()
    )


def prepare(version: Version, view: View) -> None:
    """Make the validator of a view, which is kept."""
    _validator(version, view)


def _refuse(uri: str) -> Any:
    message = f"schemas are never fetched: {uri}"
    raise LookupError(message)


def admits(version: Version, view: View, document: object, *, check_integers: bool) -> bool:
    """Whether the view admits the document; the quick form of `problems`."""
    return _validator(version, view).is_valid(document) and not (
        check_integers and any(map(_is_fraction, _at_integers(version, document)))
    )


def problems(version: Version, view: View, document: object, *, check_integers: bool) -> list[Problem]:
    """Everything that the view finds wrong with the document, sorted by place.

    Args:
        version: The contract version.
        view: Which of its two schemas.
        document: A JSON value without lone surrogates.
        check_integers: Whether the document may have integers written as ``1.0``, which a schema cannot tell.
    """
    errors = list(_validator(version, view).iter_errors(document))
    found = [problem for error in errors for problem in _problems(version, view, error, hinting=len(errors) <= _HINTED)]
    if check_integers:
        found += _written_as_fraction(version, document)
    return sorted(found)


def _problems(
    version: Version, view: View, error: jsonschema_rs.ValidationError, *, hinting: bool
) -> Iterator[Problem]:
    """What the validator found at one place: one problem, or one for each unknown field."""
    place, rule, message = list(error.instance_path), str(error.schema_path[-1]), _message(error)
    unexpected = _unexpected(error)
    known = _known(version, view, error) if unexpected and hinting and len(unexpected) <= _HINTED else []
    for name in unexpected:
        hint = nearest(name, known) if len(name) <= _LONGEST_MISTYPED else None
        yield Problem(_pointer.pointer([*place, name]), rule, "unknown field" + (f" ({hint})" if hint else ""))
    if not unexpected:
        if len(message) > _LONGEST_MESSAGE:
            message = message[:_LONGEST_MESSAGE] + "…"
        yield Problem(_pointer.pointer(place), rule, message)


def _message(error: jsonschema_rs.ValidationError) -> str:
    """The validator's own words, but with every value that an enum has, where those are few."""
    options = getattr(error.kind, "options", ()) if error.schema_path[-1] == "enum" else ()
    if not 0 < len(options) <= _MOST_OPTIONS:
        return error.message
    value = json.dumps(error.instance, ensure_ascii=False)
    short = value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "…"
    return f"{short} is not one of {', '.join(json.dumps(option) for option in options)}"


def _unexpected(error: jsonschema_rs.ValidationError) -> list[str]:
    """The names that a closed object should not have, where that is what is wrong."""
    closed = error.schema_path[-1] == "additionalProperties"
    return list(getattr(error.kind, "unexpected", ())) if closed else []


def _known(version: Version, view: View, error: jsonschema_rs.ValidationError) -> list[str]:
    """The names that the object at fault may have."""
    node: Any = _schema(version, view)
    for part in error.schema_path[:-1]:
        node = node[part]
    return list(node["properties"])


def _written_as_fraction(version: Version, document: object) -> list[Problem]:
    return [
        Problem(place, "integer", f"{value!r} is written with a fraction or an exponent where an integer belongs")
        for pattern in version.integers
        for place, value in _pointer.matches(document, pattern)
        if _is_fraction(value)
    ]


def _at_integers(version: Version, document: object) -> Iterator[Any]:
    """Every value that stands where the contract has an integer."""
    return (value for pattern in version.integers for value in _pointer.values(document, pattern))


def _is_fraction(value: object) -> bool:
    """Whether a schema would take a value for an integer that was not written as one."""
    return isinstance(value, float) and value.is_integer()


def unknown_fields(version: Version, document: object) -> list[str]:
    """Pointers to every field that the contract does not name, extension points apart."""
    return sorted(
        _pointer.pointer([*error.instance_path, name])
        for error in _validator(version, "strict").iter_errors(document)
        for name in _unexpected(error)
    )


def nearest(name: str, candidates: list[str]) -> str | None:
    """A hint at the candidate that a mistyped name most likely meant, or None."""
    from difflib import get_close_matches  # only what is wrong needs it

    close = get_close_matches(name, candidates, n=1)
    return f"did you mean {close[0]}?" if close else None
