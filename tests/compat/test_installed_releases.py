"""An old core with new tools, and the reverse: what is put together, what is run, and what is said of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import releases
import releases_journeys
from releases import CROSSED, ENVIRONMENTS, Exclusion, Outcome, main
from releases_journeys import JOURNEYS, READING, Installed, JourneyFailed

ROOT = Path(__file__).resolve().parents[2]
WHOLE = "RUNPACT_TEST_RELEASES"
GIT = ("git", "-c", "user.name=builder", "-c", "user.email=builder@host.invalid")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit that no release tag names."""
    root = tmp_path / "repository"
    subprocess.run([*GIT, "init", "-q", "-b", "main", root], check=True)
    subprocess.run([*GIT, "commit", "-q", "--allow-empty", "-m", "start"], cwd=root, check=True)
    return root


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Environments that are made of nothing, in which each journey says where it is; what was said and installed."""
    said: list[str] = []

    def install(chosen: list[Path], folder: Path) -> Path:
        said.append(f"{folder.name}: {' '.join(map(str, chosen))}")
        return folder / "env/bin"

    def record(at: Installed) -> None:
        said.append(f"records in {at.project.parent.name}")

    def look(at: Installed) -> None:
        said.append(f"{at._bin.parent.parent.name} reads {at.project.parent.name}")

    monkeypatch.setattr(releases, "_installed", install)
    monkeypatch.setattr(
        releases, "JOURNEYS", {"record": lambda at: said.append(f"records in {at.project.parent.name}")}
    )
    monkeypatch.setattr(releases, "READING", look)
    return said


def wheels(release: str) -> dict[str, Path]:
    """The wheels of a release, by name alone."""
    return {name: Path(f"{name}-{release}") for name in ("runpact", "runpact_core", "runpact_gc")}


def test_each_core_meets_each_tool(pretended: list[str], tmp_path: Path) -> None:
    """Four environments, each with its own project; then each release reads what the other one left."""
    outcomes = releases._try_all({"old": wheels("1"), "new": wheels("2")}, tmp_path)
    assert pretended == [
        "environment-0: runpact-2 runpact_core-1 runpact_gc-2",
        "records in environment-0",
        "environment-1: runpact-1 runpact_core-2 runpact_gc-1",
        "records in environment-1",
        "environment-2: runpact-1 runpact_core-1 runpact_gc-1",
        "records in environment-2",
        "environment-3: runpact-2 runpact_core-2 runpact_gc-2",
        "records in environment-3",
        "environment-3 reads environment-2",
        "environment-2 reads environment-3",
    ]
    assert outcomes == [
        *(Outcome(name, "record") for name in ENVIRONMENTS),
        *(Outcome(name, "reading") for name in CROSSED),
    ]


def test_what_may_not_be_installed_together_is_an_outcome(
    pretended: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installer that refuses a combination ends that environment alone."""

    def install(chosen: list[Path], folder: Path) -> Path:
        if {path.name.split("-")[1] for path in chosen} == {"1", "2"}:
            raise releases.NotBuilt("runpact-gc 2 needs runpact-core>=2")
        return folder / "env/bin"

    monkeypatch.setattr(releases, "_installed", install)
    outcomes = releases._try_all({"old": wheels("1"), "new": wheels("2")}, tmp_path)
    refused = [each for each in outcomes if each.failure]
    assert [(each.environment, each.journey) for each in refused] == [
        ("old core, new tools", "install"),
        ("new core, old tools", "install"),
    ]
    assert [each.environment for each in outcomes[2:]] == ["old alone", "new alone", *CROSSED]


def test_a_failure_ends_with_1_unless_it_is_excluded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exclusion is of a release and a place, shows its reason, and is told when nothing fails there any more."""
    failed = Outcome("old core, new tools", "gc", "artifacts verify: ended with 1")
    fine = Outcome("new alone", "gc")
    assert releases._judge([fine], "0.1.0") == 0
    assert releases._judge([failed, fine], "0.1.0") == 1
    entry = Exclusion("0.1.0", "old core, new tools", "gc", "0.1.0 has no verify")
    monkeypatch.setattr(releases, "EXCLUSIONS", (entry,))
    assert releases._judge([failed], "0.2.0") == 1
    assert releases._judge([failed], "0.1.0") == 0
    assert releases._judge([Outcome("old core, new tools", "gc")], "0.1.0") == 0
    assert capsys.readouterr().out.splitlines() == [
        "new alone             gc        ok",
        "old core, new tools   gc        FAILED: artifacts verify: ended with 1",
        "new alone             gc        ok",
        "old core, new tools   gc        FAILED: artifacts verify: ended with 1",
        "old core, new tools   gc        excluded: 0.1.0 has no verify",
        "old core, new tools   gc        ok; its exclusion is no longer needed",
    ]


def test_every_exclusion_is_of_something_that_is_run() -> None:
    """A name that is mistyped would exclude nothing; each has a reason."""
    for each in releases.EXCLUSIONS:
        assert each.environment in {*ENVIRONMENTS, *CROSSED}
        assert each.journey in {*JOURNEYS, "install", "reading"}
        assert len(each.reason.split()) > 3


def test_the_old_release_is_the_newest_tag(repository: Path) -> None:
    """By version, not by name or age; HEAD where nothing was released."""
    assert releases._newest_tag(repository) == "HEAD"
    for tag in ("v0.10.0", "v0.9.0", "v0.2.1", "nightly"):
        subprocess.run([*GIT, "tag", tag], cwd=repository, check=True)
    assert releases._newest_tag(repository) == "v0.10.0"


@pytest.mark.parametrize("ref", ["v9.9.9", "--output=x", "HEAD:VERSION", "x y"])
def test_a_ref_that_is_none_is_one_line(repository: Path, ref: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2; a word that looks like an option is not taken for one."""
    assert main([f"--old={ref}"], repository) == 2
    assert capsys.readouterr().err == f"error[releases]: there is no commit {ref}\n"
    assert not (repository / "x").exists()


def test_a_folder_without_git_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and what git says of it."""
    assert main([], tmp_path) == 2
    assert capsys.readouterr().err.startswith("error[releases]: fatal: not a git repository")


def test_a_command_that_ends_otherwise_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journey says which words ended how, and what they said; a value that is not as expected is shown."""
    at = Installed(Path(sys.executable).parent, tmp_path / "project")
    with pytest.raises(JourneyFailed, match=r"runs show x: ended with \d, not 0: error\["):
        at.run("runs", "show", "x")
    with pytest.raises(JourneyFailed, match="rows: 59, not 60"):
        at.expect(59, 60, "rows")
    monkeypatch.setattr(releases_journeys, "record", at.run)
    assert releases._failure(lambda here: here.expect(1, 2, "runs"), at) == "runs: 1, not 2"


def test_the_journeys_can_be_made_and_read(tmp_path: Path) -> None:
    """With the commands of this environment all four succeed, and what they left is read."""
    at = Installed(Path(sys.executable).parent, tmp_path / "project")
    for journey in JOURNEYS.values():
        journey(at)
    READING(at)
    (at.project / "reports/runs").rename(at.project / "gone")
    with pytest.raises(JourneyFailed, match="two runs or more: False, not True"):
        READING(at)


@pytest.mark.skipif(WHOLE not in os.environ, reason=f"{WHOLE} is not set: builds and installs for minutes")
def test_the_committed_tree_meets_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """Built and installed four times, every journey ends as it should."""
    assert main(["--old", "HEAD", "--new", "HEAD"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + len(ENVIRONMENTS) * len(JOURNEYS) + len(CROSSED)
    assert all(line.endswith(" ok") for line in lines[2:])
