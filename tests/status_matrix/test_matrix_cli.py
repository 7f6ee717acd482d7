"""`runpact matrix` on the command line: words in, files, tables and exit codes out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runpact_core import documents, edge
from runpact_status_matrix import _ingest, cli
from tests.status_matrix.ingesting import NOW, entry, ingest, publish, report, write_registry

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus" / "status" / "runner_certification_registry_v1.yaml"
MATRIX = Path(".artifacts", _ingest.MATRIX)


def _run(*words: str) -> int:
    return edge.run(cli.app, ["matrix", *words], "runpact-status-matrix")


@pytest.fixture
def three() -> None:
    """A registry of three: one passes, one fails, one is missing."""
    write_registry(entry("rust"), entry("go"), entry("php", "compatibility_non_blocking"))
    publish("rust")
    publish("go", report("go", overall_status="fail"))


@pytest.mark.usefixtures("three")
def test_ingest_shows_what_it_wrote(capsys: pytest.CaptureFixture[str]) -> None:
    """A table, worst cases explained, and where the files are."""
    assert _run("ingest", "--registry", "registry.json", "--now-utc", NOW) == 0
    shown = capsys.readouterr()
    head, go, php, rust, summary, where = (" ".join(line.split()) for line in shown.out.splitlines())
    assert head == "RUNNER LANE STATUS FRESHNESS EFFECT VERDICT SINCE WHO ACTS WHY"
    fails = "runner owners the runner's report says fail"
    assert go == f"go required fail fresh, 12 h 0 min old blocking_fail blocked {NOW} {fails}"
    missing = "missing-status-asset: there is no such file"
    assert php == f"php compatibility unknown missing non_blocking_fail governance_fail {NOW} runner owners {missing}"
    assert rust == f"rust required pass fresh, 12 h 0 min old non_blocking_warn ok {NOW} nobody"
    assert (summary, where) == (f"3 runners, 1 ok, 1 governance fail, 1 blocked, as of {NOW}", "written to .artifacts")
    assert shown.err == ""
    assert _run("show") == 0
    assert capsys.readouterr().out == "".join(f"{line}\n" for line in shown.out.splitlines()[:-1])


@pytest.mark.usefixtures("three")
def test_show_prints_the_document_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` of both commands is the matrix, byte for byte."""
    assert _run("ingest", "--registry", "registry.json", "--now-utc", NOW, "--json") == 0
    assert capsys.readouterr().out.encode() == MATRIX.read_bytes()
    assert _run("show", str(MATRIX), "--json") == 0
    assert capsys.readouterr().out.encode() == MATRIX.read_bytes()


@pytest.mark.usefixtures("three")
def test_show_picks_rows(capsys: pytest.CaptureFixture[str]) -> None:
    """`--only` takes verdicts, and goes with no document."""
    ingest()
    assert _run("show", "--only", "blocked", "--only", "ok") == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["RUNNER", "go", "rust", "3"]
    assert _run("show", "--only", "ok", "--json") == 2
    assert "--json prints the whole matrix" in capsys.readouterr().err
    assert _run("show", "--only", "green") == 2


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--enforce"], 1, "blocking failure: go\n"),
        (["--enforce-freshness"], 1, "governance failure: php\n"),
        (["--max-age-hours", "-1"], 2, "error[usage]"),
        (["--jobs", "0"], 2, "error[usage]"),
        (["--now-utc", "yesterday"], 2, "error[usage]: --now-utc: 'yesterday' is not a time"),
        (["--now-utc", ""], 2, "error[usage]: --now-utc: '' is not a time"),
        (["--now-utc", "2026-02-30T00:00:00Z"], 2, "names a day that does not exist"),
        (["--now-utc", "2026-01-01T00:00:00"], 2, "error[usage]: --now-utc"),
        (["--now-utc", "1772323200"], 2, "error[usage]: --now-utc"),
        (["--forget", "rsut"], 2, "error[unknown-runner]: there is no runner rsut — did you mean rust?"),
        (["--catalog", "none.yaml"], 2, "error[usage]: there is no catalog none.yaml"),
        (["--catalog", "registry.json"], 2, "error[configuration]"),
        (["--registry", "none.yaml"], 2, "error[usage]: there is no registry none.yaml"),
        (["--project", "nowhere"], 2, "error[usage]: --project nowhere does not exist"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_exit_codes(words: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """1 for what was to be enforced, 2 for words and configuration; each in one line."""
    assert (
        _run("ingest", "--registry", "registry.json", *([] if "--now-utc" in words else ["--now-utc", NOW]), *words)
        == code
    )
    assert said in capsys.readouterr().err
    assert MATRIX.exists() is (said.partition(" ")[0] in {"blocking", "governance"})


def test_nothing_written_is_three(capsys: pytest.CaptureFixture[str]) -> None:
    """The folder of artifacts is a file: each of the three is named."""
    write_registry(entry("rust"))
    Path(".artifacts").write_text("in the way", encoding="utf-8")
    assert _run("ingest", "--registry", "registry.json") == 3
    assert capsys.readouterr().err.count("error[environment]") >= 3


@pytest.mark.usefixtures("three")
def test_diff_says_what_changed(capsys: pytest.CaptureFixture[str]) -> None:
    """Runners that came, went, got better and worse; ages are left out; 1 only where it was asked for."""
    ingest(out="one")
    ingest("2026-03-01T12:00:09Z", out="one", registry="registry.json")
    shutil.copytree("one", "two")
    assert _run("diff", "one/runner-status-matrix.json", "two/runner-status-matrix.json", "--exit-code") == 0
    assert capsys.readouterr().out == "nothing differs\n"
    write_registry(entry("rust"), entry("go"), entry("node", state="planned"))
    publish("rust", release_version="v2", overall_status="degraded")
    publish("go", release_version="v2")
    ingest("2026-03-01T13:00:00Z", out="two")
    assert _run("diff", "one/runner-status-matrix.json", "two/runner-status-matrix.json") == 0
    text = capsys.readouterr().out
    assert "go: changed, better\n" in text
    assert "  /runner_status: fail -> pass\n" in text
    assert "  /why: the runner's report says fail -> (absent)\n" in text
    assert "node: added\n" in text
    assert "php: removed\n" in text
    assert "rust: changed, worse\n" in text
    assert text.endswith("1 added, 1 removed, 2 changed\n")
    assert "age_s" not in text
    assert _run("diff", "one/runner-status-matrix.json", "two/runner-status-matrix.json", "--json", "--exit-code") == 1
    printed = capsys.readouterr().out.encode()
    assert documents.validate("matrix_diff", printed, strict=True) == []
    assert json.loads(printed)["summary"] == {"added": 1, "removed": 1, "changed": 2}


def test_matrices_of_others_are_compared_too(capsys: pytest.CaptureFixture[str]) -> None:
    """The source document's own fields are enough: effect and status tell better from worse, lists are one field."""
    row = {
        "runner_id": "rust", "implementation_repo": "r", "lane_class": "required", "runner_status": "pass",
        "freshness_state": "fresh", "policy_effect": "non_blocking_warn", "status_source": {"kind": "file", "url": "x"},
    }  # fmt: skip
    for name, changes in (
        ("a", {}),
        ("b", {"freshness_state": "stale"}),
        ("c", {"status_source": {"kind": "file", "url": "y", "l": [1]}}),
    ):
        data = {"version": 1, "updated_at": NOW, "matrix_rows": [row | changes]}
        Path(f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    assert _run("diff", "a.json", "b.json") == 0
    assert _run("diff", "b.json", "a.json") == 0
    assert _run("diff", "a.json", "c.json") == 0
    text = capsys.readouterr().out
    assert (
        text.count("rust: changed, worse\n")
        == text.count("rust: changed, better\n")
        == text.count("rust: changed\n")
        == 1
    )
    assert "  /status_source/l: (absent) -> [1]\n" in text
    assert _run("show", "a.json") == 0
    assert "1 runner, as of" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["show", "diff", "html"])
def test_what_is_no_matrix_is_refused(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Missing, another document, or a version of the future: one line and 1."""
    Path("other.json").write_text('{"version": 1}', encoding="utf-8")
    Path("newer.json").write_text('{"version": 9}', encoding="utf-8")
    for name, code in (("none", "missing-artifact"), ("other", "invalid-artifact"), ("newer", "unsupported-version")):
        path = f"{name}.json"
        assert _run(command, *([path, path] if command == "diff" else [path])) == 1
        assert f"error[{code}]" in capsys.readouterr().err


def test_a_matrix_that_is_not_there_is_made_by_an_ingest(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever begins with `show` is told what comes before."""
    assert _run("show") == 1
    said = f"error[missing-artifact]: Missing artifact: {MATRIX} — `runpact matrix ingest --registry FILE` makes one\n"
    assert capsys.readouterr().err == said


@pytest.mark.usefixtures("three")
def test_html_is_one_page(capsys: pytest.CaptureFixture[str]) -> None:
    """Beside the matrix, or where it is asked for."""
    ingest()
    assert _run("html", "--now-utc", NOW) == 0
    assert Path(capsys.readouterr().out.strip()).read_bytes().startswith(b"<!")
    assert _run("html", "--out", "page.html", "--now-utc", NOW) == 0
    assert Path("page.html").read_bytes() == MATRIX.with_suffix(".html").read_bytes()


@pytest.mark.usefixtures("three")
def test_html_does_not_replace_its_matrix(capsys: pytest.CaptureFixture[str]) -> None:
    """A call that names the matrix as the page is refused, and the matrix stays."""
    ingest()
    before = MATRIX.read_bytes()
    assert _run("html", "--out", f"./{MATRIX}") == 2
    assert "is the matrix itself" in capsys.readouterr().err
    assert MATRIX.read_bytes() == before


def test_text_of_reports_is_no_command_of_a_ci_system(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Table and differences show it escaped, and JSON, in such a job, says the same text in other bytes."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    write_registry(entry("rust"))
    publish("rust")
    ingest()
    shutil.copy(MATRIX, "old.json")
    command = {"command": "##[error]pwned ::error::x", "status": "fail", "exit_code": 1, "duration_ms": 5}
    publish("rust", release_version="v1.5.0", overall_status="fail", command_results=[command])
    matrix = ["ingest", "--registry", "registry.json", "--now-utc", NOW]
    for words in (matrix, ["show"], ["diff", "old.json", str(MATRIX)]):
        assert _run(*words) == 0
        out = capsys.readouterr().out
        assert r"\x23#[error]pwned" in out
        assert "##[" not in out
        assert _run(*words, "--json") == 0
        out = capsys.readouterr().out
        assert r"\u0023#[error]pwned" in out
        assert "##[" not in out
        assert "##[error]pwned" in json.dumps(json.loads(out))


@pytest.mark.skipif(not CORPUS.is_file(), reason="the folder of published documents is not here")
def test_the_corpus_registry_works_with_sources_of_this_machine(tmp_path: Path) -> None:
    """Five runners as the field has them, three of them asked, with folders in place of releases."""
    lines = CORPUS.read_text(encoding="utf-8")
    Path("registry.yaml").write_text(
        lines.replace("source_kind: release_asset", "source_kind: folder\n    folder: /status/{runner}"),
        encoding="utf-8",
    )
    for name, lane in (("rust", "required"), ("python", "compatibility_non_blocking")):
        publish(name, implementation_repo=f"dc-runner-{name}", lane_class=lane)
    done = ingest(registry="registry.yaml", project=str(tmp_path))
    assert {each["runner_id"]: each["verdict"] for each in done.matrix["matrix_rows"]} == {
        "c": "warn", "node": "warn", "php": "governance_fail", "python": "ok", "rust": "ok",
    }  # fmt: skip
    assert done.log["registry"]["path"] == "registry.yaml"
    assert done.log["entries"][-1]["source"]["url"] == "status/rust"


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell")
def test_the_script_of_the_source_document_calls_ours() -> None:
    """From anywhere, with the paths of the source document, and further words win."""
    schemas = Path("specs/01_schema")
    schemas.mkdir(parents=True)
    Path("scripts").mkdir()
    shutil.copy(ROOT / "scripts/runner_status_ingest.sh", "scripts")
    write_registry(entry("rust"), path=str(schemas / "runner_certification_registry_v1.yaml"))
    (schemas / "schema_catalog_v1.yaml").write_text("version: 1\nschemas: []\n", encoding="utf-8")
    program = Path("program")
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m runpact_status_matrix "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    words = [str(Path("scripts/runner_status_ingest.sh").resolve()), "--now-utc", NOW, "--enforce"]
    done = subprocess.run(
        words, cwd="/", capture_output=True, check=False, timeout=60,
        env={"PATH": os.environ["PATH"], "RUNPACT_STATUS_MATRIX": str(program.resolve())},
    )  # fmt: skip
    assert (done.returncode, b"blocking failure: rust" in done.stderr) == (1, True), done.stderr
    log: dict[str, Any] = json.loads(Path(".artifacts", _ingest.LOG).read_bytes())
    assert log["registry"]["path"] == "specs/01_schema/runner_certification_registry_v1.yaml"
    assert log["schema_pin"]["path"] == "specs/01_schema/schema_catalog_v1.yaml"
