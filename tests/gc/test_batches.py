"""What is moved between two syncs, what is looked at in one go, and cells that need no escape."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runpact_core.redact import for_markdown
from runpact_gc import _apply, _look, _report_text
from runpact_gc._handles import Root, Swapped
from tests.gc.page_samples import decision

if TYPE_CHECKING:
    from pathlib import Path


@given(st.lists(st.integers(0, 12), max_size=30))
@example([11, 1, 1])
def test_a_batch_is_few_or_small(sizes: list[int]) -> None:
    """Every entry is in one batch, in order; a batch is full, or the next entry would be too much for it."""
    leaving = [decision("a", f"p{number}", size_bytes=size) for number, size in enumerate(sizes)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_apply, "_BATCH", 4)
        patch.setattr(_apply, "_BATCH_BYTES", 10)
        batches = list(_apply._batches(leaving))
    assert [each for batch in batches for each in batch] == leaving
    held = [[each.entry.size_bytes for each in batch] for batch in batches]
    assert all(0 < len(each) <= 4 and (len(each) == 1 or sum(each) <= 10) for each in held)
    assert all(len(one) == 4 or sum(one) + following[0] > 10 for one, following in itertools.pairwise(held))


@given(st.text() | st.text("abcXYZ0123456789", min_size=1))
@example("12")
@example("e9a1b2c3d4e5")
def test_a_cell_is_what_markdown_needs(text: str) -> None:
    """The quick way for plain words gives what the careful one gives."""
    assert _report_text._cell(text) == for_markdown(text)


@pytest.mark.parametrize("expected", [True, False])
def test_what_is_seen_does_not_depend_on_what_was_expected(expected: bool, project: Path) -> None:  # noqa: FBT001 - a parameter of the test
    """A file where a folder was expected is seen as a file, a folder as a folder, a link as itself, nothing as gone."""
    (project / "folder" / "below").mkdir(parents=True)
    (project / "folder" / "below" / "file").write_bytes(b"12")
    (project / "link").symlink_to("folder")
    with Root(project) as root:
        seen = {name: _look._seen(root, name, folder=expected) for name in ("folder", "folder/below/file", "link")}
        with pytest.raises(Swapped, match="gone is not there any more"):
            _look._seen(root, "gone", folder=expected)
    for name, sight in seen.items():
        found = os.lstat(project / name)
        assert (sight.seen[0].inode, sight.seen[0].mode, sight.device) == (found.st_ino, found.st_mode, found.st_dev)
    assert [each.path for each in seen["folder"].seen] == ["", "below", "below/file"]
    assert (seen["folder/below/file"].seen[0].size_bytes, len(seen["link"].seen)) == (2, 1)
