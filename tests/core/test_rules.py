"""The five kinds of cross-field rule: where each holds, where it does not, and where it has nothing to say."""

from __future__ import annotations

from typing import Any

import pytest

from runpact_core import documents
from runpact_core._rules import CountBy, Equal, Order, Rule, Sum, Template
from runpact_core.errors import Problem
from tests.core.samples import sample

EQUAL = Equal("r", "m", left="/a", right="/b/c")
SUM = Sum("r", "m", total="/total", parts=("/x", "/y/z"))
ORDER = Order("r", "m", before="/from", after="/to")
TEMPLATE = Template("r", "m", value="/id", template="{*}__{/name}__{/git/sha}")
COUNTS = CountBy("r", "m", items="/items", key="status", counts="/counts")


@pytest.mark.parametrize(
    ("rule", "document", "broken_at"),
    [
        (EQUAL, {"a": 1, "b": {"c": 1}}, None),
        (EQUAL, {"a": 1, "b": {"c": 2}}, "/b/c"),
        (EQUAL, {"a": None, "b": {"c": None}}, None),
        (EQUAL, {"a": None, "b": {"c": 0}}, "/b/c"),
        (EQUAL, {"a": 1, "b": {}}, None),
        (EQUAL, {"b": {"c": 1}}, None),
        (SUM, {"total": 3, "x": 1, "y": {"z": 2}}, None),
        (SUM, {"total": 4, "x": 1, "y": {"z": 2}}, "/total"),
        (SUM, {"total": 1, "x": 1}, None),
        (SUM, {"total": 0}, None),
        (SUM, {"total": 1}, "/total"),
        (SUM, {"x": 1}, None),
        (ORDER, {"from": 1, "to": 1}, None),
        (ORDER, {"from": 2, "to": 1}, "/to"),
        (ORDER, {"from": 2}, None),
        (ORDER, {"to": 2}, None),
        (ORDER, {"from": None, "to": 1}, None),
        (ORDER, {"from": 1, "to": None}, None),
        (ORDER, {"from": "2026-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, None),
        (ORDER, {"from": "2026-01-01T00:00:00.000000001Z", "to": "2026-01-01T00:00:00Z"}, "/to"),
        (ORDER, {"from": "2026-01-01T01:00:00+01:00", "to": "2026-01-01T00:00:00Z"}, None),
        (ORDER, {"from": "2026-01-01T00:00:00Z", "to": "2026-01-01T00:30:00+01:00"}, "/to"),
        (ORDER, {"from": "2026-02-30T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "/from"),
        (ORDER, {"from": "2026-01-01T00:00:00Z", "to": "2026-01-01T24:00:00Z"}, "/to"),
        (TEMPLATE, {"id": "t__n__s", "name": "n", "git": {"sha": "s"}}, None),
        (TEMPLATE, {"id": "t__n__x", "name": "n", "git": {"sha": "s"}}, "/id"),
        (TEMPLATE, {"id": "t__n__s\n", "name": "n", "git": {"sha": "s"}}, "/id"),
        (TEMPLATE, {"id": "a\nb__n__s", "name": "n", "git": {"sha": "s"}}, None),
        (TEMPLATE, {"id": "t__.*__s", "name": ".*", "git": {"sha": "s"}}, None),
        (TEMPLATE, {"id": "t__n__s", "name": ".*", "git": {"sha": "s"}}, "/id"),
        (TEMPLATE, {"id": "t__7__s", "name": 7, "git": {"sha": "s"}}, None),
        (TEMPLATE, {"name": "n", "git": {"sha": "s"}}, None),
        (TEMPLATE, {"id": "t__n__s", "name": "n", "git": {}}, None),
        (COUNTS, {"items": [], "counts": {"pass": 0}}, None),
        (COUNTS, {"items": [{"status": "pass"}, {"status": "pass"}], "counts": {"pass": 2, "fail": 0}}, None),
        (COUNTS, {"items": [{"status": "pass"}], "counts": {"pass": 2, "fail": 0}}, "/counts/pass"),
        (COUNTS, {"items": [{"status": "pass"}], "counts": {"pass": 1, "fail": 1}}, "/counts/fail"),
        (COUNTS, {"items": [{"status": "new"}], "counts": {"pass": 0}}, "/counts"),
        (COUNTS, {"items": [{}], "counts": {"pass": 0}}, None),
        (COUNTS, {"items": [{"status": None}], "counts": {"pass": 0}}, None),
        (COUNTS, {"items": [], "counts": {"pass": 0, "note": "an unknown field"}}, None),
        (COUNTS, {"items": [], "counts": {"pass": 0, "a/b~c": 1}}, "/counts/a~1b~0c"),
        (COUNTS, {"items": []}, None),
        (COUNTS, {"counts": {"pass": 1}}, None),
    ],
)
def test_rules(rule: Rule, document: dict[str, Any], broken_at: str | None) -> None:
    """A rule points to what does not hold; where a field is absent it has nothing to say."""
    assert rule.broken_at(document) == broken_at
    assert (rule.id, rule.message) == ("r", "m")


def test_a_template_is_plain_text_beside_its_fields() -> None:
    """Signs of regular expressions in a template stand for themselves."""
    rule = Template("r", "m", value="/id", template="a.b({/n})+$")
    assert rule.broken_at({"id": "a.b(1)+$", "n": "1"}) is None
    assert rule.broken_at({"id": "axb(1)+$", "n": "1"}) == "/id"


def test_unknown_fields_are_not_ruled() -> None:
    """What a contract does not know takes no part in its rules: a newer total is no count of a status."""
    data = sample("checks/0.2/one-of-each", schema_version="0.9")
    data["summary"] = {"total": 7, "note": 1} | data["summary"]
    data["checks"][0]["weight"] = [1]
    assert documents.validate("checks", data) == []
    data["summary"]["pass"] += 1
    (problem,) = documents.validate("checks", data)
    assert (problem.pointer, problem.rule) == ("/summary/pass", "summary-counts-the-checks")


def test_a_moment_that_does_not_exist_is_what_is_reported() -> None:
    """An order cannot be judged then; the message says why, not that one moment is earlier."""
    impossible = "2026-02-31T25:61:61Z"
    run = sample("run/0.1/full", started_utc=impossible, finished_utc=impossible)
    problems = documents.validate("run", run)
    message = f"{impossible!r} names a day that does not exist: day is out of range for month"
    assert problems == [Problem("/started_utc", "run-ends-after-it-starts", message)]
