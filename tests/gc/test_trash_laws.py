"""G-24 as a law: moving any entries into the trash and undoing it changes no byte, permission or time of any file."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runpact_gc import _apply, _restore, _settings
from runpact_gc._report import ids
from tests.faults import trashed
from tests.gc.trash_samples import NOW_S, places, tree

NAMES = st.text(st.sampled_from("ab-_. \n\t'é🗄\udcff"), min_size=1, max_size=6).filter(
    lambda name: name not in {".", ".."}
)
CONTENT = st.tuples(
    st.binary(max_size=40), st.sampled_from([0o644, 0o400, 0o755, 0o600]), st.integers(0, 2**33 * 10**9)
)
RUNS = st.dictionaries(NAMES, st.dictionaries(NAMES, CONTENT, max_size=3), min_size=1, max_size=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs=RUNS, loose=st.dictionaries(NAMES, CONTENT, max_size=4), data=st.data())
def test_undo_after_apply_is_identity(
    runs: dict[str, dict[str, tuple[bytes, int, int]]], loose: dict[str, tuple[bytes, int, int]], data: st.DataObject
) -> None:
    """For random runs, loose files, names, permissions and times, and any choice of what goes."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        held = {f"dash/runs/p/{run}/{name}": each for run, inner in runs.items() for name, each in inner.items()}
        held |= {f"artifacts/loose/{name}": each for name, each in loose.items()}
        (root / "artifacts").mkdir()
        for run in runs:
            (root / "dash/runs/p" / run).mkdir(parents=True)
        for path, (content, mode, mtime_ns) in held.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
            (root / path).chmod(mode)
            os.utime(root / path, ns=(mtime_ns, mtime_ns))
        before = tree(root)
        entries = [trashed.entry(root, "dash", "p", f"dash/runs/p/{run}") for run in runs]
        entries += [trashed.entry(root, "glob", "loose", f"artifacts/loose/{name}") for name in loose]
        plan = trashed.plan([each for each in entries if data.draw(st.booleans())])
        where = places(root)
        done = _apply.apply(where, _settings.DEFAULTS, plan, replan=lambda: plan, clock=lambda: NOW_S).report
        assert done.skipped == ()
        if not done.entries:
            assert (tree(root), ids(where)) == (before, ())
            return
        back = _restore.undo(where, _settings.DEFAULTS, done.gc_id, clock=lambda: NOW_S).report
        assert tree(root) == before
        assert back is not None
        assert (len(back.entries), back.skipped, back.notes) == (len(done.entries), (), ())
        assert len(ids(where)) == 2
