"""Laws of scans: memory and workers change the time taken, never what is found."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runpact_core import runs
from runpact_gc import _folders, _globs, _parallel
from runpact_gc._entries import Asked
from runpact_gc._places import places
from runpact_gc._scan import scan
from runpact_gc._settings import DEFAULTS
from tests.gc.scan_samples import NOW, dash_run, later, put, run, run_id, scanned

SETTINGS = DEFAULTS._replace(patterns={"md": ("**/*.md",), "all": ("artifacts/**/*.jsonl", "**/x.md")})
RUN = st.integers(0, 3).map(run_id)
PRODUCT = st.sampled_from(["kit", "Kit"])
STEP = st.one_of(
    st.tuples(st.just("run"), RUN, st.sampled_from(["success", "failed", None])),
    st.tuples(st.just("seal"), RUN, st.sampled_from(["success", "partial"])),
    st.tuples(st.just("open"), RUN, st.just("")),
    st.tuples(st.just("nest"), RUN, st.sampled_from(["a/b/c", "a/d", "b/e"])),
    st.tuples(st.just("remove"), RUN, st.just("")),
    st.tuples(st.just("move"), RUN, RUN),
    st.tuples(st.just("link"), RUN, st.just("")),
    st.tuples(st.just("report"), PRODUCT, st.sampled_from(["r1", "r2"])),
    st.tuples(st.just("newest"), PRODUCT, st.sampled_from(["r1", "r2"])),
    st.tuples(st.just("glob"), st.sampled_from(["x.md", "artifacts/a/y_20260119_010203.jsonl"]), st.just("")),
    st.tuples(st.just("scan"), st.just(""), st.just("")),
)


def _do(step: tuple[str, str, str | None]) -> None:
    """One change of the current folder, as tools make them: in place only where a run is open."""
    what, name, more = step
    folder = Path("reports/runs", name)
    if what == "run" and not folder.is_symlink() and not folder.exists():
        run(name, more)
    elif what in {"seal", "open"} and folder.is_dir() and not folder.is_symlink():
        document = "run.json" if what == "seal" else "open.json"
        put(folder / ".new", {"status": more, "run_id": name}).replace(folder / document)
    elif what == "nest" and folder.is_dir() and not folder.is_symlink():
        path = folder / str(more)
        put(path, "1") if not path.exists() else path.unlink()
    elif what == "remove" and folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)
    elif what == "move" and os.path.lexists(folder) and not os.path.lexists(Path("reports/runs", str(more))):
        folder.rename(Path("reports/runs", str(more)))
    elif what == "link" and not os.path.lexists(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.symlink_to("nowhere")
    elif what == "report" and not Path("dash/runs", name, str(more)).exists():
        dash_run(name, str(more), {"status": "failed"} if name == "kit" else None)
    elif what == "newest":
        put(f"dash/runs/{name}/last_run.json", {"run_id": more, "status": "success"})
    elif what == "glob":
        put(name, "y")
    elif what == "scan":
        scanned(SETTINGS)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=12))
def test_memory_changes_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, str, str | None]]
) -> None:
    """After any changes, a scan with the manifest finds what a scan from nothing finds."""
    for each in list(project.iterdir()):
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    later(monkeypatch)
    for step in steps:
        _do(step)
    incremental = scanned(SETTINGS)
    assert incremental == scanned(SETTINGS, force=True)
    assert incremental == scanned(SETTINGS)


def test_workers_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes find what one process finds, in the same order, and what blocks too."""
    for number in range(30):
        run(run_id(number), ("success", "failed", None)[number % 3])
        dash_run("kit", f"r{number}", {"status": "success"})
    put(f"reports/runs/{run_id(3)}/run.json", "{")
    put(f"reports/runs/{run_id(4)}/a/b/c")
    monkeypatch.setattr(_parallel, "_MANY", 10)
    monkeypatch.setattr(_parallel, "_CHUNK", 4)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    found = [scan(places(), DEFAULTS._replace(parallel_workers=n), now=NOW) for n in (1, 4)]
    assert found[0] == found[1]
    assert len(found[0].entries) == 59


@pytest.mark.parametrize("error", [OSError("no processes"), ImportError("no locks here"), RuntimeError("broken")])
def test_without_processes(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Where processes cannot be had, one looks at everything."""
    for number in range(5):
        run(run_id(number))

    def refused(_workers: int) -> None:
        raise error

    monkeypatch.setattr(_parallel, "_pool", refused)
    monkeypatch.setattr(_parallel, "_MANY", 2)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert len(scanned().entries) == 5


def test_a_worker_looks_only_into_the_same_folder() -> None:
    """A worker that finds another folder under the name gives up, and so does one that finds none."""
    folder = run(run_id()).parent
    holder = _folders.Holder("reports/runs", "runs", "unknown")
    status = folder.stat()
    asked = Asked(NOW, runs.here(), 0)
    same = (status.st_dev, status.st_ino)
    (look,) = _parallel._chunk(Path(), holder, [run_id()], same, asked, None)
    assert look.entry is not None
    with pytest.raises(RuntimeError):
        _parallel._chunk(Path(), holder, [run_id()], (status.st_dev, 0), asked, None)
    with pytest.raises(RuntimeError):
        _parallel._chunk(Path("x"), holder, [run_id()], same, asked, None)


def test_progress_is_told() -> None:
    """Whoever asks is told of each folder that was looked at."""
    for number in range(3):
        run(run_id(number))
    told: list[tuple[int, int]] = []
    scan(places(), DEFAULTS, now=NOW, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("**/a/*.md", "a/x.md", True), ("**/a/*.md", "z/y/a/x.md", True), ("**/a/*.md", "a/b/x.md", False),
        ("a/**/x.md", "a/x.md", True), ("a/**/b/**/x", "a/1/b/2/3/x", True), ("**", "a/b", True),
        ("a/**", "a/b/c", True),
        ("**/*.md", ".git/x.md", False), ("**/.git/*.md", "a/.git/x.md", True), ("*.md", ".x.md", False),
        ("./a/?.md", "a/b.md", True), ("/a/[!b].md", "a/b.md", False), ("a/[b].md", "a/b.md", True),
        ("a/p99_*.json", "a/p99_\n.json", True), ("a", "a", True), ("a/**/**/b", "a/b", True), ("", "a", False),
    ],
)  # fmt: skip
def test_globs(glob: str, path: str, fits: bool) -> None:  # noqa: FBT001 - a row of a table
    """Globs match whole project-relative paths; two stars are zero or more folders; hidden names must be said."""
    assert bool(_globs.matches(_globs.compile_globs({"f": (glob,)}), path)) is fits


@given(
    st.lists(st.sampled_from(["a", "b", "**", "*", "?b"]), min_size=1, max_size=5),
    st.lists(st.sampled_from("ab"), min_size=1, max_size=5),
)
def test_globs_agree_with_a_plain_model(parts: list[str], names: list[str]) -> None:
    """The folder by folder matcher says what the obvious recursion says."""

    def model(parts: list[str], names: list[str]) -> bool:
        if not parts:
            return not names
        if parts[0] == "**":
            return model(parts[1:], names) or (bool(names) and model(parts, names[1:]))
        fits = bool(names) and (parts[0] in {names[0], "*"})
        return fits and model(parts[1:], names[1:])

    wanted = [*parts, "*"] if parts[-1] == "**" else parts
    globs = _globs.compile_globs({"f": ("/".join(parts),)})
    assert bool(_globs.matches(globs, "/".join(names))) is model(wanted, names)
