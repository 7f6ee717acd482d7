"""`diff`: every part of two runs that may differ, by name; what always differs is no change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from runpact_writer import _diff
from tests.writer.planted_runs import FAILED, FINISHED, finished, look

if TYPE_CHECKING:
    from pathlib import Path


def changes(runs_dir: Path, left: dict[str, Any], right: dict[str, Any]) -> list[tuple[str | None, ...]]:
    """What differs between two runs with these fields."""
    sides = []
    for run_id, fields in ((FINISHED, left), (FAILED, right)):
        checks = fields.pop("checks", [])
        folder = finished(runs_dir, run_id, **fields)
        sides.append(_diff.Side(look(folder), {"checks": checks}))
    return [(change.kind, *change) for change in _diff.diff(*sides)]


def check(name: str, status: str, *evidence: str) -> dict[str, Any]:
    """A check as its document has it."""
    return {"id": name, "name": name, "status": status, "evidence": list(evidence)}


def test_what_always_differs(runs_dir: Path) -> None:
    """Identifiers, times, durations, the machine and the length of the log are no changes."""
    host = {"name": "a", "system": "Linux", "machine": "x86_64"}
    assert changes(runs_dir, {"log": "x\n"}, {"duration_ms": 1, "host": host}) == []


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({}, {"status": "failed"}, [("changed", "status", None, None, '"success"', '"failed"')]),
        (
            {"pipeline_version": "1"},
            {"pipeline_version": "2"},
            [("changed", "pipeline", "pipeline_version", None, '"1"', '"2"')],
        ),
        ({"product": "a"}, {}, [("removed", "product", None, None, '"a"', None)]),
        (
            {},
            {"trigger": {"type": "local_cli", "source": "command line", "actor": "kim"}},
            [("changed", "trigger", "actor", None, '"mia"', '"kim"')],
        ),
        (
            {"git": {"sha": "1" * 40, "sha7": "0000000", "ref": ""}},
            {"git": {"sha": "1" * 40, "sha7": "0000000", "ref": "main"}},
            [("changed", "commit", "ref", None, '""', '"main"')],
        ),
        ({}, {"command": ["a", "b"]}, [("added", "command", None, None, None, '["a","b"]')]),
        ({"exit": {"code": 0}}, {"exit": {"code": 3}}, [("changed", "exit", "code", None, "0", "3")]),
        (
            {"env": {"present": ["A", "B"], "missing": []}},
            {"env": {"present": ["A"], "missing": ["B", "C"]}},
            [
                ("changed", "environment", "B", None, '"present"', '"missing"'),
                ("added", "environment", "C", None, None, '"missing"'),
            ],
        ),
        (
            {"inputs": [{"type": "csv", "ref": "a"}, {"type": "csv", "ref": "a", "range": "1"}]},
            {"inputs": [{"type": "csv", "ref": "a"}, {"type": "csv", "ref": "a", "n": 2}]},
            [
                ("added", "inputs", "csv a #2", "n", None, "2"),
                ("removed", "inputs", "csv a #2", "range", '"1"', None),
            ],
        ),
        (
            {"outputs": [{"type": "a", "ref": "x"}, {"type": "b", "ref": "x"}]},
            {"outputs": [{"type": "b", "ref": "x"}]},
            [("removed", "outputs", "a x", None, '{"ref":"x","type":"a"}', None)],
        ),
        (
            {"metadata": {"a": {"b": 1}, "c": 1}},
            {"metadata": {"a": {"b": 2}, "c": 1}},
            [("changed", "metadata", "a", None, '{"b":1}', '{"b":2}')],
        ),
        ({"metadata": {"a": 1}}, {"metadata": {"a": True}}, [("changed", "metadata", "a", None, "1", "true")]),
        ({"metrics": {"s": 1.5}}, {"metrics": {"s": 2}}, [("changed", "metrics", "s", None, "1.5", "2")]),
        (
            {"warnings": ["slow"]},
            {"warnings": ["slow", "slow"]},
            [("added", "warnings", "slow #2", None, None, '"slow"')],
        ),
        (
            {"checks": [check("a", "pass"), check("b", "pass", "run.log:line:1")]},
            {"checks": [check("c", "skip"), check("b", "fail"), check("a", "pass")]},
            [
                ("changed", "checks", "b", "evidence", '["run.log:line:1"]', "[]"),
                ("changed", "checks", "b", "status", '"pass"', '"fail"'),
                ("added", "checks", "c", None, None, '{"evidence":[],"id":"c","name":"c","status":"skip"}'),
            ],
        ),
        ({"checks": "odd"}, {"checks": [7, {}]}, [
            ("added", "checks", "7", None, None, "7"), ("added", "checks", "?", None, None, "{}"),
        ]),
    ],
)  # fmt: skip
def test_changes(left: dict[str, Any], right: dict[str, Any], expected: list[object], runs_dir: Path) -> None:
    """Each part: what is new, what is gone, what has another value; and nothing else."""
    assert changes(runs_dir, left, right) == expected


def test_documents_that_no_contract_vouches_for(runs_dir: Path) -> None:
    """Of an unknown version the parts may be anything; they are compared as far as they have the known form."""
    folders = [finished(runs_dir, run_id) for run_id in (FINISHED, FAILED)]
    for folder, env in zip(folders, (7, {"present": 7, "missing": ["A"]}), strict=True):
        odd = {"schema_version": "7.0", "env": env, "inputs": 7, "git": "x", "warnings": {"a": 1}}
        (folder / "run.json").write_text(json.dumps(odd))
    found = _diff.diff(*(_diff.Side(look(folder), {}) for folder in folders))
    assert found == [_diff.Change("environment", "A", None, None, '"missing"')]
