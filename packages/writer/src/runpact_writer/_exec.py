"""``runpact exec``: wrap a command in a recorded run.

Loaded without the command-line library, since every wrapped command waits. What the command prints, reads and returns
is its own. What goes wrong with the recording is said on stderr, and never changes the command's exit code; only where
the command could not be started at all is the code ours (125 to 127).
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import edge
from runpact_core.errors import RunpactError, UsageFailure
from runpact_writer._process import Outcome, run_command
from runpact_writer._recorder import RunWriter
from runpact_writer._state import check_env_name, check_pipeline_id, check_product
from runpact_writer._trigger import detect_trigger
from runpact_writer.errors import NotStarted, RequiredEnvMissing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OWN_FAILURE = 125
HELP = """\
Usage: runpact exec [OPTIONS] -- COMMAND [ARGUMENT]...

  Run a command, and record the run. The exit code is the command's own.

Options:
  --pipeline-id ID          Name of what is run: letters, digits, hyphens.
                            [default: the command's base name]
  --pipeline-version V      Version of its code.  [default: 0.0.0]
  --required-env NAME       A variable that must be set; may be repeated.
  --product ID              The product of the fleet that the run belongs to.
  --announce                Say the run's id and folder on stderr.
  --project DIR             The project.  [default: .]
  --runs-dir DIR            The folder of runs.  [default: reports/runs]
  --help                    Show this message and exit.

Exit codes: the command's own; 128 + n after signal n; 125 it could not be
started or recorded, 126 it is not executable, 127 it was not found.
"""


class Options(NamedTuple):
    """The words of a call, read."""

    command: tuple[str, ...]
    pipeline_id: str
    pipeline_version: str
    required_env: tuple[str, ...]
    product: str | None
    announce: bool
    runs_dir: str


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
    return execute(options)


def parse(arguments: Sequence[str]) -> Options:
    """Read the words after ``exec``.

    Raises:
        UsageFailure: They make no sense, or are not what the contract admits; nothing was run.
        InvalidPipelineId: The pipeline's id has other characters than letters, digits and hyphens.
    """
    given: dict[str, list[str]] = {}
    words = iter(arguments)
    command = _read_options(words, given)
    if not command:
        raise UsageFailure("there is no command to run", hint="write it after --: runpact exec -- make test")
    last = {name: values[-1] for name, values in given.items()}
    project = edge.project_dir(last.get("--project", "."))
    options = Options(
        command=command,
        pipeline_id=last.get("--pipeline-id", default_pipeline_id(command[0])),
        pipeline_version=last.get("--pipeline-version", "0.0.0"),
        required_env=tuple(given.get("--required-env", [])),
        product=last.get("--product"),
        announce="--announce" in given,
        runs_dir=last.get("--runs-dir") or os.path.join(project, "reports", "runs"),  # noqa: PTH118 - pathlib is slow
    )
    check_pipeline_id(options.pipeline_id)
    check_product(options.product)
    for name in options.required_env:
        check_env_name(name)
    return options


_TAKES_VALUE = ("--pipeline-id", "--pipeline-version", "--required-env", "--product", "--project", "--runs-dir")


def _read_options(words: Iterator[str], given: dict[str, list[str]]) -> tuple[str, ...]:
    """Fill ``given`` with the options; the words after ``--``, or from the first that is no option."""
    for word in words:
        if word == "--":
            return tuple(words)
        name, equals, value = word.partition("=")
        if name == "--announce" and not equals:
            given[name] = [""]
        elif name in _TAKES_VALUE:
            taken = value if equals else next(words, None)
            if taken is None:
                raise UsageFailure(f"{name} needs a value", hint="see runpact exec --help")
            given.setdefault(name, []).append(taken)
        elif word.startswith("-"):
            raise UsageFailure(f"there is no option {word}", hint="see runpact exec --help; the command goes after --")
        else:
            return (word, *words)
    return ()


def default_pipeline_id(command: str) -> str:
    """A pipeline id for a command: its base name, other characters as hyphens."""
    base = re.sub(r"[^A-Za-z0-9-]", "-", os.path.basename(command))[:100]  # noqa: PTH119 - pathlib is slow
    return base or "command"


def execute(options: Options) -> int:
    """Run and record; the exit code."""
    try:
        writer = RunWriter(
            options.pipeline_id,
            options.pipeline_version,
            options.required_env,
            runs_dir=options.runs_dir,
            product=options.product,
            command=[_shown(word) for word in options.command],
            announce=False,
        )
        run_id = writer.start(*detect_trigger())
    except RunpactError as error:
        edge.complain(error)
        return OWN_FAILURE
    if options.announce or os.environ.get("GITHUB_ACTIONS") or _is_terminal(sys.stderr):
        edge.say(f"runpact: recording {run_id} in {writer.run_dir}")
    outcome = _run(writer, options, run_id)
    _seal(writer, outcome)
    return outcome.code


def _run(writer: RunWriter, options: Options, run_id: str) -> Outcome:
    """Run the command, where it may be; record in a check what became of it."""
    if not writer.ok:
        missing = RequiredEnvMissing([name for name in options.required_env if not os.environ.get(name)])
        writer.log(f"the command was not started: {missing}")
        return Outcome(edge.complain(missing), None)
    environ = {**os.environ, "RUNPACT_RUN_ID": run_id, "RUNPACT_RUN_DIR": writer.run_dir}
    try:
        outcome = run_command(options.command, environ, writer.record_output)
    except NotStarted as error:
        edge.complain(error)
        writer.log(f"the command could not be started: {error}")
        outcome = Outcome(error.exit_code, None)
    status = "pass" if outcome.code == 0 else "fail"
    writer.check("command_succeeded", "The command ends with exit code 0", status, ["run.json:$.exit.code"])
    return outcome


def _seal(writer: RunWriter, outcome: Outcome) -> None:
    """Finish the run; where that fails, say so and let the command's result stand."""
    ended: dict[str, Any] = {"code": outcome.code} | ({"signal": outcome.signal} if outcome.signal else {})
    try:
        writer.finish(exit=ended)
    except RunpactError as error:
        edge.complain(error)


def _fill_standard_streams() -> None:
    """Open what is closed of descriptors 0 to 2, so that no file of ours gets the command's output."""
    fd = 0
    while fd <= 2:
        fd = os.open(os.devnull, os.O_RDWR)
    os.close(fd)


def _shown(word: str) -> str:
    """An argument as text: bytes that are not UTF-8 are shown as escapes."""
    return os.fsencode(word).decode("utf-8", "backslashreplace")


def _is_terminal(stream: object) -> bool:
    try:
        return bool(stream.isatty())  # type: ignore[attr-defined]  # None, where the descriptor is closed
    except (AttributeError, ValueError):
        return False
