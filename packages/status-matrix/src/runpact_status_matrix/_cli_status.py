"""``runpact status`` on the command line. Parses, calls, renders, exits."""

from __future__ import annotations

import os
import time
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from runpact_core import edge
from runpact_core.errors import UsageFailure

if TYPE_CHECKING:
    from runpact_status_matrix._status import Identity, Result

__all__ = ["status"]

status = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, context_settings=edge.HELP, help="Publish the status of a runner."
)

_OUT = os.path.join(".artifacts", "runner-status-report-v1.json")  # noqa: PTH118 - joined to what was given
_FRESH_HOURS = 72
_MOST_HOURS = 87_600


class Lane(Enum):
    """What a runner's failures do."""

    REQUIRED = "required"
    COMPATIBILITY_NON_BLOCKING = "compatibility_non_blocking"


@status.callback()
def _root() -> None:
    """Publish the status of a runner."""


@status.command()
def report(  # noqa: PLR0913 - one for each field of the report
    *,
    runner: Annotated[str, typer.Option(metavar="ID", help="Id of the runner.")],
    release_version: Annotated[str, typer.Option(metavar="V", help="The release, which is usually its tag.")],
    registry: Annotated[
        str | None, typer.Option(metavar="FILE", help="The registry that says who the runner is.")
    ] = None,
    implementation_repo: Annotated[
        str | None, typer.Option(metavar="REPO", help="The repository that implements it.  [default: the registry's]")
    ] = None,
    lane_class: Annotated[Lane | None, typer.Option(help="What its failures do.  [default: the registry's]")] = None,
    from_runs: Annotated[
        str | None, typer.Option(metavar="DIR", help="Take the newest recorded run of every pipeline in this folder.")
    ] = None,
    any_commit: Annotated[bool, typer.Option("--any-commit", help="Count recorded runs of other commits too.")] = False,
    command: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=RESULT", help="A result: pass, fail or skip, then :EXIT, then :DURATION_MS."),
    ] = None,
    required: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="These results alone are required.  [default: all]")
    ] = None,
    optional: Annotated[list[str] | None, typer.Option(metavar="NAME", help="This result is not required.")] = None,
    commit_sha: Annotated[
        str | None, typer.Option(metavar="SHA", help="The commit that is released.  [default: the project's]")
    ] = None,
    generated_at: Annotated[
        str | None, typer.Option("--generated-at", "--now-utc", metavar="T", help="When it is made.  [default: now]")
    ] = None,
    fresh_hours: Annotated[
        int | None,
        typer.Option(min=1, max=_MOST_HOURS, help="Hours to rely on it.  [default: the registry's, else 72]"),
    ] = None,
    artifact: Annotated[list[str] | None, typer.Option(metavar="FILE", help="A file of the release.")] = None,
    asset_url_base: Annotated[
        str | None, typer.Option(metavar="URL", help="Where files of this release lie for ever; https.")
    ] = None,
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help=f"The report.  [default: {_OUT}]", show_default=False)
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the runner_status_report document.")] = False,
    project: Annotated[str, typer.Option("--project", "--root", metavar="DIR", help="The project.")] = ".",
) -> None:
    """Write the report that a release publishes of its runner, and its checksum beside it."""
    from runpact_status_matrix import _publish, _status

    folder = edge.project_dir(project)
    now_s = int(time.time()) if generated_at is None else _status.moment_s(generated_at)
    repo, lane, hours = _registered(registry, runner, folder)
    identity = _identity(
        runner,
        (repo, implementation_repo),
        (lane, lane_class.value if lane_class else None),
        release_version,
        _commit(folder) if commit_sha is None else commit_sha,
    )
    listed = _results(command, from_runs, now_s, None if any_commit else identity.commit_sha)
    results = _status.marked(listed, required or (), optional or ())
    refs = _publish.artifacts(artifact or (), _base(asset_url_base, identity, needed=bool(artifact)))
    document = _status.compose(identity, results, refs, now_s, fresh_hours or hours or _FRESH_HOURS)
    path = os.path.normpath(os.path.join(folder, _OUT)) if out is None else out  # noqa: PTH118 - a path as it was given
    if not path:
        raise UsageFailure("--out is empty", hint="name a file")
    for each in artifact or ():
        if os.path.realpath(each) == os.path.realpath(path):
            raise UsageFailure(f"--artifact {each} is the report itself", hint="its own digest cannot stand in it")
    _publish.write(path, document)
    _answer(document, path, json=json)


def _registered(registry: str | None, runner: str, project: str) -> tuple[str | None, str | None, int | None]:
    """What the registry says of the runner: repository, lane, hours that its reports are meant to be relied on."""
    if registry is None:
        return None, None, None
    from runpact_status_matrix import _registry

    found = _registry.load(registry, project=project)
    entry = found.entry(runner)
    hours = entry.get("publish", {}).get("freshness_hours", entry.get("status_exchange", {}).get("freshness_slo_hours"))
    return entry["entrypoints"]["implementation_repo"], entry["class"], hours


def _identity(
    runner: str, repo: tuple[str | None, str | None], lane: tuple[str | None, str | None], release: str, commit: str
) -> Identity:
    """Whose report it is; of repository and lane, what the registry says and what was given."""
    from runpact_core import documents
    from runpact_status_matrix._status import Identity

    facts = {}
    for option, (registered, told) in (("--implementation-repo", repo), ("--lane-class", lane)):
        if registered is not None and told is not None and registered != told:
            raise UsageFailure(f"{option} {told}: the registry says {registered}", hint=f"leave {option} out")
        if registered is None and told is None:
            raise UsageFailure(f"{option} is missing", hint="say it, or name a registry with --registry")
        facts[option] = registered or told
    identity = Identity(runner, str(facts["--implementation-repo"]), str(facts["--lane-class"]), release, commit)  # type: ignore[arg-type]  # a lane of the registry, or of `Lane`
    bare = {"version": 1, **identity._asdict(), "generated_at": _TIME, "fresh_until": _TIME, **_EMPTY}
    for problem in documents.validate("runner_status_report", bare, strict=True):
        name = problem.pointer.removeprefix("/").replace("_", "-").replace("runner-id", "runner")
        raise UsageFailure(f"--{name} is not one that a report can say: {problem.message}")
    return identity


_TIME = "2026-01-19T06:15:12Z"
_EMPTY = {"overall_status": "unknown", "command_results": [], "artifact_refs": []}


def _commit(project: str) -> str:
    """The commit that is checked out in the project, as the recorder of runs finds it."""
    from runpact_writer import _git

    return _git.commit(project)["sha"]


def _results(words: list[str] | None, from_runs: str | None, now_s: int, commit_sha: str | None) -> list[Result]:
    """The results, from the one place that was named."""
    from runpact_status_matrix import _status

    if from_runs is None:
        return _status.given(words or ())
    if words:
        raise UsageFailure("--command and --from-runs exclude each other", hint="record the command too")
    if not from_runs:
        raise UsageFailure("--from-runs is empty", hint="name a folder of runs, such as reports/runs")
    from runpact_core import runs
    from runpact_status_matrix import _from_runs

    recorded = _from_runs.results(from_runs, now=now_s, asking=runs.here(), commit_sha=commit_sha)
    for note in recorded.notes:
        edge.say(f"runpact: {note}")
    return recorded.results


def _base(given: str | None, identity: Identity, *, needed: bool) -> str:
    """Where the release's files lie; it is judged also where there are none."""
    from runpact_status_matrix import _asset_urls

    if given is not None:
        return _asset_urls.base_url(given, (identity.release_version, identity.commit_sha))
    if needed:
        raise UsageFailure("--artifact needs --asset-url-base", hint="say where the release's files lie for ever")
    return ""


def _answer(document: dict[str, object], path: str, *, json: bool) -> None:
    if json:
        edge.tell_document(document)
        return
    told = f"{document['overall_status']}, to be relied on until {document['fresh_until']}"
    edge.tell(f"{path}: {document['runner_id']} {document['release_version']}: {told}")
