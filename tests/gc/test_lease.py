"""What a program has open for writing is not compacted; what none has is, however new; and who comes meanwhile wins."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from runpact_gc import _lease, _swap
from tests.gc.compaction import MARKDOWN, NOW_NS, RECORDS, applied, expanded, outcomes, state, store, tried

if TYPE_CHECKING:
    from pathlib import Path

    from runpact_gc._places import Places

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="leases are of Linux")

APPENDS = "import sys\nwith open(sys.argv[1], 'ab') as file:\n    print('open', flush=True)\n    sys.stdin.read()\n"
WRITES = "import sys\nwith open(sys.argv[1], 'ab') as file:\n    file.write(b'more\\n')\n"


def young(root: Path, **files: bytes) -> Places:
    """A store of files that changed a second before the command."""
    where = store(root, **files)
    for path in (where.store / "bench").iterdir():
        os.utime(path, ns=(NOW_NS, NOW_NS - 10**9))
    return where


@pytest.mark.parametrize(("name", "data"), [("a.jsonl", RECORDS), ("b.md", MARKDOWN)])
def test_who_writes_is_not_cut_off(tmp_path: Path, name: str, data: bytes) -> None:
    """While another process has the file open for append it is skipped, also by a dry run; then compacted at once."""
    where = young(tmp_path, **{name.replace(".", "__"): data})
    path = where.store / "bench" / name
    writer = subprocess.Popen(
        [sys.executable, "-c", APPENDS, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "open\n"
    before = state(where.store)
    assert outcomes(tried(where)) == {name: ("skipped", "in-use")}
    results, _ = applied(where)
    assert outcomes(results) == {name: ("skipped", "in-use")}
    assert results[name].message == "a program has it open for writing"
    assert {path: found for path, found in state(where.store).items() if path in before} == before
    writer.communicate("")
    assert outcomes(tried(where)) == {name: ("compacted", "")}
    assert outcomes(applied(where)[0]) == {name: ("compacted", "")}
    assert path.stat().st_nlink == 1
    assert len(list(path.parent.iterdir())) == 1


def test_expand_leaves_it_too(tmp_path: Path) -> None:
    """The way back is the same exchange."""
    where = young(tmp_path, a__jsonl=RECORDS)
    applied(where)
    path = where.store / "bench" / "a.jsonl"
    form = path.read_bytes()
    with path.open("ab"):
        assert outcomes(expanded(where)) == {"a.jsonl": ("skipped", "in-use")}
    assert path.read_bytes() == form


@pytest.mark.parametrize("how", ["no lease", "other platform"])
def test_where_nothing_can_be_known_an_hour_must_have_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Without leases what is young is skipped, and what is old is compacted."""
    where = young(tmp_path, a__jsonl=RECORDS)
    path = where.store / "bench" / "a.jsonl"
    if how == "no lease":
        monkeypatch.setattr("fcntl.fcntl", refused)
    else:
        monkeypatch.setattr(sys, "platform", "else")
    assert outcomes(applied(where)[0]) == {"a.jsonl": ("skipped", "young")}
    assert path.read_bytes() == RECORDS
    os.utime(path, ns=(NOW_NS, NOW_NS - 3601 * 10**9))
    assert outcomes(applied(where)[0]) == {"a.jsonl": ("compacted", "")}
    assert outcomes(expanded(where)) == {"a.jsonl": ("expanded", "")}
    assert path.read_bytes() == RECORDS
    with path.open("rb") as file:
        assert how == "no lease" or not _lease.stands(file.fileno())


def refused(*_: Any) -> int:
    """A file system without leases."""
    raise OSError(22, "Invalid argument")


@pytest.mark.parametrize(("name", "data"), [("a.jsonl", RECORDS), ("b.md", MARKDOWN)])
def test_who_comes_during_the_exchange_writes_into_what_has_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes
) -> None:
    """Who looked the old file up waits for the exchange, which is taken back: not a byte of theirs is lost."""
    where = young(tmp_path, **{name.replace(".", "__"): data})
    path = where.store / "bench" / name
    writers: list[subprocess.Popen[bytes]] = []
    second_name = _swap._second_name

    def comes(found: _swap.Opened, kept: str) -> bool:
        writers.append(subprocess.Popen([sys.executable, "-c", WRITES, str(path)]))
        while _lease.stands(found.file.fileno()):  # until it waits for us
            assert writers[0].poll() is None
        return second_name(found, kept)

    monkeypatch.setattr(_swap, "_second_name", comes)
    results, _ = applied(where)
    assert outcomes(results) == {name: ("skipped", "in-use")}
    assert writers[0].wait() == 0
    assert path.read_bytes() == data + b"more\n"
    assert [each.name for each in path.parent.iterdir()] == [name]
    assert path.stat().st_nlink == 1


def test_a_file_system_without_second_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There the lease is held over the exchange, which is one rename."""
    where = young(tmp_path, a__jsonl=RECORDS)

    def link(*_: Any, **__: Any) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    assert outcomes(applied(where)[0]) == {"a.jsonl": ("compacted", "")}
    assert len(list((where.store / "bench").iterdir())) == 1


def test_what_the_system_took_back_is_no_error(tmp_path: Path) -> None:
    """Who waits longer than the system lets them goes on, and giving up what is not held any more is silent."""
    where = young(tmp_path, a__jsonl=RECORDS)
    with (where.store / "bench" / "a.jsonl").open("rb") as file:
        assert _lease.take(file.fileno()) is True
        assert _lease.stands(file.fileno()) is True
        _lease.give_up(file.fileno())
        assert _lease.stands(file.fileno()) is False
        _lease.give_up(file.fileno())
        assert _lease.free(file.fileno()) is True
