"""The words of ``runpact exec``: reads them, or says what makes no sense. Nothing is made or run here."""

from __future__ import annotations

import os

from runpact_core import edge
from runpact_core.errors import UsageFailure
from runpact_writer._mask import Secrets
from runpact_writer._state import ID_CHARACTERS, check_env_name, check_pipeline_id, check_product, check_shown

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import NamedTuple
else:
    from runpact_core._named import NamedTuple

HELP = """\
Usage: runpact exec [OPTIONS] -- COMMAND [ARGUMENT]...

  Run a command, and record the run. The exit code is the command's own.

Options:
  --pipeline-id ID          Name of what is run: letters, digits, hyphens.
                            [default: the command's base name]
  --pipeline-version V      Version of its code.  [default: 0.0.0]
  --required-env NAME       A variable that must be set; may be repeated. Its
                            value is kept out of the run, see --mask-env.
  --mask-env NAME           A variable whose value is kept out of the run's
                            files, where it has 6 bytes or more; may be
                            repeated.
  --timeout S               End the command and what it started after S seconds
                            (all its group; on a terminal its descendants, on
                            Linux).
  --merge                   Make its stdout and stderr one stream, in exact
                            order, on stdout.
  --no-pty                  Give it pipes, even where we print to a terminal.
  --product ID              The product of the fleet that the run belongs to.
  --announce                Say the run's id and folder on stderr.
  --project DIR             The project.  [default: .]
  --runs-dir DIR            The folder of runs.  [default: reports/runs]
  -h, --help                Show this message and exit.

The command finds its run in $RUNPACT_RUN_ID and $RUNPACT_RUN_DIR, and may add
checks, inputs, outputs, metadata and metrics as lines of JSON to the file
$RUNPACT_EVENTS.

Exit codes: the command's own; 128 + n after signal n; 124 after --timeout;
125 it could not be started or recorded, 126 it could not be run, 127 it was
not found.
"""
TAKES_VALUE = (
    *("--pipeline-id", "--pipeline-version", "--required-env", "--mask-env", "--timeout", "--product", "--project"),
    "--runs-dir",
)
FLAGS = ("--announce", "--merge", "--no-pty")
_LONGEST_VERSION = 200
_LONGEST_S = 10_000_000.0


class Options(NamedTuple):
    """The words of a call, read."""

    command: tuple[str, ...]
    pipeline_id: str
    pipeline_version: str = "0.0.0"
    required_env: tuple[str, ...] = ()
    mask_env: tuple[str, ...] = ()
    timeout_s: float | None = None
    merge: bool = False
    pty: bool = True
    product: str | None = None
    announce: bool = False
    runs_dir: str = "./reports/runs"


def parse(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> Options:
    """Read the words after ``exec``.

    Raises:
        UsageFailure: They make no sense, or are not what the contract admits, or the pipeline's id or product holds a
            value that is to be masked; nothing was run.
        InvalidPipelineId: The pipeline's id has other characters than letters, digits and hyphens.
    """
    given: dict[str, list[str]] = {}
    command = _read_options(iter(arguments), given)
    if not command:
        raise UsageFailure("there is no command to run", hint="write it after --: runpact exec -- make test")
    last = {name: values[-1] for name, values in given.items()}
    required, mask = tuple(given.get("--required-env", [])), tuple(given.get("--mask-env", []))
    for name in (*required, *mask):
        check_env_name(name)
    hide = Secrets((*required, *mask), environ).hide
    options = Options(
        command=command,
        pipeline_id=last.get("--pipeline-id", default_pipeline_id(hide(command[0]))),
        pipeline_version=last.get("--pipeline-version", "0.0.0"),
        required_env=required,
        mask_env=mask,
        timeout_s=_seconds(last["--timeout"]) if "--timeout" in last else None,
        merge="--merge" in given,
        pty="--no-pty" not in given,
        product=last.get("--product"),
        announce="--announce" in given,
        runs_dir=edge.runs_dir(last.get("--project", "."), last.get("--runs-dir")),
    )
    check_pipeline_id(options.pipeline_id)
    check_product(options.product)
    check_shown(hide, options.pipeline_id, options.product)
    if len(options.pipeline_version) > _LONGEST_VERSION:
        what = f"--pipeline-version has {len(options.pipeline_version)} characters"
        raise UsageFailure(what, hint=f"give at most {_LONGEST_VERSION}")
    return options


def _read_options(words: Iterator[str], given: dict[str, list[str]]) -> tuple[str, ...]:
    """Fill ``given`` with the options; the words after ``--``, or from the first that is no option."""
    for word in words:
        if word == "--":
            return tuple(words)
        name, equals, value = word.partition("=")
        if name in FLAGS and not equals:
            given[name] = [""]
        elif name in TAKES_VALUE:
            taken = value if equals else next(words, None)
            if taken is None or (taken == "--" and not equals):
                raise UsageFailure(f"{name} needs a value", hint="see runpact exec --help")
            given.setdefault(name, []).append(taken)
        elif word.startswith("-"):
            raise UsageFailure(f"there is no option {word}", hint="see runpact exec --help; the command goes after --")
        else:
            return (word, *words)
    return ()


def _seconds(word: str) -> float:
    try:
        seconds = float(word)
    except ValueError:
        seconds = 0.0
    if seconds > _LONGEST_S:
        raise UsageFailure(f"--timeout {word} is too long", hint=f"give at most {_LONGEST_S:.0f} s, or none")
    if not seconds > 0:
        raise UsageFailure(f"--timeout {word} is no number of seconds", hint="give one above 0, such as 90 or 0.5")
    return seconds


def default_pipeline_id(command: str) -> str:
    """A pipeline id for a command: its base name, other characters as hyphens."""
    base = os.path.basename(command)[:100]  # noqa: PTH119 - pathlib is slow
    return "".join(each if each in ID_CHARACTERS else "-" for each in base) or "command"
