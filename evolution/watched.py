"""What a package reads and writes, seen while it runs: every document that passes the hub or a parser, by who asked.

Who asked is the nearest function of a tool on the stack, else the core. A document counts as read when it was read as
the version that it states, and as written when a producer may write it; anything else passes unseen. Watching changes
nothing of what is done, and ends with the ``with`` block.

    with watching() as seen:
        runpact_gc.cli.main()
    seen.reads  # {("gc", "run", "0.2"), …}
"""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

import orjson

from codegen import compat
from runpact_core import _json, documents, files, jsonl
from runpact_core.errors import RunpactError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import FrameType

__all__ = ["Seen", "Use", "watching"]

TOOLS = {
    "runpact_gc": "gc",
    "runpact_reporter": "reporter",
    "runpact_status_matrix": "status-matrix",
    "runpact_writer": "writer",
}
"""Import package of a tool → its folder below ``packages/``."""

_read, _validate, _loads, _fast_loads, _parse = (
    documents.read,
    documents.validate,
    json.loads,
    orjson.loads,
    _json.parse,
)


class Use(NamedTuple):
    """One package that read or wrote documents of one contract version."""

    package: str
    contract: str
    version: str


@dataclass
class Seen:
    """What was seen so far."""

    reads: set[Use] = field(default_factory=set)
    writes: set[Use] = field(default_factory=set)

    def wrote(self, data: bytes, name: str | None, package: str) -> None:
        """Judge what somebody wrote: a document, or one on each line."""
        for text in (data, *data.splitlines()) if data.startswith(b"{") else ():
            found = _identified(text, name, strict=True)
            if found is not None:
                self.writes.add(Use(package, *found))
                if text is data:
                    return

    def parsed(self, value: object, package: str | None) -> None:
        """Judge what a tool took apart by itself, without the hub; ``package`` is None for everybody else."""
        found = _identified(value, None, strict=False) if package and isinstance(value, dict) else None
        if package and found:
            self.reads.add(Use(package, *found))


@contextmanager
def watching() -> Iterator[Seen]:
    """See what is read and written until the block ends."""
    seen = Seen()
    with ExitStack() as stack:
        for home, name, wrapped in _wrappers(seen):
            stack.enter_context(patch.object(home, name, wrapped))
        yield seen


def _wrappers(seen: Seen) -> Iterator[tuple[Any, str, Callable[..., Any]]]:
    """Where to look: the module, the name in it, and what stands there meanwhile."""

    def read(contract: str, source: Any, **options: Any) -> documents.Document:
        document = _read(contract, source, **options)
        if document.reading == "exact":
            seen.reads.add(Use(_asker(), contract, document.version))
        return document

    yield documents, "read", read
    for home, name, real in ((json, "loads", _loads), (orjson, "loads", _fast_loads), (_json, "parse", _parse)):
        yield home, name, _parsing(seen, real)
    for name in ("replace", "replace_locked"):
        yield files, name, _writing(seen, getattr(files, name))
    yield files, "append", _appending(seen, files.append)
    yield jsonl, "append", _logging(seen, jsonl.append)


def _parsing(seen: Seen, real: Callable[..., Any]) -> Callable[..., Any]:
    def parse(data: Any, **options: Any) -> Any:
        value = real(data, **options)
        seen.parsed(value.value if isinstance(value, _json.Parsed) else value, _tool(sys._getframe(1).f_globals))  # noqa: SLF001 - who calls is the question
        return value

    return parse


def _writing(seen: Seen, real: Callable[..., Any]) -> Callable[..., Any]:
    def write(path: Any, data: bytes, **options: Any) -> Any:
        done = real(path, data, **options)
        seen.wrote(data, str(path), _asker())
        return done

    return write


def _appending(seen: Seen, real: Callable[..., Any]) -> Callable[..., Any]:
    def append(descriptor: int, data: bytes) -> Any:
        done = real(descriptor, data)
        seen.wrote(data, None, _asker())
        return done

    return append


def _logging(seen: Seen, real: Callable[..., Any]) -> Callable[..., Any]:
    def append(path: Any, record: Mapping[str, Any]) -> Any:
        done = real(path, record)
        seen.wrote(jsonl.dumps(record), str(path), _asker())
        return done

    return append


def _identified(source: Any, name: str | None, *, strict: bool) -> tuple[str, str] | None:
    """The contract and version of a document that it holds to; None where it holds to none."""
    raw = source if isinstance(source, bytes) else _fast_dumps(source)
    try:
        found = documents.detect_bytes(raw, name=name)
        if found.message or not found.version or _validate(found.contract, raw, strict=strict):
            return None
    except RunpactError:
        return None
    return found.contract, found.version


def _fast_dumps(value: object) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # such as an integer that is too large for it
        return b""


def _asker() -> str:
    """The tool for which the hub works; the core where it works for none."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - who calls is the question
    while frame is not None:
        tool = _tool(frame.f_globals)
        if tool:
            return tool
        frame = frame.f_back
    return compat.CORE


def _tool(names: Mapping[str, Any]) -> str | None:
    """The tool of which a module is a part, by the module's names."""
    return TOOLS.get(str(names.get("__name__", "")).partition(".")[0])
