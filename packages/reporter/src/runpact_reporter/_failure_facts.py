"""What is known of a failure, in one form: an exception, a mapping of the field or a text becomes a chain of links.

Invariants: links come outermost first, each error once, so cycles end; links and frames are bounded in number;
nothing that an error's own methods do leaves as an exception.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Mapping
from itertools import islice
from pathlib import PurePosixPath, PureWindowsPath
from traceback import walk_tb
from typing import NamedTuple

from runpact_reporter._sanitize import text_of

__all__ = ["Link", "links"]

_MOST_LINKS = 50
_MOST_FRAMES = 500
_LONGEST_TRACEBACK = 1_000_000
_TYPES = ("type", "exception_type", "error_type", "exception", "class")
_MESSAGES = ("message", "msg", "detail", "error", "reason", "summary", "stderr", "text")
_CAUSES = ("cause", "causes", "context", "error", "errors", "exceptions", "inner", "nested")
_ALIASES = {
    "exit_code": ("exit_code", "returncode", "return_code"),
    "signal": ("signal",),
    "timed_out": ("timed_out",),
    "status": ("status",),
    "kind": ("kind", "failure_kind"),
    "errno": ("errno",),
    "http": ("http_status", "status_code"),
    "validation_errors": ("validation_errors",),
    "artifacts": ("artifacts",),
}
_ROOTS = {"object", "BaseException", "Exception"}
_FRAME = re.compile(r'File "([^"\n]{1,4096})", line [0-9]{1,9}, in ([^\s]{1,200})')


class Link(NamedTuple):
    """One error of the chain.

    Attributes:
        relation: How it came to be here: empty for the outermost, else ``caused by``, ``while handling``, ``with``.
        types: Names of its type and of those above it, most special first; empty where it has none.
        message: What it says, not sanitized.
        fields: What else is known, under the names of this module.
        frames: File name and function of each call, outermost first.
    """

    relation: str
    types: tuple[str, ...]
    message: str
    fields: dict[str, object]
    frames: tuple[tuple[str, str], ...]


def links(error: object) -> tuple[Link, ...]:
    """The chain of an error: itself, then what it was caused by and what it holds, each once."""
    found: list[Link] = []
    waiting: list[tuple[str, object]] = [("", error)]
    seen: dict[int, object] = {}  # holds what it has seen, so that no identity is used again
    while waiting and len(found) < _MOST_LINKS:
        relation, one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen[id(one)] = one
        if isinstance(one, BaseException):
            found.append(_of_exception(relation, one))
            waiting += _below_exception(one)
        elif isinstance(one, Mapping):
            found.append(_of_mapping(relation, one))
            waiting += _below_mapping(one)
        else:
            found.append(Link(relation, (), "no error was given" if one is None else text_of(one), {}, ()))
    return tuple(found)


def _of_exception(relation: str, error: BaseException) -> Link:
    names = _above(type(error))
    fields = {name: _attribute(error, *spellings) for name, spellings in _ALIASES.items() if name != "kind"}
    if "HTTPError" in names:
        fields["http"] = _attribute(error, "code", "status_code")
    calls = islice(walk_tb(error.__traceback__), _MOST_FRAMES)
    frames = [(frame.f_code.co_filename, frame.f_code.co_name) for frame, _ in calls]
    message = text_of(error) or type(error).__name__
    known = {name: value for name, value in fields.items() if value is not None}
    return Link(relation, names, message, known, _named(frames))


def _attribute(error: BaseException, *names: str) -> object:
    """An attribute of an exception that is a plain value; None where there is none."""
    for name in names:
        try:
            value = getattr(error, name, None)
        except Exception:  # noqa: BLE001, S112 - a property of others may raise anything
            continue
        if isinstance(value, bool | int | str | list | Mapping):
            return value
    return None


def _below_exception(error: BaseException) -> list[tuple[str, object]]:
    below: list[tuple[str, object]] = []
    if error.__cause__ is not None:
        below.append(("caused by", error.__cause__))
    elif error.__context__ is not None and not error.__suppress_context__:
        below.append(("while handling", error.__context__))
    if isinstance(error, BaseExceptionGroup):
        below += [("with", member) for member in error.exceptions]
    return below


def _of_mapping(relation: str, error: Mapping[object, object]) -> Link:
    name = _first_text(error, _TYPES)
    message = _first_text(error, _MESSAGES)
    fields: dict[str, object] = {}
    for field, spellings in _ALIASES.items():
        value = next((error[each] for each in spellings if error.get(each) is not None), None)
        if value is not None:
            fields[field] = value
    details = error.get("details")  # where a failure event keeps those that nobody captured
    if "artifacts" not in fields and isinstance(details, Mapping) and details.get("artifacts"):
        fields["artifacts"] = details["artifacts"]
    written = _first_text(error, ("traceback", "trace", "stack"))
    frames = [(match[1], match[2]) for match in islice(_FRAME.finditer(written[:_LONGEST_TRACEBACK]), _MOST_FRAMES)]
    return Link(
        relation,
        _types(re.split(r"[.:]", name)[-1]) if name else (),
        message or name or written,
        fields,
        _named(frames),
    )


def _types(name: str) -> tuple[str, ...]:
    """The name of a type, and of those above it where it is one of the language's own."""
    known = getattr(builtins, name, None)
    return _above(known) if isinstance(known, type) and issubclass(known, BaseException) else (name,)


def _above(kind: type[BaseException]) -> tuple[str, ...]:
    return tuple(each.__name__ for each in kind.__mro__ if each.__name__ not in _ROOTS) or (kind.__name__,)


def _first_text(error: Mapping[object, object], names: tuple[str, ...]) -> str:
    values = (error.get(name) for name in names)
    return next((value for value in values if isinstance(value, str) and value.strip()), "")


def _below_mapping(error: Mapping[object, object]) -> list[tuple[str, object]]:
    below: list[tuple[str, object]] = []
    details = error.get("details")  # where a failure event keeps its causes
    told = details.get("causes") if isinstance(details, Mapping) else None
    for value in (*(error.get(name) for name in _CAUSES), told):
        if isinstance(value, Mapping | BaseException):
            below.append(("caused by", value))
        elif isinstance(value, list | tuple):
            below += [
                ("with", each) for each in islice(value, _MOST_LINKS) if isinstance(each, Mapping | BaseException)
            ]
    return below


def _named(frames: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Frames by the names of their files, which are the same on every machine."""
    return tuple(
        ((PureWindowsPath if "\\" in file else PurePosixPath)(file).name, function) for file, function in frames
    )
