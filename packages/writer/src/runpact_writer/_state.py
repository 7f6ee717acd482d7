"""What a run has become so far, and the documents that follow from it. Pure: no file, no clock, no environment.

    created ─ start ─▶ open ─ finish ─▶ finished

A `RunState` collects; `run_document` and `checks_document` are functions of it alone, so what is written can be tested
without writing. Nothing is collected that a contract would refuse at the end: a word of the program (an id, a status,
the name of a metric) that it does not admit is refused when it is given; a value of the data that it does not admit is
left out, and the methods return what was left out in sentences.
"""

from __future__ import annotations

import os

from runpact_core.errors import UsageFailure
from runpact_writer import _values
from runpact_writer.errors import InvalidPipelineId, WrongMoment

TYPE_CHECKING = False  # importing `typing` for this name alone would cost more than the rest of the module
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

RUN_STATUSES = ("success", "failed", "partial")
CHECK_STATUSES = ("pass", "fail", "skip")
TRIGGER_TYPES = (
    *("github_schedule", "github_dispatch", "github_push", "github_pull_request", "github_event"),
    *("gitlab_schedule", "gitlab_push", "gitlab_merge_request", "gitlab_event"),
    *("buildkite_schedule", "buildkite_event", "jenkins_event", "circleci_event", "azure_schedule", "azure_event"),
    *("local_cli", "worker_http", "worker_cron"),
)
# What the contracts admit, since the validator is slow to load and a wrapped command waits; a test holds them to it.
_POINTER = r"run\.json:\$[^\x00-\x1f\x7f\ud800-\udfff]+|run\.log:line:[0-9]+|artifacts/[^\x00-\x1f\x7f\ud800-\udfff]+"
_LONGEST_POINTER = 1000
_DIGITS = "0123456789"
_SMALL = "abcdefghijklmnopqrstuvwxyz"
_LETTERS = _SMALL + _SMALL.upper()
ID_CHARACTERS = frozenset(_LETTERS + _DIGITS + "-")
"""What the id of a pipeline is made of."""

_LONGEST_NAME = 100
_LONGEST_ENV_NAME = 255
_NOT_IN_ENV_NAME = frozenset("=\x7f" + "".join(map(chr, range(32))))
_MOST_STRIPPED_CHECKS = 10_000
_OWN_FACTS = (
    *("run_id", "pipeline_id", "pipeline_version", "started_utc", "finished_utc", "duration_ms", "status", "trigger"),
    *("git", "env", "host", "log", "product", "parent_run_id", "masking"),
)
_RECORDED_FACTS = frozenset(
    (*_OWN_FACTS, "schema_version", "inputs", "outputs", "warnings", "metadata", "metrics", "command", "command_b64")
) | {"interruption"}
_IN_SNAKE_CASE = frozenset(_SMALL + _DIGITS)


class RunState:
    """One run, from its start to its end.

    Attributes:
        facts: The fields of `run.json` that are known from the start.
        moment: ``created``, ``open`` or ``finished``.
        hide: Takes secrets out of a text: every one that is given is put through it before anything else is done.
    """

    def __init__(self, pipeline_id: str, pipeline_version: str, required_env: Sequence[str]) -> None:
        """A run that has not started.

        Raises:
            InvalidPipelineId: The id has other characters than letters, digits and hyphens, or is too long.
            UsageFailure: A required variable has a name that none can have.
        """
        check_pipeline_id(pipeline_id)
        self.facts: dict[str, Any] = {"pipeline_id": pipeline_id, "pipeline_version": _values.text(pipeline_version)}
        self.required_env = env_names(required_env, "required_env")
        self.moment = "created"
        self.hide: Callable[[str], str] = str
        self.inputs: list[dict[str, Any]] = []
        self.outputs: list[dict[str, Any]] = []
        self.checks: list[dict[str, Any]] = []
        self.warnings: list[str] = []
        self.metadata: dict[str, Any] = {}
        self.metrics: dict[str, int | float] = {}
        self.ending: dict[str, Any] = {}

    def start(self, **facts: Any) -> None:
        """The run starts; ``facts`` are further fields of `run.json`."""
        self.require("created", "started")
        self.facts |= facts
        self.moment = "open"

    def add(self, kind: str, item: Mapping[str, Any], *, whole: bool = False) -> list[str]:
        """Record one of the ``inputs`` or ``outputs``, or, if ``whole``, nothing where a part of it cannot be recorded.

        Returns:
            What of it cannot be recorded, in sentences.
        """
        self.require("open", f"given {kind}")
        items = self.inputs if kind == "inputs" else self.outputs
        admitted: dict[str, Any] = {}
        left_out = []
        for name, value in item.items():
            try:
                admitted[_values.text(name, self.hide)] = _field(kind, name, value, self.hide)
            except _values.Unfit as unfit:
                left_out.append(f"{kind}[{len(items)}].{_values.text(name, self.hide)}: {unfit}")
        if not (whole and left_out):
            items.append(admitted)
        return left_out

    def set(self, key: str, value: object) -> list[str]:
        """Record a fact that no field has; the last value stands. What cannot be recorded, in sentences."""
        self.require("open", "given metadata")
        name = _values.text(key, self.hide)
        try:
            self.metadata[name] = _values.plain(value, self.hide)
        except _values.Unfit as unfit:
            return [f"metadata.{name}: {unfit}"]
        return []

    def metric(self, name: object, value: object) -> list[str]:
        """Record a number that was measured; the last value stands. What cannot be recorded, in sentences.

        Raises:
            UsageFailure: The name is none that the contract admits.
        """
        self.require("open", "given metrics")
        if not isinstance(name, str) or not _is_named(name, _LETTERS + "_", _LETTERS + _DIGITS + "_.-"):
            hint = "use 1 to 100 ASCII letters, digits, dots, hyphens and underscores, the first a letter or underscore"
            shown = self.hide(name) if isinstance(name, str) else name
            raise UsageFailure(f"{shown!r} is no name of a metric", hint=hint)
        hidden = self.hide(name).replace("*", "_")  # a name has no asterisks
        try:
            self.metrics[hidden] = _values.number(self.hide(value) if isinstance(value, str) else value)
        except _values.Unfit as unfit:
            return [f"metrics.{hidden}: {unfit}"]
        return []

    def warn(self, message: str) -> None:
        """Record a warning."""
        self.require("open", "warned of")
        self.warnings.append(_values.text(message, self.hide))

    def check(self, check_id: str | None, name: str | None, status: str, evidence: Iterable[str]) -> None:
        """Record a check; a missing id is made of the name, a missing name of the id.

        Raises:
            UsageFailure: There is neither id nor name, the id is not in snake_case, or the status is none.
        """
        self.require("open", "checked")
        if status not in CHECK_STATUSES:
            hint = f"it is one of {', '.join(CHECK_STATUSES)}"
            raise UsageFailure(f"a check's status is not {self.hide(status)!r}", hint=hint)
        if not (check_id or name):
            raise UsageFailure("a check needs a name", hint="give a name, or an id in snake_case")
        identifier = check_id or snake_case(self.hide(str(name)))
        if not _is_named(identifier, _SMALL, _SMALL + _DIGITS + "_"):
            shown = self.hide(identifier)
            raise UsageFailure(f"{shown!r} is no id of a check", hint=f"write {snake_case(shown)!r}")
        hidden = self.hide(identifier)
        identifier = identifier if hidden == identifier else snake_case(hidden)
        words = _values.text(name or identifier, self.hide)
        self.checks.append({"id": identifier, "name": words, "status": status, "evidence": list(evidence)})

    def end(self, status: str | None, **facts: Any) -> None:
        """The run ends, as ``status`` says or, where None, as its checks and warnings say; it is open until sealed.

        With a failed check it is failed whatever is said: no failure is shown as green.

        Raises:
            UsageFailure: The status is none.
        """
        self.require("open", "finished")
        if status is not None and status not in RUN_STATUSES:
            raise UsageFailure(f"a run's status is not {status!r}", hint=f"it is one of {', '.join(RUN_STATUSES)}")
        derived = self.derived_status()
        self.ending = facts | {"status": status if status and derived != "failed" else derived}

    def finish(self) -> None:
        """The run has been sealed: nothing is added to it any more."""
        self.require("open", "finished")
        self.moment = "finished"

    def strip(self, reason: str) -> None:
        """Keep of the run only what this package made itself, and say why; for what no contract would admit."""
        self.inputs, self.outputs, self.metadata, self.metrics = [], [], {}, {}
        self.facts = {name: value for name, value in self.facts.items() if name in _OWN_FACTS}
        self.ending = {name: value for name, value in self.ending.items() if name in _OWN_FACTS}
        self.warnings = [f"what the pipeline gave was left out: {reason}"]
        self.checks = [{**check, "name": check["id"], "evidence": []} for check in self.checks[:_MOST_STRIPPED_CHECKS]]

    def derived_status(self) -> str:
        """Any failed check fails the run; any skipped one, or a warning, makes it partial."""
        found = {check["status"] for check in self.checks}
        if "fail" in found:
            return "failed"
        return "partial" if "skip" in found or self.warnings else "success"

    def run_document(self) -> dict[str, Any]:
        """`run.json` of a finished run."""
        more = {"warnings": self.warnings, "metadata": self.metadata, "metrics": self.metrics}
        document = {"schema_version": "0.2", **self.facts, "inputs": self.inputs, "outputs": self.outputs}
        return {**document, **{name: given for name, given in more.items() if given}, **self.ending}

    def checks_document(self) -> dict[str, Any]:
        """`checks.json` of a run."""
        counts = {status: sum(check["status"] == status for check in self.checks) for status in CHECK_STATUSES}
        return {"schema_version": "0.2", "run_id": self.facts["run_id"], "checks": self.checks, "summary": counts}

    def require(self, moment: str, done: str) -> None:
        """Raise `WrongMoment` where the run is not at a moment; ``done`` says what it cannot be then."""
        if self.moment != moment:
            raise WrongMoment(
                f"a run that is {self.moment} cannot be {done}", hint="start once, then record, then finish"
            )


def check_pipeline_id(pipeline_id: str) -> None:
    """Raise `InvalidPipelineId` for what cannot be part of a run's id on every file system."""
    _check_text("pipeline_id", pipeline_id)
    if not 0 < len(pipeline_id) <= _LONGEST_NAME or not ID_CHARACTERS.issuperset(pipeline_id):
        raise InvalidPipelineId(pipeline_id)


def check_product(product: str | None) -> None:
    """Raise `UsageFailure` for what cannot be the id of a product."""
    if product is not None:
        _check_text("product", product)
    if product is not None and not _is_named(product, _LETTERS + _DIGITS, _LETTERS + _DIGITS + "._-"):
        hint = "use 1 to 100 ASCII letters, digits, dots, hyphens and underscores, the first a letter or digit"
        raise UsageFailure(f"{product!r} is no product id", hint=hint)


def check_shown(hide: Callable[[str], str], pipeline_id: str, product: str | None) -> None:
    """Raise `UsageFailure` where what names a run and its folder holds a value that is to be masked."""
    for what, given in (("pipeline's id", pipeline_id), ("product", product or "")):
        if hide(given) != given:
            hint = "it is shown everywhere: choose another, or do not mask that variable"
            raise UsageFailure(f"the {what} holds the value of a variable that is masked", hint=hint)


def check_env_name(name: str) -> None:
    """Raise `UsageFailure` for what no environment variable can be called."""
    _check_text("the name of a variable", name)
    fits = 0 < len(name) <= _LONGEST_ENV_NAME and _NOT_IN_ENV_NAME.isdisjoint(name)
    if not fits or _values.text(name) != name:
        raise UsageFailure(f"{name!r} names no environment variable", hint="give the name alone, such as DATABASE_URL")


def env_names(names: Iterable[str], what: str) -> tuple[str, ...]:
    """The names, each put to `check_env_name`; ``what`` is the argument that they are.

    Raises:
        UsageFailure: They are no list, or one cannot be the name of a variable.
    """
    if isinstance(names, str):
        raise UsageFailure(f"{what} is one text, not a list of names", hint=f"write [{names!r}]")
    try:
        kept = tuple(names)
    except TypeError:
        raise UsageFailure(f"{what} is {_values.shown(names)}, not a list of names", hint="write [] for none") from None
    for name in kept:
        check_env_name(name)
    return kept


def folder(path: object) -> str:
    """A folder's path as text; `UsageFailure` where it is none."""
    try:
        found = os.fspath(path)  # type: ignore[call-overload]  # what it refuses is the question
    except TypeError:
        found = path
    _check_text("runs_dir", found)
    return str(found)


def check_further(more: Mapping[str, Any]) -> None:
    """Raise `UsageFailure` for fields of `run.json` that the recorder writes itself."""
    own = sorted(_RECORDED_FACTS.intersection(more))
    if own:
        hint = "the recorder writes these itself; use set and metric for facts of your own"
        raise UsageFailure(f"finish does not take {', '.join(own)}", hint=hint)


def check_form(
    check_id: object, name: object, status: object, evidence: object
) -> tuple[str | None, str | None, str, list[object]]:
    """Id, name, status and evidence of a check, in whichever form they were given: four, or the last three alone.

    In the short form everything stands one place further to the left: it is told by a name that is a status, where the
    status is none.
    """
    if name in CHECK_STATUSES and status not in CHECK_STATUSES and check_id is not None:
        if evidence == () and status is not None:
            evidence = status
        check_id, name, status = None, check_id, name
    for what, given in (("the id of a check", check_id), ("the name of a check", name)):
        if given is not None:
            _check_text(what, given)
    listed = hasattr(evidence, "__iter__") and not isinstance(evidence, str | bytes)
    items = [] if evidence is None else list(evidence) if listed else [evidence]  # type: ignore[call-overload]  # seen
    result = status if isinstance(status, str) else "" if status is None else _values.shown(status)
    return check_id, name, result, items  # type: ignore[return-value]  # `_check_text` has judged them


def _check_text(what: str, given: object) -> None:
    """Raise `UsageFailure` for what is no text."""
    if not isinstance(given, str):
        raise UsageFailure(f"{what} is {_values.shown(given)}, not a text", hint="give a str")


def check_trigger_type(trigger_type: str) -> None:
    """Raise `UsageFailure` for a trigger that the contract does not name."""
    if trigger_type not in TRIGGER_TYPES:
        raise UsageFailure(f"{trigger_type!r} is no trigger type", hint=f"it is one of {', '.join(TRIGGER_TYPES)}")


def _field(kind: str, name: str, value: object, hide: Callable[[str], str]) -> Any:
    """A field of an input or output, as the contract has it."""
    if name in {"type", "ref"} or (name == "range" and kind == "inputs"):
        return _values.text(value, hide)
    if name in {"rows_written", "rows_updated"} and kind == "outputs":
        return _values.count(hide(value) if isinstance(value, str) else value)
    return _values.plain(value, hide)


def _is_named(name: str, first: str, more: str) -> bool:
    """Whether a name begins with one of some characters, goes on with others, and is not too long."""
    return 0 < len(name) <= _LONGEST_NAME and name[0] in first and frozenset(more).issuperset(name[1:])


def is_pointer(evidence: str) -> bool:
    """Whether evidence is in one of the three published formats."""
    import re  # the names above are judged without, since a wrapped command waits for that

    return len(evidence) <= _LONGEST_POINTER and re.fullmatch(_POINTER, evidence) is not None


def snake_case(name: str) -> str:
    """An id for a check's name: ``Rows inserted`` is ``rows_inserted``."""
    spaced = "".join(each if each in _IN_SNAKE_CASE else " " for each in name.lower())
    words = "_".join(spaced.split())
    return (words if words[:1].isalpha() else f"check_{words}".rstrip("_"))[:100].rstrip("_")


def open_document(facts: Mapping[str, Any]) -> dict[str, Any]:
    """`open.json` of a run that has just started."""
    return {"schema_version": "1.0", **facts}
