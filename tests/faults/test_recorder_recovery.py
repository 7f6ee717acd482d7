"""W-02 and W-03: whatever a kill left, recovery seals it, once and for all; also where recovery itself is killed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runpact_core import documents, runs
from runpact_writer import RunWriter, _verify
from tests.faults import killsweep, recorded
from tests.faults.strace import needs_strace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Record = Callable[[str, object], None]

pytestmark = needs_strace


def contents(root: Path) -> dict[str, Any]:
    """Every document of the runs in a folder, but for the time at which they were sealed."""
    found: dict[str, Any] = {}
    for path in sorted((root / "runs").rglob("*")):
        if path.name in {"run.json", "checks.json"}:
            found[path.name] = documents.read(path.stem, path).data
            found[path.name].get("interruption", {}).pop("sealed_utc", None)
        elif path.is_file():
            found[path.name] = path.read_bytes()
    return found


def sealed(root: Path, printed: bytes) -> list[str]:
    """What is wrong after a recovery, and after a second one."""
    found = recorded.complaints(root, printed)
    recorded.recover_all(root)
    seen = list(runs.find(root / "runs")) if (root / "runs").is_dir() else []
    found += [f"{run.run_id} is {run.state}" for run in seen if run.state != "finished"]
    found += [str(finding) for run in seen for finding in _verify.verify(run)]
    if seen:
        left = {path.name for path in (root / "runs" / seen[0].run_id).iterdir()}
        found += [f"left {name}" for name in left - {"checks.json", "run.json", "run.log"}]
        before = contents(root)
        if recorded.recover_all(root) != ["finished"] or contents(root) != before:
            found.append("twice is not once")
    return found


def test_recovery_seals_whatever_a_kill_left(tmp_path: Path, record_testsuite_property: Record) -> None:
    """W-02: killed as it enters any file call, a run can be sealed; it verifies, and twice is the same as once."""
    report = killsweep.sweep(recorded.command, sealed, tmp_path, env=recorded.environment())
    record_testsuite_property("kill points, recovered", str(report))
    assert report.complaints == ()
    assert report.points == report.killed > 30


def test_a_kill_of_the_recovery(tmp_path: Path, record_testsuite_property: Record) -> None:
    """W-03: killed as it enters any file call, and run again, it ends as if it had not been killed."""

    def interrupt(root: Path) -> None:
        writer = RunWriter("P2-Backfill", "0.1.0", runs_dir=root / "runs", announce=False)
        writer.start("local_cli", "crash test", "mia")
        writer.log("working")
        del writer

    ends: list[dict[str, Any]] = []

    def again(root: Path, printed: bytes) -> list[str]:
        found = [] if printed == recorded.FINISHED else ["no run was sealed"]
        ends.append(contents(root))
        if sorted(ends[-1]) != ["checks.json", "run.json", "run.log"]:
            found.append(f"left {sorted(ends[-1])}")
        log = (root / "runs" / ends[-1]["run.json"]["run_id"] / "run.log").stat().st_mtime
        if ends[-1]["run.json"]["duration_ms"] > 1000 * (log % 1 + 1):
            found.append("the run is longer than its recorder was there")
        return found + sealed(root, b"")

    report = killsweep.sweep(
        lambda root: recorded.command(root, "recover"),
        lambda root, _: recorded.complaints(root, b""),
        tmp_path,
        again=again,
        prepare=interrupt,
        env=recorded.environment(),
    )
    record_testsuite_property("kill points, recovery killed", str(report))
    assert report.complaints == ()
    assert report.points == report.killed > 15
    kept = [{key: end["run.json"][key] for key in ("status", "warnings", "interruption")} for end in ends]
    assert all(each == kept[0] for each in kept)
    assert all(end["checks.json"]["checks"] == ends[0]["checks.json"]["checks"] for end in ends)
