"""What a program may hand to a recorder: each form of a call, and a typed error for each thing of another type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from runpact_core.errors import UsageFailure
from runpact_writer import RunWriter, recorded
from tests.writer.support import START, document, only_run, run_ids, writer

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "not a text"
LIST = "not a list of names"


@pytest.mark.parametrize(
    ("given", "more", "what", "hint"),
    [
        ((None, "1"), {}, f"pipeline_id is None, {TEXT}", "give a str"),
        ((7, "1"), {}, f"pipeline_id is 7, {TEXT}", "give a str"),
        (("P", "1", "NEON_DSN"), {}, f"required_env is one text, {LIST}", "write ['NEON_DSN']"),
        (("P", "1", None), {}, f"required_env is None, {LIST}", "write [] for none"),
        (("P", "1", [None]), {}, f"the name of a variable is None, {TEXT}", "give a str"),
        (("P", "1"), {"mask_env": "TOKEN"}, f"mask_env is one text, {LIST}", "write ['TOKEN']"),
        (("P", "1"), {"runs_dir": None}, f"runs_dir is None, {TEXT}", "give a str"),
        (("P", "1"), {"runs_dir": b"r"}, f"runs_dir is a bytes, {TEXT}", "give a str"),
        (("P", "1"), {"product": 5}, f"product is 5, {TEXT}", "give a str"),
        (("P", "1"), {"product": {}}, f"product is a dict, {TEXT}", "give a str"),
        (("P", "1"), {"product": object()}, f"product is an object, {TEXT}", "give a str"),
    ],
)
def test_an_argument_of_another_type(given: Any, more: dict[str, Any], what: str, hint: str) -> None:
    """It is told in the constructor, and where a function is decorated, before anything is made."""
    for call in (RunWriter, recorded):
        with pytest.raises(UsageFailure) as caught:
            call(*given, **more)
        assert (str(caught.value), caught.value.hint) == (what, hint)


NAMED = {"id": "row_count", "name": "row_count", "status": "pass", "evidence": ["run.log:line:2"]}


@pytest.mark.parametrize(
    ("given", "more", "expected"),
    [
        (("row_count", "pass", "rows=5"), {}, NAMED),
        (("row_count", "pass", ["rows=5"]), {}, NAMED),
        (("row_count", "pass"), {"evidence": "rows=5"}, NAMED),
        ((), {"name": "row_count", "status": "pass", "evidence": "rows=5"}, NAMED),
        (("row_count", "row_count", "pass", "rows=5"), {}, NAMED),
        (("row_count", "pass"), {}, {**NAMED, "evidence": []}),
        (("Row count", "fail", 5), {}, {**NAMED, "name": "Row count", "status": "fail"}),
        (("pass", "pass", "skip"), {}, {"id": "pass", "name": "pass", "status": "skip", "evidence": []}),
        (("row_count", None, "pass", None), {}, {**NAMED, "evidence": []}),
    ],
)
def test_the_forms_of_a_check(given: Any, more: dict[str, Any], expected: dict[str, Any], runs_dir: Path) -> None:
    """Name, status, evidence as the source document lists them; or with an id before them; or by name."""
    recorder = writer(runs_dir)
    recorder.start(*START)
    recorder.check(*given, **more)
    recorder.finish()
    assert document(only_run(runs_dir), "checks.json")["checks"] == [expected]


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (("rows", "Rows", "passed"), "a check's status is not 'passed'"),
        (("rows", "Rows"), "a check's status is not ''"),
        (("rows", "Rows", 5), "a check's status is not '5'"),
        ((5, "pass", "x"), f"the name of a check is 5, {TEXT}"),
        ((b"rows", "Rows", "pass"), f"the id of a check is a bytes, {TEXT}"),
        ((None, "pass"), "a check's status is not ''"),
    ],
)
def test_a_check_in_no_form(given: Any, what: str, runs_dir: Path) -> None:
    """A typed error, nothing recorded, and the run goes on."""
    recorder = writer(runs_dir, strict=False)
    recorder.start(*START)
    with pytest.raises(UsageFailure) as caught:
        recorder.check(*given)
    assert str(caught.value) == what
    assert recorder.finish() == "success"
    assert document(only_run(runs_dir), "checks.json")["checks"] == []


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("name", ["run_id", "started_utc", "metrics", "interruption", "schema_version", "command"])
def test_what_the_recorder_writes_itself(name: str, *, strict: bool, runs_dir: Path) -> None:
    """Such a field is refused by its name, before anything is sealed, and `finish` may be called again."""
    recorder = writer(runs_dir, strict=strict)
    run_id = recorder.start(*START)
    with pytest.raises(UsageFailure, match=f"^finish does not take {name}\nhint: the recorder writes these itself"):
        recorder.finish(**{name: "x"})
    assert "run.json" not in run_ids(only_run(runs_dir))
    assert recorder.finish(exit={"code": 0}) == "success"
    assert document(only_run(runs_dir))["run_id"] == run_id
