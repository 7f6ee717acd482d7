"""`report generate`: tests are run and recorded, or what was recorded is taken, and a report of it is published.

    generate(Request("spec-kit", Path("dash"), Path("reports/runs"), command=("pytest", "-q")))

Invariants:

* Nothing is started for a product that `_starting.require` does not let pass.
* Whatever happens after the start, a fault of ours included, a report is published that says so, if the disk takes it.
* The exit code is that of the tests; 124 when their time was over; 125 where we failed; 1 instead of a 0 where the
  report is not green, or evidence that was asked for is not there. Without a start it is 0 for a success, else 1.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from runpact_core import edge
from runpact_core.errors import EnvironmentFailed, RunpactError, UsageFailure
from runpact_reporter import _economy, _last_run, _report_of, _results, _starting, _testing
from runpact_reporter._places import pipeline_id
from runpact_reporter._publish import Published, publish
from runpact_writer import Recorded, RunWriter, detect_trigger, run_recorded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runpact_reporter._report_of import Story

__all__ = ["OWN_FAILURE", "Generated", "Request", "generate", "report_session"]

OWN_FAILURE = 125
_TIMED_OUT = 124


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """What a report is to be made of; exactly one of command, test paths, run, or results alone.

    Attributes:
        product: The product.
        dash: The dash folder.
        runs_dir: The folder of recorded runs.
        command: The command that runs the tests.
        test_paths: What pytest is to test.
        run_dir: A recorded run.
        junit: Files of results, made by the command, of the run, or all that there is.
        ctrf: The same, of CTRF.
        events: The events of a pytest session of the run.
        exit_code: The exit code of the tests of a recorded run that does not state one.
        screenshot: A picture of the rendered pages.
        evidence: More files.
        version: Version of the report: 0.1 or 0.2.
        timeout_s: Seconds after which the command is ended.
        given: What the caller says of budget, kill switch and pull requests.
        keep: How many runs of the product are kept when old ones are cleaned away; None to leave them.
        project: The project's folder, for that.
        given_dash: The dash folder where it is not the project's, for that.
        quiet: Whether what the command prints goes to stderr, since stdout is for a document.
    """

    product: str
    dash: Path
    runs_dir: Path
    command: tuple[str, ...] = ()
    test_paths: tuple[str, ...] = ()
    run_dir: Path | None = None
    junit: tuple[Path, ...] = ()
    ctrf: tuple[Path, ...] = ()
    events: Path | None = None
    exit_code: int | None = None
    screenshot: Path | None = None
    evidence: tuple[Path, ...] = ()
    version: str = "0.1"
    timeout_s: float | None = None
    given: _economy.Given = _economy.Given()  # noqa: RUF009 - a value that nobody can change
    keep: int | None = None
    project: str = "."
    given_dash: str | None = None
    quiet: bool = False

    @property
    def starts(self) -> bool:
        """Whether tests are started."""
        return bool(self.command or self.test_paths)


class Generated(NamedTuple):
    """What came of it.

    Attributes:
        code: The exit code.
        published: What was published; None where that was not possible.
    """

    code: int
    published: Published | None


def generate(request: Request) -> Generated:
    """Make and publish a report; what people are to know is said on stderr.

    Raises:
        UnknownProduct: The product is not registered.
        ProductDisabled: It takes no part in the fleet, and tests were to be started.
        KillSwitchOn: Its kill switch is on, and tests were to be started.
        RunpactError: The request makes no sense, or a recorded run cannot be found; nothing was done.
    """
    _check(request)
    request = dataclasses.replace(request, given=_economy.given(request.given, os.environ))
    if request.starts:
        _starting.require(request.dash, request.product, request.given)
    elif _economy.kill_switch(request.given, *_last_run.previous(request.dash, request.product)).guessed:
        edge.say(
            "runpact: the previous report cannot be read: whether the kill switch was on is lost, and it is off now"
        )
    if request.keep is not None:
        note = _testing.clean(request.product, request.keep, request.project, request.given_dash)
        if note:
            edge.say(f"runpact: {note}")
    if request.starts:
        return _tested(request)
    if request.run_dir is not None:
        return _settled(request, _report_of.recorded(request))
    return _imported(request)


def report_session(
    *, product: str, project: str | os.PathLike[str], run_dir: Path, events_path: Path, exit_code: int
) -> Generated:
    """Report a pytest session that recorded itself: `generate` for its sealed run.

    Args:
        product: The product.
        project: The folder that ``dash`` is in.
        run_dir: The folder of the session's run.
        events_path: Its events.
        exit_code: What pytest ended with.

    Raises:
        RunpactError: As `generate`, or the report could not be published.
    """
    dash = Path(project) / "dash"
    request = Request(
        product, dash, run_dir.parent, run_dir=run_dir, events=events_path, exit_code=exit_code, project=str(project)
    )
    _check(request)
    request = dataclasses.replace(request, given=_economy.given(request.given, os.environ))
    story = _report_of.recorded(request)
    published = publish(dash, _report_of.publication(request, story), time.time())
    if published.late is not None:
        edge.complain(published.late)
    return Generated(exit_code, published)


def _check(request: Request) -> None:
    ways = [bool(request.command), bool(request.test_paths), request.run_dir is not None]
    if sum(ways) > 1:
        raise UsageFailure("a command, --test-path and --run exclude each other", hint="give one of them")
    if not (any(ways) or request.junit or request.ctrf):
        hint = "give --test-path, --run, --junit, --ctrf or a command: -- CMD"
        raise UsageFailure("there is nothing to make a report of", hint=hint)
    if request.timeout_s is not None and not request.starts:
        raise UsageFailure("--timeout ends a command, and none is started", hint="leave it out, or give -- CMD")
    for option, paths in (("--junit", request.junit), ("--ctrf", request.ctrf)):
        known = [os.path.realpath(path) for path in paths]
        for path, real in zip(paths, known, strict=True):
            if known.count(real) > 1:
                raise UsageFailure(f"{option} {path} was given more than once", hint="its tests would count twice")
    _starting.registered(request.dash, request.product)


def _tested(request: Request) -> Generated:
    """Run the tests, record them, report them."""
    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="runpact-", ignore_cleanup_errors=True)))
        tests = _testing.Tests(request.command, None)
        if request.test_paths:
            tests = _testing.pytest_command(request.test_paths, scratch)
        sources = _results.Sources(
            request.junit or ((tests.junit,) if tests.junit and not request.ctrf else ()),
            request.ctrf,
            scratch / "events.jsonl",
            needed=bool(request.test_paths) or _testing.is_pytest(request.command),
        )
        before, found = _results.marks(sources), _Found()
        began = time.time_ns() // 1_000_000
        if request.quiet:
            stack.enter_context(_stdout_to_stderr())
        recorded = run_recorded(
            tests.command,
            pipeline_id=pipeline_id(request.product),
            product=request.product,
            runs_dir=request.runs_dir,
            timeout_s=request.timeout_s,
            env={"RUNPACT_TEST_EVENTS": str(sources.events)},
            conclude=lambda writer, code: found.take(writer, sources, before, code),
        )
    ours = found.failure or (None if recorded.run_dir else RunpactError("the run could not be recorded"))
    story = _report_of.after(recorded, found.results, began, ours)
    done = _settled(request, story)
    return done._replace(code=_code(recorded, done, ours))


class _Found:
    """What was found at the end of a run, on its way out of the recorder."""

    def __init__(self) -> None:
        self.results = _results.Results()
        self.failure: Exception | None = None

    def take(self, writer: RunWriter, sources: _results.Sources, before: _results.Before, code: int | None) -> None:
        """Read the results and put them into the run; a fault of ours is kept, and becomes the report's."""
        try:
            self.results = _results.read(sources, before, at_ms=time.time_ns() // 1_000_000)
            for fault in self.results.faults:
                edge.say(f"runpact: {fault.line()}")
            _results.tell(writer, self.results, sources, code)
        except Exception as error:
            self.failure = error
            raise


def _imported(request: Request) -> Generated:
    """Record that results of others were taken in, report them."""
    began, found = time.time_ns() // 1_000_000, _Found()
    sources = _results.Sources(request.junit, request.ctrf, needed=True)
    try:
        writer = RunWriter(
            pipeline_id(request.product),
            "0.0.0",
            runs_dir=request.runs_dir,
            product=request.product,
            announce=False,
            strict=True,
        )
        writer.start(*detect_trigger())
    except EnvironmentFailed as error:
        _complain(error)
        unrecorded = Recorded(OWN_FAILURE, None, None, timed_out=False)
        done = _settled(request, _report_of.after(unrecorded, found.results, began, error))
        return done._replace(code=OWN_FAILURE)
    for source in (*sources.junit, *sources.ctrf):
        writer.add_input(type="test_results", ref=str(source))
        writer.log(f"taking test results from {source}")
    try:
        found.results = _results.read(sources, at_ms=began)
        for fault in found.results.faults:
            edge.say(f"runpact: {fault.line()}")
        _results.tell(writer, found.results, sources, None)
    except Exception as error:  # noqa: BLE001 - whatever it is, the run is sealed and the report says so
        found.failure = error
        writer.warn(f"the results could not be taken in: {_report_of.in_words(error)}")
    writer.finish()
    done = _settled(request, _report_of.imported(writer, found.results, began, found.failure))
    return done._replace(code=OWN_FAILURE) if found.failure else done


def _settled(request: Request, story: Story) -> Generated:
    """Publish a report; where that fails, one that says so. What fails after it changes nothing of what it says."""
    published, code = None, OWN_FAILURE
    try:
        published = publish(request.dash, _report_of.publication(request, story), time.time())
        is_green = published.data["status"] == "success"
        code = 0 if is_green and not published.faults else 1
        for fault in published.faults:
            edge.say(f"runpact: {fault.line()}")
        if published.late is not None:
            _complain(published.late)
            code = OWN_FAILURE
    except Exception as error:  # noqa: BLE001 - said, and reported if the disk takes at least that
        _complain(error)
        with contextlib.suppress(Exception):
            published = publish(request.dash, _report_of.unpublished(request, story, error), time.time())
    return Generated(code, published)


def _complain(error: Exception) -> None:
    if isinstance(error, RunpactError):
        edge.complain(error)
    else:
        hint = "this is a fault of Runpact: please report it"
        edge.complain(RunpactError(f"the report failed: {type(error).__name__}: {error}", hint=hint))


def _code(recorded: Recorded, done: Generated, ours: Exception | None) -> int:
    """The exit code after tests that ran."""
    if recorded.timed_out:
        return _TIMED_OUT
    if ours is not None or done.code == OWN_FAILURE:
        return OWN_FAILURE
    return recorded.code or done.code


@contextlib.contextmanager
def _stdout_to_stderr() -> Iterator[None]:
    """Send what is written to stdout to stderr, by whichever process."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
