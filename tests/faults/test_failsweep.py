"""Every refusal of the operating system comes out typed, with the old file intact and no leftovers."""

from __future__ import annotations

import errno
import shutil
from typing import TYPE_CHECKING

from runpact_core import files
from runpact_core.errors import EnvironmentFailed, RunpactError
from tests.faults import failsweep

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_leak_and_a_leftover_are_caught(tmp_path: Path) -> None:
    """The sweep sees an operation that lets an OSError out and leaves its temporary file behind."""
    temporary = tmp_path / "t"

    def careless() -> None:
        temporary.write_bytes(b"x")
        temporary.rename(tmp_path / "f")

    def oracle(raised: BaseException | None, _: failsweep.Point) -> list[str]:
        return [*(["leftover"] if temporary.exists() else []), *(["leak"] if type(raised) is OSError else [])]

    def prepare() -> None:
        temporary.unlink(missing_ok=True)

    report = failsweep.sweep(careless, oracle, prepare=prepare, errors=[errno.EIO])
    assert report.points == 4
    assert sorted(complaint.partition(": ")[2] for complaint in report.complaints) == [
        *["leak"] * 4,
        *["leftover"] * 2,
    ]


def test_replace_survives_every_refusal(
    tmp_path: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    """W-04, W-07: at each event and error: typed, the old document, no temporary."""
    target = tmp_path / "run" / "run.json"

    def prepare() -> None:
        shutil.rmtree(target.parent, ignore_errors=True)
        target.parent.mkdir()
        target.write_bytes(b"old")

    def oracle(raised: BaseException | None, point: failsweep.Point) -> list[str]:
        found = [] if isinstance(raised, EnvironmentFailed) else [f"raised {raised!r}"]
        if target.read_bytes() != b"old":
            found.append("the old file is not intact")
        left = [path.name for path in target.parent.iterdir() if path != target]
        # Where every call is refused from there on, so is the removal of the temporary.
        return found + ([f"left {left}"] if left and not point.for_ever else [])

    report = failsweep.sweep(lambda: files.replace(target, b"new"), oracle, prepare=prepare)
    record_testsuite_property("fail points, replace", str(report))
    assert report.complaints == ()
    assert report.points == 6 * len(failsweep.ERRORS)


def test_making_and_removing_survive_every_refusal(
    tmp_path: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    """Only typed errors leave make_dirs, open_append, remove and read_bytes, whatever is refused."""
    root = tmp_path / "root"

    def operation() -> None:
        files.make_dirs(root / "a" / "b")
        fd = files.open_append(root / "a" / "b" / "log")
        files.append_line(fd, b"{}\n")
        files.close(fd)
        files.read_bytes(root / "a" / "b" / "log", limit=10)
        files.remove(root / "a" / "b" / "log")

    def oracle(raised: BaseException | None, _: failsweep.Point) -> list[str]:
        return [] if isinstance(raised, RunpactError) else [f"raised {raised!r}"]

    def prepare() -> None:
        shutil.rmtree(root, ignore_errors=True)

    report = failsweep.sweep(operation, oracle, prepare=prepare)
    record_testsuite_property("fail points, the rest", str(report))
    assert report.complaints == ()
    assert report.points > 12 * len(failsweep.ERRORS)
