"""What a reviewer reads: the page, its order, its bounds, and what it looks at."""

from __future__ import annotations

import runpy
import sys
from datetime import date
from typing import TYPE_CHECKING

import pytest

from evolution import output_markdown, review
from evolution.review import FileDiff, changed_files, main, page
from evolution.sources import commit_of
from tests.compat import toys

if TYPE_CHECKING:
    from pathlib import Path

MODEL = "core/_generated/models.py"
SNAPSHOT = "tests/__snapshots__/page.txt"
GUIDE = "docs/guide.md"
FILES = {MODEL: "class Parcel:\n", SNAPSHOT: "one\ntwo\n", GUIDE: "# Parcels\n", "src/code.py": "x = 1\n"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The toy project with generated code, a snapshot, a guide and other code, committed."""
    root = toys.copied(tmp_path)
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    (root / ".gitattributes").write_text("core/_generated/** linguist-generated\n", encoding="utf-8")
    toys.git(root, "init", "--quiet", "--initial-branch=main")
    toys.commit(root)
    return root


def change_all(root: Path) -> None:
    """Change a file of each kind, and add one of each that git does not know."""
    for path, text in FILES.items():
        (root / path).write_text(f"{text}more of {path}\n", encoding="utf-8")
        (root / path).with_name("new.txt").write_text("fresh\n", encoding="utf-8")
    toys.edit(root, toys.DEPOT, "Who answers for the depot.", "Who answers for all of it.")


def test_where_nothing_differs_it_says_so(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A verdict, and one line for each section."""
    assert main([], root) == 0
    commit = toys.git(root, "rev-parse", "HEAD")[:7]
    assert capsys.readouterr().out == (
        f"# Contracts\n\n✅ no contract differs from main ({commit})\n\n**Generated code**: no difference\n\n"
        "**Snapshots**: no difference\n\n**Documentation**: no difference\n\n**Text of the contracts**: no difference\n"
    )


def test_the_page_has_everything_in_one_place(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Words and verdict first, then generated code, snapshots, documentation and contracts, folded; other code not."""
    change_all(root)
    assert main(["--against", "HEAD"], root) == 0
    out = capsys.readouterr().out
    places = [
        out.index(words)
        for words in (
            "✅ 1 contract version differs from HEAD",
            "| ✅ fits | depot 1, edited in place | it needs no new version | 1 |",
            "### depot 1, edited in place",
            "<details><summary><b>Generated code</b>: 2 files, +2 -0</summary>",
            f"+more of {MODEL}",
            "<details><summary><b>Snapshots</b>: 2 files, +2 -0</summary>",
            f"+more of {SNAPSHOT}",
            "<details><summary><b>Documentation</b>: 2 files, +2 -0</summary>",
            "--- /dev/null\n+++ b/docs/new.txt\n+fresh\n",
            "<details><summary><b>Text of the contracts</b>: 1 file, +1 -1</summary>",
            "-    description: Who answers for the depot.\n+    description: Who answers for all of it.\n",
        )
    ]
    assert places == sorted(places)
    assert "src/code.py" not in out
    assert out.count("<details>") == out.count("</details>") == 4


def test_contracts_that_cannot_be_compared_are_told_on_the_page(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The differences are there all the same; the exit code is that of the error."""
    toys.edit(root, toys.DEPOT, "title: Depot\n", "title: &a Depot\n")
    assert main(["--against", "HEAD"], root) == 1
    out, err = capsys.readouterr()
    assert out.startswith("# Contracts\n\n❌ The contracts cannot be compared: error\\[invalid-artifact\\]")
    assert "+title: &a Depot\n" in out
    assert err.startswith(f"{toys.DEPOT}:3: an anchor")


def test_a_ref_that_is_none_prints_no_page(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing can be shown without one; a folder has no history to show."""
    only = "is no commit, and only a commit has differences to show — compare contracts with it: ./hatchw run compat\n"
    for against, says in (("mian", "'mian' is no commit, no folder with"), (str(root), f"{str(root)!r} {only}")):
        assert main(["--against", against], root) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith(f"error[unknown-ref]: {says}")


def test_names_and_texts_that_act_do_nothing(root: Path) -> None:
    """Quotes, spaces and brackets in names, fences and hidden characters in texts, bytes that are no text."""
    odd = root / "docs" / "a [b] `c` :(x).md"
    odd.write_bytes(b"```\n</details>\xff\n")
    fancy = root / "docs" / "caf\u00e9.md"
    fancy.write_text("one\n", encoding="utf-8")
    toys.commit(root)
    odd.write_bytes("```\n````\n\u202e".encode() + b"\xff\tnew\n")
    fancy.write_text("two\n", encoding="utf-8")
    found = changed_files(root, commit_of("HEAD", root))
    assert [file.path for file in found] == ["docs/a [b] `c` :(x).md", "docs/caf\u00e9.md"]
    assert [file.counts for file in found] == [(2, 1), (1, 1)]
    shown = page("", found, "HEAD")
    assert r"docs/a \[b\] \`c\` :(x).md" in shown
    assert "\n`````diff\n" in shown
    assert "\u202e" not in shown
    assert "\n+\\u202e\\xff    new\n" in shown
    assert "+++ b/docs/caf\u00e9.md\n" in shown


def test_the_page_is_bounded() -> None:
    """Long differences are cut in whole lines, files that do not fit are counted, and the command is named."""
    long = "".join(f"+line {number}\n" for number in range(5000))
    files = [FileDiff(f"core/{number:03}.py", "Generated code", long) for number in range(100)]
    files += [FileDiff("docs/guide.md", "Documentation", "+new\n")]
    shown = page("verdict\n" * 1000, files, "v0.1.0")
    assert len(shown.encode()) <= review.MAX_BYTES
    assert "core/000.py\n\n```diff\n+line 0\n" in shown
    assert "more lines\n```\n" in shown
    kept = shown.count("```diff\n") - 1
    assert 10 <= kept < 100
    assert f"{100 - kept} of these files are left out here; `git diff v0.1.0` shows them.\n" in shown
    assert "<b>Generated code</b>: 100 files, +500000 -0" in shown
    assert "docs/guide.md\n\n```diff\n+new\n```\n" in shown, "a later section still has room"


def test_the_verdict_is_bounded_too(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole contracts are left out, those that fail last."""
    from evolution.cli import gate

    toys.edit(root, toys.DEPOT, "Who answers for the depot.", "Who answers for all of it.")
    toys.edit(root, toys.PARCEL, "        maximum: 100000\n      fragile", "        maximum: 50000\n      fragile")
    gated = gate("main", root, date(2026, 1, 1))
    whole = output_markdown.page(*gated)
    assert "### parcel 0.2" in whole
    assert "### depot 1" in whole
    monkeypatch.setattr(output_markdown, "MAX_BYTES", len(whole.encode()) - 10)
    cut = output_markdown.page(*gated)
    assert "### parcel 0.2" in cut
    assert "### depot 1" not in cut
    assert cut.endswith("\nLeft out here, and shown by `./hatchw run compat`: 1 of 2 contract versions.\n")


def test_the_module_is_the_command_of_the_project(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``python -m evolution review`` looks at the project that it lies in."""
    monkeypatch.setattr(sys, "argv", ["evolution", "review", "--against", "no-such-ref"])
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("evolution", run_name="__main__")
    assert caught.value.code == 2
    assert "'no-such-ref' is no commit" in capsys.readouterr().err
