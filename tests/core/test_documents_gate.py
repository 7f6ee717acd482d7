"""The gate: schemas that fetch nothing, patterns in linear time, problems with a place, hints that stay cheap."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import runpact_core
from codegen import views
from evolution import generate
from runpact_core import _gate, documents
from runpact_core.errors import Problem
from tests.core.samples import sample

PROBE_LENGTH = 100_000
PATTERN_LIMIT_S = 0.05
SCHEMA_LIMIT_S = 1.0
(RUN,) = documents.find_contract("run@0.2")

CANARY = """\
import sys
seen = []
def hook(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname") or (
        event == "open" and "canary" in str(arguments[0])
    ):
        seen.append((event, str(arguments)))
from runpact_core import _gate, documents
import jsonschema_rs
sys.addaudithook(hook)
refused = 0
for reference in sys.argv[1:]:
    for schema in ({"$ref": reference}, {"$id": "urn:runpact:x:strict", "properties": {"a": {"$ref": reference}}}):
        try:
            _gate.make_validator(schema)
        except jsonschema_rs.ValidationError:
            refused += 1
    raw = b'{"schema_version": "0.1", "products": [], "$schema": "%s", "$ref": "%s"}' % ((reference.encode(),) * 2)
    documents.read("products", raw).model()
    documents.validate("products", raw, strict=True)
print(refused, seen)
"""


def test_nothing_is_fetched(tmp_path: Path) -> None:
    """A reference to another place is refused; a listening port sees no connection, a canary file is not opened."""
    canary = tmp_path / "canary.json"
    canary.write_bytes(b'{"type": "object"}')
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        port = server.getsockname()[1]
        references = [f"{scheme}://127.0.0.1:{port}/canary.json" for scheme in ("http", "https", "ftp")]
        references += [canary.as_uri(), "data:application/json,%7B%7D", "canary.json", "../canary.json", str(canary)]
        done = subprocess.run(
            [sys.executable, "-c", CANARY, *references],
            cwd=tmp_path,
            env={"PYTHONPATH": str(Path(runpact_core.__file__).parents[1])},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.stdout, done.stderr) == (f"{2 * len(references)} []\n", "")
        with pytest.raises(BlockingIOError):
            server.accept()


def chain(length: int) -> dict[str, Any]:
    """Definitions that refer to one another in a row; the last is a string."""
    links = {str(number): {"$ref": f"#/$defs/{number + 1}"} for number in range(length)}
    return {"$defs": links | {str(length): {"type": "string"}}, "$ref": "#/$defs/0"}


@pytest.mark.parametrize(
    ("schema", "document", "admitted"),
    [
        ({"$ref": "#"}, {}, True),
        ({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}, {}, True),
        ({"type": "object", "properties": {"a": {"$ref": "#"}}}, {"a": {"a": {"a": 1}}}, False),
        (chain(10_000), "x", True),
        (chain(10_000), 1, False),
        (
            {"$id": "urn:x:y", "$dynamicAnchor": "n", "anyOf": [{"$dynamicRef": "#n"}, {"$dynamicRef": "#n"}]},
            {},
            True,
        ),
    ],
    ids=["to itself", "to each other", "recursive", "chain", "chain, refused", "dynamic"],
)
def test_references_that_go_round_end(schema: dict[str, Any], document: object, *, admitted: bool) -> None:
    """Loops and long chains of references cost less than a second of the processor, and neither crash nor hang."""
    began = time.process_time()
    assert _gate.make_validator(schema).is_valid(document) is admitted
    assert time.process_time() - began < SCHEMA_LIMIT_S


def patterns() -> dict[str, dict[str, Any]]:
    """Every schema of every contract that has a pattern, without the limit on length that protects it."""
    found = {}
    for version in documents.catalog():
        for _, node in views.subschemas(json.loads(documents.schema(version))):
            if "pattern" in node:
                found[node["pattern"]] = {"type": "string", "pattern": node["pattern"]}
    return found


def probes(pattern: str) -> list[str]:
    """Long texts of what the pattern takes, of one character, and both with an end that it does not take."""
    fitting = generate.text_of_length(pattern, PROBE_LENGTH) if pattern[0] == "^" else None
    texts = [letter * PROBE_LENGTH for letter in "a0A-.:/_=Z \u0663"] + [fitting or "a-" * (PROBE_LENGTH // 2)]
    return texts + [text[:-1] + end for text in texts for end in ("\n", "!", "\u00e9")]


@pytest.mark.parametrize("pattern", [*patterns(), "^(a+)+$"])
def test_patterns_are_linear(pattern: str) -> None:
    """No text of a hundred thousand characters costs more than 50 ms of the processor; the best of three counts."""
    validator = _gate.make_validator({"type": "string", "pattern": pattern})
    texts = probes(pattern)
    assert len(texts) >= 40
    for text in texts:
        costs = []
        for _ in range(3):
            began = time.process_time()
            validator.is_valid(text)
            costs.append(time.process_time() - began)
        assert min(costs) < PATTERN_LIMIT_S, text[:10]


@pytest.mark.parametrize("pattern", ["^(?=a)(a+)+$", r"^(a+)\1$", "^(?<!b)a$"])
def test_a_pattern_that_must_backtrack_is_refused(pattern: str) -> None:
    """What cannot run in linear time is no schema at all."""
    with pytest.raises(jsonschema_rs.ValidationError):
        _gate.make_validator({"type": "string", "pattern": pattern})


def test_patterns_of_the_contracts_are_looked_at() -> None:
    """There are patterns to probe, and each is the run time's own."""
    assert len(patterns()) >= 10


@pytest.mark.parametrize("trick", ["\n", "\r", "\x00", " ", "\u0661", "\uff41", "\u2028", "\u200f", "\u202e", "\ufeff"])
def test_identifiers_take_no_tricks(trick: str) -> None:
    """A line feed, digits and letters of other scripts, marks that turn the text: refused at both ends."""
    data = sample("run/0.2/everything")
    for name in ("run_id", "parent_run_id", "pipeline_id", "product", "started_utc"):
        for value in (data[name] + trick, trick + data[name]):
            rules = {problem.rule for problem in documents.validate("run", data | {name: value})}
            assert "pattern" in rules, (name, value)


def test_problems_have_places_in_order() -> None:
    """Each unknown field is a problem of its own, at its own pointer, escaped; order is that of the places."""
    data = sample("run/0.2/full", stauts=1, **{"a/b~c": 2})
    data["git"] = {"sha": "x", "sha7": "A1B2C3D", "ref": 1}
    found = _gate.problems(RUN, "strict", data, check_integers=True)
    assert [(problem.pointer, problem.rule) for problem in found] == [
        ("/a~1b~0c", "additionalProperties"),
        ("/git/ref", "type"),
        ("/git/sha7", "pattern"),
        ("/stauts", "additionalProperties"),
    ]
    assert found[3].message == "unknown field (did you mean status?)"
    assert found[0].message == "unknown field"


def test_a_long_message_is_cut() -> None:
    """A value of any size is quoted up to 300 characters."""
    found = _gate.problems(RUN, "strict", sample("run/0.2/full", run_id="x" * 5000), check_integers=False)
    assert [problem.rule for problem in found] == ["maxLength", "pattern"]
    assert [(len(problem.message), problem.message[-1]) for problem in found] == [(301, "…")] * 2


@pytest.mark.parametrize(("value", "shown"), [("done", '"done"'), ("x" * 5000, '"' + "x" * 59 + "…"), (None, "null")])
def test_every_value_that_may_stand_there_is_named(value: str | None, shown: str) -> None:
    """Not the first two and a number of others; a long value is cut before them."""
    found = _gate.problems(RUN, "strict", sample("run/0.2/full", status=value), check_integers=False)
    messages = [problem.message for problem in found if problem.rule == "enum"]
    assert messages == [f'{shown} is not one of "success", "failed", "partial"']


@pytest.mark.parametrize(
    "more",
    [{f"n{number}": 1 for number in range(20_000)}, {"x" * 500_000: 1}, {"git": {"sha": "", "zz": 1} | {"y" * 90: 1}}],
    ids=["many", "long", "few"],
)
def test_hints_stay_cheap(more: dict[str, Any]) -> None:
    """Hints are for mistakes of people: a flood of unknown names, or an endless one, gets none, and costs little."""
    began = time.process_time()
    found = _gate.problems(RUN, "strict", sample("run/0.2/full", **more), check_integers=False)
    assert time.process_time() - began < SCHEMA_LIMIT_S
    unknown = [problem for problem in found if problem.rule == "additionalProperties"]
    assert len(unknown) == len(more) + ("git" in more)
    assert "git" in more or {problem.message for problem in unknown} == {"unknown field"}


def test_a_flood_of_faulty_objects_is_cheap() -> None:
    """Twenty thousand elements with an unknown field each are named without a hint, in less than a second or two."""
    data = sample("run/0.2/full", env={"present": [], "missing": [], "prseent": 1})
    (alone,) = _gate.problems(RUN, "strict", data, check_integers=False)
    assert alone == Problem("/env/prseent", "additionalProperties", "unknown field (did you mean present?)")
    (checks,) = documents.find_contract("checks@0.1")
    check = {"id": "a", "name": "", "status": "pass", "evidence": [], "statsu": 1}
    flood = sample("checks/0.1/none", checks=[check] * 20_000)
    found = _gate.problems(checks, "strict", flood, check_integers=False)
    assert {problem.message for problem in found} == {"unknown field"}
    assert len(found) == 20_000


def test_a_refusal_says_that_nothing_is_fetched() -> None:
    """Who writes such a schema learns why it is refused."""
    with pytest.raises(jsonschema_rs.ValidationError, match=r"schemas are never fetched: http://x\.invalid/y"):
        _gate.make_validator({"$ref": "http://x.invalid/y"})


def test_a_schema_that_is_none_is_an_error() -> None:
    """What is no schema is refused by the validator, not at the first document."""
    with pytest.raises(jsonschema_rs.ValidationError):
        _gate.make_validator({"type": 7})
