"""Walking folders by handle: nothing is followed, nothing is lost, nothing that cannot be read passes for empty."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runpact_core import _folder, _walk, files
from runpact_core.errors import EnvironmentFailed, InvalidArtifact, MissingArtifact, UsageFailure

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=[True, False], ids=["handles", "paths"])
def handles(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether there are handles of folders, as on Linux, or only their paths, as on Windows."""
    monkeypatch.setattr(_folder, "HANDLES", request.param)
    return bool(request.param)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Folders in folders, files, and links."""
    for name in ("a/b/c", "a/d", "e"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "f").write_text(name, encoding="utf-8")
    (tmp_path / "a" / "up").symlink_to("..")
    return tmp_path


@pytest.fixture
def root(tree: Path) -> Iterator[files.Handle]:
    """The tree, opened."""
    handle = files.open_folder(tree)
    assert handle is not None
    yield handle
    files.close_folder(handle)


@pytest.mark.usefixtures("handles")
class TestBothWays:
    """What holds with handles, and with paths."""

    def test_every_folder_comes_once(self, root: files.Handle) -> None:
        """Folders come before those in them, by name; links stay where they are."""
        found = list(files.walk(root))
        assert [each.path for each in found] == ["", "a", "a/b", "a/b/c", "a/d", "e"]
        assert [name for name, _ in found[1].members] == ["b", "d", "up"]
        assert found[1].folders == ["b", "d"]
        assert stat.S_ISLNK(found[1].members[2][1].st_mode)
        assert [each.elsewhere for each in found] == [[]] * 6

    def test_a_name_for_the_top(self, root: files.Handle) -> None:
        """Paths may start with a name for the folder that is walked."""
        assert [each.path for each in files.walk(root, "x")][:3] == ["x", "x/a", "x/a/b"]

    def test_folders_may_be_left_out(self, root: files.Handle) -> None:
        """What the caller takes out of a listing is not entered."""
        found = []
        for each in files.walk(root):
            found.append(each.path)
            if "b" in each.folders:
                each.folders.remove("b")
        assert found == ["", "a", "a/d", "e"]

    def test_what_goes_meanwhile_is_not_given(self, tree: Path, root: files.Handle) -> None:
        """A folder that vanished or became a link or a file is passed over."""
        found = []
        for each in files.walk(root):
            found.append(each.path)
            if each.path == "a":
                (tree / "a/b").rename(tree / "b")
                (tree / "a/b").symlink_to(tree / "b")
                (tree / "a/d").rename(tree / "d")
                (tree / "e").rename(tree / "gone")
                (tree / "e").write_text("a file", encoding="utf-8")
        assert found == ["", "a"]

    def test_opening_follows_no_link_on_the_way(self, tree: Path, root: files.Handle) -> None:
        """The root may be reached through a link, nothing below it may."""
        (tree / "link").symlink_to(tree / "a")
        for path in ("a/up", "a/up/e", "a/b/c/f", "no", "no/b"):
            assert files.open_folder(root, path) is None
        for start, path in ((tree / "link", "b"), (root, "a//b/"), (tree, "")):
            handle = files.open_folder(start, path)
            assert handle is not None
            files.close_folder(handle)
        assert files.open_folder(tree / "none") is None

    def test_a_path_that_no_folder_can_have(self, tree: Path) -> None:
        """A name with a NUL is an error of the call."""
        with pytest.raises(UsageFailure):
            files.open_folder(tree, "a\0b")

    def test_reading_in_a_folder(self, tree: Path, root: files.Handle) -> None:
        """Files are read by name in a folder."""
        (tree / "x").write_text("there", encoding="utf-8")
        assert files.read_bytes("x", limit=9, at=root) == b"there"
        with pytest.raises(MissingArtifact):
            files.read_bytes("y", limit=9, at=root)


def test_reading_follows_no_link_below_a_folder(tree: Path, root: files.Handle) -> None:
    """A link in a folder is no file; a lock is asked in the same way."""
    (tree / "x").write_text("there", encoding="utf-8")
    (tree / "link").symlink_to("x")
    with pytest.raises(InvalidArtifact, match="a symbolic link where a regular file should be"):
        files.read_bytes("link", limit=9, at=root)
    assert files.is_locked("x", at=root) is False


def test_depth_has_no_limit(tmp_path: Path) -> None:
    """Three thousand folders in each other, with siblings on every tenth level, take no more than two handles."""
    at = os.open(tmp_path, os.O_RDONLY)
    name = "n" * 10
    for level in range(3000):
        os.mkdir(name, dir_fd=at)
        if level % 10 == 0:
            os.mkdir("z", dir_fd=at)
        below = os.open(name, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    root = files.open_folder(tmp_path)
    assert isinstance(root, int)
    seen = set()
    count = 0
    for _ in files.walk(root):
        count += 1
        if count % 500 == 0:
            seen.add(len(list(Path("/proc/self/fd").iterdir())))
    files.close_folder(root)
    assert count == 1 + 3000 + 300
    assert len(seen) == 1
    subprocess.run(["rm", "-rf", str(tmp_path / name)], check=True)  # shutil cannot remove what is so deep


def test_a_folder_that_is_moved_away_stops_the_walk(tree: Path, root: files.Handle) -> None:
    """The way back up must end where it came from."""
    walk = files.walk(root)
    assert [next(walk).path for _ in range(4)][-1] == "a/b/c"
    (tree / "a/b/c").rename(tree / "c")
    with pytest.raises(EnvironmentFailed, match="it was moved away while it was walked"):
        next(walk)


def test_what_cannot_be_opened_is_an_error(root: files.Handle, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that refuses is no empty folder."""
    real = os.open

    def refusing(path: str, flags: int, *more: int, dir_fd: int | None = None) -> int:
        if os.fspath(path) in {"b", str(tree)}:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real(path, flags, *more, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", refusing)
    with pytest.raises(EnvironmentFailed, match="opening the folder a/b: Permission denied"):
        list(files.walk(root))
    with pytest.raises(EnvironmentFailed):
        files.open_folder(tree)


def test_a_walk_that_cannot_begin(root: files.Handle, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second handle of its folder is opened with an error of ours too."""

    def refusing(*_: object, **__: object) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "open", refusing)
    with pytest.raises(EnvironmentFailed, match=r"^opening the folder \.: "):
        next(files.walk(root))


def test_an_error_in_the_middle_of_a_listing(root: files.Handle, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be read to its end is an error; a name that vanishes meanwhile is none."""

    class Entry:
        def __init__(self, name: str, error: OSError) -> None:
            self.name = name
            self._error = error

        def stat(self, *, follow_symlinks: bool) -> os.stat_result:
            assert not follow_symlinks
            raise self._error

    class Found:
        def __init__(self, error: OSError) -> None:
            self._entry = Entry("x", error)

        def __enter__(self) -> list[Entry]:
            return [self._entry]

        def __exit__(self, *_: object) -> None:
            return None

    monkeypatch.setattr(os, "scandir", lambda _: Found(FileNotFoundError(errno.ENOENT, "gone")))
    assert files.listing(root).members == []
    monkeypatch.setattr(os, "scandir", lambda _: Found(OSError(errno.EIO, "broken")))
    with pytest.raises(EnvironmentFailed, match=r"listing the folder \.: broken"):
        files.listing(root)


def test_other_file_systems_are_not_entered(root: files.Handle, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies on another file system is named and left; what was mounted since it was listed, too."""
    status = files.listing(root).status
    other = os.stat_result([*status[:2], status.st_dev + 1, *status[3:]])
    listed = files.Listing("", status, [("mount", other), ("here", status)])
    assert (listed.elsewhere, listed.folders) == (["mount"], ["here"])
    real = _walk.listing

    def mounted(handle: files.Handle, path: str = "") -> files.Listing:
        found = real(handle, path)
        return files.Listing(path, other, found.members) if path == "a/b" else found

    monkeypatch.setattr(_walk, "listing", mounted)
    assert [each.path for each in files.walk(root)] == ["", "a", "a/d", "e"]


def test_other_errors_by_path(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without handles, what cannot be looked at is an error as well."""
    monkeypatch.setattr(_folder, "HANDLES", False)

    def refusing(_path: str) -> os.stat_result:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "lstat", refusing)
    with pytest.raises(EnvironmentFailed, match="opening the folder a: Permission denied"):
        files.open_folder(tree, "a")
