"""Required checks and cases, made by plug-ins.

A plug-in is a callable in the entry point group ``runpact_status_matrix.checks``; it gets a `CheckRequest` and returns
a `CheckOutcome`:

    def smoke(request: CheckRequest) -> CheckOutcome:
        ran = request.run(["make", "smoke", request.check_id])
        return CheckOutcome("pass" if ran.code == 0 else "fail", ran.code, ran.said, ran.evidence_ref)

Which plug-in makes a check: the one that the registry names for it (``check_plugins``); else the one whose entry point
has the check's own name; else ``command`` with the words of ``--check-command``. ``command`` is built in: it runs
``args``, in whose words ``{check}`` stands for the check's id, and expects ``expect_exit``.

Nothing is green by absence: a check that no plug-in makes has failed, as has one whose plug-in cannot be loaded, raises
or returns something else. That check alone has; the others are made all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    Plugin = Callable[["CheckRequest"], "CheckOutcome"]

__all__ = ["GROUP", "CheckOutcome", "CheckRequest", "Plugins", "Ran", "make"]

GROUP = "runpact_status_matrix.checks"
"""The group of entry points that plug-ins are in."""

_BUILT_IN = "command"
_STATUSES = ("pass", "fail", "skip")
_LONGEST_EVIDENCE = 250


class Ran(NamedTuple):
    """How a command ended that was run for a certificate.

    Attributes:
        code: Its exit code, as `runpact exec` has it: 128 + n after signal n, 124 when its time was over.
        said: How it ended, in one sentence without a final full stop.
        evidence_ref: Its log, or None: a path from the project with a leading slash, or below the folder of runs.
        duration_ms: How long it took, in milliseconds.
        ended_itself: Whether it ran and came to an end by itself.
        stopped_by: The signal that asks us to stop and has ended it, or None.
    """

    code: int
    said: str
    evidence_ref: str | None
    duration_ms: int
    ended_itself: bool = True
    stopped_by: int | None = None


class CheckRequest(NamedTuple):
    """What a plug-in is asked.

    Attributes:
        kind: Whether it is one of the runner's ``required_core_checks`` or ``required_core_cases``.
        check_id: The check or case, as the registry names it.
        runner_id: The runner.
        project: The project's folder; it is the current one as well.
        adapter: The program that takes the runner's commands.
        settings: What the registry says for this check and plug-in; it may be empty.
        run: Runs a command, word by word and without a shell, and records it; takes its words and, where that is not
            the time that every command gets, the seconds after which it is ended.
    """

    kind: Literal["check", "case"]
    check_id: str
    runner_id: str
    project: Path
    adapter: str
    settings: Mapping[str, Any]
    run: Callable[..., Ran]


class CheckOutcome(NamedTuple):
    """What a plug-in found.

    Attributes:
        status: ``pass``; ``fail``; ``skip``: it could not be made, which does not make a certificate pass either.
        exit_code: Exit code of what was run for it; 0 where nothing was.
        detail: What was found, for people.
        evidence: Path or address of what shows it, or None.
    """

    status: Literal["pass", "fail", "skip"]
    exit_code: int = 0
    detail: str = ""
    evidence: str | None = None


class NoPlugin(Exception):
    """No plug-in makes a check; the text says why."""


class Plugins:
    """The plug-ins that there are, by name, each loaded when it is asked for.

    Args:
        loaders: What gives the callable of each name.
        check_command: The words of ``--check-command``; empty where there are none.
    """

    def __init__(self, loaders: Mapping[str, Callable[[], Any]], check_command: Sequence[str] = ()) -> None:
        self._loaders: dict[str, Callable[[], Any]] = {**loaders, _BUILT_IN: lambda: _command}
        self._check_command = tuple(check_command)

    @classmethod
    def installed(cls, check_command: Sequence[str] = ()) -> Plugins:
        """Those of the packages that are installed here."""
        from importlib.metadata import entry_points

        return cls({each.name: each.load for each in entry_points(group=GROUP)}, check_command)

    def choose(self, check_id: str, registered: Mapping[str, Any] | None) -> tuple[Plugin, dict[str, Any]]:
        """The plug-in for a check, and its settings.

        Args:
            check_id: The check or case.
            registered: The entry of ``check_plugins`` for it, or None.

        Raises:
            NoPlugin: None makes it. A plug-in that cannot be loaded raises what it will.
        """
        if registered is not None:
            name, settings = str(registered["plugin"]), dict(registered.get("settings", {}))
            if name not in self._loaders:
                raise NoPlugin(f"the plug-in {name}, which the registry names for it, is not installed")
            return self._loaders[name](), settings
        if check_id in self._loaders and check_id != _BUILT_IN:
            return self._loaders[check_id](), {}
        if self._check_command:
            return _command, {"args": [*self._check_command, check_id]}
        raise NoPlugin("no plug-in makes it, and no --check-command was given")


def make(request: CheckRequest, plugins: Plugins, registered: Mapping[str, Any] | None) -> CheckOutcome:
    """Make one check; whatever goes wrong, it is an outcome. Only what stops the whole command is raised."""
    try:
        plugin, settings = plugins.choose(request.check_id, registered)
        return _judged(plugin(request._replace(settings=settings)))
    except NoPlugin as error:
        return CheckOutcome("fail", detail=str(error))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - one plug-in's fault is one failed check
        return CheckOutcome("fail", detail=f"the plug-in raised {type(error).__name__}: {error}")


def _judged(outcome: object) -> CheckOutcome:
    """What a plug-in returned, where it is what it should be; else a failure that says what is wrong with it."""
    if not isinstance(outcome, CheckOutcome):
        return CheckOutcome("fail", detail=f"the plug-in returned {type(outcome).__name__} instead of a CheckOutcome")
    made_of: tuple[object, ...] = tuple(outcome)  # a plug-in may have made it of anything
    status, code, detail, evidence = made_of
    fits = type(code) is int and -(2**31) <= code < 2**32
    shown = evidence is None or (isinstance(evidence, str) and len(evidence) <= _LONGEST_EVIDENCE)
    if status not in _STATUSES or not fits or not shown or not isinstance(detail, str):
        return CheckOutcome("fail", detail=f"the plug-in returned an outcome that no certificate holds: {outcome!r}")
    return outcome


def _command(request: CheckRequest) -> CheckOutcome:
    """The built-in plug-in: run the words, and see how they end."""
    words, expected = request.settings.get("args"), request.settings.get("expect_exit", [0])
    timeout_s = request.settings.get("timeout_s")
    if not (isinstance(words, list) and words and all(isinstance(word, str) for word in words)):
        return CheckOutcome("fail", detail="the plug-in command needs settings.args, a list of words")
    if not (isinstance(expected, list) and all(isinstance(code, int) for code in expected)):
        return CheckOutcome("fail", detail="settings.expect_exit of the plug-in command is no list of numbers")
    if not (timeout_s is None or (isinstance(timeout_s, int | float) and timeout_s > 0)):
        return CheckOutcome("fail", detail="settings.timeout_s of the plug-in command is no number of seconds")
    ran = request.run([word.replace("{check}", request.check_id) for word in words], timeout_s)
    passes = ran.ended_itself and ran.code in expected
    detail = ran.said if passes or not ran.ended_itself else f"{ran.said} instead of {_listed(expected)}"
    return CheckOutcome("pass" if passes else "fail", ran.code, detail, ran.evidence_ref)


def _listed(codes: Sequence[int]) -> str:
    return " or ".join(str(code) for code in codes) or "none"
