"""The tree against what was made: differences, their text, and making them go away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codegen.tree import Change, apply, compare

if TYPE_CHECKING:
    from pathlib import Path

MADE = {"made/same.txt": "same\n", "made/other.txt": "new\n", "made/deep/missing.txt": "here\n", "loose.txt": "x\n"}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with a file that is as made, one that differs, one that is stale, and two that are not ours."""
    files = {"made/same.txt": "same\n", "made/other.txt": "old\n", "made/deep/stale.txt": "gone\n", "loose.txt": "x\n"}
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    (tmp_path / "made/__pycache__").mkdir()
    (tmp_path / "made/__pycache__/same.pyc").write_bytes(b"\0")
    (tmp_path / "handwritten.txt").write_bytes(b"ours\n")
    return tmp_path


def test_compare_names_what_differs_is_missing_or_stale(tree: Path) -> None:
    """Sorted by path; files outside the owned folders and caches of Python are left alone."""
    assert compare(tree, MADE, ["made"]) == [
        Change("made/deep/missing.txt", None, "here\n"),
        Change("made/deep/stale.txt", "gone\n", None),
        Change("made/other.txt", "old\n", "new\n"),
    ]


def test_apply_makes_the_tree_what_was_made(tree: Path) -> None:
    """Afterwards nothing differs, and a second time nothing is done."""
    apply(tree, compare(tree, MADE, ["made"]))
    assert compare(tree, MADE, ["made"]) == []
    assert not (tree / "made/deep/stale.txt").exists()
    assert (tree / "made/deep/missing.txt").read_bytes() == b"here\n"
    assert (tree / "handwritten.txt").read_bytes() == b"ours\n"


def test_an_owned_folder_that_is_not_there_owns_nothing(tmp_path: Path) -> None:
    """The first run of the compiler finds nothing stale."""
    assert compare(tmp_path, {"a.txt": "a\n"}, ["made"]) == [Change("a.txt", None, "a\n")]


def test_line_ends_and_broken_text_are_differences(tmp_path: Path) -> None:
    """What a checkout did to line ends is seen; bytes that are no text are shown as escapes."""
    (tmp_path / "a.txt").write_bytes(b"one\r\n")
    (tmp_path / "b.txt").write_bytes(b"\xffone\n")
    changes = compare(tmp_path, {"a.txt": "one\n", "b.txt": "one\n"}, [])
    assert [change.before for change in changes] == ["one\r\n", "\\xffone\n"]


def test_a_difference_reads_from_the_tree_to_what_is_made() -> None:
    """A unified diff; a missing or stale file is /dev/null on its side."""
    assert Change("a.txt", "one\ntwo\n", "one\n2\n").diff() == (
        "--- a.txt (in the tree)\n+++ a.txt (as generated)\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n"
    )
    assert Change("a.txt", None, "1\n").diff() == "--- /dev/null\n+++ a.txt (as generated)\n@@ -0,0 +1 @@\n+1\n"
    assert Change("a.txt", "1\n", None).diff() == "--- a.txt (in the tree)\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n"


def test_a_last_line_without_its_end_is_shown_as_such() -> None:
    """No two lines of a diff run into one."""
    assert Change("a.txt", "one", "one\n").diff().splitlines()[3:] == ["-one", "\\ No newline at end of file", "+one"]
