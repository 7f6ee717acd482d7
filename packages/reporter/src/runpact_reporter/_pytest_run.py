"""A pytest session as a recorded run: open while it lasts, so that a kill shows as ``interrupted``, sealed at its end.

What the terminal shows goes to the run's log as well. The events lie in the run's folder, and its checks
``tests_passed`` and ``tests_complete`` point to them.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from runpact_core import edge, files
from runpact_core.errors import RunpactError
from runpact_reporter._counts import Counts, counts, verdict
from runpact_reporter._events import read_events
from runpact_reporter._places import pipeline_id, registry_path
from runpact_writer import RunWriter, detect_trigger

if TYPE_CHECKING:
    import pytest

__all__ = ["EVENTS", "Concluded", "SessionRun", "conclude_run", "project_of", "refusal"]

EVENTS = "artifacts/pytest-events.jsonl"
"""Where the events of a session lie in the folder of its run."""


class Concluded(NamedTuple):
    """What came of a session: the sentence for people, and whether it is green."""

    summary: str
    is_green: bool


def project_of(config: pytest.Config) -> Path:
    """The project of a session: where pytest was called, if the register is there; else its root directory, if there.

    The former too where neither has a register.
    """
    here = config.invocation_params.dir
    return next((each for each in (here, config.rootpath) if registry_path(each / "dash").exists()), here)


def refusal(product: str, project: Path) -> int | None:
    """Why the tests of a product must not be started, said on stderr; the exit code, None where they may be."""
    from runpact_reporter import _economy, _starting

    try:
        _starting.require(project / "dash", product, _economy.given(_economy.Given(), os.environ))
    except RunpactError as error:
        return edge.complain(error)
    return None


class SessionRun:
    """The run of a session, started.

    Args:
        product: The product; the run's pipeline id as well.
        project: The folder that ``reports/runs`` is in.

    Raises:
        RunpactError: The run could not be recorded, or the product has a name that no pipeline can have.
    """

    def __init__(self, product: str, project: Path) -> None:
        self._product = product
        self._project = project
        runs_dir = project / "reports" / "runs"
        self._writer = RunWriter(
            pipeline_id(product), "0.0.0", product=product, runs_dir=runs_dir, announce=False, strict=True
        )
        self._writer.start(*detect_trigger())
        self.run_dir = Path(self._writer.run_dir)
        self.events = str(self.run_dir / EVENTS)
        files.make_dirs(self.run_dir / "artifacts")
        self._listening: Any = None
        self._pid = os.getpid()

    def listen_to(self, terminal: Any) -> None:
        """Write what pytest's reporter prints to the run's log too."""
        writer = terminal._tw  # noqa: SLF001 - pytest has no other way to listen; its own pastebin does the same
        show = writer.write

        def write(text: str, **markup: Any) -> None:
            show(text, **markup)
            if self._listening is not None and self._pid == os.getpid():
                try:
                    self._writer.record_output(text.encode("utf-8", "backslashreplace"))
                except RunpactError as error:
                    self._listening = None
                    with suppress(RunpactError):
                        self._writer.warn(f"what the terminal showed is not all in the log: {error}")

        self._listening = writer
        writer.write = write

    def conclude(self, exit_status: int) -> Concluded:
        """Seal the run by what its events say, and have it reported; the sentence begins with the run's id.

        Raises:
            RunpactError: The run could not be sealed, or not be reported.
        """
        self.let_go()
        done = conclude_run(self._writer, read_events(self.events), exit_status)
        _finish(self._project, self._product, Path(self.events), exit_status)
        return done._replace(summary=f"{self._writer.run_id}: {done.summary}")

    def let_go(self) -> None:
        """Stop listening to the terminal."""
        writer, self._listening = self._listening, None
        if writer is not None:
            vars(writer).pop("write", None)


def conclude_run(writer: RunWriter, report: dict[str, Any], exit_status: int) -> Concluded:
    """Record what a session's report says as checks, metrics and status, and seal the run."""
    found = counts(report)
    status, summary = verdict(found, exit_status)
    passed = found.reported > 0 and not found.failed and exit_status == 0
    writer.check("tests_passed", "Every test that was reported passed", _word(passed), [EVENTS])
    writer.check("tests_complete", "Every collected test was reported", _word(_is_complete(found)), [EVENTS])
    for name, number in found.document().items():
        writer.metric(f"tests.{name}", number)
    writer.set("summary", summary)
    writer.set("pytest_exit_status", exit_status)
    writer.finish(status)
    return Concluded(summary, status != "failed")


def _is_complete(found: Counts) -> bool:
    collected = found.reported if found.collected is None else found.collected
    return 0 < found.reported >= collected and not found.incomplete


def _word(is_so: bool) -> str:  # noqa: FBT001 - the one value that it turns into a word
    return "pass" if is_so else "fail"


def _finish(project: Path, product: str, events_path: Path, exit_code: int) -> None:
    """Report the sealed run: `report generate` for a session that ran already."""
    from importlib import import_module

    generate = import_module("runpact_reporter._generate")
    generate.report_session(
        product=product,
        project=project,
        run_dir=events_path.parent.parent,
        events_path=events_path,
        exit_code=exit_code,
    )
