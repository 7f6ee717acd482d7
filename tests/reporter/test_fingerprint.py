"""The same failure has the same print wherever and whenever it happens; another failure has another one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runpact_reporter import failure_event
from runpact_reporter._fingerprint import normalized


def fingerprint(error: object) -> str:
    """The print of an error."""
    return str(failure_event(error)["fingerprint"])


SAME = [
    ("No such file: '/tmp/pytest-of-mia/pytest-3/x/report.xml'", "No such file: '/home/ci/work/report.xml'"),
    ("No such file: C:\\Users\\mia\\report.xml", "No such file: D:\\build\\7\\report.xml"),
    ("object at 0x7f3a1c2b9d40", "object at 0x55d0c1"),
    ("run 3f2b8c1d-9e4a-4b6c-8d7e-1f2a3b4c5d6e failed", "run 0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d failed"),
    ("commit a1b2c3d is bad", "commit 9f8e7d6c5b4a39281706 is bad"),
    ("took 12.5 s at 2026-01-19T12:00:00Z", "took 7 s at 2026-02-03 04:05:06.789+01:00"),
    ("run 20260119T061512Z failed", "run 20270219T121314Z failed"),
    ("\x1b[31mred\x1b[0m  text\n", "red text"),
    ("line 12: 3 rows", "line 99: 40 rows"),
    ("connect to 10.0.0.7:8080", "connect to 192.168.1.20:80"),
    ("token ghp_" + "a1B2" * 9, "token ghp_" + "c3D4" * 9),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_differs_from_run_to_run_does_not_matter(one: str, other: str) -> None:
    """Folders, addresses, ids, times, numbers, colours and secrets."""
    assert fingerprint(one) == fingerprint(other)
    assert fingerprint({"type": "E", "message": one}) == fingerprint({"type": "E", "message": other})


OTHER: list[tuple[Any, Any]] = [
    ("connection refused", "connection reset"),
    (ValueError("x"), TypeError("x")),
    ("No such file: /a/report.xml", "No such file: /a/results.xml"),
    ({"message": "x", "cause": {"message": "y"}}, {"message": "x", "cause": {"message": "z"}}),
    ({"message": "x", "exit_code": 124}, {"message": "x", "exit_code": 1}),
    ("feed is empty", "deed is empty"),
]


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_other_failures_have_other_prints(one: object, other: object) -> None:
    """Words, types, names of files, causes and kinds tell failures apart."""
    assert fingerprint(one) != fingerprint(other)


def program(lines: int, folder: str, call: str = "work") -> BaseException:
    """An error raised in a file of some folder, so many lines down, in a function of some name."""
    source = "\n" * lines + f"def {call}():\n    raise ValueError('no')\n{call}()\n"
    try:
        exec(compile(source, f"{folder}/pipeline.py", "exec"), {})  # noqa: S102 - a traceback of our making
    except ValueError as error:
        return error
    raise AssertionError


def test_line_numbers_and_folders_do_not_matter_but_functions_do() -> None:
    """The same code elsewhere, moved down, is the same failure; another function is another one."""
    assert fingerprint(program(0, "/a")) == fingerprint(program(40, "/home/ci/b"))
    assert fingerprint(program(0, "/a")) != fingerprint(program(0, "/a", "other"))


def test_a_traceback_in_a_mapping_counts_like_one() -> None:
    """Files and functions of a written traceback; its folders and line numbers do not matter."""
    text = 'Traceback (most recent call last):\n  File "{}/x.py", line {}, in {}\nValueError: no\n'
    first, moved, other = (
        {"type": "ValueError", "message": "no", "traceback": text.format(*parts)}
        for parts in (("/a", 1, "f"), ("C:\\b", 99, "f"), ("/a", 1, "g"))
    )
    assert fingerprint(first) == fingerprint(moved | {"traceback": text.format("/z/y", 7, "f")})
    assert fingerprint(first) != fingerprint(other)


@given(st.text(max_size=200))
def test_normalizing_twice_is_normalizing_once_for_words(text: str) -> None:
    """The same text always gives the same form, in bounded length."""
    assert normalized(text) == normalized(text)
    assert len(normalized(text)) <= 6 * len(text)


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_no_number_matters(one: int, other: int) -> None:
    """Any two numbers in one place give one print."""
    assert normalized(f"row {one} of x") == normalized(f"row {other} of x")


@pytest.mark.parametrize("text", ["/" * 100_000, "a/" * 50_000, "0" * 100_000, "a" * 100_000 + "!", " " * 100_000])
def test_long_texts_cost_no_time(text: str) -> None:
    """Nothing repeats without bound; a hostile text is normalized at once (a hang would fail the run)."""
    assert len(normalized(text)) < 10_000
