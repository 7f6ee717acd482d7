"""What started a run, told by the environment that is given, hostile ones too."""

from __future__ import annotations

import pytest

from runpact_writer import detect_trigger
from runpact_writer._state import TRIGGER_TYPES
from runpact_writer._trigger import _SYSTEMS, Trigger

COMMON = {"CI": "true", "PATH": "/usr/bin:/bin", "HOME": "/home/build", "USER": "build", "LANG": "C.UTF-8"}
GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_WORKFLOW": "Backfill",
    "GITHUB_WORKFLOW_REF": "octo/pipes/.github/workflows/backfill.yml@refs/heads/main",
    "GITHUB_ACTOR": "octocat",
    "GITHUB_RUN_ID": "1658821493",
    "GITHUB_TOKEN": "secret",
    "RUNNER_OS": "Linux",
}
GITLAB = {
    "GITLAB_CI": "true",
    "CI_CONFIG_REF_URI": "gitlab.example.org/data/pipes//.gitlab-ci.yml@refs/heads/main",
    "CI_PROJECT_PATH": "data/pipes",
    "CI_COMMIT_BRANCH": "main",
    "CI_JOB_TOKEN": "secret",
    "GITLAB_USER_LOGIN": "mia",
}
BUILDKITE = {
    "BUILDKITE": "true",
    "BUILDKITE_PIPELINE_SLUG": "backfill",
    "BUILDKITE_BUILD_CREATOR": "Mia M",
    "BUILDKITE_BUILD_AUTHOR": "Ola O",
    "BUILDKITE_AGENT_ACCESS_TOKEN": "secret",
}
CIRCLECI = {
    "CIRCLECI": "true",
    "CIRCLE_JOB": "backfill",
    "CIRCLE_PROJECT_REPONAME": "pipes",
    "CIRCLE_USERNAME": "mia",
    "CIRCLE_BRANCH": "main",
}
AZURE = {
    "TF_BUILD": "True",
    "BUILD_DEFINITIONNAME": "Backfill",
    "BUILD_REQUESTEDFOR": "Mia M",
    "BUILD_SOURCEBRANCH": "refs/heads/main",
    "SYSTEM_ACCESSTOKEN": "secret",
}
JENKINS = {
    "JENKINS_URL": "https://jenkins.example.org/",
    "JOB_NAME": "data/backfill/main",
    "BUILD_NUMBER": "42",
    "CHANGE_AUTHOR": "mia",
}


def started(env: dict[str, str], **more: str) -> tuple[str, ...]:
    """What is detected in a realistic environment with these additions."""
    return detect_trigger({**COMMON, **env, **more})


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("schedule", "github_schedule"),
        ("workflow_dispatch", "github_dispatch"),
        ("push", "github_push"),
        ("pull_request", "github_pull_request"),
        ("merge_group", "github_event"),
        ("repository_dispatch", "github_event"),
        ("", "github_event"),
    ],
)
def test_github(event: str, kind: str) -> None:
    """Each event has its type, the rest are events; the source is the workflow's file, the actor GitHub's."""
    assert started(GITHUB, GITHUB_EVENT_NAME=event) == (kind, GITHUB["GITHUB_WORKFLOW_REF"], "octocat")


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("schedule", "gitlab_schedule"),
        ("push", "gitlab_push"),
        ("merge_request_event", "gitlab_merge_request"),
        ("web", "gitlab_event"),
        ("parent_pipeline", "gitlab_event"),
    ],
)
def test_gitlab(event: str, kind: str) -> None:
    """Each source of a pipeline has its type; the file that describes the pipeline is the source."""
    assert started(GITLAB, CI_PIPELINE_SOURCE=event) == (kind, GITLAB["CI_CONFIG_REF_URI"], "mia")


@pytest.mark.parametrize(
    ("env", "found"),
    [
        (BUILDKITE | {"BUILDKITE_SOURCE": "schedule"}, ("buildkite_schedule", "backfill", "Mia M")),
        (BUILDKITE | {"BUILDKITE_SOURCE": "webhook"}, ("buildkite_event", "backfill", "Mia M")),
        (BUILDKITE | {"BUILDKITE_BUILD_CREATOR": ""}, ("buildkite_event", "backfill", "Ola O")),
        (CIRCLECI, ("circleci_event", "backfill", "mia")),
        (AZURE | {"BUILD_REASON": "Schedule"}, ("azure_schedule", "Backfill", "Mia M")),
        (AZURE | {"BUILD_REASON": "IndividualCI"}, ("azure_event", "Backfill", "Mia M")),
        (JENKINS, ("jenkins_event", "data/backfill/main", "mia")),
        (JENKINS | {"BUILD_USER_ID": "ola"}, ("jenkins_event", "data/backfill/main", "ola")),
    ],
)
def test_other_systems(env: dict[str, str], found: tuple[str, ...]) -> None:
    """Buildkite, CircleCI, Azure Pipelines and Jenkins: type, source and actor from what each sets."""
    assert started(env) == found


@pytest.mark.parametrize(
    ("env", "found"),
    [
        ({"GITHUB_ACTIONS": "true", "GITHUB_WORKFLOW": "Backfill"}, ("github_event", "Backfill", "unknown")),
        ({"GITHUB_ACTIONS": "true"}, ("github_event", "github", "unknown")),
        ({"GITLAB_CI": "true", "CI_PROJECT_PATH": "data/pipes"}, ("gitlab_event", "data/pipes", "unknown")),
        ({"BUILDKITE": "true"}, ("buildkite_event", "buildkite", "unknown")),
        ({"CIRCLECI": "true"}, ("circleci_event", "circleci", "unknown")),
        ({"TF_BUILD": "True"}, ("azure_event", "azure", "unknown")),
        ({"JENKINS_URL": "https://jenkins.example.org/"}, ("jenkins_event", "jenkins", "unknown")),
        ({"JENKINS_HOME": "/var/jenkins_home", "JOB_NAME": "nightly"}, ("jenkins_event", "nightly", "unknown")),
    ],
)
def test_a_system_that_tells_little(env: dict[str, str], found: tuple[str, ...]) -> None:
    """The name of the system stands for a source that is not told."""
    assert detect_trigger(env) == found


def test_the_system_that_runs_the_job_wins() -> None:
    """A job that knows where its Jenkins is was not started by it."""
    assert started(GITHUB, JENKINS_URL="https://jenkins.example.org/").index("octocat") == 2
    assert started(JENKINS, GITHUB_ACTIONS="false", GITLAB_CI="")[0] == "jenkins_event"


@pytest.mark.parametrize(
    ("env", "actor"),
    [
        ({"USER": "mia"}, "mia"),
        ({"LOGNAME": "mia"}, "mia"),
        ({"USERNAME": "mia"}, "mia"),
        ({"USER": "", "LOGNAME": "mia"}, "mia"),
        ({}, "unknown"),
        ({"GITHUB_ACTIONS": "false", "GITHUB_ACTOR": "octocat", "JENKINS_URL": ""}, "unknown"),
    ],
)
def test_local(env: dict[str, str], actor: str) -> None:
    """Without CI it is the command line, by whoever is logged in."""
    assert detect_trigger(env) == Trigger("local_cli", "command line", actor)


def test_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an argument it is this process's environment that is looked at."""
    for system in _SYSTEMS:
        monkeypatch.delenv(system.sign, raising=False)
    monkeypatch.setenv("USER", "mia")
    assert detect_trigger() == Trigger("local_cli", "command line", "mia")


@pytest.mark.parametrize(
    ("value", "tamed"),
    [
        ("a\nRUN_ID=forged", r"a\x0aRUN_ID=forged"),
        ("\x1b[2Jx\u202e", r"\x1b[2Jx\u202e"),
        ("\udcff", r"\xff"),
        ("x" * 1_000_000, "x" * 200),
        ("\n" * 1_000_000, r"\x0a" * 50),
    ],
)
def test_hostile_values(value: str, tamed: str) -> None:
    """W-15: each value ends as one line of at most 200 characters that a terminal and a document can take."""
    for system in _SYSTEMS:
        env = {system.sign: "true", system.event: value, system.sources[0]: value, system.actors[0]: value}
        assert detect_trigger(env) == Trigger(f"{system.name}_event", tamed, tamed)
    assert detect_trigger({"USER": value}).actor == tamed


def test_only_a_few_names_are_looked_at() -> None:
    """A secret in any other variable cannot be recorded."""
    looked: set[str] = set()

    class Watched(dict[str, str]):
        def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]  # two forms are enough
            looked.add(name)
            return super().get(name, default)

    for system in _SYSTEMS:
        detect_trigger(Watched({system.sign: "true"}))
    detect_trigger(Watched())
    assert looked - {""} == {
        "GITHUB_ACTIONS", "GITHUB_EVENT_NAME", "GITHUB_WORKFLOW_REF", "GITHUB_WORKFLOW", "GITHUB_ACTOR",
        "GITLAB_CI", "CI_PIPELINE_SOURCE", "CI_CONFIG_REF_URI", "CI_PROJECT_PATH", "GITLAB_USER_LOGIN",
        "BUILDKITE", "BUILDKITE_SOURCE", "BUILDKITE_PIPELINE_SLUG", "BUILDKITE_BUILD_CREATOR", "BUILDKITE_BUILD_AUTHOR",
        "CIRCLECI", "CIRCLE_JOB", "CIRCLE_PROJECT_REPONAME", "CIRCLE_USERNAME",
        "TF_BUILD", "BUILD_REASON", "BUILD_DEFINITIONNAME", "BUILD_REQUESTEDFOR",
        "JENKINS_URL", "JENKINS_HOME", "JOB_NAME", "BUILD_USER_ID", "CHANGE_AUTHOR",
        "USER", "LOGNAME", "USERNAME",
    }  # fmt: skip


def test_the_types_are_those_of_the_contract() -> None:
    """No type is recorded that the contract does not admit, and each that a CI system can have is recorded."""
    recorded = {kind for system in _SYSTEMS for kind in (*system.types.values(), f"{system.name}_event")}
    assert recorded | {"local_cli", "worker_http", "worker_cron"} == set(TRIGGER_TYPES)
