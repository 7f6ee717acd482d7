"""`run_recorded`: the engine of ``runpact exec`` for programs, with a say in the record before it is sealed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from runpact_writer._exec import Recorded, execute
from runpact_writer._signals import Shield
from runpact_writer._state import check_env_name, check_pipeline_id, check_product
from runpact_writer._words import Options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from runpact_writer._recorder import RunWriter

__all__ = ["Recorded", "run_recorded"]


def run_recorded(  # noqa: PLR0913 - one for each option of `exec`
    command: Sequence[str],
    *,
    pipeline_id: str,
    pipeline_version: str = "0.0.0",
    runs_dir: str | os.PathLike[str] = "reports/runs",
    product: str | None = None,
    required_env: Sequence[str] = (),
    mask_env: Sequence[str] = (),
    timeout_s: float | None = None,
    merge: bool = False,
    pty: bool = True,
    announce: bool = False,
    env: Mapping[str, str] | None = None,
    conclude: Callable[[RunWriter, int], None] | None = None,
    ends: bool = False,
) -> Recorded:
    """Run a command as ``runpact exec`` does, and record the run.

    What the command prints goes to our own streams and to the run's log. Errors of the recording, and why a command
    could not be started, are said on stderr; they are in the exit code as ``exec`` has them.

    Args:
        command: The command, word by word; no shell reads it.
        pipeline_id: What is run; ASCII letters, digits and hyphens, at most 100.
        pipeline_version: The version of its code.
        runs_dir: The folder of runs; it is made.
        product: The product of the fleet that the run belongs to.
        required_env: Names of variables that must be set; their values are masked.
        mask_env: Names of variables whose values are masked.
        timeout_s: Seconds after which the command is ended; None for no limit.
        merge: Whether its stdout and stderr are one stream.
        pty: Whether it gets a pseudo-terminal where ours is a terminal.
        announce: Whether the run's id is said on stderr.
        env: Variables for the command beside the environment.
        conclude: Called between the command's end and the seal, with the recorder and the exit code: the moment to add
            checks, outputs and artifacts. What it raises becomes a warning of the run.
        ends: Whether a signal that would end us (INT, TERM, HUP, QUIT) ends all that the command began: the signal goes
            to all of it, and KILL after 10 seconds or at the next signal. Else the command alone gets it and decides.

    Raises:
        InvalidPipelineId: The pipeline's id has other characters.
        UsageFailure: The product, or the name of a variable, is none that the contract admits.
    """
    check_pipeline_id(pipeline_id)
    check_product(product)
    for name in (*required_env, *mask_env):
        check_env_name(name)
    options = Options(
        command=tuple(command),
        pipeline_id=pipeline_id,
        pipeline_version=pipeline_version,
        required_env=tuple(required_env),
        mask_env=tuple(mask_env),
        timeout_s=timeout_s,
        merge=merge,
        pty=pty,
        product=product,
        announce=announce,
        runs_dir=os.fspath(runs_dir),
    )
    with Shield(ends=ends) as shield:
        recorded = execute(options, shield, env, conclude)
    return recorded._replace(stopped_by=shield.stopped_by)
