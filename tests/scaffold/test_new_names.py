"""What `hatch run new` refuses before it looks at any file: names, texts, words."""

from __future__ import annotations

import keyword
import re
import sys
from pathlib import Path

import new
import new_contract
import new_names
import new_package
import pytest

from runpact_core.errors import UsageFailure

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["x", "run_note", "note2", "a" * 40])
def test_names_of_contracts(name: str) -> None:
    """Lower-case words joined by underscores, as long as it may be."""
    new_names.judge("contract", name)


@pytest.mark.parametrize("name", ["x", "run-costs", "costs2", "a" * 24])
def test_names_of_packages(name: str) -> None:
    """Lower-case words joined by hyphens, as long as it may be."""
    new_names.judge("package", name)


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("contract", "RunNote", "'RunNote' is not snake_case: lower-case words joined by _ — did you mean run_note?"),
        ("contract", "run-note", "'run-note' is not snake_case: lower-case words joined by _ — did you mean run_note?"),
        ("contract", "", "'' is not snake_case: lower-case words joined by _ — such as build_note"),
        ("contract", "../x", "'../x' is not snake_case: lower-case words joined by _ — did you mean x?"),
        ("contract", "n\u00f6te", r"'n\xf6te' is not snake_case: lower-case words joined by _ — did you mean n_te?"),
        ("contract", "run_note\n", r"'run_note\n' is not snake_case: lower-case words joined by _ — did you mean"),
        ("contract", "run__note", "'run__note' is not snake_case: lower-case words joined by _ — did you mean run_"),
        ("contract", "a" * 41, f"{'a' * 41} is longer than 40 characters — choose a shorter name"),
        ("contract", "class", "class is a keyword of Python — say which one it is: build_class, not class"),
        ("contract", "match", "match is a keyword of Python — say which one it is: build_match, not match"),
        (
            "contract",
            "json",
            "json is a module of the standard library, which it would hide — say which one it is: run_",
        ),
        ("contract", "nul", "nul is a device on Windows, and can be no file there — choose another name"),
        ("contract", "common", "common is taken: contracts/common.v1.yaml has what contracts share — choose another"),
        ("contract", "readme", "readme is taken: its page would be docs/contracts/README.md where case does not coun"),
        (
            "package",
            "run_costs",
            "'run_costs' is not kebab-case: lower-case words joined by - — did you mean run-costs?",
        ),
        ("package", "2nd", "'2nd' is not kebab-case: lower-case words joined by - — such as build-note"),
        ("package", "a" * 25, f"{'a' * 25} is longer than 24 characters — choose a shorter name"),
        ("package", "gc", "gc is a module of the standard library, which it would hide — say which one it is: run-gc,"),
        ("package", "lambda", "lambda is a keyword of Python — say which one it is: build-lambda, not lambda"),
        ("package", "com1", "com1 is a device on Windows, and can be no file there — choose another name"),
        ("package", "all", "all is taken: runpact[all] is every tool — choose another name"),
    ],
)
def test_names_that_are_refused(kind: str, name: str, said: str) -> None:
    """Another spelling, a keyword, a module, a device, one of our own words: each with its reason."""
    with pytest.raises(UsageFailure) as caught:
        new_names.judge(kind, name)
    assert caught.value.line().startswith(f"error[usage]: {said}")


@pytest.mark.parametrize("kind", ["contract", "package"])
def test_an_advised_name_is_one(kind: str) -> None:
    """What is advised instead of a keyword or a module of Python is not refused itself."""
    advice = re.compile(r"say which one it is: (\S+), not ")
    advised = set()
    for name in {*keyword.kwlist, *keyword.softkwlist, *sys.stdlib_module_names}:
        try:
            new_names.judge(kind, name)
        except UsageFailure as refused:
            found = advice.search(refused.line())
            advised |= {found[1]} if found else set()
    instead = {"package": {"build-class", "run-gc"}, "contract": {"build_class", "run_gc"}}
    assert instead[kind] < advised
    for name in advised:
        new_names.judge(kind, name)


@pytest.mark.parametrize("text", ["", "x" * 81, 'say "no"', "two\nlines", "ends with a stop.", "`x`", "a\\b", " x"])
def test_texts_that_need_no_quotes(text: str) -> None:
    """A summary or a place gets into TOML, YAML, Python and Markdown as it is, or is refused."""
    with pytest.raises(UsageFailure, match="--summary cannot be"):
        new_names.judge_line("--summary", text)
    for taken in ("reports/runs/<run_id>/note.json", "Look at it, (all) of it; don't", "x" * 80):
        new_names.judge_line("--describes", taken)


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("run", {}, "there is a contract run — for another version of it see contracts/README.md"),
        ("pin", {}, "the class Pin is that of contracts/pins.v1_0.yaml — choose another name"),
        ("error_note", {"describes": "a/error.json"}, "a file error.json is a document of failure — name another with"),
        ("build_note", {"owner": "nobody"}, "--owner: there is no package nobody — one of core, gc, "),
        ("build_note", {"describes": "*"}, "--describes cannot be '*' — "),
        (
            "build_note",
            {"describes": "../etc"},
            "--describes cannot be '../etc': it leads out of the project or nowhere",
        ),
        ("build_note", {"describes": "a/../../b.json"}, "--describes cannot be 'a/../../b.json': it leads out of the"),
        ("build_note", {"describes": "./b.json"}, "--describes cannot be './b.json': it leads out of the project or"),
        ("build_note", {"describes": "a//b.json"}, "--describes cannot be 'a//b.json': it leads out of the project or"),
    ],
)
def test_contracts_that_are_taken(name: str, words: dict[str, str], said: str) -> None:
    """The name, a class, a file of another contract; an owner that does not exist."""
    given: dict[str, str | None] = {"owner": "core", "describes": None, **words}
    with pytest.raises(UsageFailure) as caught:
        new_contract.contract(ROOT, name, owner=str(given["owner"]), describes=given["describes"])
    assert caught.value.line().startswith(f"error[usage]: {said}")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("writer", "packages/writer exists — choose another name"),
        ("journeys", "tests/journeys exists — choose another name"),
        ("runs", "runpact runs is a command already — choose another name"),
        ("exec", "runpact exec is a command already — choose another name"),
    ],
)
def test_packages_that_are_taken(name: str, said: str) -> None:
    """A package, a folder of tests, a word of the one command."""
    with pytest.raises(UsageFailure) as caught:
        new_package.package(ROOT, name)
    assert caught.value.line() == f"error[usage]: {said}"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "the following arguments are required: contract|package"),
        (["contract"], "the following arguments are required: NAME"),
        (["thing", "x"], "argument contract|package: invalid choice: 'thing'"),
        (["package", "x", "--owner", "gc"], "unrecognized arguments: --owner gc"),
    ],
)
def test_words_that_make_no_sense(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One line on stderr, exit code 2."""
    assert new.main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"error[usage]: {said}")
    assert err.count("\n") == 1
