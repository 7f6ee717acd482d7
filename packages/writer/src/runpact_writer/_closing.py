"""The end of a run's recording: what its log still lacks, what its end is given, its documents judged and written."""

from __future__ import annotations

from runpact_core import edge
from runpact_core.errors import InvalidArtifact
from runpact_writer import _values

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from runpact_writer._log import RunLog
    from runpact_writer._mask import Streams
    from runpact_writer._opened import Opened
    from runpact_writer._state import RunState


def further(more: Mapping[str, Any], hide: Callable[[str], str]) -> tuple[dict[str, Any], list[str]]:
    """Further fields of `run.json`, without secrets; and what of them cannot be recorded, in sentences."""
    kept, left_out = {}, []
    for name, value in more.items():
        try:
            kept[name] = _values.plain(value, hide)
        except _values.Unfit as unfit:
            left_out.append(f"{name}: {unfit}")
    return kept, left_out


def append(log: RunLog, output: Streams) -> None:
    """Write what was held back of a command's output."""
    rest = output.feed(0, b"")
    if rest:
        log.write(rest)


def sync(log: RunLog, warnings: list[str]) -> None:
    """Make the log durable, as far as that can be had; what is missing becomes a warning, also on stderr, once."""
    log.sync()
    if log.failure is not None:
        said = f"{log.omitted_bytes} bytes are missing from run.log: {log.failure}"
        if said not in warnings:
            warnings.append(said)
            edge.say(f"runpact: {said}")


def seal(opened: Opened, state: RunState, *, strict: bool) -> None:
    """Write the documents; where no contract admits them, only what this package made itself.

    Raises:
        InvalidArtifact: No contract admits them; only where strict.
        EnvironmentFailed: One could not be written.
    """
    try:
        opened.seal(state.run_document(), state.checks_document())
    except InvalidArtifact as error:  # too large, say, or a further fact of finish that no contract has
        if strict:
            raise
        said = _values.text(error, state.hide)
        state.strip(said)
        edge.say(f"runpact: {said}")
        opened.seal(state.run_document(), state.checks_document())
