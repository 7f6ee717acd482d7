"""The short form `runpact-gc --keep N`: what it takes, what it refuses, and that the real command does it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Protocol

import pytest

from runpact_gc import __version__, cli
from runpact_gc._cli_short import short_settings
from runpact_gc._settings import Rule, Settings

if TYPE_CHECKING:
    from pathlib import Path

LOG = "pytest_output.log"


class Called(Protocol):
    """Calls the command."""

    def __call__(self, *words: str, code: int = 0) -> tuple[str, str]:
        """What it prints, on stdout and on stderr; it must end with this code."""


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Called:
    """`runpact-gc` in this process, in the current folder."""

    def call(*words: str, code: int = 0) -> tuple[str, str]:
        monkeypatch.setattr(sys, "argv", ["runpact-gc", *words])
        ended = cli.main()
        said = capsys.readouterr()
        assert ended == code, said
        return said.out, said.err

    return call


def reported(project: Path, product: str, count: int) -> list[str]:
    """Reported runs of a product, oldest first, each sealed by its own report; the newest is the product's."""
    runs = [f"202601{day:02d}T120000Z__{product}__a1b2c3d" for day in range(1, count + 1)]
    for run in runs:
        folder = project / "dash" / "runs" / product / run
        folder.mkdir(parents=True)
        (folder / LOG).write_text("1 passed\n")
        (folder / "last_run.json").write_text(json.dumps(report(product, run)))
        (folder.parent / "last_run.json").write_text(json.dumps(report(product, run)))
    return runs


def report(product: str, run: str) -> dict[str, object]:
    """A report of a run, as contract last_run 0.1 has it."""
    day = run[6:8]
    return {
        "schema_version": "0.1",
        "product_id": product,
        "run_id": run,
        "status": "success",
        "started_at": f"2026-01-{day}T12:00:00Z",
        "ended_at": f"2026-01-{day}T12:01:00Z",
        "summary": "All tests passed (1 tests)",
        "evidence": {"paths": [f"runs/{product}/{run}/{LOG}"]},
        "banana_economy": dict.fromkeys(
            (
                "budget_tokens", "spent_tokens", "budget_minutes", "spent_minutes", "max_ci_heal_attempts",
                "ci_heal_attempts_used",
            ),
            0,
        ),
        "kill_switch": {"enabled": False, "reason": ""},
        "pr_wave": {"state": "none", "open_prs": 0, "last_update": "2026-01-01T00:00:00Z"},
    }  # fmt: skip


def left(project: Path, product: str) -> list[str]:
    """The runs of a product that are there."""
    return sorted(path.name for path in (project / "dash" / "runs" / product).iterdir() if path.is_dir())


def test_the_newest_stay_and_the_rest_comes_back(project: Path, called: Called) -> None:
    """Keep 3 of each product: the rest is in the trash; the printed command brings it back, byte for byte."""
    kit, mail = reported(project, "spec-kit", 5), reported(project, "mail-gate", 4)
    before = {path: path.read_bytes() for path in (project / "dash").rglob("*") if path.is_file()}
    out, _ = called("--keep", "3")
    assert (left(project, "spec-kit"), left(project, "mail-gate")) == (kit[2:], mail[1:])
    assert (project / "dash/runs/spec-kit/last_run.json").is_file()
    (command,) = [line.split("runpact artifacts ")[1] for line in out.splitlines() if "runpact artifacts undo" in line]
    called(*command.split()[:2])
    assert {path: path.read_bytes() for path in (project / "dash").rglob("*") if path.is_file()} == before


def test_one_product(project: Path, called: Called) -> None:
    """`--product` leaves the others alone, and what is outside of `dash`."""
    kit, mail = reported(project, "spec-kit", 4), reported(project, "mail-gate", 4)
    (project / "artifacts").mkdir()
    (project / "artifacts" / "a.txt").write_text("x")
    called("--keep", "2", "--product", "spec-kit")
    assert (left(project, "spec-kit"), left(project, "mail-gate")) == (kit[2:], mail)
    assert (project / "artifacts" / "a.txt").is_file()


def test_a_dry_run_changes_nothing(project: Path, called: Called) -> None:
    """The plan is shown, every file stays, and nothing is written."""
    kit = reported(project, "spec-kit", 4)
    out, _ = called("--keep", "1", "--dry-run")
    assert "To Delete: 3 entries" in out
    assert left(project, "spec-kit") == kit
    assert not (project / "artifacts").exists()


def test_n_in_place_of_what_is_configured_and_pins_hold(project: Path, called: Called) -> None:
    """The configured rule gives way to N; what is pinned there stays."""
    kit = reported(project, "spec-kit", 5)
    (project / "config").mkdir()
    (project / "config" / "artifacts.yaml").write_text(f'retention:\n  spec-kit: {{keep: 5, pin: ["{kit[0]}"]}}\n')
    called("--keep", "2")
    assert left(project, "spec-kit") == [kit[0], *kit[3:]]


def test_another_dash_folder(project: Path, called: Called) -> None:
    """`--project` and `--dash-dir` as the reporter gives them."""
    kit = reported(project / "elsewhere", "spec-kit", 3)
    (project / "elsewhere" / "dash").rename(project / "elsewhere" / "board")
    words = ("--keep", "1", "--product", "spec-kit", "--project", "elsewhere", "--dash-dir", "elsewhere/board")
    called(*words)
    assert (
        sorted(path.name for path in (project / "elsewhere/board/runs/spec-kit").iterdir() if path.is_dir()) == kit[2:]
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--keep", "0"], "--keep 0 keeps no run"),
        (["--keep", "-3"], "--keep -3 keeps no run"),
        (["--keep", "ten"], "Invalid value for '--keep'"),
        (["--keep", "2.5"], "Invalid value for '--keep'"),
        (["--keep"], "--keep"),
        (["--product", "spec-kit"], "--keep is missing"),
        (["--dry-run"], "--keep is missing"),
        (["--keep", "2", "--product", "spec-kti"], "there is no product spec-kti — did you mean spec-kit?"),
        (["--keep", "2", "--product", "zebra"], "there is no product zebra — see runpact fleet list"),
        (["--keep", "2", "--product", ".."], "--product .. is no name of a product"),
        (["--keep", "2", "--product", "../spec-kit"], "--product ../spec-kit is no name of a product"),
        (["--keep", "2", "--product", "/spec-kit"], "--product /spec-kit is no name of a product"),
        (["--keep", "2", "--product", ""], "--product (empty) is no name of a product"),
        (["--keep", "2", "--project", "absent"], "--project absent does not exist"),
        (["--keep", "2", "report"], "the options before the command are those of the short form"),
        ([], "Usage: runpact-gc"),
    ],
)
def test_what_is_refused(words: list[str], said: str, project: Path, called: Called) -> None:
    """Exit code 2, one line that says what is wrong, nothing moved."""
    kit = reported(project, "spec-kit", 3)
    _, err = called(*words, code=2)
    assert said in err
    assert "Traceback" not in err
    assert left(project, "spec-kit") == kit
    assert not (project / "artifacts").exists()


def test_a_product_without_runs_is_nothing_to_do(project: Path, called: Called) -> None:
    """Before its first report a registered product has no folder: that is no error, since cleaning comes before it."""
    (project / "dash").mkdir()
    entry = {"product_id": "spec-kit", "display_name": "Spec Kit", "owner": "nexus", "status": "active"}
    (project / "dash" / "products.json").write_text(json.dumps({"schema_version": "0.1", "products": [entry]}))
    assert called("--keep", "3", "--product", "spec-kit") == ("there are no runs of it\n", "")
    assert called("--keep", "3") == ("there are no runs in dash/runs\n", "")


def test_a_link_is_no_product(project: Path, called: Called) -> None:
    """A link in `dash/runs` leads nowhere: it is not followed, and not known as a product."""
    reported(project / "other", "spec-kit", 3)
    (project / "dash" / "runs").mkdir(parents=True)
    (project / "dash" / "runs" / "linked").symlink_to(project / "other" / "dash" / "runs" / "spec-kit")
    _, err = called("--keep", "1", "--product", "linked", code=2)
    assert "there is no product linked" in err
    assert len(left(project / "other", "spec-kit")) == 3


def test_the_policy_of_the_short_form() -> None:
    """Keep N with the configured pins; nothing else of the configured rules, and none for other families."""
    given = Settings(
        retention={"a": Rule(keep=9, pin=("x",), keep_daily=5), "b": Rule(keep=1)},
        layouts={"dash": Rule(keep=4, pin=("y",)), "runs": Rule(keep=2)},
        max_total_size_mb=3,
        trash_retention_days=7,
    )
    found = short_settings(given, ["a", "c"], 2)
    assert found.retention == {"a": Rule(keep=2, pin=("x",)), "c": Rule(keep=2, pin=("y",))}
    assert (found.layouts, found.max_total_size_mb, found.trash_retention_days) == ({}, None, 7)


def test_help_and_version(called: Called) -> None:
    """Help shows the words and the short form; the version is the package's."""
    out, _ = called("--help")
    words = ("--keep", "--product", "--dry-run", "--project", "--dash-dir", "--version", "  report ")
    assert [word for word in words if word not in out] == []
    assert called("--version") == (f"runpact-gc {__version__}\n", "")


LOADED = """
import sys
sys.argv = ["runpact-gc", *sys.argv[1:]]
from runpact_gc.__main__ import main
code = main()
heavy = {"jsonschema_rs", "yaml", "jinja2", "markupsafe", "orjson"}
print(code, sorted(heavy & set(sys.modules)))
"""


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["report", "--help"]])
def test_starting_loads_nothing_heavy(words: list[str], project: Path) -> None:
    """Version and help load no validator, no templates, no YAML."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *words], cwd=project, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "0 []"
