"""``runpact report`` on the command line. Parses, calls, renders, exits."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from runpact_core import documents, edge, tables
from runpact_core.redact import for_terminal
from runpact_reporter import _cli_words, _economy, _fleet, _inspect, _policy, _shown, _summary
from runpact_reporter._cli_options import DashDir, Product, Project, Switch
from runpact_reporter._counts import counts
from runpact_reporter._places import dash_dir
from runpact_reporter._recorded_runs import LAST, RecordedRuns

__all__ = ["report"]

report = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=edge.HELP,
    help="Turn test results and recorded runs into reports.",
)

RunsDir = Annotated[
    str | None, typer.Option("--runs-dir", metavar="DIR", help="The folder of runs.  [default: reports/runs]")
]
Report = Annotated[bool, typer.Option("--json", help="Print the last_run document.")]
OfRun = Annotated[
    str | None,
    typer.Option(metavar="RUN", help="Id of a run, or how it begins; its folder; or the word last.  [default: last]"),
]
Number = Annotated[int | None, typer.Option(metavar="N", min=0)]

_MOST_TESTS = 20
_AGAIN = "; again for more"


class Mode(Enum):
    """Which evidence is asked for."""

    BOOTSTRAP = "bootstrap"
    PRODUCTION = "production"


class ReportVersion(Enum):
    """A version of the report."""

    V01 = "0.1"
    V02 = "0.2"


Wave = Enum("Wave", {name.upper(): name for name in _economy.WAVES})  # type: ignore[misc]  # one list of states, in its home


@report.command("generate", cls=_cli_words.AfterDashes)
def generate(  # noqa: PLR0913 - one for each option
    product: Product,
    command: Annotated[
        list[str] | None, typer.Argument(metavar="CMD", help="After --: the command that runs the tests.")
    ] = None,
    *,
    test_path: Annotated[list[str] | None, typer.Option(metavar="P", help=f"What pytest is to test{_AGAIN}.")] = None,
    run: Annotated[
        str | None, typer.Option(metavar="RUN", help="A recorded run: as `runs show` takes it; last is the product's.")
    ] = None,
    junit: Annotated[list[Path] | None, typer.Option(metavar="F", help=f"Results as JUnit XML{_AGAIN}.")] = None,
    ctrf: Annotated[list[Path] | None, typer.Option(metavar="F", help=f"Results as CTRF{_AGAIN}.")] = None,
    screenshot: Annotated[
        list[Path] | None, typer.Option(metavar="F", help="A picture of the rendered pages; more are evidence.")
    ] = None,
    evidence: Annotated[
        list[Path] | None, typer.Option(metavar="F", help=f"A further file that shows it{_AGAIN}.")
    ] = None,
    keep: Annotated[int | None, typer.Option(metavar="N", min=1, help="Clean away all but N runs first.")] = None,
    schema_version: Annotated[ReportVersion, typer.Option(help="Version of the report.")] = ReportVersion.V01,
    timeout: Annotated[float | None, typer.Option(metavar="S", min=0.001, help="End the command after that.")] = None,
    budget_tokens: Annotated[int | None, typer.Option(metavar="N", help="Tokens a run may spend.")] = None,
    spent_tokens: Annotated[int | None, typer.Option(metavar="N", help="Tokens this run spent.")] = None,
    budget_minutes: Annotated[int | None, typer.Option(metavar="N", help="Minutes a run may take.")] = None,
    max_ci_heal_attempts: Annotated[int | None, typer.Option(metavar="N", help="How often CI may mend.")] = None,
    ci_heal_attempts_used: Annotated[int | None, typer.Option(metavar="N", help="How often it did.")] = None,
    kill_switch: Annotated[Switch | None, typer.Option(help="Whether nothing may run.")] = None,
    kill_switch_reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why.")] = None,
    pr_wave: Annotated[Wave | None, typer.Option(help="How far the pull requests are.")] = None,
    open_prs: Annotated[int | None, typer.Option(metavar="N", help="How many are open.")] = None,
    json: Report = False,
    project: Project = ".",
    dash: DashDir = None,
    runs: RunsDir = None,
) -> int:
    """Run tests or take results, and publish a report; the exit code is that of the tests."""
    from runpact_reporter import _generate

    folder = dash_dir(project, dash)
    runs_dir = Path(runs) if runs else Path(project, "reports", "runs")
    request = _generate.Request(
        product,
        folder,
        runs_dir,
        command=tuple(command or ()),
        test_paths=tuple(test_path or ()),
        run_dir=None if run is None else _run_dir(run, runs_dir, product, alone=not (command or test_path)),
        junit=tuple(junit or ()),
        ctrf=tuple(ctrf or ()),
        screenshot=next(iter(screenshot or ()), None),
        evidence=(*(screenshot or ())[1:], *(evidence or ())),
        version=schema_version.value,
        timeout_s=timeout,
        given=_economy.Given(
            budget_tokens,
            spent_tokens,
            budget_minutes,
            max_ci_heal_attempts,
            ci_heal_attempts_used,
            None if kill_switch is None else kill_switch is Switch.ON,
            kill_switch_reason,
            None if pr_wave is None else str(pr_wave.value),
            open_prs,
        ),
        keep=keep,
        project=project,
        given_dash=dash,
        quiet=json,
    )
    done = _generate.generate(request)
    if done.published is not None:
        data = done.published.data
        if json:
            _print_document(data)
        else:
            said = data["summary"].removeprefix(f"{data['status']}: ")
            edge.say(f"runpact: {data['product_id']}: {data['status']}: {said} ({data['run_id']})")
            if not done.published.is_newest:
                edge.say("runpact: the newest report stays that of another run, with a later start or run id")
    return done.code


@report.command()
def check(  # noqa: PLR0913 - one for each option
    product: Product,
    *,
    mode: Annotated[Mode, typer.Option(help="Which evidence is asked for.")],
    max_failures: Annotated[int | None, typer.Option(metavar="N", min=0, help="How many tests may fail.")] = None,
    min_passed: Annotated[int | None, typer.Option(metavar="N", min=0, help="How many must pass.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print a report_check document.")] = False,
    project: Project = ".",
    dash: DashDir = None,
) -> int:
    """Check a product's newest report against the evidence policy; exit code 1 where it does not hold."""
    folder = _known(product, project, dash)
    found = _inspect.look(project, folder, product, time.time())
    checked = _policy.check(found, mode.value, max_failures=max_failures, min_passed=min_passed)
    document = _policy.document(product, mode.value, found, checked)
    if json:
        _print_document(document)
    else:
        words = {True: "pass", False: "FAIL"}
        print(tables.aligned([[words[each.passed], each.level, each.rule, each.what] for each in checked]), end="")
        print(f"{product}: the evidence {'holds' if document['ok'] else 'does not hold'} in {mode.value} mode")
    return 0 if document["ok"] else 1


@report.command()
def show(
    product: Product, *, run: OfRun = None, json: Report = False, project: Project = ".", dash: DashDir = None
) -> int:
    """Show a report: the outcome, what was spent, the evidence, failed tests; 1 where its version is unknown."""
    folder = _known(product, project, dash)
    found = _inspect.report_of(folder, product, run)
    if json:
        _print_document(found.data)
        return _known_version(found)
    if found.message:
        print(for_terminal(found.message))
    now = time.time()
    recorded = RecordedRuns(Path(project, "reports", "runs"), now)
    after = recorded.newer(folder, product, found.data) if run in {None, LAST} else None
    print(tables.aligned(_shown.rows(found.data, now, is_known=found.read_as is not None, newer=after)), end="")
    tests = _inspect.tests_of(folder, found.data)
    if tests is not None:
        counted = counts(tests)
        numbers = ", ".join(f"{name} {number}" for name, number in counted.document().items())
        print(f"\ntests: {numbers}")
        _print_list("incomplete", [_shown.line(said) for said in counted.incomplete])
        _print_list("failed", [_shown.test(test) for test in _summary.failed_tests(tests)])
    _print_list("evidence", _inspect.evidence_paths(found.data))
    return _known_version(found)


@report.command("summary")
def summary(
    product: Product,
    *,
    run: OfRun = None,
    github: Annotated[
        bool, typer.Option("--github", help="Write to the job's page ($GITHUB_STEP_SUMMARY), and annotate its log.")
    ] = False,
    project: Project = ".",
    dash: DashDir = None,
) -> int:
    """Summarize a report as Markdown, for people or for a job's page on GitHub; 1 where its version is unknown."""
    folder = _known(product, project, dash)
    found = _inspect.report_of(folder, product, run)
    data = found.data
    if found.read_as is None:  # whatever it calls a success may be another thing by now
        data = {**data, "status": "unknown", "summary": found.message}
    tests = _inspect.tests_of(folder, data)
    where = str(folder / "runs" / product / str(data.get("run_id")) / "test-report.json")
    page = os.environ.get("GITHUB_STEP_SUMMARY") if github else None
    if page:
        room = _summary.MOST_BYTES - _size(page)
        _append(page, _summary.markdown(data, tests, where, limit=max(room, 0)))
    else:
        print(_summary.markdown(data, tests, where), end="")
    for line in _summary.annotated(data, tests, where) if github else ():
        print(line)
    return _known_version(found)


def _known_version(found: documents.Document) -> int:
    """The exit code of who showed a report: of a version that nobody knows nothing is said to be well."""
    return 0 if found.read_as else 1


def _run_dir(run: str, runs_dir: Path, product: str, *, alone: bool) -> Path:
    """The folder of a run that was named; beside a command, with which it makes no sense, it is not looked for."""
    return RecordedRuns(runs_dir, time.time()).named(product, run) if alone else Path(run)


def _known(product: str, project: str, dash: str | None) -> Path:
    """The dash folder, in which the product must be registered."""
    folder = dash_dir(project, dash)
    _fleet.find(_fleet.entries(_fleet.load(folder)), product)
    return folder


def _print_list(title: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    print(f"{title}:")
    for line in lines[:_MOST_TESTS]:
        print(for_terminal(f"  {line}"))
    if len(lines) > _MOST_TESTS:
        print(f"  and {len(lines) - _MOST_TESTS} more")


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - a path of the environment, as text
    except OSError:
        return 0


def _append(path: str, text: str) -> None:
    from runpact_core import files

    fd = files.open_append(path)
    try:
        files.append(fd, text.encode())
    finally:
        files.close(fd)


def _print_document(document: dict[str, Any]) -> None:
    sys.stdout.write(documents.dumps(document).decode())
