"""`files.replace` and `replace_locked`: whole or old, what they refuse and clean up (W-05, W-07, W-11)."""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import _folder, files
from runpact_core.errors import EnvironmentFailed, Refused, UsageFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

posix = pytest.mark.skipif(os.name == "nt", reason="links, modes and FIFOs of POSIX")


def fails(number: int) -> Callable[..., int]:
    """A system call that fails."""

    def call(*_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number))

    return call


def contents(folder: Path) -> dict[str, bytes]:
    """Every file in a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def umask() -> Iterator[Callable[[int], int]]:
    """Sets the umask, and puts the old one back."""
    old = os.umask(0o022)
    yield os.umask
    os.umask(old)


@pytest.mark.parametrize("old", [None, b"a longer old content"])
@pytest.mark.parametrize("new", [b"", b"new", b"n" * 3_000_000])
def test_the_file_holds_the_new_bytes_alone(tmp_path: Path, old: bytes | None, new: bytes) -> None:
    """Whatever was there, afterwards the file is what was given, and no other file is left."""
    target = tmp_path / "run.json"
    if old is not None:
        target.write_bytes(old)
    files.replace(target, new)
    assert contents(tmp_path) == {"run.json": new}


def test_a_name_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path without a folder means the current one; text and path objects are alike."""
    monkeypatch.chdir(tmp_path)
    files.replace("run.json", b"1")
    assert contents(tmp_path) == {"run.json": b"1"}


def test_the_longest_name(tmp_path: Path) -> None:
    """A name as long as the file system allows can be written: the temporary's name is no longer."""
    target = tmp_path / ("é" * 127)
    files.replace(target, b"1")
    assert contents(tmp_path) == {target.name: b"1"}


@posix
@pytest.mark.parametrize(("mask", "mode", "expected"), [
    (0o022, 0o644, 0o644), (0o077, 0o644, 0o600), (0o000, 0o644, 0o644), (0o000, 0o666, 0o666),
    (0o022, 0o600, 0o600),
])  # fmt: skip
def test_the_mode_is_what_was_asked_less_the_umask(
    tmp_path: Path, umask: Callable[[int], int], mask: int, mode: int, expected: int
) -> None:
    """W-11: the mode of a file that was there before does not matter."""
    target = tmp_path / "run.json"
    target.write_bytes(b"old")
    target.chmod(0o777)
    umask(mask)
    files.replace(target, b"new", mode=mode)
    assert stat.S_IMODE(target.stat().st_mode) == expected


@posix
@pytest.mark.parametrize("mode", [0o600, 0o664, 0o444, 0o2755])
def test_the_mode_of_the_file_that_is_there(tmp_path: Path, umask: Callable[[int], int], mode: int) -> None:
    """W-11: where no mode is given it is kept to the bit, and the umask takes nothing away."""
    target = tmp_path / "run.json"
    target.write_bytes(b"old")
    target.chmod(mode)
    umask(0o077)
    files.replace(target, b"new", mode=None)
    assert (stat.S_IMODE(target.stat().st_mode), target.read_bytes()) == (mode, b"new")
    with pytest.raises(EnvironmentFailed, match="No such file or directory"):
        files.replace(tmp_path / "other.json", b"new", mode=None)  # there is none to keep
    assert contents(tmp_path) == {"run.json": b"new"}


@posix
@pytest.mark.parametrize(("refused", "expected"), [(None, 0o2750), (errno.EPERM, 0o750)])
def test_the_owner_of_the_file_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: int | None, expected: int
) -> None:
    """The new file is given to the owner of the old one; where it may not be, nobody may act as its owner or group."""
    target = tmp_path / "run.json"
    target.write_bytes(b"old")
    target.chmod(0o2750)
    given: list[tuple[int, int]] = []
    real = os.fstat

    def fstat(fd: int) -> Any:
        found = real(fd)
        return os.stat_result((*found[:4], found.st_uid + 1, *found[5:]))

    def fchown(fd: int, uid: int, gid: int) -> None:
        assert stat.S_IMODE(real(fd).st_mode) == 0o600  # nobody else may read it before
        given.append((uid, gid))
        if refused:
            raise OSError(refused, os.strerror(refused))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fstat", fstat)
        patched.setattr(os, "fchown", fchown)
        files.replace(target, b"new", mode=None)
    now = target.stat()
    assert given == [(now.st_uid, now.st_gid)]
    assert stat.S_IMODE(now.st_mode) == expected


def test_a_platform_without_modes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows there is none to keep."""
    target = tmp_path / "run.json"
    target.write_bytes(b"old")
    monkeypatch.delattr(os, "fchown", raising=False)
    files.replace(target, b"new", mode=None)
    assert contents(tmp_path) == {"run.json": b"new"}


@posix
def test_a_sticky_folder_that_all_may_write(tmp_path: Path) -> None:
    """W-11: in a folder like /tmp a file is never readable beyond the mode asked for."""
    tmp_path.chmod(0o1777)
    files.replace(tmp_path / "run.json", b"1", mode=0o600)
    assert stat.S_IMODE((tmp_path / "run.json").stat().st_mode) == 0o600


@posix
@pytest.mark.parametrize("dangling", [False, True])
def test_a_link_in_place_of_the_file_is_refused(tmp_path: Path, *, dangling: bool) -> None:
    """W-11: run.json -> victim: refused; the link and the victim are as before."""
    victim, link = tmp_path / "victim", tmp_path / "run.json"
    if not dangling:
        victim.write_bytes(b"precious")
    link.symlink_to(victim)
    with pytest.raises(Refused, match=r"run\.json is a symbolic link, so nothing was written") as caught:
        files.replace(link, b"new")
    assert caught.value.hint == "remove it, or choose another name"
    assert link.is_symlink()
    assert victim.exists() != dangling
    assert dangling or victim.read_bytes() == b"precious"


@posix
def test_a_link_that_comes_too_late_to_be_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """W-11: a link put there after the look is itself replaced; its victim is not touched."""
    victim, target = tmp_path / "victim", tmp_path / "run.json"
    victim.write_bytes(b"precious")
    rename = os.replace

    def late(*args: str, **kwargs: Any) -> None:
        target.symlink_to(victim)
        rename(*args, **kwargs)

    monkeypatch.setattr(os, "replace", late)
    files.replace(target, b"new")
    assert victim.read_bytes() == b"precious"
    assert not target.is_symlink()
    assert target.read_bytes() == b"new"


@posix
def test_a_temporary_that_is_already_there_is_not_touched(tmp_path: Path) -> None:
    """W-11: a file or link with the temporary's very name is neither used nor removed."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    planted = tmp_path / ".run.json.0000000000000000.tmp"
    planted.symlink_to(victim)
    with pytest.raises(EnvironmentFailed, match="File exists"):
        files.replace(tmp_path / "run.json", b"new", random=bytes)
    assert planted.is_symlink()
    assert victim.read_bytes() == b"precious"
    assert not (tmp_path / "run.json").exists()


@posix
def test_a_folder_behind_a_link_is_used(tmp_path: Path) -> None:
    """A folder may be a link (a mounted store, say): only the last name is never followed."""
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    files.replace(tmp_path / "link" / "run.json", b"1")
    assert contents(real) == {"run.json": b"1"}


@posix
def test_a_folder_that_is_exchanged_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Moving the folder away between two steps cannot lead the rename elsewhere: it is held open."""
    folder, decoy = tmp_path / "run", tmp_path / "decoy"
    folder.mkdir()
    decoy.mkdir()
    rename = os.replace

    def exchange(*args: str, **kwargs: Any) -> None:
        folder.rename(tmp_path / "moved")
        folder.symlink_to(decoy)
        rename(*args, **kwargs)

    monkeypatch.setattr(os, "replace", exchange)
    files.replace(folder / "run.json", b"1")
    assert contents(tmp_path / "moved") == {"run.json": b"1"}
    assert contents(decoy) == {}


@pytest.mark.parametrize(("make", "kind"), [
    (os.mkdir, "a directory"),
    pytest.param(getattr(os, "mkfifo", None), "a FIFO", marks=posix),
])  # fmt: skip
def test_what_is_no_file_is_refused(tmp_path: Path, make: Callable[[str], None], kind: str) -> None:
    """A directory or a FIFO named run.json is refused and stays."""
    make(str(tmp_path / "run.json"))
    with pytest.raises(Refused, match=f"is {kind}, so nothing was written"):
        files.replace(tmp_path / "run.json", b"1")
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


@posix
def test_a_device_is_refused() -> None:
    """Even who may do it does not replace /dev/null."""
    with pytest.raises(Refused, match=f"{os.devnull} is a device"):
        files.replace(os.devnull, b"1")


@pytest.mark.parametrize(("path", "hint"), [
    ("absent/run.json", "the folder does not exist: create it first"),
    ("file/run.json", "a part of the path is a file, not a folder"),
    ("x" * 300, "the name or the path is too long for this file system"),
])  # fmt: skip
def test_what_cannot_be_written_says_why(tmp_path: Path, path: str, hint: str) -> None:
    """The error of the operating system comes as ours, with its cause and with what to do."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(EnvironmentFailed, match="writing ") as caught:
        files.replace(tmp_path / path, b"1")
    assert caught.value.hint == hint
    assert caught.value.cause is caught.value.__cause__
    assert contents(tmp_path) == {"file": b""}


@pytest.mark.parametrize("path", ["", ".", "..", "folder/", "folder/.."])
def test_a_path_that_names_no_file(path: str) -> None:
    """A path must end in a name."""
    with pytest.raises(UsageFailure, match="names no file"):
        files.replace(path, b"1")


@pytest.mark.parametrize("name", ["a\0b", pytest.param("\ud800", marks=posix)])
def test_a_name_that_no_file_can_have(tmp_path: Path, name: str) -> None:
    """NUL and unpaired surrogates are an error of usage, not a traceback."""
    with pytest.raises(UsageFailure, match="no file can have this name"):
        files.replace(tmp_path / name, b"1")


@pytest.mark.parametrize("operation", [files.replace, files.replace_locked])
@pytest.mark.parametrize(("call", "number"), [
    ("write", errno.ENOSPC), ("fsync", errno.EIO), ("replace", errno.EXDEV), ("replace", errno.EACCES),
    ("replace", errno.EBUSY), ("open", errno.EMFILE),
])  # fmt: skip
def test_a_failure_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: Callable[..., object], call: str, number: int
) -> None:
    """W-06, W-07: whichever call fails, the old file is intact and the temporary gone."""
    target = tmp_path / "run.json"
    target.write_bytes(b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os, call, fails(number))
        with pytest.raises(EnvironmentFailed) as caught:
            operation(target, b"new")
    assert caught.value.cause.errno == number
    assert contents(tmp_path) == {"run.json": b"old"}


def test_a_failed_close_is_a_failed_write_and_is_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """W-07: close fails: the old file stays; the number of the descriptor is not closed a second time."""
    target = tmp_path / "run.json"
    target.write_bytes(b"old")
    closed = []
    close = os.close

    def failing(fd: int) -> None:
        is_file = stat.S_ISREG(os.fstat(fd).st_mode)
        closed.append(is_file)
        close(fd)
        if is_file:
            raise OSError(errno.EIO, "lost")

    with monkeypatch.context() as patch:
        patch.setattr(os, "close", failing)
        with pytest.raises(EnvironmentFailed, match="lost"):
            files.replace(target, b"new")
    assert closed.count(True) == 1
    assert contents(tmp_path) == {"run.json": b"old"}


@pytest.mark.parametrize("operation", [files.replace, files.replace_locked])
@pytest.mark.parametrize(("number", "tolerated"), [(errno.EINVAL, True), (errno.ENOTSUP, True), (errno.EIO, False)])
def test_the_fsync_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: Callable[..., int | None], number: int, *,
    tolerated: bool,
) -> None:  # fmt: skip
    """W-07: "not possible here" is tolerated, a failure is reported; the new file is whole in either case."""
    target = tmp_path / "run.json"
    target.write_bytes(b"old")
    fsync = os.fsync

    def failing(fd: int) -> None:
        if stat.S_ISDIR(os.fstat(fd).st_mode):
            raise OSError(number, os.strerror(number))
        fsync(fd)

    monkeypatch.setattr(os, "fsync", failing)
    if tolerated:
        fd = operation(target, b"new")
        if fd is not None:
            os.close(fd)
    else:
        with pytest.raises(EnvironmentFailed) as caught:
            operation(target, b"new")
        assert caught.value.cause.errno == number
    assert contents(tmp_path) == {"run.json": b"new"}


def test_short_writes_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """W-05: a system that takes seven bytes at a time gets them all, in order."""
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: write(fd, data[:7]))
    files.replace(tmp_path / "run.json", bytes(range(100)))
    assert (tmp_path / "run.json").read_bytes() == bytes(range(100))


def test_a_system_that_takes_nothing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """W-05: a write of no bytes is not tried for ever."""
    monkeypatch.setattr(os, "write", lambda _fd, _data: 0)
    with pytest.raises(EnvironmentFailed, match="took no byte"):
        files.replace(tmp_path / "run.json", b"1")
    assert contents(tmp_path) == {}


def test_an_interruption_cleans_up_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle of a write leaves no temporary, and stays Ctrl-C."""

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            files.replace(tmp_path / "run.json", b"1")
    assert contents(tmp_path) == {}


def test_without_handles_of_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where folders cannot be held open (Windows), names are joined, and all else is as promised."""
    monkeypatch.setattr(_folder, "HANDLES", False)
    monkeypatch.chdir(tmp_path)
    files.replace("run.json", b"1")
    os.close(files.replace_locked(tmp_path / "open.json", b"2"))
    assert contents(tmp_path) == {"run.json": b"1", "open.json": b"2"}
    assert files.make_dir("folder")
    assert files.remove("run.json")


@pytest.mark.parametrize(("name", "expected"), [
    (".run.json.0123456789abcdef.tmp", True), (".x.ffffffffffffffff.tmp", True), ("run.json", False),
    ("run.json.0123456789abcdef.tmp", False), (".run.json.0123456789abcdeg.tmp", False),
    (".run.json.abc.tmp", False),
    (".0123456789abcdef.tmp.json", False), ("", False),
])  # fmt: skip
def test_temporaries_are_known_by_name(name: str, *, expected: bool) -> None:
    """`is_temporary` knows the names that `replace` gives, and no others."""
    assert files.is_temporary(name) is expected


def test_the_temporary_has_such_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it is written the file is hidden, and named after the one that it will be."""
    seen = []
    monkeypatch.setattr(os, "fsync", lambda _: seen.append([path.name for path in tmp_path.iterdir()]))
    files.replace(tmp_path / "run.json", b"1", random=lambda size: b"\xab" * size)
    assert seen[0] == [".run.json.abababababababab.tmp"]
    assert files.is_temporary(seen[0][0])


@pytest.mark.skipif(sys.platform != "linux", reason="the list of open descriptors is Linux's")
def test_no_descriptor_is_left_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither success nor failure leaks a descriptor."""
    before = os.listdir("/proc/self/fd")  # noqa: PTH208 - names of descriptors
    files.replace(tmp_path / "run.json", b"1")
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", fails(errno.EBUSY))
        with pytest.raises(EnvironmentFailed):
            files.replace_locked(tmp_path / "run.json", b"2")
    assert os.listdir("/proc/self/fd") == before  # noqa: PTH208 - names of descriptors
