"""``runpact exec``: wrap a command in a recorded run.

Loaded without the command-line library, since every wrapped command waits. What the command prints, reads and returns
is its own. What goes wrong with the recording is said on stderr, and never changes the command's exit code; only where
the command could not be started at all is the code ours (125 to 127).
"""

from __future__ import annotations

import atexit
import gc
import os
import sys

from runpact_core import edge
from runpact_core.errors import RunpactError
from runpact_writer import _events
from runpact_writer._mask import SHORTEST, Streams
from runpact_writer._process import LINGER_S, Manner, Outcome, run_command
from runpact_writer._recorder import RunWriter
from runpact_writer._signals import Shield
from runpact_writer._surroundings import inherited
from runpact_writer._trigger import detect_trigger
from runpact_writer._weave import Weave
from runpact_writer._words import HELP, parse
from runpact_writer.errors import NotStarted, RequiredEnvMissing

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any, NamedTuple, NoReturn

    from runpact_writer._words import Options

    Conclude = Callable[[RunWriter, int], None]
else:
    from runpact_core._named import NamedTuple

OWN_FAILURE = 125
_NEEDED_BY_SEAL = (
    *("collections", "functools", "enum", "re", "typing", "datetime", "runpact_core._json", "runpact_core._times"),
    *("runpact_core._gate", "runpact_core._rules", "runpact_core.documents", "decimal", "jsonschema_rs"),
)


def script(arguments: Sequence[str]) -> NoReturn:
    """Be the process that is ``exec``: as `main`, and end without taking the interpreter apart first.

    A caller waits for that as well. What was asked for at exit is done and what was printed goes out. There is nothing
    else: the run is sealed, and no thread of ours is left.
    """
    code = main(arguments, loaded=gc.enable)  # paused before, for a quicker start; a long command brings much to move
    atexit._run_exitfuncs()  # noqa: SLF001 - what the interpreter calls; there is no other name for it
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):  # None or closed, or nobody reads it
            continue
    os._exit(code)


class Recorded(NamedTuple):
    """How a recorded command ended.

    Attributes:
        code: The exit code: the command's own, 128 + n after signal n, 124 when its time was over; 125 to 127 where it
            did not run.
        run_id: Id of its run; None where none could be recorded.
        run_dir: Folder of its run, absolute; None as above.
        timed_out: Whether its time was over.
        stopped_by: The signal to us that ended it, where signals do (`run_recorded`); else None.
    """

    code: int
    run_id: str | None = None
    run_dir: str | None = None
    timed_out: bool = False
    stopped_by: int | None = None


def main(arguments: Sequence[str], loaded: Callable[[], None] | None = None) -> int:
    """Run ``exec`` with the words after it; the exit code. What ``loaded`` is, `execute` says."""
    _fill_standard_streams()
    if list(arguments[:1]) in (["--help"], ["-h"]):
        return edge.show(HELP)
    try:
        options = parse(arguments)
    except RunpactError as error:
        return edge.complain(error)
    with Shield() as shield:
        return execute(options, shield, loaded=loaded).code


def execute(
    options: Options,
    shield: Shield,
    env: Mapping[str, str] | None = None,
    conclude: Conclude | None = None,
    loaded: Callable[[], None] | None = None,
) -> Recorded:
    """Run and record, while signals are held back.

    Args:
        options: What to run, and how.
        shield: Holds the signals.
        env: Variables for the command beside the environment.
        conclude: Called between the command's end and the seal, with the recorder and the exit code.
        loaded: Called while the command runs, when what the seal needs is loaded.
    """
    try:
        writer = RunWriter(
            options.pipeline_id,
            options.pipeline_version,
            options.required_env,
            runs_dir=options.runs_dir,
            product=options.product,
            command=options.command,
            mask_env=options.mask_env,
            announce=False,
            strict=True,
        )
        run_id = writer.start(*detect_trigger())
        writer.strict = False  # a command that runs is not disturbed by its record
    except RunpactError as error:
        edge.complain(error)
        return Recorded(OWN_FAILURE)
    if options.announce or os.environ.get("GITHUB_ACTIONS") or _is_terminal(sys.stderr):
        edge.say(f"runpact: recording {run_id} in {writer.run_dir}")
    _say_unmasked(writer, options)
    given = {**(env or {}), "RUNPACT_RUN_ID": run_id}
    outcome = _run(writer, options, given, shield, loaded)
    if conclude is not None:
        _conclude(writer, outcome, conclude)
    _seal(writer, outcome)
    return Recorded(outcome.code, run_id, writer.run_dir, timed_out=outcome.timed_out)


def _say_unmasked(writer: RunWriter, options: Options) -> None:
    """Say which variables that `--mask-env` names are not masked; a required one need be no secret."""
    for name in (name for name in writer.secrets.not_masked if name in options.mask_env):
        edge.say(f"runpact: the value of {name} is not masked: it, or each line of it, has less than {SHORTEST} bytes")
    for name in options.mask_env:
        if not os.environ.get(name):
            edge.say(f"runpact: nothing is masked for --mask-env {name}: it is not set")


def _conclude(writer: RunWriter, outcome: Outcome, conclude: Conclude) -> None:
    """Let the caller add to the run; what goes wrong there is a warning in it."""
    try:
        conclude(writer, outcome.code)
    except Exception as error:  # noqa: BLE001 - the command's result stands whatever the caller's code does
        writer.warn(f"what was to be added to the run at its end failed: {type(error).__name__}: {error}")


def _run(
    writer: RunWriter, options: Options, env: Mapping[str, str], shield: Shield, loaded: Callable[[], None] | None
) -> Outcome:
    """Run the command, where it may be; record in checks and warnings what became of it."""
    if not writer.ok:
        missing = RequiredEnvMissing([name for name in options.required_env if not os.environ.get(name)])
        writer.log(f"the command was not started: {missing}")
        return Outcome(edge.complain(missing))
    events = os.path.join(writer.run_dir, _events.NAME)  # noqa: PTH118 - pathlib is slow
    ours = {**env, "RUNPACT_RUN_DIR": writer.run_dir, "RUNPACT_EVENTS": events}
    weave, streams = Weave(lambda data: writer.record_output(data, masked=True)), Streams(writer.secrets)

    def copy(stream: int, data: bytes) -> None:
        weave.feed(stream, streams.feed(stream, data))
        if not data:
            weave.end(stream)

    manner = Manner(timeout_s=options.timeout_s, merge=options.merge, pty=options.pty, meanwhile=lambda: _load(loaded))
    try:
        outcome = run_command(options.command, {**inherited(os.environ), **ours}, copy, shield, manner)
    except NotStarted as error:
        edge.complain(error)
        writer.log(f"the command could not be started: {error}")
        outcome = Outcome(error.exit_code)
    _tell(writer, options, outcome)
    _events.take(writer, events)
    return outcome


def _tell(writer: RunWriter, options: Options, outcome: Outcome) -> None:
    status = "pass" if outcome.code == 0 else "fail"
    writer.check("command_succeeded", "The command ends with exit code 0", status, ["run.json:$.exit.code"])
    if outcome.timed_out:
        writer.log(f"the command was ended: it took longer than {options.timeout_s:g} s")
    if outcome.left_open:
        writer.warn(f"something that the command left behind held its output open for {LINGER_S:g} s after its end")


def _seal(writer: RunWriter, outcome: Outcome) -> None:
    """Finish the run; where that fails, say so and let the command's result stand."""
    ended: dict[str, Any] = {"code": outcome.code}
    ended |= {"signal": outcome.signal} if outcome.signal else {}
    ended |= {"timed_out": True} if outcome.timed_out else {}
    try:
        writer.finish(exit=ended)
    except RunpactError as error:
        edge.complain(error)


def _load(loaded: Callable[[], None] | None) -> Iterator[None]:
    """Load and prepare what the seal needs, in small steps, while the command runs. What fails here fails there too."""
    from importlib import import_module

    try:
        for name in _NEEDED_BY_SEAL:
            import_module(name)
            yield
        from runpact_core import documents

        for contract in ("checks", "run"):
            documents.prepare(contract)
            yield
    except Exception:  # noqa: BLE001 - the command is not disturbed, and the seal says what is wrong
        return
    if loaded is not None:
        loaded()


def _fill_standard_streams() -> None:
    """Open what is closed of descriptors 0 to 2, so that no file of ours gets the command's output."""
    fd = 0
    while fd <= 2:
        fd = os.open(os.devnull, os.O_RDWR)
    os.close(fd)


def _is_terminal(stream: object) -> bool:
    try:
        return bool(stream.isatty())  # type: ignore[attr-defined]  # None, where the descriptor is closed
    except (AttributeError, ValueError):
        return False
