"""`RunWriter`: records one run into a folder of its own, and never becomes the end of what it records.

    writer = RunWriter("P2-Backfill", "0.1.0", ["NEON_DSN"])
    writer.start(*detect_trigger())
    writer.check("rows_inserted", "Rows inserted", "pass", ["run.json:$.outputs[0].rows_written"])
    writer.finish()

    with RunWriter("P2-Backfill", "0.1.0", ["NEON_DSN"]) as writer:
        writer.log("done")

Who fails:

* The program, with a word that no contract has or a call at the wrong moment: `UsageFailure`, always.
* Runpact itself (a full disk, a lost right, a value of the data that no contract admits, a fault of ours): one line on
  stderr and a warning in the run; the call does what it still can and returns. Where ``strict``, it is raised.

How a ``with`` block ends the run:

| the block ends with | status |
|---|---|
| its last line, ``return``, ``sys.exit()``, ``sys.exit(0)`` | follows from checks and warnings |
| any other exception, ``sys.exit(3)``, ``sys.exit("text")``, Ctrl-C | ``failed``; check ``run_completed`` failed |
| anything, after a `finish` in it | as given there |
| ``os._exit``, a kill, a loss of power | none: readers show ``interrupted`` |

Only `finish` and the end of a ``with`` block seal a run. An interpreter that exits, or a recorder that nobody holds any
more, lets go of the lock and leaves the run open, so readers show it as interrupted. In the child of a fork every
method does nothing, and says so once: the run is the parent's.
"""

from __future__ import annotations

import os
from _thread import RLock  # all of `threading` that is needed, and a wrapped command waits

from runpact_core import edge
from runpact_core.errors import InvalidArtifact, RunpactError
from runpact_core.redact import for_terminal
from runpact_writer import _closing, _current, _guard, _opened, _state, _values
from runpact_writer._mask import Secrets, Streams
from runpact_writer._surroundings import Surroundings, facts, missing_env, run_id, surroundings, tell, utc
from runpact_writer.errors import RequiredEnvMissing, WrongMoment

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType
    from typing import Any, Self

__all__ = ["RunWriter"]


class RunWriter:
    """Records one run. Threads may share it.

    Args:
        pipeline_id: What is run; ASCII letters, digits and hyphens, at most 100.
        pipeline_version: The version of its code, as its authors write it.
        required_env: Names of environment variables that must be set; only names are recorded.
        runs_dir: The folder of runs; it is made.
        product: The product of the fleet that the run belongs to.
        command: The command that is wrapped, argument by argument.
        announce: Whether `start` prints ``RUN_ID=<run_id>`` to stdout, where the run could be begun.
        strict: Whether failures of the recording are raised, as `RunpactError`.
        mask_env: Names of further variables; values of these and of the required ones are recorded as ``***``.
        around: Clocks, environment and machine; this process's own where None.

    Attributes:
        secrets: What is masked, once the run has started.

    Raises:
        InvalidPipelineId: The pipeline's id has other characters.
        UsageFailure: An argument is of another type, or has a name that the contract does not admit.
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
        strict: bool = False,
        mask_env: Sequence[str] = (),
        around: Surroundings | None = None,
    ) -> None:
        self.strict = strict
        self.mutex = RLock()
        self._state = _state.RunState(pipeline_id, pipeline_version, required_env)
        _state.check_product(product)
        self._runs_dir = _state.folder(runs_dir)
        self._product, self._command = product, command
        self._to_mask = (*self._state.required_env, *_state.env_names(mask_env, "mask_env"))
        self.secrets = Secrets()
        self._output = Streams(self.secrets)
        self._announce = announce
        self._around = around or surroundings()
        self._started_ns, self._pid = 0, os.getpid()
        self._folder: str | None = None
        self._opened: _opened.Opened | None = None
        self._disowned = self._told = False

    @property
    def run_dir(self) -> str:
        """The run's folder, absolute; it is not there if recording could not begin, which was said then.

        Raises:
            WrongMoment: The run has not started.
        """
        if self._folder is None:
            raise WrongMoment("a run that has not started has no folder", hint="call start first")
        return self._folder

    @property
    def run_id(self) -> str:
        """The run's id; `WrongMoment` is raised where it has not started."""
        return os.path.basename(self.run_dir)  # noqa: PTH119 - pathlib is slow

    @property
    def ok(self) -> bool:
        """Whether every required environment variable is set."""
        return not missing_env(self._around, self._state.required_env)

    def start(self, trigger_type: str, trigger_source: str, actor: str) -> str:
        """Start the run: from now on readers see it, whatever happens.

        Args:
            trigger_type: What kind of event started it, such as ``local_cli``.
            trigger_source: Where the event came from.
            actor: Who caused it.

        Returns:
            The run's id, whether or not it could be recorded. Look at `ok` before going on.

        Raises:
            WrongMoment: The run has started before.
            UsageFailure: The contract has no such trigger type, or the pipeline's id or product holds a masked value.
            RunpactError: The folder or a file in it could not be written; only where strict.
        """
        with _guard.Turn(self):
            _state.check_trigger_type(trigger_type)
            self._state.require("created", "started")
            self._begin({"type": trigger_type, "source": trigger_source, "actor": actor})
        if self._state.moment == "created":  # it was said why; from here on what is recorded goes nowhere
            self._folder = self._folder or os.path.join(self._runs_dir, "unrecorded")  # noqa: PTH118 - pathlib is slow
            self._state.start()
        if self._state.required_env:
            status, where = ("pass", "present") if self.ok else ("fail", "missing")
            name = "Required environment variables are set"
            self._state.check("required_env_present", name, status, [f"run.json:$.env.{where}"])
        with _guard.Turn(self):
            recorded = self._opened is not None  # nobody is sent to a run that is not there
            for failure in tell(self._around, self.run_id, announce=self._announce) if recorded else ():
                self._line(self.hide(failure))
        return self.run_id

    def add_input(self, type: str, ref: str, **more: Any) -> None:  # noqa: A002 - the published names
        """Record something that the run reads; ``more`` are further fields, such as ``range``."""
        with _guard.Turn(self):
            if self._is_ours():
                item = {"type": type, "ref": ref, **more}
                self._report(self._state.add("inputs", item, whole=self.strict))

    def add_output(self, type: str, ref: str, **more: Any) -> None:  # noqa: A002 - the published names
        """Record something that the run wrote; ``more`` are further fields, such as ``rows_written``."""
        with _guard.Turn(self):
            if self._is_ours():
                item = {"type": type, "ref": ref, **more}
                self._report(self._state.add("outputs", item, whole=self.strict))

    def set(self, key: str, value: object) -> None:
        """Record a fact about the run that no field has, as ``metadata``; the last value of a key stands."""
        with _guard.Turn(self):
            if self._is_ours():
                self._report(self._state.set(key, value))

    def metric(self, name: str, value: float) -> None:
        """Record a number that the run measured; put the unit into the name. The last value of a name stands.

        Raises:
            UsageFailure: The name is none that the contract admits.
        """
        with _guard.Turn(self):
            if self._is_ours():
                self._report(self._state.metric(name, value))

    def warn(self, message: str) -> None:
        """Record a warning, in the run and as a line of its log; it makes a run that would be a success partial."""
        with _guard.Turn(self):
            if self._is_ours():
                self._state.warn(message)
                self._line(f"warning: {self._state.warnings[-1]}")

    def check(
        self,
        id: str | None = None,  # noqa: A002 - the published name
        name: str | None = None,
        status: Iterable[object] | str | None = None,
        evidence: Iterable[object] | str = (),
    ) -> None:
        """Record a check; its name, status and evidence alone, in this order, are enough: the id is made of the name.

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
        with _guard.Turn(self):
            if self._is_ours():
                check_id, words, result, items = _state.check_form(id, name, status, evidence)
                self._state.check(check_id, words, result, [])
                self._state.checks[-1]["evidence"] = [each for item in items for each in self._pointer(item)]

    def log(self, message: object) -> int:
        """Write one line with the time to the log; its number, from 1. Control characters are written as escapes.

        Returns:
            The line's number; 0 where the line could not be written.
        """
        with _guard.Turn(self):
            if self._is_ours():
                self._state.require("open", "logged to")
                return self._line(_values.said(message, self.hide))
        return 0

    def record_output(self, data: bytes, *, masked: bool = False) -> None:
        """Append a piece of a command's output to the log, with secrets masked, or as it is where that was done."""
        with _guard.Turn(self):
            if self._is_ours():
                self._state.require("open", "logged to")
                if self._opened is not None:
                    self._opened.log.write(data if masked or not data else self._output.feed(0, data))

    def finish(self, status: str | None = None, **more: Any) -> str:
        """End the run and seal it: when this returns and nothing was said, `run.json` survives a loss of power.

        Where the seal cannot be written the run stays open, and `finish` may be called again.

        Args:
            status: ``success``, ``failed`` or ``partial``; follows from checks and warnings where None. With a failed
                check the run is failed, whatever is given.
            **more: Further fields of `run.json`, such as ``exit``.

        Returns:
            The status, also of a run that could not be recorded. Evidence that points to nothing becomes a warning.

        Raises:
            WrongMoment: The run is not open.
            UsageFailure: The status is none, or a field is one that the recorder writes itself.
            RunpactError: Something that was given is not admitted, or a file could not be written; only where strict.
        """
        with _guard.Turn(self):
            if self._is_ours():
                self._end(status, more)
        return str(self._state.ending.get("status") or status or self._state.derived_status())

    def __enter__(self) -> Self:
        """Start the run, unless that was done by hand, with the trigger that the environment tells.

        Raises:
            RequiredEnvMissing: Not all required variables are set; the run is recorded as failed.
        """
        if self._state.moment == "created":
            from runpact_writer._trigger import detect_trigger

            self.start(*detect_trigger(self._around.environ))
        missing = missing_env(self._around, self._state.required_env)
        if missing:
            self.finish()
            raise RequiredEnvMissing(missing)
        _current.enter(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the run by how the block ended, see the table of this module; the exception is passed on."""
        _current.leave(self)
        if self._state.moment != "open" or not self._is_here():
            return
        if error is None or (isinstance(error, SystemExit) and error.code in {None, 0}):
            self.finish()
            return
        try:
            with _guard.Turn(self):
                self.check("run_completed", "The run came to its end", "fail", [_guard.sentence(error, self.hide)])
                self.finish("failed")
        except RunpactError as failure:  # strict: said, since what ended the block is what must be raised
            edge.complain(failure)

    def __del__(self) -> None:
        """Let go of an unfinished run, in silence: its lock is free, so readers show it as interrupted."""
        opened = getattr(self, "_opened", None)
        if opened is not None and self._is_here():
            opened.let_go()

    def note(self, error: RunpactError) -> None:
        """Say that recording failed: on stderr, and as a warning in the run."""
        said = _values.text(error, self.hide)
        edge.say(f"runpact: {said}{'; this run is not recorded' if self._state.moment == 'created' else ''}")
        if self._state.moment == "open":
            self._state.warnings.append(f"Runpact: {said}")

    def hide(self, text: str) -> str:
        """The text with the values that are masked as ``***``."""
        return self.secrets.hide(text)

    def disown(self) -> None:
        """Forget the run without a trace on the disk: after a fork it is the parent's."""
        self._disowned = True
        self.mutex = RLock()  # another thread of the parent may have held it
        if self._opened is not None:
            self._opened.let_go()

    def _is_here(self) -> bool:
        """Whether this process is the one that started the run."""
        return not self._disowned and self._pid == os.getpid()

    def _is_ours(self) -> bool:
        """As `_is_here`, for what would be recorded: in a child that is strict, a typed error."""
        here, why = self._is_here(), "a run is recorded by the process that started it"
        if not here and self.strict:
            raise WrongMoment(why, hint="record in the parent process")
        if not (here or self._told):
            edge.say(f"runpact: {why}, so what this one records is left out")
        self._told = self._told or not here
        return here

    def _begin(self, trigger: dict[str, str]) -> None:
        """Open the run; where that fails, all is as before."""
        now, self._started_ns = self._around.clock(), self._around.monotonic()
        self._pid = os.getpid()
        self.secrets = Secrets(self._to_mask, self._around.environ)
        self._output, self._state.hide = Streams(self.secrets), self.secrets.hide
        _state.check_shown(self.hide, self._state.facts["pipeline_id"], self._product)
        found = facts(self._around, now, self._state.required_env)
        found |= {} if self._product is None else {"product": self._product}
        found |= {} if self._command is None else self.secrets.command(self._command)
        document = {**_state.open_document(self._state.facts), **found}
        document["pipeline_version"] = self.hide(document["pipeline_version"])
        document["trigger"] = trigger | {name: _values.text(trigger[name], self.hide) for name in ("source", "actor")}
        try:
            runs_dir = _opened.absolute(self._runs_dir)
            identifier = run_id(now, document["pipeline_id"], document["git"]["sha7"])
            self._folder = os.path.join(runs_dir, identifier)  # noqa: PTH118 - pathlib is slow
            self._opened = _opened.make(runs_dir, now, document)
        except BaseException:
            self._folder = None if self.strict else self._folder
            raise
        self._folder = self._opened.path
        del document["schema_version"]
        self._state.start(**document, **self.secrets.facts())
        _guard.keep(self)

    def _report(self, left_out: list[str]) -> None:
        """Tell of values that could not be recorded; where strict, as an error."""
        for each in left_out:
            if self.strict:
                raise InvalidArtifact(each)
            self.note(RunpactError(f"left out {each}"))

    def _pointer(self, item: object) -> list[str]:
        """An item of evidence as a pointer; none where the line that it would point to could not be written."""
        words = _values.said(item, self.hide)
        if _state.is_pointer(words):
            return [words]
        return [f"run.log:line:{number}"] if (number := self._line(words)) else []

    def _line(self, words: str) -> int:
        """Write a line without secrets to the log; 0 where that is not possible, which `finish` tells."""
        if self._opened is None:
            return 0
        log = self._opened.log
        number = log.line(f"{utc(self._around.clock())} {for_terminal(words)}")
        return 0 if log.failure is not None else number

    def _end(self, status: str | None, more: dict[str, Any]) -> None:
        """Seal the run and let go of it."""
        self._state.end(status)  # judges the words before anything is done
        _state.check_further(more)
        if self._opened is not None:
            kept, left_out = _closing.further(more, self.hide)
            self._report(left_out)
            for said in _closing.settle(self._opened, self._output):
                self.note(RunpactError(said))
            _closing.sync(self._opened.log, self._state.warnings)
            kept["finished_utc"] = max(utc(self._around.clock()), self._state.facts["started_utc"])
            kept["duration_ms"] = max((self._around.monotonic() - self._started_ns) // 1_000_000, 0)
            _closing.end(self._opened, self._state, status, kept)
            _closing.seal(self._opened, self._state, strict=self.strict)
        self._state.finish()
        if self._opened is not None:
            self._opened.unmark()
