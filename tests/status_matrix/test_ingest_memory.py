"""What an ingest remembers: rollbacks are seen, and every way into a dead end has a way out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runpact_status_matrix import _ingest, _state
from runpact_status_matrix._freshness import moment_of
from runpact_status_matrix.errors import UnknownRunner
from tests.status_matrix.ingesting import NOW, entry, ingest, publish, row, write_registry

MEMORY = Path(".artifacts", _ingest.CACHE, _state.MEMORY)


def test_a_rollback_is_seen_over_ingests() -> None:
    """An old release with a newer date does not replace what was accepted (M-01)."""
    write_registry(entry("rust"))
    publish("rust")
    ingest()
    publish("rust", release_version="v1.3.0", generated_at="2026-03-01T11:00:00Z", overall_status="fail")
    for _ in range(2):
        found = row(ingest())
        assert (found["failure"], found["runner_status"], found["keeps_older_report"]) == ("rollback", "pass", True)


def test_other_bytes_of_the_same_release_are_seen() -> None:
    """A release says one thing (M-02); the next release ends it."""
    write_registry(entry("rust"))
    publish("rust")
    ingest()
    publish("rust", commit_sha="b" * 40)
    assert row(ingest())["failure"] == "equivocation"
    publish("rust", release_version="v1.4.1", commit_sha="b" * 40)
    assert row(ingest())["verdict"] == "ok"


def test_a_release_number_that_was_too_high_is_forgotten_by_hand() -> None:
    """Once 2^53, then honest numbers: refused until `--forget`, and accepted from then on (M-05)."""
    write_registry(entry("rust"), entry("go"))
    publish("rust", release_version="v9007199254740992")
    publish("go")
    ingest()
    publish("rust", release_version="v1.5.0")
    assert row(ingest())["failure"] == "rollback"
    assert row(ingest(forget=("rust",)))["verdict"] == "ok"
    assert row(ingest())["verdict"] == "ok"
    publish("go", release_version="v1.0.0")
    assert row(ingest(forget=("rust",)), "go")["failure"] == "rollback"
    with pytest.raises(UnknownRunner):
        ingest(forget=("rsut",))


def test_a_report_that_was_never_accepted_is_not_remembered() -> None:
    """A refused or missing report leaves what was remembered."""
    write_registry(entry("rust"))
    publish("rust")
    ingest()
    publish("rust", b"{}")
    ingest()
    Path("status/rust/runner-status-report-v1.json").unlink()
    ingest()
    assert json.loads(MEMORY.read_bytes())["accepted"]["rust"]["release_version"] == "v1.4.0"


def test_another_registry_does_not_make_it_forget() -> None:
    """A runner that is left out and comes back is still known."""
    write_registry(entry("rust"))
    publish("rust")
    ingest()
    write_registry(entry("go"))
    ingest()
    write_registry(entry("rust"))
    publish("rust", release_version="v1.0")
    assert row(ingest())["failure"] == "rollback"


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"form": 2}', b"\xff", b"[" * 200_000])
def test_a_damaged_memory_is_told_and_made_anew(damage: bytes) -> None:
    """The matrix is written all the same; the next ingest has a memory again."""
    write_registry(entry("rust"))
    publish("rust")
    ingest()
    MEMORY.write_bytes(damage)
    done = ingest()
    assert done.exit_code == 0
    assert "rollbacks are not seen" in done.log["warnings"][0]
    assert "warnings" not in ingest().log


def test_one_damaged_entry_costs_one_runner_its_memory() -> None:
    """The others keep theirs."""
    write_registry(entry("rust"), entry("go"), entry("c"))
    for name in ("rust", "go", "c"):
        publish(name)
    ingest()
    stored = json.loads(MEMORY.read_bytes())
    stored["accepted"]["rust"]["generated_at"] = "soon"
    stored["accepted"]["c"]["sha256"] = 7
    stored["standing"]["go"] = 7
    MEMORY.write_text(json.dumps(stored), encoding="utf-8")
    for name in ("rust", "go"):
        publish(name, release_version="v1.0")
    done = ingest()
    assert done.log["warnings"] == [f"what was remembered of {name} cannot be read" for name in ("c", "go", "rust")]
    assert (row(done)["verdict"], row(done, "go")["failure"]) == ("ok", "rollback")


def test_a_memory_without_its_parts_is_damaged() -> None:
    """Neither part is taken for an empty one."""
    write_registry(entry("rust"))
    ingest()
    MEMORY.write_text('{"form": 1, "accepted": [], "standing": {}}', encoding="utf-8")
    assert ingest().log["warnings"] == ["what was remembered of every runner cannot be read"]


def test_damaged_reports_in_the_memory_are_damaged_entries() -> None:
    """What stands in a row must be an object."""
    write_registry(entry("rust"))
    publish("rust")
    ingest()
    stored = json.loads(MEMORY.read_bytes())
    stored["accepted"]["rust"]["report"] = []
    MEMORY.write_text(json.dumps(stored), encoding="utf-8")
    assert ingest().log["warnings"] == ["what was remembered of rust cannot be read"]


def test_the_memory_belongs_to_its_matrix() -> None:
    """It names the moment of the matrix that it was written after."""
    write_registry(entry("rust"))
    done = ingest()
    assert json.loads(MEMORY.read_bytes())["updated_at"] == done.matrix["updated_at"]


def test_a_rehearsal_later_than_the_clock_is_not_remembered() -> None:
    """`--now-utc` ahead of the clock judges as asked and leaves the memory alone; the log says so."""
    write_registry(entry("rust"))
    publish("rust", generated_at="2026-03-21T00:00:00Z", fresh_until="2026-03-24T00:00:00Z")
    done = ingest("2026-03-21T12:00:00Z", clock=moment_of(NOW))
    assert row(done)["verdict"] == "ok"
    assert done.log["warnings"] == ["now is later than the clock, so nothing of this ingest is remembered"]
    assert not MEMORY.exists()


def test_a_memory_from_a_clock_that_was_ahead_does_not_count() -> None:
    """It is told once, the honest report stands, and is what is remembered from then on."""
    write_registry(entry("rust"))
    publish("rust", release_version="v2", generated_at="2026-03-21T00:00:00Z", fresh_until="2026-03-24T00:00:00Z")
    ingest("2026-03-21T12:00:00Z")
    publish("rust")
    done = ingest()
    assert row(done)["verdict"] == "ok"
    assert done.log["warnings"] == ["what was remembered of rust is dated later than now, so it does not count"]
    assert json.loads(MEMORY.read_bytes())["accepted"]["rust"]["release_version"] == "v1.4.0"
    assert "warnings" not in ingest().log


def test_a_look_into_the_past_does_not_weaken_the_memory() -> None:
    """What was accepted since then stays remembered, so a rollback is still seen."""
    write_registry(entry("rust"))
    publish("rust")
    ingest()
    publish("rust", release_version="v1.3.0", generated_at="2026-02-01T00:00:00Z", fresh_until="2026-02-04T00:00:00Z")
    assert row(ingest("2026-02-01T12:00:00Z", clock=moment_of(NOW)))["verdict"] == "ok"
    assert row(ingest())["failure"] == "rollback"


@pytest.mark.parametrize("gate", ["enforce", "enforce_freshness"])
@pytest.mark.parametrize("damage", [b"", b"{", b'{"form": 2}', b'{"form": 1, "accepted": [], "standing": {}}'])
def test_a_gate_does_not_open_without_its_memory(gate: str, damage: bytes) -> None:
    """All is written and green, and the ingest fails each time and leaves the memory alone, until it is given up."""
    write_registry(entry("rust"))
    publish("rust")
    ingest()
    MEMORY.write_bytes(damage)
    words: dict[str, Any] = {gate: True}
    for _ in range(2):
        done = ingest(**words)
        assert (done.exit_code, row(done)["verdict"], done.faults) == (1, "ok", {})
        (reason,) = done.failing
        assert reason.startswith("memory failure: a rollback would not be seen; the memory stays as it is until")
        assert "--forget '*'" in reason
        assert MEMORY.read_bytes() == damage
    done = ingest(**words, forget=("*",))
    assert (done.exit_code, done.failing, done.log.get("warnings")) == (0, (), None)
    assert json.loads(MEMORY.read_bytes())["accepted"]["rust"]["release_version"] == "v1.4.0"
    assert ingest(**words).exit_code == 0


def test_a_gate_names_the_runners_whose_memory_is_lost() -> None:
    """Those that are forgotten by name open it; the others keep what was accepted of them."""
    write_registry(entry("rust"), entry("go"))
    publish("rust")
    publish("go")
    ingest()
    stored = json.loads(MEMORY.read_bytes())
    stored["accepted"]["rust"]["generated_at"] = "soon"
    MEMORY.write_text(json.dumps(stored), encoding="utf-8")
    assert "until --forget rust gives up" in ingest(enforce=True).failing[0]
    publish("go", release_version="v1.0")
    done = ingest(enforce=True, forget=("rust",))
    assert (done.exit_code, row(done)["verdict"], row(done, "go")["failure"]) == (0, "ok", "rollback")
    assert json.loads(MEMORY.read_bytes())["accepted"]["go"]["release_version"] == "v1.4.0"


def test_a_damaged_entry_of_a_runner_that_left_is_given_up_with_all() -> None:
    """The registry does not know it, so it cannot be forgotten by name."""
    write_registry(entry("rust"))
    publish("rust")
    ingest()
    stored = json.loads(MEMORY.read_bytes())
    stored["accepted"]["gone"] = 7
    MEMORY.write_text(json.dumps(stored), encoding="utf-8")
    assert "until --forget '*' gives up" in ingest(enforce=True).failing[0]
    assert ingest(enforce=True, forget=("*",)).exit_code == 0
    assert ingest(enforce=True).exit_code == 0


def test_all_runners_are_forgotten_at_once() -> None:
    """What was accepted counts no more, and since when a row stands is still known."""
    write_registry(entry("rust"), entry("go"))
    for name in ("rust", "go"):
        publish(name)
    since = row(ingest())["since"]
    for name in ("rust", "go"):
        publish(name, release_version="v1.0")
    done = ingest("2026-03-01T13:00:00Z", forget=("*",))
    assert [row(done, name)["verdict"] for name in ("rust", "go")] == ["ok", "ok"]
    assert row(done)["since"] == since


def test_no_memory_is_no_damage() -> None:
    """The first ingest of a gate takes what it finds."""
    write_registry(entry("rust"))
    publish("rust")
    assert ingest(enforce=True, enforce_freshness=True).exit_code == 0
