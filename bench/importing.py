"""Importing: the results of 100,000 tests as JUnit XML, against a bare walk of the same file that keeps nothing.

The peer is what the standard library does at best: its parser over the file, each element thrown away as it ends. It
makes no report, refuses nothing, and stops at the first byte that XML forbids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from bench.measure import repeated
from bench.row import Pair, Row
from runpact_reporter._counts import counts
from runpact_reporter._junit import read_junit

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ROWS"]

_TESTS = 100_000
_SUITES = 100
_FAILURE = '<failure message="assert 1 == 2">{}</failure>'.format("    at line of the trace\n" * 20)


def _write(path: Path) -> None:
    """A file as pytest writes it: every hundredth test fails with a trace of twenty lines."""
    each = _TESTS // _SUITES
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="utf-8"?><testsuites>')
        for suite in range(_SUITES):
            file.write(f'<testsuite name="pytest" errors="0" failures="{each // 100}" skipped="0" tests="{each}" ')
            file.write('time="12.5" timestamp="2026-01-19T12:00:00.000000+00:00">')
            for number in range(each):
                file.write(
                    f'<testcase classname="tests.unit.test_part_{suite}" name="test_case[{number}]" time="0.012">'
                )
                file.write(_FAILURE if number % 100 == 0 else "")
                file.write("</testcase>")
            file.write("</testsuite>")
        file.write("</testsuites>")


def _walk(path: Path) -> int:
    found = 0
    for _, element in ET.iterparse(path):  # noqa: S314 - the file is our own
        found += element.tag == "testcase"
        element.clear()
    return found


def _prepare(folder: Path) -> Pair:
    path = folder / "results.xml"
    _write(path)
    found = counts(read_junit(path))
    assert (found.reported, found.failed, found.incomplete) == (_TESTS, _TESTS // 100, ())
    assert _walk(path) == _TESTS
    return Pair(repeated(lambda: read_junit(path)), repeated(lambda: _walk(path)))


ROWS = (
    Row(
        "import-junit",
        "results of 100,000 tests from JUnit XML",
        "read_junit",
        "xml.etree iterparse, nothing kept",
        None,
        8,
        _prepare,
    ),
)
