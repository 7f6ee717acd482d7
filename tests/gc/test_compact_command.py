"""``artifacts compact`` and ``expand``: what they print, write, and exit with."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import documents, edge
from runpact_gc import _lock, cli
from runpact_gc._places import places
from tests.gc.compaction import MARKDOWN, OLD_NS, RECORDS, state

if TYPE_CHECKING:
    from collections.abc import Callable

CONFIG = """\
retention:
  bench: {keep: 5}
patterns:
  bench: ["artifacts/bench/*.jsonl", "artifacts/bench/*.md"]
  proofs: ["artifacts/proofs/*.jsonl"]
compaction:
  jsonl: {min_size_kb: 1}
  markdown: {min_size_kb: 0}
"""


@pytest.fixture
def bench(project: Path) -> Path:
    """The family ``bench``, with a file of each kind."""
    (project / "config").mkdir()
    (project / "config" / "artifacts.yaml").write_text(CONFIG)
    folder = project / "artifacts" / "bench"
    folder.mkdir(parents=True)
    for name, data in {"a.jsonl": RECORDS, "b.md": MARKDOWN, "c.jsonl": b"{}\n"}.items():
        (folder / name).write_bytes(data)
        os.utime(folder / name, ns=(OLD_NS, OLD_NS))
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run the command; its exit code, and what it printed."""

    def call(*words: str) -> tuple[int, str, str]:
        code = edge.run(cli.artifacts, words, "artifacts")
        return (code, *capsys.readouterr())

    return call


Run = Any


def test_there_and_back(bench: Path, run: Run) -> None:
    """A dry run changes nothing and says the figures; applying does it; expand and undo give everything back."""
    before = state(Path())
    code, said, _ = run("compact")
    assert code == 0
    assert state(Path()) == before
    assert said.splitlines()[-1].startswith("Total: 2 files would be compacted, ")
    assert "; 1 left, 0 skipped" in said
    code, applied, _ = run("compact", "--apply", "--verbose")
    assert code == 0
    assert applied.splitlines()[-1] == said.splitlines()[-1].replace("would be", "were")
    assert "c.jsonl: it has no more than 1 KB" in applied
    assert "1 empty sections removed" in applied
    (report,) = Path("artifacts/.trash").glob("compaction_report_*.json")
    data = documents.read("compaction_report", report).data
    assert f"Originals of Markdown: runpact artifacts undo {data['gc_id']} gives them back" in applied.splitlines()
    assert [each["outcome"] for each in data["files"]] == ["compacted", "compacted", "left"]
    assert run("compact", "--apply")[1].splitlines()[-1].startswith("Total: 0 files were compacted")
    assert run("expand", "--apply", "--family", "bench")[0] == 0
    assert run("undo", data["gc_id"])[0] == 0
    after = state(Path("artifacts/bench"))
    assert after == state(bench)
    assert {name: found for name, found in before.items() if name.startswith("artifacts/bench/")} == {
        f"artifacts/bench/{name}": found for name, found in after.items()
    }


def test_a_line_for_each_reason(bench: Path, run: Run) -> None:
    """What is skipped is counted by reason, and named with --verbose; sizes are as `list` has them."""
    for name in ("x.jsonl", "y.jsonl"):
        (bench / name).write_bytes(RECORDS)
        os.link(bench / name, bench.parent / name)
    with (bench / "a.jsonl").open("ab"):
        _, said, _ = run("compact")
        _, verbose, _ = run("compact", "--verbose")
    assert said.splitlines()[1:3] == [
        "skipped    1 file: a program has it open for writing (--verbose names it)",
        "skipped    2 files: it has 2 names (hard links) (--verbose names them)",
    ]
    assert said.splitlines()[0].startswith("would be compacted  ")
    assert said.splitlines()[0].endswith("54B -> 29B (1.86)  artifacts/bench/b.md")
    assert said.splitlines()[-1] == "Total: 1 file would be compacted, 54B -> 29B (1.86); 1 left, 3 skipped"
    assert "a.jsonl: a program has it open for writing" in verbose
    assert verbose.count("it has 2 names") == 2
    assert run("compact", "--apply")[1].splitlines()[-1].startswith("Total: 2 files were compacted, 8.1K -> ")


def test_the_list_is_true_afterwards(bench: Path, run: Run) -> None:
    """`compact`, `undo` and `expand` leave a manifest of what is there: no finding, no old size."""

    def listed() -> dict[str, int]:
        entries = json.loads(run("list", "--json")[1])["entries"]
        return {path: each["size_bytes"] for each in entries for path in each["paths"]}

    def there() -> dict[str, int]:
        return {f"artifacts/bench/{path.name}": path.stat().st_size for path in bench.iterdir()}

    run("scan")
    before = listed()
    assert run("compact", "--apply")[0] == 0
    assert listed() == there() != before
    assert run("expand", "--apply")[0] == 0
    assert listed() == there()
    (report,) = Path("artifacts/.trash").glob("gc_report_*.json")
    assert run("undo", report.stem)[0] == 0
    assert listed() == there() == before
    assert run("verify")[0] == 0


def test_one_document_for_programs(bench: Path, run: Run) -> None:
    """``--json`` prints a compaction_report and nothing else; Zstandard on request."""
    assert "only zstd and runpact artifacts expand read them" in run("compact", "--codec", "zstd")[1]
    code, said, _ = run("compact", "--json", "--codec", "zstd", "--family", "bench")
    data = json.loads(said)
    assert code == 0
    documents.validate("compaction_report", data)
    assert (data["applied"], data["codec"], data["families"][0]["family"]) == (False, "zstd", "bench")
    assert (bench / "a.jsonl").read_bytes() == RECORDS


def test_files_are_expanded_by_name(bench: Path, run: Run) -> None:
    """A path alone is expanded, whether it belongs to a family or not."""
    run("compact", "--apply")
    form = (bench / "a.jsonl").read_bytes()
    (bench.parent / "history.jsonl").write_bytes(form)
    code, said, _ = run("expand", "artifacts/history.jsonl")
    assert (code, (bench.parent / "history.jsonl").read_bytes()) == (0, form)
    assert "(named): 1 file," in said
    assert run("expand", "--apply", "artifacts/history.jsonl")[0] == 0
    assert (bench.parent / "history.jsonl").read_bytes() == RECORDS
    assert (bench / "a.jsonl").read_bytes() == form


def test_a_damaged_file_is_a_failure(bench: Path, run: Run) -> None:
    """What cannot be expanded is said, with exit code 1, and stays; a name that is not there is refused with 2."""
    run("compact", "--apply")
    form = (bench / "a.jsonl").read_bytes().replace(b"worker", b"Worker")
    (bench / "a.jsonl").write_bytes(form)
    code, said, _ = run("expand", "--apply")
    assert code == 1
    assert "skipped" in said
    assert run("expand", str(bench / "none.jsonl"))[::2] == (
        2, f"error[usage]: there is no {bench / 'none.jsonl'} — name files that are there\n"
    )  # fmt: skip
    assert (bench / "a.jsonl").read_bytes() == form


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["compact", "--codec", "gzip"], "--codec gzip is none — choose dictionary or zstd"),
        (["compact", "--family", "bensch"], "--family bensch has no files — bench"),
        (["expand", "--family", "bench", "a"], "--family and paths exclude each other — name files, or families"),
        (["expand", "../a.jsonl"], "../a.jsonl is no file of the project — name a file below --project"),
    ],
)
def test_calls_that_make_no_sense(bench: Path, run: Run, words: list[str], said: str) -> None:
    """They say why, and exit with 2."""
    code, _, error = run(*words)
    assert code == 2
    assert said in error


def test_one_at_a_time(bench: Path, run: Run) -> None:
    """G-18: while another command holds the store nothing is changed; a dry run works."""
    before = state(bench)
    with _lock.hold(places(".")):
        code, _, error = run("compact", "--apply")
        assert code == 4
        assert "error[store-in-use]" in error
        assert run("compact")[0] == 0
    assert state(bench) == before
