"""`python -m bench` from end to end: every row works, and is in the table and in the results. No time is asserted."""

from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING

import pytest

from bench import cli, samples, tracking
from bench.measure import Effort, measure
from bench.row import FULL_SCALE, QUICK_SCALE, Measured, Row, Scale, at_most
from bench.rows import UnknownRow, choose, every
from runpact_core import documents

if TYPE_CHECKING:
    from pathlib import Path


ROWS = every()
HEAVY = [row.name for row in tracking.ROWS]
without_mlflow = pytest.mark.skipif(importlib.util.find_spec("mlflow") is not None, reason="MLflow is installed")


def test_quick_mode_measures_every_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each row that there is prints one line and leaves one entry, with a figure where its peer is installed."""
    out = tmp_path / "results.json"
    assert cli.main(["--quick", "--out", str(out)]) == 0
    names = [row.name for row in ROWS]
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["NAME", *names]
    results = json.loads(out.read_bytes())
    assert out.read_bytes() == documents.dumps(results)
    assert results["quick"] is True
    assert [row["name"] for row in results["rows"]] == names
    measured = [row for row in results["rows"] if "absent" not in row]
    assert {row["name"] for row in results["rows"]} - {row["name"] for row in measured} <= set(HEAVY)
    assert all(row["ratio"] > 0 and row["rounds"] == 1 for row in measured)


@without_mlflow
def test_a_row_whose_peer_is_too_heavy_says_what_has_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without MLflow its rows are no error and miss no budget; they name the command that measures them."""
    assert cli.main(["record-mlflow", "--quick", "--check", "--out", str(tmp_path / "results.json")]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    assert [line.split()[0] for line in lines] == HEAVY
    said = "not measured: mlflow is not installed; hatch run bench:peers has it"
    assert all(line.endswith(said) for line in lines)


@pytest.mark.parametrize(
    ("options", "scale"),
    [
        ([], FULL_SCALE),
        (["--quick"], QUICK_SCALE),
        (["--log-mb", "64"], FULL_SCALE._replace(log_mb=64)),
        (["--quick", "--runs", "7"], QUICK_SCALE._replace(runs=7)),
    ],
)
def test_the_size_of_rows_is_chosen(
    options: list[str], scale: Scale, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1 GB and 10,000 runs where nothing is said, little in quick mode, and what is said in any case."""
    seen: list[Scale] = []

    def none_of(_names: list[str], chosen: Scale) -> tuple[Row, ...]:
        seen.append(chosen)
        return ()

    monkeypatch.setattr(cli, "choose", none_of)
    assert cli.main([*options, "--out", str(tmp_path / "results.json")]) == 0
    assert seen == [scale]


@pytest.mark.parametrize("options", [["--runs", "0"], ["--log-mb", "-1"], ["--log-mb", "many"]])
def test_a_size_that_is_none_is_refused(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is measured; one line says which option it is."""
    with pytest.raises(SystemExit) as ended:
        cli.main(options)
    assert ended.value.code == 2
    assert options[0] in capsys.readouterr().err.splitlines()[-1]


def test_the_names_of_rows_are_distinct() -> None:
    """A name finds one row, and every row says what it does."""
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert all(row.what and row.ours and row.peer and row.rounds > 1 for row in ROWS)


def test_rows_are_chosen_by_name_or_by_how_names_start() -> None:
    """``write`` is all rows about writing; a whole name is that row; no name is all."""
    assert [row.name for row in choose(["write"])] == ["write-document", "write-bytes"]
    assert [row.name for row in choose(["codegen-check", "record-plain"])] == ["record-plain", "codegen-check"]
    assert [row.name for row in choose([])] == [row.name for row in ROWS]


@pytest.mark.parametrize(("name", "nearest"), [("wriet-bytes", "write-bytes"), ("start-hlp", "start-help")])
def test_an_unknown_row_is_refused_with_the_nearest(name: str, nearest: str) -> None:
    """A mistyped name measures nothing."""
    with pytest.raises(UnknownRow, match=f"did you mean {nearest}"):
        choose(["read", name])


def test_an_unknown_row_ends_the_command_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line on stderr, nothing measured, nothing written."""
    assert cli.main(["no-such-row", "--out", str(tmp_path / "results.json")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error[unknown-row]: there is no row 'no-such-row'")
    assert list(tmp_path.iterdir()) == []


def test_list_names_the_rows_and_measures_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line each, with what is done."""
    assert cli.main(["--list", "exec", "--out", str(tmp_path / "results.json")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["exec-whole", "exec-start"]
    assert list(tmp_path.iterdir()) == []


def fixed(ratio: float) -> Measured:
    """A row that came out at a ratio, with a budget of twice the peer's time."""
    row = Row("toy", "a toy", "ours", "peer", at_most(2), 2, ROWS[0].prepare)
    return Measured(row, (ratio,), (1.0,), ratio, (ratio, ratio), None)


@pytest.mark.parametrize(("ratio", "code"), [(2.0, 0), (2.1, 1)])
def test_check_fails_where_a_budget_is_missed(
    ratio: float, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 1 with ``--check``; without it a missed budget is only said, and the results are there in any case."""
    monkeypatch.setattr(cli, "measure", lambda *_: fixed(ratio))
    out = tmp_path / "results.json"
    assert cli.main(["read-8kb-pydantic", "--check", "--out", str(out)]) == code
    assert json.loads(out.read_bytes())["rows"][0]["met"] is (code == 0)
    assert cli.main(["read-8kb-pydantic", "--out", str(out)]) == 0


def test_results_that_cannot_be_written_end_the_command_with_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table is printed all the same."""
    monkeypatch.setattr(cli, "measure", lambda *_: fixed(1.0))
    assert cli.main(["read-8kb-pydantic", "--out", str(tmp_path / "absent" / "results.json")]) == 3
    said = capsys.readouterr()
    assert "toy" in said.out
    assert "error[environment]" in said.err


def test_the_folder_of_a_row_is_empty_and_gone_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row works in a folder of its own, of which nothing stays."""
    seen: list[Path] = []

    def look(row: Row, folder: Path, _effort: Effort) -> Measured:
        assert list(folder.iterdir()) == []
        seen.append(folder)
        return measure(row, folder, Effort(1, 0.0))

    monkeypatch.setattr(cli, "measure", look)
    assert cli.main(["write", "--out", str(tmp_path / "results.json")]) == 0
    assert len(set(seen)) == 2
    assert not any(folder.exists() for folder in seen)


@pytest.mark.parametrize(("make", "size"), [(samples.small_run, 819), (samples.large_run, 8000)])
def test_the_documents_are_runs_of_the_stated_size(make: object, size: int) -> None:
    """Producers may write them as they are, and they are the same every time."""
    assert callable(make)
    text = documents.dumps(make())
    assert size <= len(text) < size * 1.1
    assert documents.validate("run", text, strict=True) == []
    assert text == documents.dumps(make())
