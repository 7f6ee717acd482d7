"""`files.replace` against a kernel that fails: fsync, close, rename, full disk, size limit (W-04 to W-07)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults import sequence, strace
from tests.faults.strace import needs_strace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

REPLACE = """
import json, resource, sys
from runpact_core import errors, files
target, size, limit = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
said = "done"
try:
    files.replace(target, b"n" * size)
except errors.RunpactError as error:
    said = error.line()
print(json.dumps(said))
"""


def command(target: Path, size: int = 3, limit: int = 0) -> list[str]:
    """A process that replaces the target once and prints what came of it."""
    return [sys.executable, "-S", "-c", REPLACE, str(target), str(size), str(limit)]


def run_with(faults: Sequence[str], target: Path, trace: str) -> tuple[str, list[strace.Call]]:
    """What the process says under these faults, and its calls on the folder of the target."""
    only = [target.parent, target]
    done, calls = strace.run(command(target), trace=trace, inject=faults, only=only, env=sequence.environment())
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout), calls


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A run.json with an old content, alone in its folder."""
    path = tmp_path / "run" / "run.json"
    path.parent.mkdir()
    path.write_bytes(b"old")
    return path


@needs_strace
def test_a_failed_fsync_is_final(target: Path) -> None:
    """W-06: EIO once from fsync: the write fails, nothing is renamed, fsync is not tried again."""
    done, calls = strace.run(
        command(target),
        trace="fsync,fdatasync,sync_file_range,rename,renameat,renameat2,unlink,unlinkat",
        inject=["fsync:error=EIO:when=1"],
        env=sequence.environment(),
    )
    assert json.loads(done.stdout) == f"error[environment]: writing {target}: Input/output error"
    assert [(call.name, call.error) for call in calls] == [("fsync", "EIO"), ("unlinkat", None)]
    assert contents(target.parent) == {"run.json": b"old"}
    again, _ = strace.run(command(target), trace="fsync", env=sequence.environment())
    assert json.loads(again.stdout) == "done"
    assert contents(target.parent) == {"run.json": b"nnn"}


@needs_strace
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("renameat:error=EXDEV", "Invalid cross-device link"),
        ("renameat:error=EACCES", "Permission denied"),
        ("renameat:error=EBUSY", "Device or resource busy"),
        ("openat:error=ENOSPC:when=2", "No space left on device"),
    ],
)
def test_a_failure_before_the_rename_leaves_the_old_file(target: Path, fault: str, said: str) -> None:
    """W-07: typed error, the old file intact, the temporary gone."""
    line, _ = run_with([fault], target, "openat,renameat")
    assert line.startswith(f"error[environment]: writing {target}: {said}")
    assert contents(target.parent) == {"run.json": b"old"}


@needs_strace
def test_a_failed_close_is_a_failed_write(target: Path, tmp_path: Path) -> None:
    """W-07: EIO from the close of the temporary, the last word on what was written: the old file stays."""
    env = strace.compiled(command(target), tmp_path / "compiled", sequence.environment())
    found = strace.run(command(target), trace="openat,close", env=env)[1]
    target.write_bytes(b"old")
    closes = [call for call in found if call.name == "close"]
    position = next(number for number, call in enumerate(closes, 1) if b".run.json." in path_of(call))
    done, _ = strace.run(
        command(target),
        trace="close",
        inject=[f"close:error=EIO:when={position}"],
        env=env,
    )
    assert json.loads(done.stdout) == f"error[environment]: writing {target}: Input/output error"
    assert contents(target.parent) == {"run.json": b"old"}


@needs_strace
@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("EINVAL", "done"),
        ("EOPNOTSUPP", "done"),
        ("EIO", "error[environment]: writing {target}: Input/output error"),
    ],
)
def test_the_fsync_of_the_folder(target: Path, error: str, said: str) -> None:
    """W-07: a file system without fsync of folders is tolerated; an error is not. The new file is whole."""
    line, _ = run_with([f"fsync:error={error}"], target, "fsync")
    assert line == said.format(target=target)
    assert contents(target.parent) == {"run.json": b"nnn"}


def test_a_short_write_is_an_error_not_a_short_file(target: Path) -> None:
    """W-05: the kernel takes 1000 of 5000 bytes, then says EFBIG: the old file stays, no leftovers."""
    pytest.importorskip("resource", reason="this platform has no limit on the size of files")
    done = subprocess.run(
        command(target, 5000, 1000), capture_output=True, check=True, timeout=60, env=sequence.environment()
    )
    line = json.loads(done.stdout)
    assert line.startswith(f"error[environment]: writing {target}: File too large — ")
    assert "ulimit -f" in line
    assert contents(target.parent) == {"run.json": b"old"}


FULL_DISK = """
mount -t tmpfs -o size=64k,nr_inodes="$2" none "$1" || exit 77
mkdir "$1/run" && printf old > "$1/run/run.json"
shift 2
"$@"
printf '\\n'
cat "$TARGET"
ls -A "$(dirname "$TARGET")"
"""


@pytest.mark.parametrize(("size", "inodes"), [(200_000, 100), (3, 3)])
def test_a_full_disk_leaves_the_old_file(tmp_path: Path, size: int, inodes: int) -> None:
    """W-04: no space, or no inodes, on a real file system: typed, hinted, old file, no leftovers."""
    answer = on_small_disk(tmp_path, size, inodes)
    line, _, rest = answer.partition("\n")
    assert "No space left on device — the disk is full" in json.loads(line)
    assert rest.split() == ["oldrun.json"]


def on_small_disk(folder: Path, size: int, inodes: int) -> str:
    """Output of the replacement on a tmpfs in a mount namespace of its own, which ends with it."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        pytest.skip("mount namespaces are Linux's, and need unshare")
    env = {**sequence.environment(), "TARGET": str(folder / "run" / "run.json")}
    words = ["unshare", "--map-root-user", "--mount", "sh", "-c", FULL_DISK, "sh", str(folder), str(inodes)]
    done = subprocess.run(
        [*words, *command(folder / "run" / "run.json", size)],
        capture_output=True, check=False, timeout=60, env=env, text=True,
    )  # fmt: skip
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"this machine lets us mount nothing: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return done.stdout


def contents(folder: Path) -> dict[str, Any]:
    """Every file in a folder, hidden ones too."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def path_of(call: strace.Call) -> bytes:
    """The path of the first descriptor of a call."""
    first = call.args[0]
    return first.path if isinstance(first, strace.Handle) else b""
