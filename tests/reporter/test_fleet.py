"""The register of the fleet and its commands."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from runpact_core import documents
from runpact_core.errors import InvalidArtifact
from runpact_reporter import _fleet
from tests.reporter.support import call, environment, last_run

if TYPE_CHECKING:
    from pathlib import Path


def registered(project: Path) -> list[dict[str, Any]]:
    """The entries of the project's register."""
    document = documents.read("products", project / "dash" / "products.json")
    assert document.problems() == []
    return _fleet.entries(document)


def test_what_is_registered_is_a_valid_entry(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Fields that are given are taken, the required ones have defaults, and the document is strictly valid."""
    assert call("fleet", "register", "spec-kit", "--name", "Spec Kit", "--owner", "nexus", "--sla-tier", "2") == 0
    assert call("fleet", "register", "plain", "--no-enabled") == 0
    assert capsys.readouterr().out == "registered spec-kit\nregistered plain\n"
    spec_kit = {
        "display_name": "Spec Kit",
        "owner": "nexus",
        "product_id": "spec-kit",
        "sla_tier": 2,
        "status": "active",
    }
    plain = {"display_name": "plain", "enabled": False, "owner": "unknown", "product_id": "plain", "status": "active"}
    assert registered(project) == [spec_kit, plain]
    assert documents.validate("products", project / "dash" / "products.json", strict=True) == []
    schema = json.loads((project / "dash" / "schemas" / "products.schema.json").read_bytes())
    jsonschema.validate(json.loads((project / "dash" / "products.json").read_bytes()), schema)
    assert (project / "dash" / "schemas" / "last_run.schema.json").is_file()


def test_names_of_other_languages(project: Path) -> None:
    """Joiners between letters belong to them."""
    name = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    assert call("fleet", "register", "x", "--name", name) == 0
    assert registered(project)[0]["display_name"] == name


@pytest.mark.parametrize(
    ("product", "hint"),
    [
        ("Spec Kit", ", such as spec-kit"),
        ("../x", ", such as x"),
        ("con", "single hyphens"),
        ("", "single hyphens"),
        ("a" * 101, f", such as {'a' * 100}"),
        ("x.", ", such as x"),
        ("a--b", ", such as a-b"),
        ("emoji-\N{ROCKET}", ", such as emoji"),
        ("line\n", ", such as line"),
    ],
)
def test_an_id_is_a_slug(project: Path, capsys: pytest.CaptureFixture[str], product: str, hint: str) -> None:
    """Anything else is refused with exit code 2 and a slug that would do; nothing is written."""
    assert call("fleet", "register", "--", product) == 2
    error = capsys.readouterr().err
    assert error.startswith("error[usage]: ")
    assert error.endswith(f"{hint}\n")
    assert not (project / "dash" / "products.json").exists()


def test_a_product_is_registered_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second time is an error, in another case too where the register has one; `--update` changes what it names."""
    (project / "dash").mkdir()
    entry = {"product_id": "Spec-Kit", "display_name": "S", "owner": "o", "status": "active", "x_note": "kept"}
    documents.write(project / "dash" / "products.json", documents.read("products", _dumped([entry])))
    assert call("fleet", "register", "spec-kit") == 2
    assert call("fleet", "register", "Spec-Kit") == 2
    assert capsys.readouterr().err.count("error[already-registered]: Spec-Kit is registered already") == 2
    assert call("fleet", "register", "Spec-Kit", "--update", "--owner", "nexus") == 0
    assert registered(project) == [entry | {"owner": "nexus"}]


def _dumped(entries: list[dict[str, Any]]) -> bytes:
    return documents.dumps({"schema_version": "0.1", "products": entries, "x_more": 1})


def test_what_the_register_holds_of_others_survives(project: Path) -> None:
    """Fields that no contract names are there after a change, at the top and in entries."""
    (project / "dash").mkdir()
    entry = {"product_id": "a", "display_name": "A", "owner": "o", "status": "active", "x_note": [1]}
    (project / "dash" / "products.json").write_bytes(_dumped([entry]))
    assert call("fleet", "register", "b") == 0
    data = json.loads((project / "dash" / "products.json").read_bytes())
    assert (data["x_more"], data["products"][0]) == (1, entry)


def test_a_register_that_is_none_is_left_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A broken register is an error with exit code 1, and keeps its bytes."""
    (project / "dash").mkdir()
    (project / "dash" / "products.json").write_bytes(b'{"schema_version": "0.1"')
    assert call("fleet", "register", "a") == 1
    assert "error[invalid-artifact]: Invalid artifact: " in capsys.readouterr().err
    assert (project / "dash" / "products.json").read_bytes() == b'{"schema_version": "0.1"'


def test_a_status_that_no_contract_has_is_refused(project: Path) -> None:
    """What would not be valid is not written."""
    with pytest.raises(InvalidArtifact):
        _fleet.register(project / "dash", {"product_id": "a", "status": "nonsense"})
    assert not (project / "dash" / "products.json").exists()


def test_two_who_register_at_once_lose_nothing(project: Path) -> None:
    """Sixteen processes, each with a product of its own: sixteen products, each once."""
    names = [f"product-{number}" for number in range(16)]
    processes = [
        subprocess.Popen([sys.executable, "-m", "runpact_reporter", "fleet", "register", name], env=environment())
        for name in names
    ]
    assert [process.wait(120) for process in processes] == [0] * 16
    assert sorted(entry["product_id"] for entry in registered(project)) == sorted(names)


def test_the_list_shows_the_newest_reports(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line for each product, with status and summary of its newest report, or what is wrong with that."""
    (project / "dash").mkdir()
    entry = {"product_id": "spec-kit", "display_name": "Spec\x1b[2J Kit", "owner": "unknown", "status": "active"}
    (project / "dash" / "products.json").write_bytes(_dumped([entry]))
    call("fleet", "register", "other")
    (project / "dash" / "runs" / "spec-kit").mkdir(parents=True)
    documents.write(project / "dash" / "runs" / "spec-kit" / "last_run.json", last_run())
    capsys.readouterr()
    assert call("fleet", "list") == 0
    header, first, second = capsys.readouterr().out.splitlines()
    assert header.split() == ["PRODUCT", "NAME", "STATUS", "OWNER", "TIER", "LAST", "RUN", "AGE", "SUMMARY"]
    assert first.startswith("spec-kit  Spec\\x1b[2J Kit  active  unknown        success")
    assert first.endswith("42 passed")
    assert second.endswith("Missing artifact: dash/runs/other/last_run.json")
    assert call("fleet", "list", "--json") == 0
    assert documents.validate("products", capsys.readouterr().out.encode()) == []


def test_one_product_is_shown(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its fields and its newest report; as JSON a register of this product alone; the nearest name for a wrong one."""
    call("fleet", "register", "spec-kit")
    call("fleet", "register", "other")
    capsys.readouterr()
    assert call("fleet", "show", "other") == 0
    assert "product_id    other\n" in capsys.readouterr().out
    assert call("fleet", "show", "other", "--json") == 0
    assert [entry["product_id"] for entry in json.loads(capsys.readouterr().out)["products"]] == ["other"]
    assert call("fleet", "show", "spek-kit") == 2
    assert capsys.readouterr().err == (
        "error[unknown-product]: there is no product spek-kit — did you mean spec-kit?\n"
    )


def test_a_product_is_removed_and_its_runs_stay(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only its entry goes; where its runs are is said."""
    call("fleet", "register", "spec-kit")
    (project / "dash" / "runs" / "spec-kit").mkdir(parents=True)
    documents.write(project / "dash" / "runs" / "spec-kit" / "last_run.json", last_run())
    capsys.readouterr()
    assert call("fleet", "remove", "spec-kit") == 0
    assert capsys.readouterr().out == "removed spec-kit from the register; its runs stay in dash/runs/spec-kit\n"
    assert registered(project) == []
    assert (project / "dash" / "runs" / "spec-kit" / "last_run.json").exists()
    assert call("fleet", "list") == 0
    assert capsys.readouterr().out == "the register is empty\n"
    assert call("fleet", "remove", "spec-kit") == 2


def test_the_kill_switch_is_in_the_newest_report(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On with a reason, off without one; everything else in the report keeps its value."""
    call("fleet", "register", "spec-kit")
    path = project / "dash" / "runs" / "spec-kit" / "last_run.json"
    path.parent.mkdir(parents=True)
    documents.write(path, last_run())
    capsys.readouterr()
    assert call("fleet", "kill-switch", "spec-kit", "on", "--reason", "bad release") == 0
    assert capsys.readouterr().out == "the kill switch of spec-kit is on: bad release\n"
    assert json.loads(path.read_bytes()) == last_run(kill_switch={"enabled": True, "reason": "bad release"})
    assert call("fleet", "kill-switch", "spec-kit", "off", "--json") == 0
    assert json.loads(capsys.readouterr().out) == last_run()
    assert json.loads(path.read_bytes()) == last_run()


def test_a_kill_switch_that_nothing_can_carry(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a reason 2, without a report 1, each with what to do; nothing is made."""
    call("fleet", "register", "spec-kit")
    capsys.readouterr()
    assert call("fleet", "kill-switch", "spec-kit", "on") == 2
    assert call("fleet", "kill-switch", "spec-kit", "on", "--reason", "why") == 1
    assert capsys.readouterr().err == (
        "error[usage]: a kill switch needs a reason — say it with --reason\n"
        "error[no-report]: spec-kit has no report yet — "
        "keep it from running: runpact fleet register spec-kit --update --no-enabled\n"
    )
    assert not (project / "dash" / "runs").exists()


def test_there_is_no_register(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every question about it says how to begin."""
    for words in (["list"], ["show", "a"], ["remove", "a"]):
        assert call("fleet", *words, "--project", str(project)) == 1
        assert "runpact fleet register PRODUCT" in capsys.readouterr().err


def test_the_statuses_are_those_of_the_contract() -> None:
    """What `--status` takes is what the contract lists, in its order."""
    (version,) = documents.find_contract("products")
    schema = json.loads(documents.schema(version))
    assert schema["$defs"]["product_status"]["enum"] == list(_fleet.STATUSES)
