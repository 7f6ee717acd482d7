"""What started a run, told by the environment. Pure: the environment is an argument.

Only variables named here are looked at, so no other can be recorded; what they hold is text of others, and tamed.
"""

from __future__ import annotations

import os

from runpact_core.redact import for_terminal

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import NamedTuple
else:
    from runpact_core._named import NamedTuple

_LONGEST = 200


class Trigger(NamedTuple):
    """What started a run: the three arguments of `RunWriter.start`, in its order."""

    trigger_type: str
    trigger_source: str
    actor: str


class _System(NamedTuple):
    """How a CI system tells what started a job: names of its variables, the better ones first."""

    name: str
    sign: str  # set by this system alone ...
    signed: str  # ... to this, in any case; to anything where empty
    event: str
    types: Mapping[str, str]  # of the event; the rest are `<name>_event`
    sources: tuple[str, ...]
    actors: tuple[str, ...]


_SYSTEMS = (
    _System(
        "github",
        "GITHUB_ACTIONS",
        "true",
        "GITHUB_EVENT_NAME",
        {
            "schedule": "github_schedule",
            "workflow_dispatch": "github_dispatch",
            "push": "github_push",
            "pull_request": "github_pull_request",
        },
        ("GITHUB_WORKFLOW_REF", "GITHUB_WORKFLOW"),
        ("GITHUB_ACTOR",),
    ),
    _System(
        "gitlab",
        "GITLAB_CI",
        "true",
        "CI_PIPELINE_SOURCE",
        {"schedule": "gitlab_schedule", "push": "gitlab_push", "merge_request_event": "gitlab_merge_request"},
        ("CI_CONFIG_REF_URI", "CI_PROJECT_PATH"),
        ("GITLAB_USER_LOGIN",),
    ),
    _System(
        "buildkite",
        "BUILDKITE",
        "true",
        "BUILDKITE_SOURCE",
        {"schedule": "buildkite_schedule"},
        ("BUILDKITE_PIPELINE_SLUG",),
        ("BUILDKITE_BUILD_CREATOR", "BUILDKITE_BUILD_AUTHOR"),
    ),
    _System("circleci", "CIRCLECI", "true", "", {}, ("CIRCLE_JOB", "CIRCLE_PROJECT_REPONAME"), ("CIRCLE_USERNAME",)),
    _System(
        "azure",
        "TF_BUILD",
        "true",
        "BUILD_REASON",
        {"Schedule": "azure_schedule"},
        ("BUILD_DEFINITIONNAME",),
        ("BUILD_REQUESTEDFOR",),
    ),
    # Last: people set the address of their Jenkins in other places too.
    *(
        _System("jenkins", sign, "", "", {}, ("JOB_NAME",), ("BUILD_USER_ID", "CHANGE_AUTHOR"))
        for sign in ("JENKINS_URL", "JENKINS_HOME")  # jobs are told the address only where somebody has configured it
    ),
)


def detect_trigger(environ: Mapping[str, str] | None = None) -> Trigger:
    """Tell what started this process; ``local_cli`` where no CI system does.

    Known are GitHub Actions, GitLab, Buildkite, CircleCI, Azure Pipelines and Jenkins. A worker that starts runs by
    HTTP or cron knows that itself: it gives ``worker_http`` or ``worker_cron`` to `RunWriter.start`.

    Args:
        environ: The environment; this process's where None. Only a few names of it are looked at.

    Returns:
        Type, source and actor, each on one line of at most 200 characters.
    """
    env = os.environ if environ is None else environ
    for system in _SYSTEMS:
        if _runs_on(system, env):
            kind = system.types.get(env.get(system.event, ""), f"{system.name}_event")
            return Trigger(kind, _first(env, system.sources, system.name), _first(env, system.actors, "unknown"))
    return Trigger("local_cli", "command line", _first(env, ("USER", "LOGNAME", "USERNAME"), "unknown"))


def _runs_on(system: _System, env: Mapping[str, str]) -> bool:
    value = env.get(system.sign, "")
    return value.lower() == system.signed if system.signed else bool(value)


def _first(env: Mapping[str, str], names: tuple[str, ...], otherwise: str) -> str:
    """The first of these variables that is set, on one line, and not longer than a document wants it."""
    value = next((value for name in names if (value := env.get(name, ""))), otherwise)
    return for_terminal(value[:_LONGEST])[:_LONGEST]  # cut first: a variable may hold megabytes
