"""Records what a command does to a folder, as operations on the model of `disk`.

Invariants: only the folder counts, and only what the calls of `strace.FILE_CALLS` do to it (not memory
maps); a call that changes the folder in a way that is not modelled is an error, never ignored. Calls count
in the order of their return. Descriptors are followed by the thread that opened them; one that another
thread or process uses is found by the path that it has.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.faults import strace
from tests.faults.disk import ROOT, Barrier, Disk, Names, Operation, Printed, Recording, Resize, Write
from tests.faults.strace import Call, Handle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["record"]


def record(command: Sequence[str], root: Path, *, env: Mapping[str, str] | None = None, status: int = 0) -> Recording:
    """Run a command once, which must end with ``status``, and keep what it did below ``root``."""
    recorder = _Recorder(root.resolve(), root)
    done, calls = strace.run(command, env=env)
    assert done.returncode == status, done.stderr.decode(errors="replace")
    for call in calls:
        recorder.see(call)
    return Recording(recorder.start, tuple(recorder.events))


def _paths(call: Call) -> Iterator[bytes]:
    """The paths among the arguments; a string after a descriptor of a folder is relative to it."""
    folder = b""
    for arg in call.args:
        if isinstance(arg, Handle):
            folder = arg.path
        elif isinstance(arg, bytes):
            yield os.path.join(folder, arg)  # noqa: PTH118 - names are bytes here
            folder = b""


def _folders(call: Call) -> Iterator[bytes]:
    """The paths of the descriptors among the arguments."""
    return (arg.path for arg in call.args if isinstance(arg, Handle))


def _handle(call: Call) -> Handle:
    first = call.args[0]
    assert isinstance(first, Handle), call
    return first


def _flags(call: Call) -> set[str]:
    return {flag for arg in call.args if isinstance(arg, str) for flag in arg.split("|")}


class _Recorder:
    """Follows the calls of a command on a live model of the folder, and turns them into events."""

    def __init__(self, root: Path, before: Path) -> None:
        self._root = os.fsencode(root)
        self._cwd = os.fsencode(os.getcwd())  # noqa: PTH109 - names are bytes here
        self._last = ROOT
        self._live = Disk({}, {ROOT: {}})
        self._read(before, ROOT)
        self.start = self._live.copy()
        self.events: list[Operation | Barrier | Printed] = []
        self._offsets: dict[tuple[int, int], int | None] = {}  # None: at the end, whatever it is
        self._opened: dict[tuple[int, int], int] = {}

    def _read(self, folder: Path, number: int) -> None:
        for entry in sorted(folder.iterdir()):
            node = self._new()
            self._live.folders[number][os.fsencode(entry.name)] = node
            assert not entry.is_symlink(), "links are not modelled"
            if entry.is_dir():
                self._live.folders[node] = {}
                self._read(entry, node)
            else:
                self._live.files[node] = entry.read_bytes()

    def _new(self) -> int:
        self._last += 1
        return self._last

    def see(self, call: Call) -> None:
        """Take one call; a call that changes the folder in a way that is not modelled is an error."""
        if call.result is None:
            return
        method = _METHODS.get(call.name)
        if method is not None:
            method(self, call)
        elif any(self._inside(path) is not None for path in (*_paths(call), *_folders(call))):
            message = f"{call.name} changes the folder, and is not modelled"
            raise NotImplementedError(message)

    def _inside(self, path: bytes) -> bytes | None:
        """A path relative to the root; None for one elsewhere."""
        full = os.path.normpath(os.path.join(self._cwd, path))  # noqa: PTH118 - names are bytes here
        if full == self._root:
            return b""
        return full[len(self._root) + 1 :] if full.startswith(self._root + b"/") else None

    def _do(self, op: Operation) -> None:
        op.apply(self._live)
        self.events.append(op)

    def _place(self, path: bytes) -> tuple[int, bytes] | None:
        """Folder and name that a path inside the root stands for."""
        inside = self._inside(path)
        if not inside:
            return None
        above, _, name = inside.rpartition(b"/")
        folder = self._live.find(above)
        assert folder is not None, f"the folder of {path!r} was never seen"
        return folder, name

    def _node(self, call: Call, handle: Handle) -> int | None:
        if handle.deleted:
            return self._opened.get((call.pid, handle.number))
        inside = self._inside(handle.path)
        return None if inside is None else self._live.find(inside)

    def _open(self, call: Call) -> None:
        flags = _flags(call)
        assert "O_TMPFILE" not in flags, "O_TMPFILE is not modelled"
        place, key = self._place(next(_paths(call))), (call.pid, call.result or 0)
        self._offsets[key] = None if "O_APPEND" in flags else 0
        if place is None:
            return
        folder, name = place
        node = self._live.folders[folder].get(name)
        if node is None:
            node = self._new()
            self._live.files[node] = b""
            assert flags & {"O_CREAT"} or call.name == "creat", f"{name!r} appeared from nowhere"
            self._do(Names(((folder, name, node),)))
        elif "O_TRUNC" in flags and self._live.files.get(node):
            self._do(Resize(node, 0))
        self._opened[key] = node

    def _close(self, call: Call) -> None:
        handle = _handle(call)
        self._offsets.pop((call.pid, handle.number), None)
        self._opened.pop((call.pid, handle.number), None)

    def _seek(self, call: Call) -> None:
        key = (call.pid, _handle(call).number)
        if self._offsets.get(key, 0) is not None:
            self._offsets[key] = call.result

    def _read_call(self, call: Call) -> None:
        key = (call.pid, _handle(call).number)
        offset = self._offsets.get(key)
        if offset is not None:
            self._offsets[key] = offset + (call.result or 0)

    def _write(self, call: Call) -> None:
        handle = _handle(call)
        data = b"".join(arg for arg in call.args if isinstance(arg, bytes))[: call.result]
        node, key = self._node(call, handle), (call.pid, handle.number)
        if node is None:
            if handle.number == 1:
                self.events.append(Printed(data))
            return
        offset = self._offsets.get(key)
        if offset is None:  # appending; Linux appends even where pwrite names another place
            self._do(Write(node, len(self._live.files.get(node, b"")), data))
        elif call.name == "pwrite64":
            self._do(Write(node, int(str(call.args[-1])), data))
        else:
            self._do(Write(node, offset, data))
            self._offsets[key] = offset + len(data)

    def _resize(self, call: Call) -> None:
        first = call.args[0]
        inside = self._inside(first) if isinstance(first, bytes) else None
        path_node = None if inside is None else self._live.find(inside)
        node = self._node(call, first) if isinstance(first, Handle) else path_node
        if node is not None:
            self._do(Resize(node, int(str(call.args[1]))))

    def _sync(self, call: Call) -> None:
        node = self._node(call, _handle(call))
        if node is not None:
            self.events.append(Barrier(node))

    def _sync_all(self, _: Call) -> None:
        self.events.append(Barrier(None))

    def _make(self, call: Call) -> None:
        place = self._place(next(_paths(call)))
        if place is not None:
            node = self._new()
            self._live.folders[node] = {}
            self.start.folders[node] = {}  # nothing leads to it yet; it is there as soon as its name is
            self._do(Names(((*place, node),)))

    def _unname(self, call: Call) -> None:
        place = self._place(next(_paths(call)))
        if place is not None:
            node = self._live.folders[place[0]].get(place[1])
            self._do(Names(((*place, None),), gone=node))

    def _move(self, call: Call) -> None:
        old, new = (self._place(path) for path in _paths(call))
        assert "RENAME_EXCHANGE" not in _flags(call), "an exchange of names is not modelled"
        assert (old is None) == (new is None), "a rename into or out of the folder is not modelled"
        if old is not None and new is not None:
            node = self._live.folders[old[0]][old[1]]
            self._do(Names(((*old, None), (*new, node)), gone=node))

    def _link(self, call: Call) -> None:
        old, new = (self._place(path) for path in _paths(call))
        assert (old is None) == (new is None), "a link into or out of the folder is not modelled"
        if old is not None and new is not None:
            self._do(Names(((*new, self._live.folders[old[0]][old[1]]),)))

    def _change_folder(self, call: Call) -> None:
        first = call.args[0]
        path = first.path if isinstance(first, Handle) else next(_paths(call))
        self._cwd = os.path.join(self._cwd, path)  # noqa: PTH118 - names are bytes here


_METHODS: dict[str, Callable[[_Recorder, Call], None]] = {
    **dict.fromkeys(("open", "openat", "creat"), _Recorder._open),
    **dict.fromkeys(("write", "writev", "pwrite64"), _Recorder._write),
    **dict.fromkeys(("fsync", "fdatasync"), _Recorder._sync),
    **dict.fromkeys(("sync", "syncfs"), _Recorder._sync_all),
    **dict.fromkeys(("rename", "renameat", "renameat2"), _Recorder._move),
    **dict.fromkeys(("unlink", "unlinkat", "rmdir"), _Recorder._unname),
    **dict.fromkeys(("mkdir", "mkdirat"), _Recorder._make),
    **dict.fromkeys(("link", "linkat"), _Recorder._link),
    **dict.fromkeys(("truncate", "ftruncate"), _Recorder._resize),
    **dict.fromkeys(("chdir", "fchdir"), _Recorder._change_folder),
    "close": _Recorder._close,
    "lseek": _Recorder._seek,
    "read": _Recorder._read_call,
}
