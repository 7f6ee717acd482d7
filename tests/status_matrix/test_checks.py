"""Plug-ins that make required checks: who makes which, and that a fault of one is one failed check."""

from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from runpact_status_matrix import CheckOutcome, CheckRequest, Plugins, certify
from runpact_status_matrix._checks import GROUP
from tests.status_matrix.certifying import adapter, registry, request

if TYPE_CHECKING:
    from collections.abc import Callable


def made(plugins: Plugins, **changes: Any) -> dict[str, Any]:
    """What was found for the check `runtime.a`, the only one that is required."""
    adapter()
    registry(
        **{
            "command_contract_subset": None,
            "required_core_checks": ["runtime.a"],
            "required_core_cases": None,
            **changes,
        }
    )
    document = certify(request(), plugins).document
    (check,) = document["checks"]
    assert document["summary"]["status"] == ("pass" if check["status"] == "pass" else "fail")
    found: dict[str, Any] = check
    return found


def plugged(plugin: Callable[[CheckRequest], object]) -> Plugins:
    """A plug-in that has the check's own name."""
    return Plugins({"runtime.a": lambda: plugin})


def registered(plugin: str, **settings: Any) -> dict[str, Any]:
    """What a registry says of who makes the check."""
    return {"check_plugins": [{"check": "runtime.a", "plugin": plugin, "settings": settings}]}


def test_a_plugin_gets_what_it_needs() -> None:
    """The check, runner, project, adapter and settings; and a way to run commands that are recorded."""
    seen: list[CheckRequest] = []

    def plugin(request: CheckRequest) -> CheckOutcome:
        seen.append(request)
        ran = request.run([request.adapter, "style-check"])
        return CheckOutcome("pass", ran.code, f"it said {ran.said}", ran.evidence_ref)

    check = made(Plugins({"mine": lambda: plugin}), **registered("mine", depth=3))
    assert (check["status"], check["detail"]) == ("pass", "it said exit code 0")
    assert Path(check["evidence_ref"].lstrip("/")).is_file()
    (asked,) = seen
    here = Path.cwd()
    assert asked[:-1] == ("check", "runtime.a", "rust", here, str(here / "adapter"), {"depth": 3})


def test_cases_are_told_from_checks() -> None:
    """A plug-in hears which of the two it makes."""
    plugins = Plugins({"#1": lambda: lambda request: CheckOutcome("pass", detail=request.kind)})
    assert made(plugins, required_core_checks=None, required_core_cases=["#1"])["detail"] == "case"


def test_a_check_that_nobody_makes_has_failed() -> None:
    """Nothing is green by absence: neither without plug-in, nor with one that is not installed."""
    adapter()
    registry(command_contract_subset=None, required_core_cases=None)
    document = certify(request(check_command=()), Plugins({})).document
    assert [check["detail"] for check in document["checks"]] == [
        "no plug-in makes it, and no --check-command was given"
    ] * 2
    assert document["summary"]["status"] == "fail"
    check = made(Plugins({}), **registered("mine"))
    assert check["detail"] == "the plug-in mine, which the registry names for it, is not installed"
    assert check["status"] == "fail"


def _raises(error: BaseException) -> Callable[[CheckRequest], object]:
    def plugin(_: CheckRequest) -> object:
        raise error

    return plugin


@pytest.mark.parametrize(
    ("plugin", "detail"),
    [
        (_raises(ZeroDivisionError("by zero")), "the plug-in raised ZeroDivisionError: by zero"),
        (_raises(KeyError("x")), "the plug-in raised KeyError: 'x'"),
        (_raises(SystemExit(0)), "the plug-in raised SystemExit: 0"),
        (lambda _: None, "the plug-in returned NoneType instead of a CheckOutcome"),
        (lambda _: True, "the plug-in returned bool instead of a CheckOutcome"),
        (lambda _: CheckOutcome("passed"), "the plug-in returned an outcome that no certificate holds"),  # type: ignore[arg-type]  # a word that there is not
        (lambda _: CheckOutcome("pass", 2**32), "the plug-in returned an outcome that no certificate holds"),
        (lambda _: CheckOutcome("pass", True), "the plug-in returned an outcome that no certificate holds"),
        (lambda _: CheckOutcome("pass", 0, "", "x" * 251), "the plug-in returned an outcome that no certificate holds"),
        (lambda _: CheckOutcome("pass", 0, b"x"), "the plug-in returned an outcome that no certificate holds"),  # type: ignore[arg-type]  # no text
    ],
)
def test_a_fault_of_a_plugin_is_one_failed_check(plugin: Callable[[CheckRequest], object], detail: str) -> None:
    """What it raises, or returns in place of an outcome, fails that check, and says what it was."""
    check = made(plugged(plugin))
    assert check["status"] == "fail"
    assert check["detail"].startswith(detail)


def test_the_others_are_made_all_the_same() -> None:
    """A plug-in that raises, or that cannot be loaded, is nothing to the check beside it."""

    def unloadable() -> object:
        raise ImportError("no module")

    adapter()
    registry(command_contract_subset=None, required_core_cases=None)
    plugins = Plugins({"runtime.a": unloadable, "runtime.b": lambda: lambda _: CheckOutcome("pass")})
    document = certify(request(check_command=()), plugins).document
    assert [(check["id"], check["status"]) for check in document["checks"]] == [
        ("runtime.a", "fail"),
        ("runtime.b", "pass"),
    ]
    assert document["checks"][0]["detail"] == "the plug-in raised ImportError: no module"


def test_what_a_plugin_skips_is_no_pass() -> None:
    """The certificate counts it as skipped, and fails: a required check was not made."""
    adapter()
    registry(command_contract_subset=None, required_core_cases=None, required_core_checks=["runtime.a"])
    document = certify(request(), plugged(lambda _: CheckOutcome("skip", detail="no device"))).document
    assert document["summary"] == {"status": "fail", "passed": 0, "failed": 0, "skipped": 1, "blocking": True}


@pytest.mark.parametrize(
    ("settings", "status", "detail"),
    [
        ({"args": ["test", "{check}", "=", "runtime.a"]}, "pass", "exit code 0"),
        ({"args": ["test", "{check}", "=", "b"]}, "fail", "exit code 1 instead of 0"),
        ({"args": ["false"], "expect_exit": [1, 2]}, "pass", "exit code 1"),
        ({"args": ["false"], "expect_exit": []}, "fail", "exit code 1 instead of none"),
        ({"args": ["sleep", "60"], "timeout_s": 0.2}, "fail", "ended after its 0.2 s"),
        ({"args": ["no-such-program"]}, "fail", "no program no-such-program is on the PATH"),
        ({}, "fail", "the plug-in command needs settings.args, a list of words"),
        ({"args": "make test"}, "fail", "the plug-in command needs settings.args, a list of words"),
        ({"args": ["true"], "expect_exit": 0}, "fail", "settings.expect_exit of the plug-in command is no list"),
        ({"args": ["true"], "timeout_s": 0}, "fail", "settings.timeout_s of the plug-in command is no number"),
    ],
)
def test_the_plugin_that_runs_a_command(settings: dict[str, Any], status: str, detail: str) -> None:
    """Its words, what they may end with, and how long they may take, are what the registry says."""
    check = made(Plugins({}), **registered("command", **settings))
    assert check["status"] == status
    assert check["detail"].startswith(detail)


def test_the_command_for_all_checks_gets_the_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """--check-command makes what no plug-in makes, with the check's id as its last word."""
    adapter("#!/bin/sh\necho $*\n")
    registry(command_contract_subset=None, required_core_cases=None, required_core_checks=["runtime.a"])
    installed = EntryPoints([EntryPoint("elsewhere", "nowhere:nothing", GROUP)])
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: installed)
    (check,) = certify(request(check_command=("./adapter", "one word"))).document["checks"]
    log = Path(check["evidence_ref"].lstrip("/")).read_text(encoding="utf-8")
    assert log.splitlines()[1] == "one word runtime.a"


def test_an_installed_plugin_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package gives it out as an entry point of the group, under the check's name."""
    asked: list[str] = []
    value = f"{__name__}:installed"
    installed = EntryPoints([EntryPoint("runtime.a", value, GROUP)])

    def entry_points(*, group: str) -> EntryPoints:
        asked.append(group)
        return installed

    monkeypatch.setattr("importlib.metadata.entry_points", entry_points)
    monkeypatch.setattr(EntryPoint, "load", lambda _: lambda request: CheckOutcome("pass", detail=request.check_id))
    check = made(Plugins.installed())
    assert (check["detail"], asked) == ("runtime.a", [GROUP])
