"""Compaction when something is in the way: a change meanwhile, a form that lies, a full disk, a kill before."""

from __future__ import annotations

import fcntl
import gzip
import io
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from runpact_core import _packed, jsonl
from runpact_core._dictionary import Header
from runpact_gc import _compact, _deposit, _move, _report, _swap
from runpact_gc._handles import Swapped
from tests.gc.compaction import (
    MARKDOWN,
    OLD_NS,
    RECORDS,
    RUN,
    applied,
    expanded,
    inventory,
    outcomes,
    state,
    store,
)


@pytest.mark.parametrize("how", ["append", "replace", "remove", "touch"])
@pytest.mark.parametrize("name", ["a.jsonl", "b.md"])
def test_a_file_that_changes_meanwhile_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, name: str
) -> None:
    """K-07: what is written, replaced or removed while the form is made stays as it is; nothing is left beside it."""
    where = store(tmp_path, **{name.replace(".", "__"): RUN[name.replace(".", "__")]})
    path = where.store / "bench" / name

    def change(_: int, __: os.stat_result) -> None:
        if how == "append":
            with path.open("ab") as file:
                file.write(b"more\n")
        elif how == "replace":
            (tmp_path / "new").write_bytes(path.read_bytes())
            (tmp_path / "new").replace(path)
        elif how == "remove":
            path.unlink()
        else:
            os.utime(path, ns=(OLD_NS, OLD_NS + 1))

    monkeypatch.setattr(_swap, "_dressed", change)
    results, _ = applied(where)
    assert outcomes(results) == {name: ("skipped", "changed")}
    assert [each.name for each in path.parent.iterdir()] == ([] if how == "remove" else [name])
    if how == "append":
        assert path.read_bytes() == RUN[name.replace(".", "__")] + b"more\n"
    assert not [each for each in where.trash.iterdir() if each.is_dir()]


def test_a_file_that_changes_after_its_deposit_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second name in the trash goes again, since a later write would reach it too."""
    where = store(tmp_path, b__md=MARKDOWN)
    path = where.store / "bench" / "b.md"
    taken = _deposit.Deposits.take

    def take(self: Any, *arguments: Any) -> str:
        slot = taken(self, *arguments)
        os.utime(path, ns=(OLD_NS, OLD_NS + 1))
        return slot

    monkeypatch.setattr(_deposit.Deposits, "take", take)
    results, gc_id = applied(where)
    assert outcomes(results) == {"b.md": ("skipped", "changed")}
    assert path.read_bytes() == MARKDOWN
    assert path.stat().st_nlink == 1
    assert _report.read(_report.path_of(where, gc_id)).entries == ()


def test_a_file_that_its_writer_holds_is_left(tmp_path: Path) -> None:
    """Who appends under the lock of the file is not cut off from it."""
    where = store(tmp_path, a__jsonl=RECORDS)
    with (where.store / "bench" / "a.jsonl").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        results, _ = applied(where)
    assert outcomes(results) == {"a.jsonl": ("skipped", "in-use")}


def test_a_form_that_does_not_come_back_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verified before the original goes: a wrong size or digest, or a form that cannot be read, leaves it."""
    unpacked = _packed.unpacked
    where = store(tmp_path, a__jsonl=RECORDS)
    monkeypatch.setattr(jsonl, "decode", lambda *_: Header(1, "0" * 64))
    assert outcomes(applied(where)[0]) == {"a.jsonl": ("skipped", "refused")}
    monkeypatch.undo()
    monkeypatch.setattr(jsonl, "encode", lambda *_, **__: Header(len(RECORDS), "0" * 64))
    assert outcomes(applied(where)[0]) == {"a.jsonl": ("skipped", "refused")}
    monkeypatch.undo()
    monkeypatch.setattr(_packed, "unpacked", lambda *_: io.BytesIO(b"else"))
    assert outcomes(applied(where, codec="zstd")[0]) == {"a.jsonl": ("skipped", "refused")}
    monkeypatch.setattr(_packed, "RATIO", 0)
    monkeypatch.setattr(_packed, "FREE", 0)
    monkeypatch.setattr(_packed, "unpacked", unpacked)
    assert outcomes(applied(where, codec="zstd")[0]) == {"a.jsonl": ("skipped", "refused")}
    assert (where.store / "bench" / "a.jsonl").read_bytes() == RECORDS


def test_a_damaged_form_is_kept_as_it_is(tmp_path: Path) -> None:
    """Expanding says what is wrong and writes nothing; other compression is not ours."""
    where = store(tmp_path, a__jsonl=RECORDS, b__jsonl=gzip.compress(RECORDS * 20))
    applied(where)
    path = where.store / "bench" / "a.jsonl"
    path.write_bytes(path.read_bytes().replace(b"worker", b"Worker"))
    before = state(where.store / "bench")
    assert outcomes(expanded(where)) == {"a.jsonl": ("skipped", "damaged"), "b.jsonl": ("left", "not-compacted")}
    assert state(where.store / "bench") == before


def test_a_failing_disk_leaves_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system refuses is said of the file, the others go on, and nothing is left beside them."""
    where = store(tmp_path, a__jsonl=RECORDS, b__md=MARKDOWN, c__jsonl=RECORDS)
    before = state(where.store / "bench")
    real, calls = os.fsync, []

    def fsync(fd: int) -> None:
        name = str(Path(f"/proc/self/fd/{fd}").readlink()) if sys.platform == "linux" else ""
        if ".compact." in name:
            calls.append(name)
            if len(calls) < 3:
                raise OSError(28, "No space left on device")
        real(fd)

    monkeypatch.setattr(os, "fsync", fsync)
    results, _ = applied(where)
    assert outcomes(results) == {
        "a.jsonl": ("skipped", "failed"),
        "b.md": ("skipped", "failed"),
        "c.jsonl": ("compacted", ""),
    }
    after = state(where.store / "bench")
    assert {name for name in after if before.get(name) != after[name]} == {"c.jsonl"}
    assert set(after) == set(before)


def test_leftovers_are_removed(tmp_path: Path) -> None:
    """What a killed compaction left beside the files goes; what only resembles it stays."""
    where = store(tmp_path, a__jsonl=RECORDS)
    bench = where.store / "bench"
    for name in (".a.jsonl.compact.0123456789abcdef.tmp", ".a.jsonl.0123456789abcdef.tmp", ".a.compact.tmp"):
        (bench / name).write_bytes(b"")
    _compact.clean(where, _compact.candidates(inventory(where)))
    _compact.clean(where, [_compact.Candidate("nowhere/a.jsonl", "jsonl", None)])
    assert sorted(path.name for path in bench.iterdir()) == [
        ".a.compact.tmp",
        ".a.jsonl.0123456789abcdef.tmp",
        "a.jsonl",
    ]


@pytest.mark.parametrize(
    ("error", "why"), [(OSError(28, "No space left on device"), "failed"), (Swapped("link", "it is a link"), "link")]
)
def test_a_deposit_that_fails_leaves_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, why: str
) -> None:
    """Without its original in the trash no Markdown is replaced; its slot is gone, the report names none."""
    where = store(tmp_path, b__md=MARKDOWN)

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(_move, "deposit", fail)
    results, gc_id = applied(where)
    assert outcomes(results) == {"b.md": ("skipped", why)}
    assert (where.store / "bench" / "b.md").read_bytes() == MARKDOWN
    assert not [each for each in where.trash.iterdir() if each.is_dir()]
    assert _report.read(_report.path_of(where, gc_id)).entries == ()


def test_the_owner_is_kept_or_the_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of somebody else gets its owner again; where that is not allowed it is not exchanged."""
    where = store(tmp_path, a__jsonl=RECORDS)
    own, asked = os.fstat, []

    def other(fd: int) -> os.stat_result:
        found = own(fd)
        name = Path(f"/proc/self/fd/{fd}").readlink().name
        return os.stat_result([*found[:4], found.st_uid + 1, *found[5:]]) if ".compact." in name else found

    monkeypatch.setattr(os, "fstat", other)
    monkeypatch.setattr(os, "fchown", lambda fd, uid, gid: asked.append((uid, gid)))
    status = (where.store / "bench" / "a.jsonl").stat()
    assert outcomes(applied(where)[0]) == {"a.jsonl": ("compacted", "")}
    assert asked == [(status.st_uid, status.st_gid)]

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", refuse)
    (where.store / "bench" / "a.jsonl").write_bytes(RECORDS)
    os.utime(where.store / "bench" / "a.jsonl", ns=(OLD_NS, OLD_NS))
    assert outcomes(applied(where)[0]) == {"a.jsonl": ("skipped", "other-owner")}
