"""An ingest writes its three files whatever happens, and says of every runner what became of it."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from runpact_core import documents, files
from runpact_core.errors import ConfigurationError, EnvironmentFailed
from runpact_status_matrix import _classify, _ingest, _judge, _state
from runpact_status_matrix._model import Failed
from tests.status_matrix.ingesting import (
    NOW,
    REGISTRY,
    Answers,
    entry,
    fetched,
    ingest,
    publish,
    report,
    row,
    write_registry,
)

ARTIFACTS = Path(".artifacts")
MEMORY = ARTIFACTS / ".runner-status-cache" / "memory.json"
COMPATIBILITY = "compatibility_non_blocking"


def _written() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in ARTIFACTS.iterdir() if path.is_file()}


def test_the_three_files_follow_their_contracts() -> None:
    """Matrix and log pass the strict view, are canonical, and the Markdown has a row for each runner."""
    write_registry(
        entry("rust") | {"owner": "Runtime team"}, entry("php", COMPATIBILITY), entry("node", state="planned")
    )
    publish("rust")
    done = ingest()
    files_there = _written()
    assert sorted(files_there) == [
        "runner-status-ingest-log.json",
        "runner-status-matrix.json",
        "runner-status-matrix.md",
    ]
    for contract, name in (("runner_status_matrix", _ingest.MATRIX), ("runner_status_ingest_log", _ingest.LOG)):
        assert documents.validate(contract, files_there[name], strict=True) == []
        assert documents.dumps(json.loads(files_there[name])) == files_there[name]
    assert [each["runner_id"] for each in done.matrix["matrix_rows"]] == ["node", "php", "rust"]
    assert done.matrix["summary"] == {"ok": 1, "warn": 1, "governance_fail": 1, "blocked": 0}
    assert done.log["summary"] == {"accepted": 1, "refused": 0, "failed": 1, "not_asked": 1}
    assert row(done)["owner"] == "Runtime team"
    assert row(done, "php")["failure"] == "missing-status-asset"
    assert files_there[_ingest.MARKDOWN].decode().count("\n| ") == 5
    assert (done.exit_code, done.faults) == (0, {})


def test_the_order_of_registry_and_answers_says_nothing() -> None:
    """Permuted runners and any number of threads give the same bytes, but for the registry's own digest (M-24)."""
    runners = [entry(f"r{number:02}", COMPATIBILITY if number % 2 else "required") for number in range(30)]
    for number in range(0, 30, 3):
        publish(f"r{number:02}", lane_class=COMPATIBILITY if number % 2 else "required")
    seen = set()
    for seed in range(4):
        random.Random(seed).shuffle(runners)  # noqa: S311 - an order for a test, the same each time
        done = ingest(registry=write_registry(*runners), jobs=1 + 5 * seed, out=f"out{seed}")
        log = {name: value for name, value in done.log.items() if name not in {"registry", "settings"}}
        out = Path(f"out{seed}")
        seen.add((
            (out / _ingest.MATRIX).read_bytes(), (out / _ingest.MARKDOWN).read_bytes(), documents.dumps(log),
            (out / ".runner-status-cache" / "memory.json").read_bytes(),
        ))  # fmt: skip
    assert len(seen) == 1


def test_an_ingest_again_gives_the_same_bytes() -> None:
    """Same inputs, same memory, same moment."""
    write_registry(entry("rust"), entry("go"))
    publish("rust")
    ingest()
    before, remembered = _written(), MEMORY.read_bytes()
    ingest()
    assert (_written(), MEMORY.read_bytes()) == (before, remembered)


def test_what_one_source_raises_stays_in_its_row() -> None:
    """The type of the exception is said, not its text; the other rows are as ever."""
    write_registry(entry("rust"), entry("go"), entry("c"), entry("d"))
    answers = Answers(rust=fetched(report()), go=KeyError("secret"), c=SystemExit(3), d=KeyboardInterrupt())
    done = ingest(fetch=answers)
    assert row(done)["verdict"] == "ok"
    for name, raised in (("go", "KeyError"), ("c", "SystemExit"), ("d", "KeyboardInterrupt")):
        assert row(done, name)["failure"] == "unexpected"
        assert row(done, name)["why"] == f"{raised} was raised while its source was asked"
    assert b"secret" not in b"".join(_written().values())


def test_a_report_that_breaks_the_judging_stays_in_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug of ours hits one runner; what was remembered of it is kept."""
    write_registry(entry("rust"), entry("go"))
    publish("rust")
    publish("go")
    ingest()
    whole = _judge.judge

    def planted(answer: Any, of: Any, *more: Any) -> Any:
        if of.runner_id == "go":
            raise ZeroDivisionError
        return whole(answer, of, *more)

    monkeypatch.setattr(_classify, "judge", planted)
    done = ingest()
    assert row(done)["verdict"] == "ok"
    assert (row(done, "go")["failure"], row(done, "go")["verdict"]) == ("unexpected", "blocked")
    assert set(json.loads(MEMORY.read_bytes())["accepted"]) == {"go", "rust"}


def test_a_row_that_its_contract_would_not_admit_is_unexpected_alone() -> None:
    """A memory with nonsense in it cannot keep the matrix from being written."""
    write_registry(entry("rust"), entry("go"))
    publish("rust")
    publish("go")
    ingest()
    stored = json.loads(MEMORY.read_bytes())
    stored["accepted"]["go"]["report"] = {"overall_status": "pass", "colour": 7}
    MEMORY.write_text(json.dumps(stored), encoding="utf-8")
    publish("go", release_version="v1.0")
    done = ingest()
    assert row(done)["verdict"] == "ok"
    assert (row(done, "go")["failure"], row(done, "go")["verdict"]) == ("unexpected", "blocked")
    assert documents.validate("runner_status_matrix", ARTIFACTS / _ingest.MATRIX, strict=True) == []


def test_an_empty_registry_gives_an_empty_matrix() -> None:
    """No runners, three files, success."""
    write_registry()
    done = ingest(enforce=True, enforce_freshness=True)
    assert (done.exit_code, done.matrix["matrix_rows"], len(_written())) == (0, [], 3)


def test_twins_in_a_registry_are_refused_before_anything_is_asked() -> None:
    """An id stands for one runner."""
    write_registry(entry("rust"), entry("rust"))
    with pytest.raises(ConfigurationError, match="there twice"):
        ingest(fetch=Answers())
    assert not ARTIFACTS.exists()


@pytest.mark.parametrize("name", [_ingest.MATRIX, _ingest.MARKDOWN, _ingest.LOG])
def test_two_files_are_written_where_the_third_cannot_be(name: str) -> None:
    """What stands in the way of one does not keep the others; the memory needs the matrix (M-19, M-23)."""
    write_registry(entry("rust"))
    publish("rust")
    (ARTIFACTS / name).mkdir(parents=True)
    done = ingest()
    assert done.exit_code == 3
    assert done.failing == (f"{name} was not written",)
    assert set(_written()) == {_ingest.MATRIX, _ingest.MARKDOWN, _ingest.LOG} - {name}
    assert MEMORY.exists() is (name != _ingest.MATRIX)


def test_where_nothing_can_be_written_all_is_told() -> None:
    """The folder is a file: 3, and each of the three is named."""
    write_registry(entry("rust"))
    ARTIFACTS.write_text("in the way", encoding="utf-8")
    done = ingest()
    assert done.exit_code == 3
    assert sorted(done.faults) == sorted([_ingest.MATRIX, _ingest.MARKDOWN, _ingest.LOG])
    assert row(done)["verdict"] == "blocked"


def test_a_memory_that_cannot_be_written_fails_the_ingest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The artifacts are there, but the next ingest would not see a rollback: 3."""
    write_registry(entry("rust"))
    replace = files.replace

    def planted(path: Any, data: bytes, **words: Any) -> None:
        if Path(path).name == _state.MEMORY:
            raise EnvironmentFailed("writing the memory", OSError(28, "No space left on device"))
        replace(path, data, **words)

    monkeypatch.setattr(files, "replace", planted)
    done = ingest()
    assert (done.exit_code, list(done.faults), len(_written())) == (3, ["memory.json"], 3)


def test_a_cache_folder_that_cannot_be_is_told() -> None:
    """Without memory the matrix is still written, with a warning in the log."""
    write_registry(entry("rust"))
    ARTIFACTS.mkdir()
    (ARTIFACTS / _ingest.CACHE).write_text("in the way", encoding="utf-8")
    done = ingest()
    assert any("could not be locked" in warning for warning in done.log["warnings"])
    assert set(done.faults) == {"memory.json"}


@pytest.mark.parametrize(
    ("changes", "words", "code"),
    [
        ({}, {"enforce": True, "enforce_freshness": True}, 0),
        ({"overall_status": "fail"}, {}, 0),
        ({"overall_status": "fail"}, {"enforce": True}, 1),
        ({"overall_status": "fail"}, {"enforce_freshness": True}, 0),
        ({"fresh_until": "2026-03-01T11:59:59Z"}, {"enforce_freshness": True}, 1),
        ({"fresh_until": "2026-03-01T11:59:59Z"}, {"enforce": True}, 0),
        ({"runner_id": "other"}, {"enforce": True}, 1),
        ({"runner_id": "other"}, {"enforce_freshness": True}, 1),
    ],
)
def test_what_is_enforced_fails_after_writing(changes: dict[str, Any], words: dict[str, Any], code: int) -> None:
    """0, or 1 where it was asked for; the files are there in any case."""
    write_registry(entry("rust"))
    publish("rust", report() | changes)
    done = ingest(**words)
    assert (done.exit_code, bool(done.failing), len(_written())) == (code, bool(code), 3)


def test_a_catalog_pins_the_versions_that_judge() -> None:
    """The pin stands in the log; a version that is not listed, or not in use, makes the report invalid."""
    write_registry(entry("rust"))
    publish("rust")
    schemas: list[dict[str, Any]] = [
        {"schema_id": "runner_status_report", "major": 1, "path": "/specs/report.yaml", "status": "active"}
    ]
    Path("catalog.yaml").write_text(json.dumps({"version": 1, "schemas": schemas}), encoding="utf-8")
    done = ingest(catalog="catalog.yaml")
    pin = done.log["schema_pin"]
    assert (pin["source"], pin["path"], row(done)["verdict"]) == ("catalog", "catalog.yaml", "ok")
    assert (pin["schemas"][0]["path"], pin["schemas"][0]["status"]) == ("/specs/report.yaml", "active")
    for changed in ({"major": 2}, {"status": "retired"}, {"status": "planned"}):
        Path("catalog.yaml").write_text(json.dumps({"version": 1, "schemas": [schemas[0] | changed]}), encoding="utf-8")
        done = ingest(catalog="catalog.yaml")
        assert row(done)["failure"] == "invalid-report-shape"
        assert "lists no version" in done.log["warnings"][0]
    Path("catalog.yaml").write_text('{"version": 1, "schemas": []}', encoding="utf-8")
    done = ingest(catalog="catalog.yaml")
    assert (row(done)["verdict"], len(done.log["schema_pin"]["schemas"])) == ("ok", 1)
    assert "does not name runner_status_report" in done.log["warnings"][0]
    assert ingest().log["schema_pin"]["source"] == "built_in"


def test_the_hours_of_the_call_stand_in_the_log() -> None:
    """Who said how old a report may be: the registry, the call, or nobody."""
    write_registry(entry("rust", freshness_slo_hours=24), entry("go"))
    publish("rust")
    publish("go")
    told, untold = ingest(max_age_hours=1), ingest()
    hours = [
        [(each["freshness"]["slo_hours"], each["freshness"]["slo_from"]) for each in done.log["entries"]]
        for done in (told, untold)
    ]
    assert hours == [[(1, "option"), (24, "registry")], [(72, "built_in"), (24, "registry")]]
    assert (row(told, "go")["freshness_state"], row(told)["freshness_state"]) == ("stale", "fresh")


def test_a_failed_source_keeps_its_moment() -> None:
    """Since when a row stands so is kept over ingests, and ends when it stands otherwise."""
    write_registry(entry("rust"))
    first = ingest(fetch=Answers(rust=Failed("timeout", "slow", None)))
    second = ingest("2026-03-01T13:00:00Z", Answers(rust=Failed("timeout", "slower", None)))
    third = ingest("2026-03-01T14:00:00Z", Answers(rust=fetched(report())))
    assert [row(done)["since"] for done in (first, second, third)] == [NOW, NOW, "2026-03-01T14:00:00Z"]
    assert Path(REGISTRY).exists()
