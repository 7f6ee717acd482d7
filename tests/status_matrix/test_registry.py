"""The registry: what a project wrote is read, and everything else says what is wrong, where, and what was meant."""

from __future__ import annotations

import copy
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from runpact_core.errors import ConfigurationError, UsageFailure
from runpact_status_matrix import _registry
from runpact_status_matrix._model import Runner, Source
from runpact_status_matrix.errors import UnknownRunner
from tests.contracts.examples import ROOT

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = ROOT / "contracts" / "examples" / "runner_certification_registry"
CORPUS = ROOT.parent / "shared" / "corpus" / "status" / "runner_certification_registry_v1.yaml"
PLAIN = b"""\
version: 2
runners:
  - runner_id: rust
    class: required
    status: active
    entrypoints: {implementation_repo: dc-runner-rust}
    status_exchange:
      source_kind: release_asset
      release_api_url: https://api.github.com/repos/acme/rust/releases/latest
  - runner_id: php
    class: compatibility_non_blocking
    status: active
    entrypoints: {implementation_repo: dc-runner-php}
"""


def three() -> dict[str, Any]:
    """The published example with everything."""
    value: dict[str, Any] = json.loads((EXAMPLES / "2" / "valid" / "three-runners.json").read_bytes())
    return value


def fault(path: Path, data: dict[str, Any]) -> tuple[str, str | None]:
    """What is said of a registry that does not hold together, without its file's name, and the hint."""
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        _registry.load(path)
    assert caught.value.exit_code == 2
    assert str(caught.value).startswith(f"{path}: /runners/")
    return str(caught.value).removeprefix(f"{path}: /runners/"), caught.value.hint


@pytest.mark.skipif(not CORPUS.is_file(), reason="the folder of published documents is not here")
def test_the_registry_of_five_runners_loads_as_it_is() -> None:
    """Every runner has its lane, state, source and age; an escape in an address stays as it was written."""
    registry = _registry.load(CORPUS)
    assert [(each.runner_id, each.lane_class, each.state, each.slo_hours) for each in registry.runners] == [
        ("rust", "required", "active", 72),
        ("python", "compatibility_non_blocking", "active", 72),
        ("php", "compatibility_non_blocking", "active", 72),
        ("node", "compatibility_non_blocking", "planned", 72),
        ("c", "compatibility_non_blocking", "planned", 72),
    ]
    url = "https://api.github.com/repos/jonruttan/dc%2Drunner%2Drust/releases/latest"
    assert registry.runners[0].source == Source("release_asset", url, "runner-status-report-v1.json")
    assert registry.sha256 == hashlib.sha256(CORPUS.read_bytes()).hexdigest()
    assert registry.path == str(CORPUS)


@pytest.mark.parametrize("version", ["1", "2"])
def test_sources_of_all_kinds_are_found(version: str) -> None:
    """A release's address and a file's stay; a folder starts at the project; names of runners are put in."""
    registry = _registry.load(EXAMPLES / version / "valid" / "three-runners.json", project="proj")
    assert registry.runners == (
        Runner(
            "rust",
            "dc-runner-rust",
            "required",
            "active",
            Source(
                "release_asset",
                "https://api.github.com/repos/acme/dc-runner-rust/releases/latest",
                "runner-status-report-v1.json",
            ),
            72,
        ),
        Runner(
            "php",
            "dc-runner-php",
            "compatibility_non_blocking",
            "active",
            Source("folder", "proj/status/php", "runner-status-report-v1.json"),
            None,
        ),
        Runner(
            "node",
            "dc-runner-node",
            "compatibility_non_blocking",
            "planned",
            Source("file", "file:///srv/status/node/runner-status-report-v1.json", "runner-status-report-v1.json"),
            None,
        ),
    )
    assert registry.runner("php") == registry.runners[1]
    assert registry.entry("rust")["publish"] == {"freshness_hours": 48}


def test_a_runner_may_publish_nothing() -> None:
    """Without `status_exchange` a runner has no source; a registry may have no runners."""
    (only,) = _registry.load(EXAMPLES / "2" / "valid" / "minimal-runner.json").runners
    assert (only.source, only.slo_hours, only.state) == (None, None, "disabled")
    assert _registry.load(EXAMPLES / "2" / "valid" / "empty.json").runners == ()


def test_an_unknown_runner_names_the_nearest() -> None:
    """The hint is the id that was most likely meant, or where to look."""
    registry = _registry.load(EXAMPLES / "2" / "valid" / "three-runners.json")
    with pytest.raises(UnknownRunner) as caught:
        registry.entry("rsut")
    assert caught.value.line() == "error[unknown-runner]: there is no runner rsut — did you mean rust?"
    with pytest.raises(UnknownRunner, match="there is no runner zzz") as caught:
        registry.runner("zzz")
    assert caught.value.hint == "see the registry for its runners"


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        (b"source_kind", b"source_kid", ":8", "/status_exchange/source_kid: unknown field (did you mean source_kind?)"),
        (b"status: active", b"status: retired", ":5", '/runners/0/status: "retired" is not one of'),
        (b"runner_id: php", b"runner_id: ../php", ":10", '/runners/1/runner_id: "../php" does not match'),
        (b"runner_id: php", b"runner_id: rust", ":10", "/runners/1/runner_id: the runner rust is there twice"),
        (b"version: 2", b"version: 7", "", "Unsupported schema version: 7"),
        (b"version: 2", b"version: two", "", "Unsupported schema version: two (a string, not an integer)"),
        (b"version: 2\n", b"", "", "version is missing"),
        (b"class: required", b"class: no", "", "readers of YAML differ on what 'no' is (line 4, column 12)"),
        (b"  - runner_id: rust", b"  - runner_id: rust\n    runner_id: rust", "", "(line 4, column 5)"),
    ],
)
def test_a_mistake_has_file_and_line(tmp_path: Path, before: bytes, after: bytes, line: str, words: str) -> None:
    """Whether the text, the schema or the sense is wrong: exit code 2, and the editor can jump to it."""
    path = tmp_path / "registry.yaml"
    assert PLAIN.count(before) >= 1
    path.write_bytes(PLAIN.replace(before, after, 1))
    with pytest.raises(ConfigurationError) as caught:
        _registry.load(path)
    assert str(caught.value).startswith(f"{path}{line}: ")
    assert words in str(caught.value)
    assert caught.value.exit_code == 2


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    """A missing registry and a folder are mistakes of whoever called."""
    with pytest.raises(UsageFailure, match="there is no registry"):
        _registry.load(tmp_path / "none.yaml")
    with pytest.raises(ConfigurationError, match="a directory where a regular file should be"):
        _registry.load(tmp_path)


@pytest.mark.parametrize(
    ("runner", "field", "value", "words"),
    [
        (0, "release_api_url", "ftp://example.org/x", "is no http or https URL"),
        (0, "release_api_url", "https:///x", "is no http or https URL"),
        (0, "release_api_url", "https://example.org:0/x", "is no http or https URL"),
        (0, "release_api_url", "https://example.org:70000/x", "is no URL"),
        (0, "release_api_url", "https://user:word@example.org/x", "has no user name and no password"),
        (0, "release_api_url", "https://example.org/x#y", "has a fragment"),
        (0, "report_asset_name", "../x.json", "is a path, not the name of a file"),
        (0, "report_asset_name", "..", "is a path, not the name of a file"),
        (0, "report_asset_name", "a\\b", "is a path, not the name of a file"),
        (0, "matrix_role", "compatibility", "does not go with the class required"),
        (1, "folder", "/../status", "leaves the project"),
        (1, "folder", "C:/status", "leaves the project"),
        (2, "file_url", "http://example.org/x", "is no file: URL"),
        (2, "file_url", "file://[::1/x", "is no URL"),
        (2, "file_url", "file://example.org/x", "names another host"),
        (2, "file_url", "file:///", "is no file: URL"),
        (2, "file_url", "file:///x?y", "has a query or a fragment"),
    ],
)
def test_a_source_that_cannot_be_asked_is_refused(
    tmp_path: Path, runner: int, field: str, value: str, words: str
) -> None:
    """The message has the field; credentials of an address are not repeated."""
    data = three()
    data["runners"][runner]["status_exchange"][field] = value
    said, _ = fault(tmp_path / "r.json", data)
    assert said.startswith(f"{runner}/status_exchange/{field}: ")
    assert words in said
    assert "word@" not in said


def test_a_source_has_the_address_of_its_kind(tmp_path: Path) -> None:
    """A file without its URL is refused, whatever else is there."""
    data = three()
    data["runners"][2]["status_exchange"] = {"source_kind": "file", "folder": "/x"}
    said, _ = fault(tmp_path / "r.json", data)
    assert said == "2/status_exchange: a source of the kind file needs file_url"


def test_ids_that_one_file_system_confuses_are_refused(tmp_path: Path) -> None:
    """`Rust` and `rust` would write one certificate where case does not count."""
    data = three()
    data["runners"][1]["runner_id"] = "Rust"
    said, hint = fault(tmp_path / "r.json", data)
    assert (said, hint) == (
        "1/runner_id: Rust and rust differ in case alone",
        "give every runner an id of its own",
    )


def test_two_runners_write_different_files(tmp_path: Path) -> None:
    """A path without the runner's id, used twice, would lose a certificate; one that climbs is refused."""
    data = three()
    outputs = {"json_out": "/out/c.json", "md_out": "/out/{runner}.md"}
    data["runners"][0]["artifact_contract"] = outputs
    data["runners"][1]["artifact_contract"] = copy.deepcopy(outputs)
    said, hint = fault(tmp_path / "r.json", data)
    assert said == "1/artifact_contract/json_out: /out/c.json is where rust json_out goes already"
    assert hint == "put {runner} into the path"
    outputs["json_out"] = "/../c.json"
    assert fault(tmp_path / "r.json", data)[0] == "0/artifact_contract/json_out: /../c.json leaves the project"


def test_a_placeholder_that_means_nothing_is_a_mistake(tmp_path: Path) -> None:
    """A mistyped one would be a folder nobody has, or a file called so; addresses of others may have braces."""
    data = three()
    data["runners"][1]["status_exchange"]["folder"] = "/status/{runer}"
    said, hint = fault(tmp_path / "r.json", data)
    assert said == "1/status_exchange/folder: {runer} stands for nothing"
    assert hint == "{runner} stands for the runner's id"
    data = three()
    data["runners"][2]["status_exchange"] = {"source_kind": "file", "file_url": "file:status/{}/r.json"}
    assert fault(tmp_path / "r.json", data)[0] == "2/status_exchange/file_url: {} stands for nothing"
    data = three()
    data["runners"][0]["artifact_contract"] = {"json_out": "/out/{runner}.json", "md_out": "/out/{runnr}.md"}
    assert fault(tmp_path / "r.json", data)[0] == "0/artifact_contract/md_out: {runnr} stands for nothing"
    data = three()
    data["runners"][0]["status_exchange"]["release_api_url"] = "https://example.org/{x}"
    (tmp_path / "r.json").write_text(json.dumps(data), encoding="utf-8")
    assert len(_registry.load(tmp_path / "r.json").runners) == 3


def test_a_plug_in_makes_a_check_that_is_required(tmp_path: Path) -> None:
    """A mistyped check names the nearest; a check has one plug-in."""
    data = three()
    plugins = data["runners"][0]["check_plugins"]
    plugins.append(copy.deepcopy(plugins[0]))
    said, _ = fault(tmp_path / "r.json", data)
    assert said == "0/check_plugins/1/check: runtime.runner_interface_subcommands has two plug-ins"
    plugins[1]["check"] = "runtime.runner_interface_subcommand"
    assert fault(tmp_path / "r.json", data)[1] == "did you mean runtime.runner_interface_subcommands?"
    plugins[1]["check"] = "zzz"
    assert fault(tmp_path / "r.json", data)[1] == "name one of its required checks or cases"
