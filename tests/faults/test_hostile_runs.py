"""`runs list`, `verify` and `recover` over hostile trees: each run is named, nothing hangs, no traceback is seen."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from tests.faults import hostile
from tests.writer.planted_runs import FAILED, FINISHED, finished, left_open
from tests.writer.support import outside, run_ids

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="trees as Linux has them")


@pytest.fixture(params=sorted(hostile.TREES))
def runs_dir(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A whole run and an interrupted one, the same tree in both and beside them."""
    folder = tmp_path / "reports" / "runs"
    for made in (finished(folder, FINISHED), left_open(folder, FAILED)):
        hostile.plant(made, request.param)
        hostile.plant(made / "artifacts", "circles")
    hostile.plant(folder, request.param)
    yield folder
    hostile.remove(folder)


def test_every_command_comes_back(runs_dir: Path, tmp_path: Path) -> None:
    """List exits 0, verify 1 for the open run, recover 0 and seals it; after that verify has nothing to say of it."""
    codes = {"list": (0, 0), "verify": (1, 0), "recover": (0, 0)}
    for round_ in range(2):
        for command, expected in codes.items():
            done = outside("runs", command, cwd=tmp_path)
            said = done.stdout + done.stderr
            assert (command, done.returncode, b"Traceback" in said) == (command, expected[round_], False), said.decode()
            named = [run for run in (FINISHED, FAILED) if run.encode() in said]
            assert named == ([FINISHED, FAILED] if command != "recover" else [] if round_ else [FAILED])
            assert not {byte for byte in said if byte < 32} - {10}
    assert {"run.json", "checks.json"} <= set(run_ids(runs_dir / FAILED))


def test_two_deep_folders_with_one_id(tmp_path: Path) -> None:
    """A copy of a run is compared with it however deep both are, and the file that differs is named."""
    folder = tmp_path / "reports" / "runs"
    finished(folder, FINISHED).rename(folder / "copy")
    finished(folder, FINISHED)
    for name in (FINISHED, "copy"):
        hostile.plant(folder / name, "deep")
        (folder / name / "d" / "differs").write_text(name)
    done = outside("runs", "verify", cwd=tmp_path)
    hostile.remove(tmp_path / "reports")
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"has the same run_id, and differs in d/differs\n" in done.stdout


@pytest.mark.parametrize("name", ["open.json", "run.json", "run.log", "checks.json"])
@pytest.mark.parametrize("kind", ["fifo", "folder", "circle", "dangling", "device"])
def test_a_document_that_is_no_file(kind: str, name: str, tmp_path: Path) -> None:
    """It is named by verify, exit code 1; list shows the run; recover ends with a code of its own and one line each."""
    folder = tmp_path / "reports" / "runs"
    run = left_open(folder, FAILED) if name == "open.json" else finished(folder, FAILED)
    finished(folder, FINISHED)
    (run / name).unlink()
    if kind == "fifo":
        os.mkfifo(run / name)
    elif kind == "folder":
        (run / name).mkdir()
    else:
        (run / name).symlink_to({"circle": name, "dangling": "nowhere", "device": "/dev/zero"}[kind])
    listed = outside("runs", "list", cwd=tmp_path)
    rows = [line.split()[0].decode() for line in listed.stdout.splitlines()[1:]]
    assert (listed.returncode, rows, listed.stderr) == (0, [FAILED, FINISHED], b"")
    verified = outside("runs", "verify", cwd=tmp_path)
    assert (verified.returncode, verified.stderr) == (1, b"")
    assert f"{FAILED}: {name}: " in verified.stdout.decode()
    assert f"{FINISHED}: ok\n" in verified.stdout.decode()
    recovered = outside("runs", "recover", cwd=tmp_path)
    assert recovered.returncode in {0, 1, 3, 4}
    assert b"Traceback" not in recovered.stderr
    assert len((recovered.stdout + recovered.stderr).splitlines()) == 1
