"""What started a run, told by the environment. Pure: the environment is an argument."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from runpact_core.redact import for_terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

_GITHUB_EVENTS = {
    "schedule": "github_schedule",
    "workflow_dispatch": "github_dispatch",
    "push": "github_push",
    "pull_request": "github_pull_request",
}
_LONGEST = 200


class Trigger(NamedTuple):
    """What started a run: the three arguments of `RunWriter.start`, in its order."""

    trigger_type: str
    trigger_source: str
    actor: str


def detect_trigger(environ: Mapping[str, str] | None = None) -> Trigger:
    """Tell what started this process; ``local_cli`` where no CI system does.

    Args:
        environ: The environment; this process's where None. Only the names below are looked at.

    Returns:
        Type, source and actor, each on one line of at most 200 characters.
    """
    env = os.environ if environ is None else environ
    if env.get("GITHUB_ACTIONS") == "true":
        kind = _GITHUB_EVENTS.get(env.get("GITHUB_EVENT_NAME", ""), "github_event")
        source = env.get("GITHUB_WORKFLOW_REF") or env.get("GITHUB_WORKFLOW") or "github"
        return Trigger(kind, _tame(source), _tame(env.get("GITHUB_ACTOR") or "unknown"))
    actor = env.get("USER") or env.get("LOGNAME") or env.get("USERNAME") or "unknown"
    return Trigger("local_cli", "command line", _tame(actor))


def _tame(text: str) -> str:
    return for_terminal(text[:_LONGEST])[:_LONGEST]  # cut first: a variable may hold megabytes
