"""`certify`: run what the registry asks of a runner, make its required checks, and write the certificate.

    done = certify(CertifyRequest(Path("registry.yaml"), "rust", project=Path()))
    done.document["summary"]["status"], done.json_path

Invariants:

* Before anything is run, a certificate is written in which everything has failed, since nothing was made. So whatever
  ends us (a kill, a loss of power, Ctrl-C, a fault of ours), what lies there never says more than was found.
* Everything that is asked for has an entry, in the order of the intent; what was not made has failed.
* The Markdown is written before the certificate where that says ``pass``: who sees it pass, finds both.
"""

from __future__ import annotations

import dataclasses
import signal
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import documents, files
from runpact_core.errors import UsageFailure
from runpact_core.redact import for_terminal
from runpact_status_matrix import _certificate, _intent, _registry
from runpact_status_matrix._certificate import GROUPS, Checked
from runpact_status_matrix._checks import CheckRequest, Plugins, Ran, make
from runpact_status_matrix._running import Runner
from runpact_status_matrix._status import utc
from runpact_writer._git import commit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Step = Callable[[], Checked]

__all__ = ["TIMEOUT_S", "Certified", "CertifyRequest", "certify"]

TIMEOUT_S = 600.0
"""Seconds that each command gets where neither the registry nor the caller says another time."""

_NOT_ENDED = "not made: the certification did not come to its end"
_NOT_MADE = "not made: the certification was interrupted before"


@dataclasses.dataclass(frozen=True, slots=True)
class CertifyRequest:
    """What is to be certified, and how.

    Attributes:
        registry: The registry's file.
        runner_id: The runner.
        project: The project's folder: commands run in it, and paths of the registry with a leading slash lie below it.
        timeout_s: Seconds that a command gets where the registry does not say.
        adapter: The program that takes the runner's commands, instead of the registry's; a path, or a name on the
            search path.
        check_command: Words of the command that makes checks which no plug-in makes; the check's id comes last.
        commit_sha: The commit that is certified; that of the project's repository where None.
        runs_dir: The folder of runs; the project's where None.
        now_s: The time that the certificate states, as seconds since 1970; the clock's where None.
    """

    registry: Path
    runner_id: str
    project: Path = Path()
    timeout_s: float = TIMEOUT_S
    adapter: str | None = None
    check_command: tuple[str, ...] = ()
    commit_sha: str | None = None
    runs_dir: Path | None = None
    now_s: int | None = None


class Certified(NamedTuple):
    """A certificate that was written.

    Attributes:
        document: The certificate.
        json_path: Its file.
        md_path: The file for people.
        stopped_by: The signal that interrupted it, so that not everything was made; None where none did.
    """

    document: dict[str, Any]
    json_path: Path
    md_path: Path
    stopped_by: int | None

    @property
    def interrupted(self) -> bool:
        """Whether it was interrupted."""
        return self.stopped_by is not None


class _Outputs(NamedTuple):
    """The files of a certificate: for programs, and for people."""

    json: Path
    md: Path


class _Interrupted(KeyboardInterrupt):
    """A signal that asks us to stop has ended a command."""

    def __init__(self, ran: Ran) -> None:
        super().__init__()
        self.ran = ran


def certify(request: CertifyRequest, plugins: Plugins | None = None) -> Certified:
    """Certify a runner. The current folder is the project's while a command runs, for the whole process.

    Args:
        request: What is certified, and how.
        plugins: What makes the required checks and cases; the plug-ins that are installed where None.

    Raises:
        ConfigurationError: The registry is not what its contract says.
        UnknownRunner: It has no such runner.
        UsageFailure: There is no registry, or the runner cannot be called.
        EnvironmentFailed: The certificate could not be written.
        Refused: Something else than a file is where it should be.
    """
    project = Path(request.project).resolve()
    registry = _registry.load(request.registry, project=project)
    runner = registry.entry(request.runner_id)
    outputs = _Outputs(*(Path(_registry.inside(str(project), path)) for path in _registry.outputs(runner)))
    adapter = _adapter(request, runner, project)
    version = registry.document.data["version"]
    intent = _intent.of_runner(runner, _reference(request.registry, project), version)
    facts = _facts(request, runner, project)

    def write(checks: Sequence[Checked]) -> dict[str, Any]:
        document = _certificate.build(facts, intent, checks)
        _write(document, outputs)
        return document

    chosen = Plugins.installed(request.check_command) if plugins is None else plugins
    write([Checked(group, each, "fail", detail=_NOT_ENDED) for group, each in _certificate.asked(intent)])
    runs_dir = Path(request.runs_dir or project / "reports" / "runs").absolute()
    steps = _steps(Runner(project, runs_dir, request.runner_id, request.timeout_s), adapter, chosen, runner)
    checks, stopped_by = _made(_certificate.asked(intent), steps)
    return Certified(write(checks), *outputs, stopped_by)


def _made(asked: Sequence[tuple[str, str]], steps: Iterator[Step]) -> tuple[list[Checked], int | None]:
    """Everything that is asked for, made one after another until an interruption; and the signal of that."""
    checks: list[Checked] = []
    stopped_by: int | None = None
    try:
        checks.extend(step() for step in steps)
    except KeyboardInterrupt as error:
        ran = error.ran if isinstance(error, _Interrupted) else Ran(0, "interrupted", None, 0)
        stopped_by = ran.stopped_by or int(signal.SIGINT)
        group, each = asked[len(checks)]
        checks.append(Checked(group, each, "fail", ran.code, ran.said, ran.duration_ms, ran.evidence_ref))
    checks += [Checked(group, each, "fail", detail=_NOT_MADE) for group, each in asked[len(checks) :]]
    return checks, stopped_by


def _steps(running: Runner, adapter: str, plugins: Plugins, runner: Mapping[str, Any]) -> Iterator[Step]:
    """What makes each entry, in the order of the intent."""
    intent = _intent.normalized(runner)
    commands = intent["command_contract_subset"]
    limits = [command.get("timeout_s") for command in runner.get("command_contract_subset", ())]
    for each, command, limit in zip(_intent.command_ids(commands), commands, limits, strict=True):
        yield partial(_run_command, running, adapter, each, command, limit)
    registered = {entry["check"]: entry for entry in runner.get("check_plugins", ())}
    asking = CheckRequest("check", "", running.runner_id, running.project, adapter, {}, partial(_run, running))
    for group in GROUPS[1:]:
        kind = asking._replace(kind="check" if group == GROUPS[1] else "case")
        for each in intent[group]:
            yield partial(_run_check, kind._replace(check_id=each), group, plugins, registered.get(each))


def _run(running: Runner, words: Sequence[str], timeout_s: float | None = None, **more: Any) -> Ran:
    """Run a command; where a signal that is meant for us has ended it, we end too."""
    ran = running.run(words, timeout_s, **more)
    if ran.stopped_by is not None:
        raise _Interrupted(ran)
    return ran


def _run_command(
    running: Runner, adapter: str, identifier: str, command: Mapping[str, Any], limit: float | None
) -> Checked:
    expected = command["expect_exit"]
    ran = _run(running, [adapter, command["name"], *command["args"]], limit, expected=expected)
    passes = ran.ended_itself and ran.code in expected
    said = ran.said
    if ran.ended_itself:
        said += ", as expected" if passes else f" instead of {' or '.join(map(str, expected))}"
    status = "pass" if passes else "fail"
    return Checked(GROUPS[0], identifier, status, ran.code, said, ran.duration_ms, ran.evidence_ref)


def _run_check(request: CheckRequest, group: str, plugins: Plugins, registered: Mapping[str, Any] | None) -> Checked:
    began = time.monotonic_ns()
    outcome = make(request, plugins, registered)
    took_ms = max(0, time.monotonic_ns() - began) // 1_000_000
    return Checked(
        group, request.check_id, outcome.status, outcome.exit_code, outcome.detail, took_ms, outcome.evidence
    )


def _adapter(request: CertifyRequest, runner: Mapping[str, Any], project: Path) -> str:
    """The program that takes the runner's commands; a path that the caller gave is one from the current folder."""
    if request.adapter is not None:
        if not request.adapter:
            raise UsageFailure("the adapter is empty", hint="name a program")
        is_path = any(each in request.adapter for each in "/\\")
        return str(Path(request.adapter).absolute()) if is_path else request.adapter
    named = runner["entrypoints"].get("public_adapter")
    if named is None:
        what = f"the registry names no public_adapter for {request.runner_id}, so it cannot be called"
        raise UsageFailure(what, hint="give one with --adapter")
    return str(project / _registry.inside(".", named)) if named.startswith("/") else str(named)


def _reference(registry: Path, project: Path) -> str:
    """How a certificate names its registry, the same in every checkout.

    That is its path from the project, with a leading slash; of one that lies elsewhere, its name alone.
    """
    path = Path(registry).resolve()
    below = path.is_relative_to(project)
    return for_terminal(f"/{path.relative_to(project).as_posix()}" if below else path.name)


def _facts(request: CertifyRequest, runner: Mapping[str, Any], project: Path) -> dict[str, Any]:
    """The section ``runner``, but for ``blocking``."""
    now_s = int(time.time()) if request.now_s is None else request.now_s
    return {
        "runner_id": runner["runner_id"],
        "class": runner["class"],
        "status": runner["status"],
        "implementation_repo": runner["entrypoints"]["implementation_repo"],
        "commit_sha": request.commit_sha or commit(str(project))["sha"],
        "certified_at": utc(now_s),
    }


def _write(document: dict[str, Any], outputs: _Outputs) -> None:
    """Write both files; the certificate last where it says ``pass``, else first."""
    for path in outputs:
        files.make_dirs(path.parent)
    page = _certificate.markdown(document).encode()
    if document["summary"]["status"] == "pass":
        files.replace(outputs.md, page)
        documents.write(outputs.json, document, contract=_certificate.CONTRACT)
    else:
        documents.write(outputs.json, document, contract=_certificate.CONTRACT)
        files.replace(outputs.md, page)
