"""What started a run, told by the environment that is given, hostile ones too."""

from __future__ import annotations

import pytest

from runpact_writer import detect_trigger
from runpact_writer._state import TRIGGER_TYPES
from runpact_writer._trigger import _GITHUB_EVENTS, Trigger

GITHUB = {"GITHUB_ACTIONS": "true", "GITHUB_WORKFLOW": "Backfill", "GITHUB_ACTOR": "octocat"}


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("schedule", "github_schedule"),
        ("workflow_dispatch", "github_dispatch"),
        ("push", "github_push"),
        ("pull_request", "github_pull_request"),
        ("merge_group", "github_event"),
        (None, "github_event"),
    ],
)
def test_github(event: str | None, kind: str) -> None:
    """Each event has its type, the rest are events; the source is the workflow, the actor GitHub's."""
    env = GITHUB | ({"GITHUB_EVENT_NAME": event} if event else {})
    assert detect_trigger(env) == Trigger(kind, "Backfill", "octocat")
    assert kind in TRIGGER_TYPES


def test_the_workflow_s_file_is_the_better_source() -> None:
    """Where GitHub names the file, that is the source; without any name it is GitHub itself."""
    reference = "o/r/.github/workflows/backfill.yml@refs/heads/main"
    assert detect_trigger({**GITHUB, "GITHUB_WORKFLOW_REF": reference}).trigger_source == reference
    assert detect_trigger({"GITHUB_ACTIONS": "true"}) == Trigger("github_event", "github", "unknown")


@pytest.mark.parametrize(
    ("env", "actor"),
    [
        ({"USER": "mia"}, "mia"),
        ({"LOGNAME": "mia"}, "mia"),
        ({"USERNAME": "mia"}, "mia"),
        ({"USER": "", "LOGNAME": "mia"}, "mia"),
        ({}, "unknown"),
        ({"GITHUB_ACTIONS": "false", "GITHUB_ACTOR": "octocat"}, "unknown"),
    ],
)
def test_local(env: dict[str, str], actor: str) -> None:
    """Without CI it is the command line, by whoever is logged in."""
    assert detect_trigger(env) == Trigger("local_cli", "command line", actor)


def test_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an argument it is this process's environment that is looked at."""
    monkeypatch.setenv("USER", "mia")
    assert detect_trigger() == Trigger("local_cli", "command line", "mia")


@pytest.mark.parametrize(
    ("value", "tamed"),
    [
        ("a\nRUN_ID=forged", r"a\x0aRUN_ID=forged"),
        ("\x1b[2Jx\u202e", r"\x1b[2Jx\u202e"),
        ("\udcff", r"\udcff"),
        ("x" * 1_000_000, "x" * 200),
        ("\n" * 1_000_000, r"\x0a" * 50),
    ],
)
def test_hostile_values(value: str, tamed: str) -> None:
    """W-15: each value ends as one line of at most 200 characters that a terminal and a document can take."""
    trigger = detect_trigger({**GITHUB, "GITHUB_ACTOR": value, "GITHUB_WORKFLOW": value})
    assert trigger == Trigger("github_event", tamed, tamed)
    assert detect_trigger({"USER": value}).actor == tamed


def test_only_a_few_names_are_looked_at() -> None:
    """A secret in any other variable cannot be recorded."""
    looked: set[str] = set()

    class Watched(dict[str, str]):
        def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]  # two forms are enough
            looked.add(name)
            return super().get(name, default)

    detect_trigger(Watched(GITHUB))
    detect_trigger(Watched())
    assert looked == {
        "GITHUB_ACTIONS", "GITHUB_EVENT_NAME", "GITHUB_WORKFLOW_REF", "GITHUB_WORKFLOW", "GITHUB_ACTOR",
        "USER", "LOGNAME", "USERNAME",
    }  # fmt: skip


def test_every_event_leads_to_a_type_of_the_contract() -> None:
    """No type is recorded that the contract does not admit."""
    assert set(_GITHUB_EVENTS.values()) < set(TRIGGER_TYPES)
