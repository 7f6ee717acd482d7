"""`runpact contracts upgrade`: what it prints, what it writes, with which code it ends."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from runpact_core import cli, documents, edge, files
from runpact_core.errors import EnvironmentFailed
from tests.core.samples import EXAMPLES, sample

OLD = sample("run/0.1/full")
TREE = [
    "would upgrade: dash/last_run.json: last_run 0.1 -> 0.2",
    "would upgrade: runs/all.jsonl: run 0.1 -> 0.2, 2 lines",
    "would upgrade: runs/run.json: run 0.1 -> 0.2",
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def tree(folder: Path) -> Path:
    """Three outdated files, one that is newest, and one of somebody else."""
    (folder / "runs").mkdir()
    (folder / "dash").mkdir()
    put("runs/run.json", OLD)
    put("dash/last_run.json", sample("last_run/0.1/tests-passed"))
    put("dash/checks.json", sample("checks/0.2/none"))
    put("dash/package.json", {"name": "x"})
    Path("runs/all.jsonl").write_text(f"{json.dumps(OLD)}\n" * 2)
    return folder


def put(name: str, data: dict[str, Any]) -> None:
    """A document in the current folder."""
    Path(name).write_text(json.dumps(data))


def call(*words: str) -> int:
    """The command in this process."""
    return edge.run(cli.app, ["contracts", "upgrade", *words], "runpact-core")


def contents(folder: Path) -> dict[str, bytes]:
    """Every file with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_dry_run_is_the_default(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What would become what, a sum, and nothing written; with --check it ends with 1."""
    before = contents(tree)
    end = "files: 5; 3 would upgrade, 1 newest already, 1 other; nothing was written, --apply does it"
    assert call(".") == 0
    assert capsys.readouterr() == ("\n".join([*TREE, end, ""]), "")
    assert call(".", "--check") == 1
    assert capsys.readouterr().out.splitlines() == [*TREE, end]
    assert contents(tree) == before


def test_apply_writes_and_check_is_content(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """After --apply everything is newest, and a second one changes no byte."""
    assert call("runs", "dash", "--apply", "--check") == 0
    end = "files: 5; 3 upgraded, 1 newest already, 1 other"
    expected = [*(line.replace("would upgrade", "upgraded") for line in TREE), end]
    assert capsys.readouterr().out.splitlines() == expected
    after = contents(tree)
    assert call("runs", "dash", "--apply", "--check") == 0
    assert capsys.readouterr().out == "files: 5; 4 newest already, 1 other\n"
    assert contents(tree) == after
    for name in ("runs/run.json", "dash/last_run.json"):
        assert documents.validate(Path(name).stem, name, strict=True) == []


def test_json_is_one_document(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--json prints a canonical upgrade_report that holds everything, before and after."""
    (tree / "x").mkdir()
    put("x/run.json", {**OLD, "schema_version": "0.9"})
    put("x/checks.json", {})
    put("x/certificate.json", sample("runner_execution_certificate/1/nothing-asked"))
    for applied in (False, True):
        assert call(".", "--json", *["--apply"] * applied) == 1
        out = capsys.readouterr().out.encode()
        assert documents.validate("upgrade_report", out, strict=True) == []
        told = documents.read("upgrade_report", out).data
        assert documents.dumps(told) == out
        done = "upgraded" if applied else "planned"
        assert told["applied"] is applied
        assert (told["files"], told["newest"], told["other"]) == (8, 1, 1)
        assert told["counts"][done] == 3
        assert [(each["path"], each["outcome"]) for each in told["documents"]] == [
            ("dash/last_run.json", done),
            ("runs/all.jsonl", done),
            ("runs/run.json", done),
            ("x/certificate.json", "left"),
            ("x/checks.json", "unreadable"),
            ("x/run.json", "newer"),
        ]
        assert told["documents"][1] == {
            "path": "runs/all.jsonl",
            "outcome": done,
            "contract": "run",
            "from_version": "0.1",
            "to_version": "0.2",
            "lines": 2,
            "message": "",
        }


def test_what_stays_fails_the_check_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A certificate is left, which is said; that is no failure, unless everything must be newest."""
    put("x.json", sample("runner_execution_certificate/1/nothing-asked"))
    assert call("x.json", "--apply") == 0
    why = "its proof is a digest of all that it says: certify the runner again"
    line = f"left: x.json: runner_execution_certificate 1 -> 2, {why}"
    assert capsys.readouterr().out.splitlines() == [line, "files: 1; 1 left, 0 newest already, 0 other"]
    assert call("x.json", "--check") == 1
    put("x.json", {**OLD, "schema_version": "0.9"})
    (folder / "x.json").rename("run.json")
    assert call("run.json", "--check") == 0


def test_what_is_left_may_be_allowed(capsys: pytest.CaptureFixture[str]) -> None:
    """--check --allow-left ends with 0 where all that is not newest must stay, and with 1 where something need not."""
    put("x.json", sample("runner_execution_certificate/1/nothing-asked"))
    assert call(".", "--check", "--allow-left") == 0
    put("run.json", OLD)
    assert call(".", "--check", "--allow-left") == 1
    assert call(".", "--apply", "--check", "--allow-left") == 0
    put("run.json", {})
    assert call(".", "--check", "--allow-left") == 1
    capsys.readouterr()
    assert call(".", "--allow-left") == 2
    said = "error[usage]: --allow-left says what --check takes for content — add --check\n"
    assert capsys.readouterr() == ("", said)


def test_other_files_are_named_where_it_is_asked(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--all tells of each file that holds no document, with the reason, in both forms."""
    (tree / "dash/torn.json").write_text("{")
    other = "dash/package.json holds no document that was asked for"
    torn = "dash/torn.json holds no document that was asked for: Invalid artifact: "
    assert call("dash", "--all") == 0
    lines = capsys.readouterr().out.splitlines()
    assert (lines[1], lines[2][: len(torn) + 6]) == (f"note: {other}", f"note: {torn}")
    assert lines[3] == "files: 4; 1 would upgrade, 1 newest already, 2 other; nothing was written, --apply does it"
    assert call("dash", "--all", "--json") == 0
    notes = documents.read("upgrade_report", capsys.readouterr().out.encode()).data["notes"]
    assert (notes[0], notes[1][: len(torn)]) == (other, torn)
    assert call("dash") == 0
    assert "torn" not in capsys.readouterr().out


def test_a_write_that_fails_has_its_code(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is as it was, the others are upgraded, and the next call does the rest."""
    real = files.replace

    def replace(path: str, data: bytes, **more: Any) -> None:
        if path.endswith("all.jsonl"):
            raise EnvironmentFailed(f"writing {path}", OSError(28, "No space left on device"))
        real(path, data, **more)

    monkeypatch.setattr(files, "replace", replace)
    assert call(".", "--apply") == 3
    lines = capsys.readouterr().out.splitlines()
    assert (
        lines[1] == "failed: runs/all.jsonl: run 0.1 -> 0.2, 2 lines, writing runs/all.jsonl: No space left on device"
    )
    assert lines[-1] == "files: 5; 2 upgraded, 1 failed, 1 newest already, 1 other"
    monkeypatch.undo()
    monkeypatch.chdir(tree)
    assert call(".", "--apply", "--check") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "files: 5; 1 upgraded, 3 newest already, 1 other"


def test_one_contract_and_version(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--contract passes the others over; with it, --to says how far."""
    assert call(".", "--contract", "last_run", "--apply") == 0
    assert capsys.readouterr().out.splitlines()[0] == "upgraded: dash/last_run.json: last_run 0.1 -> 0.2"
    assert call(".", "--contract", "run", "--to", "0.1", "--check") == 0
    assert capsys.readouterr().out == "files: 5; 2 of 0.1 or later already, 3 other\n"
    assert json.loads(Path("runs/run.json").read_bytes()) == OLD


def test_names_that_are_no_text(folder: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Bytes that are no UTF-8 are shown escaped, in both forms; what would act on a terminal does not."""
    name = b"\xff\x1b[2J.json"
    try:
        (folder / Path(name.decode(errors="surrogateescape"))).write_bytes(documents.dumps(OLD))
    except OSError:
        pytest.skip("this file system takes UTF-8 alone")
    assert call(".") == 0
    assert capsysbinary.readouterr().out.splitlines()[0] == rb"would upgrade: \xff\x1b[2J.json: run 0.1 -> 0.2"
    assert call(".", "--json") == 0
    told = documents.read("upgrade_report", capsysbinary.readouterr().out).data
    assert told["documents"][0]["path"] == "\\xff\x1b[2J.json"


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        ([".", "--to", "0.2"], 2, "error[usage]: --to is the version of one contract — add --contract NAME"),
        (
            ["x.json", ".", "--stdout"],
            2,
            "error[usage]: one document is printed at a time — name one file, or - alone",
        ),
        (
            ["-", "--apply"],
            2,
            "error[usage]: a document that is printed is not written, checked or reported — leave --stdout out",
        ),
        (
            [".", "--contract", "run", "--to", "9.9"],
            2,
            "error[unknown-contract]: run has no version 9.9 — it has 0.1, 0.2",
        ),
        ([".", "--contract", "rnu"], 2, "error[unknown-contract]: there is no contract 'rnu' — did you mean run?"),
        (["x.json", "nowhere"], 1, "error[missing-artifact]: Missing artifact: nowhere"),
    ],
)
def test_bad_input(words: list[str], code: int, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One line on stderr with a hint, nothing on stdout, nothing written."""
    put("x.json", OLD)
    assert call(*words) == code
    assert capsys.readouterr() == ("", f"{line}\n")
    assert json.loads(Path("x.json").read_bytes()) == OLD


def test_stdout_prints_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    """The later version is printed as a canonical document that is valid; the file stays as it is."""
    raw = (EXAMPLES / "run/0.1/valid/full.json").read_bytes()
    Path("old.json").write_bytes(raw)
    assert call("old.json", "--stdout", "--to", "0.2", "--contract", "run") == 0
    out = capsys.readouterr().out.encode()
    assert documents.validate("run", out, strict=True) == []
    assert documents.read("run", out).version == "0.2"
    assert Path("old.json").read_bytes() == raw
    Path("run.json").write_bytes(out)
    assert call("run.json", "--stdout") == 0
    assert capsys.readouterr().out.encode() == out


def test_stdin_is_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """``-`` reads it whole, and needs no --stdout."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(OLD).encode())))
    assert call("-") == 0
    assert json.loads(capsys.readouterr().out) == {**OLD, "schema_version": "0.2"}


def test_stdout_says_what_it_leaves_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """The document goes to stdout, what producers may not write to stderr: broken rules, unknown fields, old proofs."""
    document = sample("checks/0.1/one-of-each", colour="green")
    document["summary"]["pass"] = 9
    put("checks.json", document)
    assert call("checks.json", "--stdout") == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out) == document | {"schema_version": "0.2"}
    rule = "summary does not count the checks by their status [summary-counts-the-checks]"
    assert shown.err == f"checks.json: note: /summary/pass: {rule}\nchecks.json: note: unknown field /colour, kept\n"
    put("x.json", sample("runner_execution_certificate/1/nothing-asked"))
    assert call("x.json", "--stdout") == 0
    proof = "its proof is a digest of all that it says: certify the runner again"
    assert capsys.readouterr().err == f"x.json: note: {proof}\n"
    put("x.json", sample("runner_execution_certificate/2/nothing-asked"))
    assert call("x.json", "--stdout") == 0
    assert capsys.readouterr().err == ""


def test_stdout_says_which_number_changes(capsys: pytest.CaptureFixture[str]) -> None:
    """A number that is printed as another one is named."""
    Path("run.json").write_text(json.dumps({**OLD, "zz": 1})[:-2] + "1e-400}")
    assert call("run.json", "--stdout") == 0
    shown = capsys.readouterr().err.splitlines()
    assert shown[-1] == "run.json: note: the number 1e-400 does not come back as it is written"
