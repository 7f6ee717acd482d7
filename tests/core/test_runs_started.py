"""When a run started, which ids there are, and evidence in a log that was counted before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runpact_core import documents, runs
from runpact_core.errors import EnvironmentFailed, MissingArtifact

if TYPE_CHECKING:
    from pathlib import Path

RUN_ID = "20260119T061512Z__P2-Backfill__a1b2c3d"
STARTED = 1_768_803_312


def run(run_id: str, started: object) -> runs.Run:
    """A run whose document states that start; none where it is None."""
    raw = documents.dumps({"schema_version": "7.0", "started_utc": started})
    document = None if started is None else documents.read("run", raw)
    return runs.Run(run_id, "x", "finished", None, document, None, None)


@pytest.mark.parametrize(
    ("run_id", "stated", "expected"),
    [
        (RUN_ID, "2026-01-19T06:15:13Z", STARTED + 1),
        (RUN_ID, "2026-01-19T07:15:12.5+01:00", STARTED),
        (RUN_ID, "1969-12-31T23:59:59Z", -1),
        (RUN_ID, "soon", STARTED),
        (RUN_ID, 7, STARTED),
        (RUN_ID, None, STARTED),
        ("20260231T061512Z__P2-Backfill__a1b2c3d", None, None),
        ("copied", None, None),
        ("copied", "2026-01-19T06:15:12Z", STARTED),
    ],
)
def test_started(run_id: str, stated: object, expected: int | None) -> None:
    """The document decides; where it says nothing the id does; a day that does not exist is no start."""
    assert runs.started_s(run(run_id, stated)) == expected


def test_ids(tmp_path: Path) -> None:
    """Sorted names that are run ids, nothing else; no folder is looked into."""
    for name in (RUN_ID, "20250119T061512Z__a__0000000", "README", ".trash"):
        (tmp_path / name).touch()
    assert runs.ids(tmp_path) == ["20250119T061512Z__a__0000000", RUN_ID]
    with pytest.raises(MissingArtifact):
        runs.ids(tmp_path / "none")
    with pytest.raises(EnvironmentFailed):
        runs.ids(tmp_path / RUN_ID)


def test_a_log_that_was_counted_is_not_read(tmp_path: Path) -> None:
    """The number of lines that is handed over decides."""
    assert runs.resolve_evidence(tmp_path, "run.log:line:2", {}, log_lines=2) is None
    assert runs.resolve_evidence(tmp_path, "run.log:line:3", {}, log_lines=2) == "run.log has 2 lines"
    assert runs.resolve_evidence(tmp_path, "run.log:line:1", {}) == "run.log has 0 lines"


def test_a_folder_that_is_a_link(tmp_path: Path) -> None:
    """A sealed run may be seen through one; what is no run there is nothing that anybody may seal."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = tmp_path / "runs" / RUN_ID
    link.parent.mkdir()
    link.symlink_to(elsewhere, target_is_directory=True)
    for path in (link, f"{link}/"):
        found = runs.look(path, now=STARTED, asking=runs.Here("build-7", None))
        assert (found.run_id, found.state, found.document) == (RUN_ID, "unreadable", None)
        assert found.message == "its folder is a symbolic link, and where that leads no run was sealed"
    (elsewhere / "run.json").write_text('{"schema_version": "7.0", "status": "failed"}')
    assert [(each.state, each.status) for each in runs.find(link.parent)] == [("finished", "failed")]
