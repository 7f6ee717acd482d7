"""JUnit files of five producers become reports that say what the files say."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from runpact_core import documents
from runpact_reporter._counts import counts, verdict
from runpact_reporter._junit import read_junit
from runpact_reporter._junit_case import milliseconds
from tests.reporter import junit_samples
from tests.reporter.support import environment

SAMPLES = {name.lower(): getattr(junit_samples, name) for name in junit_samples.__all__}
SCHEMA = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "reports" / "ctrf.schema.json"
"""The published schema, beside the repository where the folder of published documents is."""

needs_workers = pytest.mark.skipif(find_spec("xdist") is None, reason="pytest-xdist is not installed")

PYTEST_FILE = """
import pytest

@pytest.fixture
def bad_end():
    yield
    raise RuntimeError("end")

def test_passes(): pass

@pytest.mark.parametrize("name", ["a::b", "c"])
def test_named(name): pass

def test_fails():
    print("printed")
    assert 1 == 2

def test_both(bad_end): assert 0

@pytest.mark.skip(reason="not here")
def test_skipped(): pass

@pytest.mark.xfail(reason="known")
def test_known(): assert 0
"""


def read(tmp_path: Path, text: str | bytes) -> dict[str, Any]:
    """The report of a file with this text."""
    path = tmp_path / "results.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_junit(path)


def named(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The tests by name; each name once."""
    tests = report["results"]["tests"]
    by_name = {test["name"]: test for test in tests}
    assert len(by_name) == len(tests)
    return by_name


@pytest.mark.parametrize("producer", sorted(SAMPLES))
def test_every_report_is_admitted(tmp_path: Path, producer: str) -> None:
    """What is read passes the strict view of the contract."""
    assert documents.validate("test_report", read(tmp_path, SAMPLES[producer]), strict=True) == []


@pytest.mark.skipif(not SCHEMA.exists(), reason="the published schema of CTRF is not on this machine")
@pytest.mark.parametrize("producer", sorted(SAMPLES))
def test_the_published_schema_admits_every_report(tmp_path: Path, producer: str) -> None:
    """What is read is CTRF by the schema that its authors publish."""
    jsonschema.Draft7Validator(json.loads(SCHEMA.read_bytes())).validate(read(tmp_path, SAMPLES[producer]))


def test_surefire(tmp_path: Path) -> None:
    """Reruns and flakes are attempts, thousands have commas, and the suite's name is not told twice."""
    report = read(tmp_path, junit_samples.SUREFIRE)
    tests = named(report)
    assert report["results"]["tool"] == {"name": "surefire"}
    assert verdict(counts(report), 1) == ("failed", "1 failed, 2 passed, 1 skipped (1 flaky)")
    assert counts(report).retried == 2
    assert [tests[name]["duration"] for name in ("adds", "pays", "ships", "total")] == [125, 1_002_500, 0, 12]
    assert tests["adds"]["suite"] == ["shop.CartTest"]
    assert tests["adds"]["retryAttempts"] == [
        {"attempt": 1, "status": "failed", "message": "expected 2", "trace": "at CartTest.adds",
         "stdout": ["first try"]},
        {"attempt": 2, "status": "failed", "message": "TimeoutException", "trace": "at CartTest.wait"},
        {"attempt": 3, "status": "passed"},
    ]  # fmt: skip
    pays = tests["pays"]
    assert (pays["rawStatus"], pays["message"], pays["trace"]) == ("error", "refused", "at CartTest.pays")
    assert (pays["stdout"], pays["retries"], "flaky" in pays) == (["paying"], 2, False)
    assert [each["trace"] for each in pays["retryAttempts"]] == [
        "at CartTest.pays", "at CartTest.pays 2", "old form without an element",
    ]  # fmt: skip
    assert tests["ships"]["message"] == "no carrier"


def test_gradle(tmp_path: Path) -> None:
    """A case that is written again after it failed is an attempt; one that passed twice is two tests."""
    report = read(tmp_path, junit_samples.GRADLE)
    tests = report["results"]["tests"]
    assert [(test["name"], test["status"]) for test in tests] == [
        ("adds()", "passed"), ("pays()", "failed"), ("total()", "passed"), ("total()", "passed"),
    ]  # fmt: skip
    assert [test.get("retries") for test in tests] == [1, 1, None, None]
    assert tests[0]["flaky"] is True
    assert tests[0]["retryAttempts"][0]["message"] == "expected 2"
    assert counts(report).expected == 4
    assert verdict(counts(report), 1) == ("failed", "1 failed, 3 passed (1 flaky)")
    assert report["results"]["summary"]["start"] == 1_768_824_000_000
    assert report["results"]["summary"]["stop"] == 1_768_824_000_500
    assert report["results"]["extra"] == {"runpact": {"suites": [{"name": "shop.CartTest", "stderr": "warned"}]}}


def test_jest(tmp_path: Path) -> None:
    """The text of a failure is its trace, and the suite names the file."""
    report = read(tmp_path, junit_samples.JEST)
    tests = named(report)
    assert report["results"]["tool"] == {"name": "jest"}
    assert verdict(counts(report)) == ("failed", "1 failed, 1 passed, 1 skipped")
    assert tests["cart pays"]["trace"].startswith("Error: expect(received)")
    assert tests["cart adds"] == {
        "name": "cart adds", "status": "passed", "duration": 5, "suite": ["cart", "cart adds"],
        "filePath": "src/cart.test.js",
    }  # fmt: skip


def test_go(tmp_path: Path) -> None:
    """Names of Go are unique, so a test that is written again was run again."""
    report = read(tmp_path, junit_samples.GO)
    assert report["results"]["tool"] == {"name": "go", "version": "1.22.1"}
    assert named(report)["TestPay/card"]["flaky"] is True
    assert verdict(counts(report), 0) == ("success", "2 passed (1 flaky)")


@pytest.mark.parametrize(
    ("family", "more"), [("xunit1", []), ("xunit2", []), pytest.param("xunit2", ["-n2"], marks=needs_workers)]
)
def test_pytest(project: Path, family: str, more: list[str]) -> None:
    """Files that pytest itself writes, of both families and of workers, read as the session was."""
    (project / "test_it.py").write_text(PYTEST_FILE, encoding="utf-8")
    (project / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *more,
               "-o", f"junit_family={family}", "--junitxml=out.xml"]  # fmt: skip
    subprocess.run(command, cwd=project, env=environment(), check=False, capture_output=True, timeout=120)
    report = read_junit(project / "out.xml")
    assert documents.validate("test_report", report, strict=True) == []
    found = counts(report)
    assert (found.expected, found.reported, found.incomplete) == (8, 8, ())
    assert verdict(found, 1) == ("failed", "3 failed, 3 passed, 2 skipped")
    by_name = {test["name"]: test for test in report["results"]["tests"]}
    assert [test["name"] for test in report["results"]["tests"]].count("test_both") == 2
    assert by_name["test_known"]["rawStatus"] == "xfailed"
    assert by_name["test_fails"]["message"] == "assert 1 == 2"
    assert by_name["test_named[a::b]"]["suite"] == ["pytest", "test_it"]
    assert by_name["test_passes"].get("line") == (9 if family == "xunit1" else None)


def test_duplicated_names_stay_apart(tmp_path: Path) -> None:
    """Where names need not be unique, a failure is no first attempt at a pass of the same name."""
    text = "<testsuite><testcase name='a'><failure/></testcase><testcase name='a'/><testcase name='a'/></testsuite>"
    report = read(tmp_path, text)
    assert verdict(counts(report), 0) == ("failed", "1 failed, 2 passed")


@pytest.mark.parametrize(
    ("case", "status", "raw"),
    [
        ("<testcase/>", "passed", None),
        ("<testcase><system-out>x</system-out><properties><property/></properties></testcase>", "passed", None),
        ("<testcase><skipped/></testcase>", "skipped", None),
        ("<testcase><error/></testcase>", "failed", "error"),
        ("<testcase><failure/><error/></testcase>", "failed", None),
        ("<testcase><skipped/><failure/></testcase>", "failed", None),
        ("<testcase><rerunFailure/></testcase>", "failed", None),
        ("<testcase><inconclusive/></testcase>", "other", "inconclusive"),
        ("<testcase status='run' result='completed'/>", "passed", None),
        ("<testcase status='notrun'/>", "skipped", "notrun"),
        ("<testcase status='FAILED'/>", "failed", "FAILED"),
        ("<testcase status='exploded'/>", "other", "exploded"),
    ],
)
def test_status(tmp_path: Path, case: str, status: str, raw: str | None) -> None:
    """Each way to say an outcome; one that nobody knows is no pass."""
    (test,) = read(tmp_path, f"<testsuite>{case}</testsuite>")["results"]["tests"]
    assert (test["status"], test.get("rawStatus")) == (status, raw)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.5", 1500), (" 0.0004 ", 0), ("1,234.5", 1_234_500), ("1,234", 1_234_000), ("1,234,567.25", 1_234_567_250),
        ("0,123", 123), ("1,5", 1500), ("1e-3", 1), ("-1", None), ("nan", None), ("inf", None), ("", None),
        ("soon", None), ("1e99", None), (None, None),
    ],
)  # fmt: skip
def test_times(text: str | None, expected: int | None) -> None:
    """Seconds as producers write them, in milliseconds; what is no duration is none."""
    assert milliseconds(text) == expected


def test_a_time_that_is_none_is_kept(tmp_path: Path) -> None:
    """A duration that cannot be read is 0, with what was written beside it."""
    (test,) = read(tmp_path, "<testsuite><testcase name='a' time='-1'/></testsuite>")["results"]["tests"]
    assert (test["duration"], test["extra"]) == (0, {"time": "-1"})
