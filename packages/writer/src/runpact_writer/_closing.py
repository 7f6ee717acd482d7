"""The end of a run's recording: what its log still lacks, what its end is given, its documents judged and written."""

from __future__ import annotations

import errno

from runpact_core import _canonical, edge
from runpact_core.errors import EnvironmentFailed, InvalidArtifact
from runpact_writer import _values

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from runpact_writer._log import RunLog
    from runpact_writer._mask import Streams
    from runpact_writer._opened import Opened
    from runpact_writer._state import RunState


_OWN_EVIDENCE = {"run.json:$.exit.code", "run.json:$.env.present", "run.json:$.env.missing"}
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_BLOCK = 1 << 12  # what file systems give out at least, mostly


def further(more: Mapping[str, Any], hide: Callable[[str], str]) -> tuple[dict[str, Any], list[str]]:
    """Further fields of `run.json`, without secrets; and what of them cannot be recorded, in sentences."""
    kept, left_out = {}, []
    for name, value in more.items():
        try:
            kept[name] = _values.plain(value, hide)
        except _values.Unfit as unfit:
            left_out.append(f"{name}: {unfit}")
    return kept, left_out


def settle(opened: Opened, output: Streams) -> list[str]:
    """Write what was held back of a command's output, and look whether folder and log are as they were left.

    Returns:
        What somebody else did to them, in sentences; what can be mended was.

    Raises:
        EnvironmentFailed: The folder is gone and cannot be made again.
    """
    rest = output.feed(0, b"")
    if rest:
        opened.log.write(rest)
    return [*opened.stand(), *opened.log.settle()]


def sync(log: RunLog, warnings: list[str]) -> None:
    """Make the log durable, as far as that can be had; what is missing becomes a warning, also on stderr, once."""
    log.sync()
    if log.failure is not None:
        said = f"{log.omitted_bytes} bytes are missing from run.log: {log.failure}"
        if said not in warnings:
            warnings.append(said)
            edge.say(f"runpact: {said}")


def end(opened: Opened, state: RunState, status: str | None, facts: dict[str, Any]) -> None:
    """Give the run its end; evidence that points to nothing becomes a warning first."""
    facts["log"] = opened.log.counted()
    state.end(status, **facts)
    said = [each for each in _dangling(opened, state) if each not in state.warnings]
    if said:
        state.warnings += said
        state.end(status, **facts)  # a warning may make it partial


def _dangling(opened: Opened, state: RunState) -> Iterator[str]:
    """Evidence that leads to nothing in what is about to be written."""
    document = state.run_document()
    for check in state.checks:
        for evidence in check["evidence"]:
            if evidence in _OWN_EVIDENCE:
                continue
            from runpact_core import runs  # no other evidence, as with most wrapped commands, and it is not loaded

            missing = runs.resolve_evidence(opened.path, evidence, document, log_lines=opened.log.lines)
            if missing:
                yield f"check {check['id']}: {evidence}: {missing}"


def seal(opened: Opened, state: RunState, *, strict: bool) -> None:
    """Write the documents; on a full disk at the price of the log's end.

    Raises:
        InvalidArtifact: No contract admits them; only where strict.
        EnvironmentFailed: One could not be written.
    """
    try:
        _write(opened, state, strict=strict)
    except EnvironmentFailed as error:
        if error.cause.errno not in _FULL:
            raise
        try:
            if not _made_room(opened.log, state):
                raise
            _write(opened, state, strict=strict)
        except EnvironmentFailed as again:
            doing = f"{again.what.rpartition(': ')[0]} (free some room, then seal the run: runpact runs recover)"
            raise EnvironmentFailed(doing, again.cause) from again


def _made_room(log: RunLog, state: RunState) -> bool:
    """Cut off as much of the log's end as the documents need, and say so in the run and on stderr."""
    sizes = [len(_canonical.dumps(document)) for document in (state.run_document(), state.checks_document())]
    cut = log.shorten(sum(size + 2 * _BLOCK for size in sizes))
    if cut:
        said = f"the last {cut} bytes of run.log were cut off, to make room for run.json on a full disk"
        state.warnings.append(said)
        edge.say(f"runpact: {said}")
        state.ending["log"] = log.counted()
        state.ending["status"] = "failed" if state.ending["status"] == "failed" else "partial"
    return cut > 0


def _write(opened: Opened, state: RunState, *, strict: bool) -> None:
    """Write the documents; where no contract admits them, only what this package made itself."""
    try:
        opened.seal(state.run_document(), state.checks_document())
    except InvalidArtifact as error:  # too large, say, or a further fact of finish that no contract has
        if strict:
            raise
        said = _values.text(error, state.hide)
        state.strip(said)
        edge.say(f"runpact: {said}")
        opened.seal(state.run_document(), state.checks_document())
