"""`status report`: what a release publishes of its runner, from words, files and the registry."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from runpact_core import documents, edge
from runpact_status_matrix.cli import app
from tests.contracts.examples import ROOT

REGISTRY = str(ROOT / "contracts" / "examples" / "runner_certification_registry" / "2" / "valid" / "three-runners.json")
BASE = "https://github.com/acme/dc-runner-rust/releases/download/v1.4.0/"
SHA = "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678"
NOW = "2026-01-19T06:15:12Z"
WHO = ("--runner", "rust", "--registry", REGISTRY, "--release-version", "v1.4.0", "--now-utc", NOW)
ALONE = ("--runner", "rust", "--release-version", "v1.4.0")


def call(*words: str) -> int:
    """`runpact-status-matrix status report WORDS` in this process; the exit code."""
    return edge.run(app, ["status", "report", *words], "runpact-status-matrix")


def written(project: Path) -> dict[str, Any]:
    """The report in its default place: strictly valid, canonical, and with its checksum beside it."""
    path = project / ".artifacts" / "runner-status-report-v1.json"
    raw = path.read_bytes()
    assert documents.validate("runner_status_report", raw, strict=True) == []
    assert raw == documents.dumps(json.loads(raw))
    checksum = path.with_name("runner-status-report-v1.json.sha256").read_text(encoding="ascii")
    assert checksum == f"{hashlib.sha256(raw).hexdigest()}  runner-status-report-v1.json\n"
    value: dict[str, Any] = json.loads(raw)
    return value


def test_a_report_says_what_was_given(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Runner and lane come from the registry, results from the words, the end of freshness from the intent."""
    (project / "cert.json").write_bytes(b"{}\n")
    words = ("--command", "governance=pass:1:5921", "--command", "lint=fail", "--command", "docs=skip")
    files = ("--artifact", "cert.json", "--asset-url-base", BASE, "--commit-sha", SHA)
    assert call(*WHO, *words, "--optional", "lint", *files) == 0
    assert written(project) == {
        "version": 1,
        "runner_id": "rust",
        "implementation_repo": "dc-runner-rust",
        "release_version": "v1.4.0",
        "commit_sha": SHA,
        "generated_at": NOW,
        "lane_class": "required",
        "overall_status": "degraded",
        "fresh_until": "2026-01-21T06:15:12Z",
        "command_results": [
            {"command": "governance", "status": "pass", "exit_code": 1, "duration_ms": 5921, "required": True},
            {"command": "lint", "status": "fail", "exit_code": 1, "duration_ms": 0, "required": False},
            {"command": "docs", "status": "skip", "exit_code": 0, "duration_ms": 0, "required": True},
        ],
        "artifact_refs": [
            {
                "name": "cert.json",
                "url": f"{BASE}cert.json",
                "sha256": hashlib.sha256(b"{}\n").hexdigest(),
                "size_bytes": 3,
            }
        ],
    }
    out = capsys.readouterr().out
    assert out.endswith("rust v1.4.0: degraded, to be relied on until 2026-01-21T06:15:12Z\n")


def test_without_registry_the_runner_is_described(project: Path) -> None:
    """Repository and lane are given; the commit is zeros outside a repository, freshness is 72 hours."""
    described = ("--implementation-repo", "acme/rust", "--lane-class", "compatibility_non_blocking")
    assert call(*ALONE, *described, "--generated-at", "2024-02-29T00:15:12+01:00") == 0
    report = written(project)
    assert (report["implementation_repo"], report["lane_class"]) == ("acme/rust", "compatibility_non_blocking")
    assert (report["generated_at"], report["fresh_until"]) == ("2024-02-28T23:15:12Z", "2024-03-02T23:15:12Z")
    assert (report["commit_sha"], report["overall_status"]) == ("0" * 40, "unknown")
    assert (report["command_results"], report["artifact_refs"]) == ([], [])


def test_the_commit_is_that_of_the_project(project: Path) -> None:
    """It is read from the repository around the project, as the recorder of runs does."""
    git = project / "repo" / ".git"
    git.mkdir(parents=True)
    (git / "HEAD").write_text(f"{SHA}\n", encoding="ascii")
    assert call(*WHO, "--root", "repo") == 0
    assert written(project / "repo")["commit_sha"] == SHA


def test_the_document_can_be_printed_and_put_elsewhere(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` prints the bytes that were written; `--out` makes the folders that it needs."""
    assert call(*WHO, "--command", "a=pass", "--json", "--out", "new/dir/report.json") == 0
    raw = (project / "new" / "dir" / "report.json").read_bytes()
    assert capsys.readouterr().out.encode() == raw
    assert (project / "new" / "dir" / "report.json.sha256").read_text(encoding="ascii").split() == [
        hashlib.sha256(raw).hexdigest(),
        "report.json",
    ]
    assert not (project / ".artifacts").exists()


def test_the_same_words_give_the_same_bytes(project: Path) -> None:
    """With a given clock, the files that are named in another order make no difference."""
    for name in ("b.txt", "a.txt"):
        (project / name).write_text(name, encoding="ascii")
    base = ("--asset-url-base", BASE)
    assert call(*WHO, "--artifact", "b.txt", "--artifact", "a.txt", *base, "--out", "1.json") == 0
    assert call(*WHO, "--artifact", "a.txt", "--artifact", "b.txt", *base, "--out", "2.json") == 0
    assert (project / "1.json").read_bytes() == (project / "2.json").read_bytes()


def test_names_of_files_are_escaped_in_their_addresses(project: Path) -> None:
    """What an address cannot hold as it is becomes an escape; the name stays."""
    (project / "a b#ü.txt").write_bytes(b"")
    assert call(*WHO, "--artifact", "a b#ü.txt", "--asset-url-base", BASE.rstrip("/")) == 0
    (ref,) = written(project)["artifact_refs"]
    assert (ref["name"], ref["url"]) == ("a b#ü.txt", f"{BASE}a%20b%23%C3%BC.txt")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--runner", "rsut"), "there is no runner rsut — did you mean rust?"),
        (("--registry", "none.yaml"), "there is no registry none.yaml"),
        (("--implementation-repo", "other"), "--implementation-repo other: the registry says dc-runner-rust"),
        (("--lane-class", "compatibility_non_blocking"), "the registry says required"),
        (("--lane-class", "optional"), "Invalid value for '--lane-class'"),
        (("--release-version", ""), "--release-version is not one that a report can say"),
        (("--release-version", "v1\nv2"), "--release-version is not one that a report can say"),
        (("--commit-sha", ""), "--commit-sha is not one that a report can say"),
        (("--command", "lint"), "--command lint is no result"),
        (("--command", "lint=passed"), "--command lint=passed is no result"),
        (("--command", "lint=pass:"), "is no result"),
        (("--command", "lint=pass:1:2:3"), "is no result"),
        (("--command", "=pass"), "has no name on one line"),
        (("--command", " =pass"), "has no name on one line"),
        (("--command", "lint=fail:4294967296"), "has a number that is too large"),
        (("--command", "lint=fail:1:9999999999999999"), "has a number that is too large"),
        (("--command", "lint=skip:1"), "was not run, so it has no exit code"),
        (("--command", "a=pass", "--command", "a=fail"), "there are two results of a"),
        (("--command", "lint=pass", "--optional", "lnit"), "there is no result of that name — did you mean lint?"),
        (("--required", "lint"), "--required lint: there is no result of that name"),
        (("--command", "a=pass", "--required", "a", "--optional", "a"), "a is both required and optional"),
        (("--from-runs", "none"), "--from-runs: Missing artifact: none"),
        (("--from-runs", ""), "--from-runs is empty"),
        (("--from-runs", "file"), "--from-runs: listing file"),
        (("--from-runs", "."), "--from-runs: there is no run in ."),
        (("--from-runs", ".", "--command", "a=pass"), "exclude each other"),
        (("--now-utc", "yesterday"), "'yesterday' is not a time as RFC 3339 writes it"),
        (("--now-utc", "2026-02-29T00:00:00Z"), "names a day that does not exist"),
        (("--now-utc", "9999-12-31T23:59:59Z"), "outside the years 1 to 9999"),
        (("--fresh-hours", "0"), "Invalid value for '--fresh-hours'"),
        (("--artifact", "file"), "--artifact needs --asset-url-base"),
        (("--artifact", "none", "--asset-url-base", BASE), "--artifact none: Missing artifact: none"),
        (("--artifact", ".", "--asset-url-base", BASE), "--artifact .: "),
        (("--artifact", "file", "--artifact", "./file", "--asset-url-base", BASE), "two artifacts are called file"),
        (("--artifact", "x/", "--asset-url-base", BASE), "has no name that a report can say"),
        (("--out", ""), "--out is empty"),
        (("--project", "none"), "--project none does not exist"),
    ],
)
def test_a_call_that_makes_no_sense_writes_nothing(
    project: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    """One line that says what is wrong, exit code 2, and no file."""
    (project / "file").write_bytes(b"")
    assert call(*WHO, *words) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("error[")
    assert captured.err.count("\n") == 1
    assert said in captured.err
    assert captured.out == ""
    assert [path.name for path in project.iterdir()] == ["file"]


def test_who_the_runner_is_must_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a registry, repository and lane are needed, and each is named."""
    assert call(*ALONE) == 2
    assert call(*ALONE, "--implementation-repo", "x") == 2
    said = capsys.readouterr().err.splitlines()
    assert [line.partition(" — ")[0] for line in said] == [
        "error[usage]: --implementation-repo is missing",
        "error[usage]: --lane-class is missing",
    ]


def test_an_old_checksum_is_not_left_beside_a_report_that_failed(project: Path) -> None:
    """Where the report cannot be written, the checksum of another is not there to be taken for its own."""
    assert call(*WHO) == 0
    path = project / ".artifacts" / "runner-status-report-v1.json"
    path.unlink()
    path.mkdir()
    assert call(*WHO) == 4
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_report_does_not_name_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """Its own digest cannot stand in it: refused, and the file stays."""
    Path("r.json").write_text("before", encoding="utf-8")
    base = "https://example.org/releases/download/v1.4.0/"
    words = ["--command", "lint=pass", "--artifact", "./r.json", "--asset-url-base", base, "--out", "r.json"]
    call = ["status", "report", "--runner", "rust", "--implementation-repo", "r", "--lane-class", "required"]
    assert edge.run(app, [*call, "--release-version", "v1.4.0", *words], "runpact-status-matrix") == 2
    assert "--artifact ./r.json is the report itself" in capsys.readouterr().err
    assert Path("r.json").read_text(encoding="utf-8") == "before"
