"""W-04, W-13: a disk that refuses, or is full, is never the pipeline's end; readers see what is true, from anywhere."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from runpact_core import runs
from runpact_writer import RunWriter, _verify
from tests.faults import failsweep, recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    Record = Callable[[str, object], None]

NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--mount-proc"]


def namespaces() -> bool:
    """Whether this system lets us make namespaces of our own."""
    try:
        return subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


needs_namespaces = pytest.mark.skipif(not namespaces(), reason="needs unshare with user, mount and pid namespaces")


def test_no_refusal_reaches_the_pipeline(tmp_path: Path, record_testsuite_property: Record) -> None:
    """W-04: start, log, check, finish at each event and error: no exception, no temporary, and a run that is true."""
    root = tmp_path / "root"
    done: list[int] = []

    def pipeline() -> None:
        with RunWriter("x", "1", ["PATH"], runs_dir=root / "runs", announce=False) as writer:
            writer.log("one")
            writer.check("a", "A", "pass", ["text", "run.json:$.status"])
            writer.metric("rows", 1)
            done.append(1)

    def prepare() -> None:
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir()
        done.clear()

    def complaints(raised: BaseException | None, point: failsweep.Point) -> list[str]:
        found = [] if raised is None and done == [1] else [f"raised {raised!r}, done {done}"]
        # Where every call is refused from there on, so is the removal of the temporary.
        found += [f"left {path.name}" for path in root.rglob("*.tmp") if not point.for_ever]
        return found + recorded.complaints(root, b"")

    report = failsweep.sweep(pipeline, complaints, prepare=prepare)
    record_testsuite_property("fail points, a pipeline", str(report))
    assert report.complaints == ()
    assert report.points > 20 * len(failsweep.ERRORS)


PIPELINE = """
import sys
from runpact_writer import RunWriter
with RunWriter("x", "1", runs_dir=sys.argv[1], announce=False) as writer:
    for number in range(int(sys.argv[2])):
        writer.log("x" * 1000)
        writer.check(f"check_{number}", None, "pass", ["artifacts/" + "y" * 900])
    print("my result")
sys.exit(7)
"""


def run(script: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A shell script in namespaces of its own."""
    env = recorded.environment()
    return subprocess.run([*NAMESPACE, "sh", "-c", script, "sh", *words], capture_output=True, text=True, check=False,
                          timeout=60, env=env)  # fmt: skip


VERIFY = """
import sys
from runpact_core import runs
from runpact_writer import _verify
for run in runs.find(sys.argv[1]):
    if run.state != "finished":
        continue
    for finding in _verify.verify(run):
        print(finding)
"""


@needs_namespaces
@pytest.mark.parametrize(("size", "lines"), [("16k", 100), ("64k", 100), ("1m", 1000)])
def test_a_full_disk(size: str, lines: int, tmp_path: Path) -> None:
    """W-04: the pipeline's result and exit code are its own, one line says what failed, and no temporary is left."""
    done = run(
        f'mount -t tmpfs -o size={size} none "$1" && "$2" -c "$3" "$1/runs" {lines}; echo "code $?"'
        '; find "$1" -name "*.tmp"; "$2" -c "$4" "$1/runs"',
        str(tmp_path), sys.executable, PIPELINE, VERIFY,
    )  # fmt: skip
    assert done.stdout == "my result\ncode 7\n"
    assert "No space left on device" in done.stderr
    assert done.stderr.count("\n") == done.stderr.count("runpact: ")


@needs_namespaces
def test_a_read_only_folder(tmp_path: Path) -> None:
    """The pipeline runs to its own end, and one line says that it is not recorded."""
    done = run(
        'mount -t tmpfs -o ro none "$1" && "$2" -c "$3" "$1/runs" 3; echo "code $?"',
        str(tmp_path), sys.executable, PIPELINE,
    )  # fmt: skip
    assert done.stdout == "my result\ncode 7\n"
    said = f"runpact: making the folder {tmp_path}/runs: Read-only file system; this run is not recorded\n"
    assert done.stderr == said


LOOK = """
import sys, time
from runpact_core import runs
print([run.state for run in runs.find(sys.argv[1])])
"""


@needs_namespaces
def test_alive_is_seen_from_another_namespace(tmp_path: Path) -> None:
    """X-oracle: where its process id means nothing, a run that is recorded is running, and one that is not is not."""
    writer = RunWriter("x", "1", runs_dir=tmp_path, announce=False)
    writer.start("local_cli", "test", "mia")
    look: Sequence[str] = ('"$1" -c "$2" "$3"', sys.executable, LOOK, str(tmp_path))
    assert run(*look).stdout == "['running']\n"
    del writer
    assert run(*look).stdout == "['interrupted']\n"
    (only,) = runs.find(tmp_path)
    assert _verify.verify(only)[0].message == "the run is interrupted"
