"""`runpact contracts`: what each command prints, and what it says of bad input."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from runpact_core import cli, documents, edge
from runpact_core._version import __version__

EXAMPLES = Path(__file__).parents[2] / "contracts" / "examples"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*words: str) -> int:
    """The command in this process."""
    return edge.run(cli.app, ["contracts", *words], "runpact-core")


def copied(example: str, name: str) -> dict[str, Any]:
    """An example put into the current folder under a name; its data."""
    shutil.copy(EXAMPLES / example, name)
    data: dict[str, Any] = json.loads(Path(name).read_bytes())
    return data


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    """One line for each version of each contract, with the file it describes."""
    assert call("list") == 0
    lines = capsys.readouterr().out.splitlines()
    found = [(name, version, rest) for name, version, _, rest in (line.split(maxsplit=3) for line in lines)]
    assert found == [(each.contract, each.version, each.describes) for each in documents.catalog()]
    assert ("run", "0.2", "reports/runs/<run_id>/run.json") in found
    assert len({line.index(described) for line, (*_, described) in zip(lines, found, strict=True)}) == 1


def test_list_as_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    """--json prints one canonical schema_catalog document and nothing else."""
    assert call("list", "--json") == 0
    out = capsys.readouterr().out.encode()
    assert documents.validate("schema_catalog", out, strict=True) == []
    data = documents.read("schema_catalog", out).data
    assert documents.dumps(data) == out
    assert [(each["schema_id"], each["version"]) for each in data["schemas"]] == [
        (each.contract, each.version) for each in documents.catalog()
    ]


def test_show(capsys: pytest.CaptureFixture[str]) -> None:
    """The published schema as it is: the newest version, the one after the @, or what readers take."""
    old, new = documents.find_contract("run")
    assert call("show", "run") == 0
    assert capsys.readouterr().out.encode() == documents.schema(new)
    assert call("show", "run@0.1") == 0
    assert capsys.readouterr().out.encode() == documents.schema(old)
    assert call("show", "run@0.2", "--tolerant") == 0
    tolerant = capsys.readouterr().out.encode()
    assert tolerant == documents.schema(new, strict=False) != documents.schema(new)


def test_validate(capsys: pytest.CaptureFixture[str]) -> None:
    """A valid document says as what it is valid; several files are told one after the other."""
    copied("run/0.2/valid/minimal.json", "run.json")
    copied("checks/0.1/valid/none.json", "checks.json")
    assert call("validate", "run.json", "checks.json") == 0
    assert capsys.readouterr() == ("run.json: valid run 0.2\nchecks.json: valid checks 0.1\n", "")


def test_validate_what_readers_take_and_producers_may_not_write(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown field and a newer minor are notes; with --strict they are problems."""
    data = copied("run/0.2/valid/minimal.json", "run.json")
    Path("run.json").write_text(json.dumps({**data, "mood": "good", "\x1b[2J": 1}))
    assert call("validate", "run.json") == 0
    assert capsys.readouterr().out.splitlines() == [
        r"run.json: note: unknown field /\x1b[2J, kept",
        "run.json: note: unknown field /mood, kept",
        "run.json: valid run 0.2",
    ]
    assert call("validate", "run.json", "--strict") == 1
    assert capsys.readouterr().out.splitlines() == [
        r"run.json: /\x1b[2J: unknown field [additionalProperties]",
        "run.json: /mood: unknown field [additionalProperties]",
    ]
    Path("run.json").write_text(json.dumps({**data, "schema_version": "0.9"}))
    assert call("validate", "run.json") == 0
    assert capsys.readouterr().out.splitlines() == [
        "run.json: note: Unsupported schema version: 0.9",
        "run.json: valid run 0.9",
    ]


def test_validate_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """Every problem in one line with its place; the other files are still judged; exit code 1."""
    data = copied("run/0.2/valid/minimal.json", "wrong.json")
    Path("wrong.json").write_text(json.dumps({**data, "status": "green", "duration_ms": -1}))
    copied("run/0.2/valid/minimal.json", "run.json")
    assert call("validate", "wrong.json", "run.json", "--contract", "run") == 1
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert [line.partition(": ")[2].partition(":")[0] for line in lines] == ["/duration_ms", "/status", "valid run 0.2"]


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (
            ["validate", "run.json", "--contract", "rnu"],
            2,
            "error[unknown-contract]: there is no contract 'rnu' — did you mean run?",
        ),
        (["show", "cheks"], 2, "error[unknown-contract]: there is no contract 'cheks' — did you mean checks?"),
        (
            ["show", "zzz"],
            2,
            "error[unknown-contract]: there is no contract 'zzz' — there are "
            + ", ".join(sorted({each.contract for each in documents.catalog()})),
        ),
        (["show", "run@9.9"], 2, "error[unknown-contract]: run has no version 9.9 — it has 0.1, 0.2"),
        (
            ["upgrade", "run.json", "--to", "9.9", "--stdout"],
            2,
            "error[unknown-contract]: run has no version 9.9 — it has 0.1, 0.2",
        ),
        (
            ["upgrade", "run.json", "--to", "0.1", "--stdout"],
            2,
            "error[unknown-contract]: run 0.2 cannot become the older 0.1 — nothing is lost",
        ),
        (["upgrade", "nowhere.json", "--stdout"], 1, "error[missing-artifact]: Missing artifact: nowhere.json"),
        (["export", "run.json"], 2, "error[usage]: run.json is a file — name a folder"),
        (
            ["validate", "list.json"],
            1,
            (
                "list.json: error[invalid-artifact]: Invalid artifact: it is a list, not an object — a document is one"
                " JSON object"
            ),
        ),
        (
            ["validate", "list.json", "--contract", "run"],
            1,
            (
                "list.json: error[invalid-artifact]: Invalid artifact: it is a list, not an object — a document is one"
                " JSON object"
            ),
        ),
        (
            ["validate", "other.json"],
            2,
            "other.json: error[unknown-contract]: no contract fits other.json — name one, with --contract",
        ),
        (
            ["validate", "nowhere.json"],
            1,
            "nowhere.json: error[missing-artifact]: Missing artifact: nowhere.json",
        ),
        (["validate"], 2, "error[usage]: Missing argument 'FILE...' — see runpact-core contracts validate --help"),
        (["upgrade"], 2, "error[usage]: Missing argument 'PATH...' — see runpact-core contracts upgrade --help"),
    ],
)
def test_bad_input(words: list[str], code: int, line: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line on stderr with a hint, the right exit code, nothing on stdout, nothing written."""
    copied("run/0.2/valid/minimal.json", "run.json")
    Path("list.json").write_text("[1]")
    Path("other.json").write_text('{"a": 1}')
    assert call(*words) == code
    assert capsys.readouterr() == ("", f"{line}\n")
    assert sorted(path.name for path in folder.iterdir()) == ["list.json", "other.json", "run.json"]


def test_a_version_of_another_major(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown major is a problem with its published words, and cannot be upgraded."""
    Path("run.json").write_text('{"schema_version": "7.0"}')
    assert call("validate", "run.json") == 1
    assert capsys.readouterr().out == "run.json: /: Unsupported schema version: 7.0 [version]\n"
    assert call("upgrade", "run.json", "--stdout") == 1
    assert capsys.readouterr() == (
        "",
        "error[unsupported-version]: Unsupported schema version: 7.0 — only its raw fields can be shown\n",
    )


def test_export(capsys: pytest.CaptureFixture[str]) -> None:
    """Each version as a schema of its own that any validator takes; a second time it gives the same bytes."""
    assert call("export", "out/schemas") == 0
    count = len(documents.catalog())
    assert capsys.readouterr().out == f"{count} schemas in out/schemas\n"
    found = {path.name: path.read_bytes() for path in Path("out/schemas").iterdir()}
    assert sorted(found) == sorted(f"{each.contract}.v{each.version}.schema.json" for each in documents.catalog())
    for text in found.values():
        jsonschema.Draft202012Validator.check_schema(json.loads(text))
    schema = json.loads(found["run.v0.2.schema.json"])
    judge = jsonschema.Draft202012Validator(schema)
    assert judge.is_valid(json.loads((EXAMPLES / "run/0.2/valid/full.json").read_bytes()))
    assert not judge.is_valid({"schema_version": "0.2"})
    assert call("export", "out/schemas") == 0
    assert {path.name: path.read_bytes() for path in Path("out/schemas").iterdir()} == found
    assert call("export", "out/schemas", "--tolerant") == 0
    assert Path("out/schemas/run.v0.2.schema.json").read_bytes() != found["run.v0.2.schema.json"]


def test_export_to_a_link_that_leads_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    """It is called what it is; nothing is made where it leads."""
    Path("link").symlink_to("nowhere")
    assert call("export", "link") == 2
    assert capsys.readouterr().err == "error[usage]: link is a link that leads nowhere — name a folder\n"
    assert not Path("nowhere").exists()


def test_export_below_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that cannot be made is an error of the environment."""
    Path("file").touch()
    assert call("export", "file/below") == 3
    line = "making the folder file: Not a directory — a part of the path is a file, not a folder"
    assert capsys.readouterr() == ("", f"error[environment]: {line}\n")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no FIFO")
def test_a_fifo_is_not_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    """What is no regular file is an error at once."""
    os.mkfifo("run.json")
    assert call("validate", "run.json") == 1
    assert capsys.readouterr().err == (
        "run.json: error[invalid-artifact]: Invalid artifact: a FIFO where a regular file should be\n"
    )


def test_version_help_and_console_script(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The package's own command says its version, and what it can do."""
    monkeypatch.setattr(sys, "argv", ["runpact-core", "--version"])
    assert cli.main() == 0
    assert capsys.readouterr().out == f"runpact-core {__version__}\n"
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "argv", ["runpact-core", "contracts", "--help"])
    assert cli.main() == 0
    out = capsys.readouterr().out
    assert [word for word in ("list", "show", "validate", "upgrade", "export") if f"  {word} " not in out] == []
    monkeypatch.setattr(sys, "argv", ["runpact-core"])
    assert cli.main() == 2


def test_stdin_is_a_document_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """``-`` reads it whole; what is not named like a document of a contract is known by its shape."""
    data = (EXAMPLES / "run/0.2/valid/full.json").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert call("validate", "-") == 0
    assert capsys.readouterr().out == "-: valid run 0.2\n"


def test_validate_a_large_report(capsys: pytest.CaptureFixture[str]) -> None:
    """What a large operation writes is more than the usual limit of a document, and is judged all the same."""
    report = copied("gc_report/1.0/valid/minimal.json", "gc_report_20260119_063015.json")
    report["notes"] = ["a sentence that somebody reads"] * 300_000
    Path("gc_report_20260119_063015.json").write_text(json.dumps(report))
    assert Path("gc_report_20260119_063015.json").stat().st_size > documents.MAX_BYTES
    assert call("validate", "--strict", "gc_report_20260119_063015.json") == 0
    assert capsys.readouterr().out == "gc_report_20260119_063015.json: valid gc_report 1.0\n"
