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

    from bench.row import Scale

__all__ = ["rows"]

_TESTS_PER_RUN = 10  # of the folder of runs: 100,000 tests where that holds 10,000
_SUITES_OF = 100  # tests in a suite, of which one fails
_FAILURE = '<failure message="assert 1 == 2">{}</failure>'.format("    at line of the trace\n" * 20)


def _write(path: Path, tests: int) -> None:
    """A file as pytest writes it: every hundredth test fails with a trace of twenty lines."""
    each = _SUITES_OF
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="utf-8"?><testsuites>')
        for suite in range(tests // each):
            file.write(f'<testsuite name="pytest" errors="0" failures="1" skipped="0" tests="{each}" ')
            file.write('time="12.5" timestamp="2026-01-19T12:00:00.000000+00:00">')
            for number in range(each):
                file.write(
                    f'<testcase classname="tests.unit.test_part_{suite}" name="test_case[{number}]" time="0.012">'
                )
                file.write(_FAILURE if number == 0 else "")
                file.write("</testcase>")
            file.write("</testsuite>")
        file.write("</testsuites>")


def _walk(path: Path) -> int:
    found = 0
    for _, element in ET.iterparse(path):  # noqa: S314 - the file is our own
        found += element.tag == "testcase"
        element.clear()
    return found


def rows(scale: Scale) -> tuple[Row, ...]:
    """The row, for ten tests for each run of the scale, in whole suites."""
    tests = max(1, scale.runs * _TESTS_PER_RUN // _SUITES_OF) * _SUITES_OF

    def prepare(folder: Path) -> Pair:
        path = folder / "results.xml"
        _write(path, tests)
        found = counts(read_junit(path))
        assert (found.reported, found.failed, found.incomplete) == (tests, tests // _SUITES_OF, ())
        assert _walk(path) == tests
        return Pair(repeated(lambda: read_junit(path)), repeated(lambda: _walk(path)))

    what = f"results of {tests:,} tests from JUnit XML"
    return (Row("import-junit", what, "read_junit", "xml.etree iterparse, nothing kept", None, 8, prepare),)
