"""Watching sees who reads and writes documents, and changes nothing of it."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from evolution.watched import Use, watching
from runpact_core import _json, documents, files, jsonl
from runpact_core.errors import UnknownContract

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
RUN = (ROOT / "contracts/examples/run/0.2/valid/minimal.json").read_bytes()
OLD_RUN = (ROOT / "contracts/examples/run/0.1/valid/minimal.json").read_bytes()
RECORD = json.loads((ROOT / "contracts/examples/history_record/1.0/valid/of-a-report.json").read_bytes())


def within(module: str, code: str, **names: Any) -> None:
    """Run code as a function of a module would."""
    exec(compile(code, module, "exec"), {"__name__": module, **names})  # noqa: S102 - who runs it is what is tested


def test_who_asked_is_the_nearest_tool() -> None:
    """The hub reads for the tool that called it, for the nearest of several, and else for itself."""
    with watching() as seen:
        documents.read("run", RUN)
        within("runpact_gc._scan", "documents.read('run', data)", documents=documents, data=OLD_RUN)
        inner = "documents.read('run', data)"
        names = {"within": within, "inner": inner, "documents": documents, "data": RUN}
        outer = "within('runpact_writer.cli', inner, documents=documents, data=data)"
        within("runpact_reporter._generate", outer, **names)
    assert seen.reads == {Use("core", "run", "0.2"), Use("gc", "run", "0.1"), Use("writer", "run", "0.2")}
    assert seen.writes == set()


def test_a_document_of_another_version_is_not_read_as_what_it_is() -> None:
    """A newer minor, an unknown major and a refused document are no reading of a version."""
    newer = RUN.replace(b'"schema_version": "0.2"', b'"schema_version": "0.9"')
    with watching() as seen:
        assert documents.read("run", newer).reading == "tolerant"
        assert documents.read("run", newer.replace(b'"0.9"', b'"9.0"')).reading == "best-effort"
    assert seen.reads == set()


def test_tools_that_parse_by_themselves_are_seen() -> None:
    """Three parsers, called by a tool's own function; by anybody else, or of what is no document, they pass unseen."""
    parsers: list[tuple[ModuleType, str]] = [(json, "loads"), (orjson, "loads"), (_json, "parse")]
    for home, name in parsers:
        with watching() as seen:
            within("runpact_gc._status", f"home.{name}(data)", home=home, data=OLD_RUN)
            within("somebody", f"home.{name}(data)", home=home, data=RUN)
            for data in (b"[]", b'{"a": 1}', RUN.replace(b'"status": "success"', b'"status": 1')):
                within("runpact_gc._status", f"home.{name}(data)", home=home, data=data)
        assert seen.reads == {Use("gc", "run", "0.1")}, home.__name__


def test_what_cannot_be_written_again_is_no_document() -> None:
    """An integer beyond 64 bits ends nothing."""
    with watching() as seen:
        within("runpact_gc._status", "json.loads('{\"a\": ' + '9' * 30 + '}')", json=json)
    assert seen.reads == set()


def test_every_way_of_writing_is_seen(tmp_path: Path) -> None:
    """A whole file, a file with its lock, a line, and bytes at the end of an open file; each is really written."""
    code = """
documents.write(folder / "run.json", json.loads(run))
files.close(files.replace_locked(folder / "open.json", run))
jsonl.append(folder / "report_history.jsonl", record)
descriptor = files.open_append(folder / "log")
files.append(descriptor, b"no document\\n")
files.append(descriptor, run)
files.close(descriptor)
"""
    names = {"documents": documents, "files": files, "jsonl": jsonl, "json": json}
    with watching() as seen:
        within("runpact_reporter._x", code, **names, folder=tmp_path, run=RUN, record=RECORD)
    assert seen.writes == {Use("reporter", "run", "0.2"), Use("reporter", "history_record", "1.0")}
    assert (tmp_path / "run.json").read_bytes() == documents.dumps(json.loads(RUN))
    assert (tmp_path / "open.json").read_bytes() == RUN
    assert (tmp_path / "log").read_bytes() == b"no document\n" + RUN
    assert (tmp_path / "report_history.jsonl").read_bytes() == jsonl.dumps(RECORD)


def test_lines_are_judged_one_by_one() -> None:
    """A file of lines is as many documents; one that no producer may write is none."""
    with watching() as seen:
        seen.wrote(jsonl.dumps(RECORD) * 2, "report_history.jsonl", "reporter")
        seen.wrote(RUN.replace(b'"status"', b'"state"'), "run.json", "gc")
        seen.wrote(documents.dumps({**json.loads(RUN), "unheard_of": 1}), "run.json", "gc")
        seen.wrote(b"1 passed\n" + RUN, None, "gc")
    assert seen.writes == {Use("reporter", "history_record", "1.0")}


def test_threads_of_a_tool_are_seen() -> None:
    """A function of a tool in another thread asks for its tool."""
    names = {"documents": documents, "data": RUN}
    with watching() as seen:
        arguments = ("runpact_status_matrix._ingest", "documents.read('run', data)")
        thread = threading.Thread(target=within, args=arguments, kwargs=names)
        thread.start()
        thread.join()
    assert seen.reads == {Use("status-matrix", "run", "0.2")}


def test_nothing_is_left_behind() -> None:
    """After the block, and where it fails, everything is the function that it was."""
    places: list[tuple[ModuleType, str]] = [
        (documents, "read"),
        (json, "loads"),
        (orjson, "loads"),
        (_json, "parse"),
        (files, "replace"),
        (files, "replace_locked"),
        (files, "append"),
        (jsonl, "append"),
    ]
    before = [getattr(home, name) for home, name in places]
    with watching():
        during = [getattr(home, name) for home, name in places]
    assert [getattr(home, name) for home, name in places] == before
    assert not set(map(id, during)) & set(map(id, before))
    with pytest.raises(UnknownContract), watching():
        documents.read("unheard_of", RUN)
    assert [getattr(home, name) for home, name in places] == before
