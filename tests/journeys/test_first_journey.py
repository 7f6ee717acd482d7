"""One whole journey: record a command that passes and one that fails, look at them, prove them, carry them on."""

from __future__ import annotations

import importlib
import json
import runpy
import subprocess
import sys
from typing import TYPE_CHECKING

import jsonschema
import pytest

from tests.writer.support import document, environment, outside, run_ids

if TYPE_CHECKING:
    from pathlib import Path


def done(*words: str, cwd: Path, code: int = 0, **environ: str) -> str:
    """What `runpact` prints; it must end with this code, and say nothing on stderr."""
    process = outside(*words, cwd=cwd, stdin=b"", **environ)
    assert (process.returncode, process.stderr.decode()) == (code, "")
    return process.stdout.decode()


def test_record_look_prove_and_carry_on(tmp_path: Path) -> None:
    """exec, list, show, verify, validate, upgrade, export: each takes what the one before it left."""
    runs_dir = tmp_path / "reports" / "runs"
    say = [sys.executable, "-S", "-c", "print('60 rows')"]
    assert done("exec", "--pipeline-id", "P2-Backfill", "--required-env", "DSN", "--", *say, cwd=tmp_path, DSN="x") == (
        "60 rows\n"
    )
    fail = [sys.executable, "-S", "-c", "raise SystemExit(3)"]
    assert done("exec", "--pipeline-id", "Z-Report", "--", *fail, cwd=tmp_path, code=3) == ""
    passed, failed = sorted(run_ids(runs_dir), key=lambda name: "Z-Report" in name)

    listed = [line.split()[:3] for line in done("runs", "list", cwd=tmp_path).splitlines()]
    expected = [[passed, "P2-Backfill", "success"], [failed, "Z-Report", "failed"]]
    assert sorted(listed) == sorted([["RUN", "PIPELINE", "STATE"], *expected])
    card = done("runs", "show", failed, cwd=tmp_path)
    assert "\nexit      3\n" in card
    assert card.endswith("fail      The command ends with exit code 0\n            run.json:$.exit.code\n")
    assert done("runs", "verify", passed, failed, cwd=tmp_path) == f"{passed}: ok\n{failed}: ok\n"

    files = [f"reports/runs/{name}/{file}.json" for name in (passed, failed) for file in ("run", "checks")]
    judged = done("contracts", "validate", "--strict", *files, cwd=tmp_path)
    assert judged.splitlines() == [f"{file}: valid {file.split('/')[-1][:-5]} 0.2" for file in files]

    sealed = document(runs_dir / passed)
    known_to_old = {"command", "exit", "host", "log", "masking", "schema_version"}
    old = {key: value for key, value in sealed.items() if key not in known_to_old}
    (tmp_path / "run.json").write_text(json.dumps(old))
    upgraded = json.loads(done("contracts", "upgrade", "run.json", "--to", "0.2", "--stdout", cwd=tmp_path))
    assert upgraded == {**old, "schema_version": "0.2"}

    done("contracts", "export", "schemas", cwd=tmp_path)
    schema = json.loads((tmp_path / "schemas" / "run.v0.2.schema.json").read_bytes())
    jsonschema.validate(sealed, schema)
    jsonschema.validate(upgraded, schema)


def test_damage_is_found_afterwards(tmp_path: Path) -> None:
    """A log that was cut is named by `verify`, which ends with 1; the other run is still ok."""
    for name in ("one", "two"):
        done("exec", "--pipeline-id", name, "--", sys.executable, "-S", "-c", "", cwd=tmp_path)
    one, two = sorted(run_ids(tmp_path / "reports" / "runs"), key=lambda name: "two" in name)
    (tmp_path / "reports" / "runs" / one / "run.log").write_bytes(b"")
    out = done("runs", "verify", one, two, cwd=tmp_path, code=1)
    found = [
        f"{one}: run.log: the first line is not RUN_ID={one}",
        f"{one}: run.log: it has 0 lines, run.json says 1",
        f"{one}: run.log: it has 0 bytes, run.json says {len(f'RUN_ID={one}') + 1}",
        f"{two}: ok",
    ]
    assert sorted(out.splitlines()) == sorted(found)


@pytest.mark.parametrize(
    ("module", "words", "out"),
    [
        ("runpact", ["--version"], "runpact 0."),
        ("runpact_core", ["--version"], "runpact-core 0."),
        ("runpact_writer", ["--version"], "runpact-writer 0."),
        ("runpact_writer", ["exec", "--", sys.executable, "-S", "-c", "print('hi')"], "hi\n"),
        ("runpact_core", ["contracts", "list"], "artifact_explanation "),
    ],
)
def test_each_package_runs_as_a_module(module: str, words: list[str], out: str, tmp_path: Path) -> None:
    """`python -m` is the console script of each package."""
    process = subprocess.run(
        [sys.executable, "-m", module, *words], cwd=tmp_path, env=environment(), capture_output=True, check=True,
        text=True, timeout=60,
    )  # fmt: skip
    assert process.stdout.startswith(out)
    assert process.stderr == ""


@pytest.mark.parametrize("module", ["runpact", "runpact_core", "runpact_writer"])
def test_a_module_that_is_imported_runs_nothing(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only as the program does `__main__` end the process, with the exit code of the command."""
    importlib.import_module(f"{module}.__main__")
    monkeypatch.delitem(sys.modules, f"{module}.__main__")
    monkeypatch.setattr(sys, "argv", [module, "--version"])
    with pytest.raises(SystemExit) as caught:
        runpy.run_module(module, run_name="__main__")
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith(module.replace("_", "-") + " 0.")
