"""`RunWriter`: records one run into a folder of its own.

The order on disk is the promise: folder, `open.json` (locked as long as the recorder lives), `run.log`, then
`checks.json`, then `run.json`, the seal, then `open.json` goes. Cut it anywhere and a reader finds no run, an open one,
or a finished one.

    writer = RunWriter("P2-Backfill", "0.1.0", ["NEON_DSN"])
    writer.start(*detect_trigger())
    writer.check("rows_inserted", "Rows inserted", "pass", ["run.json:$.outputs[0].rows_written"])
    writer.finish()
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from runpact_core import documents, files
from runpact_core.errors import EnvironmentFailed, RunpactError
from runpact_core.redact import for_terminal
from runpact_writer import _git, _state
from runpact_writer._log import RunLog
from runpact_writer._surroundings import Surroundings, host, run_id, surroundings, utc
from runpact_writer.errors import WrongMoment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["RunWriter"]


class RunWriter:
    """Records one run.

    Args:
        pipeline_id: What is run; ASCII letters, digits and hyphens, at most 100.
        pipeline_version: The version of its code, as its authors write it.
        required_env: Names of environment variables that must be set; only names are recorded.
        runs_dir: The folder of runs; it is made.
        product: The product of the fleet that the run belongs to.
        command: The command that is wrapped, argument by argument.
        announce: Whether `start` prints ``RUN_ID=<run_id>`` to stdout.
        around: Clocks, environment and machine; this process's own where None.

    Raises:
        InvalidPipelineId: The pipeline's id has other characters.
        UsageFailure: The product, or a required variable, has a name that the contract does not admit.
    """

    def __init__(  # noqa: PLR0913 - the first three are the published form, the rest are options
        self,
        pipeline_id: str,
        pipeline_version: str,
        required_env: Sequence[str] = (),
        *,
        runs_dir: str | os.PathLike[str] = "reports/runs",
        product: str | None = None,
        command: Sequence[str] | None = None,
        announce: bool = True,
        around: Surroundings | None = None,
    ) -> None:
        self._state = _state.RunState(pipeline_id, pipeline_version, required_env)
        _state.check_product(product)
        self._runs_dir = os.fspath(runs_dir)
        self._options = {"product": product, "command": list(command) if command is not None else None}
        self._announce = announce
        self._around = around or surroundings()
        self._started_ns = 0
        self._folder: str | None = None
        self._log: RunLog | None = None
        self._lock: int | None = None

    @property
    def run_dir(self) -> str:
        """The run's folder, as an absolute path: a program may change its folder while it is recorded.

        Raises:
            WrongMoment: The run has not started.
        """
        if self._folder is None:
            raise WrongMoment("a run that has not started has no folder", hint="call start first")
        return self._folder

    @property
    def ok(self) -> bool:
        """Whether every required environment variable is set."""
        return not self._missing()

    def start(self, trigger_type: str, trigger_source: str, actor: str) -> str:
        """Start the run: from now on readers see it, whatever happens.

        Args:
            trigger_type: What kind of event started it, such as ``local_cli``.
            trigger_source: Where the event came from.
            actor: Who caused it.

        Returns:
            The run's id.

        Raises:
            WrongMoment: The run has started before.
            UsageFailure: The contract has no such trigger type.
            InvalidArtifact: Something that was given cannot be written as JSON.
            EnvironmentFailed: The folder or a file in it could not be written.
        """
        _state.check_trigger_type(trigger_type)
        now = self._around.clock()
        self._started_ns = self._around.monotonic()
        missing = self._missing()
        facts: dict[str, Any] = {
            "started_utc": utc(now),
            "trigger": {"type": trigger_type, "source": trigger_source, "actor": actor},
            "git": _git.commit("."),
            "env": {"present": [name for name in self._state.required_env if name not in missing], "missing": missing},
            "host": host(self._around.here),
            **{name: value for name, value in self._options.items() if value is not None},
        }
        self._state.start(**facts)
        try:
            documents.dumps(_state.open_document(self._state.facts))
            identifier = self._claim(now, facts["git"]["sha7"])
            self._state.facts["run_id"] = identifier
            self._open(self.run_dir)
        except RunpactError:
            self._state.moment, self._folder = "created", None
            raise
        self._tell(identifier)
        if self._state.required_env:
            status, where = ("fail", "missing") if missing else ("pass", "present")
            name = "Required environment variables are set"
            self._state.check("required_env_present", name, status, [f"run.json:$.env.{where}"])
        return identifier

    def add_input(self, type: str, ref: str, **more: Any) -> None:  # noqa: A002 - the published names
        """Record something that the run reads; ``more`` are further fields, such as ``range``."""
        self._state.add("inputs", {"type": type, "ref": ref, **more})

    def add_output(self, type: str, ref: str, **more: Any) -> None:  # noqa: A002 - the published names
        """Record something that the run wrote; ``more`` are further fields, such as ``rows_written``."""
        self._state.add("outputs", {"type": type, "ref": ref, **more})

    def check(
        self,
        id: str | None = None,  # noqa: A002 - the published name
        name: str | None = None,
        status: str | None = None,
        evidence: Iterable[str] | str = (),
    ) -> None:
        """Record a check.

        Args:
            id: Its identifier in snake_case; made of the name where None.
            name: The check in words.
            status: ``pass``, ``fail`` or ``skip``.
            evidence: Pointers (``run.json:<jsonpath>``, ``run.log:line:<n>``, ``artifacts/<path>``); any other text is
                written to the log and becomes the pointer to its line.

        Raises:
            UsageFailure: The status is none, or there is neither id nor name.
            WrongMoment: The run is not open.
        """
        items = [evidence] if isinstance(evidence, str) else list(evidence)
        pointers = [item if _state.is_pointer(item) else f"run.log:line:{self.log(item)}" for item in items]
        self._state.check(id, name, status or "", pointers)

    def log(self, message: str) -> int:
        """Write one line with the time to the log; its number, from 1. Control characters are written as escapes."""
        return self._open_log().line(f"{utc(self._around.clock())} {for_terminal(message)}")

    def record_output(self, data: bytes) -> None:
        """Append bytes of a wrapped command to the log as they are."""
        self._open_log().write(data)

    def finish(self, status: str | None = None, **facts: Any) -> str:
        """End the run and seal it: when this returns, `run.json` is there and survives a loss of power.

        Args:
            status: ``success``, ``failed`` or ``partial``; follows from checks and warnings where None.
            **facts: Further fields of `run.json`, such as ``exit``.

        Returns:
            The status.

        Raises:
            WrongMoment: The run is not open.
            UsageFailure: The status is none.
            InvalidArtifact: Something that was recorded is not admitted by the contract.
            EnvironmentFailed: A file could not be written; the run stays open.
        """
        log = self._open_log()
        log_failure = log.failure
        if log_failure is not None:
            self._state.warnings.append(f"{log.omitted_bytes} bytes are missing from run.log: {log_failure}")
        self._state.finish(
            status,
            finished_utc=max(utc(self._around.clock()), self._state.facts["started_utc"]),
            duration_ms=(self._around.monotonic() - self._started_ns) // 1_000_000,
            log=log.counted(),
            **facts,
        )
        log.close()
        run = self._state.run_document()
        documents.write(self._in("checks.json"), self._state.checks_document(), contract="checks")
        documents.write(self._in("run.json"), run, contract="run")
        files.remove(self._in("open.json"))
        self._release()
        return str(run["status"])

    def _missing(self) -> list[str]:
        return [name for name in self._state.required_env if not self._around.environ.get(name)]

    def _claim(self, now: float, sha7: str) -> str:
        """Make the run's folder; its name is the first second from now on that nobody has taken."""
        try:
            runs_dir = os.path.abspath(self._runs_dir)  # noqa: PTH100 - pathlib is slow
        except OSError as error:
            raise EnvironmentFailed(
                "finding the current folder", error, hint="it is gone: change to another"
            ) from error
        files.make_dirs(runs_dir)
        second = int(now)
        while True:
            identifier = run_id(second, self._state.facts["pipeline_id"], sha7)
            folder = os.path.join(runs_dir, identifier)  # noqa: PTH118 - pathlib is slow
            if files.make_dir(folder):
                self._folder = folder
                return identifier
            second += 1

    def _open(self, folder: str) -> None:
        document = documents.dumps(_state.open_document(self._state.facts))
        try:
            self._lock = files.replace_locked(self._in("open.json"), document)
            self._log = RunLog(self._in("run.log"))
            self._log.line(f"RUN_ID={self._state.facts['run_id']}")
        except RunpactError:
            self._abandon(folder)
            raise
        if self._log.failure is not None:
            self._log.close()
            self._abandon(folder)
            raise self._log.failure

    def _abandon(self, folder: str) -> None:
        """Leave no folder of a run that could not begin."""
        self._release()
        for name in ("run.log", "open.json"):
            try:
                files.remove(self._in(name))
            except RunpactError:
                return
        try:
            os.rmdir(folder)  # noqa: PTH106 - pathlib is slow
        except OSError:
            return

    def _tell(self, identifier: str) -> None:
        """Say the id where it is asked for: on stdout, and to the steps after this one on GitHub."""
        if self._announce:
            try:
                print(f"RUN_ID={identifier}", file=self._around.out, flush=True)
            except (OSError, ValueError) as error:
                self.log(f"RUN_ID could not be printed: {error}")
        target = self._around.environ.get("GITHUB_OUTPUT")
        if target:
            try:
                with open(target, "a", encoding="utf-8") as file:  # noqa: PTH123 - pathlib is slow
                    file.write(f"run_id={identifier}\n")
            except OSError as error:
                self.log(f"run_id could not be written to GITHUB_OUTPUT: {error.strerror}")

    def _open_log(self) -> RunLog:
        if self._log is None or self._state.moment != "open":
            raise WrongMoment(f"a run that is {self._state.moment} has no open log", hint="start first, finish last")
        return self._log

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _in(self, name: str) -> str:
        return os.path.join(self.run_dir, name)  # noqa: PTH118 - pathlib is slow
