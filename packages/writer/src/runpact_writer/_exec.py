"""``runpact exec``: wrap a command in a recorded run.

Loaded without the command-line library, since every wrapped command waits. What the command prints, reads and returns
is its own. What goes wrong with the recording is said on stderr, and never changes the command's exit code; only where
the command could not be started at all is the code ours (125 to 127).
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from runpact_core import edge
from runpact_core.errors import RunpactError
from runpact_writer import _events
from runpact_writer._mask import Secrets, Streams
from runpact_writer._process import LINGER_S, Manner, Outcome, run_command
from runpact_writer._recorder import RunWriter
from runpact_writer._signals import Shield
from runpact_writer._trigger import detect_trigger
from runpact_writer._weave import Weave
from runpact_writer._words import HELP, parse
from runpact_writer.errors import NotStarted, RequiredEnvMissing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runpact_writer._words import Options

OWN_FAILURE = 125


def main(arguments: Sequence[str]) -> int:
    """Run ``exec`` with the words after it; the exit code."""
    _fill_standard_streams()
    if list(arguments[:1]) in (["--help"], ["-h"]):
        try:
            print(HELP, end="", flush=True)
        except BrokenPipeError:
            edge.silence(sys.stdout)
        return 0
    try:
        options = parse(arguments)
    except RunpactError as error:
        return edge.complain(error)
    with Shield() as shield:
        return execute(options, shield)


def execute(options: Options, shield: Shield) -> int:
    """Run and record, while signals are held back; the exit code."""
    secrets = Secrets((*options.required_env, *options.mask_env), os.environ)
    words = [secrets.mask(os.fsencode(word)) for word in options.command]
    try:
        writer = RunWriter(
            options.pipeline_id,
            options.pipeline_version,
            options.required_env,
            runs_dir=options.runs_dir,
            product=options.product,
            command=[word.decode("utf-8", "backslashreplace") for word in words],
            announce=False,
            strict=True,
        )
        run_id = writer.start(*detect_trigger())
        writer.strict = False  # a command that runs is not disturbed by its record
    except RunpactError as error:
        edge.complain(error)
        return OWN_FAILURE
    if options.announce or os.environ.get("GITHUB_ACTIONS") or _is_terminal(sys.stderr):
        edge.say(f"runpact: recording {run_id} in {writer.run_dir}")
    outcome = _run(writer, options, run_id, secrets, shield)
    _seal(writer, outcome, {**secrets.facts(), **_exact(words)})
    return outcome.code


def _run(writer: RunWriter, options: Options, run_id: str, secrets: Secrets, shield: Shield) -> Outcome:
    """Run the command, where it may be; record in checks and warnings what became of it."""
    if not writer.ok:
        missing = RequiredEnvMissing([name for name in options.required_env if not os.environ.get(name)])
        writer.log(f"the command was not started: {missing}")
        return Outcome(edge.complain(missing))
    events = os.path.join(writer.run_dir, _events.NAME)  # noqa: PTH118 - pathlib is slow
    ours = {"RUNPACT_RUN_ID": run_id, "RUNPACT_RUN_DIR": writer.run_dir, "RUNPACT_EVENTS": events}
    weave, streams = Weave(writer.record_output), Streams(secrets)

    def copy(stream: int, data: bytes) -> None:
        weave.feed(stream, streams.feed(stream, data))
        if not data:
            weave.end(stream)

    manner = Manner(timeout_s=options.timeout_s, merge=options.merge, pty=options.pty, started=_load)
    try:
        outcome = run_command(options.command, {**os.environ, **ours}, copy, shield, manner)
    except NotStarted as error:
        edge.complain(error)
        writer.log(secrets.mask_value(f"the command could not be started: {error}"))
        outcome = Outcome(error.exit_code)
    _tell(writer, options, outcome)
    _events.take(writer, events, secrets.mask_value)
    return outcome


def _tell(writer: RunWriter, options: Options, outcome: Outcome) -> None:
    status = "pass" if outcome.code == 0 else "fail"
    writer.check("command_succeeded", "The command ends with exit code 0", status, ["run.json:$.exit.code"])
    if outcome.timed_out:
        writer.log(f"the command was ended: it took longer than {options.timeout_s:g} s")
    if outcome.left_open:
        writer.warn(f"something that the command left behind held its output open for {LINGER_S:g} s after its end")


def _seal(writer: RunWriter, outcome: Outcome, facts: dict[str, Any]) -> None:
    """Finish the run; where that fails, say so and let the command's result stand."""
    ended: dict[str, Any] = {"code": outcome.code}
    ended |= {"signal": outcome.signal} if outcome.signal else {}
    ended |= {"timed_out": True} if outcome.timed_out else {}
    try:
        writer.finish(exit=ended, **facts)
    except RunpactError as error:
        edge.complain(error)


def _exact(words: list[bytes]) -> dict[str, list[str]]:
    """The words in base64, where they cannot all be written as text."""
    try:
        for word in words:
            word.decode()
    except UnicodeDecodeError:
        import binascii

        return {"command_b64": [binascii.b2a_base64(word, newline=False).decode() for word in words]}
    return {}


def _load() -> None:
    """Load what the seal needs, while the command runs."""
    import jsonschema_rs  # noqa: F401 - loading it is the point


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
