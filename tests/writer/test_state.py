"""What a run becomes, without a disk: its moments, its documents, and that its words are the contracts' words."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import documents
from runpact_core.errors import UsageFailure
from runpact_writer import _state, _surroundings
from runpact_writer._state import RunState, snake_case
from runpact_writer.errors import InvalidPipelineId, WrongMoment
from tests.writer.support import NOON, around

if TYPE_CHECKING:
    from collections.abc import Callable

    from syrupy.assertion import SnapshotAssertion

RUN_ID = "20260119T120000Z__P2-Backfill__a1b2c3d"


def started() -> RunState:
    """A run as the recorder starts it, with nothing of this machine."""
    state = RunState("P2-Backfill", "0.1.0", ["NEON_DSN"])
    state.start(
        run_id=RUN_ID,
        started_utc=_surroundings.utc(NOON),
        trigger={"type": "github_schedule", "source": "backfill.yml", "actor": "mia"},
        git={"sha": "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678", "sha7": "a1b2c3d", "ref": "main"},
        env={"present": ["NEON_DSN"], "missing": []},
        host={"name": "build-7", "system": "Linux", "machine": "x86_64", "pid": 4711, "boot_id": "b00t"},
    )
    return state


def recorded() -> RunState:
    """A run with one of everything, finished."""
    state = started()
    state.add("inputs", {"type": "oanda", "ref": "GBP_USD", "range": "2026-01-13 to 2026-01-17"})
    state.add("outputs", {"type": "neon_table", "ref": "ovc.blocks", "rows_written": 60})
    state.check("rows_inserted", "Rows inserted", "pass", ["run.json:$.outputs[0].rows_written"])
    state.check(None, "Range 1:30, checked!", "skip", [])
    state.warnings.append("12 bytes are missing from run.log: appending: No space left on device")
    state.end(
        None, finished_utc="2026-01-19T12:00:05Z", duration_ms=5921, log={"lines": 3, "size_bytes": 90},
        exit={"code": 143, "signal": "SIGTERM"},
    )  # fmt: skip
    state.finish()
    return state


def test_the_documents_of_a_run(snapshot: SnapshotAssertion) -> None:
    """`run.json`, `checks.json` and `open.json` are functions of what was recorded, to the byte."""
    state = recorded()
    assert documents.dumps(state.run_document()).decode() == snapshot(name="run.json")
    assert documents.dumps(state.checks_document()).decode() == snapshot(name="checks.json")
    assert documents.dumps(_state.open_document(started().facts)).decode() == snapshot(name="open.json")


@pytest.mark.parametrize(
    ("contract", "document"),
    [
        ("run", recorded().run_document()),
        ("checks", recorded().checks_document()),
        ("open_run", _state.open_document(started().facts)),
    ],
)
def test_the_documents_are_what_producers_may_write(contract: str, document: dict[str, Any]) -> None:
    """Each passes the strict view of its contract and the rules between its fields."""
    assert documents.validate(contract, document, strict=True) == []


@pytest.mark.parametrize(
    ("statuses", "warnings", "status"),
    [
        ([], [], "success"),
        (["pass", "pass"], [], "success"),
        (["pass", "skip"], [], "partial"),
        (["pass"], ["odd"], "partial"),
        (["skip", "fail", "pass"], ["odd"], "failed"),
    ],
)
def test_the_status_follows_from_checks_and_warnings(statuses: list[str], warnings: list[str], status: str) -> None:
    """Any failed check fails the run, any skip or warning makes it partial, else it is a success."""
    state = started()
    for number, each in enumerate(statuses):
        state.check(f"check_{number}", None, each, [])
    state.warnings += warnings
    state.end(None)
    assert state.run_document()["status"] == status
    assert state.checks_document()["summary"] == {each: statuses.count(each) for each in ("pass", "fail", "skip")}


def test_a_given_status_wins() -> None:
    """Who finishes a run may know better than its checks, but for a failed one."""
    table = [("pass", "partial", "partial"), ("pass", "failed", "failed"), ("skip", "success", "success")]
    for status, given, recorded_as in [*table, ("fail", "partial", "failed")]:
        state = started()
        state.check("one", None, status, [])
        state.end(given)
        assert state.run_document()["status"] == recorded_as


CREATED = RunState("x", "1", [])
FINISHED = recorded()


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: started().start(), "a run that is open cannot be started"),
        (FINISHED.start, "a run that is finished cannot be started"),
        (lambda: CREATED.add("inputs", {}), "a run that is created cannot be given inputs"),
        (lambda: FINISHED.add("outputs", {}), "a run that is finished cannot be given outputs"),
        (lambda: CREATED.check("a", None, "pass", []), "a run that is created cannot be checked"),
        (lambda: FINISHED.check("a", None, "pass", []), "a run that is finished cannot be checked"),
        (lambda: CREATED.end(None), "a run that is created cannot be finished"),
        (lambda: FINISHED.end("failed"), "a run that is finished cannot be finished"),
    ],
)
def test_moments(act: Callable[[], None], message: str) -> None:
    """What does not fit the moment is a typed error, and changes nothing."""
    before = documents.dumps(FINISHED.run_document()), documents.dumps(FINISHED.checks_document())
    with pytest.raises(WrongMoment, match=f"^{message}$"):
        act()
    assert (documents.dumps(FINISHED.run_document()), documents.dumps(FINISHED.checks_document())) == before


@pytest.mark.parametrize(
    ("act", "message", "hint"),
    [
        (lambda: started().end("green"), "a run's status is not 'green'", "it is one of success, failed, partial"),
        (
            lambda: started().check("a", None, "passed", []),
            "a check's status is not 'passed'",
            "it is one of pass, fail, skip",
        ),
        (
            lambda: started().check(None, None, "pass", []),
            "a check needs a name",
            "give a name, or an id in snake_case",
        ),
        (lambda: started().check("Rows!", "R", "pass", []), "'Rows!' is no id of a check", "write 'rows'"),
        (
            lambda: RunState("x", "1", ["A=b"]),
            "'A=b' names no environment variable",
            "give the name alone, such as DATABASE_URL",
        ),
        (
            lambda: _state.check_product(""),
            "'' is no product id",
            "use 1 to 100 ASCII letters, digits, dots, hyphens and underscores, the first a letter or digit",
        ),
        (
            lambda: _state.check_trigger_type("nightly"),
            "'nightly' is no trigger type",
            f"it is one of {', '.join(_state.TRIGGER_TYPES)}",
        ),
    ],
)
def test_words_that_no_contract_admits(act: Callable[[], None], message: str, hint: str) -> None:
    """They are refused when they are given, not when the run is over."""
    with pytest.raises(UsageFailure) as caught:
        act()
    assert (str(caught.value), caught.value.hint) == (message, hint)


def test_an_id_makes_do_for_a_name_and_a_name_for_an_id() -> None:
    """A check needs one of the two."""
    state = started()
    state.check("rows_inserted", None, "pass", [])
    state.check(None, "Rows inserted", "pass", [])
    assert [(check["id"], check["name"]) for check in state.checks] == [
        ("rows_inserted", "rows_inserted"),
        ("rows_inserted", "Rows inserted"),
    ]


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("Rows inserted", "rows_inserted"),
        ("row_count", "row_count"),
        ("  2 h blocks? ", "check_2_h_blocks"),
        ("日本", "check"),
        ("É", "check"),
        ("-", "check"),
        ("x" * 120, "x" * 100),
        ("a" * 99 + " b", "a" * 99),
    ],
)
def test_an_id_is_made_of_a_name(name: str, identifier: str) -> None:
    """Whatever the name, the id is one that the contract admits."""
    assert snake_case(name) == identifier
    state = started()
    state.check(None, name, "pass", [])
    assert documents.validate("checks", state.checks_document(), strict=True) == []


@pytest.mark.parametrize("identifier", ["", "a/b", "ä", "a" * 101, "a\n"])
def test_pipeline_ids_are_judged_when_they_are_given(identifier: str) -> None:
    """The error carries the id whole; its line shows 60 characters of it."""
    with pytest.raises(InvalidPipelineId) as caught:
        RunState(identifier, "1", [])
    assert caught.value.pipeline_id == identifier
    assert len(str(caught.value)) < 90


def of_contract(contract: str, *path: str) -> Any:
    """A part of the strict schema of a contract's newest version; references are followed."""
    schema = json.loads(documents.schema(documents.find_contract(contract)[-1]))
    part: Any = schema
    for name in path:
        part = part[name]
        while "$ref" in part:
            part = schema["$defs"][part["$ref"].removeprefix("#/$defs/")]
    return part


def is_taken(judge: Callable[[str], object], word: str) -> bool:
    """Whether a check by hand lets a word pass."""
    try:
        judge(word)
    except UsageFailure:
        return False
    return True


def usage(call: Callable[[str, int], list[str]], name: str, value: int) -> None:
    """Record a number; all that can be wrong is its name."""
    assert call(name, value) == []


def test_the_words_are_those_of_the_contracts() -> None:
    """What is checked by hand, for speed, is what `contracts/` says; a change there fails here."""
    trigger = of_contract("open_run", "properties", "trigger", "properties", "type")
    assert list(_state.TRIGGER_TYPES) == trigger["enum"]
    assert list(_state.RUN_STATUSES) == of_contract("run", "properties", "status")["enum"]
    check = of_contract("checks", "properties", "checks", "items")["properties"]
    assert list(_state.CHECK_STATUSES) == of_contract("checks", "$defs", "check_status")["enum"]
    env = of_contract("open_run", "properties", "env", "properties", "missing", "items")
    held_to = (
        (_state.check_pipeline_id, of_contract("open_run", "properties", "pipeline_id")),
        (_state.check_product, of_contract("open_run", "properties", "product")),
        (_state.check_env_name, env),
        (lambda word: started().check(word, None, "pass", []), check["id"]),
        (lambda word: usage(started().metric, word, 1), of_contract("run", "properties", "metrics")["propertyNames"]),
    )
    for judge, part in held_to:
        lengths = ["", *("a" * size for size in range(part["maxLength"] - 1, part["maxLength"] + 2))]
        characters = [chr(code) for code in (*range(0x180), 0x2028, 0xFF10, 0x1D7D8)]
        for word in [*lengths, *characters, *("a" + each + "a" for each in characters), "a" * 99 + "\n"]:
            admitted = (
                len(word) <= part["maxLength"] and re.search(part["pattern"].replace("$", r"\Z"), word) is not None
            )
            assert is_taken(judge, word) is admitted, (judge, word)
    evidence = of_contract("checks", "$defs", "check", "properties", "evidence", "items")
    pointer = _state._POINTER.replace(r"\ud800-\udfff", "")
    assert (f"^({pointer})$", _state._LONGEST_POINTER) == (evidence["pattern"], evidence["maxLength"])


@pytest.mark.parametrize(
    ("text", "is_pointer"),
    [
        ("run.json:$.outputs[0].rows_written", True),
        ("run.log:line:12", True),
        ("artifacts/rows.csv", True),
        ("artifacts/" + "x" * 990, True),
        ("artifacts/" + "x" * 991, False),
        ("artifacts/\udcff", False),
        ("artifacts/a\n", False),
        ("run.json:", False),
        ("rows=60", False),
    ],
)
def test_pointers(text: str, *, is_pointer: bool) -> None:
    """Evidence is a pointer in exactly the three published formats."""
    assert _state.is_pointer(text) is is_pointer


def test_the_fixed_world_is_fixed() -> None:
    """Host facts come from the machine that was injected, the id from its clock."""
    world = around()
    assert _surroundings.host(world.here)["name"] == "build-7"
    assert _surroundings.run_id(world.clock(), "P2-Backfill", "a1b2c3d") == RUN_ID
    assert "boot_id" not in _surroundings.host(world.here._replace(boot_id=None))
