"""`artifacts list`, `gc`, `explain` and `pin` from the command line: what they print, change and refuse."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core import documents, edge
from runpact_gc import _apply, _places, _recover, _scan, cli
from runpact_gc._lock import hold
from runpact_gc._model import Finding, Purge
from runpact_gc._report import Skipped

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = [f"2026010{day}_000000_{'fail' if day % 2 else 'pass'}.jsonl" for day in range(1, 7)]
CONFIG = 'retention:\n  proofs: {keep: 2, pin: []}\npatterns:\n  proofs: ["**/proofs/*.jsonl"]\n'


@pytest.fixture
def store(project: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Six runs of one family with keep 2; a function that calls a command in there."""
    (project / "artifacts" / "proofs").mkdir(parents=True)
    for name in NAMES:
        (project / "artifacts" / "proofs" / name).write_text('{"a": 1}\n')
    (project / "config").mkdir()
    (project / "config" / "artifacts.yaml").write_text(CONFIG)

    def call(*words: str) -> tuple[int, str, str]:
        code = edge.run(cli.artifacts, words, "runpact artifacts")
        out, err = capsys.readouterr()
        return code, out, err

    return call


def _left(project: Path) -> list[str]:
    return sorted(each.name for each in (project / "artifacts" / "proofs").iterdir())


def _ids(call: Any) -> dict[str, str]:
    listed = json.loads(call("list", "--json")[1])["entries"]
    return {each["run_id"]: each["entry_id"] for each in listed}


def _tree(project: Path) -> list[tuple[str, int, int]]:
    return sorted((str(each), each.lstat().st_mtime_ns, each.lstat().st_size) for each in project.rglob("*"))


def test_list_ends_in_its_total(store: Any) -> None:
    """The monitoring recipe of the source document finds the total: grep -E "Total|MB|GB"."""
    code, out, _ = store("list")
    assert code == 0
    assert out.splitlines()[-1] == "Total: 6 entries, 54B, 6 files"
    assert [line.split()[2] for line in out.splitlines()[1:7]] == [f"2026-01-0{day}" for day in range(6, 0, -1)]
    found = subprocess.run(["grep", "-E", "Total|MB|GB"], input=out, text=True, capture_output=True, check=True)
    assert found.stdout == "Total: 6 entries, 54B, 6 files\n"


def test_list_one_family(store: Any) -> None:
    """A family is listed alone; one that nobody knows is refused with the nearest."""
    assert "Total: 6 entries" in store("list", "--family", "proofs", "--verbose")[1]
    code, _, err = store("list", "--family", "proof")
    assert (code, err) == (2, "error[usage]: there is no family proof — did you mean proofs?\n")
    assert store("gc", "--family", "")[0] == 2


def test_list_says_how_old_it_is(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes from an older scan says so on stderr, where it mixes with no output."""
    assert store("list")[2] == ""
    real = _scan.inventory
    monkeypatch.setattr(
        _scan, "inventory", lambda *args, now, **more: real(*args, now=now)._replace(scanned_s=int(now) - 7500)
    )
    assert store("list")[2] == "as scanned 2 h 5 min ago; runpact artifacts scan --force looks again\n"
    code, out, err = store("list", "--json")
    assert (code, documents.validate("artifact_list", out.encode(), strict=True), err) == (0, [], "")


def test_findings_are_told_beside_the_list(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What blocks a plan does not block the listing: it is said on stderr, with 4 as its end; gc refuses with 4."""
    found = (Finding("unreadable", "reports/x", "it cannot be read", blocks=True), Finding("link", "a\nb", "a link"))
    real = _scan.scan
    monkeypatch.setattr(_scan, "scan", lambda *args, **more: real(*args, **more)._replace(findings=found))
    monkeypatch.setattr(_scan, "inventory", lambda *args, now, **more: _scan.scan(*args, now=now))
    code, out, err = store("list")
    assert (code, "Total: 6 entries" in out) == (4, True)
    assert store("list", "--json")[0] == 4
    assert err == "error[unreadable]: reports/x: it cannot be read\nwarning[link]: a\\x0ab: a link\n"
    assert store("gc")[0] == store("gc", "--apply", "--force")[0] == store("explain", "20260101_000000")[0] == 4


def test_gc_is_a_dry_run_and_changes_nothing(store: Any, project: Path) -> None:
    """The default invocation and --dry-run show the plan; no byte, name or time of the project changes."""
    before = _tree(project)
    code, out, err = store("gc")
    assert (code, err) == (0, "")
    assert out.startswith("GC Plan Summary (DryRun: true)\nTotal Entries: 6\nTo Delete: 4 entries (36B, 4 files)\n")
    assert store("gc", "--dry-run", "--verbose")[1].startswith(out.partition("Freed later")[0])
    assert store("gc", "--dry-run", "--exit-code")[0] == 1
    document = store("gc", "--json")[1]
    assert documents.validate("gc_plan", document.encode(), strict=True) == []
    assert json.loads(document)["summary"]["delete_entries"] == 4
    assert _tree(project) == before


def test_exit_code_of_an_empty_plan(store: Any, project: Path) -> None:
    """With nothing to do --exit-code gives 0."""
    (project / "config" / "artifacts.yaml").write_text(CONFIG.replace("keep: 2", "keep: 20"))
    assert store("gc", "--exit-code")[0] == 0


def test_apply_needs_a_terminal_or_force(store: Any, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal --apply refuses with 4 and moves nothing; a no on a terminal moves nothing; a yes does."""
    with open(os.devnull) as nothing:  # noqa: PTH123 - a stream that is no terminal
        monkeypatch.setattr(sys, "stdin", nothing)
        code, _, err = store("gc", "--apply")
    assert (code, err.split(" — ")[0]) == (
        4,
        "error[refused]: there is no terminal to confirm on, so nothing was done",
    )
    assert _left(project) == NAMES


@pytest.mark.parametrize(("answer", "left"), [("", NAMES), ("y", NAMES[4:])])
def test_apply_asks_on_a_terminal(
    store: Any,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    left: list[str],
) -> None:
    """A no moves nothing, a yes what the plan names."""
    import typer

    asked: list[str] = []

    def confirm(text: str, *, err: bool) -> bool:
        assert err  # stdout is for what is shown
        asked.append(text)
        return bool(answer)

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(typer, "confirm", confirm)
    code, _, err = store("gc", "--apply")
    assert (code, asked) == (0, ["Move 4 entries into the trash?"])
    assert _left(project) == left
    assert err == ("" if answer else "nothing was done\n")


def test_apply_moves_into_the_trash(store: Any, project: Path) -> None:
    """With --force it asks nothing, says what it did and how to take it back, and the listing is true afterwards."""
    code, out, _ = store("gc", "--apply", "--force")
    assert code == 0
    assert "Moved 4 entries (36B, 4 files) into artifacts/.trash\nBring them back: runpact artifacts undo 20" in out
    assert _left(project) == NAMES[4:]
    assert "Total: 2 entries" in store("list")[1]
    assert "Moved 0 entries" in store("gc", "--apply", "--force")[1]


def test_apply_prints_its_report(store: Any, project: Path) -> None:
    """With --json the one document on stdout is that of what was done."""
    code, out, _ = store("gc", "--apply", "--force", "--json")
    assert (code, documents.validate("gc_report", out.encode(), strict=True)) == (0, [])
    assert len(json.loads(out)["entries"]) == 4


def test_another_plan_is_not_applied(store: Any, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was pinned between showing and applying changes the plan: refused with 4, nothing is moved."""
    from runpact_gc import _cli_gc, _pins

    answers = iter([(), ("20260102_000000",)])
    monkeypatch.setattr(_pins, "read", lambda places: next(answers))
    monkeypatch.setattr(_cli_gc, "_confirmed", lambda shown: True)
    code, _, err = store("gc", "--apply")
    assert (code, err.startswith("error[plan-changed]: ")) == (4, True)
    assert _left(project) == NAMES


def test_what_nobody_looked_at_is_done_as_far_as_it_still_holds(
    store: Any, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --force what both plans name goes; what was pinned meanwhile stays, and it is said that something did."""
    from runpact_gc import _pins

    answers = iter([(), ("20260102_000000",)])
    monkeypatch.setattr(_pins, "read", lambda places: next(answers))
    code, _, err = store("gc", "--apply", "--force")
    said = (
        "the store changed since the plan was made; left for the next gc: 1 item that only one of the two plans names"
    )
    assert (code, said in err) == (0, True)
    left = _left(project)
    assert any("20260102" in name for name in left)
    assert set(left) < set(NAMES)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gc", "--apply", "--dry-run"], "--apply and --dry-run contradict each other"),
        (["gc", "--force"], "--force goes with --apply"),
        (["gc", "--apply", "--exit-code"], "--exit-code goes with a dry run"),
        (["gc", "--family", "nobody"], "there is no family nobody"),
        (["gc", "--store-dir", ""], "--store-dir is empty"),
        (["gc", "--config", ""], "--config is empty"),
        (["gc", "--project", "nowhere"], "--project nowhere does not exist"),
        (["explain"], "Missing argument"),
        (["explain", "zzzz"], "there is no entry zzzz"),
        (["explain", "a"], "there is no entry a"),
        (["pin", "--id", "20260101_000000"], "neither --on nor --off"),
        (["pin", "--id", "20260101_000000", "--on", "--off"], "--on and --off contradict each other"),
        (["pin", "--on"], "Missing option"),
        (["pin", "--id", "20260101_00000", "--on"], "there is no entry 20260101_00000"),
        (["pin", "--id", "", "--on"], "there is no entry"),
    ],
)
def test_calls_that_make_no_sense(store: Any, words: list[str], said: str) -> None:
    """Each exits with 2 and says what is wrong."""
    code, out, err = store(*words)
    assert (code, out) == (2, "")
    assert said in err


def test_nearest_id(store: Any) -> None:
    """A mistyped id or run id is refused with the one that was meant, an id too short with how long it has to be."""
    assert "did you mean 20260102_000000?" in store("explain", "20260102_00000")[2]
    assert "say at least 4 characters of its id" in store("explain", "abc")[2]


@pytest.mark.parametrize("keep", ["0", "-1", "two"])
def test_keep_that_keeps_nothing(store: Any, project: Path, keep: str) -> None:
    """Keep 0, a negative or no number is refused, naming the key; nothing is planned."""
    (project / "config" / "artifacts.yaml").write_text(CONFIG.replace("keep: 2", f"keep: {keep}"))
    code, out, err = store("gc")
    assert (code, out) == (2, "")
    assert "keep" in err


def test_an_empty_policy_says_so(store: Any, project: Path) -> None:
    """Without a rule everything is kept, and the plan says that there is none."""
    (project / "config" / "artifacts.yaml").write_text(CONFIG.replace("keep: 2, ", ""))
    out = store("gc")[1]
    assert "To Delete: 0 entries" in out
    assert "the policy is empty: no rule is about any family, so everything is kept" in out


def test_explain(store: Any) -> None:
    """By run id and by the beginning of an id; the document is one of its contract."""
    ids = _ids(store)
    code, out, _ = store("explain", "20260104_000000")
    assert code == 0
    assert "GOES INTO THE TRASH, because\n  not-kept: beyond what the rule keeps: keep 2\n" in out
    assert store("explain", ids["20260104_000000"][:8])[1] == out
    document = store("explain", ids["20260106_000000"], "--json")[1]
    assert documents.validate("artifact_explanation", document.encode(), strict=True) == []


def test_a_run_of_two_families_is_asked_for_by_id(store: Any, project: Path) -> None:
    """A run id with several entries cannot be explained as one; pinning it pins all."""
    (project / "config" / "artifacts.yaml").write_text(CONFIG + '  bench: ["**/bench/*.jsonl"]\n')
    (project / "artifacts" / "bench").mkdir()
    (project / "artifacts" / "bench" / NAMES[0]).write_text("{}\n")
    code, _, err = store("explain", "20260101_000000")
    assert (code, "20260101_000000 has 2 entries" in err) == (2, True)
    assert store("pin", "--id", "20260101_000000", "--on")[1] == "pinned: run 20260101_000000, 2 entries\n"
    assert sum(each["pinned"] for each in json.loads(store("list", "--json")[1])["entries"]) == 2


def test_pin_and_unpin(store: Any, project: Path) -> None:
    """A pin holds against the rule and a rescan, is said once, and ends with --off; the file is one of its contract."""
    at = _ids(store)["20260101_000000"]
    assert store("pin", "--id", at[:6], "--on")[1] == f"pinned: {at}, proofs, artifacts/proofs/{NAMES[0]}\n"
    assert store("pin", "--id", at, "--on")[1].startswith("already pinned: ")
    assert documents.validate("pins", project / "artifacts" / ".pins.json", strict=True) == []
    (project / "artifacts" / ".manifest.json").unlink()
    store("gc", "--apply", "--force")
    assert _left(project) == [NAMES[0], *NAMES[4:]]
    assert store("pin", "--id", at[:6], "--off")[1] == f"no longer pinned: {at}\n"
    assert store("pin", "--id", at, "--off")[1] == f"was not pinned: {at}\n"
    store("gc", "--apply", "--force")
    assert _left(project) == NAMES[4:]


def test_the_pin_of_what_is_gone_can_be_taken_away(store: Any, project: Path) -> None:
    """A pin whose entry was removed by hand is noted by the plan, and ends by its name."""
    at = _ids(store)["20260101_000000"]
    store("pin", "--id", at, "--on")
    (project / "artifacts" / "proofs" / NAMES[0]).unlink()
    assert f"the pin {at} in .pins.json names no entry" in store("gc")[1]
    assert store("pin", "--id", at[:4], "--off")[1] == f"no longer pinned: {at}\n"


def test_unpinning_what_something_else_pins(store: Any, project: Path) -> None:
    """A pin of the configuration is not ours to end; one that is left is named."""
    at = _ids(store)["20260101_000000"]
    (project / "config" / "artifacts.yaml").write_text(CONFIG.replace("pin: []", f"pin: [{at}]"))
    code, _, err = store("pin", "--id", at, "--off")
    assert (code, err) == (
        2, f"error[usage]: {at} is pinned by {at} in retention.proofs.pin — take it away there\n",
    )  # fmt: skip
    store("pin", "--id", at, "--on")
    assert store("pin", "--id", at, "--off")[1] == (
        f"no longer pinned: {at}; it is still pinned by {at} in retention.proofs.pin\n"
    )


@pytest.mark.parametrize("held", ['{"schema_version": "1.0"}', '{"schema_version": "7.0", "pins": []}', "{", "[]"])
def test_pins_that_cannot_be_read_are_not_none(store: Any, project: Path, held: str) -> None:
    """Nothing is planned and nothing pinned where the pins are not known; the file stays as it is."""
    path = project / "artifacts" / ".pins.json"
    path.write_text(held)
    for words in (["gc"], ["list"], ["pin", "--id", "20260101_000000", "--on"]):
        code, _, err = store(*words)
        assert (code, ".pins.json" in err) == (1, True)
    assert path.read_text() == held


def test_pin_waits_for_nobody(store: Any, project: Path) -> None:
    """While another changes the store a pin is refused with 4."""
    with hold(_places.places(str(project))):
        code, _, err = store("pin", "--id", "20260101_000000", "--on")
    assert (code, err.startswith("error[store-in-use]: ")) == (4, True)
    assert not (project / "artifacts" / ".pins.json").exists()


def test_unknown_fields_of_pins_stay(store: Any, project: Path) -> None:
    """What a newer release wrote into the pins survives a change by this one."""
    path = project / "artifacts" / ".pins.json"
    path.write_text(json.dumps({"schema_version": "1.3", "pins": [], "team": "x"}))
    store("pin", "--id", "20260101_000000", "--on")
    held = json.loads(path.read_text())
    assert (held["team"], held["schema_version"], held["pins"][0]["kind"]) == ("x", "1.3", "run")


def test_what_was_left_and_what_ended_is_told(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recovered and skipped things go to stderr, purged slots to the summary; the exit code is theirs."""
    real = _apply.apply
    skipped = (Skipped("a1b2c3d4e5f6", "proofs", "artifacts/proofs\n", "refused", "it did not move"),)

    def apply(*words: Any, **more: Any) -> _apply.Applied:
        done = real(*words, **more)
        report = done.report._replace(skipped=skipped, purged=(Purge("s", "20251201_000000", 0, 1, 1),))
        return done._replace(report=report, recovered=("rolled back",))

    monkeypatch.setattr(_apply, "apply", apply)
    code, out, err = store("gc", "--apply", "--force")
    assert (code, err) == (3, "rolled back\nartifacts/proofs\\x0a: it did not move\n")
    assert "Purged 1 slot of the trash\n" in out


def test_pin_recovers_first(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an interrupted operation left is finished before anything is pinned, and said on stderr."""
    monkeypatch.setattr(_recover, "recover", lambda places, lock: ("finished gc 20260101_000000",))
    assert store("pin", "--id", "20260101_000000", "--on")[2] == "finished gc 20260101_000000\n"
