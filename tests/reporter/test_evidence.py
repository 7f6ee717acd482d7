"""Evidence that is taken in, and the schemas beside it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact
from runpact_reporter import _evidence, _publish
from tests.reporter.support import call, product_dir

JUNIT = '<testsuite name="s" tests="1"><testcase name="a"/></testsuite>'


def test_what_is_taken_is_copied_and_hashed(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Files of one name are kept apart; the digests are those that `sha256sum` checks; what fails is told, exit 1."""
    call("fleet", "register", "spec-kit")
    (project / "a.xml").write_text(JUNIT)
    for folder in ("one", "two"):
        (project / folder).mkdir()
        (project / folder / "Proof A.txt").write_text(folder)
    words = [
        "--evidence",
        "one/Proof A.txt",
        "--evidence",
        "two/Proof A.txt",
        "--evidence",
        "gone",
        "--screenshot",
        "s.jpg",
    ]
    (project / "s.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    assert call("report", "generate", "spec-kit", "--junit", "a.xml", *words) == 1
    assert "error[missing-artifact]: Missing artifact: gone" in capfd.readouterr().err
    data = json.loads((product_dir(project) / "last_run.json").read_bytes())
    home = project / "dash" / "runs" / "spec-kit" / data["run_id"]
    names = [path.removeprefix(f"runs/spec-kit/{data['run_id']}/") for path in data["evidence"]["paths"]]
    assert names == [
        "pytest_output.log",
        "test-report.json",
        "screenshot.jpg",
        "evidence/Proof A.txt",
        "evidence/Proof A-2.txt",
        "evidence/gone",
    ]
    assert data["summary"].endswith("; 1 piece of evidence is missing")
    assert call("report", "check", "spec-kit", "--mode", "production") == 1
    assert f"{data['run_id']}/evidence/gone: it is missing" in capfd.readouterr().out
    assert (data["status"], (home / "evidence" / "Proof A-2.txt").read_text()) == ("success", "two")
    if shutil.which("sha256sum"):  # not on every system
        subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=home, check=True)
    assert set(_evidence.read_sums((home / "SHA256SUMS").read_bytes())) == set(names[:-1])


@pytest.mark.parametrize("kind", ["none", "link", "folder", "below a file"])
def test_evidence_that_is_not_there_loses_nothing(project: Path, kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    """The first and only piece cannot be taken: the results are reported all the same, and the summary says it."""
    call("fleet", "register", "spec-kit")
    (project / "a.xml").write_text(JUNIT)
    (project / "link").symlink_to("a.xml")
    (project / "folder").mkdir()
    name = {"below a file": "a.xml/x"}.get(kind, kind)
    assert call("report", "generate", "spec-kit", "--junit", "a.xml", "--evidence", name) == 1
    assert "error[" in capfd.readouterr().err
    data = json.loads((product_dir(project) / "last_run.json").read_bytes())
    assert (data["status"], data["summary"]) == ("success", "1 passed; 1 piece of evidence is missing")
    folder = product_dir(project) / data["run_id"]
    assert sorted(path.name for path in folder.iterdir()) == [
        "SHA256SUMS", "last_run.json", "pytest_output.log", "test-report.json",
    ]  # fmt: skip
    assert call("report", "check", "spec-kit", "--mode", "production") == 1


def test_evidence_of_an_earlier_report_of_the_run_is_gone(project: Path) -> None:
    """Reported again without it, the copy of before does not stand for it."""
    call("fleet", "register", "spec-kit")
    call("report", "generate", "spec-kit", "--", "true")
    run_id = json.loads((product_dir(project) / "last_run.json").read_bytes())["run_id"]
    words = ("report", "generate", "spec-kit", "--run", f"reports/runs/{run_id}", "--evidence", "proof")
    (project / "proof").write_text("first")
    assert call(*words) == 0
    copy = product_dir(project) / run_id / "evidence" / "proof"
    assert copy.read_text() == "first"
    (project / "proof").unlink()
    assert call(*words) == 1
    assert not copy.exists()


def test_only_regular_files_of_bounded_size(project: Path) -> None:
    """A link, a folder, a FIFO, a file that is too large or exchanged: refused, and nothing is left."""
    (project / "a").write_bytes(b"12345")
    (project / "link").symlink_to("a")
    os.mkfifo(project / "fifo")
    (project / "folder").mkdir()
    home = project / "home"
    for name in ("link", "fifo", "folder"):
        with pytest.raises(InvalidArtifact):
            _evidence.take(project / name, home, "x")
    with pytest.raises(InvalidArtifact, match="5 bytes are more than the limit of 4"):
        _evidence.take(project / "a", home, "x", limit=4)
    with pytest.raises(InvalidArtifact, match="exchanged"):
        _evidence.copy(project / "a", home, "x", same=(0, 0))
    with pytest.raises(MissingArtifact):
        _evidence.take(project / "none", home, "x")
    with pytest.raises(EnvironmentFailed):
        _evidence.take(project / "a\0b", home, "x")
    assert not home.exists()
    taken = _evidence.take(project / "a", home, "e/x")
    assert taken == ("e/x", hashlib.sha256(b"12345").hexdigest(), 5)


def test_a_copy_that_fails_leaves_what_was_there(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk: the old file stands, no temporary is left, and the error is one of ours."""
    (project / "a").write_bytes(b"new")
    (project / "x").write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(EnvironmentFailed):
        _evidence.copy(project / "a", project, "x")
    assert (project / "x").read_bytes() == b"old"
    assert sorted(path.name for path in project.iterdir()) == ["a", "x"]


@given(st.lists(st.text(min_size=1, max_size=20).filter(lambda text: "/" not in text and "\0" not in text), max_size=8))
def test_names_are_kept_apart(names: list[str]) -> None:
    """Any files get names that differ, in lower case too, are one part of a path and not hidden."""
    taken: list[str] = []
    for name in names:
        taken.append(_evidence.free_name(Path("x", name), taken))
    assert len({name.lower() for name in taken}) == len(names)
    assert not [name for name in taken if not name or name.startswith(".") or set(name) & set('/\\\n:*?"<>|')]


def test_the_schemas_are_exported_once(project: Path) -> None:
    """Each is a schema that stands alone and takes its documents; what is there already is not written again."""
    dash = project / "dash"
    written = _publish.export_schemas(dash)
    assert "last_run.schema.json" in written
    assert "products.schema.json" in written
    assert _publish.export_schemas(dash) == []
    (dash / "schemas" / "products.schema.json").write_text("{}")
    assert _publish.export_schemas(dash) == ["products.schema.json"]
    call("fleet", "register", "spec-kit")
    (project / "a.xml").write_text(JUNIT)
    call("report", "generate", "spec-kit", "--junit", "a.xml")
    for name, path in (("products", dash / "products.json"), ("last_run", product_dir(project) / "last_run.json")):
        schema = json.loads((dash / "schemas" / f"{name}.schema.json").read_bytes())
        jsonschema.Draft202012Validator(schema).validate(json.loads(path.read_bytes()))


def test_the_plain_schema_is_that_of_what_was_written_last(project: Path) -> None:
    """`last_run.schema.json` takes the newest report, of either version; each version's stands beside it, and stays."""
    dash = project / "dash"
    call("fleet", "register", "spec-kit")
    (project / "a.xml").write_text(JUNIT)
    plain = b""
    for version in ("0.2", "0.1", "0.2"):
        words = ("--junit", "a.xml", "--schema-version", version)
        assert call("report", "generate", "spec-kit", *words) == 0
        plain = (dash / "schemas" / "last_run.schema.json").read_bytes()
        assert plain == (dash / "schemas" / f"last_run.{version}.schema.json").read_bytes()
        report = json.loads((product_dir(project) / "last_run.json").read_bytes())
        jsonschema.Draft202012Validator(json.loads(plain)).validate(report)
    assert _publish.export_schemas(dash) == []
    assert (dash / "schemas" / "last_run.schema.json").read_bytes() == plain


def test_a_run_id_is_one_part_of_a_path(project: Path) -> None:
    """What would lead elsewhere is refused before anything is written."""
    for run_id in ("..", "a/b", "", "a\nb"):
        publication = _publish.Publication("x", run_id, b"", lambda *_: {})
        with pytest.raises(InvalidArtifact):
            _publish.publish(project / "dash", publication, 0)
    assert not (project / "dash").exists()
